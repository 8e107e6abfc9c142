"""`generate`: make scenarios from a domain's recipes."""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from msgspec.structs import replace

import servers
from engine.config import BadSettings
from engine.dataset.write import whole
from engine.scenario import Kind, Scenario, encode
from engine.synthesis.generate import generate as made
from servers.worlds import open_world

KINDS = get_args(Kind)


def add(app: typer.Typer) -> None:
    """Make it a command."""
    app.command()(generate)


def generate(
    domain: Annotated[str, typer.Option(help="Whose recipes.")],
    out: Annotated[Path, typer.Option(help="The scenario file to write.", metavar="FILE")],
    world: Annotated[
        list[str] | None,
        typer.Option(help="Where they hold; several in turn. [default: small:7]", metavar="SIZE:SEED|FILE[@POLICY]"),
    ] = None,
    count: Annotated[int, typer.Option(min=1, help="How many.")] = 10,
    seed: Annotated[int, typer.Option(help="Seed of all that is drawn.")] = 0,
    kind: Annotated[list[str] | None, typer.Option(help="Of this kind; several in turn.", metavar="|".join(KINDS))] = None,
    rule: Annotated[list[str] | None, typer.Option(help="With a request that it forbids; several in turn.")] = None,
) -> int:
    """Make scenarios, and say which drafts were not admitted and why."""
    for name in kind or ():
        if name not in KINDS:
            raise BadSettings(f"--kind: '{name}' is none; choose {', '.join(KINDS)}")
    if not out.parent.is_dir():
        raise BadSettings(f"--out: there is no folder {out.parent}; make it first")
    kinds: Sequence[Any] = kind or (None,)
    loaded = servers.load(domain)
    rules = [each.name for each in loaded.rules]
    for name in rule or ():
        if name not in rules:
            raise BadSettings(f"--rule: {domain} has no rule '{name}'; choose {', '.join(rules)}")
    worlds = [open_world(loaded, each) for each in dict.fromkeys(world or ("small:7",))]
    rejected, written, ends = Counter[str](), Counter[str](), Counter[str]()
    made_in = [made(loaded, each, count, seed, rejected, kinds, rule or (None,)) for each in worlds]
    with whole(out) as file:
        for number in range(count):
            scenario = next(made_in[number % len(worlds)])
            if len(worlds) > 1:  # two of them may count alike
                scenario = replace(scenario, id=f"{scenario.id.rpartition('-')[0]}-{number:04d}")
            file.write(encode(scenario))
            written[scenario.kind] += 1
            ends[_end(scenario)] += 1
    counts, shares = (", ".join(f"{number} {name}" for name, number in sorted(of.items())) for of in (written, ends))
    sys.stdout.write(f"{out}: {written.total()} scenarios ({counts}; {shares})\n")
    for reason, number in rejected.most_common():
        sys.stdout.write(f"  {number} drafts not admitted: {reason}\n")
    return 0


def _end(scenario: Scenario) -> str:
    """How a scenario ends, for counting."""
    if not scenario.gold.writes:
        return "without a change"
    return "refused in part" if scenario.answer.refuse or scenario.answer.transfer else "with all changes"
