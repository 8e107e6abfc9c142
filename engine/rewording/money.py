"""Which way money goes in a text, and whether it has gone already: to be paid or paid, to be refunded or refunded."""

import re
from collections.abc import Iterator, Sequence, Set

from engine.conversation.events import Act
from engine.reading.sentences import plain, sentences, words

Way = tuple[str, bool]
"""To the customer ("in") or from them ("out"), and whether it has happened."""

_MOVES = re.compile(
    r"\b(?P<out>pay|pays|paying|paid|charg(?:e|es|ed|ing)|bill(?:ed|ing)|owe|owed)\b(?! methods?)"
    r"|\b(?P<in>refund(?:s|ed|ing)?|credit(?:ed|ing)|reimburs(?:e|ed|ing)|money back)\b"
)
_HAS = re.compile(r"\b(?:has|have|had|was|were|been|got|just|already)\b|'ve\b")
_WILL = re.compile(r"\b(?:will|would|could|can|should|shall|may|might|to|be|being|if|once|when)\b|'(?:ll|d)\b|\bgoing to\b")
_DONE = re.compile(r"(?:paid|charged|billed|refunded|credited|reimbursed)$")
_BY = re.compile(r"\b(?:i|we|you|already|was|were)(?: \w+ly)? $")
_NEAR = 28
_ALSO_OUT = words(r"payments?", r"prices?", r"costs?", r"totals?", r"fares?", r"extra", r"more")
_ALSO_IN = re.compile(r"\bback\b|\breturn")
_ONCE_PAID = words(r"original\w*", r"used", r"(?:the|that) (?:earlier|old|previous) payment", r"placed")
_SLOTS = {"refund": "in", "refund_to": "in", "extra": "out", "amount": "out", "payments": "out", "fare": "out"}


def turned(meaning: Sequence[Act], before: str, after: str) -> Iterator[str]:
    """What `after` says of money that `before` does not: the other way, or that it has gone."""
    old = plain(before)
    known = _ways(before) | {(_SLOTS[slot], False) for act in meaning for slot in act.slots if slot in _SLOTS}
    known |= {("out", False)} if _ALSO_OUT.search(old) else set()
    known |= {("in", False)} if _ALSO_IN.search(old) else set()
    known |= {("out", True)} if _ONCE_PAID.search(old) else set()
    for way, done in sorted(_ways(after) - known):
        moved = "paid" if way == "out" else "given back"
        yield f"says that money {'was' if done else 'is to be'} {moved}"
    new = plain(after)
    if _goes(before, "in") and not (_goes(after, "in") or _ALSO_IN.search(new)):
        yield "does not say any more that money is given back"
    if _goes(before, "out") and not (_goes(after, "out") or _ALSO_OUT.search(new) or _ONCE_PAID.search(new)):
        yield "does not say any more that money is paid"


def _goes(text: str, way: str) -> bool:
    return any(each == way for each, _ in _ways(text))


def _ways(text: str) -> Set[Way]:
    """The ways of all money in a text."""
    found = set[Way]()
    for part in sentences(plain(text)):
        for move in _MOVES.finditer(part):
            way = "out" if move["out"] else "in"
            found.add((way, _has_gone(part[max(move.start() - _NEAR, 0) : move.start()], move[0])))
    return found


def _has_gone(before: str, verb: str) -> bool:
    """Is it said that it has happened, by what stands before the verb?"""
    if _DONE.search(verb) is None:
        return False
    if _BY.search(before):
        return True
    has, will = (max((found.start() for found in each.finditer(before)), default=-1) for each in (_HAS, _WILL))
    return has > will
