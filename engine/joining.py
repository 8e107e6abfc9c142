"""One journal from several: what a run's workers wrote, or what machines of a cluster did, each a part.

A conversation is wholly in one part. Each part is taken in by one transaction, so that a kill in between loses nothing.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from engine.journal import Journal, JournalFailed
from engine.schema import address, advice, damage, for_reading

_TAKEN = """
CREATE TEMP TABLE taken (conversation INTEGER PRIMARY KEY);
INSERT INTO taken SELECT conversation FROM part.events WHERE number = 0 AND conversation NOT IN
    (SELECT conversation FROM main.verdicts WHERE standing IN ('accepted', 'rejected'));
"""

_ADDED = """
DELETE FROM main.events WHERE conversation IN (SELECT conversation FROM taken);
DELETE FROM main.verdicts WHERE conversation IN (SELECT conversation FROM taken);
INSERT INTO main.events (conversation, number, body) SELECT conversation, number, body FROM part.events
    WHERE conversation IN (SELECT conversation FROM taken) ORDER BY conversation, number;
INSERT INTO main.verdicts (conversation, standing, body) SELECT conversation, standing, body FROM part.verdicts
    WHERE conversation IN (SELECT conversation FROM taken) ORDER BY conversation;
INSERT INTO main.retries (conversation, attempt, reason, detail)
    SELECT p.conversation, p.attempt + COALESCE((SELECT MAX(m.attempt) FROM main.retries m
        WHERE m.conversation = p.conversation), 0), p.reason, p.detail FROM part.retries p ORDER BY p.conversation, p.attempt;
"""


def take_in(journal: Path, part: Path) -> None:
    """What a worker wrote replaces what the journal has of those conversations; then its folder goes.

    What is finished there is never replaced. May be repeated after a kill at any moment. Raises JournalFailed.
    """
    note = f"taken in {part.parent.name}"
    with _opened(journal, part) as database:
        if not list(database.execute("SELECT 1 FROM run WHERE name = ?", (note,))):
            with Journal(part):  # refuses one that is damaged, and puts in order one whose writer was killed
                pass
            _add(database, part.absolute().as_uri(), note)
        shutil.rmtree(part.parent)
        database.execute("DELETE FROM run WHERE name = ?", (note,))


def join(journal: Path, part: Path) -> int | None:
    """Add a part that has other conversations than the journal: None. The first one that both have, and nothing is added.

    Raises JournalFailed.
    """
    with _opened(journal, part) as database:
        with Journal(part, read_only=True) as there:
            closed = there.note("closed") != "no"
        if not closed:
            with closing(for_reading(part)) as read:
                if what := damage(read):
                    raise JournalFailed(f"{part}: the journal is damaged: {what}")
        database.execute("ATTACH ? AS part", (address(part),))
        both = "SELECT conversation FROM {}.events WHERE number = 0"
        query = f"{both.format('part')} AND conversation IN ({both.format('main')}) ORDER BY conversation LIMIT 1"
        for (conversation,) in database.execute(query):
            return int(conversation)
        database.execute("DETACH part")
        _add(database, address(part))
    return None


def _add(database: sqlite3.Connection, where: str, note: str = "") -> None:
    database.execute("ATTACH ? AS part", (where,))
    database.execute("BEGIN")
    for statement in (_TAKEN + _ADDED).split(";"):
        database.execute(statement)
    if note:
        database.execute("INSERT INTO run VALUES (?, '')", (note,))
    database.execute("COMMIT")
    database.execute("DETACH part")


@contextmanager
def _opened(journal: Path, part: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(journal.absolute().as_uri(), uri=True, isolation_level=None)) as database:
            database.execute("PRAGMA synchronous=NORMAL")
            yield database
    except sqlite3.Error as error:
        raise JournalFailed(f"{part}: cannot be taken into {journal}: {error}{advice(error)}") from None
