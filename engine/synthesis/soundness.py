"""Is a scenario sound? What it claims is proven again from its world and its requests, and never taken from the file.

Says every problem that it finds. A scenario without requests claims only its gold and its answer.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import msgspec

from engine.checkers import checks
from engine.checkers.gold import GoldFailed, canonical, gold_state, order_that_matters
from engine.scenario import BadScenario, Evidence, Gold, GoldWrite, Scenario
from engine.synthesis.admit import idle, is_not_yet, is_undone, of_request, unknown
from engine.synthesis.at_once import in_any_order
from engine.synthesis.claims import Claims
from engine.synthesis.compose import identified
from engine.synthesis.evidence import Identity, prove
from engine.synthesis.instruction import instruction
from engine.synthesis.manner_cases import Applying
from engine.synthesis.settling import Settled, Unsettled, recipe_of, settle
from engine.synthesis.sharpness import Hurry
from engine.users.manner import unknown as strange_in
from engine.worlds import Worlds
from servers.domain import Domain
from servers.recipe import Request
from servers.state import World


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a scenario. Of a `warning` it should be known, and it may be meant so."""

    what: str
    weight: Literal["error", "warning"] = "error"


def problems(scenario: Scenario, worlds: Worlds) -> Iterator[Problem]:
    """Everything that is wrong with a scenario; nothing for a sound one."""
    try:
        domain, world = worlds.of(scenario)
    except BadScenario as bad:
        yield Problem(what=str(bad).removeprefix(f"scenario {scenario.id}: "))
        return
    yield from _names(scenario, domain)
    broken = list(_gold(scenario.gold, domain, world))
    if not broken:
        yield from _idle(scenario, domain, world)
        if is_undone(scenario.gold, domain, world):
            yield Problem(what="gold: a later write undoes an earlier one", weight="error" if scenario.requests else "warning")
    yield from broken
    if scenario.requests:
        yield from (Problem(what=f"instruction: names {name}, which is in no knows") for name in unknown(scenario, world))
        yield from _Again(scenario, domain, world).problems()
    yield from _manner(scenario, domain, world)


def _names(scenario: Scenario, domain: Domain) -> Iterator[Problem]:
    """Do the names that it uses mean something?"""
    known = {check.__module__.rpartition(".")[2] for check in checks()}
    for gate in scenario.gates or ():
        if gate not in known:
            yield Problem(what=f"gates: there is no check '{gate}', only {', '.join(sorted(known))}")
    rules = {rule.name for rule in domain.rules}
    for refusal in scenario.answer.refuse:
        if refusal.rule not in rules:
            yield Problem(what=f"answer: {domain.name} has no rule '{refusal.rule}'")
    belongs = [*(part.request for part in scenario.answer.refuse), *(part.request for part in scenario.decisions)]
    for request in belongs:
        if not 0 <= request < len(scenario.requests):
            yield Problem(what=f"a refusal or decision belongs to request {request}, there are {len(scenario.requests)}")
    if not scenario.requests and not scenario.instruction:
        yield Problem(what="has neither requests nor an instruction: its customer has nothing to say")


def _manner(scenario: Scenario, domain: Domain, world: World) -> Iterator[Problem]:
    """Can its customer behave so, and do a model's instructions say what the requests do? Only where all else can be decided."""
    if strange := list(strange_in(scenario.manner)):
        yield from (Problem(what=f"manner: {what}") for what in strange)
        return
    try:
        yield from list(_behaved(scenario, domain, world))
    except Exception as error:  # whatever the file says, a recipe must not take the check down
        yield Problem(what=f"its manner cannot be proven ({type(error).__name__}: {error})")


def _behaved(scenario: Scenario, domain: Domain, world: World) -> Iterator[Problem]:
    if not scenario.requests:
        return
    showing = Applying(domain, world, scenario)
    for clause in scenario.manner.clauses:
        ways = showing.ways(clause.partition(":")[0])
        if ":" in clause and clause not in ways:
            yield Problem(what=f"manner: '{clause}' is not possible here, only {', '.join(ways) or 'without it'}")
        elif clause not in ways:
            yield Problem(what=f"manner: '{clause}' does not show in this scenario", weight="warning")
    together = scenario.manner.together
    if together and not in_any_order(domain, world, scenario.customer, scenario.requests, scenario.plot):
        yield Problem(what="manner: all is asked at once, and what is right depends on what is done first")
    if scenario.instruction and scenario.instruction != instruction(domain, scenario):
        what = "instruction: is not how this version words requests, plot and manner; what it says is not proven"
        yield Problem(what=what, weight="warning")


