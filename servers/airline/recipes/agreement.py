"""Does what an agent states go against what the customer said? Judged from the customer's words alone.

They cannot tell what they never said: which flight is the cheapest, what is on a card, what a change costs.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from servers.recipe import Slots


def contradicted(params: Slots, stated: Slots, _refused: int = 0) -> str | None:
    """The first slot in which a statement cannot be what the customer asked for."""
    for slot, said in params.items():
        if slot in stated and not _agrees(slot, said, stated[slot]):
            return slot
    if "flights" in stated:
        return _against_flights(params, stated["flights"])
    return _against_bags(params, stated)


def _agrees(slot: str, said: Any, stated: Any) -> bool:
    match slot:
        case "passengers":
            return len(said) == len(stated) and all(_is_among(who, stated) for who in said)
        case "bags":
            return bool(said == stated["total"])
        case "payments":
            return all(any(words.casefold() in part["method"].casefold() for words in said) for part in stated)
        case "payment":
            return bool(said.casefold() in stated.casefold())
    return bool(said == stated)


def _is_among(who: Any, stated: Sequence[Mapping[str, str]]) -> bool:
    """Is a passenger that the customer named among those stated? Of themselves they see only that somebody is there."""
    return who == "me" or any(who.items() <= each.items() for each in stated)


def _against_flights(params: Slots, flights: Sequence[Mapping[str, Any]]) -> str | None:
    """Days, airports and the hour that were asked for must be among the flights. Of what they asked for one leg only,
    the other flights are as they were."""
    days = {each["day"] for each in flights}
    for slot in ("days", "back_days"):
        if slot in params and not days & set(params[slot]):
            return slot
    if "origin" in params and not _at(flights[0]["origin"], params["origin"]):
        return "origin"
    if "destination" in params and not any(_at(each["destination"], params["destination"]) for each in flights):
        return "destination"
    departs = params.get("flight", {}).get("departs")
    if departs is not None and not any(each.get("departs") == departs for each in flights):
        return "flight"
    return None


def _at(stated: Mapping[str, str], wanted: Sequence[Mapping[str, str]]) -> bool:
    return any(one.items() <= stated.items() for one in wanted)


def _against_bags(params: Slots, stated: Slots) -> str | None:
    """The customer who asks for more bags sees that at least those are there."""
    if "more" in params and "bags" in stated and stated["bags"]["total"] < params["more"]:
        return "more"
    return None
