"""Twins: two scenarios that are alike but for one thing.

*Plain*: the same gold from words that leave nothing to look for or compare, so that less has to be read.
*Other*: one slot of the request, or the policy, is another one, and what is done in one scenario is refused in the other.
Both are composed and proven like any scenario. They stand beside each other in a file, and their ids say which is which.
"""

from collections.abc import Iterator, Sequence
from random import Random

import msgspec

from engine.scenario import Manner, Scenario
from engine.synthesis.admit import of_scenario
from engine.synthesis.at_once import in_any_order
from engine.synthesis.case import OpenCase
from engine.synthesis.compose import Making, NotAdmitted, finished
from engine.synthesis.instruction import instruction
from engine.synthesis.manner_cases import Applying
from engine.synthesis.pack import gold_of
from servers.domain import Domain
from servers.recipe import Draft, Recipe, Refusal, Request, Transfer, Write
from servers.state import World

PLAIN, OTHER = "plain", "other"

DRAFTS = 40
"""Further requests by a customer whose slots are looked at for one that turns a decision."""

POLICIES = 4
"""Other policies under which a request is looked at."""


class Twins:
    """Finds twins over one world; the same world under other policies is made once, when it is wanted first.

    `standing` counts the scenarios of a pack that stand in a pair.
    """

    def __init__(self, domain: Domain, world: World) -> None:
        self.standing = 0
        self._domain = domain
        self._world = world
        self._under: dict[str, World] = {}

    @property
    def worlds(self) -> dict[str, World]:
        """The world under the policies that were looked at, by digest."""
        return {world.digest: world for world in self._under.values()}

    def of(self, making: Making, scenario: Scenario, random: Random) -> Scenario | None:
        """A twin of a scenario as it was made; None where there is none."""
        if scenario.plot:
            return None
        ways = [self._plain, self._other]
        for way in ways if random.random() < 0.5 else ways[::-1]:
            if (twin := way(making, scenario, random)) is not None:
                return twin
        return None

    def _plain(self, making: Making, scenario: Scenario, random: Random) -> Scenario | None:
        """The same gold, read for less."""
        if not scenario.burden or not scenario.gold.writes:
            return None
        drafts, plainer, known = list[Draft](), False, {recipe.name for recipe in self._domain.recipes}
        for draft in making.drafts:
            recipe = self._recipe(draft)
            said = recipe.plainly(self._world.open().view(), scenario.customer, draft.request)
            if any(request.recipe not in known for request in said):  # another part's
                return None
            drafts += [_simply(request) for request in said] or [draft]
            plainer = plainer or bool(said)
        twin = self._made(scenario, self._world, drafts, random, PLAIN) if plainer else None
        if twin is None or twin.burden >= scenario.burden:
            return None
        return twin if _gold(self._domain, twin) == _gold(self._domain, scenario) else None

    def _other(self, making: Making, scenario: Scenario, random: Random) -> Scenario | None:
        """Done instead of refused, or refused instead of done, for one thing that is otherwise."""
        if len(making.drafts) != 1 or not _side(scenario):
            return None
        (draft,) = making.drafts
        changes = [(self._world, other) for other in self._neighbours(scenario, draft, random)]
        changes += [(world, draft) for world in self._policies(random)]
        for world, other in changes:
            if self._turned(scenario, world, other.request):
                twin = self._made(scenario, world, [other], random, OTHER)
                if twin is not None and {_side(scenario), _side(twin)} == {"done", "refused"}:
                    return twin
        return None

    def _neighbours(self, scenario: Scenario, draft: Draft, random: Random) -> Iterator[Draft]:
        """The request with one slot as another draft of this recipe and customer has it."""
        recipe, params, view = self._recipe(draft), draft.request.params, self._world.open().view()
        for _ in range(DRAFTS):
            other = recipe.draft(view, scenario.customer, random)
            if other is None or draft.via or other.via:
                continue
            for slot, value in other.request.params.items():
                if slot in params and params[slot] != value:
                    yield msgspec.structs.replace(draft, request=replaced(draft.request, slot, value))

    def _policies(self, random: Random) -> Iterator[World]:
        """The world under some of the domain's other policies."""
        variants = self._domain.variants
        if variants is None or "@" in self._world.source:
            return
        names = list(variants.named)
        for _ in range(min(POLICIES, len(names))):
            name = names.pop(int(random.random() * len(names)))
            if name not in self._under:
                self._under[name] = under(self._domain, self._world, name)
            yield self._under[name]

    def _turned(self, scenario: Scenario, world: World, request: Request) -> bool:
        """Is a request, if its words hold, refused where the scenario's is done, or the other way round?"""
        recipe, state = self._recipe_of(request), world.open()
        if not recipe.holds(state.view(), scenario.customer, request):
            return False
        decisions = recipe.solve(OpenCase(self._domain, state, scenario.customer, request.params))
        refused = any(isinstance(each, Refusal | Transfer) for each in decisions)
        done = any(isinstance(each, Write) for each in decisions)
        return refused != done and {_side(scenario), "done" if done else "refused"} == {"done", "refused"}

    def _made(self, scenario: Scenario, world: World, drafts: Sequence[Draft], random: Random, way: str) -> Scenario | None:
        """The twin, with what the customer says about themselves and how they behave as its original has it."""
        about = {known.slot: known.value for known in scenario.knows if known.request is None}
        making = Making(self._domain, world, scenario.customer, random, about)
        provenance = msgspec.structs.replace(scenario.provenance, twin_of=scenario.id)
        try:
            for draft in drafts:
                making.ask(self._recipe(draft), draft)
            twin = finished(making, provenance, f"{scenario.id}-{way}")
        except NotAdmitted:
            return None
        twin = msgspec.structs.replace(twin, manner=_behaving(self._domain, world, twin, scenario.manner))
        twin = msgspec.structs.replace(twin, instruction=instruction(self._domain, twin))
        return twin if next(iter(of_scenario(twin, self._domain, world)), None) is None else None

    def _recipe(self, draft: Draft) -> Recipe:
        return self._recipe_of(draft.request)

    def _recipe_of(self, request: Request) -> Recipe:
        return next(recipe for recipe in self._domain.recipes if recipe.name == request.recipe)