def _gold(gold: Gold, domain: Domain, world: World) -> Iterator[Problem]:
    """Does each write replay and change something, and does the order say all that matters?"""
    before = world.open().digest()
    for place, write in enumerate(gold.writes):
        tool = domain.callable.get((write.name, "agent"))
        if tool is None or tool.kind != "write":
            yield Problem(what=f"gold write {place}: {domain.name} has no tool '{write.name}' that writes")
            return
        try:
            after = gold_state(domain, world, Gold(writes=gold.writes[: place + 1])).digest()
        except GoldFailed as failure:
            yield Problem(what=str(failure))
            return
        if after == before:
            yield Problem(what=f"gold write {place} ({write.name}) changes nothing", weight="warning")
        before = after
    for pair in gold.order:
        if not 0 <= pair[0] < pair[1] < len(gold.writes):
            yield Problem(what=f"gold.order: {list(pair)} is not (before, after) in the order in which the writes are listed")
    for pair in order_that_matters(domain, world, gold.writes):
        if not _follows(pair, gold.order):
            yield Problem(what=f"gold.order: writes {pair[0]} and {pair[1]} end elsewhere the other way round; it must say so")


def _follows(pair: tuple[int, int], order: Sequence[tuple[int, int]]) -> bool:
    """Is a pair in an order, or a consequence of it?"""
    reached = {pair[0]}
    for _ in order:
        reached |= {after for before, after in order if before in reached}
    return pair[1] in reached


def _idle(scenario: Scenario, domain: Domain, world: World) -> Iterator[Problem]:
    """Is it right to do nothing and say nothing?"""
    verdict = idle(scenario, domain, world)
    marked = scenario.provenance.idle_passes
    if verdict.standing == "unjudged":
        yield Problem(what=f"cannot be judged: {verdict.findings[-1].detail}")
    elif verdict.accepted:
        yield Problem(what="passes when nothing is done and nothing is said", weight="warning" if marked else "error")
    elif marked:
        yield Problem(what="is marked as passing when nothing is done, and does not", weight="warning")


