"""What a pack has so far, of which the next scenario should not be more of the same."""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from random import Random

import msgspec

from engine.checkers.gold import canonical
from engine.scenario import Scenario
from engine.synthesis.dials import Span, Target
from engine.synthesis.experience import Experience
from engine.synthesis.looks import Looks
from servers.domain import Domain
from servers.recipe import Recipe
from servers.state import World

PER_CUSTOMER, PER_GOLD = 3, 2
"""Scenarios of one pack that may be one customer's, and that may have one gold."""

SHARE, COUNTED_FROM = 0.25, 12
"""A recipe may have so much of a pack's requests; of fewer requests than that no share is taken."""

ALMOST = 0.9
"""When so many of a world's customers had their scenarios, each may have one more."""

DRAWS = 40
"""Customers that are drawn before one is taken who had enough."""


class Missed(msgspec.Struct, kw_only=True):
    """A target that this world does not yield: how often it was wanted, and what was reached instead at most."""

    target: Target
    times: int
    writes: int
    burden: int


class Pack:
    """Counts of what was made, and of the drafts that were `rejected`, by reason. `worlds` are those it holds in, by digest.
    `customers` says who may be in it; None: everybody."""

    def __init__(self, rejected: Counter[str] | None = None, customers: Callable[[str], bool] | None = None) -> None:
        self.rejected = Counter[str]() if rejected is None else rejected
        self.recipes = Counter[str]()
        self.missed: dict[object, Missed] = {}
        self.twins = 0.0
        """The share of its scenarios that was to stand in pairs."""
        self.worlds: dict[str, World] = {}
        self.experience = Experience()
        self._may_be_in = customers
        self._looks: dict[str, Looks] = {}
        self._keys: dict[str, tuple[str, ...]] = {}
        self._customers = Counter[str]()
        self._golds = Counter[bytes]()
        self._full = set[str]()
        self._most = PER_CUSTOMER
        self._most_of_a_gold = PER_GOLD

    def looks(self, domain: Domain, world: World) -> Looks:
        """Reads of a world as it is, of which many are made again for the next scenario."""
        if world.digest not in self._looks:
            self._looks[world.digest] = Looks(domain, world.open())
        return self._looks[world.digest]

    def customer(self, domain: Domain, world: World, random: Random) -> str:
        """One of a world's customers, by chance, of those who may have another scenario."""
        keys = self._those(domain, world)
        if len(self._full) > ALMOST * len(keys):
            self._most += 1
            self._full = {customer for customer, times in self._customers.items() if times >= self._most}
        for _ in range(DRAWS):
            customer = keys[int(random.random() * len(keys))]
            if customer not in self._full:
                break
        return customer

    def _those(self, domain: Domain, world: World) -> tuple[str, ...]:
        """The customers of a world who may be in the pack, collected once."""
        keys = world.keys(domain.customers)
        if self._may_be_in is None:
            return keys
        if world.digest not in self._keys:
            self._keys[world.digest] = tuple(filter(self._may_be_in, keys))
        return self._keys[world.digest]

    def in_turn(
        self,
        recipes: Iterable[Recipe],
        asked: Iterable[str],
        random: Random,
        need: Hashable,
        burdens: Sequence[Span],
        *,
        strictly: bool,
    ) -> list[Recipe]:
        """The recipes in an order by chance in which the rarer ones tend to come first, and those that served such a need
        and take such burdens. Those that had their share, with what is `asked` already, are left out, or last where that is
        not held `strictly`."""
        pool, counts = list(recipes), self.recipes + Counter(asked)
        total = counts.total()
        fair = max(1.0, total / max(1, len(pool)))

        def late(recipe: Recipe) -> float:
            serves = self.experience.serves(need, recipe.name, burdens)
            return -math.log(1.0 - random.random()) * (0.2 + counts[recipe.name] / fair) ** 2 / serves

        ranked = sorted((late(recipe), place) for place, recipe in enumerate(pool))
        ordered = [pool[place] for _, place in ranked]
        full = [each for each in ordered if total >= COUNTED_FROM and counts[each.name] + 1 > SHARE * (total + 1)]
        free = [each for each in ordered if each not in full]
        return free if strictly and free else [*free, *full]

    def has_enough(self, domain: Domain, scenario: Scenario) -> bool:
        """Are there enough scenarios with this gold?"""
        return self._golds[gold_of(domain, scenario)] >= self._most_of_a_gold

    def loosened(self) -> Iterator[str]:
        """What it had to have more of than it should, as its worlds are small."""
        for what, most, usual in (("a customer", self._most, PER_CUSTOMER), ("a gold", self._most_of_a_gold, PER_GOLD)):
            if most > usual:
                yield f"up to {most} scenarios of {what}, for want of more here; usually {usual}"

    def allow_more_of_a_gold(self) -> None:
        """The world is too small for so few of each."""
        self._most_of_a_gold += 1

    def take(self, domain: Domain, scenario: Scenario) -> None:
        """Count a scenario that was made."""
        self._customers[scenario.customer] += 1
        if self._customers[scenario.customer] >= self._most:
            self._full.add(scenario.customer)
        self._golds[gold_of(domain, scenario)] += 1
        if scenario.kind == "read-heavy":
            self.experience.made(scenario.burden)
        self.recipes.update(request.recipe for request in scenario.requests)

    def miss(self, target: Target, reached: Scenario) -> None:
        """Count a scenario that was made instead of one that could not be had."""
        missed = self.missed.setdefault(target.key, Missed(target=target, times=0, writes=0, burden=0))
        missed.times += 1
        missed.writes = max(missed.writes, len(reached.gold.writes))
        missed.burden = max(missed.burden, reached.burden)


def gold_of(domain: Domain, scenario: Scenario) -> bytes:
    """A scenario's gold as a value: its writes, however ordered, and what was asked where no write is the answer."""
    writes: Sequence[str] = sorted(canonical(domain, write.name, write.arguments).decode() for write in scenario.gold.writes)
    asked = [
        scenario.requests[place] for place in sorted({each.request for each in scenario.decisions if each.outcome != "write"})
    ]
    return msgspec.json.encode([scenario.customer, writes, asked], order="sorted")
