"""A trip like another: cabin and passengers come from the earlier reservation, days and flights from the customer."""

from typing import Any

from msgspec.structs import replace

from engine.synthesis.case import OpenCase
from servers.airline import DOMAIN as AIRLINE
from servers.airline.recipes.same_trip import SAME_TRIP
from servers.recipe import Refusal, Request, Write
from servers.state import State
from tests.servers.terminal import FIFTH, FIRST, ROUND, SECOND, decided, terminal

CHEAPEST = {"stops": "direct", "pick": "cheapest"}


def again(**changed: Any) -> dict[str, Any]:
    """The round trip once more, on other days, for the same passengers."""
    params = {"reservation_id": "ROUND1", "days": [FIRST, SECOND], "back_days": [FIFTH], "flight": CHEAPEST}
    rest = {"same": ["cabin", "passengers"], "bags": 0, "insurance": "no", "payments": ["Visa"]}
    return {slot: value for slot, value in {**params, **rest, **changed}.items() if value is not None}


def one_way(**changed: Any) -> State:
    """The same world where the earlier trip went one way only."""
    state = terminal()
    trip = replace(ROUND, flight_type="one_way", flights=ROUND.flights[:1], **changed)
    state.put("reservations", "ROUND1", trip)
    return state


def flown_by(decision: Any) -> list[tuple[str, str]]:
    return [(each["flight_number"], each["date"]) for each in decision.arguments["flights"]]


def test_cabin_and_passengers_are_those_of_the_earlier_trip() -> None:
    decision = decided(SAME_TRIP, again())
    assert isinstance(decision, Write)
    assert flown_by(decision) == [("FT1", FIRST), ("FT9", FIFTH)]
    assert [each["dob"] for each in decision.arguments["passengers"]] == ["1984-11-30", "1990-01-02"]
    assert (decision.arguments["cabin"], decision.stated["total"]) == ("economy", 760.0)


def test_so_many_days_later_is_counted_from_the_trip_itself() -> None:
    params = again(days=None, back_days=None, later=[1])
    decision = decided(SAME_TRIP, params, one_way())
    assert isinstance(decision, Write) and flown_by(decision) == [("FT10", SECOND)]


def test_a_way_back_that_cannot_be_had_is_refused() -> None:
    """A day later there is a way there, and none back."""
    decision = decided(SAME_TRIP, again(days=None, back_days=None, later=[1]))
    assert isinstance(decision, Refusal) and decision.rule == "flight_available"
    assert decision.stated["origin"] == [{"city": "Houston", "iata": "IAH"}]


def test_bags_and_insurance_stay_where_the_customer_wants_them_so() -> None:
    kept = {"same": ["cabin", "passengers", "bags", "insurance"], "bags": None, "insurance": None}
    state = one_way(total_baggages=3, nonfree_baggages=1, insurance="yes")
    decision = decided(SAME_TRIP, again(days=[SECOND], back_days=None, **kept), state)
    assert isinstance(decision, Write)
    terms = [decision.arguments[name] for name in ("total_baggages", "nonfree_baggages", "insurance")]
    assert terms == [3, 1, "yes"] and decision.stated["total"] == 2 * (230 + 30) + 50


def test_another_cabin_on_file_costs_what_that_cabin_costs() -> None:
    decision = decided(SAME_TRIP, again(days=[SECOND], back_days=None), one_way(cabin="basic_economy"))
    assert isinstance(decision, Write) and decision.stated["total"] == 230.0


def test_what_stands_in_the_way_is_the_rule_that_does() -> None:
    foreign = terminal()
    foreign.put("reservations", "ROUND1", replace(ROUND, user_id="sam_2"))
    cases = [
        (again(), foreign, "own_account"),
        (again(reservation_id="NONE12"), terminal(), "reservation_exists"),
        (again(), terminal(max_passengers=1), "passenger_limit"),
        (again(payments=["gift card"]), terminal(), "balance_covers"),
    ]
    for params, state, rule in cases:
        decision = decided(SAME_TRIP, params, state)
        assert isinstance(decision, Refusal) and decision.rule == rule


def test_days_back_are_named_for_a_round_trip_and_for_no_other() -> None:
    def holds(state: State, **changed: Any) -> bool:
        return SAME_TRIP.holds(state.view(), "dana_1", Request(recipe="same_trip", params=again(**changed)))

    assert holds(terminal()) and not holds(terminal(), back_days=None)
    assert holds(one_way(), back_days=None) and not holds(one_way())


def test_a_reservation_is_read_only_until_the_trip_is_found() -> None:
    """BEGUN1 has the same route; the day tells them apart, and the second is not read for it."""
    trip = {"destination": {"city": "Houston", "iata": "IAH"}, "day": FIRST}
    case = OpenCase(AIRLINE, terminal(), "dana_1", again(reservation_id=None, trip=trip))
    assert SAME_TRIP.solve(case)
    assert [arguments for tool, arguments in case.reads if tool == "get_reservation_details"] == ['{"reservation_id":"ROUND1"}']


def test_a_customer_says_no_to_flights_on_other_days_or_to_another_place() -> None:
    stated = decided(SAME_TRIP, again()).stated
    assert SAME_TRIP.contradicted(again(), stated, 0) is None
    assert SAME_TRIP.contradicted(again(back_days=[SECOND]), stated, 0) == "back_days"
    assert SAME_TRIP.contradicted(again(days=[SECOND]), stated, 0) == "days"
    trip = {"destination": {"city": "Denver", "iata": "DEN"}}
    assert SAME_TRIP.contradicted(again(reservation_id=None, trip=trip), stated, 0) == "trip"
    assert SAME_TRIP.contradicted(again(payments=["Mastercard"]), stated, 0) == "payments"
