"""`generate`: make scenarios from a domain's recipes."""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from msgspec.structs import replace

import servers
from engine.cli.stopping import Interrupted, Stopping
from engine.config import BadSettings
from engine.dataset.write import whole
from engine.scenario import Kind, Scenario, encode
from engine.synthesis.avoid import Avoided, scenarios_of
from engine.synthesis.baselines import scores
from engine.synthesis.dials import MOST_BURDEN, MOST_WRITES, BadDial, Dial, Dials, dial, merged
from engine.synthesis.generate import Wanted, groups
from engine.synthesis.pack import Pack
from engine.synthesis.plot import Plots
from engine.synthesis.presets import PRESETS
from engine.synthesis.tally import Tally
from engine.worlds import keep
from servers.domain import Domain
from servers.state import World
from servers.worlds import open_world

KINDS = get_args(Kind)
NUMBERS = "N|LOW-HIGH|N:SHARE,…"


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
    preset: Annotated[
        str | None, typer.Option(help="A mix of the dials; what else is given wins.", metavar="|".join(PRESETS))
    ] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Of this kind; several in turn.", metavar="|".join(KINDS))] = None,
    writes: Annotated[str | None, typer.Option(help=f"Gold writes, 0 to {MOST_WRITES}.", metavar=NUMBERS)] = None,
    burden: Annotated[str | None, typer.Option(help="Largest fresh evidence burden of a decision.", metavar=NUMBERS)] = None,
    unchanged: Annotated[float | None, typer.Option(help="The share that ends without a change.", metavar="SHARE")] = None,
    twins: Annotated[float, typer.Option(min=0, max=1, help="The share that stands in pairs.", metavar="SHARE")] = 0.0,
    plots: Annotated[float, typer.Option(min=0, max=1, help="How many requests have a plot.", metavar="SHARE")] = 0.0,
    rule: Annotated[list[str] | None, typer.Option(help="With a request that it forbids; several in turn.")] = None,
    avoid: Annotated[
        list[Path] | None, typer.Option(help="Tasks to keep clear of: scenario files, or a tasks.json.", metavar="FILE")
    ] = None,
) -> int:
    """Make scenarios, and say what they are like, what they could not be, and why drafts were not admitted."""
    if not out.parent.is_dir():
        raise BadSettings(f"--out: there is no folder {out.parent}; make it first")
    if out.is_dir():
        raise BadSettings(f"--out: {out} is a folder; name a file")
    loaded = servers.load(domain)
    dials = _dials(loaded, preset, kind, rule, writes, burden, unchanged)
    worlds = [open_world(loaded, each) for each in dict.fromkeys(world or ("small:7",))]
    avoided = Avoided(loaded, worlds, scenarios_of(avoid, loaded)) if avoid else None
    if avoided is None and any(each.facts.public for each in worlds):
        sys.stderr.write("a public world without --avoid: what is made here may touch the public tasks\n")
    wanted = Wanted(count=count, seed=seed, dials=dials, twins=twins, avoided=avoided, plots=Plots(share=plots))
    return _written(out, loaded, worlds, wanted)


def _written(out: Path, domain: Domain, worlds: Sequence[World], wanted: Wanted) -> int:
    """Make them, and say what came of it."""
    pack, tally = Pack(), Tally()
    keep()
    with Stopping() as stopping:
        try:
            with whole(out) as file:
                reached = scores(_made(domain, worlds, wanted, pack, tally, file.write))
        except Interrupted:
            sys.stderr.write(f"stopped: {tally.kinds.total()} of {wanted.count} scenarios were made, and none is kept\n")
            return stopping.status
    sys.stdout.write(f"{out}: {tally.kinds.total()} scenarios\n")
    sys.stdout.writelines(f"{line}\n" for line in tally.lines(pack))
    means = ", ".join(f"{name} {100 * score:.0f} %" for name, score in reached.items())
    sys.stdout.write(f"by the state alone would pass who {means}\n")
    return 0


def _made(
    domain: Domain, worlds: Sequence[World], wanted: Wanted, pack: Pack, tally: Tally, write: Callable[[bytes], Any]
) -> Iterator[tuple[Scenario, Domain, World]]:
    """Writes the scenarios, of the worlds in turn, and counts them; each with what it holds in."""
    made_in = [groups(domain, each, wanted, pack) for each in worlds]
    number, turn = 0, 0
    while number < wanted.count:
        group = next(made_in[turn % len(worlds)])[: wanted.count - number]
        if len(worlds) > 1:  # two of them may count alike
            group = _numbered(group, turn)
        for scenario in group:
            write(encode(scenario))
            tally.take(scenario)
            yield scenario, domain, pack.worlds[scenario.world.digest]
        number, turn = number + len(group), turn + 1


def _numbered(group: tuple[Scenario, ...], number: int) -> tuple[Scenario, ...]:
    """A scenario, and its twin if it has one, by a number of ours."""
    old = group[0].id
    new = f"{old.rpartition('-')[0]}-{number:04d}"
    twins = (
        replace(twin, id=new + twin.id.removeprefix(old), provenance=replace(twin.provenance, twin_of=new)) for twin in group[1:]
    )
    return replace(group[0], id=new), *twins


def _dials(
    domain: Domain,
    preset: str | None,
    kinds: list[Any] | None,
    rules: list[str] | None,
    writes: str | None,
    burden: str | None,
    unchanged: float | None,
) -> Dials:
    """What was asked for, over the preset. Raises BadSettings."""
    for name in kinds or ():
        if name not in KINDS:
            raise BadSettings(f"--kind: '{name}' is none; choose {', '.join(KINDS)}")
    known = [each.name for each in domain.rules]
    for name in rules or ():
        if name not in known:
            raise BadSettings(f"--rule: {domain.name} has no rule '{name}'; choose {', '.join(known)}")
    if preset is not None and preset not in PRESETS:
        raise BadSettings(f"--preset: '{preset}' is none; choose {', '.join(PRESETS)}")
    try:
        given: dict[str, Any] = {"kinds": kinds and tuple(kinds), "rules": rules and tuple(rules), "unchanged": unchanged}
        given |= {"writes": _dial("writes", writes, MOST_WRITES), "burden": _dial("burden", burden, MOST_BURDEN)}
        dials = merged(
            PRESETS[preset](domain.name) if preset else Dials(),
            {name: value for name, value in given.items() if value is not None},
        )
        dials.check()
    except BadDial as bad:
        raise BadSettings(str(bad)) from None
    return dials


def _dial(name: str, text: str | None, most: int) -> Dial | None:
    return None if text is None else dial(name, text, most)
