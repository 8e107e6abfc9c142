"""`compare`: two runs over the same scenarios."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from engine.cli.score import GROUPS, chosen
from engine.cli.screen import safe, screen, table
from engine.config import BadSettings
from engine.run import BadRun
from engine.scoring.comparing import Comparison, Row, Trial
from engine.scoring.recorded import opened, scored

REWARDS = ("accepted", "public")


def add(app: typer.Typer) -> None:
    """Make it a command."""
    app.command()(compare)


def compare(
    first: Annotated[Path, typer.Argument(help="The output folder of a run.", metavar="RUN")],
    second: Annotated[Path, typer.Argument(help="Another run over the same scenarios, or some of them.", metavar="RUN")],
    by: Annotated[list[str] | None, typer.Option(help="Only by these; may be repeated.", metavar=GROUPS)] = None,
    reward: Annotated[str, typer.Option(help="What is right.", metavar="|".join(REWARDS))] = "accepted",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Which of two runs is better, paired by scenario and trial: by how much, where, and what changed by which check."""
    names = chosen(by)
    if reward not in REWARDS:
        raise BadSettings(f"--reward: '{reward}' is none; choose {', '.join(REWARDS)}")
    found = Comparison(_trials(first, reward), _trials(second, reward))
    whole = found.overall()
    if whole is None:
        raise BadRun(f"{first} and {second}: {_nothing(found, reward)}")
    if as_json:
        sys.stdout.write(msgspec.json.encode(found.as_dict(names)).decode() + "\n")
    else:
        _show(screen(), found, whole, names)
    return 0


def _trials(run: Path, reward: str) -> Iterator[Trial]:
    with opened(run) as journal:
        for each in scored(journal, run):
            outcome = each.accepted if reward == "accepted" else each.public
            if outcome is not None:
                yield each.scenario, each.trial, outcome


def _nothing(found: Comparison, reward: str) -> str:
    """Why there is nothing to compare."""
    if found.left_out:
        return f"share scenarios, and no trial that counts in both ({_left_out(found)})"
    if found.other:
        return f"share no scenario; {found.other} are called alike and are not the same"
    return f"share no {'scenario' if reward == 'accepted' else 'task of a public benchmark'}; compare runs over the same files"


def _show(console: Console, found: Comparison, whole: Row, names: tuple[str, ...]) -> None:
    rows = table("", "", "#scenarios", "#wins", "#losses", "#ties", "#first", "#second", "#difference", "#p")
    for by, part in found.by(names).items():
        for label, row in part.items():
            rows.add_row(by, safe(label), *_cells(row))
    rows.add_row("all", "", *_cells(whole), style="bold")
    console.print(rows)
    console.print(f"{found.pairs} trials compared{_aside(found)}")
    console.print("first, second: pass^1; wins: right more often in the second run; in brackets: 95 %; p: exact sign test")
    for change in found.changed:
        became = f"right now, was rejected: {change.check}" if change.better else f"rejected now: {change.check}"
        console.print(f"  {'+' if change.better else '-'} {safe(change.scenario)}#{change.trial} {safe(became)}")


def _aside(found: Comparison) -> str:
    """What is not compared."""
    alone = [
        f"{count} scenarios only in the {which}" for count, which in zip(found.alone, ("first", "second"), strict=True) if count
    ]
    other = [f"{found.other} scenarios called alike that are not the same"] if found.other else []
    left = [f"left out: {_left_out(found)}"] if found.left_out else []
    return "".join(f"; {each}" for each in (*alone, *other, *left))


def _left_out(found: Comparison) -> str:
    return ", ".join(f"{count} {why} in the {which}" for (which, why), count in sorted(found.left_out.items()))


def _cells(row: Row) -> list[str]:
    counts = [str(count) for count in (row.wins + row.losses + row.ties, row.wins, row.losses, row.ties)]
    apart = row.difference
    moved = f"{apart.value:+.3f} [{apart.low:+.3f}, {apart.high:+.3f}]"
    return [*counts, f"{row.first:.3f}", f"{row.second:.3f}", moved, f"{row.p:.3f}"]
