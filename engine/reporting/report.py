"""A run's report: figures and words of what it kept, beside how its scenarios were made and what the public tasks are like.

Everything is counted as it streams by, scenarios and conversations alike in the order of the run.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from engine.checkers.verdict import Verdict
from engine.config import content_of
from engine.conversation.events import Event, Opened
from engine.folder import BadRun
from engine.journal import TRIALS, Journal
from engine.reporting.figures import Figures, chances
from engine.reporting.leakage import Common, common
from engine.reporting.public import PUBLIC
from engine.reporting.words import Wording, Words
from engine.run import JOURNAL
from engine.scenario import Scenario, files, stream
from engine.synthesis.packs import HELD_OUT, TRAIN, Made, made_before
from engine.worlds import Worlds

ALL = "all"
"""All domains together."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All that is told of a run, by domain and over `all`. `made` and `leakage`: of scenarios that `dataset` has made."""

    figures: dict[str, Figures]
    words: dict[str, Words]
    made: Made | None = None
    leakage: Common | None = None

    @property
    def all(self) -> Figures:
        """The figures over all domains."""
        return self.figures[ALL]

    @property
    def domains(self) -> list[str]:
        """The domains by name."""
        return sorted(name for name in self.figures if name != ALL)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "figures": {name: figures.as_dict() for name, figures in self.figures.items()},
            "words": msgspec.to_builtins(self.words),
            "public": {name: msgspec.to_builtins(PUBLIC[name], str_keys=True) for name in self.domains if name in PUBLIC},
            "made": msgspec.to_builtins(self.made),
            "leakage": msgspec.to_builtins(self.leakage),
        }


def report(run: Path, elsewhere: Sequence[Path] | None = None, worlds: Worlds | None = None) -> Report:
    """The report of a run's folder. `elsewhere` is where its scenarios lie now. Raises BadRun, BadScenario, JournalFailed."""
    if not (run / JOURNAL).is_file():
        raise BadRun(f"{run}: no run is there (it has no {JOURNAL})")
    with Journal(run / JOURNAL, read_only=True) as journal:
        paths = _paths(journal, run, elsewhere)
        figures, words = {ALL: Figures()}, {ALL: Wording()}
        _count(journal, run, paths, worlds or Worlds(), figures, words)
    made, leakage = _made(paths)
    found = {name: wording.found() for name, wording in words.items()}
    return Report(figures=figures, words=found, made=made, leakage=leakage)


def _paths(journal: Journal, run: Path, elsewhere: Sequence[Path] | None) -> list[Path]:
    """Where what was played lies. Raises BadRun for something else."""
    paths = [*elsewhere] if elsewhere else [Path(path) for path in msgspec.json.decode(journal.note("paths") or "[]")]
    content = msgspec.json.decode(journal.note("content") or "{}")
    if content_of(files(paths)) != content.get("scenarios"):
        where = ", ".join(map(str, paths))
        raise BadRun(f"{run}: {where} is not what was played; put the files back, or name others with --scenarios")
    return paths


def _count(
    journal: Journal, run: Path, paths: list[Path], worlds: Worlds, figures: dict[str, Figures], words: dict[str, Wording]
) -> None:
    policies: dict[str, str] = {}
    for scenario, events, verdict in _judged(journal, run, paths):
        domain, world = worlds.of(scenario)
        found = chances(scenario, domain, world) if verdict.accepted else {}
        for name in (ALL, scenario.domain):
            figures.setdefault(name, Figures()).take(scenario, events, verdict, domain, found)
        if verdict.accepted:
            if world.digest not in policies:
                policies[world.digest] = domain.policy(world.facts).lower()
            for name in (ALL, scenario.domain):
                words.setdefault(name, Wording()).take(scenario, events, policies[world.digest])


def _judged(journal: Journal, run: Path, paths: list[Path]) -> Iterator[tuple[Scenario, list[Event], Verdict]]:
    """Every conversation that has a verdict, in the order of the run."""
    scenarios, place, scenario = stream(paths), -1, None
    for key, opened, verdict in journal.begun():
        while place < key // TRIALS:
            place, scenario = place + 1, next(scenarios, None)
        if scenario is None or not isinstance(opened, Opened) or opened.scenario != scenario.id:
            raise BadRun(f"{run}: conversation {key} is not of the scenarios in {', '.join(map(str, paths))}; put them back")
        if verdict is not None:
            yield scenario, journal.events(key), verdict


def _made(paths: list[Path]) -> tuple[Made | None, Common | None]:
    """How the scenarios were made, where that lies beside them, and what their parts have in common."""
    for folder in (path if path.is_dir() else path.parent for path in paths):
        if (made := made_before(folder)) is not None:
            return made, common(made.paths(folder, TRAIN), made.paths(folder, HELD_OUT))
    return None, None
