"""A way round a rule: to another cabin first, then what that one allows. Both writes to one reservation, or none."""

from typing import Any

import pytest
from msgspec.structs import replace

from engine.synthesis.case import OpenCase
from servers.airline import DOMAIN
from servers.airline.recipes.way_round import WAY_ROUND
from servers.airline.records import Available, ByCabin, Flight
from servers.domain import ToolCall
from servers.recipe import Decision, Refusal, Request, Write
from servers.replay import apply
from servers.state import State
from tests.servers.hangar import RESERVATION, hangar

NUMBER = {"reservation_id": "K7Q2MX"}
NEXT_DAY = {"days": ["2025-02-01"], "flight": {"pick": "cheapest", "stops": "direct"}}
REBOOKED: dict[str, Any] = {**NUMBER, "cabin": "economy", **NEXT_DAY}
CANCELED: dict[str, Any] = {**NUMBER, "cabin": "business", "then": "cancel", "reason": "work"}


def by_cabin(basic: int, economy: int, business: int) -> ByCabin:
    return ByCabin(basic_economy=basic, economy=economy, business=business)


def carrier(seats: ByCabin | None = None, facts: dict[str, Any] | None = None, **changed: Any) -> State:
    """Dana's reservation is in basic economy, or differs so; `seats` are those of the flight on the next day."""
    state = hangar(**(facts or {})).open()
    state.put("reservations", "K7Q2MX", replace(RESERVATION, **{"cabin": "basic_economy", **changed}))
    flight = state.get("flights", "HAT1", Flight)
    assert flight is not None
    there = Available(available_seats=seats or by_cabin(9, 9, 9), prices=by_cabin(60, 130, 310))
    state.put("flights", "HAT1", replace(flight, dates={**flight.dates, "2025-02-01": there}))
    return state


def decided(state: State, params: dict[str, Any], payment: str = "Visa") -> tuple[Decision, ...]:
    return WAY_ROUND.solve(OpenCase(DOMAIN, state, "dana_1", {**params, "payment": payment}))


def carried_out(state: State, decisions: tuple[Decision, ...]) -> list[str]:
    """The tools of the writes, each made in the state that the one before it leaves."""
    tools = []
    for decision in decisions:
        assert isinstance(decision, Write), decision
        done = apply(DOMAIN, state, ToolCall(name=decision.tool, arguments=decision.arguments))
        assert not done.error and done.changed, done.text
        tools.append(decision.tool)
    return tools


def test_flights_that_were_fixed_change_after_the_cabin() -> None:
    """$20 more for economy, and $30 more for the flight of the next day."""
    state = carrier()
    first, second = decisions = decided(state, REBOOKED)
    assert (first.stated["extra"], second.stated["extra"]) == (20.0, 30.0)
    assert carried_out(state, decisions) == ["update_reservation_flights", "update_reservation_flights"]
    after = state.get("reservations", "K7Q2MX", type(RESERVATION))
    assert after is not None and (after.cabin, after.flights[0].date, after.flights[0].price) == ("economy", "2025-02-01", 130)


def test_what_may_be_canceled_in_the_new_cabin_is_and_the_upgrade_comes_back_too() -> None:
    """$80 paid before and $220 for business."""
    state = carrier()
    _, second = decisions = decided(state, CANCELED)
    assert second.stated["refund"] == 300.0
    assert carried_out(state, decisions) == ["update_reservation_flights", "cancel_reservation"]


REFUSED: dict[str, tuple[State, dict[str, Any], str, str]] = {
    "the second step has no seats": (carrier(by_cabin(9, 0, 9)), REBOOKED, "Visa", "seats_left"),
    "there is no such flight": (carrier(), {**REBOOKED, "days": ["2025-02-03"]}, "Visa", "flight_available"),
    "the gift card pays the first step only": (carrier(), {**REBOOKED, "cabin": "business"}, "gift card", "balance_covers"),
    "a certificate pays neither": (carrier(), REBOOKED, "certificate", "change_method"),
    "the new cabin is fixed as well": (
        carrier(facts={"fixed_cabins": ("basic_economy", "economy")}),
        REBOOKED,
        "Visa",
        "fixed_cabin",
    ),
    "the new cabin may not be canceled either": (carrier(facts={"cancel_cabins": ()}), CANCELED, "Visa", "cancel_window"),
    "its insurance does not cover that": (
        carrier(facts={"cancel_cabins": ()}, insurance="yes"),
        CANCELED,
        "Visa",
        "insurance_reason",
    ),
    "it was canceled": (carrier(status="cancelled"), REBOOKED, "Visa", "reservation_stands"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_carried_through_is_not_begun(name: str) -> None:
    """One refusal, and nothing is written."""
    state, params, payment, rule = REFUSED[name]
    (refusal,) = decided(state, params, payment)
    assert isinstance(refusal, Refusal) and refusal.rule == rule


def test_nobody_proposes_a_way_round_that_they_do_not_need() -> None:
    """Where the flights may be changed as they are, or the reservation canceled."""
    needed = ((REBOOKED, {}, True), (REBOOKED, {"cabin": "economy"}, False), (CANCELED, {}, True))
    lately = (CANCELED, {"created_at": "2025-01-30T09:00:00"}, False)
    for params, changed, holds in (*needed, lately):
        request = Request(recipe="way_round", params={**params, "payment": "Visa"})
        assert WAY_ROUND.holds(carrier(**changed).view(), "dana_1", request) is holds


def test_a_gift_card_must_do_for_the_first_step_alone_whatever_the_second_brings_back() -> None:
    """$220 for business, of which $200 come back with a cheaper flight: $150 are not enough."""
    state = carrier()
    flight = state.get("flights", "HAT1", Flight)
    assert flight is not None
    cheap = Available(available_seats=by_cabin(9, 9, 9), prices=by_cabin(60, 90, 100))
    state.put("flights", "HAT1", replace(flight, dates={**flight.dates, "2025-02-01": cheap}))
    wish = {**REBOOKED, "cabin": "business"}
    (refusal,) = decided(state, wish, "gift card")
    assert isinstance(refusal, Refusal) and (refusal.rule, refusal.stated["extra"]) == ("balance_covers", 220.0)
    assert len(decided(state, wish, "Visa")) == 2
