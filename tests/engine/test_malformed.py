"""Scenarios whose data no recipe and no phrase can take: they fail alone, and `check` says what is wrong with them."""

from typing import Any

import pytest
from msgspec.structs import replace

from engine.casting import Casting
from engine.scenario import Scenario
from engine.synthesis.soundness import problems
from engine.worlds import Worlds
from servers.recipe import Request
from tests.engine.pack import play, scenarios

BOOKING = next(each for each in scenarios(name="airline") if [request.recipe for request in each.requests] == ["book"])


def otherwise(slot: str, value: Any) -> Scenario:
    """The booking with another value for a slot, in what is asked and in what the customer knows."""
    (request,) = BOOKING.requests
    knows = tuple(replace(known, value=value) if known.slot == slot else known for known in BOOKING.knows)
    asked = Request(recipe=request.recipe, params={**request.params, slot: value})
    return replace(BOOKING, id="malformed", requests=(asked,), knows=knows)


ODD = [("days", [None]), ("origin", "EWR"), ("flight", {}), ("passengers", [{}]), ("cabin", 7), ("payments", [3])]


@pytest.mark.parametrize(("slot", "value"), ODD)
def test_it_fails_alone_and_the_scenario_is_to_blame(slot: str, value: Any) -> None:
    """The one before and the one after are played to their ends."""
    first, odd, last = play([BOOKING, otherwise(slot, value), BOOKING], Casting())
    assert first[2].accepted and last[2].accepted
    assert (odd[2].standing, odd[2].blame) == ("rejected", "scenario") and "cannot be played" in odd[2].reason


@pytest.mark.parametrize(("slot", "value"), ODD)
def test_check_says_that_something_is_wrong(slot: str, value: Any) -> None:
    """In problems, not by breaking."""
    assert [problem for problem in problems(otherwise(slot, value), Worlds()) if problem.weight == "error"]
