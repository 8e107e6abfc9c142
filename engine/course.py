"""How far a customer's requests have come in a conversation, and what their plot makes of it: a fold of both sides' acts.

Knows what was said, and nothing of gold. The scripted customer plays by it; the check of the customer holds them to it.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from engine.conversation.events import Act
from engine.scenario import Reaction, Scenario
from engine.synthesis.settling import exceeds
from servers.domain import Domain
from servers.recipe import Recipe, Slots

BESIDES = "propose.more"
"""Something else that a yes is asked for, which nobody wished for."""

HEARD = "heard"
"""In the place of a wording: the act was read in a text, and what it states is only what could be told."""

_SETTLES = ("report", "refuse", "answer")

_sorted = msgspec.json.Encoder(order="sorted")


class Wish:
    """One request: in how many parts it is settled and how many of them are, what was heard of it, and what is left of its plot.

    `changed` are the slots that the customer meanwhile wants otherwise, `asks` the requests that came of its confirmation.
    """

    def __init__(self, place: int, recipe: Recipe, opening: Slots, parts: int, plot: Sequence[Reaction]) -> None:
        self.place = place
        self.recipe = recipe
        self.opening = opening
        self.parts = parts
        self.settled = 0
        self.refused = self.written = False
        self.changed: dict[str, Any] = {}
        self.left = list(plot)
        self.asks: list[int] = []

    @property
    def done(self) -> bool:
        """Is every part of it settled?"""
        return self.settled >= self.parts

    def leads_to(self) -> Iterator[int]:
        """The requests that it has led to by now, in the order in which they are made."""
        yield from self.asks
        for reaction in self.left if self.done else ():
            happened = (reaction.on == "refused" and self.refused) or (reaction.on == "written" and self.written)
            if happened and reaction.ask is not None:
                yield reaction.ask


class Course:
    """The wishes of a scenario as far as they were followed. `made` are the places of the requests that the customer made, in
    that order; `values(place)` what they know for one from the beginning, or by now."""

    def __init__(self, domain: Domain, scenario: Scenario, values: Callable[[int], Slots]) -> None:
        self.made: list[int] = []
        self.wishes = list(_wishes(domain, scenario))
        self._domain = domain
        self._values = values
        self._proposed: list[Act] = []
        later = {reaction.ask for reaction in scenario.plot}
        self._first = [wish.place for wish in self.wishes if wish.place not in later]

    @property
    def current(self) -> Wish | None:
        """The first request that was made and is not done."""
        return next((self.wishes[place] for place in self.made if not self.wishes[place].done), None)

    @property
    def proposed(self) -> Sequence[Act]:
        """The proposals that wait for an answer."""
        return self._proposed

    def is_led_to(self, place: int) -> bool:
        """Is it a request that only the plot makes?"""
        return place not in self._first

    def values(self, wish: Wish) -> Slots:
        """All that the customer knows for a request, as they want it by now."""
        return {**self._values(wish.place), **wish.changed}

    def next(self) -> int | None:
        """The request that is to be made when more help is offered; what an earlier one led to comes before the others."""
        return next((place for first in self._first for place in self._through(first) if place not in self.made), None)

    def _through(self, place: int) -> Iterator[int]:
        yield place
        if place in self.made:
            for further in self.wishes[place].leads_to():
                yield from self._through(further)

    def due(self) -> Reaction | None:
        """The plot's answer to what is proposed, as far as that is what the customer asked for; None for a plain yes."""
        wish = self.current
        if wish is None or not self._proposed:
            return None
        stated = self._proposed[0].slots
        if not self.agrees(wish, self._proposed[0]):
            return None
        return next(
            (
                each
                for each in wish.left
                if each.on == "proposed" or (each.on == "quoted" and exceeds(self._domain, each, stated))
            ),
            None,
        )

    def agrees(self, wish: Wish, proposal: Act) -> bool:
        """Is a proposal, as far as the customer can tell, what they asked for by this request?"""
        name = proposal.kind.partition(".")[2]
        return wish.recipe.asks_for(self.values(wish), name) and self.against(wish, proposal) is None

    def against(self, wish: Wish, proposal: Act) -> str | None:
        """The slot in which a proposal goes against the customer's words; of one that was read in a text, one that was read."""
        wrong = wish.recipe.contradicted(self.values(wish), proposal.slots, wish.settled)
        return None if proposal.form == HEARD and wrong not in proposal.slots else wrong

    def heard(self, meaning: Sequence[Act]) -> None:
        """The agent said something."""
        proposed = [act for act in meaning if act.kind.startswith("propose.")]
        for act in meaning:
            family, wish = act.kind.partition(".")[0], self.current
            if act.kind == "turn":
                self._turn(act.slots.get("request"))
            elif family in _SETTLES and wish is not None:
                wish.settled += 1
                wish.refused = wish.refused or family == "refuse"
                wish.written = wish.written or family == "report"
        if proposed or not any(act.kind == "ask.sure" for act in meaning):
            self._proposed = proposed

    def _turn(self, place: int | None) -> None:
        """The agent turns to a request, if it is said to which."""
        if place in self.made:
            self.made = [place, *(each for each in self.made if each != place)]

    def said(self, meaning: Sequence[Act]) -> None:
        """The customer said something."""
        due = self.due()
        for act in meaning:
            self.take(act, due)

    def take(self, act: Act, due: Reaction | None) -> None:
        """One act of the customer's, in a message that answers a proposal to which `due` is the plot's answer."""
        family, wish = act.kind.partition(".")[0], self.current
        if family == "request":
            place = self.meant(act)
            self.made += [place] if place is not None else []
        elif wish is None:
            return
        elif family == "rethink" and due is not None and due.change is not None:
            wish.changed |= due.change
            wish.left.remove(due)
        elif family == "confirm" and due is not None and due.change is None and not due.withdraw:
            _take_out(wish, due)
        elif family in ("withdraw", "decline") and not self._is_beside():
            wish.settled += 1
            if family == "withdraw" and due is not None and due.withdraw:
                _take_out(wish, due)

    def _is_beside(self) -> bool:
        """Is what is proposed no write that could settle a request: something that the agent offers besides?"""
        return bool(self._proposed) and self._proposed[0].kind == BESIDES

    def meant(self, act: Act) -> int | None:
        """Which request is made: the one whose turn it is, else the first of its kind in these words, else of its kind."""
        kind = act.kind.partition(".")[2]
        following = self.next()
        unmade = [wish for wish in self.wishes if wish.place not in self.made and wish.recipe.name == kind]
        unmade.sort(key=lambda wish: (wish.place != following, not _same(wish.opening, act.slots)))
        return unmade[0].place if unmade else None


def _take_out(wish: Wish, reaction: Reaction) -> None:
    wish.left.remove(reaction)
    wish.asks += [] if reaction.ask is None else [reaction.ask]


def _same(slots: Slots, others: Slots) -> bool:
    return _sorted.encode(slots) == _sorted.encode(others)  # a tuple is a list in a file


def _wishes(domain: Domain, scenario: Scenario) -> Iterator[Wish]:
    recipes = {recipe.name: recipe for recipe in domain.recipes}
    for place, request in enumerate(scenario.requests):
        opening = {known.slot: known.value for known in scenario.knows if known.request == place and known.when == "opening"}
        parts = sum(decision.request == place for decision in scenario.decisions)
        plot = [reaction for reaction in scenario.plot if reaction.request == place]
        yield Wish(place, recipes[request.recipe], opening, max(parts, 1), plot)
