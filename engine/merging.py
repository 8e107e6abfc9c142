"""Runs of shards become one run: its journal, and the dataset that the undivided run would have had, byte for byte."""

import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import msgspec

from engine.config import Content, Running, content_of
from engine.conversation.events import Opened
from engine.folder import BadRun, held
from engine.joining import join
from engine.journal import Journal, JournalFailed, key
from engine.run import JOURNAL, Run
from engine.scenario import BadScenario, files
from engine.scoring.judgements import copied
from engine.shards import Shard
from engine.workers import left_over

SAID = 20
"""Missing conversations that are named; the others are counted."""


class Incomplete(Exception):
    """Some of the run was not carried out; `missing` says what, a line each."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__("; ".join(missing))
        self.missing = missing


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one of the runs."""

    folder: Path
    digest: str
    content: Content
    paths: tuple[Path, ...]
    shard: str
    scenarios: int
    trials: int
    wall_s: float
    cpu_s: float


def merge(
    folders: Sequence[Path], out: Path, *, paths: Sequence[Path] = (), partial: bool = False
) -> tuple[dict[str, Any], list[str]]:
    """Make the run, and answer its summary and what is missing of it, a line each.

    `paths` are the scenario files where they are not those of the runs. Nothing is written when something is missing,
    unless `partial`. Raises BadRun, BadScenario, Incomplete, JournalFailed, OSError.
    """
    sources = _sources(folders)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadRun(f"{out}: is there already; choose another --out")
    unfinished = out.with_name(f".{out.name}.unfinished")
    run = _whole(sources, paths, unfinished)
    with _beside(sources), held(unfinished):
        try:
            summary, missing = _made(run, sources, unfinished, partial=partial)
            (unfinished / "lock").unlink()
            unfinished.replace(out)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
    return summary, missing


def _sources(folders: Sequence[Path]) -> list[Source]:
    """The runs; they are of the same content. Raises BadRun."""
    sources = [_source(folder) for folder in folders]
    first = sources[0]
    for other in sources[1:]:
        if other.digest != first.digest:
            ours, theirs = first.content.model_dump(mode="json"), other.content.model_dump(mode="json")
            names = ", ".join(name for name in ours if ours[name] != theirs[name])
            raise BadRun(f"{other.folder}: is another run than {first.folder} (in {names}); only parts of one run can be merged")
    return sources


def _source(folder: Path) -> Source:
    path = folder / JOURNAL
    if not path.is_file():
        raise BadRun(f"{folder}: no run is there (it has no {JOURNAL})")
    with Journal(path, read_only=True) as journal:
        digest, content = journal.note("digest"), journal.note("content")
        if digest is None or content is None:
            raise BadRun(f"{folder}: the run there has not begun")
        try:
            source = _noted(folder, journal, digest, content)
        except ValueError:  # pydantic's and msgspec's are of this kind
            raise BadRun(f"{folder}: this version cannot read its settings; merge it with the one that made it") from None
    if source.content.digest != digest:
        raise BadRun(f"{folder}: is a run of another version ({source.content.version}); merge it with that one")
    return source


def _noted(folder: Path, journal: Journal, digest: str, content: str) -> Source:
    return Source(
        folder=folder,
        digest=digest,
        content=Content.model_validate_json(content),
        paths=tuple(map(Path, msgspec.json.decode(journal.note("paths") or "[]", type=list[str]))),
        shard=str(Shard.parse(journal.note("shard") or "1/1")),
        scenarios=int(journal.note("asked scenarios") or 0),
        trials=int(journal.note("asked trials") or 1),
        wall_s=float(journal.note("wall_s") or 0.0),
        cpu_s=float(journal.note("cpu_s") or 0.0),
    )


def _whole(sources: Sequence[Source], paths: Sequence[Path], out: Path) -> Run:
    """The undivided run: over the scenarios of which the parts were made, as many as the largest of them."""
    content = sources[0].content
    found = [Path(path) for path in paths] or _scenarios(sources)
    if content_of(files(found)) != content.scenarios:
        named = ", ".join(map(str, found))
        raise BadRun(f"{named}: these are not the scenarios of {sources[0].folder}; name them: --scenarios PATH")
    scenarios, trials = max(source.scenarios for source in sources), max(source.trials for source in sources)
    return Run(found, content, Running(out=out, limit=scenarios or None, trials=trials))


