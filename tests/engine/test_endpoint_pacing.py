"""How an endpoint is paced: what is decided, in tables and properties; who waits for what, in virtual time."""

from random import Random

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.clock import run_virtual
from engine.models.breaker import Breaker
from engine.models.gate import Gate, Moved
from engine.models.pacing import NEVER, NOW, Begun, Limits, Pace


def _round(pace: Pace, now: float) -> None:
    """As many requests as there are places, all of them answered well."""
    begun = []
    while pace.opens(now) == NOW:
        begun.append(pace.begin(now))
    for each in begun:
        pace.good(now + 1, each, 10)


def test_places_double_until_the_first_too_much_and_then_come_back_by_equal_steps() -> None:
    pace = Pace(Limits(first=4, most=1_000))
    seen = []
    for now in range(3):
        _round(pace, float(now))
        seen.append(int(pace.places))
    assert seen == [8, 16, 32]
    pace.too_much(10, pace.begin(10), "429", None)
    assert pace.places == pytest.approx(32 * 0.7)
    _round(pace, 11)
    assert 32 * 0.7 + 0.9 < pace.places < 32 * 0.7 + 1.1


def test_a_burst_of_too_much_is_one_cut() -> None:
    """All 32 were sent before anything was known."""
    pace = Pace(Limits(first=32))
    begun = [pace.begin(1) for _ in range(32)]
    for each in begun:
        pace.too_much(2, each, "429", None)
    assert pace.places == pytest.approx(32 * 0.7)
    assert pace.why == "429"


def test_places_that_nobody_uses_do_not_grow() -> None:
    pace = Pace(Limits(first=8))
    for now in range(100):
        pace.good(now + 0.5, pace.begin(now), 10)
    assert pace.places == 8


@given(st.lists(st.sampled_from(["good", "too much", "failed"]), max_size=200), st.integers(1, 50))
def test_places_stay_between_one_and_the_most_and_nothing_is_lost(outcomes: list[str], first: int) -> None:
    pace = Pace(Limits(first=first, most=40, tokens_a_minute=10_000))
    for now, outcome in enumerate(outcomes):
        begun = pace.begin(now)
        if outcome == "good":
            pace.good(now, begun, 100)
        elif outcome == "too much":
            pace.too_much(now, begun, "429", None)
        else:
            pace.failed(now, begun)
        assert 1 <= pace.places <= 40
    assert pace.in_flight == 0
    assert pace.opens(len(outcomes) + 200) == NOW


def test_a_time_to_wait_holds_for_everybody() -> None:
    pace = Pace(Limits())
    pace.too_much(5, pace.begin(0), "429", 20)
    pace.too_much(6, Begun(0, 0), "429", 3)
    assert pace.opens(6) == 25
    assert pace.opens(25) == NOW


def test_requests_a_minute_are_counted_from_their_beginning() -> None:
    pace = Pace(Limits(requests_a_minute=2))
    for now in (0, 10):
        pace.good(now + 1, pace.begin(now), 1)
    assert pace.opens(20) == 60
    assert pace.opens(60) == NOW


def test_tokens_a_minute_set_aside_what_a_request_will_need() -> None:
    """The second and third are let through for 400 each, before anybody knows what they take."""
    pace = Pace(Limits(tokens_a_minute=1_000))
    pace.good(1, pace.begin(0), 400)
    second = pace.begin(2)
    assert pace.opens(3) == 60
    pace.good(3, second, 100)
    assert pace.opens(3) == NOW


def _gate(**limits: int) -> Gate:
    return Gate(Pace(Limits(**limits)), Breaker(600))


def test_requests_are_let_through_in_the_order_in_which_they_came() -> None:
    order: list[int] = []

    async def ask(gate: Gate, number: int) -> None:
        let = await gate.enter()
        order.append(number)
        await anyio.sleep(Random(number).random())
        gate.good(let, 1)

    async def main() -> None:
        gate = _gate(first=3, most=3)
        async with anyio.create_task_group() as tasks:
            for number in range(50):
                tasks.start_soon(ask, gate, number)
        assert (gate.waiting, gate.pace.in_flight) == (0, 0)

    run_virtual(main)
    assert order == list(range(50))


