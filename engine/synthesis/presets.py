"""Mixes of a pack that have a name: kinds, writes, burden and outcomes set together."""

from collections.abc import Callable, Mapping

from engine.scenario import Kind
from engine.synthesis.dials import Dial, Dials

_WRIT: tuple[Kind, ...] = ("normal", "write-intensive", "read-heavy")


def writ(_domain: str) -> Dials:
    """40 % normal, 30 % write-intensive, 30 % read-heavy."""
    return Dials(kinds=(*_WRIT, *_WRIT, *_WRIT, "normal"))


def balanced(_domain: str) -> Dials:
    """Every cell of writes × burden alike, as far as it can be had."""
    even = tuple((number, number, 1 / 7) for number in range(7))
    return Dials(writes=Dial(even), burden=Dial(((1, 4, 1 / 3), (5, 8, 1 / 3), (9, 16, 1 / 3))))


def tau2_like(domain: str) -> Dials:
    """As many writes, and as many ends without any, as the public tasks of τ²-bench have in the domain; most need few reads."""
    unchanged, writes = _TAU2.get(domain, _TAU2["retail"])
    return Dials(writes=writes, burden=Dial(((0, 4, 0.7), (5, 8, 0.2), (9, 12, 0.1))), unchanged=unchanged)


_TAU2: Mapping[str, tuple[float, Dial]] = {
    "airline": (0.48, Dial(((1, 1, 0.4), (2, 2, 0.3), (3, 3, 0.2), (4, 4, 0.1)))),
    "retail": (0.11, Dial(((1, 1, 0.53), (2, 2, 0.25), (3, 3, 0.16), (4, 4, 0.04), (5, 5, 0.02)))),
}
"""The share without a change, and the writes of the others, counted in the public tasks and rounded."""

PRESETS: Mapping[str, Callable[[str], Dials]] = {"writ": writ, "balanced": balanced, "tau2-like": tau2_like}
