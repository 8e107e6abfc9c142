"""`rejudge`: judge a recorded run again, by today's checkers."""

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console

from engine.checkers.verdict import Verdict
from engine.cli.judge import counted
from engine.cli.screen import safe, screen
from engine.journal import Journal
from engine.rejudging import Again, Agreement, labels, rejudged
from engine.run import JOURNAL, BadRun


def add(app: typer.Typer) -> None:
    """Make it a command."""
    app.command()(rejudge)


def rejudge(
    run: Annotated[Path, typer.Argument(help="The output folder of a run.", metavar="RUN")],
    labelled: Annotated[
        Path | None,
        typer.Option("--labels", help="JSON lines of a person's {conversation, keep}: compare with them.", metavar="FILE"),
    ] = None,
    gates: Annotated[str | None, typer.Option(help="The checks that decide, by commas; else the run's.", metavar="NAMES")] = None,
    unsure: Annotated[str | None, typer.Option(help="The checks whose 'unsure' rejects as well.", metavar="NAMES")] = None,
    scenarios: Annotated[
        list[Path] | None, typer.Option(help="Where the run's scenario files lie now; may be repeated.", metavar="PATH")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Judge the conversations of a run again and say what comes out otherwise. Nothing in the run is changed."""
    path = run / JOURNAL
    if not path.is_file():
        raise BadRun(f"{run}: no run is there (it has no {JOURNAL})")
    given = {name: value for name, value in (("gates", gates), ("unsure", unsure)) if value is not None}
    agreement = Agreement(labels(labelled)) if labelled is not None else None
    tally, console = _Tally(), screen()
    with Journal(path, read_only=True) as journal:
        for again in rejudged(journal, run, given, scenarios):
            tally.count(again)
            if agreement is not None:
                agreement.take(again)
            if again.changed and not as_json:
                _say(console, again)
    compared = agreement.as_dict() if agreement is not None else None
    if as_json:
        sys.stdout.write(msgspec.json.encode(tally.as_dict() | ({"labels": compared} if compared else {})).decode() + "\n")
    else:
        console.print(tally.line())
        _compared(console, compared)
    return 1 if tally.now["unjudged"] else 0


class _Tally:
    """What the conversations were and are."""

    def __init__(self) -> None:
        self.then, self.now = Counter[str](), Counter[str]()
        self.changed: list[dict[str, Any]] = []
        self.checks: dict[str, Counter[str]] = {}

    def count(self, again: Again) -> None:
        """One more."""
        self.then[again.then.standing if again.then else "running"] += 1
        self.now[again.now.standing] += 1
        for finding in again.now.findings:
            self.checks.setdefault(finding.check, Counter())[finding.result] += 1
        if again.changed:
            self.changed.append({"conversation": again.name, "then": _brief(again.then), "now": _brief(again.now)})

    def as_dict(self) -> dict[str, Any]:
        """As the JSON object has it."""
        checks = {check: dict(sorted(results.items())) for check, results in sorted(self.checks.items())}
        count = self.now.total()
        return {"conversations": count, "then": dict(self.then), "now": dict(self.now), "checks": checks, "changed": self.changed}

    def line(self) -> str:
        """For a person."""
        found = [f"{check}: {', '.join(counted(results))}" for check, results in sorted(self.checks.items())]
        became = f"{self.now.total()} conversations: {', '.join(counted(self.now))}; {len(self.changed)} are judged otherwise"
        return "; ".join([became, *found])


def _brief(verdict: Verdict | None) -> str:
    if verdict is None:
        return "running"
    whose = f" ({verdict.blame})" if verdict.blame else ""
    return f"{verdict.standing}{f', {verdict.reason}' if verdict.reason else ''}{whose}"


def _say(console: Console, again: Again) -> None:
    console.print(f"{again.name}: {_brief(again.now)}; it was {_brief(again.then)}")
    for finding in again.now.findings:
        if finding.result == "fail":
            console.print(f"    {finding.check}: {safe(finding.detail)}")


def _compared(console: Console, compared: dict[str, Any] | None) -> None:
    if compared is None:
        return
    for row in compared["disagreements"]:
        console.print(f"{row['conversation']}: a person says {row['label']}, here it is {row['reason']}")
    for name in compared["unknown"]:
        console.print(f"{name}: is labelled, and not in this run")
    rates = [f"{name} {'-' if compared[name] is None else format(compared[name], '.3f')}" for name in ("precision", "recall")]
    console.print(f"labels: {compared['agree']} of {compared['labelled']} agree; {', '.join(rates)} of what is accepted")
