"""What parties that fail on purpose are made of: the expert, with the scenario and the world at hand.

A flaw changes one thing of it: a move on its way out, what the notebook comes to, or what is told to the expert of the
conversation so far. Where the flaw cannot be shown, the expert's own move is left as it is, byte for byte.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from engine.agents.expert import Expert
from engine.agents.flawed.golden import places
from engine.agents.notebook import Heard, Notebook
from engine.conversation.events import Act, Call, Called, Move, Returned, Spoke
from engine.conversation.views import Seen, View
from engine.scenario import Evidence, Scenario
from engine.speech.phrasebook import Phrasebook
from engine.synthesis.case import OpenCase, ReadKey, read_key
from engine.synthesis.patch import patched
from engine.toolboxes.calls import tool_call
from servers.domain import Domain, Outcome, ToolCall
from servers.frozen import Record
from servers.recipe import Answer, Decision, Refusal, Transfer, Write
from servers.replay import apply
from servers.state import State, World

ENOUGH = 3
"""How often the same is proposed before a party that got itself into a corner gives up."""

UNFIT = (LookupError, TypeError, ValueError, AttributeError, AssertionError)
"""What a recipe raises over something that it was not made for; such a thing is no flaw that could be shown."""


class Cornered(Exception):
    """A recipe cannot take what the agent's own wrong writes have made of the records."""


class KnowingNotebook(Notebook):
    """A notebook with the scenario, the calls that were made and the state that they have made."""

    def __init__(self, domain: Domain, world: World, scenario: Scenario, phrasebook: Phrasebook, view: View) -> None:
        self.scenario = scenario
        self._phrasebook = phrasebook
        self.state = world.open()
        self.made: set[ReadKey] = set()
        super().__init__(domain, world.facts, view)

    def _take(self, event: Seen, me: str) -> None:
        super()._take(event, me)
        if isinstance(event, Called):
            self.made.add(read_key(event.name, json_object(event.arguments)))
            carry_out(self.domain, self.state, event)

    def decisions(self, heard: Heard) -> tuple[Decision, ...]:
        """What the request comes to. Raises Cornered beside what a notebook raises."""
        try:
            return super().decisions(heard)
        except UNFIT as error:
            written = (called for called, answer in calls_made(self.seen) if self._is_write(called.name) and not answer.error)
            if all(places(self.domain, self.scenario, called) for called in written):
                raise
            raise Cornered from error

    def proofs(self, heard: Heard) -> Sequence[Evidence]:
        """What the scenario holds of a request's decisions; nothing of one that is not in it."""
        place = next(place for place, other in enumerate(self.requests) if other is heard)
        requests = self.scenario.requests
        if place >= len(requests) or requests[place].recipe != heard.recipe.name:
            return ()
        return [decision for decision in self.scenario.decisions if decision.request == place]

    def open_case(self, proof: Evidence, state: State) -> OpenCase:
        """A case that may read all of a state, for what the customer asked for."""
        params = self.scenario.requests[proof.request].params
        return OpenCase(self.domain, state, self.scenario.customer, params, backwards=not self.forwards())

    def otherwise(self, heard: Heard) -> Iterator[tuple[Evidence, State]]:
        """The stored worlds of a request that decide otherwise, as states that follow from what was done so far."""
        for proof in self.proofs(heard)[:1]:
            for edit in proof.edits:
                state = self.state.fork()
                try:
                    for change in edit.changes if edit.decides else ():
                        record = msgspec.to_builtins(state.get(change.table, change.key, Record)) or {}
                        kind = self.domain.tables[change.table]
                        state.put(change.table, change.key, msgspec.convert(patched(record, change.fields), kind))
                except UNFIT:
                    continue
                if edit.decides:
                    yield proof, state

    def elsewise(self, heard: Heard) -> Iterator[tuple[Decision, ...]]:
        """What a request would come to in each of its stored worlds that decides otherwise, where it can be said."""
        for proof, state in self.otherwise(heard):
            try:
                found = heard.recipe.solve(self.open_case(proof, state))
            except UNFIT:
                continue
            if self.sayable(found):
                yield found

    def sayable(self, found: Sequence[Decision]) -> bool:
        """Are there words for all of it? No customer comes to some decisions, and a domain has none for those."""
        acts = [act for decision in found for act in _acts(decision)]
        return all(self._phrasebook.wordings("agent", kind, slots) for kind, slots in acts)


