"""Amounts of money: those that a text names, those that a tool's answer shows, and what can be reckoned from them.

Everything is in whole cents: exact, and the same on every platform.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from itertools import combinations
from typing import Any

import msgspec

_NUMBER = r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?(?![\d%]|[.,]\d|\s?(?:k|K|million)\b)"
_SIGNED = re.compile(rf"\$\s?{_NUMBER}")
_SPELT = re.compile(rf"\busd\s?{_NUMBER}|(?<![\w.$,]){_NUMBER}\s?(?:dollars?\b|bucks\b|usd\b)", re.IGNORECASE)
_WORDS = ("ollar", "USD", "usd", "bucks")
_FIGURE = re.compile(rf"(?<![\w.,]){_NUMBER}")

MOST_TOGETHER = 4
"""Amounts that are added up when they are only some of a list."""
_LONG = 8
"""Lists longer than this are added up as a whole only: among so many, some sum comes near any amount."""
_OFTEN = 6
"""How many times a price of the policy is reckoned: passengers, bags."""
_MOST_TIMES = 9
_WHOLE = 100


class Figures(msgspec.Struct, frozen=True):
    """The amounts that an answer shows: `single` as they stand there, `total` of the lists in it, signs aside."""

    single: frozenset[int] = frozenset()
    total: frozenset[int] = frozenset()


def amounts(text: str) -> tuple[int, ...]:
    """The amounts of money that a text names: '$1,234.50', 'USD 30', '1234.5 dollars', '30 bucks'."""
    found = _SIGNED.findall(text) if "$" in text else []
    if any(word in text for word in _WORDS):
        found += [(one or other, cents or rest) for one, cents, other, rest in _SPELT.findall(text)]
    return tuple(_cents(whole, part) for whole, part in found)


def figures(text: str) -> frozenset[int]:
    """Every number of a text as if it were money: what somebody may mean by it."""
    return frozenset(_cents(whole, part) for whole, part in _FIGURE.findall(text.replace("$", " ")))


@lru_cache(maxsize=512)
def shown(answer: str) -> Figures:
    """The numbers of a tool's answer: of JSON its numbers, of any other text those that stand alone."""
    try:
        value = msgspec.json.decode(answer)
    except msgspec.DecodeError:
        return Figures(figures(answer))
    single, total = set[int](), set[int]()
    _gather(value, False, single, total)
    return Figures(frozenset(single), frozenset(total))


def computable(
    value: int,
    known: Collection[int],
    *,
    totals: Collection[int] = (),
    prices: Collection[int] = (),
    beside: Collection[int] = (),
    named: Collection[int] = (),
    quoted: bool = True,
) -> bool:
    """Is an amount shown, or reckoned in a way that leaves no doubt?

    `known` amounts were shown or said, `totals` are those of shown lists, `prices` stand in the policy, `beside` are other
    amounts of the same message that are grounded themselves: what is reckoned before the customer's eyes, with what was `named`
    to them earlier. What is not `quoted` was done: of that a price of the policy says nothing, unless it was taken off a total
    that stands beside it. Whole dollars are not sought among totals less a fee: they meet one too often by chance.
    """
    if value in known or value in totals or (quoted and value in prices):
        return True
    if value in prices and any(one + value in totals or one + value in known for one in beside):
        return True
    if quoted and any(value + one in named for one in named):
        return True
    if quoted and any(value == price * times for price in prices for times in range(2, _OFTEN + 1)):
        return True
    if value % _WHOLE and any(value + price in totals or value + price in known for price in prices):
        return True
    for one in beside:
        if any(other in beside or other in named for other in (value - one, one - value, value + one)):
            return True
    sums = [sum_of(some) for count in (1, 2, 3) for some in combinations(beside, count)]
    return any(value == each * times for each in sums for times in range(1, _MOST_TIMES + 1))


def conceivable(value: int, known: Collection[int], *, totals: Collection[int] = (), prices: Collection[int] = ()) -> bool:
    """Could it be reckoned at all: a whole multiple of a known amount, of the sum or the difference of two (with a price of
    the policy or without), or of what two together are more or less than a total (new flights for old ones)?"""
    every = {*known, *totals, *prices}
    shares = [part for part, left in (divmod(value, times) for times in range(1, _MOST_TIMES + 1)) if not left]
    for part in {part - price for part in shares for price in (0, *prices)}:
        if part in every or any(part - one in every or part + one in every for one in every):
            return True
    wanted = {total + sign * part for part in shares for total in totals for sign in (1, -1)}
    return any(whole - one in known for whole in wanted for one in known)


def sum_of(some: Iterable[int]) -> int:
    """Cents added up."""
    whole = 0
    for one in some:
        whole += one
    return whole


def _cents(whole: str, part: str) -> int:
    return int(whole.replace(",", "")) * _WHOLE + int(f"{part}00"[:2])


def _gather(value: Any, within: bool, single: set[int], total: set[int]) -> None:
    """The numbers of a JSON value; `within`: it stands in a list, as the two flights of a connection do."""
    if isinstance(value, dict):
        for part in value.values():
            _gather(part, False, single, total)
    elif isinstance(value, list):
        if len(value) > 1 and isinstance(value[0], dict):
            for column in _columns(value, within):
                total.update(_sums(column))
        for part in value:
            _gather(part, True, single, total)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        single.add(abs(round(value * _WHOLE)))


def _columns(rows: list[Any], within: bool) -> Iterator[list[int]]:
    """What the rows have under each name, one level deeper too where the list is itself one of a list.

    Rows of several types (`transaction_type`: payments and refunds) are not added up.
    """
    if any(
        name.endswith("_type") and any(row.get(name) != kind for row in rows if isinstance(row, dict))
        for name, kind in rows[0].items()
    ):
        return
    for name, first in rows[0].items():
        if isinstance(first, int | float):
            yield [round(row[name] * _WHOLE) for row in rows if isinstance(row, dict) and isinstance(row.get(name), int | float)]
        elif within and isinstance(first, dict):
            inner = [row[name] for row in rows if isinstance(row, dict) and isinstance(row.get(name), dict)]
            yield from _columns(inner, False)


def _sums(column: list[int]) -> Iterator[int]:
    yield abs(sum_of(column))
    yield sum_of(map(abs, column))
    if len(column) <= _LONG:
        for count in range(2, min(MOST_TOGETHER, len(column) - 1) + 1):
            for some in combinations(column, count):
                yield abs(sum_of(some))
