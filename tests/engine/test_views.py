"""What a party sees: all that it did, what the other said, and nothing else."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from engine.clock import run_virtual
from engine.conversation.conversation import Conversation
from engine.conversation.converse import converse
from engine.conversation.events import Act, Call, Called, Event, Move, Replied, Returned, Spoke
from engine.conversation.views import View, seen_by
from engine.randomness import Randomness
from servers.domain import Party
from tests.engine.stages import Listed, begun, opened, says, table
from tests.engine.test_conversation import legal

PARTIES: tuple[Party, ...] = ("user", "agent")


def other(party: Party) -> Party:
    return "agent" if party == "user" else "user"


def view(party: Party, events: Sequence[Event], move: int) -> View:
    return View(
        party=party, move=move, seen=seen_by(party, events, move), random=Randomness(seed=0, scenario="s", trial=0, role=party)
    )


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_party_never_sees_the_others_calls_answers_replies_or_thoughts(data: DataObject) -> None:
    """In any legal conversation; and it sees everything else of earlier moves, in order."""
    conversation = Conversation()
    while not conversation.ended and len(conversation.events) < 14:
        conversation.receive(data.draw(st.sampled_from(legal(conversation, data))))
    for party in PARTIES:
        move = data.draw(st.integers(1, conversation.moves + 1))
        seen = seen_by(party, conversation.events, move)
        assert all(isinstance(event, Spoke) and not event.reasoning for event in seen if event.party != party)
        assert all(event.move < move for event in seen)
        known = [
            event for event in conversation.events if isinstance(event, Spoke | Called | Returned | Replied) and event.move < move
        ]
        assert list(seen) == [event for event in known if event.party == party or isinstance(event, Spoke)]


def test_thoughts_are_taken_from_what_the_other_said_and_kept_in_ones_own() -> None:
    spoke = Spoke(party="agent", move=1, text="a", reasoning="secret", meaning=(Act(kind="greet"),))
    events: list[Event] = [opened("agent"), spoke]
    (heard,) = seen_by("user", events, 2)
    assert heard == Spoke(party="agent", move=1, text="a", meaning=(Act(kind="greet"),))
    assert seen_by("agent", events, 2) == (spoke,)


def test_a_view_says_whether_it_is_of_the_last_sequence() -> None:
    look = Call(name="get_lamp", arguments="{}")
    agent = Listed(says("hello", look), Move(calls=(look,)), None)

    async def emit(_event: Event) -> None:
        pass

    run_virtual(converse, begun(), table(Listed(says("hi"), says("bye", leaves=True)), agent), emit)
    assert [(seen.move, seen.last) for seen in agent.views] == [(2, False), (4, True), (5, True)]


def test_heard_is_what_the_other_said_last_unless_one_has_spoken_since() -> None:
    asked = Spoke(party="agent", move=2, text="which?", meaning=(Act(kind="ask.lamp"),))
    events: list[Event] = [opened(), Spoke(party="user", move=1, text="hi", meaning=(Act(kind="hello", form="h.1"),)), asked]
    assert view("user", events, 3).heard() == (Act(kind="ask.lamp"),)
    looked: list[Event] = [
        *events,
        Called(party="user", move=3, call=1, name="x", arguments=""),
        Returned(party="user", move=3, call=1, text="r"),
    ]
    assert view("user", looked, 4).heard() == (Act(kind="ask.lamp"),)
    assert view("agent", events, 4).heard() == ()
    assert view("user", [], 1).heard() == ()


def test_forms_are_the_wordings_that_one_used_oneself() -> None:
    events: list[Event] = [
        opened(),
        Spoke(party="user", move=1, text="a", meaning=(Act(kind="hello", form="h.1"), Act(kind="inform", form="i.2"))),
        Spoke(party="agent", move=2, text="b", meaning=(Act(kind="greet", form="g.3"),)),
    ]
    assert view("user", events, 3).forms() == {"h.1", "i.2"}
    assert view("agent", events, 3).forms() == {"g.3"}


def test_randomness_is_the_same_for_the_same_place_and_another_everywhere_else() -> None:
    keys = [
        (seed, scenario, trial, role) for seed in (0, 1) for scenario in ("a", "b", "a/1") for trial in (0, 1) for role in PARTIES
    ]
    draws = {
        (key, turn, attempt): Randomness(seed=key[0], scenario=key[1], trial=key[2], role=key[3]).at(turn, attempt).random()
        for key in keys
        for turn in (1, 2, 12)
        for attempt in (0, 1)
    }
    habits = {
        key: Randomness(seed=key[0], scenario=key[1], trial=key[2], role=key[3]).throughout("order").random() for key in keys
    }
    assert len({*draws.values(), *habits.values()}) == len(draws) + len(habits)
    assert Randomness(seed=0, scenario="a", trial=0, role="user").at(1).random() == draws[(0, "a", 0, "user"), 1, 0]
    assert round(Randomness(seed=0, scenario="s", trial=0, role="agent").at(3).random(), 6) == 0.300331  # on every Python
