"""Did a customer agree to a proposal?

Agreement is read as certain when it is said and nothing beside it takes it back, puts it off or changes it; disagreement when
one of these is said and no agreement. All between the two is unsure.
"""

import re
from typing import Literal

from engine.reading import cues
from engine.reading.sentences import plain, sentences

Consent = Literal["yes", "no", "hedge", "change", "question", "other", "unsure"]

_STEM = 4
_NUMBERS = {"two": "2", "three": "3", "four": "4", "five": "5"}


def read(text: str, proposal: str = "") -> Consent:
    """What a customer answers to a proposal. A proposal that is given tells what is new in the answer."""
    said = cues.KINDLY.sub(" ", _spelled(plain(text))).strip(" ,;-")
    if not said:
        return "unsure" if text.strip() else "other"
    parts, before = sentences(said), plain(proposal)
    agreeing = [part for part in parts if _agrees(part, before)]
    return _agreed(said, parts, agreeing, before) if agreeing else _not_agreed(said, parts, before)


def _spelled(said: str) -> str:
    """With the apostrophes that people leave out."""
    return cues.APOSTROPHES.sub(lambda word: "i'm" if word[0] == "im" else f"{word[0][:-1]}'{word[0][-1]}", said)


def _agrees(part: str, proposal: str) -> bool:
    """Does a sentence say yes, or that it should be done or is right as it stands?"""
    if cues.YES.match(part) or ("yes" in part and cues.LAST_YES.search(part)) or cues.SHORT.fullmatch(part):
        return True
    if part.endswith("?") and cues.ASKING.match(part):
        return False
    return _orders(part, proposal) or _found(cues.FITS, part)


def _orders(part: str, proposal: str) -> bool:
    """Does a sentence say that it should be done?"""
    if _found(cues.GO, part):
        return True
    told = cues.IMPERATIVE.search(part)
    if told is None or told[1][:_STEM] not in proposal or cues.LED.search(part[: told.start()]) is None:
        return False
    return cues.NOT.search(part, _clause(part, told.start()), told.start()) is None


def _found(cue: re.Pattern[str], part: str) -> bool:
    """Is it said, without a word before it in its clause that turns it round?"""
    found = cue.search(part)
    return found is not None and cues.NOT.search(part, _clause(part, found.start()), found.start()) is None


def _clause(part: str, place: int) -> int:
    """Where the clause begins that stands at a place."""
    return max(part.rfind(mark, 0, place) for mark in (",", ";", " - ")) + 1


def _agreed(said: str, parts: list[str], agreeing: list[str], proposal: str) -> Consent:
    """A yes is in it: what else?"""
    if _but_for(said):
        return "change"
    if cues.NO.search(said) or cues.LOOKS.search(said):
        return "unsure"
    if cues.PUTS_OFF.search(said):
        return "hedge"
    if cues.CONDITION.search(said):
        return "unsure"
    if cues.HEDGE.search(said):
        still = cues.HEDGE.search(" ".join(parts[parts.index(agreeing[0]) :]))
        return "unsure" if still is None or any(_orders(part, proposal) for part in agreeing) else "hedge"
    if (but := cues.BUT.search(said)) is not None:
        wish = cues.CHANGE.search(said, but.start()) is not None and cues.MURMURS.search(said) is None
        return "change" if wish and not _asks(parts) else "unsure"
    new = _news(agreeing, proposal)
    if cues.INSTEAD.search(said):
        return "change" if new else "unsure"
    return "unsure" if new or _perhaps_more(said, parts, agreeing, proposal) else "yes"


def _perhaps_more(said: str, parts: list[str], agreeing: list[str], proposal: str) -> bool:
    """May something beside a yes add to the proposal, take from it, or ask about it?"""
    if cues.ONLY.search(said) or cues.PART.search(said) or any("?" in part for part in agreeing):
        return True
    beside = [part for part in parts if part not in agreeing]
    if any(cues.EXTRA.search(part) for part in agreeing) or any(
        cues.EXTRA.search(part) and not _elsewhere(part) for part in beside
    ):
        return True
    return not all(_pays(part, proposal) for part in beside if _adds(part))


def _pays(part: str, proposal: str) -> bool:
    """Does a sentence fill in how it is paid, which the proposal left open?"""
    return cues.PAYMENT.search(part) is not None and _open(proposal)


