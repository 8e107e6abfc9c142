"""The groups in which a scenario is counted: its domain, its kind, both axes, its recipes."""

import re

from engine.reporting.figures import WRITES, burden_class
from engine.scenario import Scenario

Group = tuple[str, str]
"""By what, and the name within it."""

BY = ("domain", "kind", "writes", "burden", "recipe")

_NUMBER = re.compile(r"\d+")


def groups(scenario: Scenario) -> tuple[Group, ...]:
    """Every group that it belongs to, once each: several recipes where it has several requests, none where it has none."""
    writes = len(scenario.gold.writes)
    recipes = dict.fromkeys(f"{scenario.domain}: {request.recipe}" for request in scenario.requests)
    return (
        ("domain", scenario.domain),
        ("kind", scenario.kind),
        ("writes", str(writes) if writes < WRITES[-1] else f"{WRITES[-1]}+"),
        ("burden", burden_class(scenario.burden)),
        *(("recipe", name) for name in recipes),
    )


def in_order(group: Group) -> tuple[int, int, str]:
    """A key by which groups stand in the order of BY, numbers by their size."""
    by, name = group
    number = _NUMBER.match(name)
    return BY.index(by), int(number[0]) if number else 0, name
