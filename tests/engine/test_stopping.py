"""A wish to stop has its time: what does not stop by then is ended."""

import signal
import subprocess
import sys

import pytest

from tests.conftest import ROOT

HANGS = """
import os, signal, sys
from engine.cli.stopping import Stopping
with Stopping(grace=0.2) as stopping:
    stopping.stop = lambda: True
    os.kill(os.getpid(), int(sys.argv[1]))
    while True:
        pass
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_does_not_stop_within_the_grace_time_is_ended_by_the_signal(number: signal.Signals) -> None:
    """An endless loop in a tool, say; in one line, and with the status that a shell expects."""
    ended = subprocess.run([sys.executable, "-c", HANGS, str(int(number))], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert ended.returncode == -number
    assert ended.stderr == "it did not stop within 0.2 seconds and is ended; what was written is kept\n"


def test_after_the_block_no_alarm_is_left() -> None:
    code = HANGS.replace(
        "    while True:\n        pass\n", "import signal; signal.pause() if signal.getitimer(signal.ITIMER_REAL)[0] else None\n"
    )
    ended = subprocess.run([sys.executable, "-c", code, "15"], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert (ended.returncode, ended.stderr) == (0, "")
