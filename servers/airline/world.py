"""A synthetic airline world from a size and a seed: the same bytes on every machine and every Python.

The calendar, the airports, the flights, the people and their reservations draw from streams of their own, so that
a change to one leaves the others' draws alone. Only integers, comparisons, sums and products of floats decide.
"""

from datetime import date, datetime, timedelta
from itertools import accumulate, islice
from random import Random

from msgspec.structs import replace

from servers.airline import network, pricing, schedule
from servers.airline.facts import AirlineFacts
from servers.airline.journeys import Journey, Timetable, minute
from servers.airline.ledger import Ledger
from servers.airline.people import Customer, people
from servers.airline.records import Cabin, Flight, FlightType, Passenger, Reservation, Segment, User
from servers.state import Tables

GENERATOR = "1"
SIZES = ("small", "medium", "large")

_CUSTOMERS = {"small": 200, "medium": 5_000, "large": 100_000}
# Pairs of flights there and back: some get two numbers, one after the other.
_SOME_PAIRS, _ALL_PAIRS = 80, 215
_FIRST_DAY, _DAYS = date(2025, 1, 20), 300
# How many customers of a hundred have 1, 2, … reservations.
_RESERVATIONS = tuple(accumulate((12, 14, 16, 15, 13, 10, 8, 6, 4, 2)))
_PASSENGERS = tuple(accumulate((46, 26, 14, 9, 5)))
_CABINS: tuple[tuple[Cabin, ...], tuple[int, ...]] = (("basic_economy", "economy", "business"), (32, 42, 26))
# The first day of a journey, counted from today, with how many of a hundred begin so: gone by, about now, to come.
_STARTS = ((-15, -4), (-3, -1), (0, 0), (1, 2), (3, 15))
_SHARES = tuple(accumulate((18, 12, 13, 13, 44)))


def generate(size: str, seed: int) -> tuple[AirlineFacts, Tables]:
    """Facts and tables of the world `size:seed`. Medium and large have the same flights, and the same first customers.

    Raises ValueError for a size that is not one of SIZES.
    """
    if size not in _CUSTOMERS:
        raise ValueError(f"no size {size!r}: choose one of {', '.join(SIZES)}")
    stream = f"airline {GENERATOR} {seed}"
    now = _now(Random(f"{stream} calendar"))
    small = size == "small"
    airports = network.some(Random(f"{stream} airports")) if small else network.every()
    services = schedule.services(Random(f"{stream} flights"), airports, _SOME_PAIRS if small else _ALL_PAIRS, now)
    facts = AirlineFacts(now=now, airports=tuple(each.listed() for each in airports), mint=stream)
    desk = _Desk(Random(f"{stream} reservations"), facts, Timetable(services))
    users: dict[str, User] = {}
    reservations: dict[str, Reservation] = {}
    for customer in islice(people(f"{stream} people"), _CUSTOMERS[size]):
        theirs = {each.reservation_id: each for each in desk.reservations(customer)}
        reservations.update(theirs)
        users[customer.user.user_id] = replace(customer.user, reservations=tuple(theirs))
    flights: dict[str, Flight] = {number: each.flight for number, each in services.items()}
    return facts, {"flights": flights, "users": users, "reservations": reservations}


def _now(random: Random) -> str:
    """A day of 2025, in working hours: no two worlds need to share their dates."""
    day = _FIRST_DAY + timedelta(days=random.randrange(_DAYS))
    return f"{day.isoformat()}T{random.randint(10, 17):02d}:{random.randrange(0, 60, 15):02d}:00"


def _created(reservation: Reservation) -> str:
    return reservation.created_at


