"""How the value of a slot is said inside a sentence of `phrases.toml`.

One convention for things: the words of `items`, `order_with` and `swaps` begin without an article, the lines write
"the {items}", and every further thing in a list brings its own "the". Every piece of a value stands in its words.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from servers.english import joined, money
from servers.persons import Address
from servers.retail import swap_words, wording

_NUMBERS = ("two ", "three ", "four ", "five ", "six ")


def worded(slot: str, value: Any) -> str:
    """The words for a slot's value."""
    if isinstance(value, float):
        return money(value)
    if isinstance(value, str):
        return _plural(value) if slot == "product" else value
    if (say := _SAID.get(slot)) is not None:
        return say(value)
    match value:
        case {"order_id": number, "total": amount}:
            return f"order {number} at {money(amount)}"
        case {"name": _}:
            return swap_words.thing(value)
        case [*parts]:
            return joined([worded(slot, part) for part in parts])
    return str(value)


def _things(things: Sequence[Mapping[str, Any]]) -> str:
    return _listed([swap_words.thing(each) for each in things])


def _named(names: Sequence[str]) -> str:
    return _listed([_counted(name, names.count(name)) for name in dict.fromkeys(names)])


def _found(orders: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join(f"the {_named(each['names'])} in order {each['order_id']}" for each in orders)


def _standing(orders: Sequence[Mapping[str, Any]]) -> str:
    return joined([f"order {each['order_id']} (“{each['status']}”)" for each in orders])


def _listed(things: Sequence[str]) -> str:
    """'A', 'A and the B', 'A, the B and the C': what stands after a 'the'."""
    return joined([*things[:1], *(thing if thing.startswith(_NUMBERS) else f"the {thing}" for thing in things[1:])])


def _counted(name: str, count: int) -> str:
    """'Camping Tent', or 'two Camping Tents' without another article before it."""
    return name if count == 1 else f"{_NUMBERS[count - 2]}{_plural(name)}"


def _plural(name: str) -> str:
    """'Camping Tents'; what is a pair stays as it is."""
    if name.endswith("s"):
        return name
    return f"{name}es" if name.endswith(("sh", "ch", "x")) else f"{name}s"


def _address(value: Mapping[str, Any]) -> str:
    """One line with all its parts, the country always: what is confirmed leaves nothing out."""
    where = msgspec.convert(value, Address)
    line = wording.address(where)
    return line if line.endswith(where.country) else f"{line}, {where.country}"


_SAID: Mapping[str, Callable[[Any], str]] = MappingProxyType(
    {
        "address": _address,
        "which": lambda which: f"{which['pick']} {which['status']} order",
        "items": _things,
        "missing": _things,
        "swaps": lambda swaps: ", and the ".join([swap_words.swap(swap) for swap in swaps]),
        "best": swap_words.best,
        "between": swap_words.between,
        "step": swap_words.step,
        "further": swap_words.further,
        "order_with": _named,
        "found": _found,
        "standing": _standing,
        "compared": "; ".join,
    }
)
"""How the slots are said whose values are more than a text or a number."""
