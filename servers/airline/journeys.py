"""Ways from one airport to another on a day, direct or with one change of planes: what the customers of a synthetic world book.

Unlike the search tools it looks at every day, the days gone by too, and leaves out changes that nobody would choose.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from servers.airline.network import AIRPORTS, miles
from servers.airline.schedule import Service

_TO_CHANGE = (35, 300)
_MOST = 8


class Leg(NamedTuple):
    """A flight on a day; `departs` and `arrives` are minutes on a clock that runs through all days."""

    service: Service
    day: str
    departs: int
    arrives: int


Journey = tuple[Leg, ...]


def minute(moment: str) -> int:
    """A date and time, or a date, on the clock of the legs."""
    return date.fromisoformat(moment[:10]).toordinal() * 1440 + int(moment[11:13] or 0) * 60 + int(moment[14:16] or 0)


def _on_the_way(origin: str, stop: str, destination: str) -> bool:
    """Is it worth changing there? Nobody flies from Newark to LaGuardia by Chicago."""
    one, middle, other = AIRPORTS[origin], AIRPORTS[stop], AIRPORTS[destination]
    return 10 * (miles(one, middle) + miles(middle, other)) < 16 * miles(one, other) + 2_500


class Timetable:
    """One world's flights by where and when they go."""

    def __init__(self, services: Mapping[str, Service]) -> None:
        self._leaving: dict[str, list[Service]] = {}
        self._between: dict[tuple[str, str], list[Service]] = {}
        for each in services.values():
            route = (each.flight.origin, each.flight.destination)
            self._leaving.setdefault(route[0], []).append(each)
            self._between.setdefault(route, []).append(each)
        self._found: dict[tuple[str, str, str], tuple[Journey, ...]] = {}
        self._reached: dict[str, tuple[str, ...]] = {}

    def destinations(self, origin: str) -> tuple[str, ...]:
        """Where one can go: twice what is flown to directly, once what takes a change."""
        if origin not in self._reached:
            direct = dict.fromkeys(each.flight.destination for each in self._leaving.get(origin, ()))
            onward = ((stop, each.flight.destination) for stop in direct for each in self._leaving.get(stop, ()))
            others = dict.fromkeys(end for stop, end in onward if end not in direct and _on_the_way(origin, stop, end))
            self._reached[origin] = (*direct, *direct, *others)
        return self._reached[origin]

    def journeys(self, origin: str, destination: str, day: str) -> tuple[Journey, ...]:
        """The direct ones first, then the changes that arrive first."""
        asked = (origin, destination, day)
        if asked not in self._found:
            direct = [(leg,) for leg in self._legs(self._between.get((origin, destination), ()), day)]
            changes = sorted(self._changes(origin, destination, day), key=lambda pair: pair[1].arrives)
            self._found[asked] = (*direct, *changes[:_MOST])
        return self._found[asked]

    def _changes(self, origin: str, destination: str, day: str) -> list[tuple[Leg, Leg]]:
        next_day = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
        pairs = []
        for first in self._legs(self._leaving.get(origin, ()), day):
            stop = first.service.flight.destination
            onward = self._between.get((stop, destination))
            if onward is None or not _on_the_way(origin, stop, destination):
                continue
            late = first.service.departs + first.service.minutes >= 1440
            for second in self._legs(onward, next_day if late else day):
                if _TO_CHANGE[0] <= second.departs - first.arrives <= _TO_CHANGE[1]:
                    pairs.append((first, second))
        return pairs

    def _legs(self, services: Sequence[Service], day: str) -> list[Leg]:
        midnight = minute(day)
        flying = [each for each in services if day in each.fares]
        return [Leg(each, day, midnight + each.departs, midnight + each.departs + each.minutes) for each in flying]
