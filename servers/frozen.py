"""Values that stay what they are: the base of every record and the read-only mapping inside one.

A frozen Struct with a plain `dict` in it can still be changed through the dict, and a record is
shared by every conversation of the process.
"""

from collections.abc import Mapping
from typing import Any, NoReturn, TypeVar

import msgspec

Value = TypeVar("Value")


class FrozenMap(dict[str, Value]):
    """A dict that refuses to be changed; encoded, compared and read as a dict."""

    __slots__ = ()

    def _refuse(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise TypeError("a record's mapping cannot be changed; make a new record")

    __setitem__ = __delitem__ = update = pop = popitem = clear = setdefault = _refuse
    __ior__ = _refuse

    def __copy__(self) -> "FrozenMap[Value]":
        return self

    def __deepcopy__(self, _memo: dict[int, Any]) -> "FrozenMap[Value]":
        return self


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a table. A subclass with mapping fields names them in `__post_init__`."""


def freeze(record: Record, *fields: str) -> None:
    """Make the named mapping fields of a record that is being built read-only."""
    for field in fields:
        mapping: Mapping[str, Any] = getattr(record, field)
        if type(mapping) is not FrozenMap:
            msgspec.structs.force_setattr(record, field, FrozenMap(mapping))
