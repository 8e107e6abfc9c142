"""Recordings of the older τ-bench, each judged by the task that it brings, against what the public environment made of them."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.checkers import judge
from engine.checkers.gold import gold_state
from engine.checkers.recording import Recording
from engine.checkers.verdict import Verdict
from engine.imports.listed import BadTasks
from engine.imports.taubench import conversations
from engine.outside import BadConversation, events
from engine.worlds import Worlds
from servers import load
from servers.worlds import open_world
from tests.engine.writ import scenario, writ, written

Row = dict[str, Any]
Recorded = tuple[list[Row], list[Recording]]


def _recordings(path: Path, domain: str = "retail", world: str = "small:7") -> Iterator[Recording]:
    worlds = Worlds()
    for each in conversations(path, domain, world):
        opened = worlds.of(each.scenario)
        yield Recording(each.scenario, *opened, events(each, *opened), reworded=each.reworded)


@pytest.fixture(scope="module")
def airline(tau2: Path) -> Recorded:
    """The recorded airline conversations: their rows, and what they are here."""
    path = tau2 / "conversations" / "gpt4o_airline.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return rows, list(_recordings(path, "airline", str(tau2 / "airline" / "db.json")))


def _result(verdict: Verdict, check: str) -> str:
    return next((finding.result for finding in verdict.findings if finding.check == check), "")


def test_every_recorded_conversation_is_judged_as_the_public_environment_judges_it(airline: Recorded) -> None:
    """All 100: state against gold, what had to be told, and the reward that each got then."""
    agreed, became = Counter[str](), Counter[str]()
    for row, recording in zip(*airline, strict=True):
        verdict, oracle = judge(recording), row["oracle"]
        agreed["state"] += (_result(verdict, "state") == "pass") == oracle["state_equal"]
        agreed["told"] += (_result(verdict, "answer") != "fail") == oracle["outputs_told"]
        agreed["reward"] += verdict.accepted == (row["reward"] == 1.0)
        became[verdict.reason or verdict.standing] += 1
    print(dict(agreed), dict(became))
    assert agreed == {"state": 100, "told": 100, "reward": 100}
    assert became == {"accepted": 31, "state": 58, "answer": 8, "cut off": 3}


def test_every_end_and_every_gold_have_the_recorded_digest(airline: Recorded) -> None:
    """The calls of the conversation and the gold of its own task, on the public world as it is today."""
    for row, recording in zip(*airline, strict=True):
        gold = gold_state(recording.domain, recording.world, recording.scenario.gold)
        ends = {"final_db_sha256": recording.final.public_sha256(), "gold_db_sha256": gold.public_sha256()}
        assert row["oracle"] | ends == row["oracle"], (row["task_id"], row["trial"])


def test_the_same_calls_are_refused_as_were_then(airline: Recorded) -> None:
    """Most answers are worded otherwise today; whether a call succeeds never differs."""
    counted = Counter[str]()
    for recording in airline[1]:
        for played in recording.calls:
            refused = played.recorded.startswith("Error")
            assert refused == played.outcome.error, played
            counted["to the letter" if played.recorded == played.outcome.text else "refusal" if refused else "answer"] += 1
    print(dict(counted))
    assert counted == {"to the letter": 111, "refusal": 63, "answer": 389}


def test_the_command_judges_a_file_by_the_tasks_in_it(tau2: Path, tmp_path: Path) -> None:
    """Every conversation was judged, so the status is 0; then what the checks found is counted, and what went wrong."""
    told = writ(
        "judge", tau2 / "conversations" / "gpt4o_airline.jsonl", "--domain", "airline",
        "--world", tau2 / "airline" / "db.json", cwd=tmp_path,
    )  # fmt: skip
    assert (told.returncode, told.stderr) == (0, "")
    counts = next(line for line in told.stdout.splitlines() if line.startswith("100 conversations"))
    assert counts.startswith("100 conversations, 31 accepted, 69 rejected; answer: 10 fail, 88 not judged, 2 pass; claims: ")
    assert "state: 68 fail, 32 pass" in counts
    causes = [line.split(maxsplit=2) for line in told.stdout.partition(counts)[2].splitlines()[2:]]
    assert sum(int(count) for count, check, _ in causes if check == "state") == 68
    assert ["25", "policy", "text beside a call"] in [[count, check, why.strip()] for count, check, why in causes]


def test_every_conversation_that_failed_there_says_what_went_wrong(airline: Recorded) -> None:
    """Each of the 69 has a check that failed, with a line for a person and the events that show it, or what was left out."""
    verdicts = [judge(recording) for recording in airline[1]]
    assert sum(not verdict.accepted for verdict in verdicts) == 69
    for verdict in verdicts:
        failed = [finding for finding in verdict.findings if finding.result == "fail"]
        if not verdict.accepted:
            assert failed and all(finding.detail and finding.cause for finding in failed)
            assert verdict.blame == "agent"


STOPS = {"role": "user", "content": "Thanks. ###STOP###"}
HOME = dict.fromkeys(("address1", "address2", "city", "state", "country", "zip"), "1 Elm Street")


@pytest.fixture(scope="module")
def customer() -> str:
    """Somebody who moves house."""
    return next(iter(open_world(load("retail"), "small:7").tables["users"]))


def _called(answer: str, name: str = "modify_user_address", **arguments: Any) -> list[Row]:
    call = {"id": "c", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
    asked = {"role": "assistant", "content": None, "tool_calls": [call]}
    return [asked, {"role": "tool", "tool_call_id": "c", "name": name, "content": answer}]


def _moved(customer: str) -> list[Row]:
    """The right call, answered in other words than today's."""
    return _called('{"address": "1 Elm Street"}', user_id=customer, **HOME)


