"""What kind of thing an argument of a tool is: where its value may come from, and what it takes to check that.

A text says its kind beside its type: `Annotated[str, ID, Meta(description=…)]`. Choices, numbers and truth values need not.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal

import msgspec
from msgspec import Meta, inspect

Kind = Literal["id", "enum", "amount", "count", "date", "name", "place", "text"]

ID = Meta(extra={"kind": "id"})
"""A key that is copied exactly from what was said or shown."""

ENUM = Meta(extra={"kind": "enum"})
"""One of a few accepted words, inferred from what the customer says."""

AMOUNT = Meta(extra={"kind": "amount"})
"""Money in whole dollars, whose type alone would make it a count."""

DATE = Meta(extra={"kind": "date"})
"""A day, written YYYY-MM-DD."""

NAME = Meta(extra={"kind": "name"})
"""A name, an address line, an email: what only somebody can say, spelt as they please."""

PLACE = Meta(extra={"kind": "place"})
"""A place with several names, such as an airport."""

TEXT = Meta(extra={"kind": "text"})
"""Words of the caller's own."""


_NUMBERS: Mapping[type[inspect.Type], Kind] = {
    inspect.BoolType: "enum",
    inspect.LiteralType: "enum",
    inspect.EnumType: "enum",
    inspect.IntType: "count",
    inspect.FloatType: "amount",
}


class NoKind(TypeError):
    """An argument that does not say what kind of thing it is: which, and its type."""


def parts(arguments: type[msgspec.Struct], values: Mapping[str, Any]) -> Iterator[tuple[str, Kind, Any]]:
    """Every leaf of a call's arguments (plain JSON values) with its path, `flights[0].date`, and its kind.

    What has not the shape that its type asks for is left out. Raises NoKind for a text that does not say its kind.
    """
    return _leaves("", _shape(arguments), values)


_Shape = Any
"""A kind, a list of one shape (what every element is), or shapes by name."""


def _leaves(path: str, shape: _Shape, value: Any) -> Iterator[tuple[str, Kind, Any]]:
    if isinstance(shape, dict):
        for name, part in shape.items() if isinstance(value, Mapping) else ():
            if name in value:
                yield from _leaves(f"{path}.{name}" if path else name, part, value[name])
    elif isinstance(shape, list):
        for place, each in enumerate(value if isinstance(value, list | tuple) else ()):
            yield from _leaves(f"{path}[{place}]", shape[0], each)
    elif value is not None:
        yield path, shape, value


@cache
def _shape(arguments: type[msgspec.Struct]) -> _Shape:
    return _shaped(inspect.type_info(arguments), arguments.__name__)


def _shaped(kind: inspect.Type, where: str) -> _Shape:
    match kind:
        case inspect.Metadata(type=inner, extra=extra):
            return extra["kind"] if extra and "kind" in extra else _shaped(inner, where)
        case inspect.StructType(fields=fields):
            return {field.encode_name: _shaped(field.type, f"{where}.{field.name}") for field in fields}
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            return [_shaped(item, where)]
        case inspect.UnionType(types=types):
            return next(_shaped(one, where) for one in types if not isinstance(one, inspect.NoneType))
        case _ if type(kind) in _NUMBERS:
            return _NUMBERS[type(kind)]
    raise NoKind(f"{where} does not say what kind of thing it is: {kind}")
