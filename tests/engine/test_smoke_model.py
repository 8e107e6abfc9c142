"""`make smoke-model` without a model, and with one that plays its part: it says what is missing, or what became of it all."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from engine.checkers.verdict import Standing, Verdict
from engine.conversation.events import Blame
from engine.scenario import encode
from tests.conftest import ROOT
from tests.engine import stages
from tests.engine.serving import KEY, MODEL, SCENARIOS, serving
from tests.engine.writ import Finished, environment
from tests.smoke.model import PARTIES, chosen, unnamed


def smoke(*words: object, environ: Mapping[str, str]) -> Finished:
    command = [sys.executable, "-m", "tests.smoke.model", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, env=environment() | environ, capture_output=True, text=True, timeout=120)


def test_without_a_model_it_says_in_one_line_what_is_missing(tmp_path: Path) -> None:
    """And is no failure. Nothing is left behind."""
    told = smoke("--out", tmp_path / "out", environ={"MODEL_URL": "", "MODEL_DIR": str(tmp_path)})
    assert (told.returncode, told.stdout.count("\n"), told.stderr) == (0, 1, "")
    assert "skipped" in told.stdout and "llama-server" in told.stdout and "MODEL_URL" in told.stdout
    assert not (tmp_path / "out").exists()


def test_a_server_that_does_not_come_up_is_no_model_either(tmp_path: Path) -> None:
    server = tmp_path / "build" / "bin" / "llama-server"
    server.parent.mkdir(parents=True)
    server.write_text("#!/bin/sh\nexit 1\n")
    server.chmod(0o755)
    for name in ("m.gguf", "t.jinja"):
        (tmp_path / name).touch()
    told = smoke("--out", tmp_path / "out", environ={"MODEL_URL": "", "MODEL_DIR": str(tmp_path)})
    assert (told.returncode, told.stdout.count("\n"), told.stderr) == (0, 1, "")
    assert f"{tmp_path / 'out' / 'server.log'}" in told.stdout


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    path = tmp_path / "lamps.jsonl"
    path.write_bytes(b"".join(map(encode, stages.scenarios(SCENARIOS))))
    return path


def test_every_pair_is_played_and_its_conversations_are_in_the_table_and_written_down(pack: Path, tmp_path: Path) -> None:
    """A model that knows its part is accepted in every part."""
    pairs = ["-".join(parties) for parties in PARTIES[1:]]
    with serving() as server:
        around = {"MODEL_URL": server.url, "MODEL_NAME": MODEL, "OPENAI_API_KEY": KEY}
        told = smoke(*pairs, "--out", tmp_path / "out", "--scenarios", pack, environ=around)
    assert told.returncode == 0, told.stdout + told.stderr
    (name,) = (scenario.id for scenario in chosen(stages.scenarios(SCENARIOS)))
    for pair in pairs:
        assert any(line.startswith(pair.replace("-", " × ")) and name in line for line in told.stdout.splitlines())
        assert "accepted" in (tmp_path / "out" / pair / f"{name}.txt").read_text()


def test_an_endpoint_that_cannot_be_used_is_a_failure(pack: Path, tmp_path: Path) -> None:
    with serving() as server:
        around = {"MODEL_URL": server.url, "MODEL_NAME": "another", "OPENAI_API_KEY": KEY}
        told = smoke("openai-scripted", "--out", tmp_path / "out", "--scenarios", pack, environ=around)
    assert told.returncode == 1
    assert "openai × scripted: the run ended with 2" in told.stdout and "correct the name of the model" in told.stderr


@pytest.mark.parametrize(
    ("standing", "reason", "blame", "wrong"),
    [
        ("accepted", "", None, ""),
        ("rejected", "state", "agent", ""),
        ("rejected", "", None, "is rejected for no reason"),
        ("rejected", "gold does not replay", "scenario", "is blamed on the scenario"),
        ("failed", "endpoint failed", "environment", "is failed: endpoint failed"),
        ("unjudged", "a check crashed", None, "is unjudged: a check crashed"),
    ],
)
def test_a_failure_that_is_nobodys_is_a_failure_of_ours(standing: Standing, reason: str, blame: Blame | None, wrong: str) -> None:
    assert unnamed(Verdict(standing=standing, reason=reason, blame=blame)) == wrong
    assert unnamed(None)
