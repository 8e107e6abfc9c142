"""A run's folder, read for its scores: every conversation with its scenario and what it says of the agent."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from engine.config import content_of
from engine.conversation.events import Opened
from engine.folder import BadRun
from engine.journal import TRIALS, Journal
from engine.scenario import Scenario, files, load
from engine.scoring.judgements import Judgements
from engine.scoring.outcome import Outcome, accepted

JOURNAL = "journal.sqlite"


class Scored(msgspec.Struct, frozen=True, kw_only=True):
    """One conversation. `accepted`: by the checks that decide. `public`: by the benchmark that its task is of, None for ours."""

    scenario: Scenario
    trial: int
    accepted: Outcome
    public: Outcome | None = None


def opened(run: Path) -> Journal:
    """The journal of a run, to be looked at. Raises BadRun, JournalFailed."""
    if not (run / JOURNAL).is_file():
        raise BadRun(f"{run}: no run is there (it has no {JOURNAL})")
    return Journal(run / JOURNAL, read_only=True)


def scored(journal: Journal, run: Path, elsewhere: Sequence[Path] | None = None, judge: str | None = None) -> Iterator[Scored]:
    """Every conversation that has begun, in the order of the run. `elsewhere` is where its scenarios lie now; `judge` names the
    one whose answers count, by default who was asked last. Raises BadRun, BadScenario.
    """
    content, paths = _noted(journal, run)
    paths = [*elsewhere] if elsewhere else paths
    if content_of(files(paths)) != content.get("scenarios"):
        where = ", ".join(map(str, paths))
        raise BadRun(f"{run}: {where} is not what was played; put the files back, or name others with --scenarios")
    scenarios, judgements = enumerate(load(paths)), Judgements(journal, judge)
    place, scenario = -1, None
    for key, first, verdict in journal.begun():
        while place < key // TRIALS:
            place, scenario = next(scenarios, (1 << 62, None))
        if not isinstance(first, Opened) or scenario is None or scenario.id != first.scenario:
            raise BadRun(f"{run}: conversation {key} is not of the scenarios in {', '.join(map(str, paths))}; put them back")
        public = judgements.reward(key, scenario, verdict, journal.events(key)) if scenario.basis else None
        yield Scored(scenario=scenario, trial=first.trial, accepted=accepted(verdict), public=public)


def _noted(journal: Journal, run: Path) -> tuple[dict[str, Any], list[Path]]:
    """What made the run's bytes, and where its scenarios lay."""
    try:
        content = msgspec.json.decode(journal.note("content") or "{}", type=dict[str, Any])
        return content, [Path(path) for path in msgspec.json.decode(journal.note("paths") or "[]", type=list[str])]
    except msgspec.DecodeError as error:
        raise BadRun(f"{run}: what it was made of cannot be read: {error}") from None
