"""A pack of scenarios: each draws a target from the dials, is looked for by its own randomness, and counted."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from random import Random

import msgspec
from msgspec.structs import replace

from engine import VERSION
from engine.scenario import Kind, Provenance, Scenario
from engine.synthesis.avoid import Avoided
from engine.synthesis.building import Search
from engine.synthesis.compose import Making, NotAdmitted, finished
from engine.synthesis.dials import BURDEN_OF, MOST_BURDEN, WRITES_OF, Dials, Span, Target
from engine.synthesis.pack import Pack
from engine.synthesis.plot import NO_PLOTS, Plots
from engine.synthesis.twins import Twins
from servers.domain import Domain
from servers.state import World

ENOUGH = "the pack has this gold already"

SURE = 2
"""A target that was missed so often is not looked for again."""


class NoScenario(ValueError):
    """No draft was admitted: the reasons, with counts."""


_Found = tuple[Making, Scenario]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A pack as it is asked for. `twins` is the share of its scenarios that stand in pairs, `avoided` what they must not touch,
    `plots` how many of their requests have one."""

    count: int
    seed: int
    dials: Dials = Dials()
    twins: float = 0.0
    avoided: Avoided | None = None
    plots: Plots = NO_PLOTS


def generate(
    domain: Domain,
    world: World,
    count: int,
    seed: int,
    rejected: Counter[str],
    kinds: Sequence[Kind | None] = (None,),
    rules: Sequence[str | None] = (None,),
) -> Iterator[Scenario]:
    """`count` scenarios over a world, of the kinds in turn, forbidden something by the rules in turn (None: whatever comes).

    Raises NoScenario.

    `rejected` counts the drafts that were not admitted, by reason.
    """
    dials = Dials(kinds=tuple(kinds), rules=tuple(rules))
    for group in groups(domain, world, Wanted(count=count, seed=seed, dials=dials), Pack(rejected)):
        yield from group


def groups(domain: Domain, world: World, wanted: Wanted, pack: Pack) -> Iterator[tuple[Scenario, ...]]:
    """`wanted.count` scenarios over a world, each with its twin where it has one. Raises NoScenario.

    What the world does not yield is taken as near as it comes, and counted in `pack.missed`; kinds and rules always hold.
    """
    policy = world.source.rpartition("@")[2] if "@" in world.source else ""
    family = f"{domain.name}-{policy}" if policy else domain.name
    source = f"{domain.name}/{world.source}/{wanted.seed}"
    provenance = Provenance(made_by=f"writ {VERSION}", seed=wanted.seed, generator=domain.generator)
    twins, made, number = Twins(domain, world), 0, 0
    pack.worlds[world.digest], pack.twins = world, wanted.twins
    while made < wanted.count:
        target, name = wanted.dials.target(source, number), f"{family}-{wanted.seed}-{number:04d}"
        making, scenario = _found(domain, world, target, pack, wanted, f"{source}/{number}", provenance, name)
        group: tuple[Scenario, ...] = (scenario,)
        pack.take(domain, scenario)
        if wanted.twins and made + 2 <= wanted.count and twins.standing + 2 <= wanted.twins * (made + 2):
            twin = twins.of(making, scenario, Random(f"{source}/{number}/twin"))
            if twin is not None and not _touches(wanted.avoided, domain, twin) and not pack.has_enough(domain, twin):
                group, twins.standing = (scenario, twin), twins.standing + 2
                pack.take(domain, twin)
        pack.worlds.update(twins.worlds)
        made, number = made + len(group), number + 1
        yield group


