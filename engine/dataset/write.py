"""From the journal to the files: accepted.jsonl, rejected.jsonl and summary.json, in scenario order, each whole or not at all."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import msgspec

from engine.config import Content
from engine.dataset.rows import Rows
from engine.dataset.summary import Summary
from engine.journal import Journal, key
from engine.models.usage import by_party
from engine.scenario import Scenario
from engine.scoring.judgements import Judgements, usages
from engine.worlds import Worlds


def write_dataset(
    folder: Path, journal: Journal, jobs: Iterable[tuple[int, Scenario, int]], worlds: Worlds, content: Content
) -> Summary:
    """Write the rows of every judged conversation among `jobs` (place, scenario, trial), and answer their counts."""
    rows, summary, judgements = Rows(content), Summary(), Judgements(journal)
    summary.judge = judgements.judge
    with whole(folder / "accepted.jsonl") as accepted, whole(folder / "rejected.jsonl") as rejected:
        for place, scenario, trial in jobs:
            verdict = journal.verdict(key(place, trial))
            if verdict is None:
                continue
            events = journal.events(key(place, trial))
            summary.costs.take(scenario, by_party(events), accepted=verdict.accepted)
            summary.count(scenario, verdict, judgements.reward(key(place, trial), scenario, verdict, events))
            if not verdict.accepted:
                rejected.write(rows.rejected(scenario, trial, events, verdict))
            elif content.imported_rows or not _made_elsewhere(scenario):
                domain, world = worlds.of(scenario)
                summary.rows += 1
                accepted.write(rows.accepted(scenario, trial, domain, world, events, verdict))
    for usage in usages(journal):
        summary.costs.add("judge", usage)
    return summary


def _made_elsewhere(scenario: Scenario) -> bool:
    """Is it a task that somebody else made: in words and listed actions, without requests?"""
    return not scenario.requests and bool(scenario.actions or scenario.instruction)


def write_summary(folder: Path, summary: Summary, wall_s: float, cpu_s: float) -> None:
    """Write summary.json."""
    with whole(folder / "summary.json") as file:
        file.write(msgspec.json.format(msgspec.json.encode(summary.as_dict(wall_s, cpu_s))) + b"\n")


class Growing:
    """A file that is not complete yet. An OSError of its own names it."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self._path = path
        self._file = file

    def write(self, lines: bytes) -> None:
        """Add to it."""
        with _naming(self._path):
            self._file.write(lines)


@contextmanager
def whole(path: Path) -> Iterator[Growing]:
    """A file that appears under its name when it is complete and on disk."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    with _naming(path):
        file = unfinished.open("wb")
    try:
        yield Growing(path, file)
        with _naming(path):
            file.flush()
            os.fsync(file.fileno())
            file.close()
            unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        with suppress(OSError):  # what still waits to be written is thrown away
            file.close()
        raise


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno is not None and error.filename is None:
            error.filename = str(path)
        raise
