"""Parts of a dataset that have nothing in common: neither a customer nor a recipe.

A scenario is made for its part from the beginning: nothing has to be thrown away afterwards. The recipes that are held out are
drawn, but so that all that a dataset is made of can be had of them: what they are good for is tried on the world.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import ceil
from random import Random
from typing import NamedTuple

from engine.synthesis.claims import READ_HEAVY, Claims
from engine.synthesis.compose import Making, NotAdmitted
from servers.domain import Domain
from servers.recipe import Recipe
from servers.state import World

FEWEST = 4
"""Recipes that are held out at least; with fewer no conversation of it is unlike the others."""

TRIES = 24
"""Drafts by which it is seen what a recipe is good for."""

SURE = 3
"""So many of them must come to something for the recipe to count as good for it."""

_GOOD_FOR: Mapping[str, Callable[[Claims], bool]] = {
    "a write": lambda claims: bool(claims.writes) and claims.burden < READ_HEAVY,
    "another write": lambda claims: bool(claims.writes) and claims.burden < READ_HEAVY,
    "much to read": lambda claims: claims.burden >= READ_HEAVY,
    "a refusal": lambda claims: bool(claims.answer.refuse) or claims.transfer is not None,
}
"""What the held-out recipes must come to, each by a recipe of its own or by one that was taken for something else; of two
writes each has its own, for a customer who wants several."""


class Part(NamedTuple):
    """One part: the domain with the recipes that it may use, and which customers are its own."""

    domain: Domain
    has: Callable[[str], bool]


class TooFewRecipes(ValueError):
    """A domain of which no recipes can be held out."""


def whole(domain: Domain) -> Part:
    """A part that has everything."""
    return Part(domain, lambda _: True)


def parts(domain: Domain, world: World, held_out: float, seed: int) -> tuple[Part, Part]:
    """The train part and the held-out part, which gets this share of the customers and at least of the recipes.

    Raises TooFewRecipes.
    """
    many = max(FEWEST, ceil(held_out * len(domain.recipes)))
    if len(domain.recipes) < 2 * many:
        raise TooFewRecipes(f"{domain.name} has {len(domain.recipes)} recipes: too few to hold {many} of them out")

    def is_held(customer: str) -> bool:
        drawn = hashlib.sha256(f"{seed}/{customer}".encode()).digest()
        return int.from_bytes(drawn[:4], "big") < held_out * (1 << 32)

    held = {recipe.name for recipe in _drawn(domain, world, many, Random(f"{domain.name}/{seed}/held out"))}
    train = tuple(recipe for recipe in domain.recipes if recipe.name not in held)
    rest = tuple(recipe for recipe in domain.recipes if recipe.name in held)
    return (
        Part(replace(domain, recipes=train), lambda customer: not is_held(customer)),
        Part(replace(domain, recipes=rest), is_held),
    )


def _drawn(domain: Domain, world: World, many: int, random: Random) -> Sequence[Recipe]:
    """The recipes to hold out: for each need the first in an order by chance that serves it, then the first of the others."""
    order = random.sample(domain.recipes, len(domain.recipes))
    found = {recipe.name: [*_claimed(domain, world, recipe, random)] for recipe in order}
    taken: list[Recipe] = []
    for need, serves in _GOOD_FOR.items():
        fresh = need.startswith("another")
        able = [recipe for recipe in order if len([*filter(serves, found[recipe.name])]) >= SURE]
        if fresh or not any(recipe in taken for recipe in able):
            taken += [recipe for recipe in able if recipe not in taken][:1]
    taken += [recipe for recipe in order if recipe not in taken]
    return taken[:many]


def _claimed(domain: Domain, world: World, recipe: Recipe, random: Random) -> Iterator[Claims]:
    """What some requests by a recipe come to, of customers by chance."""
    customers = world.keys(domain.customers)
    for _ in range(TRIES):
        making = Making(domain, world, customers[int(random.random() * len(customers))], random)
        try:
            making.add(recipe)
        except NotAdmitted:
            continue
        yield making.claims
