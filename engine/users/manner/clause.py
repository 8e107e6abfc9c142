"""A way of behaving as a value, and what it goes by: the customer's brief and their side of the conversation."""

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

import msgspec

from engine.conversation.events import Act, Spoke
from engine.conversation.views import View
from engine.scenario import Known, Scenario
from engine.speech.phrasebook import Phrasebook
from servers.domain import Domain

SETTLES = ("report", "refuse", "answer")
"""Families of acts with which an agent settles a request."""


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """One turn of the customer of a domain.

    `argument` is what stands behind a clause's name (`insists:2`), `random` its own randomness.
    """

    domain: Domain
    scenario: Scenario
    phrasebook: Phrasebook
    view: View
    random: Random
    argument: str = ""

    @property
    def opens(self) -> bool:
        """Has nobody said anything yet?"""
        return not any(isinstance(event, Spoke) for event in self.view.seen)

    def heard(self, family: str) -> tuple[Act, ...]:
        """The acts of a family in the agent's last message."""
        return tuple(act for act in self.view.heard() if of(act, family))

    def said(self, family: str) -> int:
        """How many acts of a family the customer has said so far; a family may name one kind."""
        return len([act for act in self.own() if of(act, family)])

    def told(self) -> set[str]:
        """The slots that the customer has said something for."""
        return {slot for act in self.own() for slot in act.slots}

    def begun(self) -> bool:
        """Has nothing been settled yet?"""
        return not any(act.kind.partition(".")[0] in SETTLES for act in self._acts("agent"))

    def known(self, request: int | None) -> dict[str, Known]:
        """What the brief has for a request, None for what is about the customer."""
        return {known.slot: known for known in self.scenario.knows if known.request == request}

    def can_say(self, act: Act) -> bool:
        """Are there words for an act with these slots?"""
        return self.phrasebook.wordings("user", act.kind, frozenset(act.slots)) > 0

    def own(self) -> Iterator[Act]:
        """All that the customer has said."""
        return self._acts("user")

    def _acts(self, party: str) -> Iterator[Act]:
        for event in self.view.seen:
            if isinstance(event, Spoke) and event.party == party:
                yield from event.meaning


Shape = Callable[[Turn, Sequence[Act]], Sequence[Act]]
"""What becomes of the acts that the customer would say."""

Wording = Callable[[str, Random, Random], str]
"""(text, habit, random): what becomes of a text in which every value is one character of Unicode's private use; those stay, in
their order. `habit` is the same in all messages of a conversation."""


class Clause(msgspec.Struct, frozen=True, kw_only=True):
    """One way of behaving. `told` says it to a model; it has words for an argument where it takes one.

    `shape` changes what is said, `wording` how it is written.
    """

    name: str
    told: str
    shape: Shape | None = None
    wording: Wording | None = None


def of(act: Act, family: str) -> bool:
    """Is an act of a family, or of that very kind?"""
    return act.kind == family or act.kind.startswith(f"{family}.")


def has(acts: Sequence[Act], family: str) -> bool:
    """Is one of them of a family?"""
    return any(of(act, family) for act in acts)


def plain(kind: str, **slots: Any) -> Act:
    """An act that names no wish."""
    return Act(kind=kind, slots=slots)