class _Desk:
    """Draws the reservations of one world. What a flight costs when it is booked is drawn a few times a day and shared."""

    def __init__(self, random: Random, facts: AirlineFacts, timetable: Timetable) -> None:
        self.random = random
        self.timetable = timetable
        self.facts = facts
        self.ledger = Ledger(random, facts)
        self.today = date.fromisoformat(facts.now[:10])
        self.now = minute(facts.now)
        self.airports = tuple(each.iata for each in facts.airports)
        self.taken: set[str] = set()
        self.segments: dict[tuple[str, str, Cabin], tuple[Segment, Segment, Segment]] = {}

    def reservations(self, customer: Customer) -> list[Reservation]:
        """A customer's reservations in the order in which they were booked; no two begin on the same day."""
        count = self.random.choices(range(1, len(_RESERVATIONS) + 1), cum_weights=_RESERVATIONS)[0]
        home = self.random.choice(self.airports)
        made: dict[str, Reservation] = {}
        while len(made) < count:
            legs, back = self.trip(home if self.random.random() < 0.7 else self.random.choice(self.airports))
            if legs[0].day not in made:
                made[legs[0].day] = self.reservation(customer, legs, back)
        return sorted(made.values(), key=_created)

    def trip(self, origin: str) -> tuple[Journey, Journey]:
        """A journey there and one back, or none, on days on which there are any."""
        returns = self.random.random() < 0.48
        while True:
            destination = self.random.choice(self.timetable.destinations(origin))
            start = self.random.randint(*self.random.choices(_STARTS, cum_weights=_SHARES)[0])
            there = self.journey(origin, destination, start)
            if there and not returns:
                return there, ()
            end = start + self.random.randint(1, min(10, schedule.COMING - start))
            back = self.journey(destination, origin, end) if there else ()
            if back and back[0].departs > there[-1].arrives + 60:
                return there, back

    def journey(self, origin: str, destination: str, offset: int) -> Journey:
        """One of the ways to go on that day, a direct one rather; () for none."""
        day = (self.today + timedelta(days=offset)).isoformat()
        found = self.timetable.journeys(origin, destination, day)
        direct = [journey for journey in found if len(journey) == 1]
        if direct and self.random.random() < 0.6:
            return self.random.choice(direct)
        return self.random.choice(found) if found else ()

    def reservation(self, customer: Customer, there: Journey, back: Journey) -> Reservation:
        cabin = self.random.choices(*_CABINS)[0]
        kind: FlightType = "round_trip" if back else "one_way"
        passengers = self.passengers(customer)
        free = pricing.free_bags(customer.user.membership, cabin, len(passengers), self.facts)
        bags = self.bags(free, len(passengers))
        reservation = Reservation(
            reservation_id=self.reservation_id(),
            user_id=customer.user.user_id,
            origin=there[0].service.flight.origin,
            destination=there[-1].service.flight.destination,
            flight_type=kind,
            cabin=cabin,
            flights=tuple(self.segment(leg.service, leg.day, cabin) for leg in (*there, *back)),
            passengers=passengers,
            payment_history=(),
            created_at=self.created_at(there[0].departs),
            total_baggages=bags,
            nonfree_baggages=max(0, bags - free),
            insurance="yes" if self.random.random() < 0.42 else "no",
        )
        return self.ledger.settled(reservation, customer.user)

    def reservation_id(self) -> str:
        symbols = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        while True:
            code = "".join(self.random.choices(symbols, k=6))
            if code not in self.taken and not code.isdigit():
                self.taken.add(code)
                return code

    def segment(self, service: schedule.Service, day: str, cabin: Cabin) -> Segment:
        """At today's price, or at one that was lower or higher when it was booked."""
        flight = service.flight
        key = (flight.flight_number, day, cabin)
        if key not in self.segments:
            now = Segment(
                flight_number=flight.flight_number,
                origin=flight.origin,
                destination=flight.destination,
                date=day,
                price=service.fares[day].of(cabin),
            )
            cheaper = round(now.price * (0.7 + 0.28 * self.random.random()))
            dearer = round(now.price * (1.02 + 0.3 * self.random.random()))
            self.segments[key] = (now, replace(now, price=cheaper), replace(now, price=dearer))
        when = self.random.random()
        return self.segments[key][0 if when < 0.3 else 1 if when < 0.7 else 2]

    def passengers(self, customer: Customer) -> tuple[Passenger, ...]:
        """The customer with companions; one in ten books for others only."""
        user = customer.user
        booker = Passenger(first_name=user.name.first_name, last_name=user.name.last_name, dob=user.dob)
        count = self.random.choices(range(1, len(_PASSENGERS) + 1), cum_weights=_PASSENGERS)[0]
        others = customer.companions
        if others and self.random.random() < 0.1:
            return tuple(self.random.sample(others, min(count, len(others), 5)))
        return (booker, *self.random.sample(others, min(count - 1, len(others))))

    def bags(self, free: int, passengers: int) -> int:
        """Often fewer than are free, sometimes more."""
        drawn = self.random.random()
        if drawn < 0.22:
            return 0
        if drawn < 0.66:
            return self.random.randint(min(1, free), min(free, 2 * passengers))
        return free if drawn < 0.74 else free + self.random.randint(1, 1 + passengers)

    def created_at(self, departs: int) -> str:
        """Before the departure and before now; a good part within the last day, some at the very edge of it."""
        latest = min(self.now, departs - 45)
        drawn = self.random.random()
        ages = (2, 1430) if drawn < 0.15 else (1380, 1560) if drawn < 0.22 else (1500, 50_000)
        earlier = self.random.randint(*ages)
        created = self.now - earlier if self.now - earlier < latest else latest - earlier
        midnight = datetime.fromordinal(created // 1440)
        return (midnight + timedelta(minutes=created % 1440, seconds=self.random.randrange(60))).isoformat()
