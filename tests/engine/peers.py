"""Runs of models against a peer that does what real endpoints do wrong, and what must be true of them afterwards.

Shared by the small test and by the campaign.
"""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from bench.peer.record import ID_LETTERS, Line
from engine.journal import Journal
from engine.run import JOURNAL
from tests.conftest import ROOT
from tests.engine.left_open import Left
from tests.engine.writ import environment

MODEL = "some/model:1.0"
LIVE = ("--agent", f"openai:{MODEL}", "--user", f"openai:{MODEL}", "--tools", "direct")
SEED = ("--sampling-seed", "7")
"""Makes every request another one: which reply is whose can be told from it."""
NO_COMPLETION = ("no json", "half a body", "no choices", "error")
"""Faults by which a reply is none of the model's: nothing can be told it, and without a seed the same is asked again."""

_LOST = re.compile(r"was destroyed|never retrieved|never awaited|nclosed |ResourceWarning|Traceback")
_NOTICE = "One moment, please."
_ID = re.compile(rf"\b[0-9a-f]{{{ID_LETTERS}}}\b")

Killed = tuple[int, set[str]]
"""How many requests had come when a run was killed, and the ids of the replies that its journal had then."""


def command(pack: Path, out: Path, url: str, *more: object, seeded: bool = True) -> list[str]:
    """The words of `python -m engine`."""
    return list(map(str, ("run", pack, "--out", out, "--base-url", url, "--quiet", *LIVE, *(SEED * seeded), *more)))


def engine(pack: Path, out: Path, url: str, *more: object) -> list[str]:
    """A run as a command."""
    return [sys.executable, "-m", "engine", *command(pack, out, url, *more)]


def started(pack: Path, out: Path, url: str, *more: object) -> subprocess.Popen[str]:
    """A run that goes on by itself; the caller ends it."""
    words = engine(pack, out, url, *more)
    return subprocess.Popen(words, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)


def carried_out(pack: Path, out: Path, url: str, *more: object, seconds: float, seeded: bool = True) -> Left:
    """A run that has come to its end in so many seconds without leaving anything behind, and what it left open."""
    file = out.with_suffix(".left")
    words = [sys.executable, "-m", "tests.engine.left_open", str(file), "--", *command(pack, out, url, *more, seeded=seeded)]
    done = subprocess.run(words, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=seconds, check=False)
    assert done.returncode == 0, done.stderr[-4_000:]
    assert not _LOST.search(done.stderr), done.stderr[-4_000:]
    return msgspec.json.decode(file.read_bytes(), type=Left)


def journaled(out: Path) -> set[str]:
    """The ids of the replies in a run's journal."""
    if not (out / JOURNAL).is_file():
        return set()
    with Journal(out / JOURNAL, read_only=True) as journal:
        found = [_ID.search(reply.raw) for reply in journal.replies()]
    assert all(found)
    return {each[0] for each in found if each is not None}


def sent_again(lines: Iterable[Line], kills: Sequence[Killed], *, seeded: bool = True) -> list[Line]:
    """The requests that were sent although the journal had their reply: when the run was killed before, or when the same process
    had been given it. Without a seed what was answered by no completion may be asked again."""
    lines = list(lines)
    usable = {line.digest for line in lines if line.replied and (seeded or line.fault not in NO_COMPLETION)}
    found, given = [], set[tuple[int, str]]()
    for line in sorted(lines, key=lambda line: line.number):
        life = sum(line.number > last for last, _ in kills)
        known = line.digest in usable and any(line.digest[:ID_LETTERS] in had for _, had in kills[:life])
        if known or (life, line.digest) in given:
            found.append(line)
        if line.replied and (seeded or line.fault not in NO_COMPLETION):
            given.add((life, line.digest))
    return found


def given_twice(lines: Iterable[Line]) -> int:
    """Replies that were given once more, since a kill came between them and the journal."""
    times = Counter(line.digest for line in lines if line.replied)
    return sum(count - 1 for count in times.values())


def rows(out: Path) -> tuple[bytes, bytes]:
    """What a run left, byte for byte."""
    return (out / "accepted.jsonl").read_bytes(), (out / "rejected.jsonl").read_bytes()


def accepted(out: Path) -> list[dict[str, Any]]:
    """The rows that were accepted."""
    return [json.loads(line) for line in (out / "accepted.jsonl").read_bytes().splitlines()]


def rejected(out: Path) -> list[tuple[str, str, str]]:
    """What was not, and why."""
    found = map(json.loads, (out / "rejected.jsonl").read_bytes().splitlines())
    return [(row["scenario"], row["verdict"]["standing"], row["verdict"]["reason"]) for row in found]


def cleared(row: dict[str, Any]) -> dict[str, Any]:
    """A row without what faults have left in it: calls that no tool took and their answers, a notice instead of a call and what
    was said to that, thoughts. A goodbye goes too, for which an empty reply passes; and how many calls read something and where
    its checks found something, which hang on the rest."""
    messages: list[dict[str, Any]] = []
    heard = iter(row["messages"])
    for message in heard:
        calls = message.get("tool_calls") or ()
        answer = next(heard) if calls else None
        if message["role"] == "assistant" and not calls and message["content"] == _NOTICE:
            next(heard)
        elif answer is None or not _was_no_call(answer["content"]):
            messages += [_plain(each) for each in (message, answer) if each is not None]
    if messages[-1]["role"] == "assistant" and not messages[-1]["tool_calls"]:
        messages.pop()
    metadata = {name: value for name, value in row["metadata"].items() if name not in ("credit", "reads")}
    return row | {"messages": messages, "metadata": metadata}


def _was_no_call(answer: str) -> bool:
    return re.match(r"Error: (Tool '.*' not found|Invalid arguments for|The arguments of) ?", answer) is not None


def _plain(message: dict[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in message.items() if name not in ("reasoning_content", "tool_call_id")}
    calls = [call["function"] for call in message.get("tool_calls") or ()]
    return rest | {"tool_calls": calls}
