"""Tasks of τ²-bench as scenarios: all of them, played over MCP, against what the public environment answered."""

import json
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from engine.conversation.events import Called, Event, Opened, Returned
from engine.imports.listed import BadTasks
from engine.imports.tau2 import scenarios
from engine.journal import Journal
from engine.toolboxes.toolbox import state_after
from servers import load
from servers.worlds import open_world
from tests.engine.writ import writ


class Pack(NamedTuple):
    """A domain's tasks: what they count, how many pass when nothing is done, and the warnings of `check`."""

    domain: str
    counts: dict[str, int]
    writes: int
    idle: int
    warnings: int


RETAIL = Pack("retail", {"tasks": 74, "calls": 365, "refusals": 13}, 119, 5, 7)
AIRLINE = Pack("airline", {"tasks": 30, "calls": 84, "refusals": 0}, 26, 16, 16)


class Played(NamedTuple):
    """A folder with the imported tasks in `tasks.jsonl`, and in `out` a run of them by gold."""

    pack: Pack
    folder: Path


@pytest.fixture(
    scope="module",
    params=[(pack, tools) for pack in (RETAIL, AIRLINE) for tools in ("mcp", "direct")],
    ids=lambda param: f"{param[0].domain}-{param[1]}",
)
def played(tau2: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Played:
    """Imported and played, with either toolbox."""
    pack, tools = request.param
    folder = tmp_path_factory.mktemp("tasks")
    told = writ("import", "tau2", tau2, "--domain", pack.domain, "--out", "tasks.jsonl", cwd=folder)
    numbers = f"{pack.counts['tasks']} scenarios with {pack.writes} gold writes; {pack.idle} pass when nothing is done"
    assert told.stdout == f"tasks.jsonl: {numbers}\n", told.stderr
    ran = writ("run", "tasks.jsonl", "--agent", "gold", "--tools", tools, "--out", "out", cwd=folder)
    assert ran.returncode == 0, ran.stderr
    return Played(pack, folder)


def _conversations(folder: Path) -> dict[str, list[Event]]:
    with Journal(folder / "out" / "journal.sqlite", read_only=True) as journal:
        return {first.scenario: journal.events(key) for key, first, _ in journal.begun() if isinstance(first, Opened)}


def test_every_task_plays_as_the_public_environment_did(tau2: Path, played: Played) -> None:
    """Each result text and flag is the recorded one, each end has the recorded digest; all are accepted by state and answer."""
    pack, folder = played
    lines = (tau2 / pack.domain / "oracle_tasks.jsonl").read_text().splitlines()
    oracle: list[dict[str, Any]] = [json.loads(line) for line in lines]
    domain, conversations = load(pack.domain), _conversations(folder)
    world, counted = open_world(domain, str(tau2 / pack.domain / "db.json")), Counter[str]()
    for task in oracle:
        events = conversations[f"tau2-{pack.domain}-{task['task_id']}"]
        calls = [event.name for event in events if isinstance(event, Called)]
        answers = [(event.text, event.error) for event in events if isinstance(event, Returned)]
        assert calls == [action["name"] for action in task["actions"]]
        assert answers == [(action["result_text"], action["error"]) for action in task["actions"]], task["task_id"]
        assert state_after(domain, world, events).public_sha256() == task["final_gold"]["db_sha256"], task["task_id"]
        counted += Counter(tasks=1, calls=len(calls), refusals=sum(error for _, error in answers))
    summary = json.loads((folder / "out" / "summary.json").read_text())
    print(dict(counted), {name: summary[name] for name in ("accepted", "rejected", "failed")})
    assert {name: counted[name] for name in pack.counts} == pack.counts
    assert (summary["accepted"], summary["rejected"], summary["failed"]) == (pack.counts["tasks"], 0, 0)


def test_rows_of_imported_tasks_are_kept_only_when_asked_for(played: Played) -> None:
    """They would teach what a list of calls does; judged they are in any case."""
    pack, folder = played
    assert (folder / "out" / "accepted.jsonl").read_bytes() == b""
    told = writ("run", "tasks.jsonl", "--agent", "gold", "--imported-rows", "--out", "kept", "--json", cwd=folder)
    assert json.loads(told.stdout)["rows"] == pack.counts["tasks"]
    assert (folder / "kept" / "accepted.jsonl").read_bytes().count(b"\n") == pack.counts["tasks"]


def test_imported_tasks_are_sound_with_warnings_where_nothing_need_be_done(played: Played) -> None:
    """Some tasks pass when nothing is done; one listed write of retail sets what is set already, and one
    task sets something back."""
    pack, folder = played
    told = writ("check", "tasks.jsonl", "--json", cwd=folder)
    found = json.loads(told.stdout)
    expected = (0, pack.counts["tasks"], 0, pack.warnings)
    assert (told.returncode, found["sound"], found["unsound"], found["warnings"]) == expected


def test_a_task_becomes_a_scenario_with_its_list_and_its_words(tau2: Path) -> None:
    """From the domain's own folder as well; refused actions stay in the list and are no gold."""
    tasks = list(scenarios(tau2 / "retail", "retail"))
    first = tasks[0]
    assert first.id == "tau2-retail-0" and first.customer == "yusuf_rossi_9620"
    assert [write.name for write in first.gold.writes] == ["exchange_delivered_order_items"] and len(first.actions) == 5
    assert first.instruction.startswith("You received your order #W2378156") and "19122" in first.instruction
    assert first.gates == ("answer", "state") and first.provenance.made_by == "tau2-bench"
    assert sum(task.provenance.idle_passes for task in tasks) == 5
    assert {task.id: task.gold.order for task in tasks if task.gold.order} == {"tau2-retail-22": ((0, 2),)}
    assert {task.kind for task in tasks} == {"normal", "write-intensive"}
    assert all(len(task.gold.writes) >= 3 for task in tasks if task.kind == "write-intensive")


_USERS_OWN = {"actions": [{"name": "x", "arguments": {}, "requestor": "user"}]}
_TASK = {
    "id": "1",
    "user_scenario": {"instructions": "Hello"},
    "evaluation_criteria": {"actions": [{"name": "transfer_to_human_agents", "arguments": {"summary": "x"}}]},
}


@pytest.mark.parametrize(
    ("tasks", "said"),
    [
        ("{", "cannot be read"),
        ({}, "must be a list of tasks"),
        ([{"id": "1"}], "task 0: Object missing required field `user_scenario`"),
        ([_TASK, {**_TASK, "id": 7}], "task 1: Expected `str`, got `int` - at `$.id`"),
        ([_TASK, _TASK], "the id '1' comes twice"),
        ([{**_TASK, "initial_state": {}}], "task 1: has an initial state of its own"),
        ([{**_TASK, "evaluation_criteria": _USERS_OWN}], "calls of the user's own"),
        ([{**_TASK, "evaluation_criteria": {"actions": [{"name": "x", "arguments": []}]}}], "Expected `object`, got `array`"),
        ([{**_TASK, "evaluation_criteria": {"actions": [{"name": "x", "arguments": {}}]}}], "'x', which is no tool of retail"),
    ],
)
def test_tasks_that_cannot_be_taken_over_are_named(tmp_path: Path, tasks: Any, said: str) -> None:
    """By file and task, in one line."""
    (tmp_path / "db.json").write_text('{"products": {}, "users": {}, "orders": {}}')
    (tmp_path / "tasks.json").write_text(tasks if isinstance(tasks, str) else json.dumps(tasks))
    with pytest.raises(BadTasks) as raised:
        list(scenarios(tmp_path, "retail"))
    assert str(raised.value).startswith(str(tmp_path / "tasks.json")) and said in str(raised.value)
    assert "\n" not in str(raised.value)
