"""Somebody on file flies instead of a passenger; a cancellation that is argued for comes to what the policy says."""

from typing import Any

import pytest
from msgspec.structs import replace

from engine.synthesis.case import OpenCase
from servers.airline import DOMAIN as AIRLINE
from servers.airline.recipes.handover import HANDOVER
from servers.airline.recipes.third_party import THIRD_PARTY
from servers.airline.records import Passenger
from servers.recipe import Refusal, Request, Transfer, Write
from servers.state import State
from tests.servers.terminal import ALEX, BEGUN, CUSTOMER, DANA, ROUND, decided, terminal

KIM = Passenger(first_name="Kim", last_name="Day", dob="1979-07-07")


def swap(old: Any = "me", who: Passenger = KIM, **changed: Any) -> dict[str, Any]:
    name = {"first_name": who.first_name, "last_name": who.last_name}
    return {"reservation_id": "ROUND1", "stand_in": {"old": old, "new": name}, **changed}


def world(*, saved: bool = False, flew: bool = False) -> State:
    """Kim is saved in the profile, or flew on the other trip, or is on no file."""
    state = terminal()
    if saved:
        state.put("users", "dana_1", replace(CUSTOMER, saved_passengers=(ALEX, KIM)))
    if flew:
        state.put("reservations", "BEGUN1", replace(BEGUN, passengers=(DANA, KIM)))
    return state


@pytest.mark.parametrize("on_file", [{"saved": True}, {"flew": True}])
def test_a_date_of_birth_that_is_on_file_is_looked_up(on_file: dict[str, bool]) -> None:
    decision = decided(THIRD_PARTY, swap(), world(**on_file))
    assert isinstance(decision, Write)
    assert [each["dob"] for each in decision.arguments["passengers"]] == [KIM.dob, ALEX.dob]


def test_who_is_saved_is_looked_for_on_no_other_trip() -> None:
    def others_read(state: State) -> bool:
        case = OpenCase(AIRLINE, state, "dana_1", swap())
        assert THIRD_PARTY.solve(case)
        return any("BEGUN1" in arguments for _, arguments in case.reads)

    assert others_read(world(flew=True)) and not others_read(world(saved=True))


def test_who_is_on_no_file_needs_the_date_from_the_customer() -> None:
    decision = decided(THIRD_PARTY, swap(dob="1980-01-01"), world())
    assert isinstance(decision, Write) and decision.arguments["passengers"][0]["dob"] == "1980-01-01"
    assert THIRD_PARTY.solve(OpenCase(AIRLINE, world(), "dana_1", swap())) == ()


def test_a_named_passenger_gives_up_the_seat_and_the_others_stay() -> None:
    alex = {"first_name": "Alex", "last_name": "Fox"}
    decision = decided(THIRD_PARTY, swap(old=alex), world(saved=True))
    assert [each["first_name"] for each in decision.arguments["passengers"]] == ["Dana", "Kim"]


FORBIDDEN = {
    "own_account": {"user_id": "sam_2"},
    "reservation_stands": {"status": "cancelled"},
}


@pytest.mark.parametrize("rule", FORBIDDEN)
def test_somebody_elses_reservation_and_a_canceled_one_stay_as_they_are(rule: str) -> None:
    state = world(saved=True)
    state.put("reservations", "ROUND1", replace(ROUND, **FORBIDDEN[rule]))
    decision = decided(THIRD_PARTY, swap(), state)
    assert isinstance(decision, Refusal) and decision.rule == rule


def test_words_fit_only_who_is_on_the_reservation_and_who_is_not() -> None:
    def holds(params: dict[str, Any]) -> bool:
        return THIRD_PARTY.holds(world(saved=True).view(), "dana_1", Request(recipe="third_party", params=params))

    assert holds(swap())
    assert not holds(swap(who=ALEX))
    assert not holds(swap(old={"first_name": "Robin", "last_name": "Day"}))


def argued(number: str, claim: str) -> dict[str, str]:
    return {"reservation_id": number, "claim": claim, "reason": "change of plans"}


@pytest.mark.parametrize("claim", ["human agent", "promised", "gold", "just booked", "insured"])
def test_no_claim_changes_what_the_records_say(claim: str) -> None:
    """What is claimed is answered, and then refused by the rule that stands in the way."""
    decision = decided(HANDOVER, argued("ROUND1", claim))
    assert isinstance(decision, Refusal) and decision.rule == "cancel_window"
    assert [choice.stated["claim"] for choice in decision.chose] == [claim]


def test_a_trip_that_has_begun_is_handed_over_without_an_argument() -> None:
    decision = decided(HANDOVER, argued("BEGUN1", "promised"))
    assert isinstance(decision, Transfer) and decision.rule == "cancel_flown" and decision.chose == ()


def test_what_may_be_canceled_is_canceled_whoever_is_asked_for() -> None:
    state = terminal()
    state.put("reservations", "ROUND1", replace(ROUND, cabin="business"))
    decision = decided(HANDOVER, argued("ROUND1", "human agent"), state)
    assert isinstance(decision, Write) and decision.tool == "cancel_reservation"
