"""The command line, to which something happens at a moment: `python -m tests.engine.moments MOMENT NUMBER WHAT HOW -- run …`.

MOMENT names a place that is passed while a run is carried out, NUMBER which time it is passed, counted from 1. WHAT:
`kill` ends the process with SIGKILL; HOW many microseconds later, unless 0, when SQLite or the system is in the middle of
it. `term` and `int` are signals, HOW many of them. `hold` stops the process as Ctrl-Z does. `full`: from now on no file may
grow beyond HOW bytes. `closed`: the folder HOW may no longer be written, by somebody who is not its owner.

The places are seen from outside, as a profiler sees them; what runs is what everybody runs.
"""

import importlib
import os
import resource
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import engine.cli.run

NOBODY = 65_534

Place = Callable[[FrameType, str, Any], bool]


def enters(name: str, file: str) -> Place:
    """A function of ours is called."""
    return lambda frame, kind, _: kind == "call" and frame.f_code.co_name == name and frame.f_code.co_filename.endswith(file)


def asks_sqlite(name: str, within: str | None = None) -> Place:
    """A method of a SQLite connection is called, by a function of this name if it matters."""

    def is_it(frame: FrameType, kind: str, called: Any) -> bool:
        theirs = kind == "c_call" and called.__name__ == name and isinstance(called.__self__, sqlite3.Connection)
        return theirs and within in (None, frame.f_code.co_name)

    return is_it


MOMENTS: dict[str, Place] = {
    "beginning": enters("set_note", "engine/journal.py"),
    "an event": enters("receive", "engine/conversation/conversation.py"),
    "a tool": enters("apply", "servers/replay.py"),
    "judging": enters("judge", "engine/checkers/__init__.py"),
    "a commit": asks_sqlite("execute", within="write"),
    "closing": asks_sqlite("close"),
    "writing rows": enters("accepted", "engine/dataset/rows.py"),
    "before a rename": lambda _, kind, called: kind == "c_call" and called is os.replace,
    "after a rename": lambda _, kind, called: kind == "c_return" and called is os.replace,
    "the summary": enters("write_summary", "engine/dataset/write.py"),
}


def happen(what: str, how: str) -> None:
    match what:
        case "kill" if int(how):
            signal.setitimer(signal.ITIMER_REAL, int(how) / 1e6)  # SIGALRM, which nobody handles, ends as suddenly
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "hold":
            os.kill(os.getpid(), signal.SIGSTOP)
        case "term" | "int":
            for _ in range(int(how)):
                os.kill(os.getpid(), signal.SIGTERM if what == "term" else signal.SIGINT)
        case "full":
            resource.setrlimit(resource.RLIMIT_FSIZE, (int(how), int(how)))
        case "closed":
            Path(how).chmod(0o555)
            if os.geteuid() == 0:
                os.setuid(NOBODY)


def main(moment: str, number: str, what: str, how: str, *command: str) -> None:
    if "mcp" in command:
        importlib.import_module("engine.toolboxes.mcp")  # imported as it will be, before anybody looks on
    place, left = MOMENTS[moment], int(number)

    def seen(frame: FrameType, kind: str, called: Any) -> None:
        nonlocal left
        if place(frame, kind, called):
            left -= 1
            if left == 0:
                happen(what, how)

    def opened(event: str, _values: object) -> None:
        if event == "sqlite3.connect":  # the journal is opened; looking on from the first line would only take time
            sys.setprofile(seen)

    sys.argv = ["engine", *command[1:]]
    threading.setprofile(seen)
    sys.addaudithook(opened)
    engine.cli.main(list(command[1:]))


if __name__ == "__main__":
    main(*sys.argv[1:])
