"""Journals that are kept: how this version writes one of a few conversations, and how any later one reads it again.

A recording is a folder: `journal.sql`, a journal as SQLite dumps it, and `worlds.json`, the worlds that it was played in.
"""

import sqlite3
import tempfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import msgspec

from engine.casting import Casting
from engine.clock import run_virtual
from engine.conversation.conversation import Conversation
from engine.conversation.converse import PartyFailed
from engine.conversation.events import Closed, Opened, Replied, Spoke
from engine.journal import Happened, InlineSink, Journal, key
from engine.scenario import Scenario, WorldRef, load
from engine.simulation import Job, Stage, simulate
from engine.toolboxes.direct import DirectToolbox
from engine.worlds import Worlds
from tests.conftest import ROOT
from tests.engine import stages
from tests.engine.test_simulation import SABOTAGED, Sabotaged

HERE = Path(__file__).parent
FILES = ("retail/first.jsonl", "retail/rules.jsonl", "airline/first.jsonl", "airline/rules.jsonl")


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """Beside a journal: each scenario's world, and how many conversations there are of each standing."""

    worlds: dict[str, WorldRef]
    standings: dict[str, int]


def record(name: str, where: Path = HERE) -> Path:
    """Write tests/recorded/NAME anew with what this version makes of a few scenarios of every domain."""
    folder = where / name
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "journal.sqlite"
        with Journal(path) as journal:
            _play(journal)
        _dump(path, folder / "journal.sql")
        with Journal(path, read_only=True) as journal:
            standings = [verdict.standing if verdict else "running" for _, _, verdict in journal.begun()]
    counts = {standing: standings.count(standing) for standing in sorted(set(standings))}
    worlds = {scenario.id: scenario.world for scenario in _scenarios()}
    recorded = msgspec.json.encode(Recorded(worlds=worlds, standings=counts))
    (folder / "worlds.json").write_bytes(msgspec.json.format(recorded) + b"\n")
    return folder


def _scenarios() -> list[Scenario]:
    """Two of each shipped file that is not of one kind, and a few lamps."""
    shipped = [scenario for name in FILES for scenario in list(load([ROOT / "scenarios" / name]))[3:5]]
    return [*stages.scenarios()[:4], *shipped]


def _play(journal: Journal) -> None:
    """One after the other, in virtual time: the same bytes whenever it is done."""
    scenarios = _scenarios()
    jobs = [Job(place=place, scenario=scenario, trial=0) for place, scenario in enumerate(scenarios)]
    _carried_out(journal, jobs, Casting())
    spoiled = next(scenario for scenario in stages.scenarios() if scenario.id in SABOTAGED)
    for trial, blame in enumerate(("agent", "environment"), start=1):
        failing = Sabotaged("agent", stages.Listed(PartyFailed(blame, "no reply", "after three tries")))
        _carried_out(journal, [Job(place=len(jobs), scenario=spoiled, trial=trial)], failing)
    _model(journal, len(jobs) + 1)
    _broken_off(journal, len(jobs) + 2)


def _carried_out(journal: Journal, jobs: Iterable[Job], casting: Casting) -> None:
    stage = Stage(casting=casting, worlds=Worlds(), toolbox=DirectToolbox())
    run_virtual(simulate, jobs, stage, InlineSink(journal), 1, lambda *_: None)


def _model(journal: Journal, place: int) -> None:
    """A conversation with a model's replies, the first of which was malformed. No party here has a model yet."""
    opened = Opened(domain=stages.LIGHTS.name, scenario="by hand", trial=0, first="agent")
    replies = [
        Replied(party="agent", move=1, attempt=attempt, raw=raw, usage={"tokens": 3}) for attempt, raw in enumerate(("{", "{}"))
    ]
    spoke = Spoke(party="agent", move=1, text="Good bye – ü 😀", reasoning="Nobody is there.", leaves=True)
    conversation = Conversation([opened, *replies, spoke, Closed(reason="agent left")])
    journal.write([Happened(key(place, 0), number, event) for number, event in enumerate(conversation.events)])


def _broken_off(journal: Journal, place: int) -> None:
    """The first half of a conversation: the run was killed there."""
    events = journal.events(key(0, 0))
    journal.write([Happened(key(place, 0), number, event) for number, event in enumerate(events[: len(events) // 2])])


def _dump(path: Path, to: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        lines = [line for line in database.iterdump() if 'INTO "run"' not in line]
    to.write_text("\n".join(lines) + "\n", encoding="utf-8")


def load_into(name: str, path: Path) -> Recorded:
    """Make a journal of a recording, and answer what stands beside it."""
    with closing(sqlite3.connect(path)) as database:
        database.executescript((HERE / name / "journal.sql").read_text(encoding="utf-8"))
    return msgspec.json.decode((HERE / name / "worlds.json").read_bytes(), type=Recorded)


def names() -> list[str]:
    """Every recording that is kept."""
    return sorted(path.parent.name for path in HERE.glob("*/journal.sql"))
