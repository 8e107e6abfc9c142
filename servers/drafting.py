"""Drawing a request: what every domain's drafts share."""

from collections.abc import Iterable, Mapping
from random import Random
from typing import Any, TypeVar

Item = TypeVar("Item")


def chosen(items: Iterable[Item], random: Random) -> Item | None:
    """One of the items, None when there is none."""
    pool = list(items)
    return pool[int(random.random() * len(pool))] if pool else None


def revealed(params: Mapping[str, Any], always: Iterable[str], random: Random, chance: float = 0.55) -> tuple[str, ...]:
    """The slots that stand in the opening words; the others are told when asked."""
    first = set(always)
    return tuple(slot for slot in params if slot in first or random.random() < chance)
