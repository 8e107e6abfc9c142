"""A manner in plain language, for a model or a person who plays the customer."""

from collections.abc import Sequence

from engine.scenario import Known, Scenario
from engine.users.manner.personas import PERSONAS
from engine.users.manner.playing import CLAUSES, clauses_of
from servers.domain import Domain

_OF_SELF = "misstates_self"


def told(domain: Domain, scenario: Scenario) -> Sequence[str]:
    """Who they are and each of their clauses, a sentence each."""
    lines = [persona.told] if (persona := PERSONAS.get(scenario.manner.persona)) is not None else []
    for name, argument in clauses_of(scenario.manner).items():
        lines.append(CLAUSES[name].told.format(_argument(domain, scenario, name, argument)))
    return lines


def _argument(domain: Domain, scenario: Scenario, name: str, argument: str) -> str:
    """How often, or the detail by its name and value."""
    request = None if name == _OF_SELF else 0
    known = (each for each in scenario.knows if each.request == request and each.slot == argument and each.via is None)
    found: Known | None = next(known, None)
    slot = argument.replace("_", " ")
    return slot if found is None else f"{slot} {domain.worded(found.slot, found.value)}"
