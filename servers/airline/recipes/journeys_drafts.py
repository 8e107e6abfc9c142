"""Drawing a journey that somebody may want: between which places, on which days, and by which words of theirs."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from servers.airline.facts import AirlineFacts
from servers.airline.network import AREAS
from servers.airline.recipes import drafts
from servers.airline.recipes.reservations import place
from servers.airline.recipes.search import DIRECT, ONE_STOP, Ask, Journey, Wish, asks, clear, competing, fits, looked_up
from servers.airline.records import Flight, Reservation
from servers.drafting import chosen
from servers.state import View

HORIZON = 15
"""Days from now for which flights can be booked, tomorrow being the first."""

_FEW = 4
"""Searches that somebody makes of whom nobody can say that fewer would have done, where there is nothing to find."""

_PICKS = ("cheapest", "cheapest", "cheapest", "fastest", "fastest", "fastest", "earliest", "latest")
_HOURS = ("07:00:00", "08:00:00", "09:00:00", "10:00:00", "11:00:00", "12:00:00", "14:00:00", "16:00:00", "18:00:00")


@lru_cache(maxsize=4096)
def day_after(day: str, number: int) -> str:
    """So many days later, or (below 0) before."""
    return (date.fromisoformat(day) + timedelta(days=number)).isoformat()


def ends(view: View, homes: Sequence[str], random: Random) -> tuple[str, str] | None:
    """An airport to leave from, a home rather, and one that can be reached from it, mostly directly."""
    airports = [each.iata for each in view.facts.airports]
    origin = chosen(homes if homes and random.random() < 0.6 else airports, random)
    direct = sorted({each.destination for each in view.find("origin", origin or "", Flight)})
    destination = chosen(direct, random)
    if destination is not None and random.random() < 0.2:
        near = {each for area in AREAS.values() if origin in area for each in area}
        onward = sorted({each.destination for each in view.find("origin", destination, Flight)} - {origin, *near, *direct})
        destination = chosen(onward, random) or destination
    return None if origin is None or destination is None else (origin, destination)


def places(iata: str, facts: AirlineFacts, random: Random) -> list[dict[str, str]]:
    """An airport as somebody says it who does not mind its neighbours: several of its area, or the whole city."""
    served = {each.iata: each.city for each in facts.airports}
    city = served[iata]
    near = [each for area in AREAS.values() if iata in area for each in area if each in served and each != iata]
    if sum(each == city for each in served.values()) > 1 and random.random() < 0.45:
        return [{"city": city}]
    if not near:
        return [place(iata, facts)]
    random.shuffle(near)
    others = near[: 1 + int(random.random() < 0.25)]
    return [place(each, facts) for each in served if each in (iata, *others)]


def departing(view: View, wish: Wish, seats_left: bool, random: Random) -> Mapping[str, Any] | None:
    """The words for one direct flight of the first day: that it leaves at its hour. With the seats that are wanted, or not."""
    direct = wish._replace(days=wish.days[:1], flight={"stops": "direct"})
    found = looked_up(view, direct)
    having = competing(direct, found)
    pool = having if seats_left else [each for each in found if each not in having]
    some = chosen(pool, random)
    if some is None:
        return None
    words = {"departs": some.flights[0].scheduled_departure_time_est, "stops": "direct"}
    return words if clear(direct._replace(flight=words), found) else None


def extreme(view: View, wish: Wish, random: Random) -> Mapping[str, Any] | None:
    """The words for an extreme among all journeys of the days, perhaps within some hours; None where they are not clear.

    First and last departures are asked for on one day only: of two days nobody would look at both.
    """
    stops = "direct" if random.random() < 0.4 else "any"
    found = looked_up(view, wish._replace(flight={"stops": stops}))
    picks = list(_PICKS)
    random.shuffle(picks)
    for pick in dict.fromkeys(picks):
        words = {"pick": pick, "stops": stops, **hours(pick, random)}
        if pick in ("earliest", "latest") and len(wish.days) > 1:
            continue
        if clear(wish._replace(flight=words), found):
            return words
    return None


def hours(pick: str, random: Random) -> dict[str, str]:
    """Sometimes hours between which the customer wants to leave; the earliest flight is one after an hour, not before."""
    drawn = random.random()
    after, before = chosen(_HOURS[:6], random) or "", chosen(_HOURS[4:], random) or ""
    if pick == "earliest":
        return {"after": after} if drawn < 0.5 else {}
    if pick == "latest":
        return {"before": before} if drawn < 0.5 else {}
    if drawn < 0.12:
        return {"after": after}
    if drawn < 0.24:
        return {"before": before}
    return {"after": after, "before": before} if drawn < 0.28 and after < before else {}


def is_sharp(view: View, wish: Wish, found: Sequence[Journey]) -> bool:
    """Does it take all searches to find the best: is it on no first airport or day, by no first tool, and nothing that is found
    first? Where there is no best, it takes few.
    """
    return _takes_all(view, wish, competing(wish, found))


def _takes_all(view: View, wish: Wish, ranked: Sequence[Journey]) -> bool:
    asked = asks(wish, lambda: view.facts.airports)
    best = [_shown_by(each) for each in ranked]
    if not best:
        return len(asked) < _FEW
    if any(len(set(axis)) > 1 and axis[0] == value for axis, value in zip(zip(*asked, strict=True), best[0], strict=True)):
        return False
    return len(asked) == 1 or next(ask for ask in asked if ask in best) != best[0]


def _shown_by(journey: Journey) -> Ask:
    """The search that shows a journey."""
    first, last = journey.flights[0], journey.flights[-1]
    return Ask(DIRECT if len(journey.flights) == 1 else ONE_STOP, first.origin, last.destination, journey.days[0])


def sharpened(view: View, wish: Wish, found: Sequence[Journey]) -> Wish | None:
    """The same wish in an order, and with the stops, in which it takes all searches to find the best; None where none does."""
    ranked = competing(wish, found)
    best = next(iter(ranked), None)
    if best is not None:
        origin, destination = best.flights[0].origin, best.flights[-1].destination
        flight = {**wish.flight, "stops": "direct"} if len(best.flights) == 1 and "stops" in wish.flight else wish.flight
        wish = wish._replace(origin=_last(wish.origin, origin), destination=_last(wish.destination, destination), flight=flight)
        ranked = [each for each in ranked if len(each.flights) == 1 or flight["stops"] != "direct"]
    return wish if _takes_all(view, wish, ranked) else None


def _last(places: Sequence[Mapping[str, str]], iata: str) -> list[Mapping[str, str]]:
    """The airport at the end, where several were named."""
    return sorted(places, key=lambda each: each.get("iata") == iata)


def inner_slots(view: View, customer: str, reservation: Reservation, random: Random) -> dict[str, Any]:
    """How a customer names a reservation: by its id where the first or the last that is looked at would be it."""
    numbers = drafts.user_of(view, customer).reservations
    if reservation.reservation_id in (numbers[:1] + numbers[-1:]) and random.random() < 0.85:
        return {"reservation_id": reservation.reservation_id}
    slots = drafts.reservation_slots(view, customer, reservation, random)
    return drafts.reservation_slots(view, customer, reservation, random) if "reservation_id" in slots else slots


def outcome(wish: Wish, found: Sequence[Journey], ranked: Sequence[Journey]) -> str:
    """What becomes of a wish, of what is found and what of it competes: found, full, or none."""
    if ranked:
        return "found"
    return "full" if any(fits(each, wish.flight) for each in found) else "none"
