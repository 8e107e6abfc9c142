"""Every act of the airline with every set of slots that it can have, and values for them as a world has them."""

import re
from collections.abc import Mapping
from random import Random
from typing import Any

from servers.airline import wording
from servers.airline.records import Certificate, Passenger, Reservation, Segment, User
from servers.domain import Party
from servers.english import money
from tests.engine import journey_acts
from tests.engine.acts import Slots, sets
from tests.servers.carrier import Carrier

REF: tuple[Slots, ...] = ((), ("reservation_id",), ("trip",), ("which",))
DIFFERENCE: tuple[Slots, ...] = ((), ("extra",), ("refund",))
COST: tuple[Slots, ...] = ((), ("extra",))
RESERVATION: tuple[Slots, ...] = (("reservation_id",),)
PLACES = ("origin", "destination", "days")
BACK = ("refund", "refund_to", "refund_time")

SINCE: tuple[Slots, ...] = ((), ("since",))
SET: list[Slots] = [*sets(((), ("bound",), ("flyer",), ("insurance",)), SINCE), ("spared",)]

BY_RESERVATION = "own_account reservation_stands one_cabin bags_only_added insurance_at_booking compensation_settled"
REFUSED: list[tuple[str, Slots]] = [
    *(("reservation_exists", slots) for slots in REF),
    *((rule, RESERVATION[0]) for rule in BY_RESERVATION.split()),
    ("cancel_window", ("reservation_id", "booked", "hours")),
    ("insurance_reason", ("reservation_id", "accepted")),
    ("cancel_window", ("numbers", "hours")),
    ("seats_left", ("numbers", "full", "cabin")),
    ("flight_available", ("numbers", "closed")),
    ("insurance_reason", ("numbers", "accepted")),
    *(("reservation_exists", slots) for slots in SET[1:]),
    ("fixed_cabin", ("reservation_id", "cabin")),
    ("same_journey", ("reservation_id", "route")),
    ("flown_stays", ("reservation_id", "flown")),
    ("cabin_flown", ("reservation_id", "flown")),
    *(("flight_available", slots) for slots in (PLACES, ("reservation_id", "flights"))),
    *(("seats_left", slots) for slots in ((*PLACES, "cabin"), ("flights", "cabin"))),
    ("passenger_limit", ("limit",)),
    ("passenger_count", ("reservation_id", "count")),
    ("payment_mix", ("allowed",)),
    ("method_on_file", ("payment",)),
    ("change_method", ("payment",)),
    *(("balance_covers", ("payment", "balance", amount)) for amount in ("extra", "total")),
    *(("compensation_entitled", slots) for slots in (("reservation_id", "entitled"), ("reservation_id",))),
    ("compensation_reason", ("reservation_id", "complaint")),
    ("unclear", ()),
]
AGENT: list[tuple[str, Slots]] = [
    *(
        (f"ask.{what}", ())
        for what in (
            "identity",
            "identity_again",
            "reservation",
            "travelers",
            "cabin",
            "passengers",
            "extras",
            "bags",
            "insurance",
            "complaint",
            "question",
        )
    ),
    ("ask.reason", ("reservation_id",)),
    ("ask.payments", ("flights", "total")),
    *(("ask.change_payment", slots) for slots in sets(RESERVATION, DIFFERENCE)),
    *(("ask.bag_payment", slots) for slots in sets(RESERVATION, COST)),
    ("propose.book", ("flights", "cabin", "passengers", "bags", "insurance", "payments", "total")),
    *(("propose.flights", slots) for slots in sets((("reservation_id", "flights", "payment"),), DIFFERENCE)),
    *(("propose.cabin", slots) for slots in sets((("reservation_id", "route", "cabin", "payment"),), DIFFERENCE)),
    ("propose.cancel", ("reservation_id", "route", *BACK)),
    ("propose.certificate", ("reservation_id", "certificate", "complaint")),
    ("report.book", ("reservation_id", "total")),
    *(("report.flights", slots) for slots in sets((("reservation_id", "payment"),), DIFFERENCE)),
    *(("report.cabin", slots) for slots in sets((("reservation_id", "cabin", "payment"),), DIFFERENCE)),
    ("report.cancel", ("reservation_id", *BACK)),
    ("report.certificate", ("certificate",)),
    *(
        (f"{family}.bags", slots)
        for family in ("propose", "report")
        for slots in sets((("reservation_id", "bags", "payment"),), COST)
    ),
    *((f"{family}.passengers", ("reservation_id", "passengers")) for family in ("propose", "report")),
    *(("chose.flight", slots) for slots in sets(((), ("leg",)), (("flight", "weighed", "compared"),))),
    *(("chose.trips", ("weighed", "trips", *already)) for already in ((), ("already", "cabin"), ("enough",))),
    *(("ask.changes_payment", slots) for slots in sets((("numbers",),), DIFFERENCE)),
    ("answer.paid", ("weighed", "total")),
    *(("answer.bags", (over, "bags")) for over in ("weighed", "reservation_id")),
    ("answer.dearest", ("reservation_id", "margin", "weighed", "compared")),
    ("answer.left", ("left", "weighed", "total")),
    ("answer.nothing_left", ("left",)),
    *(("answer.quote", slots) for slots in sets((("reservation_id",), ("numbers",)), (("cabin",),), DIFFERENCE)),
    *(("answer.in_all", slots) for slots in sets((("weighed",),), DIFFERENCE)),
    ("ask.reasons", ()),
    ("chose.reservation", ("which", "weighed", "compared", "reservation_id")),
    *((f"refuse.{rule}", slots) for rule, slots in REFUSED),
    ("answer.flight_status", ("reservation_id", "statuses")),
    ("answer.price", ("reservation_id", "total")),
    ("answer.balance", ("balances",)),
    ("answer.no_balance", ()),
    ("answer.insured", ("reservation_id",)),
]

