"""`dataset`: one command from nothing to a judged dataset with its report: makes scenarios, plays them, writes, counts."""

import shlex
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

import servers
from engine.cli import program
from engine.cli.progress import EVERY, Told
from engine.cli.report import write_report
from engine.cli.run import say
from engine.cli.stopping import Interrupted, Stopping
from engine.config import BadSettings, settings
from engine.dataset.write import whole
from engine.folder import BadRun, held
from engine.reporting.report import report
from engine.run import Run, Stopped
from engine.synthesis.packs import HELD_OUT, MADE, TRAIN, Asked, make
from engine.synthesis.presets import PRESETS

WORLD = "medium:7"
"""5,000 customers a domain: enough for three scenarios a customer and two a gold at most. A small world has 200."""

SCENARIOS, RUN = "scenarios", "run"


def add(app: typer.Typer) -> None:
    """Make it a command."""
    app.command()(dataset)


def dataset(
    out: Annotated[Path, typer.Option(help="The folder to make.", metavar="DIR")],
    count: Annotated[int, typer.Option(min=1, help="How many scenarios, the domains alike.")] = 2_000,
    domain: Annotated[list[str] | None, typer.Option(help="Of this domain; several may be named. [default: all]")] = None,
    seed: Annotated[int, typer.Option(help="Seed of all that is drawn.")] = 7,
    preset: Annotated[str, typer.Option(help="A mix of the dials.", metavar="|".join(PRESETS))] = "writ",
    world: Annotated[str, typer.Option(help="Where they hold.", metavar="SIZE:SEED[@POLICY]")] = WORLD,
    held_out: Annotated[float, typer.Option(min=0, max=0.5, help="The share with customers and recipes of its own.")] = 0.1,
    workers: Annotated[int, typer.Option(min=1, help="Processes that play.")] = 1,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> int:
    """Make scenarios for every domain, play them with the expert, keep what is right, and count what it is made of.

    Writes train.jsonl, held_out.jsonl and a report. Repeating the command goes on where it stopped.
    """
    if preset not in PRESETS:
        raise BadSettings(f"--preset: '{preset}' is none; choose {', '.join(PRESETS)}")
    names = tuple(dict.fromkeys(domain)) if domain else tuple(servers.names())
    for name in names:
        servers.load(name)
    asked = Asked(domains=names, count=count, seed=seed, preset=preset, world=world, held_out=held_out)
    _refuse_other(out)
    with Stopping() as stopping:
        try:
            with held(out):
                return _carried_out(out, asked, {"workers": workers}, stopping, quiet=quiet)
        except (Stopped, Interrupted) as stopped:
            how_far = str(stopped) or "what is complete is kept"
            sys.stderr.write(f"stopped: {how_far}. To go on: {program()} {shlex.join(sys.argv[1:])}\n")
            return stopping.status


def _refuse_other(out: Path) -> None:
    """The folder is a dataset's, or has nothing in it."""
    ours = {SCENARIOS, RUN, "lock", "."}
    other = sorted(path.name for path in out.iterdir() if path.name not in ours) if out.is_dir() else []
    if other and not (out / SCENARIOS / MADE).is_file():
        raise BadRun(f"{out}: holds something else ({other[0]}); choose another --out")


def _carried_out(out: Path, asked: Asked, options: dict[str, Any], stopping: Stopping, *, quiet: bool) -> int:
    make(out / SCENARIOS, asked, _Making(quiet=quiet).heard)
    content, running = settings(None, {"out": out / RUN, **options})
    run = Run([out / SCENARIOS], content, running)
    stopping.stop = run.stop
    with Told(quiet=quiet) as told:
        summary = run.carry_out(told.heard, told.begun)
    stopping.stop = lambda: False
    files = _split(out, held_out=asked.held_out > 0)
    names = [*files, *write_report(report(out / RUN, worlds=run.worlds), out)]
    say(out / RUN, summary, quiet=quiet, as_json=False)
    if not quiet:
        sys.stdout.writelines(f"{out / name}\n" for name in names)
    if rejected := summary["rejected"]:
        sys.stderr.write(f"{rejected} conversations were rejected: '{program()} show {out / RUN}' says why\n")
    return 1 if summary["failed"] or rejected else 0


def _split(out: Path, *, held_out: bool) -> list[str]:
    """The accepted rows, each in the file of its part; the names of the files."""
    names = [f"{TRAIN}.jsonl", f"{HELD_OUT}.jsonl"] if held_out else [f"{TRAIN}.jsonl"]
    for name in names:
        with whole(out / name) as file, (out / RUN / "accepted.jsonl").open("rb") as rows:
            for row in rows:
                scenario = msgspec.json.decode(row, type=_Row).metadata.scenario
                if scenario.startswith(f"{Path(name).stem}-"):
                    file.write(row)
    return names


class _Metadata(msgspec.Struct):
    scenario: str


class _Row(msgspec.Struct):
    metadata: _Metadata


class _Making:
    """Says how far the making of scenarios is, every few seconds."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._file = ""
        self._last = 0.0

    def heard(self, file: str, done: int, count: int) -> None:
        """So many of a file's scenarios are made."""
        now = time.monotonic()
        if not self._quiet and (file != self._file or now - self._last >= EVERY):
            sys.stderr.write(f"{file}: {done} of {count} scenarios made\n")
            self._file, self._last = file, now
