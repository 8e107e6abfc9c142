"""What looks like a key of a record: order and reservation numbers, flights, items, payment methods, user ids.

Dates, times, telephone numbers, zip codes, sizes ('512GB') and the last four digits of a card do not.
"""

import re
from collections.abc import Iterator

_FROM_DIGIT = re.compile(r"\d\w*", re.ASCII)
_KEY = re.compile(
    r"#[A-Za-z]{0,3}\d{5,}"  # #W1234567
    r"|[a-z][a-z0-9]*(?:_[a-z0-9]+)*_\d{3,}"  # mia_li_3668, credit_card_4421486
    r"|(?!\d+[A-Z]{1,4}$)[A-Z0-9]{5,12}"  # HAT023, OBUT9V, 5830214477
)
_SKIPPED, _AFTER = tuple("$.,-"), re.compile(r"%|[.,]\d|-\d")
_ENDING = re.compile(
    r"\b(?:ending|ends|end) (?:in|with) [*x•.]*(\d{4})(?!\d)|\blast (?:four|4)(?: digits)?(?: are| is|:|,)? (\d{4})(?!\d)"
)
_SHORTEST, _LONGEST_NUMBER = 5, 7
_PHONE = re.compile(r"(?:call|phone|dial|reach|text|tel)\w*\W+(?:\w+\W+){0,4}$", re.IGNORECASE)


def ids(text: str) -> Iterator[str]:
    """The keys that a text names, in their order."""
    for found in _FROM_DIGIT.finditer(text):
        start, end = found.span()
        while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
            start -= 1
        if end - start < _SHORTEST or text[start - 1 : start] in _SKIPPED or _AFTER.match(text, end):
            continue
        start -= text[start - 1 : start] == "#"
        word = text[start:end]
        if _KEY.fullmatch(word) and not (word.isdigit() and (len(word) <= _LONGEST_NUMBER or _is_phone(text, start))):
            yield word


def _is_phone(text: str, start: int) -> bool:
    return _PHONE.search(text, max(start - 40, 0), start) is not None


def endings(text: str) -> Iterator[str]:
    """The last four digits by which a text names cards and other things: 'ending in 7334'."""
    if "end" not in text and "last" not in text:
        return iter(())
    return (one or other for one, other in _ENDING.findall(text))


def spelt(key: str, text: str) -> bool:
    """Does a text have a key in another case or with blanks and dashes in it: 'W 123-4567', as a whole word?"""
    letters = r"[\W_]*".join(loosely(key))
    return bool(letters) and re.search(rf"(?<![^\W_]){letters}(?![^\W_])", text.casefold()) is not None


def loosely(text: str) -> str:
    """A text without anything but its letters and digits, case aside: 'W 123-4567' as 'w1234567'."""
    return "".join(filter(str.isalnum, text.casefold()))