def _scenarios(sources: Sequence[Source]) -> list[Path]:
    """Where the scenarios of one of the runs still are as they were."""
    for source in sources:
        try:
            if content_of(files(source.paths)) == source.content.scenarios:
                return list(source.paths)
        except (BadScenario, OSError):
            continue
    tried = ", ".join(sorted({str(path) for source in sources for path in source.paths}))
    raise BadRun(f"{tried}: the scenarios are no longer there as they were; name them: --scenarios PATH")


def _made(run: Run, sources: Sequence[Source], folder: Path, *, partial: bool) -> tuple[dict[str, Any], list[str]]:
    path = folder / JOURNAL
    for leftover in folder.glob(f"{JOURNAL}*"):
        leftover.unlink()
    with Journal(path) as journal:
        for place, source in enumerate(sources):
            both = join(path, source.folder / JOURNAL)
            if both is not None:
                raise BadRun(_twice(both, source, sources[:place]))
            with Journal(source.folder / JOURNAL, read_only=True) as part:
                copied(part, journal)
        missing = list(_missing(run, journal, sources))
        if missing and not partial:
            raise Incomplete(missing)
        for name in ("wall_s", "cpu_s"):
            seconds = 0.0
            for source in sources:
                seconds += getattr(source, name)
            journal.set_note(name, f"{seconds:.3f}")
        run.name(journal)
        try:
            return run.write(journal), missing
        except JournalFailed:
            _read_through(sources)
            raise


def _read_through(sources: Sequence[Source]) -> None:
    """Raises JournalFailed that names the part in which something cannot be read, if there is one."""
    for source in sources:
        with Journal(source.folder / JOURNAL, read_only=True) as journal:
            for conversation, *_ in journal.begun():
                journal.events(conversation)


def _twice(conversation: int, source: Source, earlier: Sequence[Source]) -> str:
    name, there = str(conversation), ""
    for other in earlier:
        with Journal(other.folder / JOURNAL, read_only=True) as journal:
            for event in journal.events(conversation)[:1]:
                assert isinstance(event, Opened)
                name, there = f"{event.scenario}#{event.trial} (key {conversation})", str(other.folder)
    return f"{source.folder}: has the conversation {name}, which {there} has too; give one of the two"


def _missing(run: Run, journal: Journal, sources: Sequence[Source]) -> Iterator[str]:
    """Shards that are not there, and conversations of those that are which have no verdict."""
    given = {source.shard for source in sources}
    of = {int(shard.partition("/")[2]) for shard in given}
    absent = set()
    if len(of) == 1:
        absent = {index for index in range(next(iter(of))) if f"{index + 1}/{max(of)}" not in given}
        yield from (f"missing: shard {index + 1}/{max(of)}" for index in sorted(absent))
    left = 0
    for place, scenario, trial in run.conversations():
        if place % max(of) not in absent and journal.standing(key(place, trial)) is None:
            left += 1
            if left <= SAID:
                yield f"missing: conversation {scenario.id}#{trial}"
    if left > SAID:
        yield f"missing: {left - SAID} more conversations"


@contextmanager
def _beside(sources: Sequence[Source]) -> Iterator[None]:
    """Nobody works in the runs meanwhile, and their journals have all that was done.

    A folder that nobody may write to is nobody's to work in.
    """
    with ExitStack() as stack:
        for source in sources:
            lock = source.folder / "lock"
            if lock.exists() and os.access(lock, os.R_OK):
                file = stack.enter_context(lock.open())
                try:
                    fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except OSError:
                    raise BadRun(f"{source.folder}: another run is working here; wait for it") from None
            if left_over(source.folder):
                raise BadRun(f"{source.folder}: was ended while its workers played; repeat its command first")
        yield
