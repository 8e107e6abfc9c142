"""The flights of a synthetic world: who flies where, when, on which days, at what fares, and how each day went.

A flight's times belong to its number, so what changes from one day to the next is which numbers fly: some only on
certain days of the week, some replaced in mid-season by another number at another time. Nothing about one day
tells about another. All times are on one clock, that of the East, as the names of the fields say.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import NamedTuple

from servers.airline import days
from servers.airline.network import Airport, miles
from servers.airline.records import Available, ByCabin, Flight, FlightDate

AIRLINE = "VEY"
PAST, COMING = 15, 16

_SEATS = ByCabin(basic_economy=20, economy=20, business=14)
_SOLD_OUT = ByCabin(basic_economy=0, economy=0, business=0)
_NEAR, _FAR = 130, 3_000
_HUBS = 4
# Of a hundred lines: daily, not on one or two days of the week, on a few days only, replaced in mid-season.
_HABITS = tuple(accumulate((54, 20, 12, 14)))


class Service(NamedTuple):
    """A flight with what its record leaves out: minutes from midnight to departure and from there to arrival, and
    the fares of every day that it flies, the days gone by too.
    """

    flight: Flight
    departs: int
    minutes: int
    fares: Mapping[str, ByCabin]


class _Route(NamedTuple):
    """What the flights between two airports have in common: the level of their fares, minutes lost by landing on the way."""

    level: float
    landing: int


class _Line(NamedTuple):
    """A connection from one airport to another at one time of the day, under one flight number or two in turn."""

    origin: Airport
    destination: Airport
    departs: int
    minutes: int
    fare: float


def services(random: Random, airports: tuple[Airport, ...], pairs: int, now: str) -> dict[str, Service]:
    """Flights both ways for so many pairs of airports (a pair may come again), by number, which says nothing about them."""
    drawn = _Season(random, now)
    lines: list[_Line] = []
    for one, other in _pairs(random, airports, pairs):
        lines += [drawn.line(one, other), drawn.line(other, one)]
    slow = [line for line in lines if drawn.route(line.origin, line.destination).landing and line.minutes > 240]
    for line in random.sample(slow, min(len(slow), pairs // 14)):
        lines += drawn.relay(line, _hubs(random, airports))
    random.shuffle(lines)
    made = [service for line in lines for service in drawn.flown(line)]
    return {each.flight.flight_number: each for each in sorted(made, key=_number)}


def _number(service: Service) -> str:
    return service.flight.flight_number


def _pairs(random: Random, airports: tuple[Airport, ...], count: int) -> list[tuple[Airport, Airport]]:
    """Every airport with a hub, then pairs by their traffic, some with a neighbour of one of the two as well.

    A pair comes as often as there are flights a day each way.
    """
    hubs = _hubs(random, airports)
    pairs = [(each, random.choice([hub for hub in hubs if _apart(each, hub)])) for each in airports]
    every = [(one, other) for place, one in enumerate(airports) for other in airports[:place] if _apart(one, other)]
    weights = list(accumulate(one.rank * other.rank * (one.rank + other.rank) for one, other in every))
    while len(pairs) < count:
        one, other = random.choices(every, cum_weights=weights)[0]
        pairs += [(one, other)] * random.choices((1, 2, 3), (30, 40, 30))[0]
        near = [each for each in airports if one.area and each.area == one.area and each != one and _apart(each, other)]
        if near and random.random() < 0.5:
            pairs += [(random.choice(near), other)] * random.randint(1, 2)
    return pairs[:count]


def _hubs(random: Random, airports: tuple[Airport, ...]) -> list[Airport]:
    return sorted(random.sample(airports, len(airports)), key=lambda each: -each.rank)[:_HUBS]


def _apart(one: Airport, other: Airport) -> bool:
    """Would anybody fly between them without changing planes?"""
    if one == other or (one.area and one.area == other.area):
        return False
    return _NEAR < miles(one, other) < _FAR or (miles(one, other) >= _FAR and one.rank + other.rank >= 5)


class _Season:
    """Draws the lines of one season around `now`."""

    def __init__(self, random: Random, now: str) -> None:
        self.random = random
        self.today = date.fromisoformat(now[:10])
        self.minute = int(now[11:13]) * 60 + int(now[14:16])
        self.numbers = random.sample(range(101, 1000), 899)
        self.busy = tuple(0.8 + 0.4 * random.random() for _ in range(7))
        self.routes: dict[frozenset[str], _Route] = {}

    def route(self, origin: Airport, destination: Airport) -> _Route:
        """One for both ways. On some every flight lands somewhere on its way: direct, but slower than many a change."""
        ends = frozenset((origin.iata, destination.iata))
        if ends not in self.routes:
            lands = self.random.random() < 0.28
            self.routes[ends] = _Route(0.72 + 0.6 * self.random.random(), self.random.randint(130, 290) if lands else 0)
        return self.routes[ends]

    def relay(self, slow: _Line, hubs: list[Airport]) -> list[_Line]:
        """Two flights that wait for each other at a hub and so beat a direct one."""
        ends = (slow.origin, slow.destination)
        stops = [(miles(ends[0], hub) + miles(hub, ends[1]), hub) for hub in hubs if all(_apart(hub, end) for end in ends)]
        if not stops:
            return []
        _, hub = min(stops, key=lambda stop: stop[0])
        first = self.line(ends[0], hub)._replace(departs=self.random.randrange(360, 900, 5))
        second = self.line(hub, ends[1])
        return [first, second._replace(departs=(first.departs + first.minutes + self.random.randrange(35, 75, 5)) % 1440)]

    def line(self, origin: Airport, destination: Airport) -> _Line:
        """A departure between half past five and eleven by the clock there, by a slower or a faster aircraft."""
        far = miles(origin, destination)
        route = self.route(origin, destination)
        slow = far < 550 and self.random.random() < 0.2
        wind = 1.07 if origin.at[1] > destination.at[1] else 0.96
        minutes = 38 + far * (0.2 if slow else 0.125) * wind * (0.94 + 0.18 * self.random.random())
        minutes += route.landing or (self.random.randint(45, 150) if self.random.random() < 0.08 else 0)
        departs = self.random.randrange(330, 1380, 5) + 60 * origin.hours
        fare = (36 + far * 0.058) * route.level * (0.8 + 0.45 * self.random.random())
        return _Line(origin, destination, departs % 1440, round(minutes / 5) * 5, fare)

    def flown(self, line: _Line) -> Iterator[Service]:
        """The line under its flight number, or under two where another time replaces it in mid-season."""
        offsets = range(-PAST, COMING + 1)
        habit = self.random.choices(range(len(_HABITS)), cum_weights=_HABITS)[0]
        if habit == 3:
            last = self.random.randint(2 - PAST, COMING - 2)
            yield self.service(line, [offset for offset in offsets if offset <= last])
            moved = self.random.choice((-1, 1)) * self.random.randrange(25, 200, 5)
            later = line._replace(departs=(line.departs + moved) % 1440, minutes=line.minutes + self.random.randrange(-10, 25, 5))
            yield self.service(later, [offset for offset in offsets if offset > last])
        else:
            free = (0, self.random.randint(1, 2), self.random.randint(3, 5))[habit]
            pauses = self.random.sample(range(7), free)
            yield self.service(line, [offset for offset in offsets if self.day(offset).weekday() not in pauses])

    def service(self, line: _Line, offsets: list[int]) -> Service:
        fares = {offset: self.fares(line, self.day(offset)) for offset in offsets}
        flight = Flight(
            flight_number=f"{AIRLINE}{self.numbers.pop()}",
            origin=line.origin.iata,
            destination=line.destination.iata,
            scheduled_departure_time_est=days.clock(line.departs),
            scheduled_arrival_time_est=days.clock(line.departs + line.minutes),
            dates={self.day(offset).isoformat(): self.as_it_stands(line, offset, fares[offset]) for offset in offsets},
        )
        return Service(flight, line.departs, line.minutes, {self.day(offset).isoformat(): fares[offset] for offset in offsets})

    def day(self, offset: int) -> date:
        return self.today + timedelta(days=offset)

    def fares(self, line: _Line, day: date) -> ByCabin:
        """Whole dollars. Each cabin moves for itself: now and then a better one costs less than a worse one."""
        base = line.fare * self.busy[day.weekday()] * (0.7 + 0.65 * self.random.random())
        economy = base * (1.15 + 0.9 * self.random.random())
        business = base * (2.2 + 2.6 * self.random.random())
        offer = self.random.random()
        if offer < 0.05:
            economy = base * (0.8 + 0.15 * self.random.random())
        elif offer < 0.08:
            business = economy * (0.85 + 0.3 * self.random.random())
        return ByCabin(basic_economy=round(base), economy=round(economy), business=round(business))

    def as_it_stands(self, line: _Line, offset: int, fares: ByCabin) -> FlightDate:
        since_now = offset * 1440 + line.departs - self.minute
        if offset >= 1 and (announced := days.coming(self.random, self.day(offset), line.departs, line.minutes, offset)):
            return announced
        if offset >= 1:
            return Available(available_seats=self.seats(), prices=fares)
        return days.by_now(self.random, self.day(offset), line.departs, line.minutes, since_now)

    def seats(self) -> ByCabin:
        """What is left in each cabin: nothing in one of seven, a few in one of four, nothing at all on some flights."""
        if self.random.random() < 0.03:
            return _SOLD_OUT
        left = [self.left(seats) for seats in (_SEATS.basic_economy, _SEATS.economy, _SEATS.business)]
        return ByCabin(basic_economy=left[0], economy=left[1], business=left[2])

    def left(self, seats: int) -> int:
        drawn = self.random.random()
        return 0 if drawn < 0.14 else self.random.randint(1, 4 if drawn < 0.39 else seats)
