"""A customer of the airline says yes to what they asked for, and to nothing that goes against their words."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import msgspec
import pytest

from engine.synthesis.case import OpenCase
from servers.airline import DOMAIN as AIRLINE
from servers.airline.recipes import RECIPES
from servers.airline.recipes.agreement import contradicted
from servers.airline.recipes.book import BOOK
from servers.airline.recipes.flights import FLIGHTS
from servers.recipe import Recipe, Write
from tests.servers.carrier import open_carrier
from tests.servers.terminal import FIFTH, FIRST, SECOND, place

Said = dict[str, Any]

EWR, JFK, DEN, IAH, LGA = (place(each) for each in ("EWR", "JFK", "DEN", "IAH", "LGA"))
NOWHERE = {"city": "Nowhere", "iata": "NOW"}
DANA = {"first_name": "Dana", "last_name": "Fox", "dob": "1984-11-30"}
ALEX = {"first_name": "Alex", "last_name": "Fox", "dob": "1990-01-02"}
KIM = {"first_name": "Kim", "last_name": "Lee", "dob": "1991-03-04"}
OLD = {"first_name": "Dana", "last_name": "Fox"}
MARRIED = {"old": OLD, "new": {**OLD, "last_name": "Lee"}}


def flight(origin: Said, destination: Said, day: str, departs: str = "08:00:00", arrives: str = "09:00:00") -> Said:
    """A flight with its times."""
    return {"number": "FT1", "origin": origin, "destination": destination, "day": day, "departs": departs, "arrives": arrives}


def kept(origin: Said, destination: Said, day: str) -> Said:
    """A flight that the reservation has already."""
    return {"number": "FT1", "origin": origin, "destination": destination, "day": day}


def paying(*methods: str) -> Said:
    """What pays, each a hundred dollars."""
    return {"payments": [{"amount": 100.0, "method": each} for each in methods]}


DIRECT, ANY = {"pick": "cheapest", "stops": "direct"}, {"pick": "cheapest", "stops": "any"}
ONE_WAY: Said = {"origin": [EWR], "destination": [IAH], "days": [FIRST], "flight": ANY}
NONSTOP: Said = {**ONE_WAY, "flight": DIRECT}
AROUND: Said = {**NONSTOP, "back_days": [FIFTH]}
OUT, BACK = flight(EWR, IAH, FIRST), flight(IAH, EWR, FIFTH)
STOP, ONWARD = flight(EWR, DEN, FIRST, "20:00:00", "23:00:00"), flight(DEN, IAH, FIRST, "23:30:00", "01:00:00+1")
NIGHT, MORNING = flight(EWR, DEN, FIRST, "22:00:00", "00:30:00+1"), flight(DEN, IAH, SECOND, "06:00:00", "08:00:00")
RETURN: Said = {"reservation_id": "ROUND1", "leg": "return flight", "days": [FIFTH], "flight": DIRECT}
OUTBOUND: Said = {"trip": {"destination": IAH}, "leg": "outbound flight", "days": [FIRST], "flight": DIRECT}
KEPT_OUT, KEPT_BACK = kept(EWR, IAH, FIRST), kept(IAH, EWR, FIFTH)
CHANGE: Said = {"trip": {"destination": IAH, "origin": EWR}, "days": [FIRST], "flight": ANY}
NAMELESS: Said = {"which": "next trip", "days": [FIRST], "flight": ANY}
PARTLY: Said = {"cabin": "business", "part": "return flight"}
NEW_CABIN: Said = {"cabin": "business", "route": {"origin": EWR, "destination": IAH}}


def flown(*flights: Said) -> Said:
    """A proposal of these flights."""
    return {"flights": list(flights)}


def people(*who: Said) -> Said:
    """A proposal of these passengers."""
    return {"passengers": list(who)}


def hours(**wanted: str) -> Said:
    """A booking within hours."""
    return {**NONSTOP, "flight": {**DIRECT, **wanted}}


GROUP: Said = {"passengers": ["me", {"first_name": "Alex", "last_name": "Fox"}]}
TO_ALEX: Said = {"rename": {"old": OLD, "new": ALEX}}
SPLIT: Said = {"payments": ["certificate", "Visa ending in 7334"]}

# The customer's words, an honest statement, a tampered one, and the slot in which that goes against the words.
TAMPERED: dict[str, tuple[Said, Said, Said, str]] = {
    "a person never asked for": (TO_ALEX, people(KIM, ALEX), people(KIM, {**KIM, "first_name": "Jo"}), "rename"),
    "the new name misspelt": (
        {"rename": MARRIED},
        people({**DANA, "last_name": "Lee"}),
        people({**DANA, "last_name": "Le"}),
        "rename",
    ),
    "the new passenger born on another day": (TO_ALEX, people(ALEX), people({**ALEX, "dob": "1990-01-03"}), "rename"),
    "the new passenger left out": (TO_ALEX, people(KIM, ALEX), people(KIM), "rename"),
    "the old passenger still there": (TO_ALEX, people(ALEX), people(ALEX, DANA), "rename"),
    "somebody to be added is not": ({"add": ALEX}, people(DANA, ALEX), people(DANA), "add"),
    "somebody to be removed is there": ({"remove": OLD}, people(ALEX), people(ALEX, DANA), "remove"),
    "a traveler too many": (GROUP, people(DANA, ALEX), people(DANA, ALEX, KIM), "passengers"),
    "a traveler missing": (GROUP, people(DANA, ALEX), people(ALEX), "passengers"),
    "a traveler of another name": (GROUP, people(DANA, ALEX), people(DANA, KIM), "passengers"),
    "a traveler twice": (GROUP, people(DANA, ALEX), people(ALEX, ALEX), "passengers"),
    "a trip to another city": (
        {"trip": {"destination": IAH}},
        {"route": {"origin": EWR, "destination": IAH}},
        {"route": {"origin": EWR, "destination": DEN}},
        "trip",
    ),
    "a trip from another city": (
        {"trip": {"destination": IAH, "origin": EWR}},
        {"route": {"origin": EWR, "destination": IAH}},
        {"route": {"origin": JFK, "destination": IAH}},
        "trip",
    ),
    "one stop where direct was asked for": (NONSTOP, flown(OUT), flown(STOP, ONWARD), "flight"),
    "two stops": (
        ONE_WAY,
        flown(STOP, ONWARD),
        flown(flight(EWR, LGA, FIRST, "05:00:00"), flight(LGA, DEN, FIRST, "20:00:00", "23:00:00"), ONWARD),
        "flight",
    ),
    "before the hour": (hours(after="07:00:00"), flown(OUT), flown({**OUT, "departs": "06:59:00"}), "flight"),
    "after the hour": (hours(before="09:00:00"), flown(OUT), flown({**OUT, "departs": "09:01:00"}), "flight"),
    "at another hour": (
        {**ONE_WAY, "flight": {"departs": "08:00:00", "stops": "direct"}},
        flown(OUT),
        flown({**OUT, "departs": "08:05:00"}),
        "flight",
    ),
    "a flight to somewhere else at the end": (
        ONE_WAY,
        flown(OUT),
        flown(OUT, flight(IAH, NOWHERE, FIRST, "12:00:00")),
        "destination",
    ),
    "there and back where one way was asked for": (ONE_WAY, flown(OUT), flown(OUT, BACK), "destination"),
    "one way where there and back was asked for": (AROUND, flown(OUT, BACK), flown(OUT), "back_days"),
    "the way back ends elsewhere": (AROUND, flown(OUT, BACK), flown(OUT, flight(IAH, JFK, FIFTH)), "origin"),
    "the way back begins elsewhere": (AROUND, flown(OUT, BACK), flown(OUT, flight(DEN, EWR, FIFTH)), "destination"),
    "the days exchanged": (AROUND, flown(OUT, BACK), flown({**OUT, "day": FIFTH}, {**BACK, "day": FIRST}), "days"),
    "the way back on another day": (AROUND, flown(OUT, BACK), flown(OUT, {**BACK, "day": SECOND}), "back_days"),
    "one stop on the way back": (
        AROUND,
        flown(OUT, BACK),
        flown(OUT, flight(IAH, DEN, FIFTH), flight(DEN, EWR, FIFTH, "10:00:00")),
        "flight",
    ),
    "no flights": (ONE_WAY, flown(OUT), flown(), "flight"),
    "a connection on another day": (ONE_WAY, flown(STOP, ONWARD), flown(STOP, {**ONWARD, "day": SECOND}), "days"),
    "a connection before a night is over": (ONE_WAY, flown(NIGHT, MORNING), flown(NIGHT, {**MORNING, "day": FIRST}), "days"),
    "a connection from somewhere else": (ONE_WAY, flown(STOP, ONWARD), flown(STOP, {**ONWARD, "origin": LGA}), "flight"),
    "another airport than was said": (ONE_WAY, flown(OUT), flown(flight(JFK, IAH, FIRST)), "origin"),
    "an airport of another city": (
        {**ONE_WAY, "origin": [{"city": "New York"}]},
        flown(flight(LGA, IAH, FIRST)),
        flown(OUT),
        "origin",
    ),
    "a change to another city than the trip's": (CHANGE, flown(OUT), flown(flight(EWR, DEN, FIRST)), "trip"),
    "a change from another city than the trip's": (CHANGE, flown(OUT), flown(flight(JFK, IAH, FIRST)), "trip"),
    "a change to another day": (CHANGE, flown(OUT), flown({**OUT, "day": SECOND}), "days"),
    "a change to a way there and back": (
        NAMELESS,
        flown(OUT),
        flown(OUT, {**BACK, "day": FIRST, "departs": "20:00:00"}),
        "flight",
    ),
    "the return flight on another day": (RETURN, flown(KEPT_OUT, BACK), flown(KEPT_OUT, {**BACK, "day": SECOND}), "days"),
    "the return flight with a stop": (
        RETURN,
        flown(KEPT_OUT, BACK),
        flown(KEPT_OUT, flight(IAH, DEN, FIFTH), flight(DEN, EWR, FIFTH, "10:00:00")),
        "flight",
    ),
    "the outbound flight gone": (RETURN, flown(KEPT_OUT, BACK), flown(BACK), "leg"),
    "the return flight gone": (OUTBOUND, flown(OUT, KEPT_BACK), flown(OUT), "leg"),
    "the other leg changed": (RETURN, flown(KEPT_OUT, BACK), flown({**OUT, "day": FIFTH}, kept(IAH, EWR, "2025-02-08")), "days"),
    "both legs to another city": (OUTBOUND, flown(OUT, KEPT_BACK), flown(flight(EWR, DEN, FIRST), kept(DEN, EWR, FIFTH)), "trip"),
    "the kept leg of another day than the trip's": (
        {**RETURN, "trip": {"destination": IAH, "day": FIRST}},
        flown(KEPT_OUT, BACK),
        flown({**KEPT_OUT, "day": SECOND}, BACK),
        "trip",
    ),
    "not where they want to go instead": (
        {"trip": {"destination": IAH}, "destination": [DEN]},
        flown(flight(EWR, DEN, FIRST)),
        flown(OUT),
        "destination",
    ),
    "all on the last method": (
        SPLIT,
        paying("certificate ending in 4821 ($150.00)", "Visa ending in 7334"),
        paying("Visa ending in 7334"),
        "payments",
    ),
    "the methods in another order": (
        SPLIT,
        paying("certificate ending in 4821 ($150.00)"),
        paying("Visa ending in 7334", "certificate ending in 4821 ($150.00)"),
        "payments",
    ),
    "nothing pays": (SPLIT, paying("certificate ending in 4821 ($150.00)"), paying(), "payments"),
    "a method too many": (
        SPLIT,
        paying("certificate ending in 4821 ($150.00)"),
        paying("certificate ending in 4821", "Visa ending in 7334", "gift card"),
        "payments",
    ),
    "the whole reservation where a part was asked for": (PARTLY, {}, NEW_CABIN, "part"),
    "another cabin": ({"cabin": "business"}, NEW_CABIN, {**NEW_CABIN, "cabin": "economy"}, "cabin"),
    "fewer bags, which nobody gets": ({"fewer": 1}, {}, {"bags": {"total": 1, "paid": 0}}, "fewer"),
    "fewer bags than are to be added": (
        {"more": 2},
        {"bags": {"total": 2, "paid": 0}},
        {"bags": {"total": 1, "paid": 0}},
        "more",
    ),
    "another complaint": ({"complaint": "delayed"}, {"complaint": "delayed"}, {"complaint": "cancelled"}, "complaint"),
}

# What a customer cannot tell.
AGREES: dict[str, tuple[Said, Said]] = {
    "whether it is the cheapest": (NONSTOP, flown({**OUT, "number": "FT2", "departs": "23:00:00", "arrives": "02:00:00+1"})),
    "a connection after a night": (ONE_WAY, flown(NIGHT, MORNING)),
    "where a reservation goes": (NAMELESS, flown(flight(LGA, DEN, FIRST))),
    "who else is on a reservation": (TO_ALEX, people(KIM, ALEX)),
    "what they are called in the profile": ({"passengers": ["me"]}, people(KIM)),
    "what is on a certificate": (SPLIT, {"payments": [{"amount": 9999.0, "method": "Certificate ending in 1 ($1.00)"}]}),
    "which reservation it is": ({"trip": {"destination": IAH}}, {"reservation_id": "ZZZZZZ", "refund": 1.0}),
    "how many bags there were": ({"more": 2}, {"bags": {"total": 7, "paid": 5}}),
    "when the kept flights leave": ({**OUTBOUND, "flight": {**DIRECT, "after": "07:00:00"}}, flown(OUT, KEPT_BACK)),
    "a kept leg with a stop": (RETURN, flown(kept(EWR, DEN, FIRST), kept(DEN, IAH, SECOND), BACK)),
}


@pytest.mark.parametrize("case", TAMPERED)
def test_what_goes_against_the_words_is_named_by_its_slot(case: str) -> None:
    """The honest statement is agreed to, the tampered one is not."""
    params, honest, tampered, slot = TAMPERED[case]
    assert "part" in params or contradicted(params, honest) is None
    assert contradicted(params, tampered) == slot
    assert slot in params


@pytest.mark.parametrize("case", AGREES)
def test_what_cannot_be_told_is_agreed_to(case: str) -> None:
    """Wrong ids and amounts, a dearer flight."""
    assert contradicted(*AGREES[case]) is None


Tampering = Callable[[Recipe, Said, Said], Said | None]


def _another_name(_: Recipe, params: Said, stated: Said) -> Said | None:
    if "rename" not in params:
        return None
    new = params["rename"]["new"]
    return {
        "passengers": [{**who, "last_name": "Misspelt"} if new.items() <= who.items() else who for who in stated["passengers"]]
    }


def _left_out(_: Recipe, params: Said, stated: Said) -> Said | None:
    if "rename" not in params:
        return None
    return {"passengers": [who for who in stated["passengers"] if not params["rename"]["new"].items() <= who.items()]}


def _another_trip(_: Recipe, params: Said, stated: Said) -> Said | None:
    return {"route": {**stated["route"], "destination": NOWHERE}} if "route" in stated and "trip" in params else None


def _with_a_stop(_: Recipe, params: Said, stated: Said) -> Said | None:
    if "flights" not in stated or params["flight"]["stops"] != "direct":
        return None
    flights = stated["flights"]
    at = next(place for place, each in enumerate(flights) if "departs" in each)
    halves = [{**flights[at], "destination": NOWHERE}, {**flights[at], "origin": NOWHERE}]
    return {"flights": [*flights[:at], *halves, *flights[at + 1 :]]}


def _at_midnight(_: Recipe, params: Said, stated: Said) -> Said | None:
    if "flights" not in stated or not {"after", "departs"} & params["flight"].keys():
        return None
    return {"flights": [{**each, "departs": "00:00:01"} if "departs" in each else each for each in stated["flights"]]}


def _too_late(_: Recipe, params: Said, stated: Said) -> Said | None:
    if "flights" not in stated or not {"before", "departs"} & params["flight"].keys():
        return None
    return {"flights": [{**each, "departs": "23:59:00"} if "departs" in each else each for each in stated["flights"]]}


def _further(_: Recipe, __: Said, stated: Said) -> Said | None:
    if "flights" not in stated:
        return None
    last = stated["flights"][-1]
    return {"flights": [*stated["flights"], {**last, "origin": last["destination"], "destination": NOWHERE}]}


def _later(place: int) -> Tampering:
    """One of the flights that are new a year later."""

    def tampered(_: Recipe, __: Said, stated: Said) -> Said | None:
        flights = [dict(each) for each in stated.get("flights", ())]
        if place >= len(flights) or "departs" not in flights[place]:
            return None
        flights[place]["day"] = f"{int(flights[place]['day'][:4]) + 1}-07-04"
        return {"flights": flights}

    return tampered


def _one_way(_: Recipe, params: Said, stated: Said) -> Said | None:
    if "back_days" not in params:
        return None
    return {"flights": [each for each in stated["flights"] if each["day"] < params["back_days"][0]]}


def _there_and_back(recipe: Recipe, params: Said, stated: Said) -> Said | None:
    if recipe.name != BOOK.name or "back_days" in params:
        return None
    first, last = stated["flights"][0], stated["flights"][-1]
    back = {**last, "origin": last["destination"], "destination": first["origin"]}
    return {"flights": [*stated["flights"], back]}


def _back_elsewhere(_: Recipe, params: Said, stated: Said) -> Said | None:
    if "back_days" not in params:
        return None
    return {"flights": [*stated["flights"][:-1], {**stated["flights"][-1], "destination": NOWHERE}]}


def _exchanged(_: Recipe, params: Said, stated: Said) -> Said | None:
    if "back_days" not in params:
        return None
    there, back = stated["flights"][0]["day"], stated["flights"][-1]["day"]
    return {"flights": [{**each, "day": {there: back, back: there}.get(each["day"], each["day"])} for each in stated["flights"]]}


def _alone(recipe: Recipe, params: Said, stated: Said) -> Said | None:
    """The leg that is kept is gone."""
    if recipe.name != FLIGHTS.name or "leg" not in params:
        return None
    return {"flights": [each for each in stated["flights"] if "departs" in each]}


def _paid_last(_: Recipe, params: Said, stated: Said) -> Said | None:
    return {"payments": stated["payments"][-1:]} if len(stated.get("payments", ())) > 1 else None


def _unpaid(_: Recipe, __: Said, stated: Said) -> Said | None:
    return {"payments": []} if "payments" in stated else None


TAMPERINGS: dict[str, Tampering] = {
    "another name": _another_name,
    "the new passenger left out": _left_out,
    "another trip": _another_trip,
    "a stop": _with_a_stop,
    "at midnight": _at_midnight,
    "too late": _too_late,
    "a further flight": _further,
    **{f"flight {place} another day": _later(place) for place in range(4)},
    "one way": _one_way,
    "there and back": _there_and_back,
    "back elsewhere": _back_elsewhere,
    "days exchanged": _exchanged,
    "the other leg gone": _alone,
    "all on the last method": _paid_last,
    "nothing pays": _unpaid,
}


def _drawn() -> list[tuple[Recipe, Said, Said]]:
    """Drafts that end in writes: the recipe, the customer's words, what is stated of the write."""
    found: list[tuple[Recipe, Said, Said]] = []
    for seed in (11, 12):
        carrier, random = open_carrier("small", seed), Random(seed)
        found += list(_writes(carrier.world.open(), list(carrier.users), random))
    return found


