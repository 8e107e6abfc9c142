"""Whose turn it is, by examples: every legal way through a conversation, played by players with listed moves."""

from collections.abc import Sequence

import msgspec
import pytest

from engine.clock import run_virtual
from engine.conversation.conversation import Conversation, IllegalEvent
from engine.conversation.converse import Limits, PartyFailed, converse
from engine.conversation.events import Act, Call, Called, Closed, Event, Failed, Move, Replied, Returned, Spoke
from engine.conversation.turns import Phase, after
from servers.domain import Outcome, Party
from tests.engine.stages import Listed, Step, begun, opened, says, table

LOOK = Call(name="get_lamp", arguments='{"lamp_id": "L1"}')
END = Call(name="end")


class Endings:
    """Tools that answer their name and arguments; `end` ends the conversation, whoever calls it."""

    async def call(self, party: Party, name: str, arguments: str) -> tuple[Outcome, bool]:
        return Outcome(text=f"{party} {name}"), name == "end"


def played(user: Sequence[Step], agent: Sequence[Step], limits: Limits = Limits(), first: Party = "user") -> list[Event]:  # noqa: B008
    conversation = begun(first)

    async def emit(event: Event) -> None:
        assert conversation.events[-1] is event

    run_virtual(converse, conversation, table(Listed(*user), Listed(*agent), Endings(), limits), emit)
    return conversation.events


def shape(events: Sequence[Event]) -> list[str]:
    """A line for each event: who, which move, what."""
    lines = []
    for event in events[1:]:
        match event:
            case Spoke():
                lines.append(f"{event.party} {event.move} says {event.text}" + (" and leaves" if event.leaves else ""))
            case Called():
                lines.append(f"{event.party} {event.move} calls {event.call}")
            case Returned():
                lines.append(f"{event.party} {event.move} hears {event.call}" + (" ends" if event.ends else ""))
            case Failed():
                lines.append(f"failed: {event.blame}, {event.reason}")
            case Closed():
                lines.append(f"closed: {event.reason}")
    return lines


def test_after_the_user_left_the_agent_has_one_last_sequence_with_calls_and_one_message() -> None:
    events = played([says("bye", leaves=True)], [Move(calls=(LOOK, LOOK)), Move(calls=(LOOK,)), says("done")])
    assert shape(events) == [
        "user 1 says bye and leaves",
        "agent 2 calls 1",
        "agent 2 hears 1",
        "agent 2 calls 2",
        "agent 2 hears 2",
        "agent 3 calls 3",
        "agent 3 hears 3",
        "agent 4 says done",
        "closed: user left",
    ]


def test_the_agent_may_pass_its_last_sequence_before_or_after_its_calls() -> None:
    assert shape(played([says("bye", leaves=True)], [None])) == ["user 1 says bye and leaves", "closed: user left"]
    events = played([says("bye", leaves=True)], [Move(calls=(LOOK,)), None])
    assert shape(events)[1:] == ["agent 2 calls 1", "agent 2 hears 1", "closed: user left"]


def test_a_terminal_tool_of_the_agent_leaves_it_the_rest_of_its_move_and_one_last_sequence() -> None:
    assert shape(played([says("hi")], [Move(calls=(END, LOOK)), says("a colleague will call")]))[1:] == [
        "agent 2 calls 1",
        "agent 2 hears 1 ends",
        "agent 2 calls 2",
        "agent 2 hears 2",
        "agent 3 says a colleague will call",
        "closed: ended by tool",
    ]
    assert shape(played([says("hi")], [says("over to them", END)]))[-2:] == ["agent 2 says over to them", "closed: ended by tool"]


def test_a_user_whose_own_tool_ended_the_conversation_is_gone_and_says_no_more() -> None:
    events = played([says("bye", END, LOOK)], [Move(calls=(LOOK,)), None])
    assert shape(events) == [
        "user 1 calls 1",
        "user 1 hears 1 ends",
        "agent 2 calls 2",
        "agent 2 hears 2",
        "closed: ended by tool",
    ]


def test_a_user_may_call_and_speak_in_one_move_and_may_call_before_it_speaks() -> None:
    events = played([says("it is red", LOOK), Move(calls=(LOOK,)), says("bye", leaves=True)], [says("and now"), None])
    assert shape(events) == [
        "user 1 calls 1",
        "user 1 hears 1",
        "user 1 says it is red",
        "agent 2 says and now",
        "user 3 calls 2",
        "user 3 hears 2",
        "user 4 says bye and leaves",
        "closed: user left",
    ]


def test_what_the_agent_says_beside_calls_reaches_the_user_after_them() -> None:
    user = Listed(says("hi"), says("bye", leaves=True))
    conversation = begun()

    async def emit(_event: Event) -> None:
        pass

    run_virtual(converse, conversation, table(user, Listed(says("one moment", LOOK), None), Endings()), emit)
    assert shape(conversation.events)[1:4] == ["agent 2 calls 1", "agent 2 hears 1", "agent 2 says one moment"]
    assert [event.text for event in user.views[1].seen if isinstance(event, Spoke)] == ["hi", "one moment"]


def test_an_agent_that_leaves_ends_the_conversation_at_once() -> None:
    assert shape(played([says("hi")], [says("bye", leaves=True)])) == [
        "user 1 says hi",
        "agent 2 says bye and leaves",
        "closed: agent left",
    ]
    silent = played([says("hi")], [Move(leaves=True)])
    assert silent[-2:] == [Spoke(party="agent", move=2, text="", leaves=True), Closed(reason="agent left")]


