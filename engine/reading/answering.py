"""Does a text answer a question: does a sentence of it tell something of the kind that was asked for, which was not said before?

What only asks, offers, parts or puts off answers nothing, whatever numbers stand in it.
"""

import re
from collections.abc import Iterator, Sequence, Set

from engine.reading.amounts import amounts
from engine.reading.sentences import plain, words
from engine.reading.things import things

STEM = 5
"""Letters by which a word is known in all its forms."""

_SUBJECT = re.compile(r"[a-z]{4,}")
_KINDS = (
    (
        "money",
        words(r"how much", r"totals?", r"prices?", r"costs?", r"balances?", r"paid", r"pay", r"refund", r"get back", r"worth"),
    ),
    ("money", words(r"add(?:s|ed)? up", r"come(?:s)? to", r"came to", r"difference", r"spent", r"most expensive", r"cheap\w*")),
    ("count", words(r"how many", r"number of (?!the|my|your|order)")),
    ("number", words(r"track\w*", r"shipment number")),
    ("state", words(r"status", r"state of", r"on time", r"delay\w*", r"landed", r"departed")),
)
"""What a question wants, by its words."""

_STATE = words(
    r"pending|processed|processing|delivered|cancell?ed|shipped|in transit|on (?:its|the) way|returned|exchanged|requested|lost",
    r"on time|delayed|landed|flying|departed|arrived|in the air|boarding|scheduled|available|unavailable|(?:in|out of) stock",
    r"insured|covered|included|includes|(?<!i've )(?<!i have )already",
)
_NONE = words(
    r"no(?! (?:problem|worr|trouble|rush|hurry))|none|nothing|not (?:any|one|a)|cannot|zero",
    r"(?:do|does|is|are|was|were|has|have|could|can)(?:n't| not)",
)
_COUNT = words(r"\d{1,3}", r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve", r"both|only|single")
_NUMBER = re.compile(r"\d{6,}")


def answers(told: Sequence[str], asked: str, about: Set[str]) -> bool:
    """Does one of these sentences answer? `asked` are the words of who asked; `about` the stems of words that answers have."""
    asked = plain(asked)
    kinds = {kind for kind, pattern in _KINDS if pattern.search(asked)}
    return any(kinds & found if kinds else found for part in told if (found := set(_found(part, asked, about))))


def _found(part: str, asked: str, about: Set[str]) -> Iterator[str]:
    """The kinds of which a sentence tells something: of money its amount is enough, all else has to be about the matter."""
    if set(amounts(part)) - set(amounts(asked)):
        yield "money"
    if not {word[:STEM] for word in _SUBJECT.findall(part)} & about:
        return
    new = things(part) - things(asked)
    if _NONE.search(part):
        yield from ("money", "count", "number", "state")
    if _STATE.search(part):
        yield "state"
    if any(_NUMBER.search(each) for each in new):
        yield "number"
    if _COUNT.search(part):
        yield "count"
    if new:
        yield "other"
