"""A recorded run under today's checkers: its conversations judged again, and compared with what was found, or with a person."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from engine.checkers import judge
from engine.checkers.recording import Recording
from engine.checkers.verdict import Verdict
from engine.config import content_of, settings
from engine.conversation.events import Closed, Failed, Opened
from engine.journal import TRIALS, Journal
from engine.run import BadRun
from engine.scenario import files, load
from engine.worlds import Worlds

ENDED = (Closed, Failed)


class Again(msgspec.Struct, frozen=True, kw_only=True):
    """One conversation of a run: its key in the journal, its verdict then (None: it had none) and its verdict now."""

    key: int
    scenario: str
    trial: int
    then: Verdict | None
    now: Verdict

    @property
    def name(self) -> str:
        """As everything else calls it."""
        return f"{self.scenario}#{self.trial}"

    @property
    def changed(self) -> bool:
        """Would a count of standings, reasons and blames come out otherwise?"""
        then, now = self.then, self.now
        return then is None or (then.standing, then.reason, then.blame) != (now.standing, now.reason, now.blame)


def rejudged(
    journal: Journal, folder: Path, given: Mapping[str, str], elsewhere: Sequence[Path] | None = None
) -> Iterator[Again]:
    """Every conversation of a run that came to an end, judged again, in the order of the run.

    By the gates of the run, those that are `given` aside. `elsewhere` is where its scenarios lie now. Raises BadRun,
    BadScenario, BadSettings.
    """
    content, paths = _recorded(journal, folder)
    paths = [*elsewhere] if elsewhere else paths
    if content_of(files(paths)) != content.get("scenarios"):
        where = ", ".join(map(str, paths))
        raise BadRun(f"{folder}: {where} is not what was played; put the files back, or name others with --scenarios")
    named = {name: content[name] for name in ("agent", "gates", "unsure") if name in content}
    gates = settings(None, named | dict(given))[0].deciding
    scenarios, worlds = enumerate(load(paths)), Worlds()
    place, scenario = -1, None
    for key, opened, then in journal.begun():
        while place < key // TRIALS:
            place, scenario = next(scenarios, (1 << 62, None))
        if not isinstance(opened, Opened) or scenario is None or scenario.id != opened.scenario:
            raise BadRun(f"{folder}: conversation {key} is not of the scenarios in {', '.join(map(str, paths))}; put them back")
        events = journal.events(key)
        if isinstance(events[-1], ENDED):
            now = judge(Recording(scenario, *worlds.of(scenario), events), gates)
            yield Again(key=key, scenario=scenario.id, trial=opened.trial, then=then, now=now)


def _recorded(journal: Journal, folder: Path) -> tuple[dict[str, Any], list[Path]]:
    """What made the run's bytes, and where its scenarios lay."""
    try:
        content = msgspec.json.decode(journal.note("content") or "{}", type=dict[str, Any])
        return content, [Path(path) for path in msgspec.json.decode(journal.note("paths") or "[]", type=list[str])]
    except msgspec.DecodeError as error:
        raise BadRun(f"{folder}: what it was made of cannot be read: {error}") from None


class BadLabels(ValueError):
    """A line that is no label: file, line, what is wrong."""


class _Label(msgspec.Struct, kw_only=True):
    conversation: str = ""
    keep: bool | None = None
    label: Literal["keep", "reject"] | None = None


def labels(path: Path) -> dict[str, bool]:
    """What a person would keep, by conversation. A line is `{"conversation": "id#trial", "keep": true}`, or has
    `"label": "keep"` or `"reject"`; without `#trial` it is trial 0. Raises BadLabels.
    """
    found: dict[str, bool] = {}
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    name, keep = _label(line, f"{path}:{number}")
                    if name in found:
                        raise BadLabels(f"{path}:{number}: '{name}' was labelled before")
                    found[name] = keep
    except OSError as error:
        raise BadLabels(f"{path}: cannot be read: {error.strerror or error}") from None
    return found


def _label(line: bytes, where: str) -> tuple[str, bool]:
    try:
        row = msgspec.json.decode(line, type=_Label)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadLabels(f"{where}: is no label: {error}") from None
    keep = row.keep if row.keep is not None else None if row.label is None else row.label == "keep"
    if not row.conversation or keep is None:
        raise BadLabels(f"{where}: a label needs 'conversation' (id#trial) and 'keep' (true or false)")
    return row.conversation if "#" in row.conversation else f"{row.conversation}#0", keep


class Agreement:
    """How verdicts and a person's labels agree: counts of (kept by the person, accepted here), and the names of the others."""

    def __init__(self, labelled: dict[str, bool]) -> None:
        self._left = dict(labelled)
        self.counts = {(kept, accepted): 0 for kept in (True, False) for accepted in (True, False)}
        self.apart: list[tuple[str, bool, Verdict]] = []

    def take(self, again: Again) -> None:
        """Count a conversation, if it was labelled."""
        if again.name in self._left:
            kept = self._left.pop(again.name)
            self.counts[kept, again.now.accepted] += 1
            if kept != again.now.accepted:
                self.apart.append((again.name, kept, again.now))

    @property
    def unknown(self) -> tuple[str, ...]:
        """Labels of conversations that the run does not have."""
        return tuple(self._left)

    def as_dict(self) -> dict[str, Any]:
        """Counts, and precision and recall of what is accepted against what the person keeps (None of nothing)."""
        right, wrong = self.counts[True, True], self.counts[False, True]
        missed, caught = self.counts[True, False], self.counts[False, False]
        return {
            "labelled": right + wrong + missed + caught,
            "agree": right + caught,
            "accepted_but_rejected_by_label": wrong,
            "rejected_but_kept_by_label": missed,
            "precision": right / (right + wrong) if right + wrong else None,
            "recall": right / (right + missed) if right + missed else None,
            "disagreements": [
                {"conversation": name, "label": "keep" if kept else "reject", "reason": verdict.reason or verdict.standing}
                for name, kept, verdict in self.apart
            ],
            "unknown": self.unknown,
        }
