"""What a pack is to be like: dials, and the target that each scenario draws from them.

Above: the command line and presets.py. Below: building.py, which looks for a scenario that hits its target.
"""

import math
import re
from collections.abc import Mapping
from random import Random
from typing import Any

import msgspec
from msgspec.structs import replace

from engine.scenario import Kind
from engine.synthesis.claims import READ_HEAVY, WRITE_INTENSIVE

MOST_WRITES, MOST_BURDEN = 6, 60

WRITES_OF: Mapping[Kind | None, tuple[int, int]] = {
    "normal": (0, WRITE_INTENSIVE - 1),
    "write-intensive": (WRITE_INTENSIVE, MOST_WRITES),
    "read-heavy": (0, MOST_WRITES),
    None: (0, MOST_WRITES),
}
BURDEN_OF: Mapping[Kind | None, tuple[int, int]] = {
    "normal": (0, READ_HEAVY - 1),
    "write-intensive": (0, READ_HEAVY - 1),
    "read-heavy": (READ_HEAVY, MOST_BURDEN),
    None: (0, MOST_BURDEN),
}
"""A kind is a corner of the two axes: lowest and highest."""

LENGTHS: Mapping[Kind | None, tuple[int, ...]] = {
    "normal": (1, 1, 1, 2),
    "write-intensive": (3, 3, 4),
    "read-heavy": (1, 1, 1, 2, 2, 3),
    None: (1, 1, 1, 2, 3),
}
"""How many requests are made where no dial says how many writes: one of these, evenly."""

HEAVY = ((5, 7, 0.3), (8, 11, 0.35), (12, 15, 0.2), (16, MOST_BURDEN, 0.15))
"""The burdens of read-heavy scenarios where no dial says which, as far as a domain reaches them: from, to, share."""

_STEPS = (0.6180339887498949, 0.4142135623730951, 0.7320508075688772)
"""Of (√5 - 1) / 2, √2 and √3: such steps fill the way from 0 to 1 evenly, so that also a small pack has its shares."""

_part = re.compile(r"(?P<low>\d{1,3})(?:-(?P<high>\d{1,3}))?(?::(?P<share>\d+(?:\.\d+)?|\.\d+))?")


class BadDial(ValueError):
    """A dial that cannot be read, or dials that exclude each other: which, and what may be."""


class Span(msgspec.Struct, frozen=True):
    """From `low` to `high`; `aim` is what would be best."""

    low: int
    high: int
    aim: int

    def has(self, number: int) -> bool:
        """Is a number in it?"""
        return self.low <= number <= self.high


class Dial(msgspec.Struct, frozen=True):
    """Parts (lowest, highest, share), whose shares add up to one."""

    parts: tuple[tuple[int, int, float], ...]

    def within(self, low: int, high: int) -> "Dial | None":
        """What of it lies there, None when nothing does."""
        inside = [(max(a, low), min(b, high), share) for a, b, share in self.parts if a <= high and b >= low]
        whole = math.fsum(share for *_, share in inside)
        return Dial(tuple((a, b, share / whole) for a, b, share in inside)) if whole > 0 else None

    def at(self, place: float) -> Span:
        """The span at a place from 0 to 1: a part by its share, and in it evenly a number to aim at."""
        for low, high, share in self.parts:
            if place < share:
                return Span(low, high, low + int(place / share * (high - low + 1)))
            place -= share
        low, high, _ = self.parts[-1]
        return Span(low, high, high)


