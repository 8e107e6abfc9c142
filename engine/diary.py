"""A run's log, in its folder: what failed, how it and its endpoints stood, what went wrong there. Only where models take part.

Everything else that happens is in the journal.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engine.checkers.verdict import Verdict
from engine.dataset.costs import known
from engine.log import logged
from engine.playing import Heard, Named
from engine.standing import Begun, Floor, Standing, Tally, Watch, details

LOG = "log.jsonl"

ROUTINE = 10
"""Looks at the endpoints of which one is kept, while nothing changes."""


@contextmanager
def diary(
    folder: Path, heard: Heard, begun: Begun, watch: Watch, *, floor: float | None = None, **told: Any
) -> Iterator[tuple[Heard, Begun, Watch]]:
    """Who hears and watches meanwhile: what they are told is logged and handed on."""
    with logged(folder / LOG) as log:
        log.info("begun", **told)
        made = _Diary(log, heard, begun, watch, floor)
        try:
            yield made.heard, made.begun, made.watch
        except BaseException as error:
            log.error("ended", why="; ".join(dict.fromkeys(_said(error))), **made.tally.as_dict())
            raise
        log.info("ended", **made.tally.as_dict())


def _said(error: BaseException) -> Iterator[str]:
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from _said(part)
    else:
        yield f"{type(error).__name__}: {error}"


class _Diary:
    def __init__(self, log: Any, heard: Heard, begun: Begun, watch: Watch, floor: float | None) -> None:
        self.tally = Tally()
        self._log = log
        self._heard = heard
        self._begun = begun
        self._watch = watch
        self._floor = Floor(floor)
        self._last: tuple[object, ...] = ("", ())
        self._looks = 0

    def begun(self, total: int, before: Tally) -> None:
        """So many conversations; what was judged before counts."""
        self.tally = Tally(before)
        self._begun(total, before)

    def heard(self, scenario: Named, verdict: Verdict, why: str) -> None:
        """One more verdict: what could not be carried out or judged is kept."""
        if verdict.standing in ("failed", "unjudged"):
            named = {"scenario": scenario.id, "standing": verdict.standing, "reason": verdict.reason, "blame": verdict.blame}
            self._log.warning("conversation", **named, details=details(verdict, why))
        self.tally.count(verdict)
        if warning := self._floor.warning(self.tally):
            self._log.warning("floor", why=warning)
        self._heard(scenario, verdict, why)

    def watch(self, now: Standing) -> None:
        """How the run stands: kept when something went wrong or came back, and from time to time."""
        away = tuple(replica.url for replica in now.meter.replicas if replica.away)
        if (now.meter.last_error, away) != self._last:
            self._last = (now.meter.last_error, away)
            self._log.warning("endpoints", error=now.meter.last_error, away=list(away))
        if self._looks % ROUTINE == 0:
            self._log.info("standing", **self.tally.as_dict(), **_figures(now))
        self._looks += 1
        self._watch(now)


def _figures(now: Standing) -> dict[str, Any]:
    meter, spent = now.meter, now.spent
    places = {replica.url: {"places": replica.places, "why": replica.why, "away": replica.away} for replica in meter.replicas}
    cost = {"tokens": spent.tokens, "cost": known(spent.cost, spent.unpriced), "unpriced": spent.unpriced}
    return {"asking": meter.asking, "in_flight": meter.in_flight, **cost, "places": places, "last_error": meter.last_error}
