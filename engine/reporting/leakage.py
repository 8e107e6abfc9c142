"""What two parts of a dataset have in common: customers, recipes, golds, and words of what their customers know."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

import servers
from engine.scenario import Scenario, stream
from engine.synthesis.pack import gold_of

GRAM = 8
"""Words in a row that two parts should not share."""

_word = re.compile(r"\w+")


class Common(msgspec.Struct, frozen=True, kw_only=True):
    """How many of a held-out part's scenarios share something with the train part: their customer, a recipe, their gold (its
    writes, or what was asked where nothing is written), or eight words in a row of what the customer knows."""

    held_out: int
    customers: int
    recipes: int
    golds: int
    words: int


class _Traits(msgspec.Struct, frozen=True):
    """What a scenario might share. Recipes and words may be several."""

    customers: frozenset[object]
    recipes: frozenset[object]
    golds: frozenset[object]
    words: frozenset[object]


def common(train: Sequence[Path], held_out: Sequence[Path]) -> Common:
    """What the scenarios of these files have in common. Keeps the traits of the smaller, held-out part; the other streams by."""
    kept = [_traits(scenario) for scenario in stream(held_out)] if held_out else []
    wanted = {name: frozenset[object]().union(*(getattr(each, name) for each in kept)) for name in _Traits.__struct_fields__}
    shared: dict[str, set[object]] = {name: set() for name in wanted}
    for scenario in stream(train) if kept else ():
        traits = _traits(scenario)
        for name, found in shared.items():
            found |= getattr(traits, name) & wanted[name]
    counts = {name: len([each for each in kept if getattr(each, name) & found]) for name, found in shared.items()}
    return Common(held_out=len(kept), **counts)


def _traits(scenario: Scenario) -> _Traits:
    domain = servers.load(scenario.domain)
    told = (domain.worded(known.slot, known.value) for known in scenario.knows if known.via is None)
    return _Traits(
        frozenset([(scenario.domain, scenario.customer)]),
        frozenset((scenario.domain, request.recipe) for request in scenario.requests),
        frozenset([(scenario.domain, gold_of(domain, scenario))]),
        frozenset(_grams(told)),
    )


def _grams(texts: Iterable[str]) -> Iterator[str]:
    """Eight words in a row of each: the sentences around them are everybody's."""
    for text in texts:
        words = _word.findall(text.lower())
        yield from (" ".join(words[place : place + GRAM]) for place in range(len(words) - GRAM + 1))
