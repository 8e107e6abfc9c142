"""Runs to which something happens, and what became of them: shared by the tests of some kills and by the campaign."""

import random
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from engine.config import Content, Running
from engine.conversation.events import Called
from engine.journal import Journal
from engine.run import JOURNAL, Run
from engine.scenario import encode, load
from tests.conftest import ROOT
from tests.engine import stages
from tests.engine.moments import MOMENTS
from tests.engine.writ import environment

FILES = ("airline/first.jsonl", "retail/first.jsonl")

Left = tuple[str, bytes, bytes]
"""What a run leaves: the digest of its journal, its accepted and its rejected rows."""

ENDED = (-signal.SIGKILL, -signal.SIGALRM)


class Kill(msgspec.Struct, frozen=True, kw_only=True):
    """At which moment, which time it comes, and how many microseconds later."""

    moment: str
    number: int
    later: int = 0
    tools: str = "direct"


def mixed(path: Path, each: int) -> Path:
    """A pack of lamps, flights and orders: `each` scenarios of every one of three files."""
    shipped = [scenario for name in FILES for scenario in list(load([ROOT / "scenarios" / name]))[:each]]
    path.write_bytes(b"".join(map(encode, [*stages.scenarios()[:each], *shipped])))
    return path


def command(pack: Path, out: Path, *more: str, tools: str = "direct") -> list[str]:
    """The words after `python -m engine`."""
    return ["run", str(pack), "--out", str(out), "--tools", tools, "--concurrency", "8", "--quiet", *more]


def disturbed(moment: str, number: int, what: str, how: object, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """A run in a process of its own, to which something happens."""
    return subprocess.run(_module(moment, number, what, how, words), **_around(), timeout=120, capture_output=True)


def held(moment: str, number: int, words: Sequence[str]) -> subprocess.Popen[str]:
    """A run that stands still at a moment; the caller ends it."""
    return subprocess.Popen(_module(moment, number, "hold", 0, words), **_around())


def _module(moment: str, number: int, what: str, how: object, words: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "tests.engine.moments", moment, str(number), what, str(how), "--", *words]


def _around() -> dict[str, object]:
    return {"cwd": ROOT, "env": environment(), "text": True}


def killed(kill: Kill, pack: Path, out: Path) -> bool:
    """Did the moment come, and end the process? False: the run came to its end before."""
    ended = disturbed(kill.moment, kill.number, "kill", kill.later, command(pack, out, tools=kill.tools))
    assert ended.returncode in (*ENDED, 0), ended.stderr
    return ended.returncode in ENDED


def carried_out(pack: Path, out: Path, tools: str = "direct") -> Left:
    """The same command once more, here, and what it leaves."""
    Run([pack], Content(), Running.model_validate({"out": out, "tools": tools, "concurrency": 8})).carry_out(lambda *_: None)
    return left(out)


def left(out: Path) -> Left:
    """What a finished run has left."""
    with Journal(out / JOURNAL, read_only=True) as journal:
        digest = journal.digest()
    return digest, (out / "accepted.jsonl").read_bytes(), (out / "rejected.jsonl").read_bytes()


def drawn(seed: str, count: int, whole: Path) -> list[Kill]:
    """Kills at every moment in turn, each at a time that comes in a run like the whole one."""
    choice, times = random.Random(seed), _times(whole)
    kills = []
    for place in range(count):
        moment = list(MOMENTS)[place % len(MOMENTS)]
        later = choice.choice((0, choice.randrange(1, 400))) if moment in ("a commit", "closing") else 0
        number = choice.randrange(1, times[moment] + 1)
        kills.append(Kill(moment=moment, number=number, later=later, tools=choice.choice(("mcp", "direct", "direct", "direct"))))
    return kills


def _times(whole: Path) -> dict[str, int]:
    """How often each moment comes at the least in a run that left this folder."""
    with Journal(whole / JOURNAL, read_only=True) as journal:
        conversations = [journal.events(number) for number, _, _ in journal.begun()]
    calls = sum(isinstance(event, Called) for events in conversations for event in events)
    rows = (whole / "accepted.jsonl").read_bytes().count(b"\n")
    return {
        "beginning": 5,
        "an event": sum(map(len, conversations)),
        "a tool": 2 * calls,
        "judging": len(conversations),
        "a commit": 4,
        "closing": 1,
        "writing rows": rows,
        "before a rename": 3,
        "after a rename": 3,
        "the summary": 1,
    }


def happened(out: Path) -> int:
    """How many events a run's journal has, whose process is gone."""
    with Journal(out / JOURNAL, read_only=True) as journal:
        return sum(len(journal.events(number)) for number, _, _ in journal.begun())
