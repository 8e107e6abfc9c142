"""What a model is sent is written once, and comes out as if all of it were written anew."""

from itertools import pairwise

import pytest

from engine.conversation.events import Event, Spoke
from engine.conversation.views import View, seen_by
from engine.models.messages import Written, messages
from engine.models.rehearsed import now_and_then
from engine.randomness import Randomness
from servers.domain import Party
from tests.engine.rehearsals import Models, on_lamps, rehearsed


def views(party: Party, events: list[Event]) -> list[View]:
    """What a party has seen before each of its moves."""
    moves = sorted({event.move for event in events if isinstance(event, Spoke) and event.party == party})
    random = Randomness(seed=0, scenario="s", trial=0, role=party)
    return [View(party=party, move=move, seen=seen_by(party, events, move), random=random) for move in moves]


def conversations() -> list[list[Event]]:
    """Those of models that make mistakes."""
    return list(on_lamps(Models(rehearsed(now_and_then(0.3, 1))[0])).values())


@pytest.mark.parametrize("party", ["agent", "user"])
def test_rows_that_are_written_step_by_step_are_those_that_are_written_at_once(party: Party) -> None:
    """However many notes there were on the way."""
    for events in conversations():
        written, seen = Written(), views(party, events)
        assert len(seen) > 1
        for view in seen:
            for notes in ((), ("Again.",), ("Again.", "Again.")):
                assert messages("policy", view, notes, written=written) == messages("policy", view, notes)


@pytest.mark.parametrize("party", ["agent", "user"])
def test_another_conversation_is_written_anew(party: Party) -> None:
    """An earlier point of the same one, too: it may go on otherwise."""
    written = Written()
    for events in conversations():
        for view in reversed(views(party, events)):
            assert messages("policy", view, written=written) == messages("policy", view)


def test_a_note_that_comes_again_makes_another_request() -> None:
    """With the same words twice the model would be asked what it has answered already; each request goes on from the last."""
    view = views("agent", conversations()[0])[0]
    told = ["Too long.", "Too long.", "Empty.", "Too long."]
    sent = [str(messages("policy", view, told[:count])[-1]["content"]) for count in range(len(told) + 1)]
    assert all(after.startswith(before) and len(after) > len(before) for before, after in pairwise(sent))
