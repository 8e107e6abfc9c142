"""`judge`: judge conversations that were made elsewhere."""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from engine.checkers import judge as judged
from engine.checkers.recording import Recording
from engine.checkers.verdict import Verdict
from engine.cli.screen import safe, screen
from engine.outside import Conversation, events, read
from engine.scenario import load
from engine.worlds import Worlds
from servers.replay import ToolCrashed


def add(app: typer.Typer) -> None:
    """Make it a command."""
    app.command()(judge)


def judge(
    file: Annotated[Path, typer.Argument(help="JSON lines with 'messages' and a scenario's id.", metavar="FILE")],
    scenarios: Annotated[list[Path], typer.Option(help="Scenario files or folders; may be repeated.", metavar="PATH")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Judge conversations that were made elsewhere, by the scenarios that they belong to.

    Their calls are replayed on the scenario's world: recorded results are compared, missing ones are made.
    """
    rows, standings, reasons, console = [], Counter[str](), Counter[str](), screen()
    for conversation, verdict in _judged(file, scenarios):
        standings[verdict.standing] += 1
        reasons.update([verdict.reason] if verdict.reason else [])
        if as_json:
            scenario, trial = conversation.scenario.id, conversation.trial
            rows.append({"where": conversation.where, "scenario": scenario, "trial": trial, "verdict": verdict})
        else:
            _say(console, f"{conversation.scenario.id}#{conversation.trial}", verdict)
    totals = {"conversations": standings.total(), **dict(sorted(standings.items())), "reasons": dict(sorted(reasons.items()))}
    if as_json:
        sys.stdout.write(msgspec.json.encode({"conversations": rows, "totals": totals}).decode() + "\n")
    else:
        counts = [f"{count} {name}" for name, count in sorted(standings.items())]
        console.print(", ".join([f"{standings.total()} conversations", *counts]))
    return 1 if standings["failed"] or standings["unjudged"] else 0


def _say(console: Console, name: str, verdict: Verdict) -> None:
    console.print(f"{name}: {verdict.standing}{f', {verdict.reason}' if verdict.reason else ''}")
    for finding in verdict.findings:
        console.print(f"    {finding.check}: {finding.result}{f', {safe(finding.detail)}' if finding.detail else ''}")


def _judged(file: Path, paths: list[Path]) -> Iterator[tuple[Conversation, Verdict]]:
    known, worlds = {scenario.id: scenario for scenario in load(paths)}, Worlds()
    for conversation in read(file, known):
        domain, world = worlds.of(conversation.scenario)
        try:
            happened = events(conversation, domain, world)
        except ToolCrashed as crash:
            yield conversation, Verdict(standing="unjudged", reason="a tool crashed", blame="environment", findings=())
            sys.stderr.write(f"{conversation.where}: {crash}\n".replace("\n", " ").rstrip() + "\n")
            continue
        yield conversation, judged(Recording(conversation.scenario, domain, world, happened))
