"""The kernel against the rules in plain words, which know of no phase and no table: both say the same of every event.

That legal sequences are accepted and noise is refused without change, test_conversation.py has. Here is what is almost
legal: an event that could happen, with one thing about it changed.
"""

from collections.abc import Sequence

import msgspec
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from engine.conversation.conversation import Conversation, IllegalEvent
from engine.conversation.events import Called, Closed, Event, Failed, Opened, Replied, Returned, Spoke
from servers.domain import Party
from tests.engine.test_conversation import EVENTS, legal, standing


def may_happen(past: Sequence[Event], now: Event) -> bool:
    """Worked out from all that has happened, by the rules in words."""
    if any(isinstance(one, Closed | Failed) for one in past):
        return False  # it is over
    if isinstance(now, Failed):
        return True
    if not past or isinstance(now, Opened):
        return not past and isinstance(now, Opened)
    moved = [one for one in past if isinstance(one, Spoke | Called | Replied)]
    calls = sum(isinstance(one, Called) for one in past)
    if isinstance(past[-1], Called):  # its answer, and nothing else
        return isinstance(now, Returned) and (now.party, now.move, now.call) == (past[-1].party, past[-1].move, calls)
    if isinstance(now, Returned):
        return False
    party = whose(past)
    if isinstance(now, Closed):
        return party is None or (party == "agent" and is_last(past))
    if now.party != party:
        return False
    latest = moved[-1].move if moved else 0
    goes_on = bool(moved) and not isinstance(moved[-1], Spoke) and moved[-1].party == now.party and now.move == latest
    numbered = goes_on or now.move == latest + 1
    return numbered and (not isinstance(now, Called) or now.call == calls + 1)


def is_last(past: Sequence[Event]) -> bool:
    """Has the user left, or a tool ended it? Then the agent has its last moves."""
    return any(
        (isinstance(one, Spoke) and one.party == "user" and one.leaves) or (isinstance(one, Returned) and one.ends)
        for one in past
    )


def whose(past: Sequence[Event]) -> Party | None:
    """Who may move, None when only the end can come."""
    last = past[-1]
    said = [one for one in past if isinstance(one, Spoke)]
    if any(one.party == "agent" and one.leaves for one in said):
        return None
    if is_last(past):
        return None if isinstance(last, Spoke) and last.party == "agent" else "agent"
    if isinstance(last, Opened):
        return last.first
    assert isinstance(last, Spoke | Returned | Replied)
    return ("agent" if last.party == "user" else "user") if isinstance(last, Spoke) else last.party


def played(data: DataObject, most: int = 12) -> Conversation:
    """A conversation somewhere on its way: it is not ended before it has come so far, if it can go on."""
    conversation = Conversation()
    for _ in range(data.draw(st.integers(0, most))):
        if conversation.ended:
            break
        may = legal(conversation, data)
        conversation.receive(data.draw(st.sampled_from([one for one in may if not isinstance(one, Failed | Closed)] or may)))
    return conversation


def changed(data: DataObject, legal_one: Event) -> Event:
    """An event with one of its fields changed to another value of its kind."""
    fields = msgspec.structs.asdict(legal_one)
    other = {"party": {"user": "agent", "agent": "user"}, "first": {"user": "agent", "agent": "user"}}
    names = [name for name in fields if name in ("party", "move", "call", "leaves", "ends", "first")]
    assume(names)
    name = data.draw(st.sampled_from(names))
    value = fields[name]
    if name in ("move", "call"):
        value += data.draw(st.sampled_from((-2, -1, 1, 2)))
    else:
        value = other[name][value] if name in other else not value
    return msgspec.structs.replace(legal_one, **{name: value})


def agree(conversation: Conversation, now: Event) -> bool:
    """Was it taken in? As the rules say, and without a change if not."""
    before, past = standing(conversation), tuple(conversation.events)
    expected = may_happen(past, now)
    try:
        turn = conversation.receive(now)
    except IllegalEvent:
        assert not expected, f"refused, and the rules allow it: {now}"
        assert standing(conversation) == before
        return False
    assert expected, f"taken in, and the rules forbid it: {now}"
    assert (*past, now) == tuple(conversation.events)
    assert turn == conversation.turn
    return True


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_an_event_that_is_almost_legal_is_judged_as_the_rules_say(data: DataObject) -> None:
    conversation = played(data)
    assume(not conversation.ended)
    taken = agree(conversation, changed(data, data.draw(st.sampled_from(legal(conversation, data)))))
    event("taken in" if taken else "refused")


@settings(max_examples=300, deadline=None)
@given(st.data(), EVENTS)
def test_any_event_after_any_legal_sequence_is_judged_as_the_rules_say(data: DataObject, now: Event) -> None:
    event("taken in" if agree(played(data), now) else "refused")


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_every_legal_next_event_is_taken_in_wherever_a_conversation_stands(data: DataObject) -> None:
    """Each of them on a conversation of its own, so that none is only reached by way of another."""
    conversation = played(data)
    if not conversation.ended:
        for now in legal(conversation, data):
            assert agree(Conversation(conversation.events), now)


@settings(max_examples=100, deadline=None)
@given(st.data(), st.lists(EVENTS, max_size=8))
def test_what_was_refused_leaves_no_trace_in_what_comes_after(data: DataObject, noise: list[Event]) -> None:
    """A conversation at which illegal events were thrown all the way is the one that never saw them."""
    disturbed, calm = Conversation(), Conversation()
    for thrown in [*noise, None]:
        if thrown is not None and not may_happen(disturbed.events, thrown):
            agree(disturbed, thrown)
        if not calm.ended:
            now = data.draw(st.sampled_from(legal(calm, data)))
            calm.receive(now)
            assert agree(disturbed, now)
    assert standing(disturbed) == standing(calm)