@given(st.integers(0, 10_000))
def test_no_turn_is_lost_whoever_gives_up_or_is_turned_away(seed: int) -> None:
    """A turn that is lost would leave everybody waiting for ever, which virtual time calls a deadlock."""
    random = Random(seed)
    done: list[int] = []

    async def ask(gate: Gate, number: int) -> None:
        await anyio.sleep(random.random())
        with anyio.move_on_after(random.choice([0.0, 0.3, 2.0, 1_000.0])):
            while True:
                try:
                    let = await gate.enter()
                    break
                except Moved:
                    continue
            try:
                await anyio.sleep(random.random())
            except BaseException:
                gate.nothing(let)
                raise
            outcome = random.choice(["good", "good", "turned away", "away", "tripped"])
            if outcome == "good":
                gate.good(let, 10)
            elif outcome == "turned away":
                gate.turned_away(let, "429", random.choice([None, 1.5]))
            else:
                gate.away(let, "500", at_once=outcome == "tripped")
        done.append(number)

    async def main() -> None:
        gate = _gate(first=2, most=4, requests_a_minute=30)
        async with anyio.create_task_group() as tasks:
            for number in range(40):
                tasks.start_soon(ask, gate, number)
        assert (gate.waiting, gate.pace.in_flight) == (0, 0)

    run_virtual(main)
    assert sorted(done) == list(range(40))


def test_only_who_is_let_through_is_woken() -> None:
    """2,000 wait for one place: what the loop does for each does not grow with how many there are."""

    async def ask(gate: Gate) -> None:
        let = await gate.enter()
        await anyio.sleep(1)
        gate.good(let, 1)

    async def main(count: int) -> int:
        gate, asked = _gate(first=1, most=1), 0
        opens = gate.opens

        def counted(now: float) -> float:
            nonlocal asked
            asked += 1
            return opens(now)

        gate.opens = counted  # type: ignore[method-assign]
        async with anyio.create_task_group() as tasks:
            for _ in range(count):
                tasks.start_soon(ask, gate)
        return asked

    assert run_virtual(main, 2_000) / 2_000 < 1.1 * run_virtual(main, 200) / 200


def test_a_minute_that_is_full_is_waited_for_without_looking_at_the_clock_in_between() -> None:
    async def main() -> list[float]:
        gate = _gate(requests_a_minute=5)
        times: list[float] = []

        async def ask() -> None:
            let = await gate.enter()
            times.append(anyio.current_time())
            gate.good(let, 1)

        async with anyio.create_task_group() as tasks:
            for _ in range(12):
                tasks.start_soon(ask)
        return times

    assert run_virtual(main) == [0.0] * 5 + [60.0] * 5 + [120.0] * 2


def test_a_probe_is_made_while_others_hang_and_another_one_when_it_is_given_up() -> None:
    async def main() -> list[tuple[float, bool]]:
        gate, probes = _gate(first=2), []
        await gate.enter()  # and never ends
        gate.away(await gate.enter(), "503", too_much=True, at_once=True)
        for _ in range(2):
            let = await gate.enter()
            probes.append((anyio.current_time(), let.probe))
            gate.nothing(let)
        return probes

    assert run_virtual(main) == [(0.5, True), (0.5, True)]


def test_a_closed_gate_tells_everybody_why() -> None:
    async def main() -> list[str]:
        gate, told = _gate(first=1, most=1), []

        async def ask() -> None:
            try:
                await gate.enter()
            except ValueError as error:
                told.append(str(error))

        async with anyio.create_task_group() as tasks:
            let = await gate.enter()
            for _ in range(3):
                tasks.start_soon(ask)
            await anyio.sleep(1)
            gate.close(ValueError("over"))
            gate.nothing(let)
        await ask()
        return told

    assert run_virtual(main) == ["over"] * 4


def test_limits_that_allow_nothing_are_refused() -> None:
    for wrong in ({"first": 0}, {"most": 0}, {"requests_a_minute": 0}, {"tokens_a_minute": -1}):
        with pytest.raises(ValueError, match="must be 1 or more"):
            Limits(**wrong)
    assert NEVER > 1e300
