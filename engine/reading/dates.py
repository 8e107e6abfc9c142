"""Days in plain English, and whether a text means one: 'May 20', '5/20/2024', 'the 25th', 'tomorrow', 'next Friday'."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

Meant = Literal["yes", "maybe", "no"]

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAMES = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?(?![\d:])"
_MORE = r"((?:\s*(?:,|and|or|to|through|until|till|-|–|&|/)\s*(?:the\s+)?\d{1,2}(?:st|nd|rd|th)?(?![\d:]))*)"
_MONTH_FIRST = re.compile(rf"\b{_NAMES}\s+(?:the\s+)?{_DAY}{_MORE}(?:,?\s+(?:of\s+)?(\d{{4}})\b)?")
_DAY_FIRST = re.compile(rf"\b{_DAY}{_MORE}\s+(?:of\s+)?{_NAMES}\b(?:,?\s+(\d{{4}})\b)?")
_NUMERIC = re.compile(r"(?<![\d/.$-])(\d{1,4})[/.-](\d{1,2})(?:[/.-](\d{2,4}))?(?![\d/]|-\d)")
_ORDINAL = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)\b")
_NUMBER = re.compile(r"\d+")
_RANGE = re.compile(r"to|through|until|till|-|–")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NEAR = (("day after tomorrow", 2), ("tomorrow", 1), ("today", 0), ("tonight", 0), ("yesterday", -1))
_VAGUE = re.compile(
    r"\b(?:next|following|previous|same|other|any|few|days?|weeks?|weekends?|months?|soon(?:er|est)?|earli(?:er|est)|"
    r"lat(?:er|est)|asap|flexible|before|after|around|christmas|thanksgiving|memorial|holiday)\b"
)
_NEXT = re.compile(r"\b(?:the |on )?(?:next|following) day\b|\bday after\b|\b(?:a|one) day later\b")
_EARLIER = re.compile(r"\b(?:previous|preceding) day\b|\bday before\b|\b(?:a|one) day earlier\b")
_FAR = timedelta(days=366)
_SOON = timedelta(days=62)
_FORTNIGHT = timedelta(days=14)


def means(text: str, day: date, today: date) -> Meant:
    """Does a text mean that day? 'maybe': it speaks of time in a way that could."""
    lower = text.lower()
    if day.isoformat() in lower or any(_same(found, day, today) for found in _named(lower, day)):
        return "yes"
    if _near(lower, day, today):
        return "yes"
    return "maybe" if _VAGUE.search(lower) or any(name in lower for name in _WEEKDAYS) else "no"


def beside(text: str, day: date) -> Iterator[date]:
    """The days from which a text goes on to that one: 'the day after' is told from the day before."""
    lower = text.lower()
    if _NEXT.search(lower):
        yield day - timedelta(days=1)
    if _EARLIER.search(lower):
        yield day + timedelta(days=1)


_Found = tuple[int, int, int | None]
"""Month, day of the month, year."""


def _same(found: _Found, day: date, today: date) -> bool:
    month, of_month, year = found
    if (month, of_month) != (day.month, day.day):
        return False
    return abs(day - today) <= _FAR if year is None else year in (day.year, day.year % 100)


def _named(text: str, day: date) -> Iterator[_Found]:
    for found in _MONTH_FIRST.finditer(text):
        name, first, more, year = found.groups()
        yield from _listed(name, first, more, year, day.day)
    for found in _DAY_FIRST.finditer(text):
        first, more, name, year = found.groups()
        yield from _listed(name, first, more, year, day.day)
    for found in _NUMERIC.finditer(text):
        one, other, third = (int(part) if part else None for part in found.groups())
        assert one is not None and other is not None
        if one > 31:
            yield other, third or 0, one
        else:
            yield one, other, third
            yield other, one, third


def _listed(name: str, first: str, more: str, year: str | None, wanted: int) -> Iterator[_Found]:
    """'May 20', each of 'May 20, 22 or 24', and of 'May 20 to 24' the days between too."""
    month, told = _MONTHS.index(name[:3]) + 1, int(year) if year else None
    days = [int(first), *map(int, _NUMBER.findall(more))]
    between = len(days) == 2 and _RANGE.search(more) is not None and days[0] <= wanted <= days[1]
    for each in [wanted] if between else days:
        yield month, each, told


def _near(text: str, day: date, today: date) -> bool:
    """A day that is told by today, by its weekday, or by its number alone."""
    ahead = day - today
    if any(ahead.days == days and word in text for word, days in _NEAR):
        return True
    if timedelta(0) <= ahead <= _FORTNIGHT and _WEEKDAYS[day.weekday()] in text:
        return True
    return abs(ahead) <= _SOON and any(int(number) == day.day for number in _ORDINAL.findall(text))
