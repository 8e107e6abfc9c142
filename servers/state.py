"""World, View and State: the database, what a read tool sees of it, and what one conversation made of it.

A World is loaded or generated once a process and shared. A State is a world plus the records that
one conversation changed; opening or forking one copies nothing but that (small) dict.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from functools import cached_property
from typing import Any, TypeVar

import msgspec

from servers.frozen import FrozenMap, Record

RecordT = TypeVar("RecordT", bound=Record)
Tables = Mapping[str, Mapping[str, Record]]

_sorted_json = msgspec.json.Encoder(order="sorted")


TEXTS = 20_000
"""Records of a world whose text is kept once it was written; beyond that the collection is begun anew."""


class _Dropped:
    """Stands in a state's changes for a record of the world that is gone."""

    def __repr__(self) -> str:
        return "DROPPED"


_DROPPED = _Dropped()
_Changes = dict[tuple[str, str], "Record | _Dropped"]


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is true of a world beside its records. A domain adds the constants of its policy.

    `now` is local time, ISO 8601 without a zone. `public` marks a world of the public benchmark:
    there, and only there, the mistakes of the public code are reproduced.
    """

    now: str
    public: bool = False


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """A look-up that a tool needs: `keys(record)` are the values under which a record is found."""

    name: str
    table: str
    keys: Callable[[Any], tuple[str, ...]]


class World:
    """An immutable database with its facts.

    `tables` maps a table's name to its records by key, in file order, which is the order in which
    look-ups answer. `source` is the reference that the world was made from (`small:7`, a path), `generator`
    the version of the code that made it, '' for a public world. Neither is part of the digest.
    """

    def __init__(
        self, *, domain: str, source: str, facts: Facts, tables: Tables, indexes: tuple[Index, ...] = (), generator: str = ""
    ) -> None:
        self.domain = domain
        self.source = source
        self.generator = generator
        self.facts = facts
        self.tables: Tables = FrozenMap({name: FrozenMap(rows) for name, rows in tables.items()})
        self._found = {index.name: (index, _found_by(self.tables[index.table], index)) for index in indexes}
        self._places: dict[str, dict[str, int]] = {}
        self._keys: dict[str, tuple[str, ...]] = {}
        self._written: dict[tuple[str, str], tuple[Record, str]] = {}

    @cached_property
    def digest(self) -> str:
        """sha256 (hex) over the domain, the facts and every record in table order."""
        return self.fresh_digest()

    def fresh_digest(self) -> str:
        """The digest computed anew, however often it was asked for: to show that nothing changed."""
        hasher = hashlib.sha256(msgspec.json.encode([self.domain, self.facts]))
        for name, rows in self.tables.items():
            hasher.update(name.encode())
            for key, record in rows.items():
                hasher.update(msgspec.json.encode([key, record]))
        return hasher.hexdigest()

    @cached_property
    def _public_entries(self) -> dict[str, dict[str, str]]:
        return {table: {key: _public_entry(key, record) for key, record in rows.items()} for table, rows in self.tables.items()}

    def keys(self, table: str) -> tuple[str, ...]:
        """The keys of a table in its order, for drawing one of them: collected once."""
        keys = self._keys.get(table)
        if keys is None:
            keys = self._keys[table] = tuple(self.tables[table])
        return keys

    def place(self, table: str, key: str) -> int:
        """Where a key stands in its table; keys that the world does not have come after all others."""
        places = self._places.get(table)
        if places is None:
            places = self._places[table] = {known: place for place, known in enumerate(self.tables[table])}
        return places.get(key, len(places))

    def text_of(self, table: str, key: str, record: Record, write: Callable[[Record], str]) -> str:
        """How a record reads. One that is this world's own is written once, and again when too many others came after it."""
        known = self._written.get((table, key))
        if known is not None and known[0] is record:
            return known[1]
        text = write(record)
        if self.tables[table].get(key) is record:
            if len(self._written) >= TEXTS:
                self._written.clear()
            self._written[table, key] = (record, text)
        return text

    @cached_property
    def size(self) -> int:
        """How many records it has."""
        return Counter({table: len(rows) for table, rows in self.tables.items()}).total()

    def called(self, source: str) -> "World":
        """This very world, records and all, by another reference that leads to it as well."""
        twin = copy(self)
        twin.source = source
        return twin

    def open(self) -> "State":
        """A state of its own for one conversation."""
        return State(self, {})


def _public_entry(key: str, record: Record) -> str:
    return f"{json.dumps(key)}:{json.dumps(msgspec.to_builtins(record), sort_keys=True, separators=(',', ':'))}"


def _found_by(rows: Mapping[str, Record], index: Index) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for key, record in rows.items():
        for value in dict.fromkeys(index.keys(record)):
            found.setdefault(value, []).append(key)
    return {value: tuple(keys) for value, keys in found.items()}


