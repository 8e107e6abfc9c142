"""`dataset` and `report`: one command to a judged dataset in two parts with its report, whatever happens on the way."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.cli.report import MISSING
from engine.cli.report import report as report_command
from engine.folder import BadRun
from engine.scenario import load
from engine.synthesis.packs import MADE, Asked, make
from tests.engine.kills import disturbed
from tests.engine.writ import command, environment, writ

OPTIONS = ("--domain", "retail", "--world", "small:7", "--count", "12", "--held-out", "0.25")
ASKED = Asked(domains=("retail",), count=12, seed=7, preset="writ", world="small:7", held_out=0.25)
LEFT = ("train.jsonl", "held_out.jsonl", "report.json", "report.md", "axes.png")

DIES = """
import os, signal, sys
from pathlib import Path
import msgspec
from engine.synthesis.packs import Asked, make

def heard(file, done, count):
    if file == "retail-held_out.jsonl" and done == 1:
        os.kill(os.getpid(), signal.SIGKILL)

make(Path(sys.argv[1]), msgspec.json.decode(sys.argv[2], type=Asked), heard)
"""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A dataset to which nothing happened: its folder, and what was said."""
    folder = tmp_path_factory.mktemp("undisturbed")
    told = writ("dataset", "--out", "out", *OPTIONS, cwd=folder)
    assert told.returncode == 0, told.stderr
    return folder / "out", told.stdout, told.stderr


def left(out: Path) -> list[bytes]:
    """What two datasets must have alike."""
    return [(out / name).read_bytes() for name in LEFT]


def test_a_dataset_is_made_played_parted_and_counted(undisturbed: tuple[Path, str, str]) -> None:
    """Every scenario's row is in the file of its part, and the report is of all of them."""
    out, told, progress = undisturbed
    rows = {name: (out / name).read_text().splitlines() for name in LEFT[:2]}
    named = {name: [json.loads(line)["metadata"]["scenario"] for line in lines] for name, lines in rows.items()}
    assert [len(ids) for ids in named.values()] == [9, 3]
    made = [scenario.id for scenario in load([out / "scenarios"])]
    assert sorted(named["train.jsonl"] + named["held_out.jsonl"]) == sorted(made)
    assert all(name.startswith("held_out-retail-7-") for name in named["held_out.jsonl"])
    report = json.loads((out / "report.json").read_bytes())
    assert report["figures"]["all"]["standing"] == {"accepted": 12} and report["leakage"]["recipes"] == 0
    assert report["made"]["asked"]["count"] == 12 and report["made"]["files"]["retail-train.jsonl"]["scenarios"] == 9
    assert "retail-train.jsonl: 0 of 9 scenarios made\n" in progress and f"{Path('out') / 'held_out.jsonl'}\n" in told


def test_killed_while_it_makes_and_while_it_plays_it_ends_in_the_same_bytes(
    undisturbed: tuple[Path, str, str], tmp_path: Path
) -> None:
    """The file that was complete is not made again, what was judged is not played again."""
    out, asked = tmp_path / "out", json.dumps({name: getattr(ASKED, name) for name in ASKED.__struct_fields__})
    died = subprocess.run([sys.executable, "-c", DIES, str(out / "scenarios"), asked], env=environment(), timeout=120)
    assert died.returncode == -signal.SIGKILL and [path.name for path in (out / "scenarios").glob("*.jsonl")] == [
        "retail-train.jsonl"
    ]
    words = ["dataset", "--out", str(out), *OPTIONS]
    died_again = disturbed("an event", 60, "kill", 0, words)
    assert died_again.returncode == -signal.SIGKILL and "retail-train" not in died_again.stderr
    told = writ(*words, cwd=tmp_path)
    assert told.returncode == 0 and "scenarios made" not in told.stderr, told.stderr
    assert left(out) == left(undisturbed[0])