PAYMENT: tuple[Slots, ...] = ((), ("payment",))
BOOKING = sets(
    (("origin", "destination", "days", "flight"),),
    ((), ("back_days",)),
    ((), ("cabin", "passengers")),
    ((), ("bags", "insurance")),
    ((), ("payments",)),
)
TOLD = "user_id reservation_id trip which reason complaint about cabin passengers bags insurance payments payment"
MEANT = (
    "reservation_id trip reason complaint cabin part passengers rename add remove bags more fewer insurance payments payment "
    "origin destination days back_days flight leg"
)
USER: list[tuple[str, Slots]] = [
    *(("request.book", slots) for slots in BOOKING),
    *(("request.flights", slots) for slots in sets(REF, ((), ("leg",)), (("days", "flight"),), PAYMENT)),
    *(("request.flights", slots) for slots in sets(REF, (("destination",),))),
    *(("request.cabin", slots) for slots in sets(REF, (("cabin",),), ((), ("part",)), PAYMENT)),
    *(("request.bags", slots) for slots in sets(REF, (("more",), ("fewer",)), PAYMENT)),
    *(("request.passengers", slots) for slots in sets(REF, (("rename",), ("add",), ("remove",)))),
    *(("request.cancel", slots) for slots in sets(REF, ((), ("reason",)))),
    *(("request.cancel_all", slots) for slots in sets(tuple(SET), ((), ("reason",)))),
    *(("correct", (slot,)) for slot in ("bound", "spared")),
    ("request.totals", ("left",)),
    *(("request.totals", slots) for slots in sets(tuple(SET), (("sum",),))),
    *(("request.bags_all", slots) for slots in sets(tuple(SET), (("each",), ("each", "payment"), ("each", "payment", "tally")))),
    *(("request.duplicate", slots) for slots in sets((("bound", "surplus"),), ((), ("reason",)))),
    *(("request.what_if", slots) for slots in sets((*REF[1:], *SET), (("cabin",),))),
    *(("request.way_round", slots) for slots in sets(REF, (("cabin",),), ((), ("leg",)), (("days", "flight"),), PAYMENT)),
    *(("request.way_round", slots) for slots in sets(REF, (("cabin", "then"),), ((), ("reason",)), PAYMENT)),
    *(("request.upgrade_all", slots) for slots in sets(tuple(SET), (("cabin",),), PAYMENT)),
    *(("request.upgrade_all", slots) for slots in sets(tuple(SET), (("cabin", "payment", "tally"),))),
    *(("request.compensation", slots) for slots in sets(REF, (("complaint",),), ((), ("settle",), ("settle", "reason")))),
    *(("request.insure", slots) for slots in REF),
    *(("request.question", slots) for slots in sets((("about",),), REF)),
    *(("inform", (slot,)) for slot in TOLD.split()),
    *(("inform", (slot,)) for slot in ("days", "back_days", "flight", "more", "rename")),
    *(("inform", slots) for slots in (("cabin", "passengers"), ("bags", "insurance"))),
    *(("correct", (slot,)) for slot in MEANT.split()),
]
ACTS: list[tuple[Party, str, Slots]] = [
    *(("agent", *act) for act in (*AGENT, *journey_acts.AGENT)),
    *(("user", *act) for act in (*USER, *journey_acts.USER)),
]

