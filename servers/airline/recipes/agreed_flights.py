"""Do flights that an agent states go against what the customer said of them: the places, the days, which flight they want?

A booking's airports were said. Of a reservation that is to be changed they are known where the customer named the trip;
the flights that it keeps are stated without times.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from servers.recipe import Slots

Flight = Mapping[str, Any]
Flights = Sequence[Flight]
Place = Mapping[str, str]

_RETURN = "return flight"


def against_flights(params: Slots, flights: Flights) -> str | None:
    """The slot in which flights go against the customer's words."""
    if not flights:
        return next((slot for slot in ("flight", "destination") if slot in params), None)
    if "flight" not in params:
        return _against_place(params, flights)
    if "origin" in params:
        return _against_booking(params, flights)
    return _against_leg(params, flights) if "leg" in params else _against_one_way(params, flights)


def is_trip(trip: Mapping[str, Any], origin: Place, destination: Place) -> bool:
    """Is it the trip that the customer named, by its airports?"""
    return _at(destination, [trip["destination"]]) and _at(origin, [trip.get("origin", {})])


def _at(stated: Place, wanted: Sequence[Place]) -> bool:
    return any(one.items() <= stated.items() for one in wanted)


def _against_place(params: Slots, flights: Flights) -> str | None:
    """The customer wants to go somewhere else, and said nothing more."""
    wanted = params.get("destination", [{}])
    return None if any(_at(each["destination"], wanted) for each in flights) else "destination"


def _against_booking(params: Slots, flights: Flights) -> str | None:
    """One way, or there and back where days for the way back were said. The way there ends at an airport that was said."""
    if "back_days" not in params:
        return _against_journey(params, flights)
    turns = [turn for turn in range(1, len(flights) + 1) if _at(flights[turn - 1]["destination"], params["destination"])]
    found = [_against_both_ways(params, flights[:turn], flights[turn:]) for turn in turns]
    return _first(found) if found else _against_journey(params, flights)


def _against_both_ways(params: Slots, there: Flights, back: Flights) -> str | None:
    if wrong := _against_journey(params, there):
        return wrong
    return _against_journey(params, back, "back_days", "destination", "origin") if back else "back_days"


def _against_one_way(params: Slots, flights: Flights) -> str | None:
    """All flights of a reservation one way are changed. It does not end where it begins."""
    start, end = flights[0]["origin"], flights[-1]["destination"]
    if "trip" in params and not is_trip(params["trip"], start, end):
        return "trip"
    return "flight" if start == end else _against_journey(params, flights)


def _against_leg(params: Slots, flights: Flights) -> str | None:
    """One leg is changed, and the other is there as well, between the same airports; which they are only a trip tells."""
    backwards, trip = params["leg"] == _RETURN, params.get("trip")
    turns = [turn for turn in range(1, len(flights)) if _turns(flights, turn, backwards)]
    if not turns:
        return "leg"
    if trip is not None:
        start = flights[0]["origin"]
        turns = [turn for turn in turns if is_trip(trip, start, flights[turn - 1]["destination"])]
        if not turns or (backwards and flights[0]["day"] != trip.get("day", flights[0]["day"])):
            return "trip"
    return _first([_against_journey(params, flights[turn:] if backwards else flights[:turn]) for turn in turns])


def _turns(flights: Flights, turn: int, backwards: bool) -> bool:
    """Can the way back begin with this flight, and is the leg that is kept a journey?"""
    there, back = flights[:turn], flights[turn:]
    if there[-1]["destination"] != back[0]["origin"] or back[-1]["destination"] != there[0]["origin"]:
        return False
    return all(_lands_at(*each) and _in_time(*each) for each in pairwise(there if backwards else back))


def _first(found: Sequence[str | None]) -> str | None:
    """What is wrong where flights can be parted in several ways: nothing where one of them fits."""
    return None if None in found else found[0]


def _against_journey(
    params: Slots, flights: Flights, days: str = "days", start: str = "origin", end: str = "destination"
) -> str | None:
    """Where a journey begins and ends, on which day it leaves, which flight it is, by the slots that say so."""
    if start in params and not _at(flights[0]["origin"], params[start]):
        return start
    if end in params and not _at(flights[-1]["destination"], params[end]):
        return end
    if flights[0]["day"] not in params.get(days, [flights[0]["day"]]):
        return days
    if not all(_lands_at(*each) for each in pairwise(flights)) or not _is_wanted(params["flight"], flights):
        return "flight"
    return None if all(_in_time(*each) for each in pairwise(flights)) else days


def _lands_at(first: Flight, second: Flight) -> bool:
    return bool(first["destination"] == second["origin"])


def _in_time(first: Flight, second: Flight) -> bool:
    """Does a connection leave on the day of the arrival before it, and not earlier? Without times, on that day or the next."""
    apart = (date.fromisoformat(second["day"]) - date.fromisoformat(first["day"])).days
    if "arrives" not in first:
        return apart in (0, 1)
    arrival, _, nights = first["arrives"].partition("+")
    return apart == int(nights or 0) and bool(second.get("departs", arrival) >= arrival)


def _is_wanted(wanted: Mapping[str, Any], flights: Flights) -> bool:
    """Direct or with one stop, and within the hours, as the customer wants it; where no time is stated they cannot tell."""
    if len(flights) > (1 if wanted.get("stops") == "direct" else 2):
        return False
    departs = flights[0].get("departs")
    if "departs" in wanted:
        return bool(departs == wanted["departs"])
    return departs is None or bool(wanted.get("after", "") < departs < wanted.get("before", "99"))
