"""What a proposal in plain text states for the things that a customer asked for, as far as it can be told.

Judged from what the customer wants: a text that names it agrees, one that plainly names another such thing in its place does
not, and of all else nothing is said.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from engine.reading.amounts import amounts
from engine.reading.dates import means
from engine.reading.ids import endings, ids, loosely
from engine.reading.sentences import plain, sentences, words

Ways = Mapping[Any, Sequence[str]]
"""The ways to name each value that a slot may have."""

_METHODS: Mapping[str, tuple[str, ...]] = {
    "credit card": ("credit card", "visa", "mastercard", "american express", "amex", "discover"),
    "gift card": ("gift card",),
    "certificate": ("certificate",),
    "paypal": ("paypal",),
}
_METHOD = words(*(way for ways in _METHODS.values() for way in ways))
_ANY_METHOD = "original"
_FLIGHT_NUMBER = re.compile(r"[A-Z]{3}\d{3}")
_ZIP = re.compile(r"(?<![\d#$-])\d{5}(?![\d,-])")
_COUNT = re.compile(
    r"\b(\d{1,2}|one|two|three|four|five|six|no) (?:\w+ ){0,2}?(?:bag|baggage|suitcase|luggage)|(?:bags|baggages?"
    r"|luggage): (\d{1,2})\b"
)
_NUMBERS = {"no": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_EVERY = words(r"all|both|everything|entire|whole|every|each")
_AROUND = 10
_BEFORE = timedelta(days=30)

_BACK = words(r"refund\w*|back|credited|returned|less|balance|remaining|save|savings|receive")
_ON_TOP = words(r"difference|more|extra|additional\w*|charged?|pay|due|costs?|fee")
_IN_ALL = words(r"total|in all|altogether|comes to|price|amount|adds up|sum")


def against(slot: str, value: Any, text: str, ways: Ways) -> Any:
    """What a text names in the place of a value; None where it names the value, or nothing that could be told."""
    said = plain(text)
    if ways:
        return _other_of(value, said, ways)
    match value:
        case str() if any(True for _ in ids(value)):
            return _other_id(value, text)
        case str() if _METHOD.search(value.lower()):
            return _other_method(value, said)
        case {"zip": str(code)}:
            return _other_address(value, code, said)
        case int() if slot == "bags":
            return _other_count(value, said)
        case [str(first), *_] if _METHOD.search(first.lower()):
            others = [_other_method(each, said) for each in value]
            return None if None in others else others[0]
        case [str(first), *_] if _is_day(first):
            return _other_day(value, text)
        case [{"name": _}, *_] | [{"item": _}, *_]:
            return _fewer(value, said)
    return None


def _is_day(text: str) -> bool:
    return re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None


def _other_of(value: Any, said: str, ways: Ways) -> Any:
    """Another of the few values of a slot, where the right one is not named. The longest way that stands somewhere counts."""
    found = set()
    for way, meant in sorted(((way, each) for each in ways for way in ways[each]), key=lambda one: -len(one[0])):
        pattern = re.compile(rf"\b{re.escape(way.lower())}\b")
        if pattern.search(said):
            found.add(meant)
            said = pattern.sub(" ", said)
    return next(iter(sorted(found))) if found and value not in found else None


def _other_id(value: str, text: str) -> str | None:
    like = [each for each in ids(text) if len(loosely(each)) == len(loosely(value)) and each.isdigit() == value.isdigit()]
    like = [each for each in like if _FLIGHT_NUMBER.fullmatch(each) is None or _FLIGHT_NUMBER.fullmatch(value)]
    return None if loosely(value) in loosely(text) or not like else like[0]


def _kinds(said: str) -> dict[str, set[str]]:
    """The kinds of payment methods that a text names, each with its brands."""
    found: dict[str, set[str]] = {}
    for kind, ways in _METHODS.items():
        named = {way for way in ways if way in said}
        if named:
            found[kind] = {"american express" if way == "amex" else way for way in named} - {kind}
    return found


def _other_method(value: str, said: str) -> str | None:
    """Another means of payment: of another kind, of another brand, or with another ending."""
    wanted = value.lower()
    if wanted in said or _ANY_METHOD in wanted or _ANY_METHOD in said:
        return None
    ending, named = wanted[-4:] if wanted[-4:].isdigit() else "", _kinds(said)
    if not named or (ending and ending in said):
        return None
    kind, brands = next(iter(_kinds(wanted).items()))
    if kind not in named:
        return next(iter(named))
    if brands and named[kind] and not brands & named[kind]:
        return next(iter(sorted(named[kind])))
    return next((f"{kind} ending in {each}" for each in endings(said) if ending), None)


def _other_address(value: Mapping[str, Any], code: str, said: str) -> Mapping[str, Any] | None:
    codes = _ZIP.findall(said)
    if not codes or code in codes or str(value.get("address1", "-")).lower() in said:
        return None
    return {**value, "zip": codes[0]}


def _other_count(value: int, said: str) -> int | None:
    found = [one or other for one, other in _COUNT.findall(said)]
    counts = [_NUMBERS[each] if each in _NUMBERS else int(each) for each in found]
    return counts[0] if counts and value not in counts else None


def _other_day(days: Sequence[str], text: str) -> list[str] | None:
    """A day near those that were wanted, where none of those is named."""
    wanted = [date.fromisoformat(day) for day in days]
    if any(_means(text, day) for day in wanted):
        return None
    around = (wanted[0] + timedelta(days=sign * far) for far in range(1, _AROUND + 1) for sign in (1, -1))
    return next(([day.isoformat()] for day in around if _means(text, day)), None)


def _means(text: str, day: date) -> bool:
    """Is a day named, by its date or number? Told from far before, when no weekday and no 'tomorrow' is it."""
    return means(text, day, day - _BEFORE) == "yes"


def _fewer(things: Sequence[Mapping[str, Any]], said: str) -> list[Any] | None:
    """Some of the things that were asked for, the others being left out."""
    names = [str(each["name"] if "name" in each else each["item"]["name"]).lower() for each in things]
    there = [thing for thing, name in zip(things, names, strict=True) if name in said or name.rstrip("s") in said]
    if not there or len(there) == len(things) or _EVERY.search(said):
        return None
    return [] if "item" in things[0] else list(there)


def to_pay(text: str) -> float | None:
    """What is to be paid, in dollars: an amount that comes on top before one for all together; never what comes back."""
    extra, whole = list[int](), list[int]()
    for part in _pieces(sentences(plain(text))):
        if (found := amounts(part)) and not _BACK.search(part):
            (extra if _ON_TOP.search(part) else whole if _IN_ALL.search(part) else []).extend(found)
    most = max(extra, default=None) or max(whole, default=None)
    return None if most is None else most / 100


def _pieces(parts: Sequence[str]) -> Iterator[str]:
    """Sentences, each behind the label that announces it; in two where one goes up and the other comes back."""
    label = ""
    for part in parts:
        whole = part if amounts(label) else f"{label} {part}"
        label = part if part.endswith(":") else ""
        if not label or amounts(part):
            yield from whole.split(", and ") if _BACK.search(whole) and _ON_TOP.search(whole) else (whole,)
