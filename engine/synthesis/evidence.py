"""What a decision needs to have been read: its certificate, its burden, and the edits that prove both.

All over the original world and the listed edits, as `architecture.md` defines them: a set of reads identifies a
decision when no listed world that agrees with their results decides otherwise. The certificate is the smallest
such set that can be asked for in order; the burden is what the better of the recipe's reading orders takes in the
worst of the listed worlds (an upper bound, by the recipe's own plan).
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import msgspec

from engine.checkers.gold import canonical
from engine.scenario import Change, Outcome, Read, Role, StoredEdit
from engine.synthesis.case import OpenCase, ReadKey
from engine.synthesis.patch import patch
from servers.domain import Domain, ToolCall
from servers.frozen import Record
from servers.recipe import Answer, Decision, Edit, Recipe, Refusal, Request, Transfer, Write
from servers.replay import apply
from servers.state import State

LARGEST_SEARCH = 10
"""Plans up to this many reads are searched for the smallest certificate; of longer ones single reads are taken away."""


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """The evidence of one request's decisions. `needed` are the reads that count, for what later requests need afresh."""

    certificate: tuple[Read, ...]
    edits: tuple[StoredEdit, ...]
    burden: int
    needed: frozenset[ReadKey]


class _Listed(msgspec.Struct, frozen=True):
    """A listed world: the state, the edit that made it, whether it decides otherwise, what its plan read."""

    edit: Edit
    state: State
    decides: bool
    reads: Mapping[ReadKey, str]


class Identity(msgspec.Struct, frozen=True):
    """How it was established who is asking: the reads, and the texts that the agent has then: results, the customer's words."""

    reads: tuple[ReadKey, ...] = ()
    texts: tuple[str, ...] = ()


def prove(domain: Domain, recipe: Recipe, state: State, customer: str, request: Request, identity: Identity) -> Proof:
    """The proof for a request. Its certificate begins with the reads of the identity; one that also counts has that role."""
    first = OpenCase(domain, state, customer, request.params)
    decided = meaning(domain, recipe.solve(first))
    listed = _listed(domain, recipe, state, customer, request, decided)
    deciding = [world for world in listed if world.decides]
    first_plan = list(first.reads)
    known = [*identity.texts, msgspec.json.encode(request.params).decode()]
    answers = _Answers(domain)
    texts = {read: answers.of(state, read) for read in identity.reads} | dict(first.reads)
    changed = {read: frozenset(_changes(answers, read, text, deciding)) for read, text in texts.items()}
    chosen = _certificate(first_plan, changed, len(deciding), first.reads, known)
    whole = tuple(dict.fromkeys((*identity.reads, *chosen)))
    reads = tuple(_read(read, _role(read, chosen, whole, changed)) for read in whole)
    states = [state, *(world.state for world in listed)]
    orders = []
    for backwards in (False, True):
        plans = (_plan(domain, recipe, each, customer, request, backwards=backwards) for each in states)
        orders.append(max((frozenset(_counting(answers, plan, states, known)) for plan in plans), key=len))
    return Proof(
        certificate=reads,
        edits=tuple(stored(state, world.edit, decides=world.decides) for world in listed),
        burden=min(len(needed) for needed in orders),
        needed=min(orders, key=len),
    )


def meaning(domain: Domain, decisions: Sequence[Decision]) -> bytes:
    """What is decided, without how it is said."""
    parts: list[Any] = []
    for decision in decisions:
        match decision:
            case Write(tool=tool, arguments=arguments):
                parts.append(canonical(domain, tool, arguments).decode())
            case Refusal(rule=rule):
                parts.append(["refused", rule])
            case Answer(tell=tell):
                parts.append(["told", *tell])
            case Transfer(rule=rule):
                parts.append(["handed over", rule])
    return msgspec.json.encode(parts)


def outcome(decision: Decision) -> Outcome:
    """What kind of end a decision is."""
    kinds: dict[type, Outcome] = {Write: "write", Refusal: "refusal", Answer: "answer", Transfer: "transfer"}
    return kinds[type(decision)]


def stored(state: State, edit: Edit, *, decides: bool) -> StoredEdit:
    """An edit as it stands in a scenario: only what differs."""
    changes = []
    for table, key, record in edit.puts:
        before, after = msgspec.to_builtins(state.get(table, key, Record)), msgspec.to_builtins(record)
        changes.append(Change(table=table, key=key, fields=patch(before or {}, after)))
    return StoredEdit(fact=edit.fact, changes=tuple(changes), decides=decides)