def _elsewhere(part: str) -> bool:
    """Is a sentence about something else than the proposal?"""
    return cues.ELSE.search(part) is not None and cues.SAME.search(part) is None


def _adds(part: str) -> bool:
    """Does a sentence beside a yes ask for something that the proposal may not have?"""
    asked = cues.ADDS.search(part) or (cues.POLITE.match(part) and cues.ECHO.search(part))
    return asked is not None and not _elsewhere(part)


def _not_agreed(said: str, parts: list[str], proposal: str) -> Consent:
    """No plain yes is in it; with a word of agreement after all it is unsure."""
    if cues.ALONE.fullmatch(said):
        return "yes" if cues.AGREES.search(said) else "unsure"
    if _but_for(said):
        return "change"
    if cues.NO.search(said):
        return _declined(said, parts, proposal)
    if (hedge := cues.PUTS_OFF.search(said)) is None and _changes(said, parts, proposal):
        return "change"
    if (hedge := hedge or cues.HEDGE.search(said)) is not None:
        return "unsure" if cues.ASSENT.search(said, hedge.end()) else "hedge"
    if _assents(parts) or cues.CHOOSES.search(said):
        return "unsure"
    return _neither(said, parts, proposal)


def _declined(said: str, parts: list[str], proposal: str) -> Consent:
    """It is turned down; for something else?"""
    if _assents(parts):
        return "unsure"
    if cues.INSTEAD.search(said) is None or not (cues.WISH.search(said) or _news(parts, proposal)):
        return "no"
    return "change"


def _assents(parts: list[str]) -> bool:
    return any(_found(cues.ASSENT, part) for part in parts)


def _but_for(said: str) -> bool:
    """Is it agreed to but for one thing?"""
    return cues.OTHERS.search(said) is not None and cues.OTHERWISE.search(said) is not None


def _changes(said: str, parts: list[str], proposal: str) -> bool:
    """Does it want something else than what was proposed, and does not ask what that would be like?"""
    if cues.CONDITION.search(said) or _asks(parts):
        return False
    if (but := cues.BUT.search(said)) is not None and cues.CHANGE.search(said, but.start()):
        return cues.MURMURS.search(said) is None
    return cues.ONLY.search(said) is not None or (
        cues.INSTEAD.search(said) is not None and (_news(parts, proposal) or not proposal or said.endswith("?"))
    )


def _asks(parts: list[str]) -> bool:
    """Does it end with a question that asks for nothing to be done?"""
    return parts[-1].endswith("?") and cues.REQUEST.search(parts[-1]) is None


def _neither(said: str, parts: list[str], proposal: str) -> Consent:
    """Neither agreement nor anything against it."""
    weak = cues.WEAK.match(said) is not None
    if cues.PUTS_OFF.search(said) or (cues.CONDITION.search(said) and not weak):
        return "hedge"
    if "?" in said:
        polite = any(cues.POLITE.match(part) and cues.ECHO.search(part) for part in parts)
        settled = weak and not parts[0].endswith("?")
        return "unsure" if polite or settled or cues.RHETORIC.search(said) else "question"
    if not weak and not cues.DATA.search(proposal) and cues.FACT.search(said) and not cues.WARM.search(said):
        return "other"
    return "unsure"


def _news(parts: list[str], proposal: str) -> bool:
    """Do sentences name something that the proposal does not: an amount, a means of payment, a colour, a day?"""
    if not proposal:
        return False
    things = (
        thing.strip(".,-") for part in parts for thing in cues.THING.findall(cues.SINCE.sub(" ", cues.ORDINAL.sub("", part)))
    )
    unsaid = [thing for thing in things if not _named(thing, proposal) and not _named(_NUMBERS.get(thing, thing), proposal)]
    return any(not (cues.PAYMENT.fullmatch(thing) and _open(proposal)) for thing in unsaid)


def _named(thing: str, proposal: str) -> bool:
    """Does a proposal have it? A number as a whole, not in the middle of another one."""
    return thing in proposal and (not thing.isdigit() or re.search(rf"(?<!\d){thing}(?!\d)", proposal) is not None)


def _open(proposal: str) -> bool:
    """Does a proposal leave open how it is paid?"""
    return cues.WHICH.search(proposal) is not None or cues.PAYMENT.search(proposal) is None
