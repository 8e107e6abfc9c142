"""`report`: what a run's dataset is made of."""

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from engine.dataset.write import whole
from engine.reporting.page import page
from engine.reporting.report import Report
from engine.reporting.report import report as reported

PAGE, VALUES = "report.md", "report.json"
MISSING = "no plots: matplotlib is not installed (pip install 'writ-engine[plots]')"


def add(app: typer.Typer) -> None:
    """Make it a command."""
    app.command()(report)


def report(
    run: Annotated[Path, typer.Argument(help="The output folder of a run.", metavar="RUN")],
    out: Annotated[Path | None, typer.Option(help="Where to write it; by default into the run's folder.", metavar="DIR")] = None,
    scenarios: Annotated[
        list[Path] | None, typer.Option(help="Where the run's scenario files lie now; may be repeated.", metavar="PATH")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON and nothing else.")] = False,
) -> int:
    """Count what a run kept: both axes, outcomes, behaviour, words, duplicates. Writes report.md, report.json and plots."""
    made, folder = reported(run, scenarios), out or run
    folder.mkdir(parents=True, exist_ok=True)
    written = write_report(made, folder)
    if as_json:
        sys.stdout.write(msgspec.json.encode(made.as_dict()).decode() + "\n")
    else:
        sys.stdout.write("".join(f"{folder / name}\n" for name in written))
    return 0


def write_report(made: Report, folder: Path) -> list[str]:
    """Write page, values and plots into a folder; their names. That the package for plots is missing is said."""
    plots = _drawn(made, folder) if find_spec("matplotlib") is not None else []
    if not plots:
        sys.stderr.write(f"{MISSING}\n")
    with whole(folder / VALUES) as file:
        file.write(msgspec.json.format(msgspec.json.encode(made.as_dict())) + b"\n")
    with whole(folder / PAGE) as file:
        file.write(page(made, plots).encode())
    return [PAGE, VALUES, *plots]


def _drawn(made: Report, folder: Path) -> list[str]:
    from engine.reporting.plots import draw  # half a second, and a package that need not be there

    return draw(made, folder)
