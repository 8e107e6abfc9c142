"""Did the customer answer a proposal as their plot has it: took it back, changed their mind, asked for more beside their yes?"""

from collections.abc import Iterator, Sequence

import msgspec

from engine.conversation.events import Act
from engine.course import Course
from engine.scenario import Reaction

_sorted = msgspec.json.Encoder(order="sorted")


def misreactions(course: Course, due: Reaction | None, meaning: Sequence[Act]) -> Iterator[str]:
    """What is wrong with a message that answers proposals to which `due` is the plot's answer (None: it has none)."""
    said = {act.kind.partition(".")[0] for act in meaning}
    changes, withdraws = due is not None and due.change is not None, due is not None and due.withdraw
    if "confirm" in said and changes:
        yield "confirmed what it wants to be otherwise by now"
    elif "confirm" in said and withdraws:
        yield "confirmed what it wants to take back"
    if "rethink" in said:
        yield from _changed(due, meaning) if changes else ["changed its mind, for which there was no reason"]
    if "withdraw" in said and not withdraws:
        yield "took back what it wants"
    if due is not None and due.ask is not None and said & {"confirm", "withdraw"} and not changes:
        name = course.wishes[due.ask].recipe.name
        if f"request.{name}" not in {act.kind for act in meaning}:
            yield f"never asked for '{name}', which it wants beside its answer"


def _changed(due: Reaction | None, meaning: Sequence[Act]) -> Iterator[str]:
    """Was all that is to be otherwise told?"""
    told = {slot: value for act in meaning if act.kind == "inform" for slot, value in act.slots.items()}
    for slot, value in ((due.change if due is not None else None) or {}).items():
        if slot not in told or _sorted.encode(told[slot]) != _sorted.encode(value):
            yield f"changed its mind and did not tell the new '{slot}'"