def test_the_reason_of_the_end_is_what_came_first() -> None:
    """What the agent does in its last sequence follows from the end and does not bring it about."""
    assert played([says("bye", leaves=True)], [says("bye", END, leaves=True)])[-1] == Closed(reason="user left")
    assert played([says("hi")], [Move(calls=(END,)), says("bye", leaves=True)])[-1] == Closed(reason="ended by tool")


def test_the_agent_may_have_the_first_turn() -> None:
    assert shape(played([says("bye", leaves=True)], [says("hello"), None], first="agent")) == [
        "agent 1 says hello",
        "user 2 says bye and leaves",
        "closed: user left",
    ]


@pytest.mark.parametrize(
    ("limits", "failure"),
    [
        (Limits(moves=4), Failed(blame="user", reason="too many moves", detail="the limit is 4")),
        (Limits(moves=3), Failed(blame="agent", reason="too many moves", detail="the limit is 3")),
        (Limits(calls=2), Failed(blame="agent", reason="too many calls", detail="the limit is 2")),
        (Limits(calls=3), Failed(blame="user", reason="too many calls", detail="the limit is 3")),
    ],
)
def test_a_cap_ends_it_as_the_failure_of_whoever_goes_beyond(limits: Limits, failure: Failed) -> None:
    user = [says("a"), says("b", LOOK, LOOK), says("c")]
    agent = [says("x", LOOK), says("y", *[LOOK] * (3 if limits.calls == 2 else 0))]
    if limits.calls == 2:
        user[1] = says("b")
    events = played(user, agent, limits) if limits.calls != 3 else played([says("a"), says("b", *[LOOK] * 4)], agent, limits)
    assert events[-1] == failure
    assert sum(isinstance(event, Called) for event in events) <= limits.calls


def test_a_move_that_does_nothing_is_no_move() -> None:
    with pytest.raises(ValueError, match="says something"):
        Move(reasoning="hm", meaning=(Act(kind="greet"),))


def test_a_player_that_passes_where_it_may_not_is_a_bug_that_stops_everything() -> None:
    with pytest.raises(IllegalEvent, match="Closed cannot happen in phase 'agent'"):
        played([says("hi")], [None])


def test_a_party_that_fails_ends_it_with_its_blame_and_any_other_error_goes_up() -> None:
    failure = PartyFailed("environment", "no answer", "three times")
    assert played([says("hi")], [failure])[-1] == Failed(blame="environment", reason="no answer", detail="three times")
    with pytest.raises(ZeroDivisionError):
        played([says("hi")], [ZeroDivisionError()])


def test_reasoning_stands_in_the_first_event_of_its_move_alone() -> None:
    agent = [Move(text="so", calls=(LOOK, LOOK), reasoning="look twice"), Move(text="well", reasoning="only say")]
    events = played([says("hi"), says("on"), says("bye", leaves=True)], [*agent, None])
    assert [event.reasoning for event in events if isinstance(event, Called | Spoke) and event.party == "agent"] == [
        "look twice",
        "",
        "",
        "only say",
    ]


def test_half_a_surrogate_pair_can_be_kept_in_events() -> None:
    """A model may send one; it is written out, so that no journal stumbles over it."""
    move = Move(text="a\ud800b", reasoning="\udfff", calls=(Call(name="x\udc80", arguments='{"a": "\ud800"}'),))
    assert (move.text, move.reasoning, move.calls[0].name) == ("a\\ud800b", "\\udfff", "x\\udc80")
    assert msgspec.json.decode(msgspec.json.encode(move), type=Move) == move
    assert Move(text="ü 😀").text == "ü 😀"


EXAMPLES: list[Event] = [
    opened("user"),
    opened("agent"),
    *[Replied(party=party, move=1, attempt=0, raw="") for party in ("user", "agent")],
    *[Spoke(party=party, move=1, text="a", leaves=leaves) for party in ("user", "agent") for leaves in (False, True)],
    *[Called(party=party, move=1, call=1, name="a", arguments="") for party in ("user", "agent")],
    *[Returned(party=party, move=1, call=1, text="", ends=ends) for party in ("user", "agent") for ends in (False, True)],
    Failed(blame="agent", reason="a"),
    Closed(reason="user left"),
]


@pytest.mark.parametrize("phase", [Phase.CLOSED, Phase.FAILED])
def test_nothing_happens_after_the_end(phase: Phase) -> None:
    assert [after(phase, event) for event in EXAMPLES] == [None] * len(EXAMPLES)


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase not in (Phase.CLOSED, Phase.FAILED)])
def test_from_every_phase_there_is_a_way_to_the_end(phase: Phase) -> None:
    """And every phase can be reached from the beginning, so that no row of the table is dead."""

    def reachable(start: Phase) -> set[Phase]:
        found, left = {start}, [start]
        while left:
            here = left.pop()
            new = {there for event in EXAMPLES if (there := after(here, event)) is not None and not isinstance(event, Failed)}
            left += new - found
            found |= new
        return found

    assert Phase.CLOSED in reachable(phase)
    assert phase in reachable(Phase.NEW)


def test_a_conversation_knows_whose_turn_it_is() -> None:
    conversation = Conversation()
    assert conversation.turn is None
    assert conversation.receive(opened("agent")) == "agent"
    assert conversation.receive(Called(party="agent", move=1, call=1, name="a", arguments="")) is None
    assert conversation.receive(Returned(party="agent", move=1, call=1, text="")) == "agent"
    assert conversation.receive(Spoke(party="agent", move=1, text="a")) == "user"
    assert not conversation.ended
    assert conversation.receive(Failed(blame="user", reason="b")) is None
    assert conversation.ended