def test_what_does_not_fit_is_said_in_one_line_before_anything_is_made(tmp_path: Path) -> None:
    """Exit 2, no traceback, and no folder with half a dataset."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.md").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for options, what in (
        (("--preset", "nothing"), "--preset: 'nothing' is none; choose writ, balanced, tau2-like"),
        (("--domain", "nothing"), "nothing"),
        (("--world", "huge:7"), "huge:7: retail has no size 'huge'"),
        (("--held-out", "0.7"), "held-out"),
        (("--out", "full"), "full: holds something else (thesis.md); choose another --out"),
        (("--out", "file"), "file: the output folder cannot be written"),
    ):
        told = writ("dataset", "--out", "out", *OPTIONS[2:], "--domain", "retail", *options, cwd=tmp_path)
        assert told.returncode == 2 and what in told.stderr and told.stderr.count("\n") == 1, told.stderr
    assert not list(tmp_path.rglob("*.jsonl")) and not (tmp_path / "out" / "scenarios").exists()


def test_a_folder_of_another_dataset_is_left_alone(undisturbed: tuple[Path, str, str]) -> None:
    """It says in what they differ; a file that somebody has changed is not taken for what was made."""
    with pytest.raises(BadRun, match=r"holds another dataset \(seed: 7 there, 8 here\)"):
        make(undisturbed[0] / "scenarios", Asked(**{**_asked(), "seed": 8}), lambda *_: None)


def _asked() -> dict[str, object]:
    return {name: getattr(ASKED, name) for name in ASKED.__struct_fields__}


def test_a_scenario_file_that_was_changed_is_not_taken_for_what_was_made(tmp_path: Path) -> None:
    asked = Asked(**{**_asked(), "count": 2, "held_out": 0.0})
    made = make(tmp_path, asked, lambda *_: None)
    assert list(made.files) == ["retail-train.jsonl"] and (tmp_path / MADE).is_file()
    with (tmp_path / "retail-train.jsonl").open("ab") as file:
        file.write(b"\n")
    with pytest.raises(BadRun, match=r"retail-train\.jsonl: is not what was made here; delete it"):
        make(tmp_path, asked, lambda *_: None)
    (tmp_path / "retail-train.jsonl").unlink()
    assert make(tmp_path, asked, lambda *_: None) == made


def test_a_run_is_reported_from_anywhere_and_only_with_its_own_scenarios(
    undisturbed: tuple[Path, str, str], tmp_path: Path
) -> None:
    """The same figures as the dataset's; without its files, or with others, it says so in one line."""
    out = undisturbed[0]
    words = ("report", out / "run", "--out", tmp_path / "mine", "--json", "--scenarios", out / "scenarios")
    told = writ(*words, cwd=tmp_path)
    assert json.loads(told.stdout) == json.loads((out / "report.json").read_bytes()), told.stderr
    assert (tmp_path / "mine" / "report.md").read_bytes() == (out / "report.md").read_bytes()
    for wrong, what in (
        (("report", tmp_path), "no run is there (it has no journal.sqlite)"),
        ((*words[:-1], out / "scenarios" / "retail-train.jsonl"), "is not what was played; put the files back"),
    ):
        said = writ(*wrong, cwd=tmp_path)
        assert said.returncode == 2 and what in said.stderr and said.stderr.count("\n") == 1, said.stderr


def test_without_the_package_for_plots_the_rest_is_written_and_that_is_said(
    undisturbed: tuple[Path, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert report_command(undisturbed[0] / "run", tmp_path, [undisturbed[0] / "scenarios"]) == 0
    assert capsys.readouterr().err == f"{MISSING}\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.json", "report.md"]


def test_ctrl_c_while_it_makes_scenarios_says_how_to_go_on(tmp_path: Path) -> None:
    """The signal's exit status, and nothing half made is left."""
    words = command("dataset", "--out", "out", *OPTIONS)
    with subprocess.Popen(words, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "retail-train.jsonl: 0 of 9 scenarios made\n"
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
    assert process.returncode == 130 and rest.startswith("stopped: what is complete is kept. To go on: "), rest
    assert [path.name for path in (tmp_path / "out" / "scenarios").iterdir()] == [MADE]
