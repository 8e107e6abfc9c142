"""`score`: pass^1 … pass^K of a run."""

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console

from engine.cli.screen import safe, screen, table
from engine.config import BadSettings
from engine.scoring.groups import BY
from engine.scoring.public import NOT_JUDGED
from engine.scoring.recorded import opened, scored
from engine.scoring.score import Row, Score, ks

GROUPS = "|".join(BY)
INTERVALS = "in brackets: 95 %, by a bootstrap over scenarios; by Wilson (*) where each has one trial, or all are alike"


def add(app: typer.Typer) -> None:
    """Make it a command."""
    app.command()(score)


def score(
    run: Annotated[Path, typer.Argument(help="The output folder of a run.", metavar="RUN")],
    by: Annotated[list[str] | None, typer.Option(help="Only by these; may be repeated.", metavar=GROUPS)] = None,
    judge: Annotated[str | None, typer.Option(help="Whose answers count; else who was asked last.", metavar="MODEL")] = None,
    scenarios: Annotated[
        list[Path] | None, typer.Option(help="Where the run's scenario files lie now; may be repeated.", metavar="PATH")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """How often the agent is right in one trial, in two of two, … in K of K, with intervals; and a public benchmark's reward.

    What the environment, the customer or the scenario did is not the agent's: it is left out, and counted apart.
    """
    names = chosen(by)
    accepted, public = Score(), Score()
    with opened(run) as journal:
        for each in scored(journal, run, scenarios, judge):
            accepted.take(each.scenario, each.accepted)
            if each.public is not None:
                public.take(each.scenario, each.public)
    if as_json:
        found: dict[str, Any] = {"accepted": accepted.as_dict(names)}
        found |= {"public": public.as_dict(names)} if public.conversations else {}
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
        return 0
    console = screen()
    _show(console, "accepted", accepted, names)
    if public.conversations:
        console.print()
        _show(console, "public reward", public, names)
    console.print(INTERVALS)
    return 0


def chosen(by: list[str] | None) -> tuple[str, ...]:
    """The groupings that were asked for, all by default. Raises BadSettings."""
    for name in by or ():
        if name not in BY:
            raise BadSettings(f"--by: '{name}' is none; choose {', '.join(BY)}")
    return tuple(by or BY)


def _show(console: Console, title: str, score: Score, names: tuple[str, ...]) -> None:
    shown = ks(score.trials)
    rows = table(title, "", "#scenarios", "#right", "#trials", *(f"#pass^{k}" for k in shown))
    for by, part in score.by(names).items():
        for label, row in part.items():
            rows.add_row(by, safe(label), *_cells(row, shown))
    rows.add_row("all", "", *_cells(score.overall(), shown), style="bold")
    console.print(rows)
    console.print(f"{score.conversations} conversations; {left_out(score.left_out)}")
    if score.left_out[NOT_JUDGED]:
        how = "repeat the run's command with --judge MODEL; nothing is played again"
        console.print(f"not judged: a judge has to say what must be true in words ({how})")


def left_out(counted: Counter[str]) -> str:
    """How many do not count, by whose doing."""
    if not counted:
        return "all of them count"
    return f"{counted.total()} do not count: {', '.join(f'{count} {why}' for why, count in sorted(counted.items()))}"


def _cells(row: Row, shown: list[int]) -> list[str]:
    found = [row.estimates.get(k) for k in shown]
    passed = [
        "-" if each is None else f"{each.value:.3f} [{each.low:.3f}, {each.high:.3f}]{'*' if each.method == 'wilson' else ' '}"
        for each in found
    ]
    return [str(row.scenarios), str(row.right), str(row.counted), *passed]
