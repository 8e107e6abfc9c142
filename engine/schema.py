"""What a journal's file is made of: its tables and views, as journal.sql has them, and whether a file is still whole.

Above: the journal, which reads and writes it. Below: SQLite, which keeps a file whole however its process ends, but not
when somebody loses a part of it: the write-ahead log beside it, or its end.
"""

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

_SQL = files("engine").joinpath("journal.sql").read_text(encoding="utf-8")
_EDITION = zlib.crc32(_SQL.encode()) & 0x7FFFFFFF
"""Names this text of the schema, in the number that SQLite keeps for that."""

_GAPS = "SELECT conversation FROM events GROUP BY conversation HAVING COUNT(*) <> MAX(number) + 1"
_CUT = """
SELECT conversation FROM verdicts WHERE NOT EXISTS (
    SELECT 1 FROM (SELECT body FROM events WHERE events.conversation = verdicts.conversation ORDER BY number DESC LIMIT 1)
    WHERE substr(body, 1, 40) LIKE '%"type":"Closed"%' OR substr(body, 1, 40) LIKE '%"type":"Failed"%'
)
"""


def address(path: Path) -> str:
    """What SQLite opens a journal by that is only read: nothing is made beside one at rest, wherever it lies."""
    at_rest = not path.with_name(f"{path.name}-wal").exists()
    return f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if at_rest else ''}"


def for_reading(path: Path) -> sqlite3.Connection:
    """A journal that nothing is written to, nor beside it where nobody else writes. Raises sqlite3.Error."""
    database = sqlite3.connect(address(path), uri=True, isolation_level=None)
    with _closed_on_failure(database):
        database.execute("SELECT 1 FROM run").fetchone()
    return database


def for_writing(path: Path) -> sqlite3.Connection:
    """A journal, old or new, with the tables that it lacks, and with the views where they are another version's or none.

    Raises sqlite3.Error.
    """
    database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    with _closed_on_failure(database):
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=NORMAL")
        ((edition,),) = database.execute("PRAGMA user_version").fetchall()
        if edition != _EDITION:
            database.executescript(f"BEGIN IMMEDIATE;\n{_SQL}\nPRAGMA user_version = {_EDITION};\nCOMMIT;")
    return database


@contextmanager
def _closed_on_failure(database: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error:
        database.close()
        raise


def advice(error: sqlite3.Error, damaged: str = "") -> str:
    """What to do about an error, as the rest of a sentence that says it; nothing where the system's words say enough.

    `damaged` is what to do about a file that is.
    """
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_FULL | sqlite3.SQLITE_IOERR:
            return "; free some space and repeat the command"
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_DONE:  # the last: a page that ends too soon
            return f"; it is damaged{damaged}"
    return ""


def damage(database: sqlite3.Connection) -> str | None:
    """What is wrong with a file that was not closed in order, None for nothing: seconds for 100,000 conversations."""
    try:
        ((found,),) = database.execute("PRAGMA integrity_check(1)").fetchall()
        if found != "ok":
            return str(found).splitlines()[-1]
        for query, what in ((_GAPS, "lacks events"), (_CUT, "has a verdict and no end")):
            for (conversation,) in database.execute(f"{query} LIMIT 1"):
                return f"conversation {conversation} {what}"
    except sqlite3.DatabaseError as error:
        return str(error)
    return None
