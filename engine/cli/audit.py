"""`audit`: can the verdict be fooled?"""

import sys
from itertools import islice
from pathlib import Path
from typing import Annotated

import anyio
import msgspec
import typer
from rich.progress import Progress

from engine.auditing import Audit, trials
from engine.cli.screen import screen, table
from engine.config import BadSettings
from engine.playable import refuse_unplayable
from engine.scenario import load
from engine.worlds import Worlds

_COUNTS = ("applies", "accepted", "harmless", "check_named", "fault_named")


def add(app: typer.Typer) -> None:
    """Make it a command."""
    app.command()(audit)


def audit(
    paths: Annotated[list[Path], typer.Argument(help="Scenario files, or folders of them.", metavar="PATH…")],
    flaw: Annotated[list[str] | None, typer.Option(help="Only this one; may be repeated.", metavar="NAME")] = None,
    limit: Annotated[int | None, typer.Option(help="Only the first scenarios.", min=1)] = None,
    seed: Annotated[int, typer.Option(help="Seed of all that is drawn.")] = 0,
    text: Annotated[bool, typer.Option("--text", help="Judge the words alone, as those of a model.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Play scenarios with agents, users and tools that fail on purpose, and count what is accepted all the same.

    Exit status 1 when a flaw was not seen through, or an agent that is right in its own way was rejected.
    """
    known = [trial.flaw for trial in trials()]
    if unknown := [name for name in flaw or () if name not in known]:
        raise BadSettings(f"--flaw: there is no flaw '{unknown[0]}'; there are {', '.join(sorted(set(known)))}")
    audited = Audit(seed, tuple(flaw or ()), text=text)
    anyio.run(_take_all, audited, paths, limit)
    rows, varied = list(audited.rows.values()), list(audited.varied.values())
    if as_json:
        sys.stdout.write(msgspec.json.encode({"rows": rows, "variations": varied}).decode() + "\n")
    else:
        _show(audited)
    right = all(row.seen_through for row in rows) and all(row.accepted == row.applies for row in varied)
    return 0 if right else 1


async def _take_all(audited: Audit, paths: list[Path], limit: int | None) -> None:
    worlds = Worlds()
    with Progress(console=screen(sys.stderr), disable=not sys.stderr.isatty(), transient=True) as progress:
        task = progress.add_task("scenarios", total=limit)
        for scenario in islice(load(paths), limit):
            refuse_unplayable(scenario, *worlds.of(scenario))
            await audited.take(scenario)
            progress.advance(task)


def _show(audited: Audit) -> None:
    console, counts = screen(), table("party", "flaw", *(f"#{name.replace('_', ' ')}" for name in _COUNTS), "")
    for row in audited.rows.values():
        verdict = "" if row.seen_through else "NOT SEEN THROUGH"
        counts.add_row(row.party, row.flaw, *(str(getattr(row, name)) for name in _COUNTS), verdict)
    console.print(counts)
    other = table("right in another way", "#applies", "#accepted", "rejected for")
    for varied in audited.varied.values():
        reasons = ", ".join(f"{count} {reason}" for reason, count in varied.reasons.items())
        other.add_row(varied.variation, str(varied.applies), str(varied.accepted), reasons)
    console.print(other)
    for scenario, flaw, what in audited.unexpected[:20]:
        console.print(f"{scenario} with {flaw}: {what}")
    if len(audited.unexpected) > 20:
        console.print(f"… and {len(audited.unexpected) - 20} more that were not expected")
