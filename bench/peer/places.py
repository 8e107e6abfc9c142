"""Which conversation a request is of, and how far that has come: told by the messages alone, as a model would.

A customer's system prompt has the brief in it, an agent's first message from the customer is one that no other customer begins
with. Both are looked up; only a system prompt that is seen for the first time is searched.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from engine.conversation.events import Move
from engine.models.rehearsed import Part, completion, place
from servers.domain import Party

Row = Mapping[str, Any]

_BEGINS = ("[The customer is here.]",)
"""What is no word of the customer's."""
_NOTE = "\n\n["
"""What stands behind a message and is told to the model by the engine begins so."""
_WORDING = ("The message to put into your words:\n", "\n\nWhat it does:")
_STATEMENTS = "The statements:"


class BadParts(ValueError):
    """Parts that cannot be told from each other."""


class Unknown(Exception):
    """A request of a conversation that nobody here knows."""


class Place(msgspec.Struct, frozen=True):
    """A request's conversation, whose move it is, how many of those were made, and the one that comes next."""

    conversation: str
    role: Party
    made: int
    move: Move | None


class Places:
    """Finds places. `parts` and `briefs` are by the conversation's name. Raises BadParts."""

    def __init__(self, parts: Mapping[str, Part], briefs: Mapping[str, str]) -> None:
        self._parts = parts
        self._briefs = sorted(((brief, name) for name, brief in briefs.items() if brief and name in parts), key=_longest_first)
        self._customers: dict[str, str | None] = {}
        self._openings: dict[str, str] = {}
        for name, part in parts.items():
            opening = part["user"][0].text if part["user"] else ""
            if (other := self._openings.setdefault(opening, name)) != name:
                raise BadParts(f"{other} and {name} begin with the same words, an agent cannot tell them apart: leave one out")

    def of(self, rows: Sequence[Row]) -> Place:
        """The place of a request with these messages. Raises Unknown."""
        name = self._customer(rows[0]["content"])
        role: Party = "agent" if name is None else "user"
        if name is None:
            name = self._openings.get(_opening(rows))
        if name is None:
            raise Unknown
        return Place(name, role, *place(self._parts[name][role], rows))

    def _customer(self, system: str) -> str | None:
        """Whose brief is in a system prompt; None where it is an agent's."""
        if system not in self._customers:
            self._customers[system] = next((name for brief, name in self._briefs if brief in system), None)
        return self._customers[system]


def _longest_first(named: tuple[str, str]) -> int:
    return -len(named[0])


def _opening(rows: Sequence[Row]) -> str:
    """The first words of the customer."""
    for row in rows:
        if row["role"] == "user" and not row["content"].startswith(_BEGINS):
            return str(row["content"].partition(_NOTE)[0])
    return ""


def aside(rows: Sequence[Row], asked: int) -> bytes | None:
    """What a model answers that plays no part: it words a message as it is, and finds every statement true."""
    last = rows[-1]["content"]
    if not isinstance(last, str):
        return None
    if _STATEMENTS in last:
        return completion({"role": "assistant", "content": "[true, true]"}, "stop", asked)
    if _WORDING[0] in last:
        text = last.partition(_WORDING[0])[2].partition(_WORDING[1])[0]
        return completion({"role": "assistant", "content": text}, "stop", asked)
    return None
