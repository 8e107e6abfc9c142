"""A fixed piece of Python, for scale: how fast the machine was while the rest was measured."""

import time

STEPS = 300_000


def yardstick() -> float:
    """CPU ms of a loop that makes and looks up a few hundred thousand small things."""
    begun, known = time.process_time(), dict[str, int]()
    for step in range(STEPS):
        known[f"{step % 1_000}"] = step
    return (time.process_time() - begun) * 1e3
