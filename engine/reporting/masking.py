"""Words without what they are about: names, ids, dates, times and amounts are replaced, so that wordings can be counted."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from engine.conversation.events import Event, Returned
from engine.scenario import Scenario

_MONTHS = (
    "Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    "|Nov(?:ember)?|Dec(?:ember)?"
)
_DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_RULES = (
    (re.compile(r"\S+@\S+\.\w+"), "<email>"),
    (re.compile(r"-?\$[\d,]+(\.\d+)?"), "<amount>"),
    (re.compile(rf"\b(?:{_MONTHS})\.? \d{{1,2}}(?:st|nd|rd|th)?(?:, \d{{4}})?\b"), "<date>"),
    (re.compile(r"\b\d{4}-\d{2}-\d{2}(T\S+)?"), "<date>"),
    (re.compile(rf"\b({_DAYS})\b"), "<day>"),
    (re.compile(r"\b\d{1,2}:\d{2}( ?(?:[ap]\.m\.|[ap]m\b))?", re.IGNORECASE), "<time>"),
    (re.compile(r"#?\b(?=\w*\d)\w[\w-]*\b|\b[A-Z]{3}\b|\b[A-Z]{6}\b"), "<id>"),
)
"""In this order: what is left of a number after amounts, dates and times is an id, or a count."""

_NAMES = ("name", "first_name", "last_name", "city", "origin", "destination")
"""Fields of tools' results whose values are names."""

_AGAIN = re.compile(r"(<\w+>)((, | and |, and | or )\1)+")


def masked(text: str, names: Sequence[str]) -> str:
    """A text without names (the longest first), ids, dates, times, amounts; a list of several reads like one of one."""
    for name in names:
        if name.casefold() in text.casefold():
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "<name>", text, flags=re.IGNORECASE)
    for rule, mask in _RULES:
        text = rule.sub(mask, text)
    return _AGAIN.sub(r"\1", text)


def names_in(scenario: Scenario, events: Iterable[Event]) -> tuple[str, ...]:
    """The names that may be said in a conversation: what the customer knows by a capital, and those that tools showed."""
    found = {text for text in _texts([known.value for known in scenario.knows]) if text[:1].isupper()}
    for event in events:
        if isinstance(event, Returned) and event.text[:1] in "[{":
            found.update(_named(msgspec.json.decode(event.text)))
    return tuple(sorted((name for name in found if len(name) > 1), key=lambda name: (-len(name), name)))


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value."""
    value = msgspec.to_builtins(value)
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def _named(value: Any) -> Iterator[str]:
    """Every text that stands in a field of names."""
    if isinstance(value, dict):
        for field, part in value.items():
            if isinstance(part, str):
                if field in _NAMES:
                    yield part
            else:
                yield from _named(part)
    elif isinstance(value, list):
        for part in value:
            yield from _named(part)
