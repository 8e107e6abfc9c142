"""A legal way round a rule that the customer proposes: to another cabin first, and then what that one allows: other flights
where they were fixed, or a cancellation. Both are done, or neither.
"""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from msgspec.structs import replace

from servers.airline import rules
from servers.airline.recipes import drafts, edits, plain, trips, trips_edits
from servers.airline.recipes.agreement import contradicted
from servers.airline.recipes.cabin import CABINS, Priced, bookable, cost, due_for, moved, on_its_day, prices, room, without_room
from servers.airline.recipes.cancel import REASONS
from servers.airline.recipes.cancel_all import canceled
from servers.airline.recipes.flights import cost as flights_cost
from servers.airline.recipes.flights import parts, rebooked, replaced, wish_of
from servers.airline.recipes.flights_drafts import wanted_flight
from servers.airline.recipes.journeys_edits import otherwise
from servers.airline.recipes.paying import for_change, named
from servers.airline.recipes.reservations import flown, reservation_of, saying_which, short
from servers.airline.recipes.search import chose, clear, competing, journey_of, looked_up
from servers.airline.records import LANDED, Available, Cabin, Cancelled, GiftCard, Payment, PaymentMethod, Reservation
from servers.drafting import chosen, revealed
from servers.english import joined
from servers.recipe import Case, Decision, Draft, Edit, Recipe, Refusal, Request, Slots, saying
from servers.state import View

CANCEL = "cancel"
_MORE = 150
"""What other flights may well cost more."""


def solve(case: Case) -> tuple[Decision, ...]:
    reservation = reservation_of(case)
    if isinstance(reservation, Refusal):
        return (reservation,)
    number, cabin = {"reservation_id": reservation.reservation_id}, case.said("cabin")
    if rule := rules.stands(reservation):
        return (Refusal(act=rule, rule=rule, stated=number),)
    over = flown(case, reservation)
    if rule := rules.change_cabin(reservation, [LANDED] if over else [], case.facts):
        return (Refusal(act=rule, rule=rule, stated={**number, "flown": short(over)}),)
    if cabin == reservation.cabin:
        return ()
    if refusal := _still_forbidden(case, replace(reservation, cabin=cabin)):
        return (refusal,)
    priced = prices(case, reservation, cabin)
    if refusal := without_room(case, reservation, cabin, priced):
        return (refusal,)
    due = cost(reservation, cabin, priced)
    second = _then_canceled if case.said("then") == CANCEL else _then_rebooked
    return second(case, reservation, _after(reservation, cabin, priced), due)


def _still_forbidden(case: Case, reservation: Reservation) -> Refusal | None:
    """What the other cabin does not allow either."""
    number = {"reservation_id": reservation.reservation_id}
    if case.said("then") != CANCEL:
        rule = rules.change_flights(reservation, [""] * len(reservation.flights), (), case.facts)
        return Refusal(act=rule, rule=rule, stated={**number, "cabin": reservation.cabin}) if rule else None
    rule = rules.cancel(reservation, (), case.ask("reason", "reason", **number) or "", case.facts)
    if rule == "insurance_reason":
        return Refusal(act=rule, rule=rule, stated={**number, "accepted": joined(case.facts.insured_reasons, "or")})
    terms = {"booked": reservation.created_at, "hours": case.facts.cancel_hours}
    return Refusal(act=rule, rule=rule, stated={**number, **terms}) if rule else None


def _after(reservation: Reservation, cabin: Cabin, priced: Sequence[Priced]) -> Reservation:
    """The reservation once it is in the other cabin."""
    flights = (replace(each.segment, price=each.found.prices.of(cabin)) for each in priced if each.found is not None)
    return replace(reservation, cabin=cabin, flights=tuple(flights))


def _then_rebooked(case: Case, reservation: Reservation, after: Reservation, due: int) -> tuple[Decision, ...]:
    wish = wish_of(case.said, after, case.facts)
    if wish is None:
        return ()
    ranked = journey_of(case, wish)
    if isinstance(ranked, Refusal):
        return (ranked,)
    more = flights_cost(after, replaced(after, wish, ranked[0]))
    with saying(chose(wish, ranked)):
        method = _payer(case, reservation, due, due + more)
    if isinstance(method, Refusal):
        return (method,)
    steps = (moved(case, reservation, after.cabin, due, method), rebooked(case, after, wish, ranked, method))
    return trips.opening(chose(wish, ranked), steps)


def _then_canceled(case: Case, reservation: Reservation, after: Reservation, due: int) -> tuple[Decision, ...]:
    method = _payer(case, reservation, due, due)
    if isinstance(method, Refusal):
        return (method,)
    line = (Payment(payment_id=method.id, amount=due),) if due else ()
    paid = replace(after, payment_history=(*reservation.payment_history, *line))
    return (moved(case, reservation, after.cabin, due, method), canceled(case, paid))


