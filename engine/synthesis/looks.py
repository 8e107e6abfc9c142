"""What reads answer on a state and on what edits make of it, each asked once.

A read remembers which records and look-ups of the state its answer came from; an edit that touches none of them cannot
change it.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any, TypeVar

import msgspec

from servers.domain import Domain, Outcome, ToolCall
from servers.frozen import Record
from servers.recipe import Edit
from servers.replay import apply
from servers.state import State, View

ReadKey = tuple[str, str]
"""A read as a value: tool name, and its arguments as sorted JSON."""

RecordT = TypeVar("RecordT", bound=Record)
Touched = tuple[str, str, str]
"""Something of a state: a record by table and key, an index by name and value, a whole table."""

MOST = 4_000
"""Answers of one state that are kept; beyond that the collection is begun anew."""

_sorted = msgspec.json.Encoder(order="sorted")


def read_key(tool: str, arguments: Mapping[str, Any]) -> ReadKey:
    """A read as a value that is equal for equal reads."""
    return tool, _sorted.encode(arguments).decode()


class KnownView(View):
    """A view that does not look up in an index again what was looked up before, on this state or another of its world."""

    __slots__ = ("_looks",)

    def __init__(self, looks: "Looks") -> None:
        super().__init__(looks.state.world, looks.state._changes)
        self._looks = looks

    def find(self, name: str, value: str, kind: type[RecordT]) -> tuple[RecordT, ...]:
        if ("index", name, value) in self._looks.changed:
            return super().find(name, value, kind)
        known, key = self._looks.found, (name, value, kind)
        found = known.get(key)
        if found is None:
            if len(known) >= MOST:
                known.clear()
            found = known[key] = super().find(name, value, kind)
        return found


class WatchedView(KnownView):
    """A view that keeps what was looked at."""

    __slots__ = ("looked",)

    def __init__(self, looks: "Looks", looked: set[Touched]) -> None:
        super().__init__(looks)
        self.looked = looked

    def get(self, table: str, key: str, kind: type[RecordT]) -> RecordT | None:
        self.looked.add(("record", table, key))
        return super().get(table, key, kind)

    def find(self, name: str, value: str, kind: type[RecordT]) -> tuple[RecordT, ...]:
        self.looked.add(("index", name, value))
        return super().find(name, value, kind)

    def rows(self, table: str, kind: type[RecordT]) -> Iterator[RecordT]:
        self.looked.add(("table", table, ""))
        return super().rows(table, kind)


class CountedView(KnownView):
    """A view that counts how often something was looked up: what a draft costs, the same on every machine."""

    __slots__ = ("looks",)

    def __init__(self, looks: "Looks") -> None:
        super().__init__(looks)
        self.looks = 0

    def get(self, table: str, key: str, kind: type[RecordT]) -> RecordT | None:
        self.looks += 1
        return super().get(table, key, kind)

    def find(self, name: str, value: str, kind: type[RecordT]) -> tuple[RecordT, ...]:
        self.looks += 1
        return super().find(name, value, kind)


class _Watched(State):
    """A state whose reads are watched."""

    __slots__ = ("_looks", "looked")

    def __init__(self, looks: "Looks") -> None:
        super().__init__(looks.state.world, looks.state._changes)
        self._looks = looks
        self.looked: set[Touched] = set()

    def view(self) -> View:
        return WatchedView(self._looks, self.looked)


class Seen(msgspec.Struct, frozen=True):
    """What a read answered: the text, the same as a value (None for an error), and what it came from."""

    outcome: Outcome
    value: Any
    looked: Set[Touched]


class Looks:
    """Reads of one state; `base` are those of the state that an edit was made of, `touched` what it changes of it.

    `changed` is what differs from the state that all of them were made of, `found` what was looked up in that one.
    """

    def __init__(self, domain: Domain, state: State, base: "Looks | None" = None, touched: Set[Touched] = frozenset()) -> None:
        self.domain = domain
        self.state = state
        self._base = base
        self._touched = touched
        self._seen: dict[ReadKey, Seen] = {}
        self._other: Looks | None = None
        self.found: dict[tuple[str, str, type], tuple[Any, ...]] = {} if base is None else base.found
        self.changed: Set[Touched] = touched if base is None else base.changed | touched

    def view(self) -> View:
        """The state, to be looked at."""
        return KnownView(self)

    def see(self, read: ReadKey, arguments: Mapping[str, Any] | None = None) -> Seen:
        """What a read answers; `arguments` are those of the key, where they are at hand."""
        seen = self._seen.get(read)
        if seen is None:
            same = self._base.see(read, arguments) if self._base is not None else None
            seen = same if same is not None and same.looked.isdisjoint(self._touched) else self._asked(read, arguments, same)
            if len(self._seen) >= MOST:
                self._seen.clear()
            self._seen[read] = seen
        return seen

    def text(self, read: ReadKey) -> str:
        """What a read answers, in words."""
        return self.see(read).outcome.text

    def _asked(self, read: ReadKey, arguments: Mapping[str, Any] | None, same: Seen | None) -> Seen:
        state = _Watched(self)
        sent = msgspec.json.decode(read[1]) if arguments is None else arguments
        outcome = apply(self.domain, state, ToolCall(name=read[0], arguments=sent))
        if same is not None and outcome == same.outcome:
            return Seen(same.outcome, same.value, state.looked)
        return Seen(outcome, self._value(read[0], outcome), state.looked)

    def _value(self, tool: str, outcome: Outcome) -> Any:
        if outcome.error:
            return None
        returns = self.domain.callable[tool, "agent"].returns
        return outcome.text if returns is str else msgspec.json.decode(outcome.text, type=returns)

    def under(self, edit: Edit) -> "Looks":
        """The reads of the state as an edit makes it."""
        edited = self.state.fork()
        for table, key, record in edit.puts:
            edited.put(table, key, record)
        return Looks(self.domain, edited, self, _touched_by(self.domain, self.state, edit.puts))

    def on(self, state: State) -> "Looks":
        """Those of another state of this world, given that these are of the world as it is."""
        if not state._changes:
            return self
        if self._other is None or [*self._other.state._changes.items()] != [*state._changes.items()]:
            self._other = Looks(self.domain, state.fork(), self, _touched_by(self.domain, self.state, _changes(state)))
        return self._other

    def alters(self, looked: Set[Touched]) -> bool:
        """Does the edit touch something of what was looked at?"""
        return not looked.isdisjoint(self._touched)


_Puts = Iterable[tuple[str, str, Record | None]]


def _changes(state: State) -> _Puts:
    """The records in which a state differs from its world."""
    return [(table, key, state.get(table, key, Record)) for table, key in state._changes]


def _touched_by(domain: Domain, state: State, puts: _Puts) -> Set[Touched]:
    """What is another in a state with these records."""
    touched = set[Touched]()
    for table, key, record in puts:
        touched |= {("record", table, key), ("table", table, "")}
        before = state.get(table, key, Record)
        for index in domain.indexes:
            if index.table == table:
                for each in (record, before):
                    touched.update(("index", index.name, value) for value in (index.keys(each) if each is not None else ()))
    return touched
