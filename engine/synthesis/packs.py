"""The scenario files of a dataset: one for each domain and part, and beside them how they were made.

Every file appears when it is complete. Repeated, it goes on where it stopped: complete files are not made again.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random
from typing import NamedTuple

import msgspec
from msgspec.structs import asdict, replace

import servers
from engine import VERSION
from engine.config import BadSettings, content_of
from engine.dataset.write import whole as written_whole
from engine.folder import BadRun
from engine.scenario import Scenario, encode
from engine.synthesis.dials import Dials, Target
from engine.synthesis.generate import Wanted, groups
from engine.synthesis.pack import DRAWS, PER_CUSTOMER, Pack
from engine.synthesis.parts import Part, TooFewRecipes, parts, whole
from engine.synthesis.plot import Plots
from engine.synthesis.presets import PRESETS
from engine.synthesis.tally import Tally
from engine.worlds import keep
from servers.domain import Domain
from servers.state import World
from servers.worlds import open_world

TRAIN, HELD_OUT = "train", "held_out"
MADE = "made.json"
TWINS, PLOTS = 0.1, 0.35
"""The share of scenarios that stands in pairs, and of requests that have a plot."""

Heard = Callable[[str, int, int], None]
"""Hears of a file that so many of so many scenarios are made."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What makes the bytes of a dataset's scenarios."""

    domains: tuple[str, ...]
    count: int
    seed: int
    preset: str
    world: str
    held_out: float
    version: str = VERSION


class File(msgspec.Struct, frozen=True, kw_only=True):
    """How one file was made, in numbers of scenarios. `missed`: those that are only near to what the dials asked for;
    `rejected`: drafts that were not admitted, by reason."""

    sha256: str
    domain: str
    part: str
    scenarios: int
    recipes: tuple[str, ...]
    kinds: dict[str, int]
    outcomes: dict[str, int]
    missed: int
    rejected: dict[str, int]


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """How the scenarios in a folder were made, as far as they are."""

    asked: Asked
    files: Mapping[str, File] = {}

    def paths(self, folder: Path, part: str) -> list[Path]:
        """The files of a part."""
        return [folder / name for name, file in self.files.items() if file.part == part]


class _Piece(NamedTuple):
    """A file to be made."""

    domain: str
    part: str
    size: int

    @property
    def name(self) -> str:
        return f"{self.domain.rpartition('.')[2]}-{self.part}.jsonl"


def make(folder: Path, asked: Asked, heard: Heard) -> Made:
    """Make what is missing of the scenarios in a folder. Raises BadRun, BadSettings, BadWorld, NoScenario, OSError."""
    made = made_before(folder) or Made(asked=asked)
    if made.asked != asked:
        raise BadRun(f"{folder}: holds another dataset ({_differences(made.asked, asked)}); choose another --out")
    due = [piece for piece in _pieces(asked) if not _is_complete(folder, made, piece)]
    opened = {name: _opened(name, asked) for name in dict.fromkeys(piece.domain for piece in due)}
    folder.mkdir(parents=True, exist_ok=True)
    _keep(folder, made)
    keep()
    for name in list(opened):
        domain, world = opened.pop(name)
        split = _split(domain, world, asked)
        for piece in (piece for piece in due if piece.domain == name):
            file = _made(folder / piece.name, piece, split[piece.part], world, asked, heard)
            made = replace(made, files={**made.files, piece.name: file})
            _keep(folder, made)
    return made


def made_before(folder: Path) -> Made | None:
    """How the scenarios in a folder were made; None where that is not known. Raises BadRun."""
    try:
        return msgspec.json.decode((folder / MADE).read_bytes(), type=Made)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (msgspec.DecodeError, OSError) as error:
        raise BadRun(f"{folder / MADE}: cannot be read ({error}); choose another --out") from None


def _differences(there: Asked, here: Asked) -> str:
    old, new = asdict(there), asdict(here)
    return ", ".join(f"{name}: {old[name]} there, {new[name]} here" for name in old if old[name] != new[name])


def _pieces(asked: Asked) -> Iterator[_Piece]:
    """The files of a dataset: the domains alike, and of each the held-out part."""
    for place, name in enumerate(asked.domains):
        share = asked.count // len(asked.domains) + (place < asked.count % len(asked.domains))
        held = round(share * asked.held_out)
        yield from (_Piece(name, part, count) for part, count in ((TRAIN, share - held), (HELD_OUT, held)) if count)


