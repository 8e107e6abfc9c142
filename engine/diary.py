"""A run's log, in its folder: what failed, how its endpoints stood, what went wrong there. Only where models take part.

Everything else that happens is in the journal.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engine.checkers.verdict import Verdict
from engine.log import logged
from engine.playing import Heard, Named
from engine.standing import Standing, Watch

LOG = "log.jsonl"

ROUTINE = 10
"""Looks at the endpoints of which one is kept, while nothing changes."""


@contextmanager
def diary(folder: Path, heard: Heard, watch: Watch, **begun: Any) -> Iterator[tuple[Heard, Watch]]:
    """Who hears and watches meanwhile: what they are told is logged and handed on."""
    with logged(folder / LOG) as log:
        log.info("begun", **begun)
        made = _Diary(log, heard, watch)
        try:
            yield made.heard, made.watch
        except BaseException as error:
            log.error("ended", why="; ".join(dict.fromkeys(_said(error))))
            raise
        log.info("ended")


def _said(error: BaseException) -> Iterator[str]:
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from _said(part)
    else:
        yield f"{type(error).__name__}: {error}"


class _Diary:
    def __init__(self, log: Any, heard: Heard, watch: Watch) -> None:
        self._log = log
        self._heard = heard
        self._watch = watch
        self._last: tuple[object, ...] = ("", ())
        self._looks = 0

    def heard(self, scenario: Named, verdict: Verdict) -> None:
        """One more verdict: what could not be carried out or judged is kept."""
        if verdict.standing in ("failed", "unjudged"):
            self._log.warning("conversation", scenario=scenario.id, standing=verdict.standing, reason=verdict.reason)
        self._heard(scenario, verdict)

    def watch(self, now: Standing) -> None:
        """How the endpoints stand: kept when something went wrong or came back, and from time to time."""
        away = tuple(replica.url for replica in now.meter.replicas if replica.away)
        if (now.meter.last_error, away) != self._last:
            self._last = (now.meter.last_error, away)
            self._log.warning("endpoints", error=now.meter.last_error, away=list(away))
        if self._looks % ROUTINE == 0:
            self._log.info("standing", **_figures(now))
        self._looks += 1
        self._watch(now)


def _figures(now: Standing) -> dict[str, Any]:
    places = {replica.url: {"places": replica.places, "why": replica.why} for replica in now.meter.replicas}
    spent = {"tokens": now.spent.tokens, "cost": round(now.spent.cost, 6)}
    return {"asking": now.meter.asking, "in_flight": now.meter.in_flight, **spent, "places": places}
