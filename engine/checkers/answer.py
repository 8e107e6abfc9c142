"""Was what had to be told told, what had to be refused refused with its reason, and who had to be handed over so?

Nothing passes by silence.
"""

import re
from collections.abc import Iterator

from engine.checkers.finding import Finding, Result
from engine.checkers.recording import Recording
from engine.conversation.events import Spoke
from engine.reading.refusing import refuses
from engine.scenario import Refused


def check(recording: Recording) -> Finding:
    """Texts must stand in one of the agent's messages (case and thousands commas aside); a refusal needs its rule, and what
    nothing forbids must not be refused."""
    expected = recording.scenario.answer
    if (wrong := _refused_for_nothing(recording)) is not None:
        number, rule = wrong
        return Finding(check="answer", result="fail", detail=f"refused what is allowed: '{rule}'", events=(number,))
    if not expected.tell and not expected.refuse and expected.transfer is None:
        return Finding(check="answer", result="not judged", detail="nothing had to be told or refused")
    found = [*_handed_over(recording), *_told(recording), *_refused(recording), *_meant(recording)]
    events = tuple(dict.fromkeys(event for _, event, _ in found if event is not None))
    for result in _WORST:
        if missing := [detail for each, _, detail in found if each == result]:
            return Finding(check="answer", result=result, detail=missing[0], events=() if result == "fail" else events)
    return Finding(check="answer", result="pass", events=events)


_WORST: tuple[Result, ...] = ("fail", "unsure")

_Due = tuple[Result, int | None, str]
"""What became of something that was due, in which event, and what is wrong with it."""


def _handed_over(recording: Recording) -> Iterator[_Due]:
    if (rule := recording.scenario.answer.transfer) is not None:
        event = handed_over(recording)
        yield "fail" if event is None else "pass", event, f"the customer was never handed over, for '{rule}'"


def _told(recording: Recording) -> Iterator[_Due]:
    for text in recording.scenario.answer.tell:
        event = told(recording, text)
        yield "fail" if event is None else "pass", event, f"the customer never heard '{text}'"


def _meant(recording: Recording) -> Iterator[_Due]:
    """By meaning alone: what the customer takes back was proposed to them, and each question has an answer of its own."""
    acts = recording.acts_of_agent
    if not acts:
        return
    answers = [number for number, act in acts if act.kind.startswith("answer.")]
    for outcome, found, what in (("declined", taken_back(recording), "proposed"), ("answer", answers, "answered")):
        requests = [decision.request for decision in recording.scenario.decisions if decision.outcome == outcome]
        for place, request in enumerate(requests):
            event = found[place] if place < len(found) else None
            yield "fail" if event is None else "pass", event, f"request {request} was never {what}"


def _refused(recording: Recording) -> Iterator[_Due]:
    for refusal, found in zip(recording.scenario.answer.refuse, recording.once(refused), strict=True):
        if found is None:
            yield "fail", None, f"request {refusal.request} was never refused for '{refusal.rule}'"
        else:
            number, sure = found
            what = f"request {refusal.request} was refused, whether for '{refusal.rule}' is not clear"
            yield "pass" if sure else "unsure", number, what


def _refused_for_nothing(recording: Recording) -> tuple[int, str] | None:
    """By meaning alone: the first refusal for a rule that forbids nothing of what was asked."""
    due = {refusal.rule for refusal in recording.scenario.answer.refuse}
    said = (
        (number, act.kind.removeprefix("refuse.")) for number, act in recording.acts_of_agent if act.kind.startswith("refuse.")
    )
    return next(((number, rule) for number, rule in said if rule not in due), None)


def handed_over(recording: Recording) -> int | None:
    """The event of the call by which the agent handed the customer over."""
    made = ((played.event, played.call) for played in recording.calls if played.call and not played.outcome.error)
    ending = (event for event, call in made if call.requestor == "agent" and recording.domain.ends(call.name, "agent"))
    return next(ending, None)


def taken_back(recording: Recording) -> list[int]:
    """By the meanings of both: the messages with a proposal that the customer took back."""
    found, proposed = list[int](), None
    for number, event in enumerate(recording.events):
        if not isinstance(event, Spoke):
            continue
        kinds = [act.kind for act in event.meaning]
        if event.party == "user":
            found += [proposed] if proposed is not None and any(kind.startswith("withdraw") for kind in kinds) else []
        elif "ask.sure" not in kinds:
            proposed = number if any(kind.startswith("propose.") for kind in kinds) else None
    return found


def plain(text: str) -> str:
    """Text as the public benchmark compares it: lower case, without commas."""
    return text.lower().replace(",", "")


def told(recording: Recording, text: str) -> int | None:
    """The first message that has the text. A number of our own scenarios is not heard in the middle of another one;
    tasks of the public benchmark are judged as it judges them."""
    wanted = re.escape(plain(text))
    if recording.scenario.requests:
        wanted = rf"(?<![\d.]){wanted}(?!\d)" if text[:1].isdigit() else wanted
    return next((number for number, event in recording.said_by_agent if re.search(wanted, plain(event.text))), None)


def refused(recording: Recording) -> list[tuple[int, bool] | None]:
    """For each refusal that is due: the event in which it was said, and whether its reason is certain.

    By meaning where there is one, each act counting once; otherwise by words.
    """
    due, acts = recording.scenario.answer.refuse, recording.acts_of_agent
    if not acts:
        return [_worded(recording, refusal) for refusal in due]
    said = {rule: iter([number for number, act in acts if act.kind == f"refuse.{rule}"]) for rule in {each.rule for each in due}}
    return [None if (number := next(said[refusal.rule], None)) is None else (number, True) for refusal in due]


def _worded(recording: Recording, refusal: Refused) -> tuple[int, bool] | None:
    """The first message that refuses for this rule; else one that refuses, the reason not being clear; else one that may."""
    refusing: int | None = None
    perhaps: int | None = None
    for number, event in recording.said_by_agent:
        read = refuses(event.text, recording.domain.rules, refusal.rule)
        if read == "yes":
            return number, True
        if read == "unsure" and refusing is None and refuses(event.text) == "yes":
            refusing = number
        if read == "unsure" and perhaps is None:
            perhaps = number
    unclear = perhaps if refusing is None else refusing
    return None if unclear is None else (unclear, False)
