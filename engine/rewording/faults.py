"""Does a new wording of a message say what the old one said: all of it, and nothing else?

For models that word what a deterministic party decided. Strict on purpose: a good wording that is turned down costs nothing but
its charm, a bad one that is taken makes a message's meaning a lie.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

import msgspec

from engine.checkers.conduct.stating import plain, stands
from engine.conversation.events import Act
from engine.reading import consent
from engine.reading.amounts import amounts
from engine.reading.claiming import claims
from engine.reading.posing import poses_as_agent
from engine.reading.refusing import refuses
from engine.reading.sentences import sentences, words
from engine.reading.things import names, things
from engine.rewording.beyond import beyond
from engine.rewording.money import turned
from engine.speech.phrasebook import Phrasebook
from servers.domain import Domain, Party


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it was decided: its text, what that means, and what it answers (the other's last message)."""

    party: Party
    text: str
    meaning: tuple[Act, ...]
    answers: str = ""


_ODD = ("[", "]", "{", "}", "<", ">", "##", "://", "www.", "*", "```")
"""Marks that are no part of a chat: placeholders, links, emphasis, words that end a conversation."""

_MUCH_LONGER, _ROOM, _MUCH_SHORTER = 2, 160, 3
_ASKS_YES = words(
    "yes", "go ahead", "proceed", "confirm", "agree", "shall i", "do (?:it|this|that)", "(?:okay|ok|all right) (?:with|for|by)"
)
_OPEN = re.compile(r"(?:and |or |so )?(?:which|what|how|when|where|who|why)\b")
_UNDECIDED = ("unsure", "other", "question")
_AS_CUSTOMER = words("your help", "my (?:orders?|booking|reservation|account|refund|flights?|trip|card|address|payment|request)")
"""What only a customer says of themselves."""

_COURTESIES = frozenset(("hello", "thanks", "accept", "bye"))
"""Acts of a customer that answer nothing, whatever their words would answer elsewhere ("that's great")."""

_ECHO = 5
"""Words in a row that are the other's, and no longer one's own."""

_WORD = re.compile(r"[\w'#]+")
_FRAMED = re.compile(
    r"\s*(?:you|me|user|customer|agent|assistant|support|message|reply|response|answer|rewritten|reworded)\s*:"
    r"|[^.!?\n]*\bhere(?:'s| is| are)\b[^.!?\n]*\b(?:message|wording|version|reply|response|rewrite)\b[^.!?\n]*:",
    re.IGNORECASE,
)
"""What stands before a message when a model hands it over instead of saying it."""


def faults(draft: Draft, text: str, domain: Domain, book: Phrasebook) -> Iterator[str]:
    """What a new wording does wrong, in words for whoever wrote it; nothing: it may stand for the old one."""
    if (size := _wrong_size(draft.text, text)) is not None:
        yield size
        return
    yield from (f"has '{mark}' in it" for mark in _ODD if mark in text and mark not in draft.text)
    if _FRAMED.match(text) and not _FRAMED.match(draft.text):
        yield "has words about the message before it: write the message alone"
    yield from _lost(draft, text, book)
    yield from _new(draft, text)
    yield from beyond(draft.party, draft.meaning, draft.text, text, book, draft.answers)
    yield from turned(draft.meaning, draft.text, text)
    if (_runs(text) & _runs(draft.answers)) - _runs(draft.text):
        yield "says what the other said"
    yield from _of_agent(draft, text, domain) if draft.party == "agent" else _of_user(draft, text)


def _runs(text: str) -> set[tuple[str, ...]]:
    """All so many words in a row."""
    found = _WORD.findall(plain(text))
    return {tuple(found[place : place + _ECHO]) for place in range(len(found) - _ECHO + 1)}


def _wrong_size(before: str, after: str) -> str | None:
    if not after:
        return "is empty"
    if len(after) > _MUCH_LONGER * len(before) + _ROOM:
        return "is too long"
    return "says too little" if len(after) * _MUCH_SHORTER < len(before) else None


def kept(draft: Draft, book: Phrasebook) -> list[str]:
    """What of a message has to stand in every wording of it as it is: how its slots are said there."""
    said = (_said(draft, slot, value, book) for act in draft.meaning for slot, value in act.slots.items())
    return list(dict.fromkeys(way for way in said if way))


def _said(draft: Draft, slot: str, value: object, book: Phrasebook) -> str:
    """The longest way to say a slot that stands in the draft."""
    text = plain(draft.text)
    return max((way for way in book.ways(slot, value) if stands(plain(way), text)), key=len, default="")


