"""A run of 100,000 conversations is gone on with when all but the last few are judged: how soon it plays, how soon it is done."""

import sqlite3
import tempfile
import time
from contextlib import closing
from functools import partial
from pathlib import Path

from bench.apart import Measured, apart, in_turn
from bench.figure import Figure, Setting
from bench.long import MADE, run, unheard, write_pack
from engine.journal import TRIALS
from engine.run import JOURNAL

CONVERSATIONS, LEFT = 100_000, 10
AIM = "≤ 10"
PACK, RUN = "pack.jsonl", "run"

_COPY = """
INSERT INTO events
SELECT conversation + :by, number,
       CASE number WHEN 0 THEN replace(body, '"scenario":"0-', '"scenario":"' || :round || '-') ELSE body END
FROM events WHERE conversation < :made
"""


def figures(setting: Setting) -> list[Figure]:
    """After a run that ended in order, and after one that was killed, whose journal is looked through first."""
    runs = min(setting.runs, 3)
    with tempfile.TemporaryDirectory() as folder:
        apart(made, folder)
        samples = in_turn(runs, {how: partial(apart, resumed, folder, how) for how in ("stopped", "killed")})
    found = []
    for how, of in samples.items():
        what = f"resume {CONVERSATIONS:,} conversations, the run was {how}"
        found.append(Figure(what=f"{what}: to the first that is played, wall", unit="s", samples=of["first"], aim=AIM))
        found.append(Figure(what="– to the last that is played", unit="s", samples=of["last"], aim=AIM))
        found.append(Figure(what="– to the dataset that is written", unit="s", samples=of["end"]))
    return found


def made(folder: str) -> Measured:
    """A journal of that many: the first are played, the others are theirs under their own names."""
    pack, out = Path(folder, PACK), Path(folder, RUN)
    write_pack(pack, CONVERSATIONS)
    run(pack, out, limit=MADE).carry_out(unheard)
    with closing(sqlite3.connect(out / JOURNAL)) as database:
        for part in range(1, CONVERSATIONS // MADE):
            values = {"by": part * MADE * TRIALS, "made": MADE * TRIALS, "round": str(part)}
            database.execute(_COPY, values)
            database.execute(
                "INSERT INTO verdicts SELECT conversation + :by, standing, body FROM verdicts WHERE conversation < :made", values
            )
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return {}


def resumed(folder: str, how: str) -> Measured:
    """Seconds from the beginning of a run of which the last few conversations are missing."""
    _last_are_missing(Path(folder, RUN, JOURNAL), closed="yes" if how == "stopped" else "no")
    begun, heard = time.perf_counter(), list[float]()
    counts = run(Path(folder, PACK), Path(folder, RUN)).carry_out(lambda *_: heard.append(time.perf_counter() - begun))
    assert (len(heard), counts["conversations"]) == (LEFT, CONVERSATIONS), (len(heard), counts)
    return {"first": heard[0], "last": heard[-1], "end": time.perf_counter() - begun}


def _last_are_missing(journal: Path, closed: str) -> None:
    first = (CONVERSATIONS - LEFT) * TRIALS
    with closing(sqlite3.connect(journal)) as database:
        for table in ("events", "verdicts"):
            database.execute(f"DELETE FROM {table} WHERE conversation >= ?", (first,))
        database.execute("UPDATE run SET value = ? WHERE name = 'closed'", (closed,))
        database.commit()
