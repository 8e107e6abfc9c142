"""Asked for at once: only what comes to the same in any order, and nothing that is not there yet."""

from collections import Counter
from functools import cache
from itertools import permutations

import pytest
from msgspec.structs import replace

import servers
from engine.scenario import Reaction, Scenario
from engine.synthesis.admit import is_not_yet
from engine.synthesis.at_once import in_any_order
from engine.synthesis.dials import Dials, dial
from engine.synthesis.generate import Wanted, groups
from engine.synthesis.meaning import meaning
from engine.synthesis.pack import Pack
from engine.synthesis.plot import Plots
from engine.synthesis.settling import settle
from engine.synthesis.soundness import problems
from engine.worlds import Worlds
from servers.domain import Domain
from servers.recipe import Request
from servers.state import World, diff
from servers.worlds import open_world

domains = pytest.mark.parametrize("name", servers.names())


@cache
def opened(name: str) -> tuple[Domain, World]:
    domain = servers.load(name)
    return domain, open_world(domain, "small:7")


@cache
def made(name: str) -> tuple[Scenario, ...]:
    """Scenarios of several requests each, some with a plot."""
    dials = Dials(writes=dial("writes", "2-4", 6))
    wanted = Wanted(count=60, seed=3, dials=dials, plots=Plots(share=0.1))
    return tuple(scenario for group in groups(*opened(name), wanted, Pack(Counter())) for scenario in group)


def outcome(name: str, scenario: Scenario, order: tuple[int, ...]) -> tuple[list[tuple[Request, bytes]], str]:
    """What each request comes to in that order, by request, and the state in the end."""
    (domain, world), requests = opened(name), [scenario.requests[place] for place in order]
    state, plot = world.open(), [replace(each, request=order.index(each.request)) for each in scenario.plot]
    found = settle(domain, state, scenario.customer, requests, plot)
    decided = [(scenario.requests[order[each.place]], meaning(domain, each.decisions)) for each in found]
    return sorted(decided, key=str), state.digest()


@domains
def test_what_is_asked_at_once_comes_to_the_same_in_every_order(name: str) -> None:
    """All orders are tried of up to four requests."""
    at_once = [each for each in made(name) if each.manner.together]
    assert len(at_once) > 3 and any(each.plot for each in made(name))
    for scenario in at_once:
        places = tuple(range(len(scenario.requests)))
        expected = outcome(name, scenario, places)
        for order in permutations(places):
            assert outcome(name, scenario, order) == expected, scenario.id


@domains
def test_nobody_names_what_an_earlier_request_makes(name: str) -> None:
    """Whoever has not heard the number of a booking cannot say it; one that is there may be named."""
    domain, world = opened(name)
    for scenario in made(name):
        for settled in settle(domain, world.open(), scenario.customer, scenario.requests, scenario.plot):
            assert not is_not_yet(settled.request, settled.before, world), scenario.id


def booked_and_more() -> tuple[Scenario, str]:
    """A scenario that begins with a booking, and the number that the booking will have."""
    domain, world = opened("airline")
    for scenario in made("airline"):
        for request in scenario.requests:
            state = world.open()
            if request.recipe == "book" and list(settle(domain, state, scenario.customer, [request])):
                new = [each.key for each in diff(world.open(), state) if each.table == "reservations" and not each.field]
                if new:
                    return replace(scenario, requests=(request, *scenario.requests[1:]), plot=()), new[0]
    raise AssertionError("nobody books")


def test_a_booking_that_is_yet_to_be_made_is_found_by_the_check() -> None:
    scenario, number = booked_and_more()
    wrong = replace(scenario, requests=(scenario.requests[0], Request(recipe="cancel", params={"reservation_id": number})))
    said = [problem.what for problem in problems(wrong, Worlds())]
    assert "request 1: names what an earlier request makes, which nobody can know yet" in said


@pytest.mark.parametrize("times", [1, 2])
def test_two_bookings_in_another_order_have_other_numbers(times: int) -> None:
    domain, world = opened("airline")
    scenario, _ = booked_and_more()
    booking = scenario.requests[0]
    other = replace(booking, params={**booking.params, "insurance": "no" if booking.params.get("insurance") == "yes" else "yes"})
    assert in_any_order(domain, world, scenario.customer, (booking, other)[:times]) == (times == 1)


@domains
def test_what_is_kept_for_later_is_not_asked_at_once(name: str) -> None:
    domain, world = opened(name)
    scenario = next(each for each in made(name) if each.manner.together and len(each.requests) == 2 and not each.plot)
    assert in_any_order(domain, world, scenario.customer, scenario.requests)
    later = Reaction(request=0, on="written", ask=1)
    assert not in_any_order(domain, world, scenario.customer, scenario.requests, [later])