def _is_complete(folder: Path, made: Made, piece: _Piece) -> bool:
    known, path = made.files.get(piece.name), folder / piece.name
    if known is None or not path.is_file():
        return False
    if content_of([path]) != known.sha256:
        raise BadRun(f"{path}: is not what was made here; delete it to have it made again")
    return True


def _opened(name: str, asked: Asked) -> tuple[Domain, World]:
    domain = servers.load(name)
    world = open_world(domain, asked.world)
    if world.facts.public:
        raise BadSettings(f"--world: {asked.world} is a public world, on whose tasks agents are tested; give SIZE:SEED")
    return domain, world


def _split(domain: Domain, world: World, asked: Asked) -> Mapping[str, Part]:
    """The parts by their names. With nothing held out the train part has everything."""
    if not asked.held_out:
        return {TRAIN: whole(domain)}
    try:
        return dict(zip((TRAIN, HELD_OUT), parts(domain, world, asked.held_out, asked.seed), strict=True))
    except TooFewRecipes as few:
        raise BadSettings(f"--held-out: {few}; give 0") from None


def _made(path: Path, piece: _Piece, part: Part, world: World, asked: Asked, heard: Heard) -> File:
    pack, tally = _Roomy(customers=part.has), Tally()
    with written_whole(path) as file:
        for number, scenario in enumerate(_scenarios(piece, part, world, pack, tally.kinds, asked)):
            heard(piece.name, number, piece.size)
            tally.take(scenario)
            file.write(encode(scenario))
    return File(
        sha256=content_of([path]),
        domain=piece.domain,
        part=piece.part,
        scenarios=piece.size,
        recipes=tuple(recipe.name for recipe in part.domain.recipes),
        kinds=_ordered(tally.kinds),
        outcomes=_ordered(tally.ends),
        missed=Counter({key: missed.times for key, missed in pack.missed.items()}).total(),
        rejected=_ordered(pack.rejected),
    )


class _Even(Dials, frozen=True, kw_only=True):
    """Dials by which the next scenario is of the kind that is furthest behind its share: a twin is often of another kind than
    what it is the twin of."""

    made: Counter[str]

    def target(self, name: str, number: int) -> Target:
        """That of a scenario, by its number and by what is `made`."""
        due = (self.made.total() + 1) / len(self.kinds)
        kind = max(self.kinds, key=lambda each: self.kinds.count(each) * due - self.made[each or ""])
        own = {field: getattr(self, field) for field in Dials.__struct_fields__}
        return Dials(**own | {"kinds": (kind,)}).target(name, number)


class _Roomy(Pack):
    """A pack that takes customers who may have two scenarios more, as one may get a twin; where there are none left, any."""

    def customer(self, domain: Domain, world: World, random: Random) -> str:
        """One of a world's customers, by chance."""
        for _ in range(DRAWS):
            customer = super().customer(domain, world, random)
            if self._customers[customer] + 2 <= PER_CUSTOMER:
                break
        return customer


def _scenarios(piece: _Piece, part: Part, world: World, pack: Pack, made: Counter[str], asked: Asked) -> Iterator[Scenario]:
    dials = PRESETS[asked.preset](part.domain.name)
    if len(dials.kinds) > 1:
        dials = _Even(**asdict(dials), made=made)
    wanted = Wanted(count=piece.size, seed=asked.seed, dials=dials, twins=TWINS, plots=Plots(share=PLOTS))
    for group in groups(part.domain, world, wanted, pack):
        yield from (_named(scenario, piece.part) for scenario in group)


def _named(scenario: Scenario, part: str) -> Scenario:
    """The scenario with its part in its name: both parts count alike."""
    twin = scenario.provenance.twin_of
    provenance = replace(scenario.provenance, twin_of=twin and f"{part}-{twin}")
    return replace(scenario, id=f"{part}-{scenario.id}", provenance=provenance)


def _ordered(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _keep(folder: Path, made: Made) -> None:
    with written_whole(folder / MADE) as file:
        file.write(msgspec.json.format(msgspec.json.encode(made)) + b"\n")
