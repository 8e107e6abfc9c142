"""What an agent says that it has done: claims that a change of the records was made.

Proposals, intentions, conditions, what can be done, what was not done and what the records have long said are no claims.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from engine.reading.sentences import plain, sentences
from servers.domain import Tool

_ADVERBS = (
    r"(?:(?:now|just|also|successfully|already|all|both|officially|since|then|gone ahead and|went ahead and|been able to) )*"
)
_NOT = re.compile(
    r"\b(?:not|never|no|nothing|none|neither|once|after|until|before|unless|if|when|whether|would|could|should|might|may"
    r"|must|let me|shall"
    r"|to be|to have|you(?:'ve| have)|(?:that|which)(?: you)? [ahw]$|already been|previously|earlier|originally|twice"
    r"|ago|yesterday|last (?:week|month|year|night)|the airline"
    r"|by the|i see|i can see|looks like|appears|seems|shows?|according|indicates?|records|status|in case|as soon as|had"
    r"|unable|failed|sorry)\b|n't\b"
)
"""What turns a claim round when it stands before it."""
_LONG_AGO = re.compile(
    r"\bby (?:the airline|us|the shop|the store|the warehouse|the carrier)\b|\b(?:before|ago|once already)\b(?! (?:you"
    r"|we|i|it)\b)"
)
_TALK = re.compile(r"\b(?:the|my|your|this|that) (?:proposal|quote|summary|list|notes?|plan|calculation|estimate)\b")
_DONE = re.compile(
    r"^(?:(?:ok|okay|great|perfect|alright|all right)[,!. ]*)?(?:all )?(?:done|that's done|that is done|it's done"
    r"|it is done|that's all done|all set)\b"
    r"|\byour (?:request|changes?) (?:has|have|was|were) (?:been )?(?:now |successfully )*(?:completed|processed"
    r"|submitted|made|applied|saved)\b"
    r"|\b(?:is|are) (?:now )?in place\b|\beverything (?:went through|is done|is taken care of|has been (?:done"
    r"|taken care of|processed|updated))\b|\bnow instead of\b"
)
"""That something was done, whatever it is."""
_LOOKED = re.compile(
    r"\b(?:verified|found|located|pulled up|looked|noted|checked|calculated|confirmed your|identity|human|agent"
    r"|transferr?ed|supervisor"
    r"|specialist|colleague)\b"
)
"""What else may be done: nothing in the records."""
_PROVIDED = re.compile(
    r"\b(?:as soon as|once|if|when|unless|until|provided|assuming|after|the moment) (?:that )?(?:you|your|i|we|my)\b"
)
"""A condition that stands after a claim."""
_SINCE = re.compile(
    r"\b(?:can't|cannot|can not|unable|not possible|isn't possible|won't|no longer|already|not eligible|therefore)\b"
)
"""A message that refuses tells what the records say, as its reason."""
_BY_US = re.compile(r"\b(?:i|we)\b|\bnow\b|\bjust\b|\bsuccessfully\b")
_FLIGHT = re.compile(r"\b(?:flights?|legs?|hat\d+)\b")
_USED = re.compile(r"\b(?:applied|used|entered|confirmed)\b.*\bcertificates?$")
_NEAR = 24
_LIGHT = (
    r"(?:set up|processed|requested|submitted|initiated|started|arranged|completed|created|filed|made|placed|put|sent"
    r"|opened|finali[sz]ed|issued|logged"
    r"|entered|scheduled|confirmed|approved|applied|done)"
)
"""Verbs that say nothing without their noun: "processed the return"."""
_IRREGULAR = frozenset(("set", "reset", "sent", "gave", "given", "put"))
_AS_ASKED = r"as (?:we |you )?(?:discussed|requested|agreed|asked|wanted|wished)"
_STATUSES = frozenset(
    (
        "cancelled",
        "canceled",
        "returned",
        "exchanged",
        "refunded",
        "charged",
        "reserved",
        "booked",
        "set",
        "modified",
        "fixed",
        "sent",
        "issued",
        "paid",
    )
)
"""What the records may say of a thing as well: "is cancelled" is no claim."""


class _Words(NamedTuple):
    claim: re.Pattern[str]
    tools: dict[str, frozenset[str]]
    objects: dict[str, tuple[tuple[str, frozenset[str]], ...]]
    bases: dict[str, str]
    every: frozenset[str]


def claims(text: str, tools: Sequence[Tool]) -> tuple[frozenset[str], ...]:
    """One entry a claim: the names of the tools any of which would have made it true."""
    words = _words(tuple((tool.name, tool.claimed) for tool in tools if tool.claimed))
    parts = sentences(said := plain(text))
    found = tuple(dict.fromkeys(claim for part in parts for claim in _claimed(part, words, said)))
    if found or not words.every or not any(map(_done, parts)) or _LOOKED.search(said):
        return found
    return (words.every,)


def _done(part: str) -> bool:
    """Does a sentence say that whatever was to be done is done?"""
    return _DONE.match(part) is not None and not (part.endswith("?") or _NOT.search(part) or _PROVIDED.search(part))


def _claimed(part: str, words: _Words, said: str) -> Iterator[frozenset[str]]:
    """The claims of a sentence. What turns one round stands before the verb, or it is a question."""
    if part.endswith("?"):
        return
    for found in words.claim.finditer(part):
        if _NOT.search(part, 0, found.start() + 1) or _NOT.search(found[0]) or _TALK.search(part) or _LONG_AGO.search(part):
            continue
        place = next(place for place, word in enumerate(found.groups(), 1) if word)
        if _PROVIDED.search(part, found.end()) or _recorded(part, found, found[place], said):
            continue
        if tools := _meant(found[place], part, found.span(place), words):
            yield tools


def _recorded(part: str, found: re.Match[str], verb: str, said: str) -> bool:
    """May it be what the records say: a flight that the airline cancelled, the state of things that a refusal is for?"""
    if _USED.search(found[0]):
        return True
    if verb not in _STATUSES or _BY_US.search(found[0]):
        return False
    return _SINCE.search(said) is not None or _FLIGHT.search(part, 0, found.end()) is not None


def _meant(verb: str, part: str, span: tuple[int, int], words: _Words) -> frozenset[str]:
    """The tools of a verb: those whose object stands near it, otherwise those that need none too."""
    verb = verb if verb in words.tools or verb in words.objects else words.bases[verb]
    bare, things = words.tools.get(verb, frozenset[str]()), words.objects.get(verb, ())
    clause = part[: span[1] + _NEAR]
    if near := [tools for thing, tools in things if thing in clause]:
        return frozenset().union(*near)
    return bare and bare.union(*(tools for thing, tools in things if thing in part))


@lru_cache(maxsize=64)
def _words(claimed: tuple[tuple[str, tuple[str, ...]], ...]) -> _Words:
    """The verbs of these tools as one pattern; "sent certificate" is a verb with the object that it needs."""
    bare: dict[str, set[str]] = {}
    things: dict[str, dict[str, set[str]]] = {}
    for name, entries in claimed:
        for entry in entries:
            verb, _, thing = entry.partition(" ")
            if thing:
                things.setdefault(verb, {}).setdefault(thing, set()).add(name)
            else:
                bare.setdefault(verb, set()).add(name)
    for verb in bare:
        bare[verb] |= {name for named in things.get(verb, {}).values() for name in named}
    bases = {base: verb for verb in {*bare, *things} for base in _bases(verb)}
    claim = _pattern({*bare, *things}, bases)
    every = frozenset(name for name, _ in claimed)
    return _Words(
        claim,
        {verb: frozenset(names) for verb, names in bare.items()},
        {verb: tuple((thing, frozenset(names)) for thing, names in sorted(of.items())) for verb, of in things.items()},
        bases,
        every,
    )


def _bases(verb: str) -> tuple[str, ...]:
    """The infinitives that a participle may have: "cancelled" has cancel, "changed" has change."""
    if not verb.endswith("ed"):
        return ()
    stem = verb[:-2]
    return (f"{stem[:-1]}y",) if stem.endswith("i") else (stem, f"{stem}e", *([stem[:-1]] if stem[-2:-1] == stem[-1:] else []))


def _any(words: Iterable[str]) -> str:
    """A group of these words; "set up" and "all set" need a noun, as "made" does."""
    any_of = "|".join(sorted(words, key=len, reverse=True)) or "(?!)"
    return f"((?:{any_of})(?<!all set)(?!(?<=set) (?:up|aside|off|out|to)\\b))"


def _pattern(verbs: set[str], bases: Iterable[str]) -> re.Pattern[str]:
    """Every way to say that what these words name has been done; one group has the word."""
    nouns = verbs - (done := {verb for verb in verbs if verb.endswith("ed") or verb in _IRREGULAR})
    verb, noun, result, base = _any(done), _any(nouns), _any(verb for verb in done - _STATUSES), _any(bases)
    few = r"(?:(?!was|were|is|are|been|be|not|can|will)\w+ )"
    return re.compile(
        rf"\b(?:i|we)(?:'ve| have)? {_ADVERBS}(?:{_LIGHT} (?:\S+ ){{0,4}}?{noun}(?:s|es)?|{verb})\b|\b(?:i|we)(?: was"
        rf"| were|'ve been| have been) able to {base}\b"
        rf"|(?:\bhas|\bhave|'s|'ve) {_ADVERBS}been {_ADVERBS}{verb}\b|\bw(?:as|ere) (?:(?:just|successfully) {verb}\b"
        rf"|{verb} {_AS_ASKED})"
        rf"|\b(?:is|are) (?:(?:now|all) )+{verb}\b|\b(?:is|are) (?:{verb}\b(?=[^.]* now\b)|{result}\b)|\byou(?:'re"
        rf"| are) (?:now |all )*{verb}(?=[!.,])"
        rf"|\b(?:your|the|an?) (?:\S+ ){{0,4}}?{noun}s? (?:\S+ ){{0,12}}?(?:went through|(?:is|was"
        rf"|were) (?:(?:now|all) )*(?:successful|complete|completed|done|confirmed|set up|set|in place)"
        rf"|(?:has|have) been (?:\w+ )?{_LIGHT})\b"
        rf"|^(?:done|all done|that's done)\b[^.]*?\b{verb}\b|^(?:ok|okay|great)?,? ?{few}{{0,3}}{noun} {_LIGHT}\b|^(?:ok"
        rf"|okay|great)?,? ?{few}{{1,3}}{result}(?=$|[.!,]| (?:to|from|for|on)\b| ✅)"
        rf"|^{result}(?=[!.]| and\b)|^{verb}(?=!| and\b)|^(?:ok|okay|great)?,? ?{few}{{1,3}}{verb}(?=!)"
        rf"|^{few}{{0,2}}{noun} (?:successful|complete|completed|done)(?=[!.])"
    )
