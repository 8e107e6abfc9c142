"""How far a run is: a few rows on a terminal, a line every few seconds elsewhere. All on standard error.

Where models take part, it is said how their endpoints stand as well.
"""

import sys
import time
from collections.abc import Iterable
from datetime import timedelta
from types import TracebackType

from rich.console import Group
from rich.live import Live
from rich.progress import BarColumn, Progress, TextColumn
from rich.text import Text

from engine.checkers.verdict import Verdict
from engine.cli.screen import safe, screen
from engine.log import log
from engine.models.meter import Meter, Replicated
from engine.playing import Named
from engine.standing import Floor, Standing, Tally, details

EVERY, STILL = 5.0, 60.0
"""Seconds between two lines where there is no terminal, and while nothing changes."""


class Told:
    """Hears of verdicts and shows their counts. `quiet` shows nothing. Warns once when too few are accepted (`floor`)."""

    def __init__(self, *, quiet: bool = False, floor: float | None = None) -> None:
        self._floor = Floor(floor)
        self._standing: Standing | None = None
        self._quiet = quiet
        self._log = log(quiet=quiet)
        self._tally, self._before, self._total = Tally(), 0, 0
        self._began = self._last = time.monotonic()
        self._said = ""
        self._bar: Progress | None = None
        self._live: Live | None = None
        self._rows: list[str] = []

    def __enter__(self) -> "Told":
        if not self._quiet and sys.stderr.isatty():
            console = screen(sys.stderr)
            count, pace = TextColumn("{task.completed}/{task.total}"), TextColumn("{task.description}")
            self._bar = Progress(count, BarColumn(), pace, console=console, auto_refresh=False)
            self._live = Live(get_renderable=self._shown, console=console, transient=True)
            self._live.start()
            self._log = log(quiet=self._quiet)  # above the rows: they have taken standard error over
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None) -> None:
        if self._live is not None:
            self._live.stop()

    def begun(self, total: int, before: Tally) -> None:
        """The run has `total` conversations, of which those were judged before."""
        self._tally, self._before, self._total = Tally(before), before.judged, total
        self._began = self._last = time.monotonic()
        if self._bar is not None:
            self._bar.add_task("", total=total, completed=before.judged)
        elif not self._quiet and before.judged < total:
            done = f", {before.judged} of them done before" if before.judged else ""
            sys.stderr.write(f"{total} conversations{done}\n")

    def heard(self, scenario: Named, verdict: Verdict, why: str = "") -> None:
        """One more verdict. What could not be carried out or judged is said at once, with its reason and what is known of it."""
        if verdict.standing in ("failed", "unjudged"):
            known = details(verdict, why)
            self._log.warning(f"conversation {verdict.standing}", scenario=scenario.id, reason=verdict.reason, details=known)
        self._tally.count(verdict)
        if warning := self._floor.warning(self._tally):
            sys.stderr.write(f"warning: {warning}\n")
        self._show()

    def watch(self, now: Standing) -> None:
        """How the endpoints stand now."""
        self._standing = now
        self._show()

    def _show(self) -> None:
        rows = [str(self._tally), *(_asked(self._standing) if self._standing is not None else ())]
        if self._bar is not None:
            self._rows = rows
            for task in self._bar.tasks:
                self._bar.update(task.id, completed=self._tally.judged, description=self._pace())
        elif not self._quiet:
            self._write("; ".join(rows))

    def _write(self, line: str) -> None:
        """A line, when one is due: what was said before is not said again for a while."""
        now = time.monotonic()
        if now - self._last >= (EVERY if line != self._said else STILL):
            self._last, self._said = now, line
            sys.stderr.write(f"{self._tally.judged}/{self._total} ({self._pace()}): {line}\n")

    def _shown(self) -> Group:
        rows = (Text(safe(row), overflow="fold", no_wrap=False) for row in self._rows)
        return Group(*([self._bar.get_renderable()] if self._bar is not None else []), *rows)

    def _pace(self) -> str:
        """How many conversations come to their end, and how long the others take at that pace."""
        rate = (self._tally.judged - self._before) / max(time.monotonic() - self._began, 1e-6)
        pace = f"{rate:.1f} a second" if rate >= 1 else f"{rate * 60:.1f} a minute"
        left = max(self._total - self._tally.judged, 0)
        return f"{pace}, {timedelta(seconds=round(left / rate))} left" if rate and left else pace


def _asked(now: Standing) -> Iterable[str]:
    """In flight, of how many places and why, tokens, cost; and what was wrong last."""
    meter, spent = now.meter, now.spent
    yield f"{_in_flight(meter)}, {spent.tokens:,} tokens, {money(spent.cost, spent.unpriced)}"
    if meter.last_error:
        yield f"last error: {safe(meter.last_error)}"


def _in_flight(meter: Meter) -> str:
    """Endpoints that stand alike are one; what the last error says already is not said twice."""
    alike: dict[tuple[bool, str], list[Replicated]] = {}
    for replica in meter.replicas:
        alike.setdefault((replica.away, replica.why), []).append(replica)
    found = []
    for (away, why), replicas in alike.items():
        count, in_flight, places = len(replicas), 0, 0
        for replica in replicas:
            in_flight, places = in_flight + replica.in_flight, places + replica.places
        said = "by the last error" if why and meter.last_error.endswith(why) else safe(why)
        if away:
            named = "the endpoint is" if len(meter.replicas) == 1 else f"{count} of {len(meter.replicas)} endpoints are"
            found.append(f"{named} away{f' ({said})' if said != 'by the last error' else ''}")
        else:
            found.append(f"{in_flight} in flight of {places}{f' at {count} endpoints' if count > 1 else ''} ({said})")
    return ", ".join(found)


def money(cost: float | None, unpriced: int, digits: int = 2) -> str:
    """A sum in words; `unpriced` replies have no known price."""
    if not unpriced:
        return f"{cost or 0.0:,.{digits}f} USD"
    return f"{cost:,.{digits}f} USD and what {unpriced:,} replies cost that have no known price" if cost else "cost unknown"
