"""What a decision needs to have been read: its certificate, its burden, and the edits that prove both.

All over the original world and the listed edits, as `architecture.md` defines them. Here a domain's request becomes a
`Puzzle`; `certificate.py` and `burden.py` say what it takes to solve it. The reads are those that the recipe makes in any of
the listed worlds, in the order in which the customer's items stand and backwards, and those that establish who is asking.
"""

from collections.abc import Set
from functools import cached_property

import msgspec

from engine.scenario import Change, Read, Role, StoredEdit
from engine.synthesis.burden import Burden, burden
from engine.synthesis.certificate import certificate, roles
from engine.synthesis.listed import Listed, Rows, listed
from engine.synthesis.looks import Looks, ReadKey
from engine.synthesis.meaning import meaning, outcome
from engine.synthesis.patch import patch
from engine.synthesis.puzzle import places
from servers.domain import Domain, ToolCall
from servers.frozen import Record
from servers.recipe import Edit, Recipe, Request
from servers.replay import apply
from servers.state import State

__all__ = ["Identity", "Proof", "answer", "meaning", "outcome", "prove", "stored"]

LETTERS_A_TOKEN = 4
"""Tokens are not counted but estimated, for no tokenizer is the right one: so many letters are one."""


class Identity(msgspec.Struct, frozen=True):
    """How it was established who is asking: the reads, and the texts that are known without them: what the customer says of
    themselves, and their key, which is what the reads are for."""

    reads: tuple[ReadKey, ...] = ()
    texts: tuple[str, ...] = ()


class Proof(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The evidence of one request's decisions.

    `needed` are the reads that count, for what later requests need afresh; `counted` those of the certificate. `candidates`
    were compared at most, `tokens` is an estimate of what the counted reads answer. `suffices`: what the recipe reads tells
    apart all that it has to. `varies`: what it reads is not the same in all listed worlds. `bounds`: the burden and the fresh
    burden, each from and to; proven where the two are one.
    """

    certificate: tuple[Read, ...]
    burden: int
    fresh: int
    bounds: tuple[tuple[int, int], tuple[int, int]]
    needed: frozenset[ReadKey]
    counted: frozenset[ReadKey]
    candidates: int
    tokens: int
    suffices: bool
    varies: bool
    worlds: tuple[Listed, ...]

    @property
    def proven(self) -> bool:
        """Is it known exactly how many reads it takes?"""
        return all(least == most for least, most in self.bounds)

    @property
    def given_away(self) -> bool:
        """Do the listed worlds differ in what is read, and none in what is decided?"""
        return self.varies and not any(world.decides for world in self.worlds)

    @cached_property
    def edits(self) -> tuple[StoredEdit, ...]:
        """The listed edits as they stand in a scenario."""
        original = self.worlds[0].looks.state
        return tuple(stored(original, world.edit, decides=world.decides) for world in self.worlds if world.edit is not None)


def prove(
    domain: Domain,
    recipe: Recipe,
    state: State,
    customer: str,
    request: Request,
    identity: Identity,
    earlier: Set[ReadKey] = frozenset(),
    looks: Looks | None = None,
) -> Proof:
    """The proof for a request. Its certificate begins with the reads of the identity; one that also counts has that role.

    `earlier` are the reads that decisions before it needed, `looks` reads of the state that others made.
    """
    worlds = listed(domain, recipe, state, customer, request, looks)
    known = "\n".join([*identity.texts, customer, msgspec.json.encode(request.params).decode()])
    rows = Rows(worlds, identity.reads, known, [[list(world.reads) for world in worlds]])
    found = _measured(rows, earlier)
    if found is None or not all(each.proven for each in found):
        backwards = [world.plan(customer, request, recipe, backwards=True) for world in worlds]
        rows = Rows(worlds, identity.reads, known, [[list(world.reads) for world in worlds], backwards])
        found = _measured(rows, earlier) or found
    whole, counted = _certificate(rows, identity)
    suffices = found is not None and bool(whole or not any(world.decides for world in worlds))
    whole_burden, fresh = found or (Burden(least=0, most=0), Burden(least=0, most=0))
    looks = worlds[0].looks
    return Proof(
        certificate=whole,
        burden=whole_burden.most,
        fresh=fresh.most,
        bounds=((whole_burden.least, whole_burden.most), (fresh.least, fresh.most)),
        needed=frozenset((*counted, *(rows.reads[read] for read in whole_burden.path))),
        counted=frozenset(counted),
        candidates=worlds[0].compared,
        tokens=len("".join(looks.text(read) for read in counted)) // LETTERS_A_TOKEN,
        suffices=suffices,
        varies=rows.varies,
        worlds=worlds,
    )


def _measured(rows: Rows, earlier: Set[ReadKey]) -> tuple[Burden, Burden] | None:
    """The burden and the fresh one."""
    whole = burden(rows.puzzle, rows.orders)
    if whole is None or not earlier & set(rows.reads):
        return None if whole is None else (whole, whole)
    fresh = burden(rows.puzzle, rows.orders, rows.mask(earlier))
    return None if fresh is None else (whole, fresh)


def _certificate(rows: Rows, identity: Identity) -> tuple[tuple[Read, ...], tuple[ReadKey, ...]]:
    """The reads with their roles, those of the identity first; and those that count."""
    given = rows.mask(identity.reads)
    chosen = certificate(rows.puzzle, given)
    if chosen is None:
        return (), ()
    whole = [*identity.reads, *(rows.reads[read] for read in chosen)]
    alone, lead = roles(rows.puzzle, rows.mask(whole))
    role: dict[ReadKey, Role] = {rows.reads[read]: "evidence" for read in places(alone)}
    role |= {rows.reads[read]: "reference" for read in places(lead)}
    reads = tuple(_read(read, role.get(read, "identity")) for read in whole)
    return reads, tuple(read for read in whole if read in role)


def _read(read: ReadKey, role: Role) -> Read:
    return Read(name=read[0], arguments=msgspec.json.decode(read[1]), role=role)


def stored(state: State, edit: Edit, *, decides: bool) -> StoredEdit:
    """An edit as it stands in a scenario: only what differs."""
    changes = []
    for table, key, record in edit.puts:
        before, after = msgspec.to_builtins(state.get(table, key, Record)), msgspec.to_builtins(record)
        changes.append(Change(table=table, key=key, fields=patch(before or {}, after)))
    return StoredEdit(fact=edit.fact, changes=tuple(changes), decides=decides)


def answer(domain: Domain, state: State, read: ReadKey) -> str:
    """What a read answers on a state."""
    return apply(domain, state, ToolCall(name=read[0], arguments=msgspec.json.decode(read[1]))).text
