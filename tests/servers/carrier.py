"""A generated airline world with its tables typed, for tests that look at it from several sides."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from servers.airline import DOMAIN as AIRLINE
from servers.airline import reads
from servers.airline.facts import AirlineFacts
from servers.airline.records import Flight, FoundFlight, Reservation, User, status
from servers.airline.wording import minutes
from servers.airline.world import generate
from servers.state import View, World


@dataclass(frozen=True)
class Ways:
    """What the two searches answer for a route on a day."""

    direct: tuple[FoundFlight, ...]
    changes: tuple[tuple[FoundFlight, FoundFlight], ...]


@dataclass(frozen=True)
class Carrier:
    """A generated world, its tables typed."""

    world: World
    facts: AirlineFacts
    flights: dict[str, Flight]
    users: dict[str, User]
    reservations: dict[str, Reservation]

    def view(self) -> View:
        return self.world.open()

    def standing(self) -> list[Reservation]:
        return [each for each in self.reservations.values() if each.status is None]

    def statuses(self, reservation: Reservation) -> list[str]:
        return [status(self.flights[each.flight_number].dates[each.date]) for each in reservation.flights]

    def day(self, offset: int) -> str:
        return (date.fromisoformat(self.facts.now[:10]) + timedelta(days=offset)).isoformat()

    def routes(self) -> list[tuple[str, str]]:
        return list(dict.fromkeys((each.origin, each.destination) for each in self.flights.values()))

    def ways(self, origin: str, destination: str, day: str) -> Ways:
        sent = reads.Route(origin=origin, destination=destination, date=day)
        return Ways(reads.search_direct_flight(self.view(), sent), reads.search_onestop_flight(self.view(), sent))

    def contested(self) -> Iterator[Ways]:
        """Every route and coming day on which one can fly directly and with a change."""
        for origin, destination in self.routes():
            for offset in range(1, 16):
                ways = self.ways(origin, destination, self.day(offset))
                if ways.direct and ways.changes:
                    yield ways


def open_carrier(size: str, seed: int) -> Carrier:
    """The airline of the world `size:seed`."""
    facts, tables = generate(size, seed)
    world = World(domain="airline", source=f"{size}:{seed}", facts=facts, tables=tables, indexes=AIRLINE.indexes)
    rows = (dict(tables["flights"]), dict(tables["users"]), dict(tables["reservations"]))
    return Carrier(world, facts, *rows)  # type: ignore[arg-type]


def arrival(way: tuple[FoundFlight, ...]) -> int:
    """Minutes from the midnight before the first departure to the last arrival."""
    next_day = len(way) > 1 and way[0].date != way[-1].date
    return minutes("00:00:00", way[-1].scheduled_arrival_time_est) + (1440 if next_day else 0)


def elapsed(way: tuple[FoundFlight, ...]) -> int:
    """Minutes from the first departure to the last arrival."""
    return arrival(way) - minutes("00:00:00", way[0].scheduled_departure_time_est)
