"""What a good agent says to a customer's manner before it goes on: to chatter, side questions, moods, and to who insists."""

from collections.abc import Mapping, Sequence

from engine.conversation.events import Act, Spoke
from engine.conversation.views import View

_ANSWERS: Mapping[str, str] = {
    "insist.loyal": "firm.noted",
    "insist.friend": "firm.noted",
    "insist": "firm",
    "ask_why": "reason",
    "aside": "aside",
    "offtopic": "off_topic",
    "looking": "wait",
    "mistyped": "no_harm",
    "wrong_before": "no_harm",
    "upset": "sympathy",
    "hurry": "quick",
    "apology": "reassured",
    "impatient": "patience",
    "chat": "small_talk",
    "once_more": "understood",
}
"""What is said to an act of a kind or family, the most urgent first; to a question about how this works the answer of the
same name."""

_ONCE = frozenset(("sympathy", "quick", "patience", "reassured", "understood"))
"""What would be too much a second time."""

_REFUSED = frozenset(("firm", "firm.noted", "reason"))


def courteous(view: View, step: Sequence[Act]) -> tuple[Act, ...]:
    """What answers the manner of the customer's last message; a refusal on which they insist is said again, in other words."""
    if not step or any(act.kind == "transfer" for act in step):
        return ()
    answer = _answer(view)
    if answer not in _REFUSED:
        return (Act(kind=answer),) if answer else ()
    refusal = next((act for act in reversed(_said(view)) if act.kind.startswith("refuse.")), None)
    again = () if refusal is None else (Act(kind=f"still.{refusal.kind.partition('.')[2]}", slots=refusal.slots),)
    return (Act(kind=answer), *again)


def parting(view: View, step: tuple[Act, ...]) -> tuple[Act, ...]:
    """Whoever has hung up is not told how nice it was."""
    if not any(act.kind == "bye.fed_up" for act in view.heard()):
        return step
    return tuple(Act(kind="farewell.plain") if act.kind == "farewell" else act for act in step)


def _answer(view: View) -> str:
    """One answer is enough for a message; empty where none is due."""
    said = {act.kind for act in _said(view)}
    for kind, answer in _ANSWERS.items():
        for act in view.heard():
            meant = act.kind == kind or act.kind.partition(".")[0] == kind
            if meant and not (answer in _ONCE and answer in said):
                return act.kind if kind == "aside" else answer
    return ""


def _said(view: View) -> list[Act]:
    """All that the agent has said."""
    return [act for event in view.seen if isinstance(event, Spoke) and event.party == view.party for act in event.meaning]
