"""Rows of a world's file as records: decoded as their type at once, with parts that are alike made once and shared.

Above: `worlds`, which says what is wrong with a row that is not taken here. Below: the record types of a domain.
A large world has half a million orders of a few thousand different items: as one value each they are a third of the memory.
"""

from collections.abc import Callable
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

from servers.frozen import Record

ALIKE = 20_000
"""Parts of one kind that are remembered; then remembering begins anew."""

_encode = msgspec.json.Encoder().encode


class Rows:
    """Decodes the rows of one table. Parts that are records are first left as text, by which those that are alike are found."""

    def __init__(self, kind: type[Record]) -> None:
        self._kind = kind
        self._single: list[tuple[str, _Alike]] = []
        self._listed: list[tuple[str, _Alike]] = []
        self._mapped: list[tuple[str, _Alike]] = []
        hints = get_type_hints(kind)
        self._names = tuple(field.name for field in msgspec.structs.fields(kind))
        fields = [(name, self._left(name, hints[name])) for name in self._names]
        self._loose = msgspec.json.Decoder(msgspec.defstruct(kind.__name__, fields, gc=False)).decode

    def taken(self, row: msgspec.Raw) -> Record | None:
        """The record of a row that is written as we write it, so that nothing of it can be lost; None for any other row."""
        try:
            record = self._record(row)
            return record if _encode(record) == bytes(row) else None
        except (ValueError, RecursionError):
            return None

    def _left(self, name: str, hint: Any) -> Any:
        """What a field is decoded as at first."""
        origin, inner = get_origin(hint), get_args(hint)
        if _of_records(hint):
            self._single.append((name, _Alike(hint)))
            return msgspec.Raw
        if origin is tuple and inner[1:] == (...,) and _of_records(inner[0]):
            self._listed.append((name, _Alike(inner[0])))
            return tuple[msgspec.Raw, ...]
        if origin is dict and inner[0] is str and _of_records(inner[1]):
            self._mapped.append((name, _Alike(inner[1])))
            return dict[str, msgspec.Raw]
        return hint

    def _record(self, row: msgspec.Raw) -> Record:
        loose = self._loose(row)
        values = {name: getattr(loose, name) for name in self._names}
        for name, alike in self._single:
            values[name] = alike.of(values[name])
        for name, alike in self._listed:
            values[name] = tuple([alike.of(part) for part in values[name]])
        for name, alike in self._mapped:
            values[name] = {key: alike.of(part) for key, part in values[name].items()}
        return self._kind(**values)


class _Alike:
    """Values of one type by their text."""

    def __init__(self, kind: Any) -> None:
        self._decode: Callable[[bytes], Any] = msgspec.json.Decoder(kind).decode
        self._known: dict[bytes, Any] = {}

    def of(self, part: msgspec.Raw) -> Any:
        text = bytes(part)
        value = self._known.get(text)
        if value is None:
            if len(self._known) >= ALIKE:
                self._known.clear()
            value = self._known[text] = self._decode(text)
        return value


def _of_records(hint: Any) -> bool:
    """Is it a record type, or a union of them?"""
    kinds = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    return all(isinstance(kind, type) and issubclass(kind, Record) for kind in kinds)
