"""Other ways the flights could be for whoever looks for a journey: each search might show a better one, and the chosen
one might be sold out, canceled, or cost something else.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from servers.airline.days import clock
from servers.airline.network import AIRPORTS, miles
from servers.airline.recipes import edits
from servers.airline.recipes.search import (
    DIRECT,
    Ask,
    Journey,
    Wish,
    asks,
    codes,
    competing,
    fits,
    on_the_way,
    price,
)
from servers.airline.records import Available, ByCabin, Cabin, Cancelled, Flight, Segment
from servers.airline.wording import minutes
from servers.recipe import Edit
from servers.state import View

_FIRST_NUMBER = 1001
_SEATS_TO_SPARE = 3
_DEARER = 37
# What a journey is like where there is none to go by: when it leaves, how long it takes, what it costs.
_NOON, _LONG, _COSTS = 725, 170, 180
_EARLIER, _FASTER, _SHORTEST = 25, 10, 40
# A fare in each cabin, of twenty of the fare in economy.
_FARES = ByCabin(basic_economy=14, economy=20, business=52)


class _Better(NamedTuple):
    """A journey that would be chosen: its departure and time on the way in minutes, its price for one passenger."""

    departs: int
    takes: int
    price: int


def otherwise(view: View, wish: Wish, found: Sequence[Journey]) -> Iterator[Edit]:
    """For each search a better journey that it alone shows; and the chosen one sold out, canceled or at another price.
    `found` is what the searches find as things are.
    """
    ranked = competing(wish, found)
    best = ranked[0] if ranked else None
    for number, ask in enumerate(asks(wish, lambda: view.facts.airports)):
        beats = _beating(ask, wish, best, found)
        if beats is not None:
            yield from _shown(view, wish, ask, beats, _FIRST_NUMBER + 2 * number)
    chosen = best or next((each for each in found if fits(each, wish.flight)), None)
    if chosen is not None:
        yield from _changed(view, wish, chosen, booked=best is not None)


def _changed(view: View, wish: Wish, chosen: Journey, *, booked: bool) -> Iterator[Edit]:
    segments = segments_of(chosen, wish.cabin)
    yield from edits.seats(view, segments[0], wish.cabin, wish.seats)
    if booked:
        yield edits.on_day(view, segments[-1], Cancelled())
    if booked and "departs" in wish.flight:
        yield from edits.price(view, segments[0], wish.cabin, _DEARER)


def segments_of(journey: Journey, cabin: Cabin) -> list[Segment]:
    """A journey's flights as they would stand in a reservation."""
    return [
        Segment(
            flight_number=flight.flight_number,
            origin=flight.origin,
            destination=flight.destination,
            date=day,
            price=flight.prices.of(cabin),
        )
        for flight, day in zip(journey.flights, journey.days, strict=True)
    ]


