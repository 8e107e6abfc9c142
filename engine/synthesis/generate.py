"""A pack of scenarios: customers and recipes drawn by a seed, what is not admitted counted by its reason."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import partial
from random import Random

from engine import VERSION
from engine.scenario import Kind, Provenance, Scenario
from engine.synthesis.compose import NotAdmitted, compose
from servers.domain import Domain
from servers.recipe import Recipe
from servers.state import World

TRIES, PATIENCE = 4_000, 60
"""Drafts that may be tried for one scenario, and with one recipe before the next has its turn."""

LENGTHS: Mapping[Kind | None, tuple[int, ...]] = {
    "normal": (1, 1, 1, 2),
    "write-intensive": (3, 3, 4),
    "read-heavy": (1, 1, 2),
    None: (1, 1, 1, 2, 3),
}
"""How many requests a scenario of a kind has: one of these, evenly."""

PER_CUSTOMER = 2
"""Scenarios of one pack that may be one customer's; in a world with few customers twice what an even share would be."""


class NoScenario(ValueError):
    """No draft was admitted: the reasons, with counts."""


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
    policy = world.source.rpartition("@")[2] if "@" in world.source else ""
    family = f"{domain.name}-{policy}" if policy else domain.name
    customers = list(world.tables[domain.customers])
    used: Counter[str] = Counter()
    most = max(PER_CUSTOMER, 2 * count // len(customers))
    for number in range(count):
        random = Random(f"{domain.name}/{world.source}/{seed}/{number}")
        turn, lengths = number // len(kinds), LENGTHS[kinds[number % len(kinds)]]
        provenance = Provenance(made_by=f"writ {VERSION}", seed=seed, generator=domain.generator)
        making = partial(compose, domain, world, random=random, provenance=provenance)
        full = {customer for customer, times in used.items() if times >= most}
        wanted = partial(_wanted, kinds[number % len(kinds)], rules[number % len(rules)])
        drafts = _drafts(domain, partial(_drafted, wanted, making), customers, full, random, lengths, turn)
        yield _admitted(drafts, f"{family}-{seed}-{number:04d}", used, rejected)


_Draft = Callable[[str], Scenario]


def _admitted(drafts: Iterator[_Draft], name: str, used: Counter[str], rejected: Counter[str]) -> Scenario:
    reasons: Counter[str] = Counter()
    for draft in drafts:
        try:
            scenario = draft(name)
        except NotAdmitted as reason:
            reasons[str(reason)] += 1
            continue
        used[scenario.customer] += 1
        rejected += reasons
        return scenario
    raise NoScenario(f"{name}: no draft of {TRIES} was admitted: {reasons.most_common(3)}")


def _drafts(
    domain: Domain,
    making: Callable[..., Scenario],
    customers: Sequence[str],
    full: Set[str],
    random: Random,
    lengths: Sequence[int],
    turn: int,
) -> Iterator[_Draft]:
    """Drafts of one scenario: a customer, the recipe whose turn it is, and others beside it."""
    for tried in range(TRIES):
        first = domain.recipes[(turn + tried // PATIENCE) % len(domain.recipes)]
        customer = customers[int(random.random() * len(customers))]
        if customer in full:
            continue
        others = lengths[int(random.random() * len(lengths))] - 1
        recipes = [first, *(domain.recipes[int(random.random() * len(domain.recipes))] for _ in range(others))]
        random.shuffle(recipes)
        yield partial(making, customer, recipes)


def _drafted(
    wanted: Callable[[Scenario], None], making: Callable[..., Scenario], customer: str, recipes: Sequence[Recipe], name: str
) -> Scenario:
    scenario = making(customer, recipes, name=name)
    wanted(scenario)
    return scenario


def _wanted(kind: Kind | None, rule: str | None, scenario: Scenario) -> None:
    """Raises NotAdmitted for a scenario that is not of a kind, or in which a rule forbids nothing."""
    if kind is not None and scenario.kind != kind:
        raise NotAdmitted(f"of another kind: {scenario.kind}")
    answer = scenario.answer
    if rule is not None and rule not in {answer.transfer, *(refusal.rule for refusal in answer.refuse)}:
        raise NotAdmitted(f"nothing is forbidden by {rule}")