class View:
    """What a read tool is handed: it can look, it has nothing with which to change."""

    __slots__ = ("_changes", "world")

    def __init__(self, world: World, changes: _Changes) -> None:
        self.world = world
        self._changes = changes

    @property
    def facts(self) -> Any:
        """The world's facts, of the domain's own type."""
        return self.world.facts

    def get(self, table: str, key: str, kind: type[RecordT]) -> RecordT | None:
        """The record under a key as it is now, or None."""
        record = self._changes.get((table, key)) if self._changes else None
        if record is None:
            record = self.world.tables[table].get(key)
        return record if isinstance(record, kind) else None

    def find(self, name: str, value: str, kind: type[RecordT]) -> tuple[RecordT, ...]:
        """The records that the index `name` has under a value, in table order."""
        index, by_value = self.world._found[name]
        keys = by_value.get(value, ())
        rows = self.world.tables[index.table]
        changed = {key: record for (table, key), record in self._changes.items() if table == index.table}
        if not changed:
            return tuple([found for key in keys if isinstance(found := rows.get(key), kind)])
        keep = [key for key in keys if key not in changed]
        keep += [key for key, record in changed.items() if isinstance(record, Record) and value in index.keys(record)]
        if len(keep) > 1 and not changed.keys().isdisjoint(keep):
            keep.sort(key=lambda key: self.world.place(index.table, key))
        return tuple([now for key in keep if isinstance(now := changed.get(key, rows.get(key)), kind)])

    def rows(self, table: str, kind: type[RecordT]) -> Iterator[RecordT]:
        """Every record of a table as it is now, in table order; new ones last, in the order they came."""
        world = self.world.tables[table]
        for key, record in world.items():
            now = self._changes.get((table, key), record)
            if isinstance(now, kind):
                yield now
        for (name, key), changed in list(self._changes.items()):
            if name == table and key not in world and isinstance(changed, kind):
                yield changed


class State(View):
    """A world as one conversation has made it."""

    __slots__ = ()

    def view(self) -> View:
        """The same records, without the means to change them."""
        return View(self.world, self._changes)

    def put(self, table: str, key: str, record: Record) -> None:
        """Set a record. One that equals the world's again is forgotten as a change."""
        if self.world.tables[table].get(key) == record:
            self._changes.pop((table, key), None)
        else:
            self._changes[table, key] = record

    def drop(self, table: str, key: str) -> None:
        """Remove a record; an unknown key is no error."""
        if key in self.world.tables[table]:
            self._changes[table, key] = _DROPPED
        else:
            self._changes.pop((table, key), None)

    def fork(self) -> "State":
        """A state that starts as this one is and goes its own way."""
        return State(self.world, dict(self._changes))

    def adopt(self, fork: "State") -> bool:
        """Become what a fork of this state has become; answers whether anything differs."""
        changed = fork._changes != self._changes
        self._changes = dict(fork._changes)
        return changed

    def digest(self) -> str:
        """sha256 (hex) over the world's digest and the changed records: equal states, equal digests."""
        hasher = hashlib.sha256(self.world.digest.encode())
        for (table, key), record in sorted(self._changes.items(), key=lambda change: change[0]):
            body = b"" if isinstance(record, _Dropped) else _sorted_json.encode(record)
            if b"-0.0" in body:  # equal to 0.0, and written differently
                body = _sorted_json.encode(_positive_zero(msgspec.to_builtins(record)))
            hasher.update(b"\0".join((table.encode(), key.encode(), body)) + b"\n")
        return hasher.hexdigest()

    def public_sha256(self) -> str:
        """The public benchmark's digest of the whole database (milliseconds: for comparison, not for use).

        sha256 of `json.dumps(db, sort_keys=True, separators=(",", ":"))`; unset optionals are null.
        """
        tables = {table: dict(entries) for table, entries in self.world._public_entries.items()}
        for (table, key), record in self._changes.items():
            if isinstance(record, _Dropped):
                del tables[table][key]
            else:
                tables[table][key] = _public_entry(key, record)
        rows = {table: ",".join(entry for _, entry in sorted(entries.items())) for table, entries in tables.items()}
        written = (f"{json.dumps(table)}:{{{rows[table]}}}" for table in sorted(rows))
        return hashlib.sha256(f"{{{','.join(written)}}}".encode()).hexdigest()


def _positive_zero(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _positive_zero(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_positive_zero(part) for part in value]
    return value + 0.0 if isinstance(value, float) else value


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One field in which two states differ. `field` is a dotted path; a whole record has the path ''."""

    table: str
    key: str
    field: str
    before: Any
    after: Any


def diff(before: State, after: State) -> tuple[Difference, ...]:
    """Where two states of one world differ, by table, key and field, in that order.

    Raises ValueError for states of different worlds: their records have nothing to do with each other.
    """
    if before.world is not after.world and before.world.digest != after.world.digest:
        raise ValueError("states of two different worlds cannot be compared")
    found: list[Difference] = []
    for table, key in sorted({*before._changes, *after._changes}):
        old, new = before.get(table, key, Record), after.get(table, key, Record)
        if old != new:
            for field, was, became in _fields(msgspec.to_builtins(old), msgspec.to_builtins(new), ""):
                found.append(Difference(table=table, key=key, field=field, before=was, after=became))
    return tuple(found)


def _fields(before: Any, after: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(before, dict) and isinstance(after, dict):
        for name in [*before, *(name for name in after if name not in before)]:
            if name not in before or name not in after or before[name] != after[name]:
                yield from _fields(before.get(name), after.get(name), f"{path}.{name}" if path else name)
    else:
        yield path, before, after
