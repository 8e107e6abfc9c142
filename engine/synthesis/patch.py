"""The difference between two records as a JSON merge patch (RFC 7386): only what differs, null for what is gone."""

from collections.abc import Mapping
from typing import Any


def patch(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What makes `after` of `before`; lists are replaced whole. A field that becomes null is as good as gone."""
    found: dict[str, Any] = {name: None for name in before if name not in after}
    for name, value in after.items():
        old = before.get(name)
        if name in before and old == value:
            continue
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            if inner := patch(old, value):
                found[name] = inner
        else:
            found[name] = value
    return found


def patched(before: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """`before` as a patch makes it."""
    after = dict(before)
    for name, value in change.items():
        if value is None:
            after.pop(name, None)
        elif isinstance(value, Mapping):
            old = after.get(name)
            after[name] = patched(old if isinstance(old, Mapping) else {}, value)
        else:
            after[name] = value
    return after


def alters(before: Mapping[str, Any], change: Mapping[str, Any]) -> bool:
    """Would a patch make something else of it?"""
    for name, value in change.items():
        old = before.get(name)
        if isinstance(value, Mapping) and isinstance(old, Mapping):
            if alters(old, value):
                return True
        elif old != value:
            return True
    return False
