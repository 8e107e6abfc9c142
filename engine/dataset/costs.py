"""What a run's models used, for its summary: by role, and how much an accepted trajectory came to, also by recipe."""

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.models.usage import Spent
from engine.scenario import Scenario
from engine.scoring.groups import groups


def known(cost: float, unpriced: int) -> float | None:
    """A sum of costs, None where nothing of it is known: `unpriced` replies have no known price."""
    return None if unpriced and not cost else round(cost, 6)


class _Share(msgspec.Struct):
    """Of some of the conversations. `cost`: of the replies whose cost is known; `unpriced` counts the others."""

    tokens: int = 0
    cost: float = 0.0
    unpriced: int = 0
    accepted: int = 0

    def take(self, spent: Mapping[str, Spent], *, accepted: bool) -> None:
        for each in spent.values():
            self.tokens += each.tokens
            self.cost += each.cost
            self.unpriced += each.unpriced
        self.accepted += accepted

    def as_dict(self) -> dict[str, Any]:
        each, priced = self.accepted or None, not self.unpriced
        return {
            "accepted": self.accepted,
            "tokens_per_accepted": each and round(self.tokens / each, 1),
            "cost_per_accepted": round(self.cost / each, 6) if each and priced else None,
        }


class Costs:
    """Adds them up, conversation by conversation. What was dropped before a conversation was begun anew is not in it."""

    def __init__(self) -> None:
        self._roles: dict[str, Spent] = {}
        self._all = _Share()
        self._recipes: dict[str, _Share] = {}

    def take(self, scenario: Scenario, spent: Mapping[str, Spent], *, accepted: bool) -> None:
        """One conversation. One with several recipes counts whole for each."""
        for role, each in spent.items():
            self._roles[role] = _both(self._roles.get(role, Spent()), each)
        self._all.take(spent, accepted=accepted)
        for by, name in groups(scenario):
            if by == "recipe":
                self._recipes.setdefault(name, _Share()).take(spent, accepted=accepted)

    def add(self, role: str, usage: Mapping[str, Any]) -> None:
        """A reply that belongs to no conversation's making: the judge's."""
        spent = Spent().plus(usage)
        self._roles[role] = _both(self._roles.get(role, Spent()), spent)
        self._all.take({role: spent}, accepted=False)

    def as_dict(self) -> dict[str, Any]:
        """Empty where no model took part."""
        if not self._roles:
            return {}
        roles = {role: _told(self._roles[role]) for role in sorted(self._roles)}
        recipes = {name: share.as_dict() for name, share in sorted(self._recipes.items())}
        unpriced = self._all.unpriced
        whole = {"tokens": self._all.tokens, "cost": known(self._all.cost, unpriced), "unpriced": unpriced}
        return {"usage": {"roles": roles, **whole, **self._all.as_dict(), "by_recipe": recipes}}


def _both(one: Spent, other: Spent) -> Spent:
    return Spent(**{name: getattr(one, name) + getattr(other, name) for name in Spent.__struct_fields__})


def _told(spent: Spent) -> dict[str, Any]:
    found = msgspec.structs.asdict(spent)
    return found | {"cost": known(spent.cost, spent.unpriced), "seconds": round(spent.seconds, 3)}
