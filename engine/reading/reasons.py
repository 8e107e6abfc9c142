"""For which rule of a domain does a text turn something down?

Many rules share their words: a rule is the reason for certain only where more speaks for it than for every other one. A piece
of text that many rules have says little, one that no other has says much.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from math import fsum
from typing import NamedTuple

from servers.rules import Rule


class _Weighed(NamedTuple):
    name: str
    pieces: tuple[tuple[str, re.Pattern[str], float], ...]
    subject: re.Pattern[str]


def reason(near: str, rules: Sequence[Rule]) -> str | None:
    """The one rule that a refusal and the sentences near it give as the reason; None where that is not certain."""
    found = sorted(((_speaking(rule, near), rule.name) for rule in _weighed(tuple(rules))), reverse=True)
    (most, name), (next_most, _) = (*found, (0.0, ""), (0.0, ""))[:2]
    return name if most > 0 and most >= _MARGIN * next_most else None


_MARGIN = 1.25
"""How much more must speak for a rule than for the next one."""


def _speaking(rule: _Weighed, near: str) -> float:
    """How much speaks for a rule."""
    if rule.subject.search(near) is None:
        return 0
    return fsum(weight for surface, piece, weight in rule.pieces if surface in near and piece.search(near))


@lru_cache(maxsize=64)
def _weighed(rules: tuple[Rule, ...]) -> tuple[_Weighed, ...]:
    shared = Counter(surface for rule in rules for surface in set(rule.surfaces))
    return tuple(
        _Weighed(
            rule.name,
            tuple((surface, re.compile(rf"\b{re.escape(surface)}"), 1 / shared[surface]) for surface in rule.surfaces),
            re.compile(rf"\b(?:{'|'.join(map(re.escape, rule.subjects))})"),
        )
        for rule in rules
    )
