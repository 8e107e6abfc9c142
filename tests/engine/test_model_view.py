"""What is seen of a run while it plays: on a terminal, in a pipe, in its log; and what a dry run says of the rest."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.checkers.verdict import Verdict
from engine.cli import progress
from engine.cli.dry_run import estimated
from engine.cli.progress import Told, money
from engine.conversation.events import Blame
from engine.dataset.costs import Costs
from engine.diary import LOG, diary
from engine.journal import Journal, Judged, key
from engine.models.deployment import Deployment
from engine.models.meter import Meter, Replicated
from engine.models.pacing import Limits
from engine.models.usage import Spent
from engine.standing import Standing, Tally, judged_before
from tests.engine import stages

ERROR = "https://models.example.org/v1 (model a-model-with-a-long-name) answered 503: the engine is overloaded, come back later"
PAID = Spent(replies=3, prompt_tokens=1_000, completion_tokens=234, cost=1.5)
FREE = Spent(replies=3, prompt_tokens=1_000, completion_tokens=234, unpriced=3)


def replica(why: str = "growing", in_flight: int = 7, places: int = 9, *, away: bool = False) -> Replicated:
    return Replicated(url="u", in_flight=in_flight, waiting=1, places=places, why=why, away=away, last_error="")


def standing(*replicas: Replicated, error: str = "", spent: Spent = PAID) -> Standing:
    return Standing(meter=Meter(asking=8, last_error=error, replicas=replicas, spent=Spent(), by_role={}), spent=spent)


def tell(told: Told, verdict: str, blame: Blame | None = None, why: str = "") -> None:
    told.heard(stages.scenarios(1)[0], Verdict(standing=verdict, reason="r", blame=blame), why)  # type: ignore[arg-type]


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.0)


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (standing(replica()), "7 in flight of 9 (growing), 1,234 tokens, 1.50 USD"),
        (standing(replica(), spent=FREE), "7 in flight of 9 (growing), 1,234 tokens, cost unknown"),
        (standing(replica(), replica()), "14 in flight of 18 at 2 endpoints (growing), 1,234 tokens, 1.50 USD"),
        (
            standing(replica("answered 429: slow", 2, 3), error="u answered 429: slow"),
            "2 in flight of 3 (by the last error), 1,234 tokens, 1.50 USD; last error: u answered 429: slow",
        ),
        (
            standing(replica("is gone", 0, 3, away=True), error="u is gone"),
            "the endpoint is away, 1,234 tokens, 1.50 USD; last error: u is gone",
        ),
        (
            standing(replica(), replica("answers 503", 0, 3, away=True), error="u answered 429"),
            "7 in flight of 9 (growing), 1 of 2 endpoints are away (answers 503), 1,234 tokens, 1.50 USD; "
            "last error: u answered 429",
        ),
    ],
)
@pytest.mark.usefixtures("at_once")
def test_a_line_says_how_the_endpoints_stand(capsys: pytest.CaptureFixture[str], now: Standing, said: str) -> None:
    """In flight, of how many and why, what was spent, what was wrong last; nothing of it twice."""
    with Told() as told:
        told.watch(now)
    assert capsys.readouterr().err == f"0/0 (0.0 a minute): 0 accepted, 0 rejected, 0 failed; {said}\n"


@pytest.mark.usefixtures("at_once")
def test_a_line_counts_what_was_judged_before_and_by_whose_doing(capsys: pytest.CaptureFixture[str]) -> None:
    before = Tally()
    for verdict in (Verdict(standing="accepted"), Verdict(standing="rejected", blame="user")):
        before.count(verdict)
    with Told() as told:
        told.begun(9, before)
        tell(told, "rejected", "agent")
        tell(told, "failed", "environment", "u answered 503")
        tell(told, "unjudged")
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "9 conversations, 2 of them done before"
    assert lines[-1].endswith("1 accepted, 2 rejected (agent 1, user 1), 2 failed (checker 1, environment 1)")
    assert lines[-1].startswith("5/9 (") and " left): " in lines[-1]
    assert any("conversation failed" in line and "u answered 503" in line for line in lines)


@pytest.mark.usefixtures("at_once")
def test_a_line_in_which_nothing_is_new_is_not_repeated(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not for a minute, after which it is a sign of life."""
    with Told() as told:
        for now in (standing(replica()), standing(replica()), standing(replica(in_flight=6)), standing(replica(in_flight=6))):
            told.watch(now)
        assert capsys.readouterr().err.count("\n") == 2
        monkeypatch.setattr(progress, "STILL", 0.0)
        told.watch(standing(replica(in_flight=6)))
    assert capsys.readouterr().err.count("\n") == 1


