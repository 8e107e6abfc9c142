"""Flights moved by what they are now: the next one, the same on another day, both ways at once."""

from typing import Any

import pytest
from msgspec.structs import replace

from servers.airline.recipes.move import MOVE
from servers.airline.records import Flight
from servers.recipe import Refusal, Request, Write
from servers.state import State
from tests.servers.terminal import FIFTH, FIRST, ROUND, decided, terminal

OUT, BACK, BOTH = {"leg": "outbound flight"}, {"leg": "return flight"}, {"both": "outbound and return flights"}


def move(part: dict[str, str], pick: str, stops: str = "direct", days: tuple[int, ...] = (0,), **changed: Any) -> dict[str, Any]:
    wanted = {"days": list(days), "pick": pick, "stops": stops}
    return {"reservation_id": "ROUND1", **part, "move": wanted, "payment": "Visa", **changed}


def flights(decision: Any) -> list[str]:
    return [each["flight_number"] for each in decision.arguments["flights"]]


MOVED = {
    "the next one": (move(OUT, "next"), ["FT2", "FT8"]),
    "the last one before it, with a change": (move(OUT, "previous", "any"), ["FT6", "FT7", "FT8"]),
    "the next one back": (move(BACK, "next"), ["FT1", "FT9"]),
    "the earliest of the day after": (move(OUT, "earliest", days=(1,)), ["FT10", "FT8"]),
    "the cheapest of two days": (move(OUT, "cheapest", "any", days=(0, 1)), ["FT6", "FT7", "FT8"]),
    "both ways": (move(BOTH, "cheapest", "any"), ["FT6", "FT7", "FT9"]),
}


@pytest.mark.parametrize("name", MOVED)
def test_what_is_meant_is_counted_from_the_flight_of_now(name: str) -> None:
    params, numbers = MOVED[name]
    decision = decided(MOVE, params)
    assert isinstance(decision, Write) and flights(decision) == numbers


def test_the_next_one_depends_on_when_the_flight_of_now_leaves() -> None:
    """Were it to leave at two, the next would be another: there is none with two seats left."""
    state = terminal()
    flight = state.get("flights", "FT1", Flight)
    assert flight is not None
    state.put("flights", "FT1", replace(flight, scheduled_departure_time_est="14:00:00", scheduled_arrival_time_est="17:40:00"))
    decision = decided(MOVE, move(OUT, "next"), state)
    assert isinstance(decision, Refusal) and decision.rule == "seats_left"


def test_both_ways_are_one_change_with_one_difference() -> None:
    """Each of two passengers had paid 400, and pays 60 + 135 + 180."""
    decision = decided(MOVE, move(BOTH, "cheapest", "any"))
    assert decision.stated["refund"] == 50.0


def with_trip(**changed: Any) -> State:
    state = terminal()
    state.put("reservations", "ROUND1", replace(ROUND, **changed))
    return state


FORBIDDEN = {
    "fixed_cabin": (move(OUT, "next"), with_trip(cabin="basic_economy")),
    "reservation_stands": (move(OUT, "next"), with_trip(status="cancelled")),
    "own_account": (move(OUT, "next"), with_trip(user_id="sam_2")),
    "flown_stays": (move(OUT, "earliest", days=(1,), reservation_id="BEGUN1"), terminal()),
    "flight_available": (move(OUT, "same", days=(1,)), terminal()),
    "change_method": (move(OUT, "next", payment="certificate ending in 0002"), terminal()),
    "method_on_file": (move(OUT, "next", payment="American Express"), terminal()),
    "balance_covers": (move(OUT, "next", payment="gift card"), terminal()),
}


@pytest.mark.parametrize("rule", FORBIDDEN)
def test_what_forbids_a_move_is_named(rule: str) -> None:
    params, state = FORBIDDEN[rule]
    decision = decided(MOVE, params, state)
    assert isinstance(decision, Refusal) and decision.rule == rule


def test_the_way_back_of_a_trip_that_has_begun_can_still_move() -> None:
    decision = decided(MOVE, move(BACK, "next", reservation_id="BEGUN1"))
    assert isinstance(decision, Write) and flights(decision) == ["FT1", "FT9"]


def test_words_for_a_leg_fit_a_round_trip_only() -> None:
    def holds(params: dict[str, Any], state: State) -> bool:
        return MOVE.holds(state.view(), "dana_1", Request(recipe="move", params=params))

    one_way = with_trip(flight_type="one_way", flights=ROUND.flights[:1])
    assert holds(move(OUT, "next"), terminal()) and holds(move({}, "next"), one_way)
    assert not holds(move({}, "next"), terminal()) and not holds(move(BOTH, "cheapest"), one_way)


def test_a_customer_says_no_when_the_wrong_leg_moves() -> None:
    stated = {"flights": decided(MOVE, move(OUT, "next")).stated["flights"]}
    assert MOVE.contradicted(move(OUT, "next"), stated, 0) is None
    assert MOVE.contradicted(move(OUT, "next"), {"flights": []}, 0) == "move"
    trip = {"destination": {"city": "Denver", "iata": "DEN"}}
    assert MOVE.contradicted({**move(BOTH, "cheapest", "any"), "trip": trip}, stated, 0) == "move"
    assert [each["day"] for each in stated["flights"]] == [FIRST, FIFTH]
