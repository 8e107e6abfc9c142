"""New flights that could be: no aircraft is faster than they are, and a change of planes leaves time and lies on the way."""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from servers.airline.network import AIRPORTS, miles
from servers.airline.recipes.search import Ask, Journey
from servers.airline.records import Available, Flight
from servers.airline.wording import minutes
from servers.state import View

_MILES_AN_HOUR, _ON_THE_GROUND = 560, 25
_TO_CHANGE, _USUAL_CHANGE = 35, 45
_NEAR = 130
# Minutes where the airports' places are not known, or the world's own flights are faster than any aircraft.
_LEAST, _USUAL = 20, 85


class Leg(NamedTuple):
    """A flight to be: its departure and arrival in minutes from the midnight before the journey."""

    origin: str
    destination: str
    leaves: int
    lands: int


class Times(NamedTuple):
    """What a journey must keep to: when it leaves, in the first order of preference, and at most how many minutes it takes."""

    departs: tuple[int, ...]
    most: int | None


def measured(journey: Journey | None) -> bool:
    """Can it be told how long flights take: is no flight of what was found faster than any aircraft?"""
    return journey is None or all(
        minutes(each.scheduled_departure_time_est, each.scheduled_arrival_time_est) >= _least(each.origin, each.destination, True)
        for each in journey.flights
    )


def direct(ask: Ask, times: Times, *, known: bool) -> list[Leg]:
    """A direct flight for a search, nothing where none is fast enough."""
    ends = (ask.origin, ask.destination)
    takes = _takes(_least(*ends, known), _usual(*ends, known), times.most)
    return [] if takes is None else [Leg(*ends, times.departs[0], times.departs[0] + takes)]


def change(view: View, ask: Ask, times: Times, ends: Collection[str], *, known: bool) -> list[Leg]:
    """Two flights for a search by the airport that shows them to no other search, nothing where none are fast enough."""
    for stop in _stops(view, ask, ends, known):
        legs = ((ask.origin, stop), (stop, ask.destination))
        first, second = (_least(*leg, known) for leg in legs)
        usual = _usual(*legs[0], known) + _usual(*legs[1], known) + _USUAL_CHANGE
        takes = _takes(first + second + _TO_CHANGE, usual, times.most)
        if takes is not None:
            spare = takes - first - second - _TO_CHANGE
            wait = _TO_CHANGE + min(_USUAL_CHANGE - _TO_CHANGE, spare // 3)
            first += (spare - wait + _TO_CHANGE) * first // (first + second)
            found = _timed(times, takes, first, wait)
            if found is not None:
                departs, lands, onward, arrives = found
                return [Leg(*legs[0], departs, lands), Leg(*legs[1], onward, arrives)]
    return []


def _timed(times: Times, takes: int, first: int, wait: int) -> tuple[int, int, int, int] | None:
    """When two flights leave and land. The second is of the day on which the first lands: both before midnight, or both
    after it, for which the first takes longer.
    """
    for departs in times.departs:
        lands, onward = departs + first, departs + first + wait
        if (lands >= 1440) == (onward >= 1440):
            return departs, lands, onward, departs + takes
    late = 1440 - times.departs[0] - first
    if times.most is not None and takes + late > times.most:
        return None
    departs = times.departs[0]
    return departs, 1440, 1440 + wait, departs + takes + late


def _takes(least: int, usual: int, most: int | None) -> int | None:
    """Minutes that a journey takes: as usual, or some less than the most that it may; None where that cannot be."""
    if most is None:
        return usual
    takes = max(least, min(usual, most - 9))
    return takes if takes <= most else None


def _least(one: str, other: str, known: bool) -> int:
    if not known or not {one, other} <= AIRPORTS.keys():
        return _LEAST
    return _ON_THE_GROUND + -(-miles(AIRPORTS[one], AIRPORTS[other]) * 60 // _MILES_AN_HOUR)


def _usual(one: str, other: str, known: bool) -> int:
    if not known or not {one, other} <= AIRPORTS.keys():
        return _USUAL
    return 38 + miles(AIRPORTS[one], AIRPORTS[other]) // 8


def _stops(view: View, ask: Ask, ends: Collection[str], known: bool) -> Sequence[str]:
    """Where to change planes, those first that show it to no other search: with no flights from or to where others look.
    Of several the one that is least out of the way.
    """
    stops = {each.iata: _detour(ask, each.iata) if known else 0 for each in view.facts.airports if each.iata not in ends}
    near = {stop: far for stop, far in stops.items() if far is not None} or dict.fromkeys(stops, 0)
    links = dict.fromkeys(near, 0)
    for origin, destination in _flown(view, ask.day, [*ends, *near]):
        if origin in ends and destination in links:
            links[destination] += 1 if origin == ask.origin else 4
        elif destination in ends and origin in links:
            links[origin] += 1 if destination == ask.destination else 4
    return sorted(near, key=lambda stop: (links[stop], near[stop] or 0, stop))


def _flown(view: View, day: str, origins: Sequence[str]) -> Iterator[tuple[str, str]]:
    """From where to where one can fly on a day."""
    for origin in origins:
        for flight in view.find("origin", origin, Flight):
            if isinstance(flight.dates.get(day), Available):
                yield flight.origin, flight.destination


def _detour(ask: Ask, stop: str) -> int | None:
    """Miles more than the straight way by that stop; None where nobody would change planes."""
    if not {ask.origin, stop, ask.destination} <= AIRPORTS.keys():
        return 0
    origin, middle, destination = (AIRPORTS[iata] for iata in (ask.origin, stop, ask.destination))
    first, second, straight = miles(origin, middle), miles(middle, destination), miles(origin, destination)
    apart = min(first, second) > _NEAR
    return first + second - straight if apart and 10 * (first + second) < 16 * straight + 2_500 else None
