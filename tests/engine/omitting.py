"""An agent that makes one read less: what that read would answer it takes from the world without a call, and decides rightly."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from engine.agents.flawed.knowing import Knowing, KnowingNotebook
from engine.agents.notebook import Heard, HeardCase
from engine.casting import Casting
from engine.checkers.verdict import Verdict
from engine.conversation.conversation import Conversation
from engine.conversation.converse import Player
from engine.conversation.events import Called, Event
from engine.conversation.views import View
from engine.journal import Entry
from engine.scenario import Scenario, StoredEdit
from engine.simulation import Job, Stage, play
from engine.synthesis.baselines import edited
from engine.synthesis.case import OpenCase, ReadKey, read_key
from engine.synthesis.evidence import answer
from engine.synthesis.settling import settle
from engine.toolboxes.calls import tool_call
from engine.toolboxes.direct import DirectToolbox
from engine.worlds import Worlds
from servers.domain import Domain, Party, ToolCall
from servers.recipe import Decision, Write
from servers.replay import apply
from servers.state import State, World


class _Book(KnowingNotebook):
    """Decides with one read taken from the world."""

    def __init__(self, omitted: ReadKey, *given: Any) -> None:
        self.omitted = omitted
        super().__init__(*given)

    def decisions(self, heard: Heard) -> tuple[Decision, ...]:
        if heard.decided is not None:
            return super().decisions(heard)
        return heard.recipe.solve(_Case(self, heard, self._results))


class _Case(HeardCase):
    def read(self, tool: str, /, **arguments: Any) -> Any:
        book = self._book
        assert isinstance(book, _Book)
        if read_key(tool, arguments) != book.omitted:
            return super().read(tool, **arguments)
        return OpenCase(book.domain, book.state, self.customer, {}).read(tool, **arguments)


class Omitting(Knowing):
    """The expert, but for one read that it never makes for a decision."""

    def __init__(self, omitted: ReadKey, *given: Any) -> None:
        super().__init__(*given)
        self.omitted = omitted

    def _open(self, view: View) -> _Book:
        return _Book(self.omitted, self.domain, self.world, self.scenario, self._phrasebook, view)


class _OmittingCast(Casting):
    def __init__(self, omitted: ReadKey) -> None:
        super().__init__()
        self._omitted = omitted

    def players(self, domain: Domain, world: World, scenario: Scenario) -> Mapping[Party, Player]:
        agent = Omitting(self._omitted, domain, world, scenario, self.phrasebook(domain))
        return {**super().players(domain, world, scenario), "agent": agent}


class _Nowhere:
    async def send(self, entry: Entry) -> None:
        """Nobody keeps it."""


async def played(scenario: Scenario, casting: Casting, worlds: Worlds) -> tuple[list[Event], Verdict]:
    """One conversation over the direct toolbox."""
    conversation = Conversation()
    stage = Stage(casting=casting, worlds=worlds, toolbox=DirectToolbox())
    verdict = await play(Job(place=0, scenario=scenario, trial=0), conversation, stage, _Nowhere())
    return conversation.events, verdict


async def without(scenario: Scenario, omitted: ReadKey, worlds: Worlds) -> Verdict | None:
    """The verdict on an agent that leaves out this read; None where it was made all the same, to find out who is asking."""
    events, verdict = await played(scenario, _OmittingCast(omitted), worlds)
    return None if omitted in {read_key(call.name, call.arguments) for call in calls(events)} else verdict


def evidence(scenario: Scenario) -> list[ReadKey]:
    """The evidence reads of its certificates, each once."""
    reads = (read for decision in scenario.decisions for read in decision.certificate if read.role == "evidence")
    return list(dict.fromkeys(read_key(read.name, read.arguments) for read in reads))


def is_necessary(scenario: Scenario, read: ReadKey, made: Sequence[ToolCall], worlds: Worlds) -> bool:
    """Is there a stored edit that turns a decision, and that this read shows, but none of the other calls `made` before it?

    Another request of the same customer may have read, or changed and been shown, what tells it as well.
    """
    domain, world = worlds.of(scenario)
    keys = [read_key(call.name, call.arguments) for call in made]
    for settled in settle(domain, world.open(), scenario.customer, scenario.requests, scenario.plot):
        own = {read_key(each.tool, each.arguments) for each in settled.decisions if isinstance(each, Write)}
        acted = next((place for place, key in enumerate(keys) if key in own), len(keys))
        others = [call for call, key in zip(made[:acted], keys, strict=False) if key != read]
        decisions = (each for each in scenario.decisions if each.request == settled.place)
        for edit in (edit for decision in decisions for edit in decision.edits if edit.decides):
            after = edited(domain, settled.before, edit)
            if answer(domain, settled.before, read) == answer(domain, after, read):
                continue
            if not any(_differ(domain, state, edit, others) for state in (world.open(), settled.before)):
                return True
    return False


def _differ(domain: Domain, state: State, edit: StoredEdit, made: Sequence[ToolCall]) -> bool:
    """Would one of these calls be answered otherwise if the edit held? One of a record that is not there yet changes nothing."""
    try:
        before, after = state.fork(), edited(domain, state, edit)
    except msgspec.ValidationError:
        return False
    return any(apply(domain, before, call).text != apply(domain, after, call).text for call in made)


def calls(events: Iterable[Event]) -> list[ToolCall]:
    """The calls of a conversation, the malformed ones left out."""
    found = (tool_call(event.party, event.name, event.arguments) for event in events if isinstance(event, Called))
    return [call for call in found if isinstance(call, ToolCall)]
