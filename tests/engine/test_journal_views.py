"""What people ask a journal in SQL: the views say what the events and verdicts say, in old journals too."""

import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from engine.checkers.verdict import Verdict
from engine.clock import run_virtual
from engine.conversation.converse import PartyFailed
from engine.conversation.events import Called, Closed, Event, Opened, Returned, Spoke
from engine.journal import Happened, InlineSink, Journal, Judged, key
from engine.simulation import simulate
from tests.conftest import ROOT
from tests.engine.stages import Listed, jobs, scenarios, stage
from tests.engine.test_simulation import Sabotaged

QUERIES = re.findall(r"```sql\n(.+?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)

OLD = """
CREATE TABLE run (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE events (conversation INTEGER NOT NULL, number INTEGER NOT NULL, body TEXT NOT NULL);
CREATE UNIQUE INDEX event_of ON events (conversation, number);
CREATE TABLE verdicts (conversation INTEGER NOT NULL, standing TEXT NOT NULL, body TEXT NOT NULL);
CREATE UNIQUE INDEX verdict_of ON verdicts (conversation);
"""
"""The tables as the first version made them."""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Conversations that went well, that an agent spoiled, one that the environment failed, one whose call is open."""
    path = tmp_path_factory.mktemp("run") / "journal.sqlite"
    with Journal(path) as journal:
        run_virtual(simulate, jobs(10), stage(), InlineSink(journal), 3, lambda *_: None)
        late = jobs(20)[10:]
        spoiled = stage(casting=Sabotaged("agent", Listed(PartyFailed("environment", "endpoint down"))))
        run_virtual(simulate, late, spoiled, InlineSink(journal), 3, lambda *_: None)
        played = journal.events(key(0, 0))
        open_call = next(number for number, event in enumerate(played) if isinstance(event, Called))
        journal.write([Happened(key(0, 7), number, event) for number, event in enumerate(played[: open_call + 1])])
        rejected = Verdict(standing="rejected", reason="state", blame="agent", findings=_failing(journal), reads=3, writes=1)
        journal.write([*(Happened(key(1, 7), number, event) for number, event in enumerate(played)), Judged(key(1, 7), rejected)])
    return path


def _failing(journal: Journal) -> Any:
    """The findings of a real verdict, all of them failures, said in words that SQL could stumble over."""
    verdict = journal.verdict(key(0, 0))
    assert verdict is not None
    return tuple(
        type(found)(check=found.check, result="fail", detail='it\'s "off"; – ü\n', events=(1, 2)) for found in verdict.findings
    )


@pytest.fixture
def asked(path: Path) -> Iterator[sqlite3.Connection]:
    """The journal as anybody's SQLite opens it."""
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        yield database


def rows(database: sqlite3.Connection, view: str, order: str = "conversation, number") -> list[dict[str, Any]]:
    return [dict(row) for row in database.execute(f"SELECT * FROM {view} ORDER BY {order}")]


@pytest.fixture(scope="module")
def happened(path: Path) -> Mapping[int, tuple[list[Event], Verdict | None]]:
    with Journal(path, read_only=True) as journal:
        return {number: (journal.events(number), verdict) for number, _, verdict in journal.begun()}


def test_conversations_have_their_standing_and_their_counts(
    asked: sqlite3.Connection, happened: Mapping[int, tuple[list[Event], Verdict | None]]
) -> None:
    """Counts of what has happened so far, also while a conversation is going on; what only a verdict knows is then NULL."""
    expected = []
    for number, (events, verdict) in happened.items():
        opened = events[0]
        assert isinstance(opened, Opened)
        expected.append(
            {
                "conversation": number,
                "scenario": opened.scenario,
                "trial": opened.trial,
                "domain": opened.domain,
                "standing": verdict.standing if verdict else "running",
                "reason": verdict.reason if verdict else None,
                "blame": verdict.blame if verdict else None,
                "events": len(events),
                "messages": sum(isinstance(event, Spoke) for event in events),
                "tool_calls": sum(isinstance(event, Called) for event in events),
                "reads": verdict.reads if verdict else None,
                "writes": verdict.writes if verdict else None,
            }
        )
    found = rows(asked, "conversations", "conversation")
    assert found == expected
    assert {row["standing"] for row in found} == {"accepted", "rejected", "failed", "running"}


def test_messages_are_what_was_said_in_order(
    asked: sqlite3.Connection, happened: Mapping[int, tuple[list[Event], Verdict | None]]
) -> None:
    expected = [
        (number, place, event.move, event.party, event.text, int(event.leaves))
        for number, (events, _) in happened.items()
        for place, event in enumerate(events)
        if isinstance(event, Spoke)
    ]
    assert [tuple(row.values()) for row in rows(asked, "messages")] == expected
    assert list(rows(asked, "messages")[0]) == ["conversation", "number", "move", "party", "text", "leaves"]
    assert {leaves for *_, leaves in expected} == {0, 1}


def test_tool_calls_stand_beside_their_answers(
    asked: sqlite3.Connection, happened: Mapping[int, tuple[list[Event], Verdict | None]]
) -> None:
    """Both parties' calls; one that was not answered has none."""
    expected: list[tuple[object, ...]] = []
    for number, (events, _) in happened.items():
        for place, (event, after) in enumerate(zip(events, [*events[1:], None], strict=True)):
            if isinstance(event, Called):
                answer = (after.text, int(after.error)) if isinstance(after, Returned) else (None, None)
                call = (number, place, event.move, event.call, event.party, event.name, event.arguments)
                expected.append((*call, *answer))
    found = rows(asked, "tool_calls")
    assert [tuple(row.values()) for row in found] == expected
    columns = ["conversation", "number", "move", "call", "party", "name", "arguments", "result", "error"]
    assert list(found[0]) == columns
    assert sum(row["result"] is None for row in found) == 1
    assert {row["party"] for row in found} == {"agent", "user"}


def test_checks_have_one_row_a_finding(
    asked: sqlite3.Connection, happened: Mapping[int, tuple[list[Event], Verdict | None]]
) -> None:
    expected = [
        (number, found.check, found.result, found.detail, str(list(found.events)).replace(" ", ""))
        for number, (_, verdict) in happened.items()
        for found in (verdict.findings if verdict else ())
    ]
    query = asked.execute("SELECT conversation, name, result, detail, events FROM checks ORDER BY conversation")
    assert sorted(tuple(row) for row in query) == sorted(expected)
    assert {result for _, _, result, *_ in expected} >= {"pass", "fail"}


def old(path: Path, *, views: str = "") -> Path:
    """A journal as the first version left it, with one conversation."""
    with closing(sqlite3.connect(path)) as database:
        database.executescript(OLD + views)
        opened = Opened(domain="tests.domains.lights", scenario=scenarios()[0].id, trial=0, first="user")
        with Journal(path.with_name("new")) as new:
            new.write(
                [Happened(0, 0, opened), Happened(0, 1, Closed(reason="user left")), Judged(0, Verdict(standing="accepted"))]
            )
        database.execute("ATTACH ? AS new", (str(path.with_name("new")),))
        for table in ("events", "verdicts"):
            database.execute(f"INSERT INTO main.{table} SELECT * FROM new.{table}")
        database.commit()
    return path


def test_an_old_journal_is_read_without_views_and_stays_as_it_is(tmp_path: Path) -> None:
    path = old(tmp_path / "old")
    before = path.read_bytes()
    with Journal(path, read_only=True) as journal:
        assert [(number, verdict.standing) for number, _, verdict in journal.begun() if verdict] == [(0, "accepted")]
        assert journal.finished(1, 1) == 1
    assert path.read_bytes() == before


@pytest.mark.parametrize("views", ["", "CREATE VIEW conversations AS SELECT 'another version' AS standing FROM events;"])
def test_an_old_journal_has_todays_views_when_it_was_opened_for_writing(tmp_path: Path, views: str) -> None:
    path = old(tmp_path / "old", views=views)
    with Journal(path) as journal:
        assert len(journal.events(0)) == 2
    with closing(sqlite3.connect(path)) as database:
        found = database.execute("SELECT conversation, standing, events, messages, tool_calls FROM conversations").fetchall()
    assert found == [(0, "accepted", 2, 0, 0)]


def test_a_journal_of_today_is_not_changed_by_looking_whether_it_is_one(path: Path) -> None:
    """Opened again it has the views that it had: nothing is made anew."""
    with Journal(path) as journal:
        ((before,),) = journal._rows("PRAGMA schema_version")
    with Journal(path) as journal:
        assert list(journal._rows("PRAGMA schema_version")) == [(before,)]


def test_the_readme_shows_three_queries() -> None:
    assert len(QUERIES) == 3


@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_a_query_of_the_readme_answers_something(path: Path, query: str, asked: sqlite3.Connection) -> None:
    """In Python's SQLite, and on the command line as the README calls it."""
    found = asked.execute(query).fetchall()
    assert found and all(name in query for name in found[0].keys())  # noqa: SIM118, a Row's own values come first
    if shutil.which("sqlite3") is None:
        pytest.skip("there is no sqlite3 on this machine; Python's own SQLite answered")
    told = subprocess.run(["sqlite3", "-readonly", "-json", path, query], capture_output=True, text=True, timeout=30, check=True)
    assert told.stdout.count('"') >= 2 * len(found)
