"""From a customer and recipes to a scenario, or the reason why there is none."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from random import Random
from typing import Any

import msgspec

from engine.checkers.gold import order_that_matters
from engine.scenario import (
    FORMAT,
    Gold,
    Known,
    Manner,
    Provenance,
    Reaction,
    Scenario,
    WorldRef,
)
from engine.synthesis.admit import is_not_yet, of_request, of_scenario
from engine.synthesis.at_once import in_any_order
from engine.synthesis.case import OpenCase
from engine.synthesis.claims import Claims
from engine.synthesis.evidence import Identity, prove
from engine.synthesis.instruction import instruction
from engine.synthesis.looks import CountedView, Looks
from engine.synthesis.manners import manners
from engine.synthesis.plot import NO_PLOTS, Plots, Plotted, plotted
from engine.synthesis.settling import Settled, Unsettled, records, settle_one
from engine.synthesis.sharpness import Hurry
from servers.domain import Domain, ToolCall
from servers.recipe import Decision, Draft, Recipe, Transfer, Write
from servers.replay import apply
from servers.state import State, World


class NotAdmitted(Exception):
    """A draft that makes no scenario; the message is the reason, in a few words for counting."""


class Making:
    """A scenario on its way: what has been asked for, the state that it leaves, and what is claimed of it."""

    def __init__(
        self,
        domain: Domain,
        world: World,
        customer: str,
        random: Random,
        knows: Mapping[str, Any] | None = None,
        plots: Plots = NO_PLOTS,
        looks: Looks | None = None,
    ) -> None:
        """`knows`: what the customer says about themselves; None draws one of the ways in which they may. `plots`: how many of
        their requests have one. `looks`: reads of the world as it is, where others made some of them."""
        self.domain = domain
        self.world = world
        self.customer = customer
        self.random = random
        self.plots = plots
        self.looked = 0
        """How often a draft looked something up."""
        self.state = world.open()
        self.looks = Looks(domain, world.open()) if looks is None else looks
        self.knows = _knows_of_self(domain, world, customer, random) if knows is None else dict(knows)
        self.identity = identified(domain, self.state, self.knows, self.looks)[1]
        self.drafts: list[Draft] = []
        self.plot: list[Reaction] = []
        self.claims = Claims()
        self._decided: list[tuple[str, tuple[Decision, ...]]] = []
        self._written: set[tuple[str, str]] = set()

    def fork(self) -> "Making":
        """The same so far, to try a request on; it draws from the same randomness."""
        fork = copy(self)
        fork.state, fork.claims = self.state.fork(), self.claims.fork()
        fork.drafts, fork.plot = [*self.drafts], [*self.plot]
        fork._decided, fork._written = [*self._decided], {*self._written}
        return fork

    def add(self, recipe: Recipe) -> None:
        """One more request of the customer, by a recipe, with what may come of it. Raises NotAdmitted."""
        draft = self.drafted(recipe)
        self.ask(recipe, draft, self.plotted(recipe, draft, self.plots))

    def drafted(self, recipe: Recipe) -> Draft:
        """A further request by a recipe; nothing is asked yet. Raises NotAdmitted."""
        if self.claims.transfer is not None:
            raise NotAdmitted("something is asked for after the customer was handed over")
        view = CountedView(self.looks.on(self.state))
        draft = recipe.draft(view, self.customer, self.random)
        self.looked += view.looks
        if draft is None:
            raise NotAdmitted(f"{recipe.name}: nothing to ask for")
        return draft

    def plotted(self, recipe: Recipe, draft: Draft, plots: Plots) -> Plotted:
        """What may come of a further request."""
        place = len(self.drafts)
        return plotted(self.domain, self.state, self.customer, place, recipe, draft, self.random, plots, self.looks)

    def ask(self, recipe: Recipe, draft: Draft, plot: Plotted = ((), ())) -> None:
        """One more request as it was drafted. Raises NotAdmitted."""
        self.prove(self.propose(draft, plot))

    def prove(self, proposed: Iterable[Settled]) -> None:
        """Claim what was proposed, with its proofs. Raises NotAdmitted."""
        for settled in proposed:
            self._prove(settled)

    def claiming(self, claims: Claims) -> "Making":
        """The same requests, of which so much is claimed as of another making with the same first requests."""
        fork = self.fork()
        fork.claims = claims.fork()
        return fork

    def propose(
        self, draft: Draft, plot: Plotted = ((), ()), look: Callable[[Settled], None] = lambda _settled: None
    ) -> list[Settled]:
        """One more request, of which nothing is proven or claimed yet: what it comes to. Raises NotAdmitted.

        `look` sees each part before anything else does, and may raise NotAdmitted.
        """
        place = len(self.drafts)
        reactions, further = plot
        self.drafts += [draft, *further]
        self.plot += reactions
        requests, found = [each.request for each in self.drafts], list[Settled]()
        try:
            for settled in settle_one(self.domain, self.state, self.customer, requests, self.plot, place, self.looks):
                if found and isinstance(found[-1].decisions[-1], Transfer):
                    raise NotAdmitted("something is asked for after the customer was handed over")
                look(settled)
                self._take(settled, linked=settled.place != place)
                found.append(settled)
        except Unsettled as why:
            raise NotAdmitted(str(why)) from None
        return found

    def _take(self, settled: Settled, *, linked: bool) -> None:
        recipe = settled.recipe
        self._refuse_unclear(settled, linked=linked)
        if not settled.decisions:
            raise NotAdmitted(f"{recipe.name}: nothing is decided")
        if (recipe.name, settled.decisions) in self._decided:
            raise NotAdmitted(f"{recipe.name}: the same is asked twice")
        if not settled.declined:
            self._write_once(settled, linked=linked)
        self._decided.append((recipe.name, settled.decisions))

    def _prove(self, settled: Settled) -> None:
        recipe, before, request = settled.recipe, settled.before, settled.request
        looks = settled.case.looks
        proof = prove(self.domain, recipe, before, self.customer, request, self.identity, self.claims.needed, looks)
        hurry = Hurry(recipe, proof.worlds[0], proof.counted, self.customer, request)
        for objection in of_request(self.domain, self.customer, settled, proof, hurry):
            raise NotAdmitted(f"{recipe.name}: {objection}")
        self.claims.take(self.domain, settled, proof, hurry.sharpness)

    def _refuse_unclear(self, settled: Settled, *, linked: bool) -> None:
        """What a customer says fits exactly one thing, from the beginning on (unless it comes of an earlier request)."""
        recipe, draft = settled.recipe, self.drafts[settled.place]
        now = settled.case.looks  # the same, where nothing is written yet
        if now is not self.looks and is_not_yet(draft.request, settled.before, self.world):
            raise NotAdmitted(f"{recipe.name}: it names what is not there yet")
        for looks in (now,) if linked or now is self.looks else (now, self.looks):
            for request in (draft.request, settled.request)[settled.request is draft.request :]:
                if not recipe.holds(looks.view(), self.customer, request):
                    raise NotAdmitted(f"{recipe.name}: the words do not fit exactly one thing")
        for slot in draft.via:
            if apply(self.domain, settled.before, _look(draft, slot)).text != draft.request.params.get(slot):
                raise NotAdmitted(f"{recipe.name}: the customer's own tool does not show the {slot}")

    def _write_once(self, settled: Settled, *, linked: bool) -> None:
        """Requests that have nothing to do with each other write to records of their own."""
        written = set[tuple[str, str]]()
        for decision in settled.decisions:
            if isinstance(decision, Write):
                written |= records(self.domain, decision.tool, decision.arguments)
            elif isinstance(decision, Transfer) and settled.decisions[-1] is not decision:
                raise NotAdmitted("something is asked for after the customer was handed over")
        if written & self._written and not linked:
            raise NotAdmitted("two requests would write to one record")
        self._written |= written


def compose(
    domain: Domain, world: World, customer: str, recipes: Sequence[Recipe], random: Random, provenance: Provenance, name: str
) -> Scenario:
    """A scenario in which this customer makes a request of each recipe, one after the other. Raises NotAdmitted."""
    making = Making(domain, world, customer, random)
    for recipe in recipes:
        making.add(recipe)
    return finished(making, provenance, name)


def finished(making: Making, provenance: Provenance, name: str) -> Scenario:
    """What was made, as a scenario."""
    domain, world, random, claims = making.domain, making.world, making.random, making.claims
    # whoever is handed over hears no report
    together = len(making.drafts) > 1 and random.random() < 0.4 and claims.transfer is None
    requests = [draft.request for draft in making.drafts]
    together = together and in_any_order(domain, world, making.customer, requests, making.plot)
    manner = Manner(together=together, introduces=random.random() < 0.3)
    scenario = Scenario(
        id=name,
        format=FORMAT,
        domain=domain.name,
        world=WorldRef(source=world.source, digest=world.digest),
        customer=making.customer,
        requests=tuple(requests),
        knows=_knows(making.knows, making.drafts),
        manner=manner,
        plot=tuple(making.plot),
        gold=Gold(writes=tuple(claims.writes), order=order_that_matters(domain, world, claims.writes)),
        answer=claims.answer,
        decisions=tuple(claims.evidence),
        measures=claims.measures,
        kind=claims.kind,
        provenance=provenance,
    )
    scenario = msgspec.structs.replace(scenario, manner=manners(domain, world, scenario, random))
    scenario = msgspec.structs.replace(scenario, instruction=instruction(domain, scenario))
    for objection in of_scenario(scenario, domain, world):
        raise NotAdmitted(objection)
    return scenario


def _knows_of_self(domain: Domain, world: World, customer: str, random: Random) -> dict[str, Any]:
    """How this customer can say who they are: one of the ways that the domain accepts."""
    if domain.identification is None:
        return {}
    known = domain.identification.known(world.open().view(), customer)
    ways = domain.identification.ways
    way = ways[int(random.random() * len(ways))]
    return {slot: known[slot] for slot in way}


def identified(domain: Domain, state: State, about: Mapping[str, Any], looks: Looks | None = None) -> tuple[str | None, Identity]:
    """Who is asking, by what they say about themselves ('': nobody known, None: anybody may), and how that is established."""
    texts = [str(value) for value in about.values()]
    if domain.identification is None:
        return None, Identity(texts=tuple(texts))
    case = OpenCase(domain, state, "", about, looks=looks)
    who = domain.identification.solve(case)
    return who or "", Identity(reads=tuple(case.reads), texts=tuple(texts))


def _knows(knows: Mapping[str, Any], drafts: Sequence[Draft]) -> tuple[Known, ...]:
    found = [Known(slot=slot, value=value) for slot, value in knows.items()]
    for place, draft in enumerate(drafts):
        for slot, value in draft.request.params.items():
            if slot in draft.via:
                found.append(Known(slot=slot, via=_look(draft, slot), request=place))
            else:
                found.append(Known(slot=slot, value=value, when="opening" if slot in draft.opening else "asked", request=place))
    return tuple(found)


def _look(draft: Draft, slot: str) -> ToolCall:
    look = draft.via[slot]
    return ToolCall(name=look.tool, arguments=look.arguments, requestor="user")
