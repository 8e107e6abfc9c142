"""The command line: runs that end well, are stopped, fail, and are looked at."""

import errno
import fcntl
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from functools import partial
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from engine.checkers.verdict import Verdict
from engine.cli import main
from engine.config import settings
from engine.conversation.events import Spoke
from engine.dataset.write import whole
from engine.journal import Happened, Journal, Judged, Retried, key
from engine.run import BadRun, Run
from engine.scenario import GoldWrite, WorldRef
from servers.domain import ToolCall
from tests.engine.writ import PRICE, command, environment, scenario, writ, written

DEAR = GoldWrite(name="set_price", arguments={"book_id": "b2", "price": 400})
GOLD = ("--agent", "gold", "--tools", "direct")
BREAK = GoldWrite(name="break_shelf", arguments={})


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Two tasks that gold carries out."""
    return written(tmp_path / "pack.jsonl", [scenario("price", PRICE), scenario("title", tell=("Title 3",))])


def _bytes(folder: Path, *, but: tuple[str, ...] = ()) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name not in but}


def test_a_run_writes_its_rows_and_says_what_became_of_it(pack: Path, tmp_path: Path) -> None:
    """Exit 0, counts by domain and kind, and where the files lie; as JSON nothing else is on standard output."""
    told = writ("run", pack, *GOLD, "--out", "out", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert "tests.servers.shelf" in told.stdout and "out/accepted.jsonl: 2 rows" in told.stdout
    assert told.stderr == "2 conversations\n"
    rows = [json.loads(line) for line in (tmp_path / "out" / "accepted.jsonl").read_text().splitlines()]
    assert [row["metadata"]["scenario"] for row in rows] == ["price", "title"]
    summary = json.loads(writ("run", pack, *GOLD, "--out", "out", "--json", cwd=tmp_path).stdout)
    on_disk = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary == on_disk | {"out": "out"} and summary["accepted"] == 2


def test_a_quiet_run_says_nothing(pack: Path, tmp_path: Path) -> None:
    """Neither on standard output nor on standard error; the folder is named by what makes the rows."""
    told = writ("run", pack, *GOLD, "--quiet", cwd=tmp_path)
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")
    assert len(list((tmp_path / "runs").iterdir())) == 1


def test_a_finished_run_is_not_played_again(pack: Path, tmp_path: Path) -> None:
    """The second time nothing happens to the journal's events, and the rows stay as they are."""
    for _ in range(2):
        told = writ("run", pack, *GOLD, "--out", "out", cwd=tmp_path)
        rows = _bytes(tmp_path / "out", but=("summary.json", "journal.sqlite"))
    assert told.returncode == 0 and told.stderr == ""
    assert _bytes(tmp_path / "out", but=("summary.json", "journal.sqlite")) == rows


def test_how_it_runs_leaves_no_trace_in_the_rows(pack: Path, tmp_path: Path) -> None:
    """One at a time without a protocol, and fifty at a time over MCP: equal bytes."""
    for out, tools, concurrency in (("one", "direct", 1), ("many", "mcp", 50)):
        options = ("--tools", tools, "--concurrency", concurrency, "--trials", 20, "--out", out)
        assert writ("run", pack, "--agent", "gold", *options, cwd=tmp_path).returncode == 0
    rows = (tmp_path / "one" / "accepted.jsonl").read_bytes()
    assert rows == (tmp_path / "many" / "accepted.jsonl").read_bytes()
    assert rows.count(b"\n") == 40


def test_options_win_over_the_file_of_settings(pack: Path, tmp_path: Path) -> None:
    """Keys may be written with dashes; what only the file says holds."""
    (tmp_path / "run.toml").write_text('agent = "gold"\nmax-moves = 7\ntrials = 3\nout = "out"\n')
    told = writ("run", pack, "--config", "run.toml", "--trials", "2", "--json", cwd=tmp_path)
    assert json.loads(told.stdout)["conversations"] == 4, told.stderr
    with Journal(tmp_path / "out" / "journal.sqlite", read_only=True) as journal:
        content = msgspec.json.decode(journal.note("content") or "")
    assert (content["max_moves"], content["agent"]) == (7, "gold")


