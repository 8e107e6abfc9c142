"""`merge`: runs of shards become one run."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from engine.cli import program
from engine.cli.run import say
from engine.merging import Incomplete
from engine.merging import merge as merged


def add(app: typer.Typer) -> None:
    """Make it a command."""
    app.command()(merge)


def merge(
    runs: Annotated[list[Path], typer.Argument(help="The output folders of `run --shard I/N`, one for each I.", metavar="RUN…")],
    out: Annotated[Path, typer.Option(help="The output folder of the whole run; it must be new.")],
    scenarios: Annotated[list[Path] | None, typer.Option(help="The scenario files, if they have moved.", metavar="PATH")] = None,
    partial: Annotated[bool, typer.Option("--partial", help="Write what is there, also when something is missing.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON and nothing else.")] = False,
) -> int:
    """Join runs of shards into one: a folder like that of the undivided run, with the same rows.

    What is missing is said, a line each, and nothing is written then.
    """
    try:
        summary, missing = merged(runs, out, paths=scenarios or (), partial=partial)
    except Incomplete as incomplete:
        _say_missing(incomplete.missing)
        sys.stderr.write("nothing was written; run what is missing, or merge what is there with --partial\n")
        return 1
    _say_missing(missing)
    again = f"'{program()} run … --out {out}'"
    say(out, summary, quiet=quiet, as_json=as_json, again=again)
    return 1 if summary["failed"] else 0


def _say_missing(missing: list[str]) -> None:
    for line in missing:
        sys.stderr.write(f"{line}\n")