def test_a_terminal_of_a_hundred_columns_shows_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bar with count and time, the verdicts, the endpoints, the last error to its end."""
    ours, theirs = os.openpty()
    for name, value in {"COLUMNS": "100", "LINES": "30", "TERM": "xterm"}.items():
        monkeypatch.setenv(name, value)
    with os.fdopen(theirs, "w") as terminal, os.fdopen(ours, "rb", buffering=0) as seen:
        monkeypatch.setattr(sys, "stderr", terminal)
        with Told() as told:
            told.begun(2_000, Tally())
            tell(told, "accepted")
            tell(told, "rejected", "agent")
            tell(told, "failed", "environment", "u answered 503")
            told.watch(standing(replica(in_flight=1_024, places=2_000), error=ERROR))
        terminal.flush()
        shown = seen.read(1 << 16).decode()
    assert "…" not in shown
    assert "3/2000 " in shown and "━" in shown and " left" in shown
    assert "1 accepted, 1 rejected (agent 1), 1 failed (environment 1)" in shown
    assert "1024 in flight of 2000 (growing), 1,234 tokens, 1.50 USD" in shown
    assert f"last error: {ERROR}" in shown.replace("\r\n", "")
    assert "conversation failed" in shown


def test_too_few_accepted_are_warned_of_once_also_in_the_log(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    before, scenario = Tally(), stages.scenarios(1)[0]
    with Told(floor=0.5) as told, diary(tmp_path, told.heard, told.begun, told.watch, floor=0.5) as (heard, begun, _):
        begun(100, before)
        for verdict in ["accepted"] * 8 + ["rejected"] * 30:
            heard(scenario, Verdict(standing=verdict), "")  # type: ignore[arg-type]
    warning = "40% of 20 conversations are accepted, fewer than --floor 50%"
    assert [line for line in capsys.readouterr().err.splitlines() if "warning" in line] == [f"warning: {warning}"]
    assert [line["why"] for line in logged(tmp_path) if line["event"] == "floor"] == [warning]


def logged(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / LOG).read_text(encoding="utf-8").splitlines()]


def test_the_log_has_the_figures_of_the_line(tmp_path: Path) -> None:
    """Verdicts by whose doing, also those from before; in flight, places and why, tokens, cost, the last error."""
    before = Tally()
    before.count(Verdict(standing="rejected", blame="agent"))
    with diary(tmp_path, lambda *_: None, lambda *_: None, lambda _: None) as (heard, begun, watch):
        begun(9, before)
        heard(stages.scenarios(1)[0], Verdict(standing="failed", blame="environment"), "u answered 503")
        watch(standing(replica(), error=ERROR, spent=FREE))
    lines = {line["event"]: line for line in logged(tmp_path)}
    assert lines["conversation"]["details"] == ["u answered 503"]
    now = lines["standing"]
    assert (now["accepted"], now["rejected"], now["failed"]) == (0, {"agent": 1}, {"environment": 1})
    assert (now["in_flight"], now["tokens"], now["cost"], now["unpriced"], now["last_error"]) == (7, 1_234, None, 3, ERROR)
    assert now["places"] == {"u": {"places": 9, "why": "growing", "away": False}}


def test_what_was_judged_before_is_counted_within_what_is_asked_for(tmp_path: Path) -> None:
    """What failed is due again."""
    verdicts = {
        key(0, 0): Verdict(standing="accepted"),
        key(1, 0): Verdict(standing="rejected", blame="user"),
        key(2, 0): Verdict(standing="failed", blame="environment"),
        key(1, 1): Verdict(standing="accepted"),
        key(3, 0): Verdict(standing="accepted"),
    }
    with Journal(tmp_path / "j") as journal:
        journal.write([Judged(conversation, verdict) for conversation, verdict in verdicts.items()])
        assert str(judged_before(journal, 3, 1)) == "1 accepted, 1 rejected (user 1), 0 failed"
        assert judged_before(journal, 4, 2).judged == journal.finished(4, 2) == 4


ROLE = {"replies": 42, "prompt_tokens": 9_000, "completion_tokens": 1_000, "seconds": 84.0}


@pytest.mark.parametrize(
    ("limits", "urls", "hours"),
    [
        (Limits(), ("a",), 84 * 10 / 50 / 3_600),
        (Limits(requests_a_minute=60), ("a",), 420 / 60 / 60),
        (Limits(requests_a_minute=60), ("a", "b"), 420 / 2 / 60 / 60),
        (Limits(tokens_a_minute=1_000), ("a",), 100_000 / 1_000 / 60),
        (Limits(first=2, most=2), ("a",), 84 * 10 / 2 / 3_600),
    ],
)
def test_a_dry_run_knows_the_pace_at_which_endpoints_may_be_asked(
    capsys: pytest.CaptureFixture[str], limits: Limits, urls: tuple[str, ...], hours: float
) -> None:
    """By the endpoint that takes longest; replicas share the requests, roles with one model at one address share it."""
    usage = {"tokens": 10_000, "cost": None, "unpriced": 42}
    half = {name: value / 2 for name, value in ROLE.items()}
    at = tuple(f"http://{url}/v1" for url in urls)
    for roles in ({"agent": ROLE}, {"agent": half, "user": half}):
        deployed = {role: Deployment(model="m", urls=at, limits=limits) for role in roles}
        summary = {"conversations": 10, "accepted": 4, "usage": {**usage, "roles": roles}}
        estimated(100, summary, 50, deployed, as_json=True)  # type: ignore[arg-type]
        found = json.loads(capsys.readouterr().out)
        assert found["hours"] == pytest.approx(hours, abs=1e-4) and found["cost"] is None


def test_a_cost_that_nobody_knows_is_not_nothing() -> None:
    """Null where no price is known; of a part, the sum of that part, and none for an accepted trajectory."""
    scenario = stages.scenarios(1)[0]
    for spent, cost, each in ((PAID, 1.5, 1.5), (FREE, None, None), (Spent(cost=1.5, unpriced=1), 1.5, None)):
        costs = Costs()
        costs.take(scenario, {"agent": spent}, accepted=True)
        usage = costs.as_dict()["usage"]
        assert (usage["cost"], usage["cost_per_accepted"], usage["roles"]["agent"]["cost"]) == (cost, each, cost)
    assert money(1.5, 0) == "1.50 USD" and money(None, 3) == "cost unknown"
    assert money(1.5, 2, 4) == "1.5000 USD and what 2 replies cost that have no known price"
