"""What customers of the airline ask for when it is done and they are sorry: that it be undone, or done otherwise."""

from collections.abc import Callable, Iterable, Mapping
from random import Random
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from servers.airline.recipes import drafts
from servers.airline.recipes.instead import REFERENCES
from servers.airline.recipes.passengers import newcomer
from servers.airline.recipes.reservations import LATEST
from servers.airline.records import Reservation
from servers.drafting import revealed
from servers.recipe import Draft, Recipe, Request
from servers.state import View

Regret = Callable[[View, View, str, Request, Random], Draft | None]


def with_regrets(recipes: Iterable[Recipe]) -> tuple[Recipe, ...]:
    """The recipes, each with how its family is undone where there is a way to ask for it."""
    return tuple(replace(each, regret=REGRETS[each.name]) if each.name in REGRETS else each for each in recipes)


def of_book(_before: View, after: View, customer: str, _request: Request, random: Random) -> Draft | None:
    """Cancel what was booked just now: within the hours in which anybody may."""
    if drafts.presupposed(after, customer, {"which": LATEST}) is None:
        return None
    return _draft("cancel", {"which": LATEST, "reason": "change of plans"}, random)


def of_cancel(before: View, after: View, customer: str, request: Request, random: Random) -> Draft | None:
    """Keep it after all, for somebody else: too late."""
    reservation = _reservation(before, customer, request)
    if reservation is None:
        return None
    who = reservation.passengers[0]
    rename = {"old": {"first_name": who.first_name, "last_name": who.last_name}, "new": newcomer(before, reservation, random)}
    return _draft("passengers", {**_named(after, customer, reservation, request), "rename": rename}, random)


def of_cabin(before: View, after: View, customer: str, request: Request, random: Random) -> Draft | None:
    """Back to the cabin that it was in."""
    reservation = _reservation(before, customer, request)
    if reservation is None:
        return None
    params = {**_named(after, customer, reservation, request), "cabin": reservation.cabin, "payment": request.params["payment"]}
    return _draft("cabin", params, random)


def of_bags(before: View, after: View, customer: str, request: Request, random: Random) -> Draft | None:
    """Take the bags off again: nobody can."""
    reservation = _reservation(before, customer, request)
    if reservation is None or "more" not in request.params:
        return None
    params = {**_named(after, customer, reservation, request), "fewer": request.params["more"]}
    return _draft("bags", {**params, "payment": request.params["payment"]}, random)


def of_passengers(before: View, after: View, customer: str, request: Request, random: Random) -> Draft | None:
    """Not that one: somebody else again."""
    reservation, rename = _reservation(before, customer, request), request.params.get("rename")
    if reservation is None or rename is None:
        return None
    old = {part: rename["new"][part] for part in ("first_name", "last_name")}
    back = {"old": old, "new": newcomer(after, reservation, random)}
    return _draft("passengers", {**_named(after, customer, reservation, request), "rename": back}, random)


def _reservation(before: View, customer: str, request: Request) -> Reservation | None:
    if not set(REFERENCES) & set(request.params):
        return None
    return drafts.presupposed(before, customer, request.params)


def _named(after: View, customer: str, reservation: Reservation, request: Request) -> dict[str, Any]:
    """The reservation as it was named, where that still fits it alone; otherwise by the id that they were told by now."""
    said = {slot: value for slot, value in request.params.items() if slot in REFERENCES}
    found = drafts.presupposed(after, customer, said) if said else None
    same = found is not None and found.reservation_id == reservation.reservation_id
    return said if same else {"reservation_id": reservation.reservation_id}


def _draft(recipe: str, params: Mapping[str, Any], random: Random) -> Draft:
    opening = revealed(params, set(params) - {"payment", "reason"}, random)
    return Draft(request=Request(recipe=recipe, params=params), opening=opening)


REGRETS: Mapping[str, Regret] = MappingProxyType(
    {"book": of_book, "cancel": of_cancel, "cabin": of_cabin, "bags": of_bags, "passengers": of_passengers}
)