def _writes(state: Any, customers: list[str], random: Random) -> Iterator[tuple[Recipe, Said, Said]]:
    for customer in customers[:40]:
        for recipe in RECIPES:
            draft = recipe.draft(state, customer, random)
            if draft is None or not recipe.holds(state, customer, draft.request):
                continue
            params = dict(draft.request.params)
            for decision in recipe.solve(OpenCase(AIRLINE, state, customer, params)):
                if isinstance(decision, Write):
                    yield recipe, params, msgspec.to_builtins(decision.stated)


DRAWN = _drawn()


def test_whatever_recipes_propose_is_agreed_to() -> None:
    """And is what was asked for."""
    assert len(DRAWN) > 150
    assert {recipe.name for recipe, _, _ in DRAWN} >= {"book", "flights", "cabin", "cancel", "bags", "passengers"}
    for recipe, params, stated in DRAWN:
        assert recipe.contradicted(params, stated, 0) is None, (recipe.name, params, stated)


@pytest.mark.parametrize("name", TAMPERINGS)
def test_whatever_is_tampered_with_is_contradicted(name: str) -> None:
    """In a slot that the customer can say again."""
    met = 0
    for recipe, params, stated in DRAWN:
        if recipe.contradicted is not contradicted:  # whoever leaves more open sees less
            continue
        tampered = TAMPERINGS[name](recipe, params, stated)
        if tampered is not None:
            met += 1
            assert contradicted(params, {**stated, **tampered}) in params, (params, stated, tampered)
    assert met