def dial(name: str, text: str, most: int) -> Dial:
    """A number (`3`), a range (`2-5`) or a distribution (`0:0.2,1:0.5,2-4:0.3`). Raises BadDial."""
    found = [_part.fullmatch(part.strip()) for part in text.split(",")]
    what = f"--{name}: '{text}'"
    parts = []
    for part in found:
        if part is None or (len(found) > 1) != (part["share"] is not None):
            raise BadDial(f"{what} is none; give a number (3), a range (2-5) or shares (0:0.2,1:0.5,2-4:0.3)")
        low, high = int(part["low"]), int(part["high"] or part["low"])
        if low > high or high > most:
            raise BadDial(f"{what}: {part[0].partition(':')[0]} is none; it goes from 0 to {most}, the lower number first")
        parts.append((low, high, float(part["share"] or 1)))
    if abs(math.fsum(share for *_, share in parts) - 1) > 0.001:
        raise BadDial(f"{what}: the shares must add up to 1")
    return Dial(tuple(part for part in parts if part[2] > 0))


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What one scenario is to be like. `requests` is how many are made where `writes` leaves it open; `open_writes`: it does.
    `aims` are burdens that are tried for before any that `burden` allows, each with the share of a pack that it should have.
    """

    kind: Kind | None
    writes: Span
    burden: Span
    requests: int
    open_writes: bool
    rule: str | None = None
    aims: tuple[tuple[int, int, float], ...] = ()

    @property
    def key(self) -> tuple[Kind | None, int, int, int, int]:
        """What it asks for, however it aims."""
        return self.kind, self.writes.low, self.writes.high, self.burden.low, self.burden.high


class Dials(msgspec.Struct, frozen=True, kw_only=True):
    """`kinds` and `rules` (None: any) come in turn; `unchanged` is the share of scenarios without a gold write, None: what comes.

    A dial that is None leaves to each kind what is natural for it.
    """

    kinds: tuple[Kind | None, ...] = (None,)
    rules: tuple[str | None, ...] = (None,)
    writes: Dial | None = None
    burden: Dial | None = None
    unchanged: float | None = None

    def check(self) -> None:
        """Raises BadDial for dials that exclude each other."""
        for kind in dict.fromkeys(self.kinds):
            for name, given, corner in (("writes", self.writes, WRITES_OF), ("burden", self.burden, BURDEN_OF)):
                low, high = corner[kind]
                if given is not None and given.within(low, high) is None:
                    raise BadDial(f"--{name} has nothing of the kind {kind}, which has {_range(low, high)}; change one of them")
        if self.unchanged is None:
            return
        if not 0 <= self.unchanged <= 1:
            raise BadDial(f"--unchanged: {self.unchanged:g} is no share; give a number from 0 to 1")
        if self.unchanged > self._can_be():
            raise BadDial(
                f"--unchanged: at most {self._can_be():.2f} of these kinds can be so, a write-intensive scenario cannot; "
                "ask for less or for other kinds"
            )
        if self.unchanged < 1 and self.writes is not None and self.writes.within(1, MOST_WRITES) is None:
            raise BadDial("--writes 0 leaves no scenario with a change; leave out --unchanged")

    def _can_be(self) -> float:
        """The share of scenarios whose kind may end without a change."""
        return len([kind for kind in self.kinds if WRITES_OF[kind][0] == 0]) / len(self.kinds)

    def target(self, name: str, number: int) -> Target:
        """That of a scenario, by its number in the pack called so."""
        kind, rule = self.kinds[number % len(self.kinds)], self.rules[number % len(self.rules)]
        starts, own = Random(f"{name}/dials"), Random(f"{name}/dials/{number}")
        places = [(starts.random() + number * step) % 1.0 for step in _STEPS]
        requests = LENGTHS[kind][int(own.random() * len(LENGTHS[kind]))]
        low, high = WRITES_OF[kind]
        given = self.writes
        if given is None and kind == "write-intensive":
            given = Dial(((3, 3, 0.6), (4, 4, 0.3), (5, 6, 0.1)))
        if self.unchanged is not None and low == 0:
            unchanged = places[2] < self.unchanged / self._can_be()
            low, high = (0, 0) if unchanged else (1, high)
            given = None if unchanged or given is None else given.within(low, high)
        given = None if given is None else given.within(low, high)
        writes = Span(low, high, low) if given is None else given.at(places[0])
        burden, aims = self._burden(kind, places[1])
        return Target(
            kind=kind,
            rule=rule,
            writes=writes if given is None else Span(writes.aim, writes.aim, writes.aim),
            burden=burden,
            requests=requests,
            open_writes=given is None,
            aims=aims,
        )

    def _burden(self, kind: Kind | None, place: float) -> tuple[Span, tuple[tuple[int, int, float], ...]]:
        """What the burden may be, and what is aimed at first."""
        least, most = BURDEN_OF[kind]
        given = self.burden.within(least, most) if self.burden is not None else None
        if given is not None:
            span = given.at(place)
            return span, ((max(span.low, span.aim - 1), min(span.high, span.aim + 1), 1.0),)
        return Span(least, most, -1), HEAVY if kind == "read-heavy" else ()


def _range(low: int, high: int) -> str:
    return f"{low}-{high}" if high < MOST_BURDEN else f"{low} or more"


def merged(preset: Dials, given: Mapping[str, Any]) -> Dials:
    """A preset in which what is given wins. A preset's share of scenarios without a change gives way to given writes."""
    if "writes" in given and "unchanged" not in given:
        preset = replace(preset, unchanged=None)
    return replace(preset, **given)
