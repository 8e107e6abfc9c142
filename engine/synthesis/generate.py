"""A pack of scenarios: customers and recipes drawn by a seed, what is not admitted counted by its reason."""

from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random

from engine.scenario import Scenario
from engine.synthesis.compose import NotAdmitted, compose
from servers.domain import Domain
from servers.recipe import Recipe
from servers.state import World

TRIES = 200
"""Drafts that may be tried for one scenario."""

CHAINS = (1, 1, 1, 2, 3)
"""How many requests a scenario has: one of these, evenly."""


class NoScenario(ValueError):
    """No draft was admitted: the reasons, with counts."""


def generate(domain: Domain, world: World, count: int, seed: int, rejected: Counter[str]) -> Iterator[Scenario]:
    """`count` scenarios over a world, no customer more often than needed. Raises NoScenario."""
    customers = customers_of(domain, world)
    used: Counter[str] = Counter()
    for number in range(count):
        random = Random(f"{domain.name}/{world.source}/{seed}/{number}")
        yield _one(domain, world, customers, used, random, number, seed, rejected)


def customers_of(domain: Domain, world: World) -> list[str]:
    """The keys of everybody who could ask."""
    return list(world.tables[domain.customers])


def _one(
    domain: Domain, world: World, customers: Sequence[str], used: Counter[str], random: Random, number: int, seed: int, rejected: Counter[str]
) -> Scenario:
    wanted = domain.recipes[number % len(domain.recipes)]
    length = CHAINS[int(random.random() * len(CHAINS))]
    for _ in range(TRIES):
        customer = customers[int(random.random() * len(customers))]
        if used[customer] >= 2:
            continue
        recipes = [wanted, *(_other(domain, random) for _ in range(length - 1))]
        random.shuffle(recipes)
        name = f"{domain.name}-{'-'.join(dict.fromkeys(recipe.name for recipe in recipes))}-{seed}-{number:04d}"
        try:
            scenario = compose(domain, world, customer, recipes, random, name, seed)
        except NotAdmitted as reason:
            rejected[str(reason)] += 1
            continue
        used[customer] += 1
        return scenario
    raise NoScenario(f"no scenario for {wanted.name} after {TRIES} drafts: {rejected.most_common(3)}")


def _other(domain: Domain, random: Random) -> Recipe:
    return domain.recipes[int(random.random() * len(domain.recipes))]
