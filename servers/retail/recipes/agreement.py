"""Does what an agent states go against what the customer said? Judged from the customer's words alone."""

from collections.abc import Mapping
from typing import Any

from servers.recipe import Slots
from servers.retail.recipes.orders import ORIGINAL


def contradicted(params: Slots, stated: Slots) -> str | None:
    """The first slot in which a statement cannot be what the customer asked for."""
    for slot, said in params.items():
        if slot in stated and not _agrees(slot, said, stated[slot]):
            return slot
    return None


def _agrees(slot: str, said: Any, stated: Any) -> bool:
    match slot:
        case "items":
            return len(said) >= len(stated) and all(any(_described(one, other) for one in said) for other in stated)
        case "swaps":
            return all(any(_swapped(one, other) for one in said) for other in stated)
        case "payment":
            return said == ORIGINAL or said.casefold() in stated.casefold()
        case "address":
            return all(str(stated.get(part, "")).casefold() == str(value).casefold() for part, value in said.items())
        case "order_with":
            return set(said) <= set(stated)
    return bool(said == stated)


def _described(said: Mapping[str, Any], stated: Mapping[str, Any]) -> bool:
    return bool(said["name"] == stated["name"] and said.get("options", {}).items() <= stated.get("options", {}).items())


def _swapped(said: Mapping[str, Any], stated: Mapping[str, Any]) -> bool:
    return _described(said["item"], stated["item"]) and said.get("wanted", {}).items() <= stated["new"]["options"].items()
