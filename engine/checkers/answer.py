"""Was what had to be told told, what had to be refused refused with its reason, and who had to be handed over so?

Nothing passes by silence.
"""

import re
from collections.abc import Iterator

from engine.checkers.finding import Finding
from engine.checkers.recording import Recording
from engine.scenario import Refused

CUES = (
    *("can't", "cannot", "can not", "unable", "not able", "isn't able", "won't be able", "can no longer", "nothing from"),
    *("isn't possible", "not possible", "won't be possible", "isn't an option", "not an option", "no way to", "too late"),
    *(
        "decline",
        "turn down",
        "have to say no",
        "isn't a reason",
        "is not a reason",
        "isn't one of them",
        "isn't one of",
        "no reason to",
        "nothing to change",
        "nothing to swap",
    ),
    *("another account", "different account", "only with", "only for", "can only", "only when", "only while"),
    *("not allowed", "isn't allowed", "don't allow", "do not allow", "doesn't allow", "not eligible", "isn't eligible"),
    *("not available", "isn't available", "unavailable", "don't have", "do not have"),
)
"""Lower-case pieces of text of which a refusal in plain English has at least one."""


def check(recording: Recording) -> Finding:
    """Texts must stand in one of the agent's messages (case and thousands commas aside); a refusal needs its rule."""
    expected = recording.scenario.answer
    if not expected.tell and not expected.refuse and expected.transfer is None:
        return Finding(check="answer", result="not judged", detail="nothing had to be told or refused")
    events: list[int] = []
    if expected.transfer is not None:
        if (handed := _handed_over(recording)) is None:
            missing = f"the customer was never handed over, for '{expected.transfer}'"
            return Finding(check="answer", result="fail", detail=missing)
        events.append(handed)
    for text in expected.tell:
        number = _told(recording, text)
        if number is None:
            return Finding(check="answer", result="fail", detail=f"the customer never heard '{text}'")
        events.append(number)
    unsure = ""
    for refusal in expected.refuse:
        found = _refused(recording, refusal)
        if found is None:
            missing = f"request {refusal.request} was never refused for '{refusal.rule}'"
            return Finding(check="answer", result="fail", detail=missing)
        number, sure = found
        events.append(number)
        unsure = unsure if sure else f"request {refusal.request} was refused, whether for '{refusal.rule}' is not clear"
    return Finding(check="answer", result="unsure" if unsure else "pass", detail=unsure, events=tuple(dict.fromkeys(events)))


def _handed_over(recording: Recording) -> int | None:
    """The event of the call by which the agent handed the customer over."""
    made = ((played.event, played.call) for played in recording.calls if played.call and not played.outcome.error)
    ending = (event for event, call in made if call.requestor == "agent" and recording.domain.ends(call.name, "agent"))
    return next(ending, None)


def plain(text: str) -> str:
    """Text as the public benchmark compares it: lower case, without commas."""
    return text.lower().replace(",", "")


def _told(recording: Recording, text: str) -> int | None:
    """The first message that has the text. A number of our own scenarios is not heard in the middle of another one;
    tasks of the public benchmark are judged as it judges them."""
    wanted = re.escape(plain(text))
    if recording.scenario.requests:
        wanted = rf"(?<![\d.]){wanted}(?!\d)" if text[:1].isdigit() else wanted
    return next((number for number, event in recording.said_by_agent() if re.search(wanted, plain(event.text))), None)


def _refused(recording: Recording, refusal: Refused) -> tuple[int, bool] | None:
    """The event of a refusal, and whether its reason is certain; by meaning where there is one, otherwise by words."""
    acts = recording.acts_of_agent()
    if acts:
        return next(((number, True) for number, act in acts if act.kind == f"refuse.{refusal.rule}"), None)
    surfaces = next((rule.surfaces for rule in recording.domain.rules if rule.name == refusal.rule), ())
    unclear: int | None = None
    for number, event in recording.said_by_agent():
        for near in _refusing(event.text):
            if any(surface in near for surface in surfaces):
                return number, True
            unclear = number if unclear is None else unclear
    return (unclear, False) if unclear is not None else None


def _refusing(text: str) -> Iterator[str]:
    """Every sentence that has a cue of a refusal, with the two before and after it: the reason often stands there."""
    sentences = re.split(r"(?<=[.!?:])\s+", text.lower().replace("’", "'"))
    for place, sentence in enumerate(sentences):
        if any(cue in sentence for cue in CUES):
            yield " ".join(sentences[max(place - 2, 0) : place + 3])
