"""The agent that a user who confirms anything is shown by: one who first proposes something else than was asked for.

Set right it does as the expert does, so whoever reads what they say yes to is served well by it.
"""

import re
from collections.abc import Iterator
from typing import Any

from engine.agents.expert import Expert
from engine.conversation.events import Act, Move, Spoke
from engine.conversation.views import View
from engine.scenario import Scenario
from engine.speech.phrasebook import Phrasebook
from engine.users.flawed.flaw import plain, says
from servers.domain import Domain
from servers.recipe import Recipe, Slots
from servers.state import World

_DAY = re.compile(r"\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d")


_CAME_FAR = frozenset(("propose", "report", "refuse", "answer"))
"""What an agent says of a request: when it is the second such thing, it may be about another one than the first."""


class ProposesWrong:
    """States in its first proposal something that goes against what the customer said, where there is such a thing."""

    def __init__(self, domain: Domain, world: World, _scenario: Scenario, phrasebook: Phrasebook) -> None:
        self._expert = Expert(domain, world.facts, phrasebook)
        self._recipes = {recipe.name: recipe for recipe in domain.recipes}
        self._phrasebook = phrasebook

    async def move(self, view: View) -> Move | None:
        """As the expert, but for the first proposal that can be made wrong."""
        move = await self._expert.move(view)
        if move is None:
            return move
        families = [act.kind.partition(".")[0] for act in (*_said(view, view.party), *move.meaning)]
        if families[-1:] != ["propose"] or len(_CAME_FAR.intersection(families)) > 1 or families.count("propose") > 1:
            return move
        recipe, told = self._asked(view)
        acts = [_bent(act, recipe, told) if recipe and act.kind.startswith("propose.") else act for act in plain(move)]
        return says(self._phrasebook, view, *acts) if acts != plain(move) else move

    def _asked(self, view: View) -> tuple[Recipe | None, Slots]:
        """The first request, and all that was told since it was made."""
        recipe: Recipe | None = None
        told: dict[str, Any] = {}
        for act in _said(view, "user"):
            family, _, name = act.kind.partition(".")
            if family == "request" and recipe is None:
                recipe = self._recipes.get(name)
                told.update(act.slots)
            elif family == "inform" and recipe is not None:
                told.update(act.slots)
        return recipe, told


def _said(view: View, party: str) -> Iterator[Act]:
    for event in view.seen:
        if isinstance(event, Spoke) and event.party == party:
            yield from event.meaning


def _bent(act: Act, recipe: Recipe, told: Slots) -> Act:
    """The proposal with one thing in it that the customer can see is not what they said; as it was where there is none."""
    if recipe.asks_for(told, act.kind.partition(".")[2]):
        for slot, value in act.slots.items():
            for other in _others(value):
                stated = {**act.slots, slot: other}
                if recipe.contradicted(told, stated, 0) is not None:
                    return Act(kind=act.kind, slots=stated)
    return act


def _others(value: Any) -> Iterator[Any]:
    """The same with one thing in it changed: a number in it, or one of several left out."""
    if isinstance(value, str) and not _DAY.search(value) and any(letter.isdecimal() for letter in value):
        yield "".join(str((int(letter) + 1) % 10) if letter.isdecimal() else letter for letter in value)
    elif isinstance(value, int):
        yield value + 1
    elif isinstance(value, dict):
        yield from ({**value, name: other} for name, part in value.items() for other in _others(part))
    elif isinstance(value, list | tuple):
        if len(value) > 1:
            yield [*value[:-1]]
        yield from ([*value[:place], other, *value[place + 1 :]] for place, part in enumerate(value) for other in _others(part))
