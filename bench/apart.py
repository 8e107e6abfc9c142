"""A measurement in a process of its own, and several of them in turn.

Above: a benchmark, which names functions. Below: one fresh interpreter a measurement, which imports what the
function's module imports, calls it and prints the numbers that it answers. Nothing that one leaves behind slows the next.
"""

import importlib
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

Measured = dict[str, float]
Samples = dict[str, list[float]]

ROOT = Path(__file__).parents[1]


def apart(function: Callable[..., Measured], *arguments: str | int) -> Measured:
    """What a function of a module here answers in a fresh interpreter. Raises CalledProcessError."""
    command = [sys.executable, "-m", "bench.apart", function.__module__, function.__name__]
    done = subprocess.run([*command, msgspec.json.encode(arguments).decode()], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return msgspec.json.decode(done.stdout, type=Measured)


def in_turn(runs: int, measurements: Mapping[str, Callable[[], Measured]]) -> dict[str, Samples]:
    """A B A B …: every measurement once a round, so that a noisy minute is everybody's. By name, then by what was measured."""
    found: dict[str, Samples] = {name: {} for name in measurements}
    for run in range(runs):
        for name, measure in measurements.items():
            begun = time.perf_counter()
            for what, value in measure().items():
                found[name].setdefault(what, []).append(value)
            print(f"  {name}, {run + 1} of {runs}: {time.perf_counter() - begun:.1f} s", file=sys.stderr)
    return found


if __name__ == "__main__":
    module, name, given = sys.argv[1:]
    measured = getattr(importlib.import_module(module), name)(*msgspec.json.decode(given))
    sys.stdout.write(msgspec.json.encode(measured).decode())
