"""What is told is not so."""

from collections.abc import Sequence
from random import Random
from typing import Any

from msgspec.structs import replace

from engine.agents.flawed.knowing import Knowing
from engine.conversation.events import Act
from engine.conversation.views import View


class WrongAmount(Knowing):
    """Tells another amount than it is, when it reports what it did or answers what it was asked."""

    def _say(self, acts: Sequence[Act], view: View) -> tuple[str, tuple[Act, ...]]:
        random = view.random.throughout("amount")
        told = [replace(act, slots=_otherwise(act.slots, random)) if _tells(act) else act for act in acts]
        return super()._say(told, view)


def _tells(act: Act) -> bool:
    return act.kind.partition(".")[0] in ("report", "answer")


def _otherwise(value: Any, random: Random) -> Any:
    """The same with other amounts; one in whole dollars stays whole."""
    if isinstance(value, float):
        more = 1000 + int(random.random() * 8000)
        return value + more if value.is_integer() else round(value + more + 0.37, 2)
    if isinstance(value, dict):
        return {name: _otherwise(part, random) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_otherwise(part, random) for part in value]
    return value
