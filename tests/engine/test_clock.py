"""Virtual time: the clock jumps, ties are stable, and nothing that needs the world outside can hang."""

import itertools
import socket
import time

import anyio
import anyio.to_thread
import pytest

from engine.clock import Deadlock, run_virtual


def test_the_clock_jumps_to_the_next_timer_and_begins_at_nought() -> None:
    """A day passes at once, and every waiter wakes at its own time, not later."""
    woken: list[tuple[float, str]] = []

    async def wait(seconds: float, name: str) -> None:
        await anyio.sleep(seconds)
        woken.append((anyio.current_time(), name))

    async def main() -> None:
        woken.append((anyio.current_time(), "begin"))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(wait, 86_400, "a day")
            tasks.start_soon(wait, 60, "a minute")

    begun = time.monotonic()
    run_virtual(main)
    assert woken == [(0.0, "begin"), (60.0, "a minute"), (86_400.0, "a day")]
    assert time.monotonic() - begun < 5


def test_timers_of_one_time_ring_in_the_order_in_which_they_were_set() -> None:
    """Also when some were set early for it and others late, and some in between were cancelled."""
    woken: list[int] = []

    async def wait(number: int, first: float) -> None:
        await anyio.sleep(first)
        with anyio.move_on_after(50):
            await anyio.sleep(8 - first)
        woken.append(number)

    async def main() -> None:
        async with anyio.create_task_group() as tasks:
            for number in range(40):
                tasks.start_soon(wait, number, 0)
            for number in range(40, 80):
                tasks.start_soon(wait, number, 4)

    run_virtual(main)
    assert woken == list(range(80))


def test_a_lock_that_nobody_releases_is_a_deadlock() -> None:
    async def main() -> None:
        lock = anyio.Lock()
        async with anyio.create_task_group() as tasks:
            await lock.acquire()
            tasks.start_soon(lock.acquire)

    with pytest.raises(Deadlock):
        run_virtual(main)


def test_a_socket_that_has_something_to_read_is_a_deadlock_all_the_same() -> None:
    async def main() -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            theirs.sendall(b"hello")
            await anyio.wait_readable(ours)

    with pytest.raises(Deadlock):
        run_virtual(main)


@pytest.mark.parametrize("timers", [False, True])
def test_a_thread_is_a_deadlock_whether_it_is_quick_or_slow(timers: bool) -> None:
    """Also beside timers that ring for ever, which would let the clock run on."""

    async def tick() -> None:
        for _ in itertools.count():
            await anyio.sleep(1)

    async def main() -> None:
        async with anyio.create_task_group() as tasks:
            if timers:
                tasks.start_soon(tick)
            await anyio.to_thread.run_sync(lambda: None)

    with pytest.raises(Deadlock):
        run_virtual(main)


def test_a_result_is_answered_and_a_failure_is_raised() -> None:
    async def main(value: int) -> int:
        await anyio.sleep(1)
        return 100 // value

    assert run_virtual(main, 4) == 25
    with pytest.raises(ZeroDivisionError):
        run_virtual(main, 0)
