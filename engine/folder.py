"""A run's output folder: one process at a time works in it."""

import errno
import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOOK_AGAIN = 0.05
"""Seconds between two looks at a folder that somebody else holds."""


class BadRun(ValueError):
    """A folder or setting with which a run cannot be made: what, where, what to do."""


@contextmanager
def held(path: Path, patience: float = 0.0) -> Iterator[None]:
    """The folder, made and held: a second run on it is refused, after so many seconds. Raises BadRun, OSError."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        lock = (path / "lock").open("w")
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO):
            raise
        raise BadRun(f"{path}: the output folder cannot be written ({error.strerror}); choose another --out") from None
    with lock:
        waited = 0.0
        while not _locked(lock.fileno()):
            if waited >= patience:
                raise BadRun(f"{path}: another run is working here; wait for it, or choose another --out")
            time.sleep(LOOK_AGAIN)
            waited += LOOK_AGAIN
        yield


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
