"""Would somebody in a hurry find the same? Decisions made with less read than there is to read, to be compared with gold.

Shortcuts are generic, made of what a recipe reads in some order (`Case.order`): one value of an axis alone, a scan that stops
at the first that fits, the first or the last record alone; and those that the recipe names. An omission is one item of one
such set left out.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cached_property
from typing import Any

import msgspec

from engine.synthesis.case import OpenCase
from engine.synthesis.listed import Listed
from engine.synthesis.looks import ReadKey
from servers.recipe import Answer, Decision, Recipe, Request, Write

UNFIT = (LookupError, TypeError, ValueError, AttributeError, AssertionError)
"""What a recipe raises over fewer things than it was made for; such a shortcut cannot be taken."""

Items = Sequence[Any]


class Sharpness(msgspec.Struct, frozen=True, kw_only=True):
    """What the shortcuts of a request find, by name, and what is found with one read left out."""

    shortcuts: tuple[tuple[str, tuple[Decision, ...]], ...]
    omitted: tuple[tuple[Decision, ...], ...]


class _HastyCase(OpenCase):
    """A case in which one of the sets that can be read in any order has fewer items."""

    def __init__(self, original: Listed, customer: str, params: Mapping[str, Any], at: int, kept: Items) -> None:
        super().__init__(original.looks.domain, original.looks.state, customer, params, looks=original.looks)
        self._at = at
        self._kept = kept

    def order(self, items: Items) -> Items:
        every = super().order(items)
        return self._kept if len(self.orders) == self._at + 1 else every


_Found = tuple[tuple[Decision, ...], set[ReadKey]]
"""What was decided, and the reads that it took."""


class Hurry:
    """One request, and the ways in which somebody could be in a hurry with it. `needed` are the reads of its certificate."""

    def __init__(self, recipe: Recipe, original: Listed, needed: Set[ReadKey], customer: str, request: Request) -> None:
        self._recipe = recipe
        self._original = original
        self._needed = needed
        self._customer = customer
        self._request = request
        self._known: dict[tuple[int, tuple[int, ...]], _Found | None] = {}

    @cached_property
    def sharpness(self) -> Sharpness:
        """What all of them find."""
        return Sharpness(shortcuts=tuple(self._shortcuts()), omitted=tuple(self._omitted()))

    def _with(self, at: int, kept: Sequence[int]) -> _Found | None:
        """What is decided with fewer items in the set `at`, those at some places; None where nothing can be."""
        key = at, tuple(kept)
        if key not in self._known:
            items = self._original.orders[at]
            self._known[key] = self._solved(self._request, at, [items[place] for place in kept])
        return self._known[key]

    def _solved(self, request: Request, at: int, kept: Items) -> _Found | None:
        case = _HastyCase(self._original, self._customer, request.params, at, kept)
        try:
            decisions = self._recipe.solve(case)
        except UNFIT:
            return None
        return (decisions, set(case.reads)) if decisions else None

    def _shortcuts(self) -> Iterator[tuple[str, tuple[Decision, ...]]]:
        for at, items in enumerate(self._original.orders):
            for name, kept in _fewer(items):
                if (found := self._with(at, kept)) is not None:
                    yield name, found[0]
            yield from self._first_that_fits(at, items)
        looks = self._original.looks
        for name, request in self._recipe.shortcuts(looks.view(), self._customer, self._request):
            if (found := self._solved(request, -1, ())) is not None:
                yield name, found[0]

    def _first_that_fits(self, at: int, items: Items) -> Iterator[tuple[str, tuple[Decision, ...]]]:
        """Stopped as soon as something could be done or told; where the right way stops there too, it is none."""
        for cut in range(1, len(items)):
            found = self._with(at, range(cut))
            if found is not None and any(isinstance(decision, Write | Answer) for decision in found[0]):
                if not found[1] >= self._needed:
                    yield "the first that fits", found[0]
                return

    def _omitted(self) -> Iterator[tuple[Decision, ...]]:
        for at, items in enumerate(self._original.orders):
            for place in range(len(items) if len(items) > 1 else 0):
                found = self._with(at, [*range(place), *range(place + 1, len(items))])
                if found is not None and not found[1].issuperset(self._original.reads):
                    yield found[0]


def _fewer(items: Items) -> Iterator[tuple[str, Sequence[int]]]:
    """Of searches with several axes those with the first value of each alone; of records the first and the last alone."""
    if len(items) < 2:
        return
    axes: Sequence[str] = getattr(items[0], "_fields", ())
    for axis in axes:
        kept = [place for place, item in enumerate(items) if getattr(item, axis) == getattr(items[0], axis)]
        if len(kept) < len(items):
            yield f"the first {axis} alone", kept
    if not axes:
        yield "the first alone", (0,)
        yield "the last alone", (len(items) - 1,)
