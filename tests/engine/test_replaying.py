"""A recorded run is an endpoint: what was replied then is replied again, and nothing else."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from engine.clock import run_virtual
from engine.conversation.converse import PartyFailed
from engine.conversation.events import Event, Failed, Opened, Replied, Reply
from engine.journal import Happened, InlineSink, Journal
from engine.models.endpoint import Ask, BadEndpoint
from engine.models.rehearsed import now_and_then
from engine.models.replaying import Replaying
from tests.engine import stages
from tests.engine.rehearsals import Models, on_lamps, rehearsed


def ask(conversation: str = "a#0", move: int = 1, attempt: int = 0) -> Ask:
    return Ask(role="user", conversation=conversation, move=move, attempt=attempt, messages=())


def journal_of(path: Path, *events: Event) -> Journal:
    journal = Journal(path)
    journal.write([Happened(0, number, event) for number, event in enumerate(events)])
    return journal


OPENED = Opened(domain="d", scenario="a", trial=0, first="user")
REPLIED = Replied(party="user", move=1, attempt=0, raw='{"odd":  1.50}', usage={"cost": 0.25})


def test_a_run_is_played_again_from_its_replies_byte_for_byte(tmp_path: Path) -> None:
    """Malformed ones, usage and all; the model itself is not asked."""
    endpoint, asked = rehearsed(now_and_then(0.3, 5))
    with Journal(tmp_path / "then") as then, Journal(tmp_path / "now") as now:
        on_lamps(Models(endpoint), sink=InlineSink(then))
        before = len(asked)
        on_lamps(Models(Replaying(then, "then")), sink=InlineSink(now))
        events = {number: [then.events(number), now.events(number)] for number, _, _ in then.begun()}
    assert len(events) == 6 and before == len(asked)
    assert all(stages.written(old) == stages.written(new) for old, new in events.values())
    assert any(isinstance(event, Replied) and event.attempt for old, _ in events.values() for event in old)


def test_a_reply_is_found_by_its_conversation_party_move_and_attempt(tmp_path: Path) -> None:
    with journal_of(tmp_path / "j", OPENED, REPLIED, replace(REPLIED, attempt=1, raw="{}", usage={})) as journal:
        endpoint = Replaying(journal, "runs/a")
        assert run_virtual(endpoint.complete, ask()) == Reply(raw=REPLIED.raw, usage=REPLIED.usage)
        assert run_virtual(endpoint.complete, ask(attempt=1)) == Reply(raw="{}")


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (ask("b#0"), "runs/a: has no conversation b#0; replay the scenarios of that run"),
        (ask(move=2), "runs/a: a#0 has no reply for user, move 2, attempt 0; replay a run with the version and the options"),
        (ask(attempt=2), "runs/a: a#0 has no reply for user, move 1, attempt 2;"),
        (replace(ask(), role="agent"), "runs/a: a#0 has no reply for agent, move 1, attempt 0;"),
    ],
)
def test_what_was_never_asked_then_is_said_in_one_line(tmp_path: Path, wanted: Ask, said: str) -> None:
    with journal_of(tmp_path / "j", OPENED, REPLIED) as journal, pytest.raises(BadEndpoint) as raised:
        run_virtual(Replaying(journal, "runs/a").complete, wanted)
    assert str(raised.value).startswith(said) and "\n" not in str(raised.value)


def test_where_asking_failed_then_it_fails_again_in_the_same_words(tmp_path: Path) -> None:
    failed = Failed(blame="agent", reason="context full", detail="9000 tokens are too many")
    with journal_of(tmp_path / "j", OPENED, REPLIED, failed) as journal, pytest.raises(PartyFailed) as raised:
        run_virtual(Replaying(journal, "runs/a").complete, ask(move=2))
    assert (raised.value.blame, raised.value.reason, raised.value.detail) == ("agent", "context full", failed.detail)


def test_a_tools_failure_is_none_of_the_endpoints(tmp_path: Path) -> None:
    """Tools are called again when a run is replayed, and this time they may answer."""
    failed = Failed(blame="environment", reason="tool failed")
    with journal_of(tmp_path / "j", OPENED, REPLIED, failed) as journal, pytest.raises(BadEndpoint):
        run_virtual(Replaying(journal, "runs/a").complete, ask(move=2))
