"""A yes before each write: given after its details were stated, and since the customer's last change of wish."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from engine.checkers.conduct.fault import Fault
from engine.checkers.conduct.stating import plain, stands
from engine.checkers.recording import Played, Recording
from engine.conversation.events import Spoke
from engine.reading.consent import Consent, read
from servers.arguments import decode
from servers.domain import Detail, ToolRefused

_WHICH = re.compile(r"\b(?:which|what)\b[^.?!\n]*\b(?:like|prefer|use|choose|want|wish)\b", re.IGNORECASE)
"""The agent asks for a choice: what the customer then wishes is an answer, and whether it is a change as well is left open."""

_sorted = msgspec.json.Encoder(order="sorted")


_NO = ("no", "hedge", "change")


class _Message(NamedTuple):
    """A message of the customer: how it answers. `certain`: by its meaning, not read from its text."""

    event: int
    answer: Consent
    certain: bool


def faults(recording: Recording) -> Iterator[Fault]:
    """The agent's confirmed writes that no yes covers; refused ones too, as long as the tool understood them."""
    talk: _Talk | None = None
    for played in recording.calls:
        details = _details(recording, played)
        if details is None:
            if recording.is_write(played.call) and played.call is not None and played.call.requestor == "agent":
                talk = talk or _Talk(recording)
                yield from _declined(talk, played)
            continue
        talk = talk or _Talk(recording)
        fault = _uncovered(talk, played, details) or _repeated(recording, talk, played)
        if fault is not None:
            yield fault


def _declined(talk: "_Talk", played: Played) -> Iterator[Fault]:
    """What needs no yes must not be done after a no."""
    before = [each for each in talk.answers if each.event < played.event]
    if before and before[-1].certain and before[-1].answer in _NO and played.call is not None:
        yield Fault(played.event, f"the customer had declined it ({played.call.name})")


def _details(recording: Recording, played: Played) -> Sequence[Detail] | None:
    """What the customer must have heard; None for a call that needs no yes."""
    call = played.call
    tool = recording.domain.callable.get((call.name, call.requestor)) if call is not None else None
    if call is None or tool is None or not tool.confirmed or call.requestor != "agent":
        return None
    try:
        arguments = decode(tool, call.arguments)
    except ToolRefused:
        return None
    return tool.details(played.before, arguments) if tool.details is not None else ()


class _Talk:
    """What was said, as far as consent needs it."""

    def __init__(self, recording: Recording) -> None:
        self.stated: list[tuple[int, str]] = []
        self.said: list[tuple[int, str]] = []
        self.answers: list[_Message] = []
        heard = ""
        for number, event in enumerate(recording.events):
            if not isinstance(event, Spoke) or not event.text:
                continue
            if event.party == "agent":
                heard = event.text
                if not event.meaning or any(act.kind.startswith("propose.") for act in event.meaning):
                    self.stated.append((number, plain(event.text)))
            else:
                self.said.append((number, plain(event.text)))
                self.answers.append(_answer(number, event, heard))

    def missing(self, details: Sequence[Detail], since: int, until: int) -> list[Detail]:
        """The details that the agent has not stated between two events."""
        text = "\n".join([said for number, said in self.stated if since < number < until])
        return [detail for detail in details if not any(stands(way, _apart(detail, text)) for way in detail.ways)]

    def offered(self, detail: Detail, until: int) -> bool:
        """Did the customer say it themselves, or the kind of thing that it is (`gift_card_12` is a gift card)?"""
        text = "\n".join([said for number, said in self.said if number < until])
        kinds = [kind.replace("_", " ") for kind, _, number in (way.rpartition("_") for way in detail.ways) if number.isdigit()]
        return any(stands(way, text) for way in (*detail.ways, *kinds, *(f"{kind}s" for kind in kinds)))


def _apart(detail: Detail, text: str) -> str:
    """The text without what contains a way to say the detail and means something else."""
    for other in detail.others:
        text = text.replace(other, "")
    return text