def _beating(ask: Ask, wish: Wish, best: Journey | None, found: Sequence[Journey]) -> _Better | None:
    """A journey on the day of a search that would be chosen instead, None where no other can be."""
    if best is None:
        taken = "departs" in wish.flight and any(fits(each, wish.flight) for each in found)
        return None if taken else _Better(_within(wish), _LONG, _COSTS)
    cost, takes = price(best, wish.cabin), on_the_way(best)
    departs = _minute(best.flights[0].scheduled_departure_time_est)
    match wish.flight.get("pick"):
        case "cheapest" if cost >= 4:
            return _Better(departs, takes, cost // 2)
        case "fastest" if takes - _FASTER >= _SHORTEST:
            return _Better(departs, takes - _FASTER, cost)
        case "earliest" if ask.day == best.days[0]:
            return _Better(departs - _EARLIER, takes, cost)
        case "latest" if ask.day == best.days[0]:
            return _Better(departs + _EARLIER, takes, cost)
    return None


def _within(wish: Wish) -> int:
    """A minute of the day at which the customer would leave."""
    flight = wish.flight
    if "departs" in flight:
        return _minute(flight["departs"])
    after = _minute(flight["after"]) if "after" in flight else None
    before = _minute(flight["before"]) if "before" in flight else None
    if after is not None and before is not None:
        return (after + before) // 2
    if after is not None:
        return (after + 1440) // 2
    return _NOON if before is None else before * 4 // 5


def _shown(view: View, wish: Wish, ask: Ask, better: _Better, number: int) -> Iterator[Edit]:
    """The flights that make a better journey, where they can be on their day and leave within the customer's hours."""
    first, change = (better.takes, 0) if ask.tool == DIRECT else (better.takes // 3, min(45, better.takes // 4))
    if better.departs < 0 or better.departs + (0 if ask.tool == DIRECT else first + change) >= 1440:
        return
    departs = clock(better.departs)
    if "departs" not in wish.flight and not wish.flight.get("after", "") < departs < wish.flight.get("before", "99"):
        return
    if ask.tool == DIRECT:
        legs = [(ask.origin, ask.destination, better.departs, better.departs + first, better.price)]
    else:
        stop, half = _stop(view, wish, ask), better.price // 2
        onward = better.departs + first + change
        legs = [
            (ask.origin, stop, better.departs, better.departs + first, half),
            (stop, ask.destination, onward, better.departs + better.takes, better.price - half),
        ]
    puts = []
    for place, (origin, destination, leaves, lands, fare) in enumerate(legs):
        flight = Flight(
            flight_number=_unused(view, number + place),
            origin=origin,
            destination=destination,
            scheduled_departure_time_est=clock(leaves),
            scheduled_arrival_time_est=clock(lands),
            dates={ask.day: _available(wish, fare)},
        )
        puts.append(("flights", flight.flight_number, flight))
    way = "directly" if ask.tool == DIRECT else f"by {legs[0][1]}"
    fact = f"a better flight goes {way} from {ask.origin} to {ask.destination} on {ask.day}"
    yield Edit(fact=fact, puts=tuple(puts))


def _available(wish: Wish, fare: int) -> Available:
    seats = wish.seats + _SEATS_TO_SPARE
    base = _FARES.of(wish.cabin)
    fares = {cabin: max(1, fare * _FARES.of(cabin) // base) for cabin in ("basic_economy", "economy", "business")}
    prices = ByCabin(**{**fares, wish.cabin: fare})
    return Available(available_seats=ByCabin(basic_economy=seats, economy=seats, business=seats), prices=prices)


def _unused(view: View, number: int) -> str:
    """A flight number of this airline that no flight has."""
    some = next(view.rows("flights", Flight)).flight_number
    name = some.rstrip("0123456789")
    while view.get("flights", f"{name}{number}", Flight) is not None:
        number += 1000
    return f"{name}{number}"


def _stop(view: View, wish: Wish, ask: Ask) -> str:
    """Where to change planes so that no other search shows it: at an airport with no flights from or to where others
    look, and of those the one that is least out of the way.
    """
    origins, destinations = (codes(places, lambda: view.facts.airports) for places in (wish.origin, wish.destination))
    links: dict[str, int] = {}
    for origin in origins:
        for flight in view.find("origin", origin, Flight):
            links[flight.destination] = links.get(flight.destination, 0) + (1 if origin == ask.origin else 4)
    stops: list[str] = [each.iata for each in view.facts.airports if each.iata not in (*origins, *destinations)]
    for stop in stops:
        for flight in view.find("origin", stop, Flight):
            if flight.destination in destinations:
                links[stop] = links.get(stop, 0) + (1 if flight.destination == ask.destination else 4)
    return min(stops, key=lambda stop: (links.get(stop, 0), _detour(ask, stop)))


def _detour(ask: Ask, stop: str) -> int:
    """Miles by that stop; 0 where the airports are not those of our own worlds."""
    if not {ask.origin, stop, ask.destination} <= AIRPORTS.keys():
        return 0
    return miles(AIRPORTS[ask.origin], AIRPORTS[stop]) + miles(AIRPORTS[stop], AIRPORTS[ask.destination])


def _minute(of_day: str) -> int:
    return minutes("00:00:00", of_day)
