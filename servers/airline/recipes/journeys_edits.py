"""Other ways the flights could be for whoever looks for a journey: each search might show a better one, and the chosen
one might be sold out, canceled, or cost something else.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from servers.airline.days import clock
from servers.airline.recipes import edits
from servers.airline.recipes.journeys_drafts import day_after
from servers.airline.recipes.possible import Leg, Times, change, direct, measured
from servers.airline.recipes.repriced import FARES
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
# When a journey leaves and what it costs where there is none to go by.
_NOON, _COSTS = 725, 180
_EARLIER = 25


class _Better(NamedTuple):
    """A journey that would be chosen: when it may leave and how long it may take, its price for one passenger."""

    times: Times
    price: int


def otherwise(view: View, wish: Wish, found: Sequence[Journey]) -> Iterator[Edit]:
    """For each search a better journey that it alone shows, or where none could be something else that it shows; and the
    chosen one sold out, canceled or at another price. `found` is what the searches find as things are.
    """
    ranked = competing(wish, found)
    best = ranked[0] if ranked else None
    for number, ask in enumerate(asks(wish, lambda: view.facts.airports)):
        beats = _beating(ask, wish, best, found)
        shown = list(_shown(view, wish, ask, beats, best, _FIRST_NUMBER + 2 * number)) if beats is not None else []
        yield from shown or _called_off(view, wish, ask, ranked)
    chosen = best or next((each for each in found if fits(each, wish.flight)), None)
    if chosen is not None:
        yield from _changed(view, wish, chosen, booked=best is not None)


def _called_off(view: View, wish: Wish, ask: Ask, ranked: Sequence[Journey]) -> Iterator[Edit]:
    """The best journey that a search finds is canceled, where it is not the one that is chosen anyway."""
    for journey in ranked[1:]:
        ends = (journey.flights[0].origin, journey.flights[-1].destination)
        if (*ends, journey.days[0], len(journey.flights)) == (
            ask.origin,
            ask.destination,
            ask.day,
            1 if ask.tool == DIRECT else 2,
        ):
            others = [
                each for each in segments_of(journey, wish.cabin) if (each.flight_number, each.date) not in ranked[0].named()
            ]
            yield from (edits.on_day(view, each, Cancelled()) for each in others[-1:])
            return


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
    """What a journey on the day of a search must be like to be chosen instead, None where no other can be."""
    hours = _hours(wish)
    if best is None:
        taken = "departs" in wish.flight and any(fits(each, wish.flight) for each in found)
        return None if taken or not hours else _Better(Times((_within(wish, hours), *hours[:1]), None), _COSTS)
    cost, departs = price(best, wish.cabin), _minute(best.flights[0].scheduled_departure_time_est)
    early, same = range(hours.start, min(departs, hours.stop)), ask.day == best.days[0]
    late = range(max(departs + 1, hours.start), hours.stop)
    match wish.flight.get("pick"):
        case "cheapest" if cost >= 4:
            return _Better(Times(_from(departs, hours), None), cost // 2)
        case "fastest":
            return _Better(Times(_from(departs, hours), on_the_way(best) - 1), cost)
        case "earliest-arriving" if same:
            return _Better(Times(_from(departs, hours), on_the_way(best) - 1), cost)
        case "earliest" if early and same:
            return _Better(Times((early[-_EARLIER:][0],), None), cost)
        case "latest" if late and same:
            return _Better(Times((late[:_EARLIER][-1],), None), cost)
    return None


def _hours(wish: Wish) -> range:
    """The minutes of the day at which the customer would leave."""
    flight = wish.flight
    if "departs" in flight:
        return range(_minute(flight["departs"]), _minute(flight["departs"]) + 1)
    first = _minute(flight["after"]) + 1 if "after" in flight else 0
    return range(first, _minute(flight["before"]) if "before" in flight else 1440)


def _within(wish: Wish, hours: range) -> int:
    """A minute in the middle of them."""
    return _NOON if len(hours) == 1440 else hours[len(hours) // 2]


def _from(departs: int, hours: range) -> tuple[int, ...]:
    """When a journey may leave: at a minute, or earlier for one that would change planes at midnight."""
    return (departs, *(each for each in (departs - 120, departs - 240, departs - 420) if each in hours))


def _shown(view: View, wish: Wish, ask: Ask, better: _Better, best: Journey | None, number: int) -> Iterator[Edit]:
    """The flights that make a better journey, where they can be."""
    known = measured(best)
    if ask.tool == DIRECT:
        legs = direct(ask, better.times, known=known)
    else:
        ends = [code for places in (wish.origin, wish.destination) for code in codes(places, lambda: view.facts.airports)]
        legs = change(view, ask, better.times, ends, known=known)
    if not legs:
        return
    puts = []
    for place, leg in enumerate(legs):
        day = day_after(ask.day, 1) if leg.leaves >= 1440 else ask.day
        midnight = leg.leaves // 1440 * 1440
        flight = Flight(
            flight_number=_unused(view, number + place),
            origin=leg.origin,
            destination=leg.destination,
            scheduled_departure_time_est=clock(leg.leaves - midnight),
            scheduled_arrival_time_est=clock(leg.lands - midnight),
            dates={day: _available(wish, _share(better.price, legs, place))},
        )
        puts.append(("flights", flight.flight_number, flight))
    way = "directly" if ask.tool == DIRECT else f"by {legs[0].destination}"
    fact = f"a better flight goes {way} from {ask.origin} to {ask.destination} on {ask.day}"
    yield Edit(fact=fact, puts=tuple(puts))


def _share(fare: int, legs: Sequence[Leg], place: int) -> int:
    """What one of the flights costs, by how long it takes."""
    if len(legs) == 1:
        return fare
    first, second = (leg.lands - leg.leaves for leg in legs)
    share = max(1, fare * first // (first + second))
    return share if place == 0 else max(1, fare - share)


def _available(wish: Wish, fare: int) -> Available:
    seats = wish.seats + _SEATS_TO_SPARE
    base = FARES.of(wish.cabin)
    fares = {cabin: max(1, fare * FARES.of(cabin) // base) for cabin in ("basic_economy", "economy", "business")}
    prices = ByCabin(**{**fares, wish.cabin: fare})
    return Available(available_seats=ByCabin(basic_economy=seats, economy=seats, business=seats), prices=prices)


def _unused(view: View, number: int) -> str:
    """A flight number of this airline that no flight has."""
    some = next(view.rows("flights", Flight)).flight_number
    name = some.rstrip("0123456789")
    while view.get("flights", f"{name}{number}", Flight) is not None:
        number += 1000
    return f"{name}{number}"


def _minute(of_day: str) -> int:
    return minutes("00:00:00", of_day)
