"""An episode: the agent's moves come from outside, and the conversation is the one that would have been."""

import pytest

from engine.clock import run_virtual
from engine.conversation.conversation import IllegalEvent
from engine.conversation.converse import Episode, PartyFailed, converse
from engine.conversation.events import Call, Closed, Event, Failed, Move, Opened
from tests.engine.stages import Listed, begun, says, table, written
from tests.engine.test_converse import Broken, cast, nowhere, with_user_call

LOOK = Call(name="get_lamp", arguments='{"lamp_id": "L1"}')


@pytest.mark.parametrize("place", range(4))
def test_stepped_with_the_experts_own_moves_it_is_the_same_conversation(place: int) -> None:
    scenario = with_user_call()[place]
    whole, players = cast(scenario, [])
    run_virtual(converse, whole, players, nowhere)
    stepped, players = cast(scenario, [])
    emitted: list[Event] = []

    async def emit(event: Event) -> None:
        emitted.append(event)

    async def train() -> None:
        episode = Episode(stepped, players, emit)
        view = await episode.step()
        while view is not None:
            view = await episode.step(await players.players["agent"].move(view))

    run_virtual(train)
    assert written(stepped.events) == written(whole.events)
    assert emitted == stepped.events[1:]


def steps(episode: Episode, *moves: Move | None) -> list[bool]:
    """Whether the episode goes on after each step."""

    async def main() -> list[bool]:
        return [await episode.step(move) is not None for move in moves]

    return run_virtual(main)


def test_the_last_sequence_may_be_passed_and_is_offered_first() -> None:
    conversation = begun()
    episode = Episode(conversation, table(Listed(says("bye", leaves=True)), Listed()), nowhere)
    assert steps(episode, None) == [True]
    assert steps(episode, Move(calls=(LOOK,)), None) == [True, False]
    assert conversation.events[-1] == Closed(reason="user left")


def test_an_episode_over_a_conversation_that_stands_in_its_last_sequence_begins_before_it_passes() -> None:
    left = begun()
    steps(Episode(left, table(Listed(says("bye", leaves=True)), Listed()), nowhere), None)
    episode = Episode(begun(past=left.events[1:]), table(Listed(), Listed()), nowhere)
    assert steps(episode, None, None) == [True, False]


def test_to_step_without_a_move_before_the_end_only_shows_the_view_again() -> None:
    conversation = begun()
    episode = Episode(conversation, table(Listed(says("hi")), Listed()), nowhere)
    assert steps(episode, None, None, None) == [True, True, True]
    assert len(conversation.events) == 2


def test_failures_are_events_and_end_the_episode() -> None:
    fails = begun()
    assert steps(Episode(fails, table(Listed(PartyFailed("user", "bad")), Listed()), nowhere), None) == [False]
    assert fails.events[-1] == Failed(blame="user", reason="bad")
    crashes = begun("agent")
    assert steps(Episode(crashes, table(Listed(), Listed(), Broken()), nowhere), None, Move(calls=(LOOK,))) == [True, False]
    assert crashes.events[-1] == Failed(blame="environment", reason="tool failed", detail="retail.x crashed")


def test_a_move_after_the_end_is_refused() -> None:
    conversation = begun("agent")
    episode = Episode(conversation, table(Listed(), Listed()), nowhere)
    assert steps(episode, None, says("bye", leaves=True)) == [True, False]
    with pytest.raises(IllegalEvent):
        steps(episode, says("still here"))
    assert not isinstance(conversation.events[-1], Opened)
