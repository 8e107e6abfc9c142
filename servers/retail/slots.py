"""How the value of a slot is said inside a sentence of `phrases.toml`.

One convention for things: the words of `items`, `order_with` and `swaps` begin without an article, the lines write
"the {items}", and every further thing in a list brings its own "the". Every piece of a value stands in its words.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from servers.english import joined, money
from servers.persons import Address
from servers.retail import wording

_NUMBERS = ("two ", "three ", "four ", "five ", "six ")


def worded(slot: str, value: Any) -> str:
    """The words for a slot's value."""
    match slot, value:
        case _, float():
            return money(value)
        case "address", {"address1": _}:
            return _address(value)
        case "which", {"pick": pick, "status": status}:
            return f"{pick} {status} order"
        case "items", [*things]:
            return _listed([_thing(thing) for thing in things])
        case "swaps", [*swaps]:
            return ", and the ".join([_swap(swap) for swap in swaps])
        case "order_with", [*names]:
            return _listed([_counted(name, names.count(name)) for name in dict.fromkeys(names)])
        case "compared", [*options]:
            return "; ".join(options)
        case _, {"name": _}:
            return _thing(value)
        case _, [*parts]:
            return joined([worded(slot, part) for part in parts])
    return str(value)


def _listed(things: Sequence[str]) -> str:
    """'A', 'A and the B', 'A, the B and the C': what stands after a 'the'."""
    return joined([*things[:1], *(thing if thing.startswith(_NUMBERS) else f"the {thing}" for thing in things[1:])])


def _counted(name: str, count: int) -> str:
    """'Camping Tent', or 'two Camping Tents' without another article before it."""
    plural = name if name.endswith("s") else f"{name}s"
    return name if count == 1 else f"{_NUMBERS[count - 2]}{plural}"


def _thing(described: Mapping[str, Any]) -> str:
    return wording.item(described["name"], described.get("options", {}))


def _swap(swap: Mapping[str, Any]) -> str:
    """'A for the same one in white' (a customer's words), 'A for the B' (what an agent states)."""
    old = _thing(swap["item"])
    if "new" in swap:
        return f"{old} for the {_thing(swap['new'])}"
    name, wanted = swap["item"]["name"], swap.get("wanted", {})
    one = "ones" if wording.with_article(name).startswith("a pair of") else "one"
    which = f"{swap['pick']} {one}" if "pick" in swap else f"same {one}"
    return f"{old} for the {which} {wording.options(wanted, name) or ('available' if 'pick' in swap else 'again')}"


def _address(value: Mapping[str, Any]) -> str:
    """One line with all its parts, the country always: what is confirmed leaves nothing out."""
    where = msgspec.convert(value, Address)
    line = wording.address(where)
    return line if line.endswith(where.country) else f"{line}, {where.country}"
