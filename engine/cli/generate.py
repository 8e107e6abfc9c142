"""`generate`: make scenarios from a domain's recipes."""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

import servers
from engine.config import BadSettings
from engine.dataset.write import whole
from engine.scenario import Kind, encode
from engine.synthesis.generate import generate as made
from servers.worlds import open_world

KINDS = get_args(Kind)


def add(app: typer.Typer) -> None:
    """Make it a command."""
    app.command()(generate)


def generate(
    domain: Annotated[str, typer.Option(help="Whose recipes.")],
    out: Annotated[Path, typer.Option(help="The scenario file to write.", metavar="FILE")],
    world: Annotated[str, typer.Option(help="Where they hold.", metavar="SIZE:SEED|FILE")] = "small:7",
    count: Annotated[int, typer.Option(min=1, help="How many.")] = 10,
    seed: Annotated[int, typer.Option(help="Seed of all that is drawn.")] = 0,
    kind: Annotated[list[str] | None, typer.Option(help="Of this kind; several in turn.", metavar="|".join(KINDS))] = None,
) -> int:
    """Make scenarios, and say which drafts were not admitted and why."""
    for name in kind or ():
        if name not in KINDS:
            raise BadSettings(f"--kind: '{name}' is none; choose {', '.join(KINDS)}")
    kinds: Sequence[Any] = kind or (None,)
    loaded = servers.load(domain)
    opened, rejected, written = open_world(loaded, world), Counter[str](), Counter[str]()
    with whole(out) as file:
        for scenario in made(loaded, opened, count, seed, rejected, kinds):
            file.write(encode(scenario))
            written[scenario.kind] += 1
    counts = ", ".join(f"{number} {name}" for name, number in sorted(written.items()))
    sys.stdout.write(f"{out}: {written.total()} scenarios ({counts})\n")
    for reason, number in rejected.most_common():
        sys.stdout.write(f"  {number} drafts not admitted: {reason}\n")
    return 0
