"""The one door: what is legal is taken in, what is not changes nothing. By properties over all sequences."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from engine.conversation.conversation import Conversation, IllegalEvent
from engine.conversation.events import (
    EVENT_DECODER,
    EVENT_ENCODER,
    Called,
    Closed,
    Event,
    Failed,
    Opened,
    Replied,
    Returned,
    Spoke,
)
from engine.conversation.turns import ENDED, Phase
from servers.domain import Party

PARTIES: st.SearchStrategy[Party] = st.sampled_from(("user", "agent"))
NUMBERS = st.integers(min_value=0, max_value=6)

EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(Opened, domain=st.just("d"), scenario=st.just("s"), trial=st.just(0), first=PARTIES),
    st.builds(Replied, party=PARTIES, move=NUMBERS, attempt=st.integers(0, 2), raw=st.just("{}")),
    st.builds(Spoke, party=PARTIES, move=NUMBERS, text=st.sampled_from(("a", "b")), leaves=st.booleans()),
    st.builds(Called, party=PARTIES, move=NUMBERS, call=NUMBERS, name=st.just("t"), arguments=st.just("{}")),
    st.builds(Returned, party=PARTIES, move=NUMBERS, call=NUMBERS, text=st.just("r"), ends=st.booleans()),
    st.builds(Failed, blame=st.just("environment"), reason=st.just("f")),
    st.builds(Closed, reason=st.just("user left")),
)


def standing(conversation: Conversation) -> tuple[Any, ...]:
    """All that a conversation says of itself."""
    asked = (conversation.turn, conversation.ended, conversation.unfinished, [conversation.is_last(move) for move in range(9)])
    return (conversation.phase, conversation.moves, conversation.calls, tuple(conversation.events), asked)


def legal(conversation: Conversation, draw: DataObject) -> list[Event]:
    """What may happen next, worked out a second time, from the rules in words instead of the table."""
    phase, moves, calls = conversation.phase, conversation.moves, conversation.calls
    failed = Failed(blame="environment", reason="f")
    if phase is Phase.NEW:
        return [Opened(domain="d", scenario="s", trial=0, first=draw.draw(PARTIES)), failed]
    last = conversation.events[-1]
    if isinstance(last, Called):
        ends = draw.draw(st.booleans())
        return [Returned(party=last.party, move=last.move, call=last.call, text="r", ends=ends), failed]
    if conversation.turn is None:
        return [Closed(reason="agent left"), failed]
    party = conversation.turn
    goes_on = isinstance(last, Replied | Returned) and last.party == party
    move = moves + 1 if not goes_on else draw.draw(st.sampled_from((moves, moves + 1)))
    may: list[Event] = [
        Replied(party=party, move=move, attempt=0, raw="{}"),
        Called(party=party, move=move, call=calls + 1, name="t", arguments="{}"),
        Spoke(party=party, move=move, text="a", leaves=draw.draw(st.booleans())),
        failed,
    ]
    return [*may, Closed(reason="user left")] if phase is Phase.LAST else may


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_sequence_of_legal_events_is_accepted(data: DataObject) -> None:
    conversation = Conversation()
    for _ in range(data.draw(st.integers(1, 15))):
        if conversation.ended:
            break
        event = data.draw(st.sampled_from(legal(conversation, data)))
        assert conversation.receive(event) == conversation.turn
        assert conversation.events[-1] is event
    assert conversation.ended == (conversation.phase in ENDED)


@settings(max_examples=150, deadline=None)
@given(st.lists(EVENTS, max_size=12), st.data())
def test_any_illegal_event_is_refused_and_changes_nothing(noise: list[Event], data: DataObject) -> None:
    """Events at random are thrown at a conversation that goes on legally between them."""
    conversation, refused = Conversation(), 0
    for event in noise:
        before, fine = standing(conversation), False
        if not conversation.ended:
            conversation.receive(data.draw(st.sampled_from(legal(conversation, data)[:-1] or [event])))
            before = standing(conversation)
        try:
            conversation.receive(event)
            fine = True
        except IllegalEvent:
            refused += 1
            assert standing(conversation) == before
        if fine:
            assert before[3] == tuple(conversation.events[:-1])
            assert Conversation(conversation.events).events == conversation.events
    assert refused + len(conversation.events) >= len(noise)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_conversation_rebuilt_from_its_written_events_is_equal(data: DataObject) -> None:
    conversation = Conversation()
    while not conversation.ended and len(conversation.events) < 14:
        conversation.receive(data.draw(st.sampled_from(legal(conversation, data))))
    again = Conversation(EVENT_DECODER.decode(EVENT_ENCODER.encode(event)) for event in conversation.events)
    assert standing(again) == standing(conversation)


OPENED = Opened(domain="d", scenario="s", trial=0, first="user")
CALLED = Called(party="user", move=1, call=1, name="t", arguments="{}")


@pytest.mark.parametrize(
    ("past", "event"),
    [
        ([], Spoke(party="user", move=1, text="before it is opened")),
        ([OPENED], OPENED),
        ([OPENED], Spoke(party="agent", move=1, text="out of turn")),
        ([OPENED], Spoke(party="user", move=2, text="a move left out")),
        ([OPENED], Spoke(party="user", move=0, text="no such move")),
        ([OPENED], Called(party="user", move=1, call=2, name="t", arguments="a call left out")),
        ([OPENED], Closed(reason="user left")),
        ([OPENED, CALLED], Spoke(party="user", move=1, text="while a call is open")),
        ([OPENED, CALLED], CALLED),
        ([OPENED, CALLED], Returned(party="agent", move=1, call=1, text="to the other")),
        ([OPENED, CALLED], Returned(party="user", move=1, call=2, text="of another call")),
        ([OPENED, CALLED], Returned(party="user", move=2, call=1, text="of another move")),
        ([OPENED, Spoke(party="user", move=1, text="a")], Spoke(party="agent", move=1, text="in the other's move")),
        ([OPENED, Spoke(party="user", move=1, text="a")], Spoke(party="user", move=2, text="twice")),
        (
            [OPENED, CALLED, Returned(party="user", move=1, call=1, text="r", ends=True)],
            Spoke(party="agent", move=1, text="in the move of a user who is gone"),
        ),
        ([OPENED, Failed(blame="user", reason="f")], Failed(blame="user", reason="again")),
    ],
)
def test_what_is_out_of_turn_or_sequence_is_refused(past: list[Event], event: Event) -> None:
    conversation = Conversation(past)
    before = standing(conversation)
    with pytest.raises(IllegalEvent, match="cannot happen in phase"):
        conversation.receive(event)
    assert standing(conversation) == before
