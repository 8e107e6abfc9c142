"""The policies that a domain may have instead of its own: some by name, and one for every seed.

Above: worlds.py, which puts one in a world's facts. Below: a domain's own variants.py, which has the table and the draw.
"""

import re
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, TypeVar

import msgspec

from servers.state import Facts

DEFAULT = "default"
"""The name of a domain's own policy."""

FactsT = TypeVar("FactsT", bound=Facts)

_seed = re.compile(r"[0-9]{1,18}")


class UnknownVariant(ValueError):
    """A domain has no policy of that name; the message lists those that it has."""


class Variants(msgspec.Struct, frozen=True, kw_only=True):
    """A domain's policies as values of the constants in its `facts`.

    `named` has by name what differs from the domain's own constants, which are the defaults of the type. `draw`
    makes a policy by chance: only whole numbers and comparisons, so that a seed means the same on every Python.
    Facts in `kept` belong to the world and not to its policy; `now` and `public` always do.
    """

    domain: str
    facts: type[Facts]
    named: Mapping[str, Mapping[str, Any]]
    draw: Callable[[Random], Mapping[str, Any]]
    kept: tuple[str, ...] = ()

    @property
    def own(self) -> dict[str, Any]:
        """The constants of the domain's own policy."""
        kept = {*Facts.__struct_fields__, *self.kept}
        return {field.name: field.default for field in msgspec.structs.fields(self.facts) if field.name not in kept}

    def canonical(self, policy: str) -> str:
        """How a policy is named: by its name, or by its seed without leading zeros. Raises UnknownVariant."""
        if policy == DEFAULT or policy in self.named:
            return policy
        if _seed.fullmatch(policy):
            return str(int(policy))
        known = ", ".join((DEFAULT, *self.named))
        raise UnknownVariant(f"{self.domain} has no policy {policy!r}: choose one of {known}, or give a seed such as @17")

    def constants(self, policy: str) -> dict[str, Any]:
        """All constants under a policy; a drawn one is never the domain's own. Raises UnknownVariant."""
        name, own = self.canonical(policy), self.own
        if name == DEFAULT or name in self.named:
            return {**own, **self.named.get(name, {})}
        random = Random(f"{self.domain} policy {name}")
        while (drawn := {**own, **self.draw(random)}) == own:
            pass
        return drawn

    def apply(self, facts: FactsT, policy: str) -> FactsT:
        """The facts of a world under a policy: all of its constants are replaced, nothing else. Raises UnknownVariant."""
        return msgspec.structs.replace(facts, **self.constants(policy))