def are_twins(domain: Domain, original: Scenario, twin: Scenario) -> bool:
    """Is it so, by what is stored of both: the same gold for fewer reads, or one thing apart and the other way decided?"""
    if original.domain != twin.domain or original.customer != twin.customer:
        return False
    if _gold(domain, original) == _gold(domain, twin):
        return twin.burden < original.burden
    if len(original.requests) != 1 or len(twin.requests) != 1:
        return False
    (one,), (other,) = original.requests, twin.requests
    slots = [slot for slot in {*one.params, *other.params} if one.params.get(slot) != other.params.get(slot)]
    things = len(slots) + (original.world.digest != twin.world.digest)
    return one.recipe == other.recipe and things == 1 and {_side(original), _side(twin)} == {"done", "refused"}


def under(domain: Domain, world: World, policy: str) -> World:
    """A world's records under another policy of its domain, as `servers.worlds.open_world` would open `SOURCE@POLICY`."""
    assert domain.variants is not None
    return World(
        domain=world.domain,
        source=f"{world.source}@{policy}",
        facts=domain.variants.apply(world.facts, policy),
        tables=world.tables,
        indexes=domain.indexes,
        generator=world.generator,
    )


def _behaving(domain: Domain, world: World, twin: Scenario, manner: Manner) -> Manner:
    """The manner of its original, as far as it shows in the twin."""
    showing = Applying(domain, world, twin)
    clauses = tuple(clause for clause in manner.clauses if clause in showing.ways(clause.partition(":")[0]))
    together = manner.together and len(twin.requests) > 1 and twin.answer.transfer is None
    together = together and in_any_order(domain, world, twin.customer, twin.requests)
    return msgspec.structs.replace(manner, clauses=clauses, together=together)


def replaced(request: Request, slot: str, value: object) -> Request:
    """A request with one slot otherwise."""
    return msgspec.structs.replace(request, params={**request.params, slot: value})


def _simply(request: Request) -> Draft:
    """A request whose every word is said at once."""
    return Draft(request=request, opening=tuple(request.params))


def _side(scenario: Scenario) -> str:
    """`done`: its one request comes to writes alone; `refused`: a rule forbids all of it; '' for anything between."""
    outcomes = {decision.outcome for decision in scenario.decisions}
    if outcomes == {"write"}:
        return "done"
    return "refused" if outcomes and outcomes <= {"refusal", "transfer"} else ""


def _gold(domain: Domain, scenario: Scenario) -> tuple[object, ...]:
    """What has to come of a scenario, whatever was said for it."""
    answer, writes = scenario.answer, gold_of(domain, msgspec.structs.replace(scenario, decisions=()))
    return writes, scenario.gold.order, sorted(answer.tell), sorted(each.rule for each in answer.refuse), answer.transfer
