"""`python -m servers`: what it lists, makes and applies, and how it says that something is wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path
from select import select
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import servers
from servers.cli import app
from servers.worlds import open_world
from tests.servers.shelf import DOMAIN

ROOT = Path(__file__).parent.parent.parent
SHELF = "tests.servers.shelf"


def _run(*arguments: str, given: bytes = b"") -> Result:
    return CliRunner().invoke(app, arguments, input=given)


def _call(*lines: Any, options: tuple[str, ...] = ()) -> Result:
    raw = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    return _run("call", SHELF, "--world", "tiny:1", "--calls", "-", *options, given=raw)


def _rows(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def _one_line(result: Result) -> str:
    (line,) = result.stderr.splitlines()
    assert "Traceback" not in line
    return line


def _price(price: float, **more: str) -> dict[str, Any]:
    return {"name": "set_price", "arguments": {"book_id": "b1", "price": price}, **more}


@pytest.mark.parametrize("arguments", [(), ("list",)])
def test_the_domains_are_listed(arguments: tuple[str, ...]) -> None:
    """Each with its title, its tools and the sizes of its worlds; no argument means the same as `list`."""
    result = _run(*arguments)
    assert result.exit_code == 0
    for name in servers.names():
        domain = servers.load(name)
        assert f"{name}: {domain.title}\n" in result.stdout
        assert all(f" {tool.name}" in result.stdout for tool in domain.tools)
        assert all(f"{size}:SEED" in result.stdout for size in domain.sizes)


def test_a_world_is_written_and_its_digest_printed(tmp_path: Path) -> None:
    """The file opens as the same world, here and for calls."""
    path = tmp_path / "w.json"
    made = _run("world", SHELF, "tiny:1", "--out", str(path))
    assert (made.exit_code, made.stdout) == (0, f"{open_world(DOMAIN, str(path)).digest}\n")
    given = json.dumps(_price(3)).encode()
    from_file = _run("call", SHELF, "--world", str(path), "--calls", "-", given=given)
    assert from_file.stdout == _call(_price(3)).stdout != ""


def test_calls_are_applied_in_order_and_each_answers_a_line() -> None:
    """Text, refusal, change and the digest of the whole database, which stays where nothing changed."""
    read = {"name": "get_book", "arguments": {"book_id": "b1"}}
    changed, same, refused, again = _rows(_call(_price(3), b"", _price(3), _price(101, requestor="agent"), read))
    fresh = open_world(DOMAIN, "tiny:1").open().public_sha256()
    assert (changed["error"], changed["changed"], changed["sha256"] != fresh) == (False, True, True)
    assert (same["changed"], same["sha256"]) == (False, changed["sha256"])
    assert refused == {"text": "Error: Too dear", "error": True, "changed": False, "sha256": changed["sha256"]}
    assert json.loads(again["text"])["price"] == 3.0


def test_a_reset_gives_a_fresh_world_and_prints_nothing() -> None:
    """Text and digest after it are those of a first call."""
    read = {"name": "get_book", "arguments": {"book_id": "b1"}}
    before, _, after = _rows(_call(read, _price(3), {"reset": True}, read))
    assert before == after


def test_digests_can_be_left_out() -> None:
    """They cost more than the calls."""
    (row,) = _rows(_call(_price(3), options=("--no-sha256",)))
    assert list(row) == ["text", "error", "changed"]


def test_a_call_is_made_by_its_requestor() -> None:
    """The agent by default; the user's tools are found for the user only; arguments may be left out."""
    rows = _rows(
        _call({"name": "look_up", "requestor": "user"}, {"name": "look_up"}, {"name": "close", "requestor": "assistant"})
    )
    assert [row["text"] for row in rows] == ["said", "Error: Tool 'look_up' not found.", "said"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"{", "is not JSON"),
        (b"\xff", "is not JSON"),
        (b'{"name": "a"} x', "is not JSON"),
        (b'{"name": "a", "arguments": {"a": ' + b"9" * 5000 + b"}}", "is not JSON"),
        (b'{"name": "a", "arguments": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}", "is nested too deeply"),
        (b"[]", "must be an object"),
        (b"null", "must be an object"),
        ({"arguments": {}}, "has no 'name'"),
        ({"name": 7}, "has no 'name'"),
        ({"name": ""}, "has no 'name'"),
        ({"reset": False}, "has no 'name'"),
        ({"name": "close", "arguments": []}, "'arguments' must be an object"),
        ({"name": "close", "arguments": None}, "'arguments' must be an object"),
        ({"name": "close", "requestor": "nobody"}, "'requestor' must be"),
        ({"name": "close", "requestor": ["user"]}, "'requestor' must be"),
    ],
)
def test_a_line_that_is_no_call_is_named_by_its_number(line: Any, words: str) -> None:
    """What came before it is answered; then one line on standard error and status 2."""
    result = _call({"name": "close"}, b"", line, {"name": "close"})
    assert (result.exit_code, len(_rows(result))) == (2, 1)
    assert _one_line(result).startswith("standard input, line 3: ")
    assert words in _one_line(result)


