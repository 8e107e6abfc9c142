"""From a customer and recipes to a scenario, or the reason why there is none."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import msgspec

from engine.checkers.gold import order_that_matters
from engine.scenario import (
    FORMAT,
    Evidence,
    Expected,
    Gold,
    GoldWrite,
    Kind,
    Known,
    Manner,
    Provenance,
    Refused,
    Scenario,
    WorldRef,
)
from engine.synthesis.case import OpenCase, ReadKey
from engine.synthesis.evidence import Identity, outcome, prove
from engine.synthesis.instruction import instruction
from servers.domain import Domain, ToolCall
from servers.recipe import Answer, Decision, Draft, Recipe, Refusal, Transfer, Write
from servers.replay import apply
from servers.state import State, World

READ_HEAVY, WRITE_INTENSIVE = 5, 3
"""From this fresh burden a scenario is read-heavy; otherwise from this many writes write-intensive (WRIT, arXiv 2606.02908)."""


class NotAdmitted(Exception):
    """A draft that makes no scenario; the message is the reason, in a few words for counting."""


class _Making:
    """A scenario on its way: the state that the earlier requests leave, and what has been collected."""

    def __init__(self, domain: Domain, world: World, customer: str, knows: Mapping[str, Any]) -> None:
        self.domain = domain
        self.customer = customer
        self.state = world.open()
        self.drafts: list[Draft] = []
        self.decided: list[tuple[str, tuple[Decision, ...]]] = []
        self.writes: list[GoldWrite] = []
        self.tell: list[str] = []
        self.refuse: list[Refused] = []
        self.transfer: str | None = None
        self.evidence: list[Evidence] = []
        self.needed: set[ReadKey] = set()
        self.written: set[tuple[str, str]] = set()
        self.identity = identified(domain, self.state, knows)[1]


def compose(
    domain: Domain, world: World, customer: str, recipes: Sequence[Recipe], random: Random, provenance: Provenance, name: str
) -> Scenario:
    """A scenario in which this customer makes a request of each recipe, one after the other. Raises NotAdmitted."""
    knows = _knows_of_self(domain, world, customer, random)
    making = _Making(domain, world, customer, knows)
    for recipe in recipes:
        draft = recipe.draft(making.state.view(), customer, random)
        if draft is None:
            raise NotAdmitted(f"{recipe.name}: nothing to ask for")
        _add(making, recipe, draft, world)
    together = len(recipes) > 1 and random.random() < 0.4 and making.transfer is None  # whoever is handed over hears no report
    manner = Manner(together=together, introduces=random.random() < 0.3)
    scenario = Scenario(
        id=name,
        format=FORMAT,
        domain=domain.name,
        world=WorldRef(source=world.source, digest=world.digest),
        customer=customer,
        requests=tuple(draft.request for draft in making.drafts),
        knows=_knows(knows, making.drafts, together=manner.together),
        manner=manner,
        gold=Gold(writes=tuple(making.writes), order=order_that_matters(domain, world, making.writes)),
        answer=Expected(tell=tuple(making.tell), refuse=tuple(making.refuse), transfer=making.transfer),
        decisions=tuple(making.evidence),
        kind=_kind(making),
        provenance=provenance,
    )
    return msgspec.structs.replace(scenario, instruction=instruction(domain, scenario))


def _add(making: _Making, recipe: Recipe, draft: Draft, world: World) -> None:
    domain, request, customer = making.domain, draft.request, making.customer
    if not recipe.holds(making.state.view(), customer, request) or not recipe.holds(world.open().view(), customer, request):
        raise NotAdmitted(f"{recipe.name}: the words do not fit exactly one thing")
    for slot in draft.via:
        if apply(domain, making.state, _look(draft, slot)).text != request.params.get(slot):
            raise NotAdmitted(f"{recipe.name}: the customer's own tool does not show the {slot}")
    case = OpenCase(domain, making.state, customer, request.params)
    decisions = recipe.solve(case)
    if not decisions:
        raise NotAdmitted(f"{recipe.name}: nothing is decided")
    if (recipe.name, decisions) in making.decided:
        raise NotAdmitted(f"{recipe.name}: the same is asked twice")
    proof = prove(domain, recipe, making.state, customer, request, making.identity)
    if proof.burden and not any(edit.decides for edit in proof.edits):
        raise NotAdmitted(f"{recipe.name}: the words give the answer away")
    place = len(making.drafts)
    for number, decision in enumerate(decisions):
        first = number == 0
        making.evidence.append(
            Evidence(
                request=place,
                outcome=outcome(decision),
                certificate=proof.certificate,
                edits=proof.edits if first else (),
                burden=proof.burden,
                fresh=len(proof.needed - making.needed) if first else 0,
            )
        )
        _decide(making, place, decision)
    making.needed |= proof.needed
    making.decided.append((recipe.name, decisions))
    making.drafts.append(draft)


def _decide(making: _Making, place: int, decision: Decision) -> None:
    if making.transfer is not None:
        raise NotAdmitted("something is asked for after the customer was handed over")
    match decision:
        case Write(tool=tool, arguments=arguments):
            if _records(making.domain, tool, arguments) & making.written:
                raise NotAdmitted("two requests would write to one record")
            done = apply(making.domain, making.state, ToolCall(name=tool, arguments=arguments))
            if done.error or not done.changed:
                raise NotAdmitted(f"gold does not replay: {done.text[:60] if done.error else 'it changes nothing'}")
            making.writes.append(GoldWrite(name=tool, arguments=arguments))
            making.written |= _records(making.domain, tool, arguments)
        case Refusal(rule=rule):
            making.refuse.append(Refused(request=place, rule=rule))
        case Answer(tell=tell):
            making.tell += tell
        case Transfer(rule=rule):
            making.transfer = rule


def _records(domain: Domain, tool: str, arguments: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The records that a write names by their keys."""
    changes = domain.callable[tool, "agent"].changes
    return {(change.table, str(arguments.get(change.argument))) for change in changes if change.argument is not None}


def _kind(making: _Making) -> Kind:
    if max((evidence.fresh for evidence in making.evidence), default=0) >= READ_HEAVY:
        return "read-heavy"
    return "write-intensive" if len(making.writes) >= WRITE_INTENSIVE else "normal"


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


def _knows(knows: Mapping[str, Any], drafts: Sequence[Draft], *, together: bool) -> tuple[Known, ...]:
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