def _written(folder: Path, customer: str, *messages: Row, **changes: Any) -> Path:
    """A file with one conversation whose task is to change an address; `changes` are to its task."""
    action = {"name": "modify_user_address", "kwargs": {"user_id": customer, **HOME}}
    task = {"user_id": customer, "actions": [action], "instruction": "You have moved.", "outputs": []} | changes
    traj = [{"role": "user", "content": "Hi"}, *messages]
    row = {"task_id": 3, "trial": 1, "reward": 0.0, "info": {"task": task}, "traj": traj}
    (folder / "recorded.jsonl").write_text(json.dumps(row) + "\n")
    return folder / "recorded.jsonl"


def _judged(path: Path) -> Verdict:
    (recording,) = _recordings(path)
    return judge(recording)


def test_another_wording_is_shown_and_decides_nothing(tmp_path: Path, customer: str) -> None:
    """An older release made the answers: what they say may differ."""
    verdict = _judged(_written(tmp_path, customer, *_moved(customer), STOPS))
    assert verdict.accepted and _result(verdict, "replay") == "not judged"
    (found,) = [finding for finding in verdict.findings if finding.check == "replay"]
    assert "(1 of 1 answers differ)" in found.detail


@pytest.mark.parametrize(
    "call",
    [
        _called("Error: no such thing", name="list_all_product_types"),
        _called("Unknown action calculate", name="calculate", expression="1 + 1"),
        _called('{"user_id": "nobody"}', name="get_user_details", user_id="nobody"),
        _called("Refunded.", name="refund", amount=5),
    ],
)
def test_a_call_that_succeeds_on_one_side_only_cannot_be_judged(tmp_path: Path, customer: str, call: list[Row]) -> None:
    """The worlds have parted there: such a conversation is neither right nor wrong."""
    verdict = _judged(_written(tmp_path, customer, *_moved(customer), *call, STOPS))
    assert (verdict.standing, verdict.reason, verdict.blame) == ("failed", "a tool's answer does not replay", "environment")


def test_a_tool_that_did_nothing_is_left_out(tmp_path: Path, customer: str) -> None:
    """`think` is none of ours: no call, no refusal, no difference."""
    verdict = _judged(_written(tmp_path, customer, *_called("", name="think", thought="Hm."), *_moved(customer), STOPS))
    assert verdict.accepted and verdict.calls == 1


def test_what_nobody_ended_is_not_accepted(tmp_path: Path, customer: str) -> None:
    """The state is right, and yet the agent ran into that benchmark's limit."""
    verdict = _judged(_written(tmp_path, customer, *_moved(customer)))
    assert (verdict.standing, verdict.reason, _result(verdict, "state")) == ("rejected", "cut off", "pass")


def test_a_tool_may_end_it(tmp_path: Path, customer: str) -> None:
    """As a customer's last word does."""
    handed_over = _called("Transfer successful", name="transfer_to_human_agents", summary="Gone.")
    assert _judged(_written(tmp_path, customer, *_moved(customer), *handed_over)).accepted


def test_outputs_of_the_task_must_be_told(tmp_path: Path, customer: str) -> None:
    """They are what the answer is checked for."""
    told = {"role": "assistant", "content": "You get 1,250 points."}
    for messages, reason in (((told,), ""), ((), "answer")):
        assert _judged(_written(tmp_path, customer, *_moved(customer), *messages, STOPS, outputs=["1250"])).reason == reason


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"user_id": "mia"}, "task 3: its customer 'mia' is not in the users of small:7"),
        ({"actions": [{"name": "book", "kwargs": {}}]}, "task 3: lists a call of 'book', which is no tool of retail"),
        ({"actions": [{"name": "calculate", "arguments": {}}]}, "missing required field `kwargs` - at `$.info.task.actions[0]`"),
        ({"outputs": "5"}, "Expected `array`, got `str` - at `$.info.task.outputs`"),
        ({"actions": None}, "is no conversation of τ-bench with its own task"),
    ],
)
def test_a_task_that_cannot_be_taken_over_is_named(tmp_path: Path, customer: str, changes: Row, said: str) -> None:
    """By file, line and task."""
    path = _written(tmp_path, customer, STOPS, **changes)
    with pytest.raises((BadTasks, BadConversation)) as raised:
        list(_recordings(path))
    assert str(raised.value).startswith(f"{path}:1: ") and said in str(raised.value)


def test_bad_input_is_said_in_one_line(tmp_path: Path, customer: str) -> None:
    """Which options belong together, what has no task, what is no JSON, what is not there."""
    pack, own = written(tmp_path / "pack.jsonl", [scenario("price")]), ["--domain", "retail", "--world", "small:7"]
    path = _written(tmp_path, customer, STOPS)
    (tmp_path / "cut.jsonl").write_text(path.read_text()[:80])
    (tmp_path / "none.jsonl").write_text('{"task_id": 3, "traj": [], "info": {}}\n')
    for words, said in (
        ([path], "give --scenarios PATH, or both --domain and --world"),
        ([path, *own[:2]], "give --scenarios PATH, or both --domain and --world"),
        ([path, *own, "--scenarios", pack], "give --scenarios PATH, or both --domain and --world"),
        ([path, "--scenarios", pack], "no scenario '3' among those given; it brings its own task"),
        ([path, *own[:3], "huge:1"], "has no size 'huge'"),
        (["none.jsonl", *own], "none.jsonl:1: is no conversation of τ-bench with its own task"),
        (["cut.jsonl", *own], "cut.jsonl:1: not a line of JSON"),
        (["missing.jsonl", *own], "missing.jsonl: cannot be read: No such file"),
    ):
        told = writ("judge", *words, cwd=tmp_path)
        assert (told.returncode, told.stdout, told.stderr.count("\n")) == (2, "", 1), told
        assert said in told.stderr
