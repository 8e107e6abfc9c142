"""Endpoints that cannot be used, keys and prices, from the command line: one line, and nothing goes where it should not."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.responses import Response

from engine.conversation.events import Failed
from engine.journal import Journal, key
from engine.run import JOURNAL
from tests.engine.serving import KEY, MODEL, Server, serving
from tests.engine.test_model_runs import AT_A, LIVE, journaled, pack, ran

__all__ = ["pack"]


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html><head><title>x</title></head><body>Welcome!</body></html>", "Welcome!"),
        (b'{"error": {"message": "Provider overloaded", "code": 502}}', "Provider overloaded"),
    ],
)
def test_what_answers_without_a_completion_ends_the_run_in_one_line_and_it_resumes(
    server: Server, pack: Path, tmp_path: Path, body: bytes, said: str
) -> None:
    """It is asked a few times and waited for in between, whatever its status says."""
    server.before = lambda _number, _body: Response(body)
    told = ran(pack, tmp_path / "out", *LIVE, "--base-url", server.url, "--quiet", "--patience", "1")
    assert (told.returncode, told.stderr.count("\n")) == (2, 1), told.stderr
    assert f'{server.url} (model {MODEL}) answered 200 without a chat completion: "{said}"' in told.stderr
    assert 3 <= len(server.asked) < 12
    server.before = None
    assert ran(pack, tmp_path / "out", *LIVE, "--base-url", server.url).returncode == 0


def test_a_conversation_that_failed_of_its_endpoint_keeps_which_it_was_and_what_it_answered(
    server: Server, pack: Path, tmp_path: Path
) -> None:
    server.before = lambda _number, _body: Response(b"<html>busy</html>")
    ran(pack, tmp_path / "out", *LIVE, "--base-url", server.url, "--limit", "1", "--retries", "0")
    with Journal(tmp_path / "out" / JOURNAL, read_only=True) as journal:
        failed = journal.events(key(0, 0))[-1]
    assert isinstance(failed, Failed) and (failed.blame, failed.reason) == ("environment", "no completion")
    assert failed.detail == f'3 times, the last: {server.url} (model {MODEL}) answered 200 without a chat completion: "busy"'


def test_an_endpoint_that_refuses_every_conversation_of_a_few_is_named(server: Server, pack: Path, tmp_path: Path) -> None:
    server.before = lambda _number, _body: Response(b'{"error": {"message": "odd key"}}', status_code=400)
    told = ran(pack, tmp_path / "out", *LIVE, "--base-url", server.url, "--quiet", "--limit", "3")
    assert (told.returncode, told.stderr.count("\n")) == (2, 1), told.stderr
    assert f'{server.url} (model {MODEL}) answered 400: "odd key"' in told.stderr


def test_what_is_refused_by_an_endpoint_that_was_good_before_is_those_conversations_own(
    server: Server, pack: Path, tmp_path: Path
) -> None:
    """Also in an earlier session: a run whose last conversations are all refused comes to its end."""
    words = (*LIVE, "--base-url", server.url, "--retries", "0")
    assert ran(pack, tmp_path / "out", *words, "--max-tokens", "1").returncode == 130
    server.before = lambda _number, _body: Response(b"no", status_code=400)
    told = ran(pack, tmp_path / "out", *words, "--json")
    assert told.returncode != 2, told.stderr
    assert json.loads(told.stdout)["failed"] == 3


def test_a_replica_that_is_misconfigured_is_done_without(server: Server, pack: Path, tmp_path: Path) -> None:
    """The log says so."""
    both = ("--base-url", f"{server.url}/v2", "--base-url", server.url)
    assert ran(pack, tmp_path / "out", *LIVE, *both).returncode == 0
    log = [json.loads(line) for line in (tmp_path / "out" / "log.jsonl").read_text().splitlines()]
    errors = [line["error"] for line in log if line["event"] == "endpoints"]
    assert any(f"{server.url}/v2 (model {MODEL}) answered 404" in error and "goes on without it" in error for error in errors)


def test_a_cost_that_nobody_knows_is_refused_before_anything_is_asked(server: Server, pack: Path, tmp_path: Path) -> None:
    """Where it is limited; with a price the limit holds."""
    told = ran(pack, tmp_path / "out", *LIVE, "--base-url", server.url, "--max-cost", "5")
    assert (told.returncode, told.stderr.count("\n"), server.asked) == (2, 1, []), told.stderr
    assert f"--max-cost: there is no price for the model {MODEL}: " in told.stderr


def test_what_was_spent_without_prices_is_priced_when_the_run_goes_on(server: Server, pack: Path, tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text(f'["{MODEL}"]\nprompt = 1000.0\ncompletion = 1000.0\n')
    words = (*LIVE, "--base-url", server.url)
    priced = (*words, "--prices", tmp_path / "prices.toml", "--max-cost")
    assert ran(pack, tmp_path / "out", *words, "--max-tokens", "1").returncode == 130
    had, before = journaled(server, tmp_path / "out"), len(server.asked)
    stopped = ran(pack, tmp_path / "out", *priced, "0.01")
    assert (stopped.returncode, len(server.asked)) == (130, before), stopped.stderr
    assert "--max-cost is reached" in stopped.stderr
    assert ran(pack, tmp_path / "out", *priced, "1000000").returncode == 0
    assert not had & set(server.asked[before:])


def test_the_key_of_one_host_is_sent_to_no_other(
    server: Server, pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless it is named for that one: both of these take the same key."""
    with serving() as another:
        words = (*LIVE, "--base-url", server.url, "--user-base-url", another.url)
        told = ran(pack, tmp_path / "out", *words, "--quiet")
        assert (told.returncode, told.stderr.count("\n")) == (2, 1), told.stderr
        assert f"{another.url} (model {MODEL}) answered 401" in told.stderr and "--user-key-env" in told.stderr
        monkeypatch.setenv("ANOTHER_KEY", KEY)
        told = ran(pack, tmp_path / "out", *words, "--user-key-env", "ANOTHER_KEY")
        assert told.returncode == 0, told.stderr
        assert server.answered and another.answered


@pytest.mark.parametrize("option", ["--key-env", "--user-key-env", "--judge-key-env"])
def test_a_key_that_is_not_there_is_said_before_anything_is_asked(pack: Path, tmp_path: Path, option: str) -> None:
    told = ran(pack, tmp_path / "out", *AT_A, option, "NO_SUCH_KEY")
    assert (told.returncode, told.stderr.count("\n")) == (2, 1), told.stderr
    assert f"{option}: the environment has no NO_SUCH_KEY" in told.stderr