def _listed(domain: Domain, recipe: Recipe, state: State, customer: str, request: Request, decided: bytes) -> list[_Listed]:
    """The edits that keep the customer's words true, each as a world of its own."""
    worlds = []
    for edit in recipe.edits(state.view(), customer, request):
        edited = state.fork()
        for table, key, record in edit.puts:
            edited.put(table, key, record)
        if recipe.holds(edited.view(), customer, request):
            case = OpenCase(domain, edited, customer, request.params)
            decides = meaning(domain, recipe.solve(case)) != decided
            worlds.append(_Listed(edit, edited, decides, case.reads))
    return worlds


class _Answers:
    """What reads answer on the states of one proof, each asked once."""

    def __init__(self, domain: Domain) -> None:
        self._domain = domain
        self._known: dict[tuple[int, ReadKey], str] = {}

    def of(self, state: State, read: ReadKey) -> str:
        """See `answer`. The states live as long as the proof, so their identity names them."""
        key = (id(state), read)
        if key not in self._known:
            self._known[key] = answer(self._domain, state, read)
        return self._known[key]


def _changes(answers: _Answers, read: ReadKey, text: str, worlds: Sequence[_Listed]) -> list[int]:
    """In which worlds a read answers something else."""
    return [place for place, world in enumerate(worlds) if answers.of(world.state, read) != text]


def answer(domain: Domain, state: State, read: ReadKey) -> str:
    """What a read answers on a state."""
    return apply(domain, state, ToolCall(name=read[0], arguments=msgspec.json.decode(read[1]))).text


def _certificate(
    plan: list[ReadKey],
    changed: Mapping[ReadKey, frozenset[int]],
    worlds: int,
    texts: Mapping[ReadKey, str],
    known: Sequence[str],
) -> list[ReadKey]:
    def identifies(reads: Sequence[ReadKey]) -> bool:
        told = frozenset[int]().union(*(changed[read] for read in reads))
        return len(told) == worlds and _askable(reads, texts, known)

    if len(plan) <= LARGEST_SEARCH:
        for size in range(len(plan) + 1):
            for reads in combinations(plan, size):
                if identifies(reads):
                    return list(reads)
    chosen = list(plan)
    for read in reversed(plan):
        fewer = [other for other in chosen if other != read]
        if identifies(fewer):
            chosen = fewer
    return chosen


def _askable(reads: Sequence[ReadKey], texts: Mapping[ReadKey, str], known: Sequence[str]) -> bool:
    """Can each read be asked for: does every argument stand in what was known or in an earlier result?"""
    heard = list(known)
    for read in reads:
        if not _reachable(read, heard):
            return False
        heard.append(texts[read])
    return True


def _reachable(read: ReadKey, heard: Sequence[str]) -> bool:
    values = [value for value in msgspec.json.decode(read[1]).values() if isinstance(value, str)]
    return all(any(value in text for text in heard) for value in values)


def _role(read: ReadKey, chosen: Sequence[ReadKey], whole: Sequence[ReadKey], changed: Mapping[ReadKey, frozenset[int]]) -> Role:
    """Of a read that the decision needs: is there an edit that it alone shows?"""
    if read not in chosen:
        return "identity"
    others = frozenset[int]().union(*(changed[other] for other in whole if other != read))
    return "evidence" if changed[read] - others else "reference"


def _read(read: ReadKey, role: Role) -> Read:
    return Read(name=read[0], arguments=msgspec.json.decode(read[1]), role=role)


def _plan(
    domain: Domain, recipe: Recipe, state: State, customer: str, request: Request, *, backwards: bool
) -> Mapping[ReadKey, str]:
    """What the recipe reads on a state, in one of its orders."""
    case = OpenCase(domain, state, customer, request.params, backwards=backwards)
    recipe.solve(case)
    return case.reads


def _counting(answers: _Answers, reads: Mapping[ReadKey, str], states: Sequence[State], known: Sequence[str]) -> list[ReadKey]:
    """The reads that tell listed worlds apart or lead to one that does."""
    counting: list[ReadKey] = []
    plan = list(reads)
    for place in range(len(plan) - 1, -1, -1):
        read, before = plan[place], [*known, *(reads[other] for other in plan[:place])]
        leads = any(not _reachable(later, [*before, *(reads[o] for o in plan[place + 1 :] if o != later)]) for later in counting)
        if leads or any(answers.of(state, read) != reads[read] for state in states):
            counting.append(read)
    return counting
