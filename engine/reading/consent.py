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
    if cues.OTHERWISE.search(said):
        return "change"
    if cues.NO.search(said) or cues.LOOKS.search(said):
        return "unsure"
    if cues.CONDITION.search(said) or cues.PUTS_OFF.search(said):
        return "hedge" if cues.PUTS_OFF.search(said) else "unsure"
    if cues.HEDGE.search(said):
        return "unsure" if any(_orders(part, proposal) for part in agreeing) else "hedge"
    if (but := cues.BUT.search(said)) is not None:
        return "change" if cues.CHANGE.search(said, but.start()) else "unsure"
    new = _news(agreeing, proposal)
    if cues.INSTEAD.search(said) and (new or not proposal):
        return "change" if new else "unsure"
    if cues.ONLY.search(said) or (cues.PERHAPS_INSTEAD.search(said) and new):
        return "unsure"
    beside = [part for part in parts if part not in agreeing and _adds(part)]
    if not all(cues.PAYMENT.search(part) and _open(proposal) for part in beside):
        return "unsure"
    if any("?" in part for part in agreeing) or new:
        return "unsure"
    return "yes"


def _adds(part: str) -> bool:
    """Does a sentence beside a yes ask for something that the proposal may not have?"""
    asked = cues.ADDS.search(part) or (cues.POLITE.match(part) and cues.ECHO.search(part))
    return asked is not None and cues.ELSE.search(part) is None


def _not_agreed(said: str, parts: list[str], proposal: str) -> Consent:
    """No plain yes is in it."""
    if cues.NO.search(said):
        return "change" if cues.INSTEAD.search(said) else "no"
    if cues.ALONE.fullmatch(said):
        return "yes" if cues.AGREES.search(said) else "unsure"
    if cues.OTHERWISE.search(said):
        return "change"
    if cues.HEDGE.search(said):
        return "hedge"
    if cues.CHOOSES.search(said):
        return "unsure"
    if _changes(said, parts, proposal):
        return "change"
    return _neither(said, parts, proposal)


def _changes(said: str, parts: list[str], proposal: str) -> bool:
    """Does it want something else than what was proposed?"""
    if (but := cues.BUT.search(said)) is not None and cues.CHANGE.search(said, but.start()):
        return True
    return cues.ONLY.search(said) is not None or (
        cues.INSTEAD.search(said) is not None and (_news(parts, proposal) or not proposal or said.endswith("?"))
    )


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
    things = (thing.strip(".,-") for part in parts for thing in cues.THING.findall(cues.SINCE.sub(" ", part)))
    unsaid = [thing for thing in things if thing not in proposal and _NUMBERS.get(thing, thing) not in proposal]
    return any(not (cues.PAYMENT.fullmatch(thing) and _open(proposal)) for thing in unsaid)


def _open(proposal: str) -> bool:
    """Does a proposal leave open how it is paid?"""
    return cues.WHICH.search(proposal) is not None or cues.PAYMENT.search(proposal) is None
