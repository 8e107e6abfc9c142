"""`import`: turn tasks that somebody else made into scenarios."""

from pathlib import Path
from typing import Annotated

import typer

from engine.cli.screen import screen
from engine.dataset.write import whole
from engine.imports.tau2 import scenarios
from engine.scenario import encode


def add(app: typer.Typer) -> None:
    """Make it a command with one command a source."""
    sources = typer.Typer(help="Turn tasks that somebody else made into scenarios.", rich_markup_mode=None)
    sources.callback()(lambda: None)
    sources.command("tau2")(tau2)
    app.add_typer(sources, name="import")


def tau2(
    folder: Annotated[Path, typer.Argument(help="The folder with DOMAIN/db.json and DOMAIN/tasks.json.", metavar="DIR")],
    domain: Annotated[str, typer.Option(help="Whose tasks.")],
    out: Annotated[Path, typer.Option(help="The scenario file to write.", metavar="FILE")],
) -> int:
    """Tasks of τ²-bench. Their world stays where it is: the scenarios name the path that was given here.

    Play them with 'run FILE --agent gold'.
    """
    count = idle = writes = 0
    with whole(out) as file:
        for scenario in scenarios(folder, domain):
            file.write(encode(scenario))
            count += 1
            idle += scenario.provenance.idle_passes
            writes += len(scenario.gold.writes)
    screen().print(f"{out}: {count} scenarios with {writes} gold writes; {idle} pass when nothing is done")
    return 0
