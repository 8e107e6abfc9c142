"""`judge`: judge conversations that were made elsewhere."""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console

from engine.checkers import judge as judged
from engine.checkers.recording import Recording
from engine.checkers.verdict import Verdict
from engine.cli.screen import safe, screen, table
from engine.config import BadSettings
from engine.imports.taubench import conversations
from engine.outside import Conversation, events, read
from engine.scenario import load
from engine.worlds import Worlds
from servers.replay import ToolCrashed


def add(app: typer.Typer) -> None:
    """Make it a command."""
    app.command()(judge)


def judge(
    file: Annotated[
        Path, typer.Argument(help="JSON lines with 'messages' and a scenario's id, or τ-bench's own.", metavar="FILE")
    ],
    scenarios: Annotated[
        list[Path] | None, typer.Option(help="Scenario files or folders; may be repeated.", metavar="PATH")
    ] = None,
    domain: Annotated[str | None, typer.Option(help="For lines that bring their own task (τ-bench): its domain.")] = None,
    world: Annotated[str | None, typer.Option(help="And the world it plays in.", metavar="FILE|SIZE:SEED")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Judge conversations that were made elsewhere, by the scenarios that they belong to, or by the tasks that they bring.

    Their calls are replayed on the scenario's world: recorded results are compared, missing ones are made.
    """
    rows, tally, console = [], _Tally(), screen()
    for conversation, verdict in _judged(_read(file, scenarios, domain, world)):
        tally.count(verdict)
        if as_json:
            scenario, trial = conversation.scenario.id, conversation.trial
            rows.append({"where": conversation.where, "scenario": scenario, "trial": trial, "verdict": verdict})
        else:
            _say(console, f"{conversation.scenario.id}#{conversation.trial}", verdict)
    if as_json:
        sys.stdout.write(msgspec.json.encode({"conversations": rows, "totals": tally.totals()}).decode() + "\n")
    else:
        became = ", ".join([f"{tally.standings.total()} conversations", *counted(tally.standings)])
        found = [f"{check}: {', '.join(counted(results))}" for check, results in sorted(tally.checks.items())]
        console.print("; ".join([became, *found]))
        causes = table("#", "check", "what went wrong")
        for (check, cause), count in tally.causes.most_common():
            causes.add_row(str(count), check, safe(cause))
        if tally.causes:
            console.print(causes)
    return 1 if tally.standings["failed"] or tally.standings["unjudged"] else 0


class _Tally:
    """What became of the conversations, in numbers."""

    def __init__(self) -> None:
        self.standings, self.reasons = Counter[str](), Counter[str]()
        self.checks = defaultdict[str, Counter[str]](Counter)
        self.causes = Counter[tuple[str, str]]()

    def count(self, verdict: Verdict) -> None:
        """One more."""
        self.standings[verdict.standing] += 1
        self.reasons.update([verdict.reason] if verdict.reason else [])
        for finding in verdict.findings:
            self.checks[finding.check][finding.result] += 1
            if finding.result == "fail":
                self.causes[finding.check, finding.cause] += 1

    def totals(self) -> dict[str, Any]:
        """As the JSON object has them."""
        standings, reasons = (dict(sorted(counted.items())) for counted in (self.standings, self.reasons))
        checks = {check: dict(sorted(results.items())) for check, results in sorted(self.checks.items())}
        causes = [{"check": check, "cause": cause, "count": count} for (check, cause), count in self.causes.most_common()]
        return {"conversations": self.standings.total(), **standings, "reasons": reasons, "checks": checks, "causes": causes}


def counted(counted: Counter[str]) -> list[str]:
    return [f"{count} {name}" for name, count in sorted(counted.items())]


def _say(console: Console, name: str, verdict: Verdict) -> None:
    console.print(f"{name}: {verdict.standing}{f', {verdict.reason}' if verdict.reason else ''}")
    for finding in verdict.findings:
        console.print(f"    {finding.check}: {finding.result}{f', {safe(finding.detail)}' if finding.detail else ''}")


def _read(file: Path, paths: list[Path] | None, domain: str | None, world: str | None) -> Iterator[Conversation]:
    if paths and domain is None and world is None:
        return read(file, {scenario.id: scenario for scenario in load(paths)})
    if domain is not None and world is not None and not paths:
        return conversations(file, domain, world)
    raise BadSettings("judge: give --scenarios PATH, or both --domain and --world where each line brings its own task")


def _judged(found: Iterable[Conversation]) -> Iterator[tuple[Conversation, Verdict]]:
    worlds = Worlds()
    for conversation in found:
        domain, world = worlds.of(conversation.scenario)
        try:
            happened = events(conversation, domain, world)
        except ToolCrashed as crash:
            yield conversation, Verdict(standing="unjudged", reason="a tool crashed", blame="environment", findings=())
            sys.stderr.write(f"{conversation.where}: {crash}\n".replace("\n", " ").rstrip() + "\n")
            continue
        recording = Recording(conversation.scenario, domain, world, happened, reworded=conversation.reworded)
        yield conversation, judged(recording)