REASONS = (
    *("change of plans", "the airline canceled a flight", "health", "weather"),
    *("found a cheaper flight", "death in the family", "work"),
)
ENTITLED = (
    "silver and gold members; customers whose reservation has travel insurance; customers whose reservation is in business",
    "gold members",
    "customers whose reservation has travel insurance",
)
ALLOWED = (
    "at most 1 travel certificate, at most 1 credit card and at most 3 gift cards",
    "no travel certificate, at most 1 credit card and at most 2 gift cards",
)


def spoken(carrier: Carrier, party: Party, slots: Slots, random: Random) -> dict[str, Any]:
    """A value for each slot, as customers say it or as an agent states it."""
    reservation = random.choice(list(carrier.reservations.values()))
    user = carrier.users[reservation.user_id]
    route = {"origin": _place(carrier, reservation.origin), "destination": _place(carrier, reservation.destination)}
    days = sorted({carrier.day(random.randint(1, 14)) for _ in range(random.choice([1, 1, 2]))})
    drawn: dict[str, Any] = {
        "reservation_id": reservation.reservation_id,
        "trip": _trip(route, reservation.flights[0].date, random),
        "which": random.choice(["most recent booking", "next trip"]),
        "origin": random.choice([[route["origin"]], [route["origin"], {"city": "New York"}]]),
        "destination": [route["destination"]],
        "days": days,
        "flight": _flight(random),
        "leg": random.choice(["outbound flight", "return flight"]),
        "cabin": random.choice(["basic_economy", "economy", "business"]),
        "insurance": random.choice(["yes", "no"]),
        "complaint": random.choice(["cancelled", "delayed", "lost bag", "rude staff"]),
        "bound": route["destination"],
        "spared": route["destination"],
        "since": days[0],
        "left": random.choice(["gift cards", "certificates", "gift cards and certificates"]),
        "flyer": {"first_name": reservation.passengers[0].first_name, "last_name": reservation.passengers[0].last_name},
    }
    people = list(reservation.passengers)
    drawn |= _stated(carrier, user, reservation.flights, people, random) if party == "agent" else _wished(user, people, random)
    drawn["route"] = route
    someone = {"first_name": people[-1].first_name, "last_name": people[-1].last_name}
    other = {"first_name": "Alex", "last_name": "Fox"}
    drawn |= journey_acts.stated(random, other) if party == "agent" else journey_acts.wished(random, other, someone)
    return {slot: drawn[slot] for slot in slots}


def _stated(
    carrier: Carrier, user: User, flights: tuple[Segment, ...], people: list[Passenger], random: Random
) -> Mapping[str, Any]:
    """What only an agent states, or states in other words than a customer."""
    methods = [wording.payment(method) for method in user.payment_methods.values()]
    certificate = wording.payment(Certificate(id="certificate_3004821", amount=150.0))
    short = [{"number": each.flight_number, "day": each.date} for each in flights]
    statuses = ("available", "on time", "delayed", "flying", "landed", "cancelled")
    ranked = [f"{wording.flight_on(each.flight_number, each.date)} at {money(each.price)}" for each in flights]
    total = random.randint(0, 4)
    return {
        "flights": [_segment(carrier, each) for each in flights],
        "passengers": [_person(each) for each in people],
        "bags": {"total": total, "paid": random.randint(0, total)},
        "payments": [_paid(each, round(random.uniform(1, 900), 2)) for each in methods[:2]],
        "payment": random.choice([*methods, certificate]),
        "refund_to": methods[:2],
        "refund_time": random.choice(["within 5 to 7 business days", "within 1 business day"]),
        "booked": f"{carrier.day(-3)}T15:04:05",
        "hours": random.choice([12, 24, 48]),
        "limit": random.randint(2, 6),
        "count": len(people),
        "accepted": random.choice(["health or weather", "health"]),
        "allowed": random.choice(ALLOWED),
        "entitled": random.choice(ENTITLED),
        "enough": random.sample(list(carrier.reservations), random.randint(1, 2)),
        "already": random.sample(list(carrier.reservations), random.randint(1, 2)),
        "full": short[: random.randint(1, 2)],
        "closed": short[: random.randint(1, 2)],
        "numbers": random.sample(list(carrier.reservations), random.randint(1, 3)),
        "trips": [_stop(carrier, each) for each in random.sample(list(carrier.reservations.values()), random.randint(2, 4))],
        "flown": short[: random.randint(1, 2)],
        "statuses": [{**each, "status": random.choice(statuses)} for each in short],
        "weighed": 2 + len(ranked),
        "compared": ["HAT001 on May 2 at $64.00", *ranked][:3],
        "balances": [{"method": each, "amount": round(random.uniform(1, 300), 2)} for each in methods[:2]],
        **{slot: round(random.uniform(1, 3000), 2) for slot in ("extra", "refund", "total", "margin", "balance", "certificate")},
    }