def _bad_inputs(tmp_path: Path) -> dict[str, tuple[list[object], str]]:
    pack = written(tmp_path / "good.jsonl", [scenario("price", PRICE)])
    other = written(tmp_path / "other.jsonl", [scenario("x", PRICE, world=WorldRef(source="tiny:2", digest="0" * 64))])
    domain = tmp_path / "domain.jsonl"
    domain.write_bytes(pack.read_bytes().replace(b"tests.servers.shelf", b"nowhere"))
    broken = tmp_path / "broken.jsonl"
    broken.write_bytes(pack.read_bytes() + b'{"id": 3}\n')
    asks = tmp_path / "asks.jsonl"
    asks.write_bytes(pack.read_bytes().replace(b'"customer"', b'"requests":[{"recipe":"wish","params":{}}],"customer"'))
    (tmp_path / "bad.toml").write_text("agent = \n")
    (tmp_path / "odd.toml").write_text("speed = 3\n")
    (tmp_path / "wrong.toml").write_text('trials = "many"\n')
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe")
    return {
        "no paths": (["run"], "Missing argument"),
        "an unknown command": (["walk"], "No such command 'walk'"),
        "an unknown option": (["run", pack, "--sped", "3"], "No such option: --sped"),
        "a missing file": (["run", "nowhere.jsonl"], "nowhere.jsonl: no such file or folder"),
        "an empty folder": (["run", "empty"], "no scenario files"),
        "an unknown agent": (
            ["run", pack, "--agent", "nobody"],
            "--agent: input should be one of expert, gold, proposes_wrong, flawed:NAME, varied:NAME, openai:MODEL, guided:MODEL, "
            "not 'nobody'",
        ),
        "no trials": (["run", pack, "--trials", "0"], "--trials: input should be greater than or equal to 1, not 0"),
        "TOML that is none": (["run", pack, "--config", "bad.toml"], "bad.toml: is not TOML"),
        "an unknown key": (["run", pack, "--config", "odd.toml"], "odd.toml: there is no setting 'speed'; known are agent,"),
        "a wrong value": (["run", pack, "--config", "wrong.toml"], "wrong.toml: trials: input should be a valid integer"),
        "a missing config": (["run", pack, "--config", "no.toml"], "no.toml: cannot be read: No such file"),
        "a malformed line": (["run", broken], f"{broken}:2: id: Expected `str`, got `int`"),
        "another world": (["run", other], "scenario x: the world tiny:2 has digest"),
        "an unknown domain": (["run", domain], "scenario price: no domain 'nowhere'"),
        "an unknown recipe": (["run", asks], "scenario price: requests: shelf has no recipe 'wish'"),
        "a file as folder": (["run", pack, "--out", pack], "the output folder cannot be written (File exists)"),
        "a pipe": (["run", "pipe"], "pipe: is a pipe; a run reads its scenarios several times, give a file"),
        "a file twice": (["run", pack, pack], f"{pack}:1: the id 'price' was used before, at {pack}:1"),
        "an unknown standing": (["show", "empty", "--standing", "odd"], "--standing: there is no 'odd'; choose accepted,"),
        "no run to show": (["show", "empty"], "empty: no run is there"),
        "an unknown kind": (["generate", "--domain", "retail", "--out", "x", "--kind", "odd"], "--kind: 'odd' is none"),
        "an unknown rule": (
            ["generate", "--domain", "retail", "--out", "x", "--rule", "odd"],
            "--rule: retail has no rule 'odd'",
        ),
        "an unknown policy": (
            ["generate", "--domain", "retail", "--out", "x", "--world", "small:7@odd"],
            "small:7@odd: retail has no policy 'odd'",
        ),
        "no tasks": (["import", "tau2", "empty", "--domain", "retail", "--out", "x"], "empty: has no db.json"),
    }