def _lost(draft: Draft, text: str, book: Phrasebook) -> Iterator[str]:
    """An agent says a slot as it was said: what a customer has to have heard may hang on it. A customer may say it in any way."""
    said = plain(text)
    for act in draft.meaning:
        for slot, value in act.slots.items():
            if (way := _said(draft, slot, value, book)) and not stands(plain(way), said):
                others = book.ways(slot, value) if draft.party == "user" else ()
                if not any(stands(plain(other), said) for other in others):
                    yield f"leaves out '{way}'"
    yield from (f"leaves out '{thing}'" for thing in sorted(things(draft.text) - things(text)))


def _new(draft: Draft, text: str) -> Iterator[str]:
    yield from (f"brings in '{thing}'" for thing in sorted(things(text) - things(draft.text)))
    yield from (f"brings in '{name}'" for name in names(text, draft.text))
    if not set(amounts(text)) <= set(amounts(draft.text)):
        yield "makes an amount of money of a number"


def _of_agent(draft: Draft, text: str, domain: Domain) -> Iterator[str]:
    if ("?" in text) != ("?" in draft.text):
        yield "asks nothing any more" if "?" in draft.text else "asks a question"
    tools = domain.tools_of("agent")
    before, after = claims(draft.text, tools), claims(text, tools)
    if not all(any(claim <= known for known in before) for claim in after):
        yield "says that something was done"
    if _AS_CUSTOMER.search(plain(text)) and not _AS_CUSTOMER.search(plain(draft.text)):
        yield "sounds like the customer"
    families = {act.kind.partition(".")[0] for act in draft.meaning}
    if "report" in families and not all(any(known <= claim or claim <= known for claim in after) for known in before):
        yield "does not say any more that it was done"
    if "propose" in families and not _asks_for_yes(text):
        yield "does not end by asking for a yes"
    yield from _refusing(draft, text, domain)


def _asks_for_yes(text: str) -> bool:
    """Does it end by asking whether to do it?"""
    last = sentences(plain(text))[-2:]
    return any(_ASKS_YES.search(part) and not _OPEN.match(part) for part in last)


def _refusing(draft: Draft, text: str, domain: Domain) -> Iterator[str]:
    """What is turned down still is, for the same reason; and nothing else is."""
    refused = {act.kind.partition(".")[2] for act in draft.meaning if act.kind.partition(".")[0] in ("refuse", "still")}
    if refuses(text) == "yes" and refuses(draft.text) != "yes":
        yield "turns something down"
    if refused and refuses(draft.text) == "yes" and refuses(text) != "yes":
        yield "does not turn it down any more"
    for rule in domain.rules:
        if rule.name in refused:
            certain = refuses(draft.text, domain.rules, rule.name) == "yes"
            gives = any(surface in plain(text) for surface in rule.surfaces)
            if not gives or (certain and refuses(text, domain.rules, rule.name) != "yes"):
                yield f"does not give the reason any more: {rule.summary}"


def _of_user(draft: Draft, text: str) -> Iterator[str]:
    """Who wants something may put it as a question; nobody else asks one that was not asked."""
    wants = any(act.kind.partition(".")[0] in ("request", "restate") for act in draft.meaning)
    if "?" in text and "?" not in draft.text and not wants:
        yield "asks a question"
    if poses_as_agent(text) and not poses_as_agent(draft.text):
        yield "sounds like the agent"
    if draft.answers:
        yield from _answering(draft, text)


def _answering(draft: Draft, text: str) -> Iterator[str]:
    """A yes beside which something else is asked for is read by itself."""
    families = {act.kind.partition(".")[0] for act in draft.meaning}
    if "confirm" in families and _says_yes(draft.text, draft.answers):
        if not _says_yes(text, draft.answers):
            yield "does not answer as clearly any more"
        if "request" in families:
            return
    before, after = consent.read(draft.text, draft.answers), consent.read(text, draft.answers)
    if before != after and not ((families <= _COURTESIES or before in _UNDECIDED) and after in _UNDECIDED):
        yield "does not answer as clearly any more" if before in ("yes", "no") else "answers otherwise"


def _says_yes(text: str, answers: str) -> bool:
    """Is one of its sentences, or two in a row, a yes by itself, whatever else is asked for beside it?"""
    parts = sentences(text)
    pairs = [" ".join(pair) for pair in pairwise(parts)]
    return any(consent.read(part, answers) == "yes" for part in (*parts, *pairs))
