"""`show`: look at a run, or at one conversation of it."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.text import Text

from engine.checkers.verdict import Verdict
from engine.cli.screen import safe, screen, table
from engine.conversation.events import Called, Closed, Event, Failed, Opened, Replied, Returned, Spoke
from engine.journal import Journal
from engine.run import JOURNAL, BadRun
from engine.scenario import BadScenario, Scenario, load
from engine.workers import left_over

STANDINGS = ("accepted", "rejected", "failed", "unjudged", "running")
COLOUR = {"agent": "cyan", "user": "green"}
SHORT = 160
"""Letters of a result that are shown without --full."""

_ROW = "{:<36} {:<9} {:>6} {:>6}  {}"


def add(app: typer.Typer) -> None:
    """Make it a command."""
    app.command()(show)


def show(
    run: Annotated[Path, typer.Argument(help="The output folder of a run, finished or not.", metavar="RUN")],
    conversation: Annotated[str | None, typer.Argument(help="A scenario's id, or id#trial.", metavar="[ID]")] = None,
    standing: Annotated[str, typer.Option(help="Only these.", metavar="|".join(STANDINGS))] = "",
    full: Annotated[bool, typer.Option("--full", help="Whole results.")] = False,
) -> int:
    """Look at a run: a line for each conversation, or one conversation with its verdict."""
    if standing not in ("", *STANDINGS):
        raise BadRun(f"--standing: there is no '{standing}'; choose {', '.join(STANDINGS)}")
    path = run / JOURNAL
    if not path.is_file():
        raise BadRun(f"{run}: no run is there (it has no {JOURNAL})")
    if parts := len(left_over(run)):
        sys.stderr.write(f"{run}: {parts} workers' journals are not taken in yet; the command of the run does it at its end\n")
    with Journal(path, read_only=True) as journal:
        if conversation is None:
            _list(journal, standing)
        else:
            _tell(journal, run, conversation, full=full)
    return 0


def _list(journal: Journal, standing: str) -> None:
    """Line by line, however many there are."""
    sys.stdout.write(_ROW.format("conversation", "standing", "writes", "reads", "reason").rstrip() + "\n")
    for _, opened, verdict in journal.begun():
        now = verdict.standing if verdict else "running"
        if isinstance(opened, Opened) and standing in ("", now):
            counts = (verdict.writes, verdict.reads, verdict.reason) if verdict else ("", "", "")
            sys.stdout.write(_ROW.format(f"{opened.scenario}#{opened.trial}", now, *counts).rstrip() + "\n")


def _tell(journal: Journal, run: Path, conversation: str, *, full: bool) -> None:
    name, _, suffix = conversation.partition("#")
    if suffix and not suffix.isdecimal():
        raise BadRun(f"{conversation}: after '#' comes a number, the trial")
    for number, opened, verdict in journal.begun():
        if isinstance(opened, Opened) and opened.scenario == name and opened.trial == int(suffix or 0):
            console = screen()
            _brief(console, journal, name)
            for place, event in enumerate(journal.events(number)):
                _event(console, place, event, full=full)
            _verdict(console, verdict)
            return
    raise BadRun(f"{run}: has no conversation '{conversation}'; without an id all are listed")


def _brief(console: Console, journal: Journal, name: str) -> None:
    """What was asked, where the scenario's file is still there."""
    paths = [Path(path) for path in msgspec.json.decode(journal.note("paths") or "[]")]
    try:
        found = next((scenario for scenario in load(paths) if scenario.id == name), None)
    except BadScenario as gone:
        console.print(f"(the scenario cannot be shown: {gone})", style="dim")
        return
    if found is None:
        console.print(f"(the scenario is no longer in {', '.join(map(str, paths))})", style="dim")
        return
    _asked(console, found)


def _asked(console: Console, scenario: Scenario) -> None:
    requests = ", ".join(request.recipe for request in scenario.requests) or f"made by {scenario.provenance.made_by}"
    console.print(f"{scenario.id}: {scenario.domain}, {scenario.kind}, {requests}", style="bold")
    for write in scenario.gold.writes:
        console.print(f"  gold: {write.name}({safe(msgspec.json.encode(write.arguments).decode())})", style="dim")
    for text in scenario.answer.tell:
        console.print(f"  to be told: {safe(text)}", style="dim")
    for refusal in scenario.answer.refuse:
        console.print(f"  to be refused: request {refusal.request}, {refusal.rule}", style="dim")


def _event(console: Console, place: int, event: Event, *, full: bool) -> None:
    match event:
        case Opened(domain=domain, first=first):
            _line(console, place, "", f"{domain}, the {first} begins", "dim")
        case Spoke(party=party, text=text, leaves=leaves):
            _thoughts(console, event.reasoning)
            _line(console, place, party, text + (" (leaves)" if leaves else ""), COLOUR[party])
        case Called(party=party, name=name, arguments=arguments):
            _thoughts(console, event.reasoning)
            _line(console, place, party, f"→ {name} {arguments}", f"bold {COLOUR[party]}")
        case Returned(text=text, error=error):
            shown = text if full or len(text) <= SHORT else f"{text[:SHORT]}… ({len(text)} letters)"
            _line(console, place, "", f"← {shown}", "red" if error else "yellow")
        case Replied(party=party, attempt=attempt, raw=raw):
            _line(console, place, party, f"a model's reply, attempt {attempt}{f': {raw}' if full else ''}", "dim")
        case Failed(blame=blame, reason=reason, detail=detail):
            _line(console, place, "", f"failed by the {blame}: {reason}{f' ({detail})' if detail else ''}", "bold red")
        case Closed(reason=reason):
            _line(console, place, "", f"closed: {reason}", "dim")


def _thoughts(console: Console, reasoning: str) -> None:
    for line in safe(reasoning).splitlines():
        console.print(Text(f"{'':12}{line}", style="dim italic"))


def _line(console: Console, place: int, who: str, text: str, style: str) -> None:
    lines = safe(text).splitlines() or [""]
    console.print(Text.assemble((f"{place:4} ", "dim"), (f"{who:7}", style), (lines[0], style)))
    for line in lines[1:]:
        console.print(Text(f"{'':12}{line}", style=style))


def _verdict(console: Console, verdict: Verdict | None) -> None:
    if verdict is None:
        console.print("no verdict yet", style="bold")
        return
    blame = f", blame: {verdict.blame}" if verdict.blame else ""
    console.print(f"{verdict.standing}{f': {verdict.reason}' if verdict.reason else ''}{blame}", style="bold")
    for finding in verdict.findings:
        numbers = f" (events {', '.join(map(str, finding.events))})" if finding.events else ""
        console.print(f"  {finding.check}: {finding.result}{f', {safe(finding.detail)}' if finding.detail else ''}{numbers}")
    causes = [cause for finding in verdict.findings for cause in finding.causes]
    if causes:
        rows = table("table", "key", "field", "expected", "found", "#event")
        for cause in causes:
            values = (cause.table, cause.key, cause.field, _short(cause.expected), _short(cause.found))
            rows.add_row(*values, "never" if cause.event is None else str(cause.event))
        console.print(rows)


def _short(value: object) -> str:
    text = safe(msgspec.json.encode(value).decode())
    return text if len(text) <= SHORT else f"{text[:SHORT]}…"
