"""From a customer and recipes to a scenario, or the reason why there is none."""

from collections.abc import Mapping, Sequence
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
from engine.synthesis.case import OpenCase
from engine.synthesis.claims import Claims
from engine.synthesis.evidence import Identity, prove
from engine.synthesis.instruction import instruction
from engine.synthesis.plot import Plotted, plotted
from engine.synthesis.settling import Settled, Unsettled, records, settle_one
from servers.domain import Domain, ToolCall
from servers.recipe import Decision, Draft, Recipe, Transfer, Write
from servers.replay import apply
from servers.state import State, World


class NotAdmitted(Exception):
    """A draft that makes no scenario; the message is the reason, in a few words for counting."""


class Making:
    """A scenario on its way: what has been asked for, the state that it leaves, and what is claimed of it."""

    def __init__(self, domain: Domain, world: World, customer: str, random: Random) -> None:
        self.domain = domain
        self.world = world
        self.customer = customer
        self.random = random
        self.state = world.open()
        self.knows = _knows_of_self(domain, world, customer, random)
        self.identity = identified(domain, self.state, self.knows)[1]
        self.drafts: list[Draft] = []
        self.plot: list[Reaction] = []
        self.claims = Claims()
        self._decided: list[tuple[str, tuple[Decision, ...]]] = []
        self._written: set[tuple[str, str]] = set()

    def add(self, recipe: Recipe) -> None:
        """One more request of the customer, by a recipe, with what may come of it. Raises NotAdmitted."""
        if self.claims.transfer is not None:
            raise NotAdmitted("something is asked for after the customer was handed over")
        draft = recipe.draft(self.state.view(), self.customer, self.random)
        if draft is None:
            raise NotAdmitted(f"{recipe.name}: nothing to ask for")
        self.ask(recipe, draft, plotted(self.domain, self.state, self.customer, len(self.drafts), recipe, draft, self.random))

    def ask(self, recipe: Recipe, draft: Draft, plot: Plotted = ((), ())) -> None:
        """One more request as it was drafted. Raises NotAdmitted."""
        place = len(self.drafts)
        reactions, further = plot
        self.drafts += [draft, *further]
        self.plot += reactions
        requests = [each.request for each in self.drafts]
        try:
            for settled in settle_one(self.domain, self.state, self.customer, requests, self.plot, place):
                self._take(settled, linked=settled.place != place)
        except Unsettled as why:
            raise NotAdmitted(str(why)) from None

    def _take(self, settled: Settled, *, linked: bool) -> None:
        recipe, before, request = settled.recipe, settled.before, settled.request
        self._refuse_unclear(settled, linked=linked)
        if not settled.decisions:
            raise NotAdmitted(f"{recipe.name}: nothing is decided")
        if (recipe.name, settled.decisions) in self._decided:
            raise NotAdmitted(f"{recipe.name}: the same is asked twice")
        if not settled.declined:
            self._write_once(settled, linked=linked)
        proof = prove(self.domain, recipe, before, self.customer, request, self.identity)
        if proof.burden and not any(edit.decides for edit in proof.edits):
            raise NotAdmitted(f"{recipe.name}: the words give the answer away")
        self.claims.take(settled, proof)
        self._decided.append((recipe.name, settled.decisions))

    def _refuse_unclear(self, settled: Settled, *, linked: bool) -> None:
        """What a customer says fits exactly one thing, from the beginning on (unless it comes of an earlier request)."""
        recipe, draft = settled.recipe, self.drafts[settled.place]
        for state in (settled.before,) if linked else (settled.before, self.world.open()):
            if not recipe.holds(state.view(), self.customer, settled.request):
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
    manner = Manner(together=together, introduces=random.random() < 0.3)
    scenario = Scenario(
        id=name,
        format=FORMAT,
        domain=domain.name,
        world=WorldRef(source=world.source, digest=world.digest),
        customer=making.customer,
        requests=tuple(draft.request for draft in making.drafts),
        knows=_knows(making.knows, making.drafts),
        manner=manner,
        plot=tuple(making.plot),
        gold=Gold(writes=tuple(claims.writes), order=order_that_matters(domain, world, claims.writes)),
        answer=claims.answer,
        decisions=tuple(claims.evidence),
        kind=claims.kind,
        provenance=provenance,
    )
    return msgspec.structs.replace(scenario, instruction=instruction(domain, scenario))


def _knows_of_self(domain: Domain, world: World, customer: str, random: Random) -> dict[str, Any]:
    """How this customer can say who they are: one of the ways that the domain accepts."""
    if domain.identification is None:
        return {}
    known = domain.identification.known(world.open().view(), customer)
    ways = domain.identification.ways
    way = ways[int(random.random() * len(ways))]
    return {slot: known[slot] for slot in way}


def identified(domain: Domain, state: State, about: Mapping[str, Any]) -> tuple[str | None, Identity]:
    """Who is asking, by what they say about themselves ('': nobody known, None: anybody may), and how that is established."""
    texts = [str(value) for value in about.values()]
    if domain.identification is None:
        return None, Identity(texts=tuple(texts))
    case = OpenCase(domain, state, "", about)
    who = domain.identification.solve(case)
    return who or "", Identity(reads=tuple(case.reads), texts=(*texts, *case.reads.values()))


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
