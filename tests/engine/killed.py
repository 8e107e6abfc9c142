"""A process that plays into a journal until something stops it: `python -m tests.engine.killed JOURNAL HOW NUMBER`.

`event`: kills itself hard when that many events have been handed to the writer. `size`: no file may grow beyond that
many bytes, as on a full disk. `rights`: as somebody who may read the journal and not write it.
"""

import os
import resource
import signal
import sys
from pathlib import Path

import anyio

from engine.journal import Entry, Happened, Journal, JournalFailed, Sink, writer
from engine.simulation import simulate
from engine.toolboxes.mcp import mcp_toolbox
from tests.engine.stages import jobs, stage

NOBODY = 65_534


class Deadly:
    """A sink that kills the process at an event."""

    def __init__(self, sink: Sink, last: int) -> None:
        self._sink = sink
        self._left = last

    async def send(self, entry: Entry) -> None:
        self._left -= isinstance(entry, Happened)
        if self._left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        await self._sink.send(entry)


async def play(journal: Journal, last: int, batches: int) -> None:
    async with mcp_toolbox() as toolbox, writer(journal, batches) as sink:
        await simulate(jobs(), stage(toolbox), Deadly(sink, last), 8, lambda *_: None)


def failed(error: BaseException) -> JournalFailed | None:
    if isinstance(error, BaseExceptionGroup):
        rest = error.split(JournalFailed)[1]
        return failed(error.exceptions[0]) if rest is None else None
    return error if isinstance(error, JournalFailed) else None


def main(path: str, how: str, number: int) -> int:
    try:
        if how == "rights" and os.geteuid() == 0:
            os.setuid(NOBODY)
        with Journal(Path(path)) as journal:
            if how == "size":
                resource.setrlimit(resource.RLIMIT_FSIZE, (number, number))
            anyio.run(play, journal, number if how == "event" else 1 << 30, 20)
    except (JournalFailed, BaseExceptionGroup) as error:
        if (only := failed(error)) is None:
            raise
        print(only)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