@pytest.mark.parametrize(
    "line",
    [
        b'{"name": "get_book", "arguments": {"book_id": "\\ud800"}}',
        b'{"name": "get_book", "arguments": {"\\udfff": 1}}',
        b'{"name": "\\ud800\\u0000", "arguments": {}}',
        b'{"name": "get_book", "arguments": {"book_id": NaN}}',
        b'{"name": "set_price", "arguments": {"book_id": "b1", "price": Infinity}}',
        b'{"name": "set_price", "arguments": {"book_id": "b1", "price": 1e999}}',
        b'{"name": "set_price", "arguments": {"book_id": "b1", "price": ' + b"9" * 4000 + b"}}",
        b'{"name": "get_book", "arguments": {"book_id": ' + b"[" * 500 + b"]" * 500 + b"}}",
        b'{"name": "get_book", "arguments": {"book_id": "' + b"x" * 1_000_000 + b'"}}',
    ],
    ids=lambda line: line[:70].decode(),
)
def test_whatever_json_allows_in_a_call_is_answered_as_a_refusal(line: bytes) -> None:
    """Half a character, no number, numbers and texts without end: the next call is answered as ever."""
    result = _call(line, {"name": "close"})
    refused, answered = _rows(result)
    assert (refused["error"], refused["changed"], answered["text"]) == (True, False, "said")
    assert result.exit_code == 0


def test_a_tool_that_breaks_is_one_line_and_status_1() -> None:
    """The domain is at fault, not the input."""
    result = _call({"name": "close"}, {"name": "break_shelf"})
    assert (result.exit_code, len(_rows(result))) == (1, 1)
    assert "shelf.break_shelf raised RuntimeError: the shelf fell down" in _one_line(result)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("call", "attic", "--calls", "-"), "no domain 'attic'"),
        (("serve", "attic"), "no domain 'attic'"),
        (("world", "attic", "tiny:1", "--out", "w"), "no domain 'attic'"),
        (("call", SHELF, "--world", "huge:1", "--calls", "-"), "no size 'huge'"),
        (("serve", SHELF, "--world", "no.json"), "no such file"),
        (("world", SHELF, "tiny:x", "--out", "w"), "seed"),
        (("world", SHELF, "tiny:1", "--out", "no/folder/w"), "cannot be written"),
        (("call", SHELF, "--world", "tiny:1", "--calls", "no.jsonl"), "no.jsonl: cannot be read"),
        (("call", SHELF, "--world", "tiny:1", "--calls", "."), ".: cannot be read"),
    ],
)
def test_bad_input_is_one_line_and_status_2(arguments: tuple[str, ...], words: str) -> None:
    """An unknown domain, a world that is none, a file that cannot be read or written."""
    result = _run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in _one_line(result)


def test_each_answer_is_there_before_the_next_call_is_made() -> None:
    """Answers are flushed one by one, and a reader that leaves ends it without a word."""
    command = [sys.executable, "-m", "servers", "call", SHELF, "--world", "tiny:1", "--calls", "-", "--no-sha256"]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen(command, cwd=ROOT, env=buffered, **pipes) as process:
        assert process.stdin and process.stdout and process.stderr
        for price in (1, 2):
            process.stdin.write(json.dumps(_price(price)).encode() + b"\n")
            process.stdin.flush()
            if not select([process.stdout], [], [], 20)[0]:
                process.kill()
                pytest.fail("the answer is not there")
            answer = json.loads(process.stdout.readline())
            assert json.loads(answer["text"])["price"] == price
        process.stdout.close()
        process.stdin.write(json.dumps(_price(3)).encode() + b"\n")
        process.stdin.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=30) in (0, 1)
