"""What a run holds in memory when it has become long: 100,000 conversations against 2,000, direct tools, a hundred at once."""

import tempfile
from functools import partial
from pathlib import Path

from bench import process
from bench.apart import Measured, apart, in_turn
from bench.figure import Figure, Setting
from bench.long import run, unheard, write_pack

SHORT, LONG = 2_000, 100_000


def figures(setting: Setting) -> list[Figure]:
    """The most that was resident until the dataset is written; some minutes, so once."""
    samples = in_turn(1, {str(count): partial(apart, ended, count) for count in (SHORT, LONG)})
    short, long = (samples[str(count)]["peak"] for count in (SHORT, LONG))
    more = [(after / before - 1) * 100 for before, after in zip(short, long, strict=True)]
    return [
        Figure(what=f"{SHORT:,} conversations: resident at the most", unit="MB", samples=short),
        Figure(what=f"{LONG:,} conversations: resident at the most", unit="MB", samples=long),
        Figure(what="– more than the shorter run", unit="%", samples=more, aim="± 10"),
        Figure(what=f"– wall, {LONG:,} conversations with their dataset", unit="s", samples=samples[str(LONG)]["wall"]),
    ]


def ended(count: int) -> Measured:
    """MB at the most, and the run's own seconds."""
    with tempfile.TemporaryDirectory() as folder:
        pack = Path(folder, "pack.jsonl")
        apart(packed, str(pack), count)
        counts = run(pack, Path(folder, "run")).carry_out(unheard)
        assert counts["conversations"] == count, counts
        return {"peak": process.peak() / 2**20, "wall": counts["wall_s"]}


def packed(path: str, count: int) -> Measured:
    """The pack, made elsewhere: what that takes is not the run's."""
    write_pack(Path(path), count)
    return {}
