"""What the system says of this process: the memory that it holds and has held."""

import resource
import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")


def resident() -> int:
    """Bytes in memory now; the peak where the system does not tell."""
    return _told("VmRSS")


def peak() -> int:
    """The most bytes that were in memory."""
    return _told("VmHWM")


def _told(name: str) -> int:
    """Linux knows both. Its `ru_maxrss` is of no use here: a child begins with its parent's."""
    if _STATUS.exists():
        lines = (line.split() for line in _STATUS.read_text(encoding="ascii").splitlines())
        return next(int(words[1]) * 1024 for words in lines if words[0] == f"{name}:")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
