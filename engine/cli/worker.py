"""A worker of a run: no command for people, started by `engine/workers.py`, which has the protocol."""

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from engine.checkers.verdict import Verdict
from engine.cli.failures import explained
from engine.cli.stopping import Interrupted, Stopping
from engine.config import Content, Running
from engine.folder import held
from engine.journal import Journal
from engine.playing import Named, Playing
from engine.workers import JOURNAL, TOLD_ENCODER, Gave, Task, Told
from engine.worlds import Worlds


def main() -> int:
    """Play a shard: the task from standard input, verdicts to standard output. What others print there goes to errors."""
    telling = os.dup(1)
    os.dup2(2, 1)
    task = msgspec.json.decode(_line(), type=Task)
    with Stopping() as stopping:
        try:
            _carry_out(task, telling, stopping)
        except Interrupted:
            pass
        except (Exception, ExceptionGroup) as error:
            why, _ = explained(error)
            _tell(telling, Gave(why=why))
            return 1
    return stopping.status


def _carry_out(task: Task, telling: int, stopping: Stopping) -> None:
    content, running = Content.model_validate_json(task.content), Running.model_validate_json(task.running)
    playing = Playing([Path(path) for path in task.paths], content, running, Worlds())
    threading.Thread(target=_until_the_end, args=(playing.stop,), daemon=True).start()

    def stop() -> bool:
        playing.stop()
        return True

    def heard(scenario: Named, verdict: Verdict, why: str) -> None:
        try:
            _tell(telling, Told(id=scenario.id, verdict=verdict, why=why))
        except BrokenPipeError:  # the run was killed, and so this stops
            playing.stop()

    stopping.stop = stop
    out = running.folder(content)
    with held(out), Journal(out / JOURNAL) as journal, Journal(Path(task.before), read_only=True) as before:
        playing.carry_out(journal, heard, before)


def _line() -> bytes:
    """The first line of standard input, read without a buffer: the thread that waits for its end needs none to itself."""
    read = b""
    while not read.endswith(b"\n"):
        chunk = os.read(0, 1 << 16)
        if not chunk:
            raise SystemExit(1)
        read += chunk
    return read


def _until_the_end(stop: Callable[[], object]) -> None:
    """Stop when standard input ends."""
    while os.read(0, 1 << 16):
        pass
    stop()


def _tell(telling: int, message: Told | Gave) -> None:
    line = TOLD_ENCODER.encode(message) + b"\n"
    while line:
        line = line[os.write(telling, line) :]


if __name__ == "__main__":
    sys.exit(main())