def _answer(number: int, event: Spoke, heard: str) -> _Message:
    kinds = {act.kind for act in event.meaning}
    if not kinds:
        answer = read(event.text, heard)
        return _Message(number, "unsure" if answer == "change" and _WHICH.search(heard) else answer, False)
    if {kind.partition(".")[0] for kind in kinds} & {"correct", "decline", "rethink", "withdraw"}:
        return _Message(number, "change", True)
    return _Message(number, "yes" if "confirm" in kinds else "question", True)


def _uncovered(talk: _Talk, played: Played, details: Sequence[Detail]) -> Fault | None:
    """Why no yes covers a call, None where one does."""
    event, name = played.event, played.call.name if played.call else ""
    before = [each for each in talk.answers if each.event < event]
    changed = max((each.event for each in before if each.answer == "change"), default=-1)
    exact = bool(before) and before[-1].certain
    yes = max((each.event for each in before if each.answer == "yes" and each.event > changed), default=None)
    if yes is not None:
        taken_back = _taken_back(before, yes, event, name)
        missing = talk.missing(details, changed if exact else -1, yes)
        certain = taken_back is not None and taken_back.certain
        return _unstated(talk, before, yes, event, missing, name) if missing and not certain else taken_back
    agreed = any(each.answer == "yes" for each in before)
    why = "the customer changed their wish after the yes" if agreed else f"no yes from the customer{_instead(before)}"
    certain = exact or not agreed  # whether what was read as a change is of this wish, a text does not say
    return Fault(event, f"{why} ({name})", certain and not _perhaps(talk, before, changed, event, details))


def _unstated(talk: _Talk, before: Sequence[_Message], yes: int, event: int, missing: Sequence[Detail], name: str) -> Fault:
    """Details that were not stated before the yes. What the customer said themselves is no surprise to them: whether a
    model's text stands by it is left open.
    """
    said = [] if before[-1].certain else [each for each in missing if talk.offered(each, event)]
    if len(said) == len(missing):
        return Fault(event, f"details that only the customer stated: {missing[0].name} ({name})", False)
    first = next(each for each in missing if each not in said)
    if talk.missing([first], yes, event):
        return Fault(event, f"details that were never stated: {first.name} ({name})")
    open_still = _perhaps(talk, before, yes, event, missing)
    return Fault(event, f"the yes came before the details: {first.name} ({name})", not open_still)


def _instead(before: Sequence[_Message]) -> str:
    last = before[-1].answer if before else ""
    return {"hedge": ", only a hedge", "no": ", who said no", "change": ", who asked for something else"}.get(last, "")


def _perhaps(talk: _Talk, before: Sequence[_Message], since: int, event: int, details: Sequence[Detail]) -> bool:
    """May a message after that have been the yes: unclear, after the last that was none, after some detail was stated, and
    after all that the customer did not say themselves?"""
    since = max((each.event for each in before if each.answer in _NO), default=since)
    unclear = [each.event for each in before if each.answer == "unsure" and each.event > since]
    wanted = [each for each in details if not talk.offered(each, event)] if unclear else []
    proposed = [number for number in unclear if not details or len(talk.missing(details, -1, number)) < len(details)]
    return any(not talk.missing(wanted, -1, number) for number in proposed)


def _taken_back(before: Sequence[_Message], yes: int, event: int, name: str) -> Fault | None:
    """What was said after the yes may have been about it, or about something else."""
    if before[-1].answer == "no" and before[-1].event > yes:
        return Fault(event, f"the customer took their yes back ({name})")
    perhaps = any(each.answer in ("no", "hedge", "unsure") and each.event > yes for each in before)
    return Fault(event, f"the customer may have changed their wish after the yes ({name})", False) if perhaps else None


def _repeated(recording: Recording, talk: _Talk, played: Played) -> Fault | None:
    """The very same write carried out twice for one yes."""
    if played.outcome.error or played.call is None:
        return None
    key = _sorted.encode([played.call.name, played.call.arguments])
    same = [
        each.event
        for each in recording.writes
        if each.event < played.event and each.call and _sorted.encode([each.call.name, each.call.arguments]) == key
    ]
    again = any(each.answer == "yes" and same[-1] < each.event < played.event for each in talk.answers) if same else True
    return None if again else Fault(played.event, f"done twice for one yes ({played.call.name})")