def _payer(case: Case, reservation: Reservation, first: int, both: int) -> PaymentMethod | Refusal:
    """Who pays: enough must be there for the first step alone, and for what both come to."""
    method = for_change(case, "change_payment", reservation.reservation_id, both)
    if isinstance(method, GiftCard) and method.amount < first:
        return for_change(case, "change_payment", reservation.reservation_id, first)
    return method


def draft(view: View, customer: str, random: Random) -> Draft | None:
    facts = view.facts
    upcoming = [each for each in drafts.reservations_of(view, customer) if drafts.coming(view, each)]
    to_cancel = random.random() < 0.2
    reason = chosen(REASONS, random) or ""
    if to_cancel:
        pool = [each for each in upcoming if _uncancelable(view, each, reason)]
        cabins = list(facts.cancel_cabins or CABINS[-1:])
    else:
        pool = [each for each in upcoming if each.cabin in facts.fixed_cabins]
        cabins = [each for each in CABINS if each not in facts.fixed_cabins] or list(CABINS[1:])
    reservation, cabin = chosen(pool, random), chosen(cabins, random)
    if reservation is None or cabin is None or cabin == reservation.cabin:
        return None
    if not room(view, reservation, cabin) and random.random() < 0.93:
        return None
    second = {"then": CANCEL, "reason": reason} if to_cancel else _flights(view, reservation, cabin, random)
    if second is None:
        return None
    slots = drafts.reservation_slots(view, customer, reservation, random)
    params: dict[str, Any] = {**slots, "cabin": cabin, **second}
    user = drafts.user_of(view, customer)
    params["payment"] = drafts.payer_slot(user, random)
    payer = named(user.payment_methods, params["payment"])
    if isinstance(payer, GiftCard) and payer.amount < due_for(view, reservation, cabin) + _MORE and random.random() < 0.8:
        return None
    opening = revealed(params, set(params) - {"payment", "reason"}, random)
    return Draft(request=Request(recipe="way_round", params=params), opening=opening)


def _flights(view: View, reservation: Reservation, cabin: Cabin, random: Random) -> dict[str, Any] | None:
    return wanted_flight(view, replace(reservation, cabin=cabin), random)


def _uncancelable(view: View, reservation: Reservation, reason: str) -> bool:
    """Does a rule stand against canceling it as it is, and did the airline cancel none of its flights?"""
    called_off = any(isinstance(on_its_day(view, each), Cancelled) for each in reservation.flights)
    return not called_off and rules.cancel(reservation, (), reason, view.facts) in ("cancel_window", "insurance_reason")


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    params = request.params
    yield from edits.of_reservation(view, customer, params)
    reservation = drafts.presupposed(view, customer, params)
    if reservation is None:
        return
    cabin, seats = params["cabin"], len(reservation.passengers)
    for segment in reservation.flights:
        if "then" not in params:
            yield from bookable(view, segment, seats)
        yield from edits.seats(view, segment, cabin, seats)
    there = [on_its_day(view, each) for each in reservation.flights]
    priced = [each for each in there if isinstance(each, Available)]
    if len(priced) < len(there):
        return
    due = due_for(view, reservation, cabin)
    if "then" in params:
        yield from trips_edits.paid_otherwise(view, customer, params["payment"], [due])
        return
    pairs = zip(reservation.flights, priced, strict=True)
    after = replace(reservation, cabin=cabin, flights=tuple(replace(e, price=now.prices.of(cabin)) for e, now in pairs))
    wish = wish_of(params.get, after, view.facts)
    if wish is not None:
        found = looked_up(view, wish)
        yield from otherwise(view, wish, found)
        ranked = competing(wish, found)
        more = flights_cost(after, replaced(after, wish, ranked[0])) if ranked else 0
        yield from trips_edits.paid_otherwise(view, customer, params["payment"], [max(due, due + more)])


def holds(view: View, customer: str, request: Request) -> bool:
    """One reservation is meant, for which the way round is needed as they think; one flight at most fits."""
    params = request.params
    if not drafts.is_meant(view, customer, params):
        return False
    reservation = drafts.presupposed(view, customer, params)
    if reservation is None or reservation.user_id != customer or reservation.status is not None:
        return True
    if params.get("then") == CANCEL:
        return _uncancelable(view, reservation, params["reason"])
    if reservation.cabin not in view.facts.fixed_cabins or ("leg" in params) != (reservation.flight_type == "round_trip"):
        return False
    wish = wish_of(params.get, replace(reservation, cabin=params["cabin"]), view.facts)
    return wish is not None and bool(parts(reservation, wish.leg)[0]) and clear(wish, looked_up(view, wish))


def proposes(params: Slots) -> tuple[str, ...]:
    return ("cabin", CANCEL if params.get("then") == CANCEL else "flights")


WAY_ROUND = Recipe(
    name="way_round",
    contradicted=contradicted,
    draft=draft,
    solve=saying_which(solve),
    edits=other_ways,
    holds=holds,
    proposes=proposes,
    plainly=plain.by_id,
)
