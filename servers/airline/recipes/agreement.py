"""Does what an agent states go against what the customer said? Judged from the customer's words alone.

They cannot tell what they never said: which flight is the cheapest, what is on a card, what a change costs.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from servers.airline.recipes.agreed_flights import against_flights, is_trip
from servers.recipe import Slots

People = Sequence[Mapping[str, str]]


def contradicted(params: Slots, stated: Slots, _refused: int = 0) -> str | None:
    """The first slot in which a statement cannot be what the customer asked for."""
    for slot, said in params.items():
        if slot in stated and not _agrees(slot, said, stated[slot]):
            return slot
    if "part" in params:  # whatever is proposed is for the whole reservation
        return "part"
    if "route" in stated and "trip" in params and not is_trip(params["trip"], **stated["route"]):
        return "trip"
    if "flights" in stated:
        return against_flights(params, stated["flights"])
    if "bags" in stated:
        return _against_bags(params, stated["bags"]["total"])
    return _against_names(params, stated["passengers"]) if "passengers" in stated else None


def _agrees(slot: str, said: Any, stated: Any) -> bool:
    match slot:
        case "passengers":
            return _are_those(said, stated)
        case "bags":
            return bool(said == stated["total"])
        case "payments":
            return 0 < len(stated) <= len(said) and all(
                _is_method(words, part["method"]) for words, part in zip(said, stated, strict=False)
            )
        case "payment":
            return _is_method(said, stated)
    return bool(said == stated)


def _is_method(words: str, stated: str) -> bool:
    return words.casefold() in stated.casefold()


def _are_those(said: Sequence[Any], stated: People) -> bool:
    """Are just those there whom the customer named? Of themselves they see only that somebody is there, and nobody twice."""
    once = all(who not in stated[:place] for place, who in enumerate(stated))
    return once and len(said) == len(stated) and all(who == "me" or _is_among(who, stated) for who in said)


def _is_among(who: Mapping[str, str], stated: People) -> bool:
    return any(who.items() <= each.items() for each in stated)


def _against_names(params: Slots, stated: People) -> str | None:
    """The new passenger is there as they were named, and the old one is not; of the others the customer said nothing."""
    if "rename" in params:
        old, new = params["rename"]["old"], params["rename"]["new"]
        stays = any(old.items() <= each.items() and not new.items() <= each.items() for each in stated)
        return "rename" if stays or not _is_among(new, stated) else None
    if "add" in params and not _is_among(params["add"], stated):
        return "add"
    return "remove" if "remove" in params and _is_among(params["remove"], stated) else None


def _against_bags(params: Slots, total: int) -> str | None:
    """Who asks for more bags sees that at least those are there; who asks for fewer gets nothing that is proposed."""
    if "fewer" in params:
        return "fewer"
    return "more" if total < params.get("more", 0) else None
