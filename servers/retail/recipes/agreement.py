"""Does what an agent states go against what the customer said? Judged from the customer's words alone.

They cannot tell what they never said: with "the original payment method" any method agrees, with "the address in my
profile" any address.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from servers.recipe import Slots
from servers.retail.recipes import scales
from servers.retail.recipes.orders import ORIGINAL

_Fits = Callable[[Mapping[str, Any], Mapping[str, Any]], bool]


def contradicted(params: Slots, stated: Slots, refused: int = 0) -> str | None:
    """The first slot in which a statement cannot be what the customer asked for; `refused` of several things may be missing."""
    for slot, said in params.items():
        if slot in stated and not _agrees(slot, said, stated[slot], refused):
            return slot
    return None


def _agrees(slot: str, said: Any, stated: Any, refused: int) -> bool:
    match slot:
        case "items":
            return len(stated) == len(said) and _each_has_its_own(said, stated, _described)
        case "swaps":
            return len(said) - refused <= len(stated) and _each_has_its_own(said, stated, _swapped)
        case "payment":
            return bool(said == ORIGINAL or said.casefold() in stated.casefold())
        case "address":
            return all(str(stated.get(part, "")).casefold() == str(value).casefold() for part, value in said.items())
        case "order_with":
            return set(said) <= set(stated)
    return bool(said == stated)


def _each_has_its_own(said: Sequence[Mapping[str, Any]], stated: Sequence[Mapping[str, Any]], fits: _Fits) -> bool:
    """Can every statement be matched with a wish of its own?"""
    if not stated:
        return True
    return any(
        fits(one, stated[0]) and _each_has_its_own([*said[:place], *said[place + 1 :]], stated[1:], fits)
        for place, one in enumerate(said)
    )


def _described(said: Mapping[str, Any], stated: Mapping[str, Any]) -> bool:
    return bool(said["name"] == stated["name"] and said.get("options", {}).items() <= stated.get("options", {}).items())


def _swapped(said: Mapping[str, Any], stated: Mapping[str, Any]) -> bool:
    """The item that was meant, for the same product: with a pick whatever has what was asked for, else nothing else changed."""
    old, new, wanted = stated["item"], stated["new"], said.get("wanted", {})
    if not _described(said["item"], old) or new["name"] != old["name"] or not wanted.items() <= new["options"].items():
        return False
    if ranked := said.get("ranked"):
        return any(new["options"] == {**old["options"], **wish} for wish in ranked)
    if step := said.get("step"):
        return _stepped(step, old, new)
    if like := said.get("like"):  # what the other one is like they do not know by heart
        return "option" not in like or _only(like["option"], old, new)
    return bool(said.get("pick")) or new["options"] == {**old["options"], **wanted}


def _stepped(step: Mapping[str, Any], old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """One option goes the way that was asked for; how far the next one is the customer need not know."""
    option = step["option"]
    before, after = old["options"][option], new["options"][option]
    return before != after and _only(option, old, new) and scales.goes(old["name"], option, before, after, step["way"])


def _only(option: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Does nothing but this option differ?"""
    return bool(new["options"] == {**old["options"], option: new["options"][option]})
