"""Calls about what is none of this customer's business: an id that nobody said or showed, somebody else's record."""

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import msgspec
from msgspec.structs import replace

from engine.agents.flawed.knowing import Knowing, calls_made
from engine.agents.flawed.siblings import leaves, replaced
from engine.conversation.events import Call, Called, Move, Returned, Spoke
from engine.conversation.views import View
from servers.frozen import Record

_LETTERS, _DIGITS = "ABCDEFGHJKLMNPQRSTUVWXYZ", "0123456789"


class InventsId(Knowing):
    """Asks a tool about an id of its own invention once, before it reads its first record."""

    async def move(self, view: View) -> Move | None:
        move = await super().move(view)
        call = self.read(move)
        if move is None or call is None or any(self._keys(called) for called, _ in calls_made(view.seen)):
            return move
        invented = next((self._invented(call, key, view) for key in self._keys(call)), None)
        if invented is None or any(_equal(invented, called) for called, _ in calls_made(view.seen)):
            return move
        return replace(move, calls=(invented,))

    def _keys(self, call: Call | Called) -> list[str]:
        """The keys of records in a call's arguments."""
        tables = self.world.tables.values()
        return [value for _, value in leaves(_arguments(call)) if any(value in rows for rows in tables)]

    def _invented(self, call: Call, key: str, view: View) -> Call:
        """The same call with an id of the same shape that there is not."""
        random, other = view.random.throughout("invented"), key
        heard = [
            event.text for event in view.seen if isinstance(event, Spoke) or (isinstance(event, Returned) and not event.error)
        ]
        while any(other in text for text in heard) or any(other in rows for rows in self.world.tables.values()):
            other = _like(other, random)
        return Call(name=call.name, arguments=call.arguments.replace(key, other))


class OtherAccount(Knowing):
    """Looks at another customer's record as well, once, before it reads one of this customer's."""

    async def move(self, view: View) -> Move | None:
        move = await super().move(view)
        call = self.read(move)
        if move is None or call is None or self._owner_of(call) != self.scenario.customer:
            return move
        if any(self._owner_of(called) not in (None, self.scenario.customer) for called, _ in calls_made(view.seen)):
            return move
        other = self._others(call, view.random.throughout("other account"))
        return replace(move, calls=(other,)) if other is not None else move

    def _others(self, call: Call, random: Random) -> Call | None:
        """The same read of somebody else's record."""
        tool = self.domain.callable[call.name, "agent"]
        if tool.shows is None or tool.shows.argument is None:
            return None
        rows = self.world.tables[tool.shows.table]
        theirs = [key for key, record in rows.items() if self._owner(tool.shows.table, key, record) != self.scenario.customer]
        if not theirs:
            return None
        key = theirs[int(random.random() * len(theirs))]
        arguments = replaced(_arguments(call), (tool.shows.argument,), key)
        return Call(name=call.name, arguments=msgspec.json.encode(arguments).decode())

    def _owner_of(self, call: Call | Called) -> str | None:
        """Whose record a call is about; None where it is about nobody's."""
        tool = self.domain.callable.get((call.name, "agent"))
        if tool is None or tool.shows is None or tool.shows.argument is None:
            return None
        key = str(_arguments(call).get(tool.shows.argument))
        record = self.world.tables[tool.shows.table].get(key)
        return self._owner(tool.shows.table, key, record) if record is not None else None

    def _owner(self, table: str, key: str, record: Record) -> str | None:
        if table == self.domain.customers:
            return key
        field = self.domain.owners.get(table)
        return getattr(record, field) if field is not None else None


def _arguments(call: Call | Called) -> Mapping[str, Any]:
    arguments: Mapping[str, Any] = msgspec.json.decode(call.arguments)
    return arguments


def _equal(call: Call, called: Called) -> bool:
    return (call.name, call.arguments) == (called.name, called.arguments)


def _like(text: str, random: Random) -> str:
    """A text of the same shape: one of its last letters or digits is another one. Without any, one is added."""
    places = list(_places(text))
    if not places:
        return text + _DIGITS[int(random.random() * 10)]
    place = places[int(random.random() * len(places))]
    pool = _DIGITS if text[place].isdigit() else _LETTERS if text[place].isupper() else _LETTERS.lower()
    return text[:place] + pool[int(random.random() * len(pool))] + text[place + 1 :]


def _places(text: str) -> Iterator[int]:
    """Where its digits stand, and if it has none its letters."""
    digits = [place for place, letter in enumerate(text) if letter in _DIGITS]
    yield from digits or (place for place, letter in enumerate(text) if letter.isascii() and letter.isalpha())
