"""A wrong detail that somebody may say for the right one: a digit, a day, one too many."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_HOUSE = re.compile(r"\d+ (\D+)")
_DIGIT = re.compile(r"\d(?=\D*$)")


def slipped(value: Any) -> Any:
    """The wrong value, always the same for a right one; None where there is none to think of."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict) and isinstance(value.get("zip"), str) and (code := _text(value["zip"])) is not None:
        return {**value, "zip": code}
    return None


def next_door(before: Any, after: Any) -> bool:
    """Is one address the other but for the number of the house?"""
    if not isinstance(before, Mapping) or not isinstance(after, Mapping) or before.keys() != after.keys():
        return False
    others = [(before[part], after[part]) for part in before if before[part] != after[part]]
    houses = [[_HOUSE.fullmatch(line) if isinstance(line, str) else None for line in pair] for pair in others]
    return len(others) == 1 and all(a is not None and b is not None and a[1] == b[1] for a, b in houses)


def _text(value: str) -> str | None:
    if _DAY.fullmatch(value):
        return (date.fromisoformat(value) + timedelta(days=1)).isoformat()
    name, at, rest = value.partition("@")
    wrong = _DIGIT.sub(lambda digit: str((int(digit[0]) + 1) % 10), name)
    return wrong + at + rest if wrong != name else None
