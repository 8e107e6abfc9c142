"""Plots: what a customer does when something happens to their request, drawn for a draft over the state that it meets."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import Any

import msgspec

from engine.scenario import Reaction
from engine.synthesis.case import OpenCase
from engine.synthesis.evidence import meaning
from engine.synthesis.looks import Looks
from engine.synthesis.settling import Unsettled, heard_of, quote, recipe_of, records, settle
from servers.domain import Domain
from servers.recipe import Decision, Draft, Recipe, Refusal, Request, Transfer, Write
from servers.state import State

Plotted = tuple[tuple[Reaction, ...], tuple[Draft, ...]]
"""The reactions to what becomes of a request, and the drafts of those requests that are made only then."""

NOTHING: Plotted = ((), ())

_WORTH = 8
"""Dollars from which somebody minds what it costs."""

_TRIES = 12
"""How often another request is drawn until one fits."""


class Plots(msgspec.Struct, frozen=True, kw_only=True):
    """How many requests have a plot: of those that are drawn for one, which not every request can have. 0: none at all.

    `fails`: how many fallbacks may be refused as well; `beside`: how many that take something back want something instead.
    """

    share: float = 0.35
    fails: float = 0.25
    beside: float = 0.4


NO_PLOTS = Plots(share=0.0)


def plotted(
    domain: Domain,
    state: State,
    customer: str,
    place: int,
    recipe: Recipe,
    draft: Draft,
    random: Random,
    plots: Plots = NO_PLOTS,
    looks: Looks | None = None,
) -> Plotted:
    """A plot for the request that will stand at `place`, over the state that it meets; none where none fits it.

    `looks` are reads of the world as it is, where others made some of them.
    """
    if plots.share <= 0 or random.random() >= plots.share:
        return NOTHING
    drawing = _Drawing(domain, state, customer, place, recipe, draft.request, random, plots, looks)
    ways = list(drawing.ways())
    random.shuffle(ways)
    return next((plot for way in ways if (plot := way()) is not None), NOTHING)


class _Drawing:
    """The plots that one request may have. `decided` is what it comes to without one, `after` the state then."""

    def __init__(
        self,
        domain: Domain,
        state: State,
        customer: str,
        place: int,
        recipe: Recipe,
        request: Request,
        random: Random,
        plots: Plots,
        looks: Looks | None,
    ) -> None:
        self.domain, self.state, self.customer = domain, state, customer
        self.place, self.recipe, self.request = place, recipe, request
        self.random, self.plots = random, plots
        self.looks = looks if looks is not None else Looks(domain, state.world.open())
        self.decided, self.after = self._settled(request, state)

    def ways(self) -> Iterator[Callable[[], Plotted | None]]:
        """The kinds of plots that go with what the request comes to."""
        writes = [decision for decision in self.decided if isinstance(decision, Write)]
        if any(isinstance(decision, Transfer) for decision in self.decided):
            return
        if any(isinstance(decision, Refusal) for decision in self.decided):
            yield self.fallback
        if len(writes) == 1 and len(self.decided) == 1:
            yield from (self.threshold, self.threshold, self.change, self.change, self.withdrawal, self.addition)
            yield self.fallback
        if writes:
            yield from (self.afterthought, self.regret)

    def fallback(self) -> Plotted | None:
        """What is asked for when it is refused, and kept where it is not. A fallback may be refused as well, and have one."""
        refused = any(isinstance(decision, Refusal) for decision in self.decided)
        state = self.after if refused else self.state
        first = self._instead(state, self.recipe, self.request)
        if first is None:
            return None
        reactions = [Reaction(request=self.place, on="refused", ask=self.place + 1)]
        if not refused or not self._is_refused(first, state):
            return tuple(reactions), (first,)
        second = self._instead(state, recipe_of(self.domain, first.request), first.request)
        if second is None or second.request == self.request or self._is_refused(second, state):
            return tuple(reactions), (first,)
        return (*reactions, Reaction(request=self.place + 1, on="refused", ask=self.place + 2)), (first, second)

    def threshold(self) -> Plotted | None:
        """More than so much they would not pay: about what it costs, on both sides of it."""
        amount = quote(self.domain, self.decided[0].stated) if isinstance(self.decided[0], Write) else None
        if amount is None or amount < _WORTH:
            return None
        beside = self._instead(self.state, self.recipe, self.request) if self._beside() else None
        ask = None if beside is None else self.place + 1
        reaction = Reaction(request=self.place, on="quoted", over=_near(amount, self.random), withdraw=True, ask=ask)
        return (reaction,), () if beside is None else (beside,)

    def change(self) -> Plotted | None:
        """One slot as it stands in another draft of the same kind, by which something else is decided about the same records."""
        now = meaning(self.domain, self.decided)
        for _ in range(_TRIES):
            other = self.recipe.draft(self.state.view(), self.customer, self.random)
            there = {} if other is None else {**other.request.params, **self._rethought()}
            slots = [slot for slot in self.domain.rethinks if self.request.params.get(slot) != there.get(slot) and slot in there]
            slots = [slot for slot in slots if slot in self.request.params and self._is_plain(slot, there[slot])]
            if not slots:
                continue
            slot = slots[int(self.random.random() * len(slots))]
            change = {slot: there[slot]}
            changed = msgspec.structs.replace(self.request, params={**self.request.params, **change})
            decided = self._possible(changed, self.state)
            if decided and meaning(self.domain, decided) != now and self._is_of_the_same(decided):
                return (Reaction(request=self.place, on="proposed", change=change),), ()
        return None

    def _rethought(self) -> Mapping[str, Any]:
        """What the recipe itself has for a change of mind."""
        return self.recipe.rethought(self.state.view(), self.customer, self.request, self.random)

    def withdrawal(self) -> Plotted | None:
        """They take it back at the confirmation, and may want something else instead."""
        try:
            heard_of(self.domain, self.decided)
        except Unsettled:
            return None
        beside = self._another(self.state) if self._beside() else None
        ask = None if beside is None else self.place + 1
        reaction = Reaction(request=self.place, on="proposed", withdraw=True, ask=ask)
        return (reaction,), () if beside is None else (beside,)

    def addition(self) -> Plotted | None:
        """With the yes they ask for something on top."""
        return self._asking("proposed", self._another(self.after))

    def afterthought(self) -> Plotted | None:
        """When it was done they think of something else."""
        return self._asking("written", self._another(self.after))

    def regret(self) -> Plotted | None:
        """When it was done they are sorry."""
        draft = self.recipe.regret(self.state.view(), self.after.view(), self.customer, self.request, self.random)
        return self._asking("written", draft if draft is not None and self._possible(draft.request, self.after) else None)

    def _asking(self, on: Any, draft: Draft | None) -> Plotted | None:
        return None if draft is None else ((Reaction(request=self.place, on=on, ask=self.place + 1),), (draft,))

    def _beside(self) -> bool:
        return self.random.random() < self.plots.beside

    def _settled(self, request: Request, state: State) -> tuple[tuple[Decision, ...], State]:
        """What a request comes to, and the state that it leaves; nothing where it comes to nothing that could be gold."""
        after = state.fork()
        try:
            settled = next(settle(self.domain, after, self.customer, [request], looks=self.looks))
        except Unsettled:
            return (), state
        return settled.decisions, after

    def _possible(self, request: Request, state: State) -> tuple[Decision, ...]:
        """What a request comes to that fits exactly one thing, and hands nobody over; nothing otherwise."""
        recipe = next((each for each in self.domain.recipes if each.name == request.recipe), None)
        if recipe is None or not recipe.holds(state.view(), self.customer, request):
            return ()
        decided, _ = self._settled(request, state)
        return () if any(isinstance(decision, Transfer) for decision in decided) else decided

    def _is_refused(self, draft: Draft, state: State) -> bool:
        return any(isinstance(decision, Refusal) for decision in self._possible(draft.request, state))

    def _instead(self, state: State, recipe: Recipe, request: Request) -> Draft | None:
        """The recipe's own fallback that comes to something else than the request; mostly one that is not refused as well."""
        case = OpenCase(self.domain, state, self.customer, request.params, looks=self.looks.on(state))
        now = meaning(self.domain, recipe.solve(case))
        for _ in range(_TRIES // 3):
            draft = recipe.instead(state.view(), self.customer, request, self.random)
            decided = self._possible(draft.request, state) if draft is not None else ()
            if not decided or meaning(self.domain, decided) == now:
                continue
            if not any(isinstance(each, Refusal) for each in decided) or self.random.random() < self.plots.fails:
                return draft
        return None

    def _another(self, state: State) -> Draft | None:
        """A request of any kind that has nothing to do with this one, and comes to one thing."""
        own, recipes = self._named(self.decided), self.domain.recipes
        for _ in range(_TRIES):
            recipe = recipes[int(self.random.random() * len(recipes))]
            draft = recipe.draft(state.view(), self.customer, self.random)
            decided = self._possible(draft.request, state) if draft is not None else ()
            if draft is None or len(decided) != 1 or draft.via:
                continue
            if not self._named(decided) & own and not _same_words(draft.request, self.request):
                return draft
        return None

    def _is_of_the_same(self, decided: Sequence[Decision]) -> bool:
        """Does another decision change the same records, or refuse without naming others?"""
        own = self._records(self.decided)
        if any(isinstance(decision, Write) for decision in decided):
            return self._records(decided) == own
        keys = {key for _, key in own}
        return all(isinstance(each, Refusal) for each in decided) and self._named(decided) <= keys

    def _is_plain(self, slot: str, value: Any) -> bool:
        """Is it clear, told alone, what becomes of what was said before: other things do not replace things, and who pays
        matters where something is paid?"""
        if slot.startswith("payment"):
            stated = [part for each in self.decided if isinstance(each, Write) for part in each.stated.values()]
            return any(isinstance(part, float) and part > 0 for part in stated)
        return _things(value) == _things(self.request.params[slot])

    def _named(self, decided: Sequence[Decision]) -> set[str]:
        """The keys of what is changed, and of what is spoken of."""
        found = {key for _, key in self._records(decided)}
        for each in decided:
            stated = {} if isinstance(each, Transfer) else each.stated
            found |= {value for slot, value in stated.items() if slot.endswith("_id") and isinstance(value, str)}
        return found

    def _records(self, decided: Sequence[Decision]) -> set[tuple[str, str]]:
        writes = (decision for decision in decided if isinstance(decision, Write))
        return {record for write in writes for record in records(self.domain, write.tool, write.arguments)}


def _near(amount: float, random: Random) -> float:
    """A round sum a little under an amount, or a little over it."""
    step = next(step for step, until in ((1, 20), (5, 100), (10, 500), (50, 5000), (500, float("inf"))) if amount < until)
    below = (int(amount) // step) * step
    further = int(random.random() * 3) * step
    under = below - further - (step if below >= amount else 0)
    return float(under) if random.random() < 0.5 and under > 0 else float(below + step + further)


def _things(value: Any) -> list[str]:
    """The names of the things that a list is about, if it is about things."""
    parts = [part.get("item", part) for part in value if isinstance(part, dict)] if isinstance(value, list | tuple) else []
    return sorted(part["name"] for part in parts if "name" in part)


def _same_words(request: Request, other: Request) -> bool:
    """Is something of the one named as in the other?"""
    return any(other.params.get(slot) == value for slot, value in request.params.items() if slot != "payment")
