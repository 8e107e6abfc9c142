"""What a new wording says beyond the message that it words: other matters, promises, further wishes, doubts.

A word about a matter may come from the message, or from any wording that the phrases have for its acts. What would be a promise
of an agent's or a further wish of a customer's has to stand in the message itself, in some word of its kind.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from engine.conversation.events import Act
from engine.reading.asking import wanted
from engine.reading.sentences import plain, words
from engine.rewording.plain_words import ALWAYS
from engine.speech.phrasebook import Phrasebook
from servers.domain import Party

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_SHORT = 2
"""Words of so few letters say nothing by themselves."""
_ENDINGS = re.compile(r"(?:ations?|ions?|ings?|ments?|ed|es|s|ly|e)$")
_DOUBLE = re.compile(r"([b-df-hj-np-tv-z])\1")
_LEFT = 3
_IRREGULAR = {
    "paid": "pay", "sent": "send", "gave": "give", "given": "give", "went": "go", "gone": "go", "took": "take", "taken": "take",
    "made": "make", "bought": "buy", "chose": "choose", "chosen": "choose", "flew": "fly", "flown": "fly", "flight": "flight",
    "left": "leave", "kept": "keep", "told": "tell", "said": "say", "got": "get", "came": "come", "wrote": "write",
}  # fmt: skip

_PROMISES = (
    words(r"waiv\w*", r"no (?:extra )?(?:fee|charge|cost)s?", r"(?<!feel )free", r"complimentary"),
    words(
        r"refund\w*",
        r"reimburs\w*",
        r"(?:go|goes|going|get|got|money|paid|sent|receive) (?:\S+ )*?back",
        r"credit(?:ed|s)?(?! card)",
    ),
    words(
        r"vouchers?", r"coupons?", r"discount\w*", r"compensat\w*", r"certificates?", r"bonus\w*", r"goodwill", r"gifts?(?! card)"
    ),
    words(r"approv\w*", r"authori[sz]\w*", r"manager\w*", r"supervisor\w*", r"escalat\w*", r"exceptions?"),
    words(r"guarante\w*", r"promis\w*", r"ensure\w*", r"definitely (?:get|receive|arrive)"),
    words(r"priorit\w*", r"expedit\w*", r"upgrad\w*", r"special"),
    words(
        r"soon",
        r"shortly",
        r"immediate\w*",
        r"instant\w*",
        r"right away",
        r"asap",
        r"straight away",
        r"in no time",
        r"quickly as",
    ),
)
"""What an agent promises by its words: of each kind nothing, where the message has none of it."""

_WISHES = (
    words(r"also", r"too", r"as well", r"besides", r"plus", r"another", r"others?", r"else", r"further", r"(?:in )?addition\w*"),
    words(r"cancel\w*"),
    words(
        r"never ?mind|forget (?:it|that|about)|chang\w* my mind|scratch that|second thoughts?",
        r"h(?:old|ang) on|wait|stop",
    ),
    words(r"but", r"except\w*", r"unless", r"however", r"although", r"though", r"only if", r"as long as", r"provided"),
    words(r"instead", r"(?<!would )(?<!'d )rather", r"(?<!or )otherwise", r"different\w*", r"switch\w*"),
    words(r"refund\w*", r"money", r"(?:get|give|send|want|have|take|go|goes|going)(?:ing)? (?:\S+ )*?back", r"compensat\w*"),
    words(r"discount\w*", r"vouchers?", r"coupons?", r"for free", r"upgrad\w*"),
    words(r"human", r"supervisor", r"manager", r"complain\w*"),
    words(r"soon", r"asap", r"immediate\w*", r"urgent\w*", r"right away", r"hurry"),
)  # fmt: skip
"""What a customer wants besides, or takes back, by its words."""

_GIVES_BACK = frozenset(("refund", "refund_to"))
_BACK = re.compile(r"\$\S+ (?:\w+ )*?back\b")
_ALIKE = (
    ("exchange", "swap", "trade", "replace"),
    ("change", "modify", "update", "switch"),
    ("reservation", "book"),
    ("price", "cost", "fare"),
    ("trip", "travel", "journey"),
    ("flight", "fly"),
    ("buy", "purchase"),
    ("deliver", "ship", "arrive"),
    ("receive", "arrive"),
    ("account", "profile"),
    ("person", "human", "somebody"),
    ("payment", "pay"),
)
"""Words of which each may stand for the others of its row."""

_COURTESIES = frozenset(("hello", "thanks", "accept", "bye", "grateful", "polite", "chat"))
_NO = words(
    r"not(?! only\b| a problem\b)", r"never", r"none", r"nothing", r"nobody", r"neither", r"nor",
    r"no(?= [a-z])(?! (?:problem|worr|trouble|rush|hurry))",
    r"cannot", r"[a-z]+n't", r"without", r"unable", r"unfortunately", r"impossible", r"no longer",
)  # fmt: skip
_DENIES = words(r"no need", r"not(?! only\b| a problem\b)", r"never", r"nothing", r"neither", r"cannot", r"[a-z]+n't")
_ASKS_NOT = re.compile(
    r"(?:don't|do not) (?:worry|hesitate|mind)|why don't|(?:would|wouldn't) (?:you )?mind|couldn't be|can't wait"
)


def beyond(party: Party, meaning: Sequence[Act], before: str, after: str, book: Phrasebook, heard: str = "") -> Iterator[str]:
    """What `after` says that neither `before` has nor any wording of these acts, in words for whoever wrote it. The words of
    what was `heard` last may come again."""
    old, new = plain(before), plain(after)
    gives_back = bool(_GIVES_BACK & {slot for act in meaning for slot in act.slots}) or _BACK.search(old) is not None
    own = _stems(old + " refund return back" * gives_back) | _stems(plain(heard))
    known = _with_alike(own | _vocabulary(party, meaning, book)) | _always()
    yield from (f"brings in '{word}'" for word in _words(new) if stem(word) not in known)
    families = {act.kind.partition(".")[0] for act in meaning}
    kinds = _PROMISES if party == "agent" else _WISHES[families <= _COURTESIES :]
    told = "promises" if party == "agent" else "wants more"
    meant = f"{old} refund" if gives_back else old
    yield from (f"{told}: '{found[0]}'" for kind in kinds if (found := kind.search(new)) and not kind.search(meant))
    if _DENIES.search(_ASKS_NOT.sub("", new)) and not _NO.search(old):
        yield "says that something is not so"
    if party == "agent" and wanted(after).waits and not wanted(before).waits:
        yield "asks for patience"


def stem(word: str) -> str:
    """A word without its endings, the same for most of its forms."""
    word = word.partition("'")[0]
    word = _IRREGULAR.get(word, word)
    if word.endswith("ies"):
        word = f"{word[:-3]}y"
    short = _ENDINGS.sub("", word)
    return _DOUBLE.sub(r"\1", short if len(short) >= _LEFT else word)


def _words(said: str) -> Iterator[str]:
    yield from dict.fromkeys(found for found in _WORD.findall(said) if len(found) > _SHORT)


def _stems(said: str) -> frozenset[str]:
    return frozenset(map(stem, _WORD.findall(said)))


def _with_alike(known: frozenset[str]) -> frozenset[str]:
    rows = [frozenset(map(stem, row)) for row in _ALIKE]
    return known.union(*(row for row in rows if row & known))


def _vocabulary(party: Party, meaning: Sequence[Act], book: Phrasebook) -> frozenset[str]:
    """The words of all wordings of these acts, and of all ways to say their slots."""
    found = set[str]()
    for act in meaning:
        found |= _stems(plain(book.literally(party, act.kind)))
        for slot, value in act.slots.items():
            found |= _stems(plain(" ".join(book.ways(slot, value))))
    return frozenset(found)


@lru_cache(maxsize=1)
def _always() -> frozenset[str]:
    return frozenset(map(stem, ALWAYS))
