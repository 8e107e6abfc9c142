"""The best of many ways: over days, airports and stops, with what decides in a tie; and only told where nothing is booked."""

from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from servers.airline.recipes.best_trip import BEST_TRIP, BEST_TRIP_QUESTION
from servers.airline.recipes.journeys_drafts import is_sharp, sharpened
from servers.airline.recipes.search import Wish, looked_up
from servers.airline.records import Available, Flight
from servers.recipe import Answer, Refusal, Request, Write
from servers.state import State
from tests.servers.carrier import open_carrier
from tests.servers.terminal import FIRST, SECOND, decided, place, terminal

DIRECT, ANY = {"stops": "direct"}, {"stops": "any"}


def question(origin: str, flight: dict[str, str], days: str = FIRST, **changed: Any) -> dict[str, Any]:
    """Which would be the best to Houston in economy, for two."""
    where = {"origin": [place(each) for each in origin.split(" or ")], "destination": [place("IAH")], "days": days.split(" or ")}
    return {**where, "flight": flight, "cabin": "economy", "seats": 2, **changed}


def booking(origin: str, flight: dict[str, str], days: str) -> dict[str, Any]:
    rest = {"passengers": ["me"], "bags": 0, "insurance": "no", "payments": ["Visa"]}
    params = question(origin, flight, days)
    return {slot: value for slot, value in params.items() if slot != "seats"} | rest


def as_dear(state: State, number: str, day: str, fare: int) -> State:
    """A flight at another price on a day."""
    flight = state.get("flights", number, Flight)
    assert flight is not None
    there = flight.dates[day]
    assert isinstance(there, Available)
    other = replace(there, prices=replace(there.prices, economy=fare))
    state.put("flights", number, replace(flight, dates={**flight.dates, day: other}))
    return state


CASES = {
    "who arrives first": ("EWR or JFK", {**DIRECT, "pick": "earliest-arriving"}, FIRST, ["FT4"]),
    "a change of planes arrives before it": ("EWR or JFK", {**ANY, "pick": "earliest-arriving"}, FIRST, ["FT6", "FT7"]),
    "who arrives first of those that leave late": (
        "EWR",
        {**DIRECT, "pick": "earliest-arriving", "after": "10:00:00"},
        FIRST,
        ["FT2"],
    ),
    "the cheapest of three airports and two days": (
        "EWR or JFK or LGA",
        {**ANY, "pick": "cheapest"},
        f"{FIRST} or {SECOND}",
        ["FT5"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_best_is_looked_for_among_all_that_was_named(name: str) -> None:
    origin, flight, days, numbers = CASES[name]
    decision = decided(BEST_TRIP_QUESTION, question(origin, flight, days))
    assert isinstance(decision, Answer)
    assert [each["number"] for each in decision.stated["flights"]] == numbers


def test_what_is_told_are_the_flights_and_what_they_cost_each_and_all() -> None:
    """Two travelers, the cheapest direct flight with two seats left; nothing is booked."""
    decision = decided(BEST_TRIP_QUESTION, question("EWR", {**DIRECT, "pick": "cheapest"}))
    assert isinstance(decision, Answer)
    assert (decision.stated["fare"], decision.stated["total"], decision.tell) == (200.0, 400.0, ("FT1", "400"))
    alone = decided(BEST_TRIP_QUESTION, question("EWR", {**DIRECT, "pick": "cheapest"}, seats=1))
    assert isinstance(alone, Answer) and alone.tell == ("FT3", "150") and "total" not in alone.stated


@pytest.mark.parametrize(("tie", "number"), [("fastest", "FT10"), ("earliest-arriving", "FT1")])
def test_a_tie_is_decided_by_what_the_customer_said(tie: str, number: str) -> None:
    """Two flights of two days at one price: the faster one, or the one that is there first."""
    state = as_dear(as_dear(terminal(), "FT10", SECOND, 200), "FT3", FIRST, 999)
    params = booking("EWR", {**DIRECT, "pick": "cheapest", "tie": tie}, f"{FIRST} or {SECOND}")
    assert BEST_TRIP.holds(state.view(), "dana_1", Request(recipe="best_trip", params=params))
    decision = decided(BEST_TRIP, params, state)
    assert isinstance(decision, Write) and decision.arguments["flights"][0]["flight_number"] == number
    untold = {**params, "flight": {**DIRECT, "pick": "cheapest"}}
    assert not BEST_TRIP.holds(state.view(), "dana_1", Request(recipe="best_trip", params=untold))


REFUSED = {
    "passenger_limit": {"seats": 6},
    "flight_available": {"days": "2025-02-03"},
    "seats_left": {"seats": 5, "cabin": "business"},
}


@pytest.mark.parametrize("rule", REFUSED)
def test_what_could_not_be_booked_is_not_told_as_possible(rule: str) -> None:
    decision = decided(BEST_TRIP_QUESTION, question("EWR", {**DIRECT, "pick": "cheapest"}, **REFUSED[rule]))
    assert isinstance(decision, Refusal) and decision.rule == rule


def test_a_wish_is_put_so_that_nobody_finds_the_best_by_looking_at_the_first() -> None:
    """The best leaves from the airport that is named last, and a best that is direct is asked for as direct."""
    view, both = terminal().view(), [place("JFK"), place("EWR")]
    wish = Wish(both, [place("IAH")], [FIRST], {**ANY, "pick": "earliest-arriving"}, "economy", 1)
    assert is_sharp(view, wish, looked_up(view, wish))
    turned = wish._replace(origin=both[::-1])
    assert not is_sharp(view, turned, looked_up(view, turned))
    sharp = sharpened(view, turned, looked_up(view, turned))
    assert sharp is not None and list(sharp.origin) == both
    cheap = wish._replace(flight={**ANY, "pick": "cheapest"})
    direct = sharpened(view, cheap, looked_up(view, cheap))
    assert direct is not None and direct.flight["stops"] == "direct"


def test_drafts_take_many_searches() -> None:
    """Of what customers of a generated world ask for, half takes at least eight searches."""
    carrier, counts = open_carrier("small", 7), []
    for customer in list(carrier.users)[:60]:
        if draft := BEST_TRIP_QUESTION.draft(carrier.view(), customer, Random(customer)):
            assert BEST_TRIP_QUESTION.holds(carrier.view(), customer, draft.request)
            params = draft.request.params
            counts.append(len(params["origin"]) * len(params["days"]) * len(params["destination"]))
    assert len(counts) > 30 and sorted(counts)[len(counts) // 2] >= 4
