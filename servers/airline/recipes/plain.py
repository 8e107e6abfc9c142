"""Wishes in words that leave nothing to look for or compare: the reservation by its id, the flight by its hour."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from servers.airline.facts import AirlineFacts
from servers.airline.recipes import drafts
from servers.airline.recipes.reservations import place
from servers.airline.recipes.search import Journey, Wish, competing, looked_up
from servers.airline.records import Reservation
from servers.recipe import Request
from servers.state import View

Said = Callable[[str], Any]


def by_id(view: View, customer: str, request: Request) -> Sequence[Request]:
    """The same of the reservation that is meant, by its id."""
    found = _numbered(view, customer, request)
    return () if found is None or "reservation_id" in request.params else (found[1],)


def booked(
    planned: Callable[[View, Mapping[str, Any]], Sequence[tuple[Wish, Sequence[Journey]]]],
    view: View,
    _customer: str,
    request: Request,
) -> Sequence[Request]:
    """A booking of one direct flight by its airports, its day and its hour; of a longer journey there are no such words."""
    legs = planned(view, request.params)
    best = legs[0][1][:1] if len(legs) == 1 else []
    words = _by_hour(best, view.facts)
    if not words or "departs" in request.params["flight"] or "back_days" in request.params:
        return ()
    return (Request(recipe=request.recipe, params={**request.params, **words}),)


def rebooked(
    wish_of: Callable[[Said, Reservation, AirlineFacts], Wish | None], view: View, customer: str, request: Request
) -> Sequence[Request]:
    """A change to one direct flight by its day and hour, of the reservation by its id."""
    found = _numbered(view, customer, request)
    wish = wish_of(request.params.get, found[0], view.facts) if found and request.params.get("flight") else None
    if found is None or wish is None:
        return ()
    words = _by_hour(competing(wish, looked_up(view, wish))[:1], view.facts)
    plain: dict[str, Any] = dict(found[1].params) | {slot: words[slot] for slot in ("days", "flight") if slot in words}
    return () if plain == request.params else (Request(recipe=request.recipe, params=plain),)


def _numbered(view: View, customer: str, request: Request) -> tuple[Reservation, Request] | None:
    """The reservation that is meant, and the request with its id."""
    reservation = drafts.presupposed(view, customer, request.params)
    if reservation is None:
        return None
    rest = {slot: value for slot, value in request.params.items() if slot not in ("trip", "which", "reservation_id")}
    return reservation, Request(recipe=request.recipe, params={"reservation_id": reservation.reservation_id, **rest})


def _by_hour(best: Sequence[Journey], facts: AirlineFacts) -> dict[str, Any]:
    """The words for a journey of one flight; none for any other."""
    if not best or len(best[0].flights) > 1:
        return {}
    (flight,) = best[0].flights
    return {
        "origin": [place(flight.origin, facts)],
        "destination": [place(flight.destination, facts)],
        "days": list(best[0].days),
        "flight": {"departs": flight.scheduled_departure_time_est, "stops": "direct"},
    }