def test_bad_input_is_one_line_and_exit_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which file, which place, what is wrong; never a traceback, and nothing on standard output."""
    monkeypatch.chdir(tmp_path)
    for case, (arguments, line) in _bad_inputs(tmp_path).items():
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        told = capsys.readouterr()
        assert (ended.value.code, told.out) == (2, ""), (case, told)
        assert told.err.count("\n") == 1 and line in told.err, (case, told.err)


def test_a_folder_of_another_run_is_refused_with_what_differs(pack: Path, tmp_path: Path) -> None:
    """Another seed is another run; another concurrency is not."""
    assert writ("run", pack, *GOLD, "--out", "out", cwd=tmp_path).returncode == 0
    told = writ("run", pack, *GOLD, "--out", "out", "--seed", "5", cwd=tmp_path)
    assert told.returncode == 2 and "out: holds another run (seed: 0 there, 5 here)" in told.stderr
    assert writ("run", pack, *GOLD, "--out", "out", "--concurrency", "2", cwd=tmp_path).returncode == 0


def test_two_runs_do_not_work_in_one_folder(pack: Path, tmp_path: Path) -> None:
    """The one that holds the folder's lock goes on, the other is told so."""
    (tmp_path / "out").mkdir()
    with (tmp_path / "out" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = writ("run", pack, *GOLD, "--out", "out", cwd=tmp_path)
    assert told.returncode == 2 and "out: another run is working here" in told.stderr


def test_what_could_not_be_carried_out_is_exit_1_and_is_tried_again(tmp_path: Path) -> None:
    """A tool that breaks is nobody's fault in the conversation: failed, not rejected; the other task is not held up."""
    pack = written(tmp_path / "pack.jsonl", [scenario("broken", BREAK), scenario("fine", PRICE), scenario("dear", DEAR)])
    for _ in range(2):
        told = writ("run", pack, *GOLD, "--out", "out", cwd=tmp_path)
        assert told.returncode == 1 and "1 conversations could not be carried out or judged" in told.stderr
        assert "event='conversation failed' scenario='broken' reason='tool failed'" in told.stderr
        summary = json.loads((tmp_path / "out" / "summary.json").read_text())
        assert [summary[name] for name in ("accepted", "rejected", "failed")] == [1, 1, 1]
        assert summary["blame"] == {"environment": 1, "scenario": 1}
    assert "3 conversations, 2 of them done before" in told.stderr


def test_a_gold_that_refers_to_nothing_is_the_scenarios_fault(tmp_path: Path) -> None:
    """An argument that no earlier answer gives rejects that conversation, and no other."""
    odd = GoldWrite(name="set_price", arguments={"book_id": {"result_of": 3, "field": "id"}, "price": 1})
    pack = written(tmp_path / "pack.jsonl", [scenario("odd", odd), scenario("fine", PRICE)])
    told = writ("run", pack, *GOLD, "--json", cwd=tmp_path)
    summary = json.loads(told.stdout)
    assert (told.returncode, summary["accepted"], summary["blame"]) == (0, 1, {"scenario": 1}), told
    assert summary["reasons"] == {"gold does not replay": 1}


def test_what_a_checker_crashed_on_is_judged_again_as_it_was(pack: Path, tmp_path: Path) -> None:
    """Its events are kept, here with words that nobody would say again; only the verdict is made anew."""
    assert writ("run", pack, *GOLD, "--out", "out", cwd=tmp_path).returncode == 0
    crashed = Verdict(standing="unjudged", reason="a checker crashed")
    with Journal(tmp_path / "out" / "journal.sqlite") as journal:
        kept = [replace(event, text="Once only.") if isinstance(event, Spoke) else event for event in journal.events(key(0, 0))]
        journal.write([Retried(key(0, 0), "tool failed")])
        journal.write([*(Happened(key(0, 0), number, event) for number, event in enumerate(kept)), Judged(key(0, 0), crashed)])
    told = writ("run", pack, *GOLD, "--out", "out", cwd=tmp_path)
    assert (told.returncode, told.stderr) == (0, "2 conversations, 1 of them done before\n")
    assert b"Once only." in (tmp_path / "out" / "accepted.jsonl").read_bytes()
    with Journal(tmp_path / "out" / "journal.sqlite", read_only=True) as journal:
        assert journal.events(key(0, 0)) == kept


def _interrupted(pack: Path, cwd: Path, number: signal.Signals) -> tuple[int, str]:
    """Begin a long run, wait until something is accepted, look at it while it goes on, send the signal."""
    long = command("run", pack, *GOLD, "--out", "out", "--trials", 60_000)
    with subprocess.Popen(long, cwd=cwd, env=environment(), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as run:
        assert run.stderr is not None and run.stderr.readline() == "120000 conversations\n"
        with Journal(cwd / "out" / "journal.sqlite", read_only=True) as journal:
            while not journal.finished(2, 60_000):
                assert run.poll() is None
        seen = writ("show", "out", cwd=cwd).stdout
        assert "price#0" in seen and run.poll() is None
        run.send_signal(number)
        _, errors = run.communicate(timeout=60)
    return run.returncode, errors


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_run_says_how_to_go_on_and_loses_nothing(
    pack: Path, tmp_path: Path, number: signal.Signals, status: int
) -> None:
    """What has happened is in the journal. Gone on with, the rows are those of a run that was never stopped."""
    ended, errors = _interrupted(pack, tmp_path, number)
    assert ended == status, errors
    assert f"To go on: python -m engine run {pack} --agent gold --tools direct --out out --trials 60000" in errors
    with Journal(tmp_path / "out" / "journal.sqlite", read_only=True) as journal:
        begun = sum(1 for _ in journal.begun())
        assert 0 < journal.finished(2, 60_000) <= begun
    options = (*GOLD, "--trials", begun + 10, "--limit", 1)
    resumed = writ("run", pack, *options, "--out", "out", cwd=tmp_path)
    whole = writ("run", pack, *options, "--out", "whole", cwd=tmp_path)
    assert resumed.returncode == whole.returncode == 0, resumed.stderr
    assert "of them done before" in resumed.stderr
    assert (tmp_path / "out" / "accepted.jsonl").read_bytes() == (tmp_path / "whole" / "accepted.jsonl").read_bytes()


def test_a_full_disk_is_one_line_and_exit_1_and_the_same_command_goes_on(pack: Path, tmp_path: Path) -> None:
    """A journal that may not grow stops the run; with room again the rows are those of a run that was never stopped."""
    small = 400_000
    options = (*GOLD, "--trials", 400)
    limited = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (small, small))
    full = writ("run", pack, *options, "--out", "out", cwd=tmp_path, before=limited)
    assert full.returncode == 1
    assert full.stderr.splitlines()[-1].startswith("out/journal.sqlite: the journal cannot be written: ")
    assert "Traceback" not in full.stderr and not (tmp_path / "out" / "accepted.jsonl").exists()
    assert writ("run", pack, *options, "--out", "out", cwd=tmp_path).returncode == 0
    assert writ("run", pack, *options, "--out", "whole", cwd=tmp_path).returncode == 0
    assert (tmp_path / "out" / "accepted.jsonl").read_bytes() == (tmp_path / "whole" / "accepted.jsonl").read_bytes()


def test_a_summary_that_cannot_be_written_is_one_line_and_exit_1(pack: Path, tmp_path: Path) -> None:
    """Standard output on a full device; the run itself is kept."""
    with Path("/dev/full").open("w") as full:
        told = writ("run", pack, *GOLD, "--out", "out", "--json", cwd=tmp_path, stdout=full)
    assert told.returncode == 1
    assert told.stderr.splitlines()[-1] == "standard output: No space left on device"
    assert (tmp_path / "out" / "summary.json").exists()


def test_a_journal_that_is_none_is_one_line(pack: Path, tmp_path: Path) -> None:
    """Both for a run and for a look at it."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "journal.sqlite").write_text("not a database, but longer than the header of one is" * 40)
    for arguments in (["run", pack, *GOLD, "--out", "out"], ["show", "out"]):
        told = writ(*arguments, cwd=tmp_path)
        assert told.returncode == 1 and told.stderr.count("\n") == 1
        assert "out/journal.sqlite: the journal cannot be opened" in told.stderr


def test_show_lists_a_run_and_tells_a_conversation(tmp_path: Path) -> None:
    """Who said and called what, the verdict with its findings, and the difference as a table; without colours in a pipe."""
    wrong = scenario("wrong", PRICE, instruction="Set it.", actions=(_call("b1", 9), _call("b2", 3)))
    pack = written(tmp_path / "pack.jsonl", [scenario("price", PRICE), wrong])
    assert writ("run", pack, *GOLD, "--out", "out", "--quiet", cwd=tmp_path).returncode == 0
    before = _bytes(tmp_path / "out")
    listed = writ("show", "out", cwd=tmp_path).stdout
    assert [line.split()[:2] for line in listed.splitlines()[1:]] == [["price#0", "accepted"], ["wrong#0", "rejected"]]
    assert "price" not in writ("show", "out", "--standing", "rejected", cwd=tmp_path).stdout
    told = writ("show", "out", "wrong", cwd=tmp_path).stdout
    assert "\x1b" not in told
    assert '→ set_price {"book_id":"b1","price":9}' in told and "user   Set it." in told
    assert "rejected: state, blame: agent" in told
    table = [line.split() for line in told.splitlines() if line.startswith("books")]
    assert [row[:3] + row[4:] for row in table] == [["books", "b1", "price", "9.0", "2"], ["books", "b2", "price", "3.0", "4"]]
    pack.unlink()
    assert "(the scenario cannot be shown:" in writ("show", "out", "wrong#0", cwd=tmp_path).stdout
    assert writ("show", "out", "wrong#1", cwd=tmp_path).returncode == 2
    assert _bytes(tmp_path / "out") == before


def _call(book: str, price: float) -> ToolCall:
    return ToolCall(name="set_price", arguments={"book_id": book, "price": price})


def test_show_on_a_killed_run_changes_nothing_of_it(pack: Path, tmp_path: Path) -> None:
    """The write-ahead log that the killed process has left is read and left as it is."""
    ended, _ = _interrupted(pack, tmp_path, signal.SIGKILL)
    assert ended == -signal.SIGKILL
    before = _bytes(tmp_path / "out", but=("journal.sqlite-shm",))
    assert "journal.sqlite-wal" in before
    assert writ("show", "out", "price#0", cwd=tmp_path).returncode == 0
    assert _bytes(tmp_path / "out", but=("journal.sqlite-shm",)) == before


def test_show_says_what_is_still_with_the_workers(pack: Path, tmp_path: Path) -> None:
    assert writ("run", pack, *GOLD, "--out", "out", "--quiet", cwd=tmp_path).returncode == 0
    shutil.copytree(tmp_path / "out", tmp_path / "out" / "workers" / "1-1")
    told = writ("show", "out", cwd=tmp_path)
    assert told.returncode == 0 and told.stderr.startswith("out: 1 workers' journals are not taken in yet")


def test_a_pack_that_changes_while_it_is_played_is_said(pack: Path, tmp_path: Path) -> None:
    """Rows of fewer conversations than were asked for never pass for all of them."""
    content, running = settings(None, {"agent": "gold", "tools": "direct", "out": tmp_path / "out"})
    run = Run([pack], content, running)
    written(pack, [scenario("price", PRICE)])
    with pytest.raises(BadRun, match=r"out: has 1 of 2 conversations: .*pack\.jsonl changed meanwhile"):
        run.carry_out(lambda *_: None)


def test_a_row_that_cannot_be_written_names_its_own_file(tmp_path: Path) -> None:
    """Also while another file is being written, and a failure in between that is of neither names none."""
    (tmp_path / "a").symlink_to("/dev/full")
    (tmp_path / ".a.unfinished").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space") as full, whole(tmp_path / "a") as first, whole(tmp_path / "b"):
        first.write(b"x" * 1_000_000)
    assert full.value.filename == str(tmp_path / "a")
    with pytest.raises(OSError, match="elsewhere") as other, whole(tmp_path / "b"):
        raise OSError(errno.EIO, "elsewhere")
    assert other.value.filename is None and not list(tmp_path.glob("*b*"))


def test_a_run_loads_the_protocol_only_when_it_is_spoken() -> None:
    """The command line is there quickly: what takes long to import is imported where it is needed."""
    asked = "import engine.cli.run, engine.cli.show, sys; sys.exit(any(name in sys.modules for name in ('mcp', 'mimesis')))"
    assert subprocess.run([sys.executable, "-c", asked], env=environment(), timeout=60).returncode == 0


def test_generate_writes_scenarios_that_check_finds_sound(tmp_path: Path) -> None:
    """The same seed makes the same file."""
    for name in ("a.jsonl", "b.jsonl"):
        told = writ("generate", "--domain", "retail", "--count", "6", "--seed", "1", "--out", name, cwd=tmp_path)
        assert told.returncode == 0 and f"{name}: 6 scenarios" in told.stdout, told.stderr
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()
    checked = writ("check", "a.jsonl", "--json", cwd=tmp_path)
    assert (checked.returncode, json.loads(checked.stdout)["sound"]) == (0, 6), checked.stdout


def test_scenarios_of_several_worlds_stand_in_turn_and_have_ids_of_their_own(tmp_path: Path) -> None:
    """Also where the worlds have the same policy."""
    worlds = ("small:7", "small:8", "small:7@strict")
    asked = [part for world in worlds for part in ("--world", world)]
    told = writ("generate", "--domain", "airline", "--count", "7", "--seed", "3", *asked, "--out", "a.jsonl", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    made = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert [each["world"]["source"] for each in made] == [worlds[number % 3] for number in range(7)]
    assert len({each["id"] for each in made}) == 7
    assert writ("check", "a.jsonl", cwd=tmp_path).returncode == 0


def test_a_finished_run_may_grow_but_not_shrink(pack: Path, tmp_path: Path) -> None:
    """Fewer scenarios or trials than its rows have would throw rows away: one line, nothing changed."""
    assert writ("run", pack, *GOLD, "--trials", 2, "--out", "out", cwd=tmp_path).returncode == 0
    rows = (tmp_path / "out" / "accepted.jsonl").read_bytes()
    for options in (("--trials", 1), ("--trials", 2, "--limit", 1)):
        smaller = writ("run", pack, *GOLD, *options, "--out", "out", cwd=tmp_path)
        assert smaller.returncode == 2 and "a run may grow, choose another --out" in smaller.stderr
    assert (tmp_path / "out" / "accepted.jsonl").read_bytes() == rows
    assert writ("run", pack, *GOLD, "--trials", 3, "--out", "out", cwd=tmp_path).returncode == 0


def test_a_journal_with_damaged_bodies_is_one_line(pack: Path, tmp_path: Path) -> None:
    """A verdict that is no JSON, and an event that is none of ours."""
    assert writ("run", pack, *GOLD, "--out", "out", cwd=tmp_path).returncode == 0
    for damage in ("UPDATE verdicts SET body = 'x'", "UPDATE events SET body = '{}'"):
        with sqlite3.connect(tmp_path / "out" / "journal.sqlite") as database:
            database.execute(damage)
        for arguments in (["run", pack, *GOLD, "--out", "out"], ["show", "out"]):
            told = writ(*arguments, cwd=tmp_path)
            assert told.returncode == 1 and "the journal is damaged" in told.stderr and "Traceback" not in told.stderr
