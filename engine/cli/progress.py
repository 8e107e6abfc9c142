"""How far a run is: a bar on a terminal, a line every few seconds elsewhere. All on standard error.

Where models take part, the line says how their endpoints stand as well.
"""

import sys
import time
from collections import Counter
from types import TracebackType

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from engine.checkers.verdict import Verdict
from engine.cli.screen import safe, screen
from engine.log import log
from engine.playing import Named
from engine.standing import Standing

EVERY = 5.0
"""Seconds between two lines where there is no terminal."""
ENOUGH = 20
"""Verdicts before an accept rate says anything."""


class Told:
    """Hears of verdicts and shows their counts. `quiet` shows nothing. Warns once when too few are accepted (`floor`)."""

    def __init__(self, *, quiet: bool = False, floor: float | None = None) -> None:
        self._floor = floor or 0.0
        self._standing: Standing | None = None
        self._quiet = quiet
        self._log = log(quiet=quiet)
        self._counts: Counter[str] = Counter()
        self._total = self._done = 0
        self._began = self._last = time.monotonic()
        self._bar: Progress | None = None

    def __enter__(self) -> "Told":
        if not self._quiet and sys.stderr.isatty():
            count, line = TextColumn("{task.completed}/{task.total}"), TextColumn("{task.description}")
            self._bar = Progress(count, BarColumn(), line, TimeRemainingColumn(), console=screen(sys.stderr), transient=True)
            self._bar.start()
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.stop()

    def begun(self, total: int, done: int) -> None:
        """The run has `total` conversations, of which `done` were judged before."""
        self._total, self._done = total, done
        self._began = self._last = time.monotonic()
        if self._bar is not None:
            self._bar.add_task("", total=total, completed=done)
        elif not self._quiet and done < total:
            before = f", {done} of them done before" if done else ""
            sys.stderr.write(f"{total} conversations{before}\n")

    def heard(self, scenario: Named, verdict: Verdict) -> None:
        """One more verdict. What could not be carried out or judged is said at once, with its reason."""
        if verdict.standing in ("failed", "unjudged"):
            details = [finding.detail for finding in verdict.findings if finding.detail]
            self._log.warning(f"conversation {verdict.standing}", scenario=scenario.id, reason=verdict.reason, details=details)
        self._counts["failed" if verdict.standing == "unjudged" else verdict.standing] += 1
        self._warn()
        self._show(1)

    def watch(self, now: Standing) -> None:
        """How the endpoints stand now."""
        self._standing = now
        self._show(0)

    def _show(self, more: int) -> None:
        if self._bar is not None:
            for task in self._bar.tasks:
                self._bar.update(task.id, advance=more, description=self._line())
        elif not self._quiet and time.monotonic() - self._last >= EVERY:
            self._last = time.monotonic()
            sys.stderr.write(f"{self._done + self._counts.total()}/{self._total}: {self._line()}\n")

    def _warn(self) -> None:
        judged = self._counts.total()
        if judged >= ENOUGH and self._counts["accepted"] < self._floor * judged:
            rate, floor = self._counts["accepted"] / judged, self._floor
            sys.stderr.write(f"warning: {rate:.0%} of {judged} conversations are accepted, fewer than --floor {floor:.0%}\n")
            self._floor = 0.0

    def _line(self) -> str:
        rate = self._counts.total() / max(time.monotonic() - self._began, 1e-6)
        counts = ", ".join(f"{self._counts[name]} {name}" for name in ("accepted", "rejected", "failed"))
        return f"{counts}, {rate:.1f}/s" + (f"; {_asked(self._standing)}" if self._standing is not None else "")


def _asked(now: Standing) -> str:
    """In flight, of how many places and why, tokens, cost, what was wrong last."""
    meter = now.meter
    spent = f"{now.spent.tokens:,} tokens, {now.spent.cost:.2f} USD"
    paces = [f"{'away' if each.away else each.places} ({each.why})" for each in meter.replicas]
    last = f"; last error: {safe(meter.last_error)}" if meter.last_error else ""
    return f"{meter.in_flight} in flight of {', '.join(dict.fromkeys(paces))}, {spent}{last}"
