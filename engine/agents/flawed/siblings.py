"""Another of the same kind, found without knowing the domain.

A value's siblings stand beside it in what tools have shown: the other keys of an object that has it as a key, the other
elements of a list that has it, the other values of the field that has it; for a choice, the other choices.
"""

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

import msgspec
from msgspec import inspect

from engine.agents.flawed.knowing import carry_out
from engine.conversation.events import Call
from servers.domain import Domain
from servers.state import State

Path = tuple[str | int, ...]


def pays(path: Path) -> bool:
    """Is the argument about who pays, by its name?"""
    return any("pay" in str(part) for part in path)


def swapped(
    domain: Domain,
    state: State,
    call: Call,
    shown: Sequence[str],
    random: Random,
    avoid: Callable[[Call], bool],
    *,
    paying: bool,
) -> Call | None:
    """The same call about another of the same kind, such that its tool accepts it on the state and it ends elsewhere.

    `avoid`: which calls it must not be.
    """
    arguments, documents = msgspec.json.decode(call.arguments), list(_documents(shown))
    right = state.fork()
    carry_out(domain, right, call)
    paths = [(path, value) for path, value in leaves(arguments) if pays(path) == paying]
    random.shuffle(paths)
    known = [(path, other) for path, value in paths for other in _mixed(siblings(documents, value), random)]
    choices = [(path, other) for path, value in paths for other in _choices(domain, call, path) if other != value]
    for path, other in (*known, *choices):
        changed = Call(name=call.name, arguments=msgspec.json.encode(replaced(arguments, path, other)).decode())
        if avoid(changed):
            continue
        wrong = state.fork()
        if not carry_out(domain, wrong, changed).error and wrong.digest() != right.digest():
            return changed
    return None


def siblings(documents: Sequence[Any], value: str) -> list[str]:
    """The other values of its kind, in the order in which they were shown."""
    beside = dict.fromkeys(other for document in documents for other in _beside(document, value))
    fields = {name for document in documents for name in _fields(document, value)}
    named = dict.fromkeys(other for name in sorted(fields) for document in documents for other in _values(document, name))
    return [other for other in (*beside, *named) if other != value]


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text in a call's arguments with where it stands."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict | list):
        for name, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(part, (*path, name))


def replaced(value: Any, path: Path, other: Any) -> Any:
    """The same with another value in one place."""
    if not path:
        return other
    if isinstance(value, dict):
        return {name: replaced(part, path[1:], other) if name == path[0] else part for name, part in value.items()}
    return [replaced(part, path[1:], other) if place == path[0] else part for place, part in enumerate(value)]


def _documents(shown: Sequence[str]) -> Iterator[Any]:
    for text in shown:
        try:
            yield msgspec.json.decode(text)
        except msgspec.DecodeError:
            continue


def _beside(document: Any, value: str) -> Iterator[str]:
    """The other keys, or the other elements, where a value is one of several."""
    if isinstance(document, dict):
        if value in document and all(isinstance(part, dict) for part in document.values()):
            yield from document
        for part in document.values():
            yield from _beside(part, value)
    elif isinstance(document, list):
        if value in document:
            yield from (part for part in document if isinstance(part, str))
        for part in document:
            yield from _beside(part, value)


def _fields(document: Any, value: str) -> Iterator[str]:
    """The names of the fields that have a value."""
    for name, part in _all_fields(document):
        if part == value:
            yield name


def _values(document: Any, field: str) -> Iterator[str]:
    for name, part in _all_fields(document):
        if name == field and isinstance(part, str):
            yield part


def _all_fields(document: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(document, dict):
        yield from document.items()
    if isinstance(document, dict | list):
        for part in document.values() if isinstance(document, dict) else document:
            yield from _all_fields(part)


def _choices(domain: Domain, call: Call, path: Path) -> Sequence[str]:
    """What else an argument may be, where its type lists it."""
    tool = domain.callable[call.name, "agent"]
    field = next((field for field in inspect.type_info(tool.arguments).fields if field.encode_name == path[0]), None)  # type: ignore[attr-defined]
    kind = field.type if field is not None and len(path) == 1 else None
    kind = kind.type if isinstance(kind, inspect.Metadata) else kind
    return [str(value) for value in kind.values] if isinstance(kind, inspect.LiteralType) else []


def _mixed(values: list[str], random: Random) -> list[str]:
    random.shuffle(values)
    return values
