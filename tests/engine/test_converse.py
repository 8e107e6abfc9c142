"""The driver: from wherever a conversation stands it comes to the same end, and failures are recorded as whose they are."""

from collections.abc import Callable, Sequence

import anyio
import msgspec
import pytest

from engine.casting import Casting
from engine.clock import run_virtual
from engine.conversation.conversation import Conversation
from engine.conversation.converse import EnvironmentFailed, Limits, Table, converse
from engine.conversation.events import Call, Called, Closed, Event, Failed, Move, Opened, Replied, Returned, Spoke
from engine.conversation.views import View
from engine.randomness import Randomness
from engine.scenario import Scenario
from engine.toolboxes.direct import DirectToolbox
from servers.domain import Outcome, Party
from tests.engine.stages import LIGHTS, Listed, begun, says, scenarios, table, world, written

LOOK = Call(name="get_lamp", arguments='{"lamp_id": "L1"}')
RESET = Call(name="reset_lamp", arguments='{"lamp_id": "L1", "mode": "full"}')
SEE = Call(name="look_at_lamp", arguments='{"lamp_id": "L1"}')

CASTING = Casting()


async def nowhere(_event: Event) -> None:
    """Emits to nobody."""


def cast(scenario: Scenario, past: Sequence[Event]) -> tuple[Conversation, Table]:
    """The expert and the scripted user, at a conversation that has some events already."""
    roles: tuple[Party, ...] = ("agent", "user")
    opened = Opened(domain=LIGHTS.name, scenario=scenario.id, trial=0, first="user")
    conversation = Conversation(past or [opened])
    return conversation, Table(
        players=CASTING.players(LIGHTS, world(), scenario),
        tools=DirectToolbox().open("c", LIGHTS, world(), conversation.events),
        random={role: Randomness(seed=1, scenario=scenario.id, trial=0, role=role) for role in roles},
    )


def with_user_call() -> list[Scenario]:
    """Scenarios in which the customer looks at their lamp, because it is not recalled."""
    return [scenario for scenario in scenarios() if scenario.gold.writes]


@pytest.mark.parametrize("place", range(4))
def test_resumed_at_every_event_the_expert_and_the_user_end_with_the_same_bytes(place: int) -> None:
    scenario = with_user_call()[place]
    conversation, cast_table = cast(scenario, [])
    run_virtual(converse, conversation, cast_table, nowhere)
    assert any(isinstance(event, Called) and event.party == "user" for event in conversation.events)
    for cut in range(1, len(conversation.events)):
        resumed, table_of_rest = cast(scenario, conversation.events[:cut])
        run_virtual(converse, resumed, table_of_rest, nowhere)
        assert written(resumed.events) == written(conversation.events), f"cut before event {cut}"


class Ending:
    """The lamps' tools, and one named `end` that ends the conversation for both parties."""

    def __init__(self, past: Sequence[Event]) -> None:
        self._tools = DirectToolbox().open("c", LIGHTS, world(), past)

    async def call(self, party: Party, name: str, arguments: str) -> tuple[Outcome, bool]:
        if name == "end":
            return Outcome(text="ended"), True
        return await self._tools.call(party, name, arguments)


SCRIPTS: dict[str, tuple[list[Move | None], list[Move | None]]] = {
    "many calls in a move, beside words": (
        [says("hi", SEE, SEE), says("yes"), says("bye", SEE, leaves=True)],
        [Move(calls=(LOOK, LOOK), reasoning="look"), says("so?", LOOK), says("done", RESET, LOOK), says("bye", LOOK)],
    ),
    "the last sequence with several moves, then passed": (
        [says("bye", leaves=True)],
        [Move(calls=(RESET, LOOK)), Move(calls=(LOOK,)), None],
    ),
    "a terminal tool in the middle of the agent's move": (
        [says("hi")],
        [Move(text="over to them", calls=(LOOK, Call(name="end"), LOOK))],
    ),
    "a terminal tool as the agent's whole move": ([says("hi")], [Move(calls=(Call(name="end"),)), Move(calls=(LOOK,)), None]),
    "a terminal tool of the user's": (
        [Move(text="gone", calls=(SEE, Call(name="end"), SEE))],
        [Move(calls=(LOOK,)), says("bye")],
    ),
    "a terminal tool of the user's, and the agent has words left": ([Move(calls=(Call(name="end"),))], [says("goodbye")]),
    "a cap on calls in the middle of a move": ([says("hi")], [Move(calls=(LOOK,) * 9)]),
    "calls that are refused": ([says("hi", LOOK), says("bye", leaves=True)], [says("no", Call(name="x", arguments="[")), None]),
}


