"""Where a key or an amount in a message of the agent may come from: what was said, what was shown, what that comes to.

No check of its own: *claims* asks it, message by message in their order.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import lru_cache, partial

from engine.checkers.finding import Result
from engine.checkers.heard import Heard, shown_amount
from engine.reading.amounts import Figures, amounts, computable, conceivable, figures, shown
from engine.reading.ids import loosely

_FEW = 3
"""Answers with several amounts over which what somebody may have reckoned can still be sought."""


class Sources:
    """What the agent could know, message by message. What it once named rightly is known from there on."""

    def __init__(self, heard: Heard) -> None:
        self._heard = heard
        self._named = set[int]()
        self._made = {played.event + 1 for played in heard.recording.writes}

    def key(self, number: int, key: str) -> bool:
        """Was it said or shown, whatever its case and punctuation, or as a part ('7504069' of 'certificate_7504069')?"""
        heard = self._heard
        until = heard.until(number)
        if heard.has(key, until):
            return True
        squeezed = loosely(key)
        return squeezed in heard.loose(until) or squeezed in loosely(heard.told)

    def ending(self, number: int, digits: str) -> bool:
        """Are they the last digits of something?"""
        text, until = self._heard.text, self._heard.until(number)
        at = text.find(digits, 0, until)
        while at >= 0 and text[at + len(digits)].isdigit():
            at = text.find(digits, at + 1, until)
        return at >= 0

    def amounts(self, number: int, named: Sequence[int], quoted: Callable[[], Collection[int] | None]) -> tuple[Result, int]:
        """The worst of a message's amounts, and that amount. All are shown or reckoned plainly; but those that are `quoted`
        (None: every one) are only unsure as long as they could be reckoned in some other way.
        """
        every = list(dict.fromkeys(named))
        free = quoted()
        rest = [value for value in every if not self._stands(number, value, quoted=free is None or value in free)]
        grounded = [value for value in every if value not in rest]
        if rest:
            rest = self._not_computable(number, rest, grounded, free)
        self._named.update(value for value in every if value not in rest)
        if not rest:
            return "pass", 0
        if strict := [value for value in rest if free is not None and value not in free]:
            return "fail", strict[0]
        left = [] if self._has_many_parts(number) else self._not_conceivable(number, rest)
        return ("fail", left[0]) if left else ("unsure", rest[0])

    def _stands(self, number: int, value: int, *, quoted: bool) -> bool:
        """Is it on record as it is: shown or told before, what a change then came to, or the total of a list?"""
        heard = self._heard
        if value in self._named or shown_amount(heard.text, value, heard.until(number)):
            return True
        if (quoted and value in _prices(heard.told)) or any(shown_amount(text, value, len(text)) for text in self._later(number)):
            return True
        return any(value in shown(text).total for text in (*self._later(number), *self._before(number)))

    def _later(self, number: int) -> Iterator[str]:
        """The answers of the changes that were made after a message."""
        return (text for event, text, _ in self._heard.answers if event > number and event in self._made)

    def _before(self, number: int) -> Iterator[str]:
        return (text for event, text, error in self._heard.answers if event < number and not error)

    def _not_computable(self, number: int, rest: list[int], grounded: list[int], free: Collection[int] | None) -> list[int]:
        known, totals, prices = self._known(number)
        reckoned = partial(computable, known=known, totals=totals, prices=prices, named=self._named)
        while found := [value for value in rest if reckoned(value, beside=grounded, quoted=free is None or value in free)]:
            grounded = [*grounded, *found]
            rest = [value for value in rest if value not in found]
        return rest

    def _has_many_parts(self, number: int) -> bool:
        """Were so many prices shown that an amount may be one of the countless sums over them (three swaps at once)?"""
        return len({text for text in self._before(number) if len(shown(text).single) > 1}) > _FEW

    def _not_conceivable(self, number: int, rest: list[int]) -> list[int]:
        known, totals, prices = self._known(number)
        while found := [value for value in rest if conceivable(value, known, totals=totals, prices=prices)]:
            known |= set(found)
            rest = [value for value in rest if value not in found]
        return rest

    def _known(self, number: int) -> tuple[set[int], set[int], frozenset[int]]:
        """The single amounts, the totals of lists, and the prices of the policy; a refusal too may name an amount."""
        heard = self._heard
        answers = [shown(text) for text in (*self._later(number), *self._before(number))]
        answers += [Figures(figures(text)) for event, text, error in heard.answers if error and event < number]
        single, total = set(self._named), set[int]()
        for each in answers:
            single |= each.single
            total |= each.total
        return single | figures(heard.said(number)), total, _prices(heard.told)


@lru_cache(maxsize=8)
def _prices(told: str) -> frozenset[int]:
    return frozenset(amounts(told))