class Knowing(Expert):
    """The expert as it may be spoiled. Gives up, and leaves, when it has got into a corner: a write of its own
    was refused, or has made of the records what no recipe knows, or the customer does not want what it proposes over and over.
    `notebook` is the kind that it keeps."""

    notebook: type[KnowingNotebook] = KnowingNotebook

    def __init__(self, domain: Domain, world: World, scenario: Scenario, phrasebook: Phrasebook) -> None:
        super().__init__(domain, world.facts, phrasebook)
        self.domain = domain
        self.world = world
        self.scenario = scenario

    async def move(self, view: View) -> Move | None:
        """The next move."""
        if self.was_refused(view) or _proposed(view) >= ENOUGH:
            return self._giving_up(view)
        try:
            return await self.honest(view)
        except Cornered:
            return self._giving_up(view)

    async def honest(self, view: View) -> Move | None:
        """What the expert would do with what it knows here."""
        return await super().move(view)

    def _giving_up(self, view: View) -> Move:
        text, meaning = self._say((Act(kind="farewell"),), view)
        return Move(text=text, meaning=meaning, leaves=True)

    def _open(self, view: View) -> Notebook:
        return self.notebook(self.domain, self.world, self.scenario, self._phrasebook, view)

    def was_refused(self, view: View) -> bool:
        """Has a tool just refused a write?"""
        called = next((event for event in reversed(view.seen) if isinstance(event, Called)), None)
        answer = view.seen[-1] if view.seen else None
        return isinstance(answer, Returned) and answer.error and called is not None and self.writes(called)

    def writes(self, call: Call | Called) -> bool:
        """Is it a call of a tool that writes?"""
        tool = self.domain.callable.get((call.name, "agent"))
        return tool is not None and tool.kind == "write"

    def written(self, move: Move | None) -> Call | None:
        """The write that a move makes."""
        return next((call for call in move.calls if self.writes(call)), None) if move is not None else None

    def read(self, move: Move | None) -> Call | None:
        """The read that a move makes."""
        tools = {name for (name, _), tool in self.domain.callable.items() if tool.kind == "read"}
        return next((call for call in move.calls if call.name in tools), None) if move is not None else None

    def state_after(self, seen: Sequence[Seen]) -> State:
        """The state that the calls of what was seen have made."""
        state = self.world.open()
        for event in seen:
            if isinstance(event, Called):
                carry_out(self.domain, state, event)
        return state

    def imagined(self, told: Sequence[Seen], call: Call, move: int) -> tuple[Called, Returned]:
        """A call as it would be answered, which nobody makes."""
        called = Called(party="agent", move=move, call=0, name=call.name, arguments=call.arguments)
        outcome = carry_out(self.domain, self.state_after(told), called)
        return called, Returned(party="agent", move=move, call=0, text=outcome.text, error=outcome.error)


def carry_out(domain: Domain, state: State, called: Call | Called) -> Outcome:
    """What a call comes to on a state, which it changes."""
    party = called.party if isinstance(called, Called) else "agent"
    call = tool_call(party, called.name, called.arguments)
    return apply(domain, state, call) if isinstance(call, ToolCall) else call


def json_object(arguments: str) -> dict[str, Any]:
    """A call's arguments, empty where they are malformed."""
    call = tool_call("agent", "", arguments)
    return dict(call.arguments) if isinstance(call, ToolCall) else {}


def calls_made(seen: Sequence[Seen]) -> list[tuple[Called, Returned]]:
    """The agent's answered calls, in order."""
    called = [event for event in seen if isinstance(event, Called) and event.party == "agent"]
    answers = [event for event in seen if isinstance(event, Returned) and event.party == "agent"]
    return list(zip(called, answers, strict=False))


def plain(write: Write) -> Any:
    """The arguments of a write as a call has them."""
    return msgspec.json.decode(msgspec.json.encode(write.arguments))


def turning_once(step: tuple[Act, ...]) -> tuple[Act, ...]:
    """Without a word about a next request where none follows, and not twice."""
    after = [*(act.kind for act in step[1:]), ""]
    idle = ("turn", "offer_more", "")
    return tuple(act for act, following in zip(step, after, strict=True) if act.kind != "turn" or following not in idle)


def _acts(decision: Decision) -> Iterator[tuple[str, frozenset[str]]]:
    """The kinds of acts in which a decision is said, with the slots that each says."""
    yield from ((f"chose.{choice.act}", frozenset(choice.stated)) for choice in decision.chose)
    match decision:
        case Refusal(act=act, stated=stated):
            yield f"refuse.{act}", frozenset(stated)
        case Answer(act=act, stated=stated):
            yield f"answer.{act}", frozenset(stated)
        case Write(act=act, stated=stated, told=told, echoes=echoes):
            yield f"propose.{act}", frozenset(stated)
            yield f"report.{act}", frozenset(told) | frozenset(echoes)
        case Transfer():
            yield "transfer", frozenset()


def _proposed(view: View) -> int:
    """How often the agent has proposed what it proposed last, without being told yes."""
    spoke = [event for event in view.seen if isinstance(event, Spoke)]
    if not spoke or spoke[-1].party == view.party or any(act.kind == "confirm" for act in spoke[-1].meaning):
        return 0
    proposed = [
        (act.kind, msgspec.json.encode(act.slots, order="sorted"))
        for event in spoke
        if event.party == view.party
        for act in event.meaning
        if act.kind.startswith("propose.")
    ]
    return proposed.count(proposed[-1]) if proposed else 0