class _Again:
    """A scenario decided again, request after request, over the state that the earlier ones leave."""

    def __init__(self, scenario: Scenario, domain: Domain, world: World) -> None:
        self._scenario = scenario
        self._domain = domain
        self._world = world
        self._claims = Claims()

    def problems(self) -> Iterator[Problem]:
        scenario = self._scenario
        if scenario.customer not in self._world.tables[self._domain.customers]:
            yield Problem(what=f"the world has no customer '{scenario.customer}'")
            return
        about = {known.slot: known.value for known in scenario.knows if known.request is None}
        who, identity = identified(self._domain, self._world.open(), about)
        if who is not None and who != scenario.customer:
            yield Problem(what=f"what the customer says about themselves leads to {who or 'nobody'}, not to {scenario.customer}")
        for place, request in enumerate(scenario.requests):
            try:
                recipe_of(self._domain, request)
            except Unsettled as why:
                yield Problem(what=f"request {place}: {why}; from it on, gold, answer, certificates and burdens cannot be proven")
                return
            yield from self._knows(place, request)
        yield from self._decided(identity)

    def _knows(self, place: int, request: Request) -> Iterator[Problem]:
        """Does the customer know what the request says, and nothing else?"""
        told = {known.slot: known for known in self._scenario.knows if known.request == place}
        for slot in sorted({*told, *request.params}):
            known = told.get(slot)
            if known is None or slot not in request.params:
                yield Problem(what=f"request {place}: '{slot}' stands in {'knows' if known else 'params'} alone")
            elif known.via is None and known.value != request.params[slot]:
                yield Problem(what=f"request {place}: the customer knows another '{slot}' than the request has")

    def _decided(self, identity: Identity) -> Iterator[Problem]:
        """Settles request after request; then what was found against what is stored."""
        scenario, place = self._scenario, 0
        try:
            state = self._world.open()
            for settled in settle(self._domain, state, scenario.customer, scenario.requests, scenario.plot):
                place = settled.place
                yield from list(self._settled(settled, identity))
        except Unsettled as why:
            yield Problem(what=f"request {place}, or the one after it: {why}")
        except Exception as error:  # whatever the file says, a recipe must not take the check down
            what = f"{type(error).__name__}: {error}"
            yield Problem(what=f"request {place}, or the one after it, cannot be decided from its params ({what})")
        try:
            compared = list(self._compared())
        except Exception as error:  # whatever the file says, comparing must not take the check down
            compared = [Problem(what=f"what it claims cannot be compared with what is proven ({type(error).__name__}: {error})")]
        yield from compared

    def _settled(self, settled: Settled, identity: Identity) -> Iterator[Problem]:
        scenario, place, recipe = self._scenario, settled.place, settled.recipe
        linked = any(reaction.ask == place for reaction in scenario.plot)
        if not linked and is_not_yet(settled.request, settled.before, self._world):
            yield Problem(what=f"request {place}: names what an earlier request makes, which nobody can know yet")
        for state in (settled.before,) if linked else (settled.before, self._world.open()):
            if not recipe.holds(state.view(), scenario.customer, settled.request):
                yield Problem(what=f"request {place}: what the customer says does not fit exactly one thing")
        if not settled.decisions:
            yield Problem(what=f"request {place}: nothing is decided")
        earlier = self._claims.needed
        proof = prove(self._domain, recipe, settled.before, scenario.customer, settled.request, identity, earlier)
        hurry = Hurry(recipe, proof.worlds[0], proof.counted, scenario.customer, settled.request)
        for objection in of_request(self._domain, scenario.customer, settled, proof, hurry):
            yield Problem(what=f"request {place}: {objection}")
        self._claims.take(self._domain, settled, proof, hurry.sharpness)

    def _compared(self) -> Iterator[Problem]:
        """What was found against what is stored."""
        scenario = self._scenario
        for place, (stored, found) in enumerate(_pairs(scenario.gold.writes, self._claims.writes)):
            if stored is None or found is None or self._key(stored) != self._key(found):
                yield Problem(what=f"gold write {place} is {_brief(stored)}, the requests make {_brief(found)}")
        if scenario.answer != (answer := self._claims.answer):
            found = [*answer.tell, *(refusal.rule for refusal in answer.refuse), *filter(None, [answer.transfer])]
            yield Problem(what=f"answer: the requests make another one: {', '.join(found) or 'nothing to be told or refused'}")
        for place, (claim, proof) in enumerate(_pairs(scenario.decisions, self._claims.evidence)):
            if claim is None or proof is None:
                yield Problem(what=f"decision {place} is {'missing' if claim is None else 'one that no request makes'}")
                continue
            for field in Evidence.__struct_fields__:
                said, proven = getattr(claim, field), getattr(proof, field)
                if msgspec.json.encode(said) != msgspec.json.encode(proven):
                    yield Problem(what=f"decision {place}: {field} is {_brief(said)}, proven is {_brief(proven)}")
        if scenario.measures != (measures := self._claims.measures):
            yield Problem(what=f"measures are {_brief(scenario.measures)}, proven are {_brief(measures)}")
        if (kind := self._claims.kind) != scenario.kind:
            yield Problem(what=f"kind is {scenario.kind}, by its burden and writes it is {kind}")

    def _key(self, write: GoldWrite) -> bytes:
        return canonical(self._domain, write.name, write.arguments)


def _pairs(stored: Sequence[Any], found: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    for place in range(max(len(stored), len(found))):
        yield (stored[place] if place < len(stored) else None), (found[place] if place < len(found) else None)


def _brief(value: Any) -> str:
    """A value in at most some sixty letters."""
    text = "nothing" if value is None else msgspec.json.encode(value).decode()
    return text if len(text) <= 60 else f"{text[:60]}…"