def telling(move: Move | None) -> Callable[[View], Move | None]:
    """The move, whose words and thoughts say whether its view is of the last sequence."""

    def made(view: View) -> Move | None:
        said = f"last: {view.last}"
        return move and msgspec.structs.replace(move, text=move.text and f"{move.text} {said}", reasoning=said)

    return made


@pytest.mark.parametrize("script", SCRIPTS)
def test_resumed_at_every_event_listed_moves_end_with_the_same_bytes(script: str) -> None:
    """In the middle of a move, with a call open, within the last sequence: also the view is the one of the beginning."""
    user, agent = ([telling(move) for move in moves] for moves in SCRIPTS[script])

    def run(past: Sequence[Event]) -> list[Event]:
        conversation = begun(past=past)
        players = table(Listed(*user), Listed(*agent), Ending(conversation.events), Limits(calls=6))
        run_virtual(converse, conversation, players, nowhere)
        return conversation.events

    whole = run(())
    assert isinstance(whole[-1], Closed | Failed)
    for cut in range(1, len(whole)):
        assert written(run(whole[1:cut])) == written(whole), f"cut before event {cut}"


def test_a_move_of_which_there_is_only_a_raw_reply_is_made_under_its_number() -> None:
    """A model's reply was paid for and kept before the process died; its move goes on and is no new one."""
    replied = Replied(party="agent", move=2, attempt=0, raw="{}")
    conversation = begun(past=[Spoke(party="user", move=1, text="hi"), replied])
    agent = Listed(says("well", LOOK), None)
    run_virtual(converse, conversation, table(Listed(says("hi"), says("bye", leaves=True)), agent), nowhere)
    assert [event.move for event in conversation.events[2:6] if not isinstance(event, Closed | Failed | Opened)] == [2, 2, 2, 2]
    assert agent.views[0].move == 2


class Broken:
    """A tool server that is down."""

    async def call(self, party: Party, name: str, arguments: str) -> tuple[Outcome, bool]:
        raise EnvironmentFailed("retail.x crashed")


def test_a_tool_that_crashes_is_the_environments_failure_with_the_call_left_open() -> None:
    conversation = begun()
    run_virtual(converse, conversation, table(Listed(says("hi", SEE)), Listed(), Broken()), nowhere)
    assert isinstance(conversation.events[-2], Called)
    assert conversation.events[-1] == Failed(blame="environment", reason="tool failed", detail="retail.x crashed")


def test_every_event_is_emitted_once_in_order_after_the_kernel_took_it() -> None:
    conversation, heard = begun(), list[Event]()

    async def emit(event: Event) -> None:
        heard.append(event)
        assert conversation.events[-1] is event
        await anyio.sleep(1)

    run_virtual(
        converse, conversation, table(Listed(says("hi", SEE), says("bye", leaves=True)), Listed(says("a", LOOK), None)), emit
    )
    assert heard == conversation.events[1:]


def test_what_a_write_did_the_other_party_sees_with_its_own_tool() -> None:
    """Dual control: one state, two parties, each with its own tools."""
    user = Listed(says("hi", SEE), says("now", SEE), says("bye", leaves=True))
    conversation = begun()
    run_virtual(converse, conversation, table(user, Listed(says("done", RESET), says("fine"), None)), nowhere)
    answers = {event.call: event.text for event in conversation.events if isinstance(event, Returned)}
    assert answers[1] in ("red", "amber")
    assert answers[3] == "white"