def _wished(user: User, people: list[Passenger], random: Random) -> Mapping[str, Any]:
    """What only a customer says, or says in other words than an agent."""
    methods = [wording.payment(method).partition(" (")[0] for method in user.payment_methods.values()]
    others = [*map(_person, people), {"first_name": "Alex", "last_name": "Fox"}]
    return {
        "user_id": user.user_id,
        "back_days": ["2025-12-09"],
        "passengers": [*random.choice([[], ["me"]]), *random.sample(others, random.randint(1, len(others)))],
        "bags": random.randint(0, 4),
        "more": random.randint(1, 3),
        "fewer": random.randint(1, 2),
        "payments": random.sample(methods, random.randint(1, min(3, len(methods)))),
        "payment": random.choice(["gift card", "Visa", *methods]),
        "reason": random.choice(REASONS),
        "tally": "in all",
        "each": random.randint(1, 3),
        "surplus": random.choice(["later booking", "more expensive booking", "booking with fewer passengers"]),
        "sum": random.choice(["paid", "checked bags", "most expensive"]),
        "then": "cancel",
        "settle": "cancel",
        "part": random.choice(["outbound flight", "return flight", "one passenger"]),
        "rename": {"old": others[-1], "new": others[0]},
        "add": random.choice(others),
        "remove": random.choice(others),
        "about": random.choice(["flight status", "total price", "gift card balance"]),
    }


def leaf_words(leaf: Any) -> tuple[str, ...]:
    """How a single piece of a value may stand in the words of it: days, times and cabins are said as people say them."""
    if isinstance(leaf, float):
        return (f"{leaf:,.2f}",)
    text = str(leaf)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return (wording.day(text), text)
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", text):
        return (wording.moment(text),)
    if re.fullmatch(r"\d\d:\d\d:\d\d(\+1)?", text):
        return (wording.time(text),)
    return (_FIXED.get(text, text).rpartition("; ")[2],)


_FIXED = {
    "any": "direct or with one stop",
    "yes": "with travel insurance",
    "no": "without travel insurance",
    "basic_economy": "basic economy",
}


COUNTED = frozenset({"bags", "each", "more", "fewer", "later", "move"})
"""Slots of which a piece may be a number in letters, or none: test_airline_slots.py has their words."""


def _place(carrier: Carrier, iata: str) -> dict[str, str]:
    return {"city": wording.cities(carrier.facts.airports)[iata], "iata": iata}


def _trip(route: Mapping[str, Any], day: str, random: Random) -> dict[str, Any]:
    more = random.choice([{}, {"origin": route["origin"]}, {"day": day}])
    return {"destination": route["destination"], **more}


def _stop(carrier: Carrier, reservation: Reservation) -> dict[str, Any]:
    """A reservation as it stands in a list of several."""
    return {
        "reservation_id": reservation.reservation_id,
        "destination": _place(carrier, reservation.destination),
        "day": reservation.flights[0].date,
    }


def _flight(random: Random) -> dict[str, str]:
    stops = random.choice(["direct", "any"])
    if random.random() < 0.2:
        return {"departs": "08:00:00", "stops": "direct"}
    sides = random.choice([{}, {}, {"after": "11:00:00"}, {"before": "18:30:00"}, {"after": "07:15:00", "before": "12:00:00"}])
    tie = random.choice([{}, {}, {"tie": "earliest-arriving"}])
    return {"pick": random.choice(["cheapest", "fastest", "earliest", "latest"]), "stops": stops, **sides, **tie}


def _segment(carrier: Carrier, segment: Segment) -> dict[str, Any]:
    flight = carrier.flights[segment.flight_number]
    return {
        "number": segment.flight_number,
        "origin": _place(carrier, segment.origin),
        "destination": _place(carrier, segment.destination),
        "day": segment.date,
        "departs": flight.scheduled_departure_time_est,
        "arrives": flight.scheduled_arrival_time_est,
    }


def _person(who: Passenger) -> dict[str, str]:
    return {"first_name": who.first_name, "last_name": who.last_name, "dob": who.dob}


def _paid(method: str, amount: float) -> dict[str, Any]:
    """A part of the price; of a certificate something is left over."""
    return {"amount": amount, "method": method} | ({"lost": 17.5} if method.endswith(")") else {})