def _found(
    domain: Domain,
    world: World,
    target: Target,
    pack: Pack,
    wanted: Wanted,
    source: str,
    provenance: Provenance,
    name: str,
) -> tuple[Making, Scenario]:
    """A scenario for a target, or the nearest that there is. Raises NoScenario."""

    def unfit(scenario: Scenario) -> str:
        if target.kind is not None and scenario.kind != target.kind:
            return f"of another kind: {scenario.kind}"
        if why := _touches(wanted.avoided, domain, scenario):
            return why
        return ENOUGH if pack.has_enough(domain, scenario) else ""

    random, tried, reasons = Random(source), 0, Counter[str]()
    nearest: Target | None = _known(target, pack)
    while nearest is not None:
        search = Search(domain, world, nearest, pack, random, wanted.plots)
        found, spare = _first(search, provenance, name, unfit)
        if found is None and spare is not None:  # a small world has no other golds
            pack.allow_more_of_a_gold()
            found = spare
        tried, reasons = tried + search.drafts, reasons + search.reasons
        if found is not None:
            pack.rejected += reasons
            if not (target.writes.has(len(found[1].gold.writes)) and target.burden.has(found[1].burden)):
                pack.miss(target, found[1])
            return found
        nearest = _nearer(nearest, search)
    raise NoScenario(f"{name}: no draft of {tried} was admitted: {reasons.most_common(3)}")


def _known(target: Target, pack: Pack) -> Target:
    """A target as it can be hit, where it was missed before."""
    missed = pack.missed.get(target.key)
    if missed is None or missed.times < SURE:
        return target
    raised = _raised(target, missed.burden) if missed.burden > target.burden.high else None
    return raised or _lowered(target, missed.writes, missed.burden) or _corner(target, WRITES_OF[target.kind])


def _nearer(target: Target, search: Search) -> Target | None:
    """What may be had where a target may not: less burden, then fewer writes, then more burden where all took too much, then any
    change (or none, where none was wanted), then whatever is of the kind; None after that."""
    burden = search.heaviest * 3 // 4  # what was reached once, or nearly, can be reached again
    for writes in (target.writes.low, search.longest):
        if (lowered := _lowered(target, writes, burden)) is not None:
            return lowered
    if search.lightest <= MOST_BURDEN and (raised := _raised(target, max(search.lightest, 2 * target.burden.high))) is not None:
        return raised
    fewest, most = WRITES_OF[target.kind]
    side = (0, 0) if target.writes.high == 0 else (max(1, fewest), most) if target.writes.low else (fewest, most)
    for corner in (_corner(target, side), _corner(target, (fewest, most))):
        if corner.key != target.key:
            return corner
    return None


def _lowered(target: Target, writes: int, burden: int) -> Target | None:
    """Asking for no more than that; None where the target already does."""
    fewest, least = max(WRITES_OF[target.kind][0], min(target.writes.low, writes)), BURDEN_OF[target.kind][0]
    burden = max(least, min(target.burden.low, burden))
    lower = replace(
        target,
        writes=replace(target.writes, low=fewest),
        burden=Span(burden, target.burden.high, min(target.burden.aim, burden)),
        aims=tuple(aim for aim in target.aims if aim[0] <= burden),
    )
    return None if lower.key == target.key else lower


def _raised(target: Target, burden: int) -> Target | None:
    """Allowing so much; None where the target already does, or its kind does not."""
    high = min(burden, BURDEN_OF[target.kind][1])
    if high <= target.burden.high:
        return None
    return replace(target, burden=replace(target.burden, high=high))


def _corner(target: Target, writes: tuple[int, int]) -> Target:
    """All of its kind, with so many writes."""
    return replace(target, writes=Span(*writes, -1), burden=Span(*BURDEN_OF[target.kind], -1), open_writes=True, aims=())


def _first(
    search: Search, provenance: Provenance, name: str, unfit: Callable[[Scenario], str]
) -> tuple[_Found | None, _Found | None]:
    """The first making that becomes a fit scenario; and the first that would, had the pack not enough of its gold."""
    spare: _Found | None = None
    for making in search.makings():
        try:
            scenario = finished(making, provenance, name)
        except NotAdmitted as reason:
            search.reasons[str(reason)] += 1
            continue
        if not (why := unfit(scenario)):
            return (making, scenario), spare
        if why == ENOUGH and spare is None:
            spare = making, scenario
        search.reasons[why] += 1
    return None, spare


def _touches(avoided: Avoided | None, domain: Domain, scenario: Scenario) -> str:
    return avoided.touched_by(domain, scenario) if avoided is not None else ""
