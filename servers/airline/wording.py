"""How agents and customers of the airline say a thing in English: flights, days, times, airports, people, money.

Pure functions. Ids, flight numbers, airport codes, names, dates of birth and amounts stand in the words as they stand
in a record; dates and times are said as people say them: 'May 25', '8:00 AM'.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from servers.airline.records import Airport, GiftCard, Passenger, PaymentMethod, Segment
from servers.english import counted, joined, money
from servers.persons import CreditCard

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_BRANDS = {"amex": "American Express", "mastercard": "Mastercard"}
_TRIPS = {"one_way": "one-way", "round_trip": "round-trip"}


def cities(airports: Iterable[Airport]) -> dict[str, str]:
    """The city of every airport, by its code."""
    return {airport.iata: airport.city for airport in airports}


def airport(iata: str, city: Mapping[str, str]) -> str:
    """An airport that nobody can take for another: 'Houston (IAH)'; the code alone where its city is not known."""
    return f"{city[iata]} ({iata})" if iata in city else iata


def route(origin: str, destination: str) -> str:
    """'from Newark to Houston', of places said in any way."""
    return f"from {origin} to {destination}"


def flight(number: str, origin: str, destination: str, departure: str) -> str:
    """'HAT123 from Newark to Houston at 8:00 AM', of places said in any way."""
    return f"{number} {route(origin, destination)} at {time(departure)}"


def times(departure: str, arrival: str) -> str:
    """'leaving at 8:00 AM and arriving at 10:15 AM'."""
    return f"leaving at {time(departure)} and arriving at {time(arrival)}"


def flight_on(number: str, date: str) -> str:
    """'HAT123 on May 25'."""
    return f"{number} on {day(date)}"


def segments(flights: Sequence[Segment]) -> str:
    """The flights of a reservation: 'HAT123 on May 25 and HAT220 on May 28'."""
    return joined([flight_on(each.flight_number, each.date) for each in flights])


def time(of_day: str) -> str:
    """'08:00:00' as '8:00 AM', '00:25:00+1' as '12:25 AM the next day'; of a date with a time the time alone."""
    clock, _, later = of_day.rpartition("T")[2].partition("+")
    hour, minute = int(clock[:2]), clock[3:5]
    said = f"{hour % 12 or 12}:{minute} {'AM' if hour < 12 else 'PM'}"
    return f"{said} the next day" if later else said


def day(date: str) -> str:
    """'2024-05-25' as 'May 25', whatever the year: schedules reach a few weeks."""
    return f"{_MONTHS[int(date[5:7]) - 1]} {int(date[8:10])}"


def moment(when: str) -> str:
    """A date with a time: '2024-05-14T15:00:00' as 'May 14 at 3:00 PM'."""
    return f"{day(when)} at {time(when)}"


def minutes(departure: str, arrival: str) -> int:
    """How long a flight takes by its schedule; departure and arrival are on one clock."""
    return _minute(arrival) - _minute(departure)


def duration(number: int) -> str:
    """Minutes as '3 hours and 5 minutes'."""
    hours, rest = divmod(number, 60)
    return joined([counted(count, unit) for count, unit in ((hours, "hour"), (rest, "minute")) if count]) or "0 minutes"


def cabin(name: str) -> str:
    """'basic_economy' as 'basic economy'."""
    return name.replace("_", " ")


def trip(flight_type: str) -> str:
    """'round_trip' as it stands before a noun: 'round-trip'."""
    return _TRIPS.get(flight_type, flight_type)


def passenger(who: Passenger) -> str:
    """Name and date of birth: 'Dana Fox (born 1984-11-30)'."""
    return f"{name(who)} (born {who.dob})"


def name(who: Passenger) -> str:
    """'Dana Fox'."""
    return f"{who.first_name} {who.last_name}"


def passengers(people: Sequence[Passenger]) -> str:
    """All of them with their dates of birth."""
    return joined([passenger(who) for who in people])


def payment(method: PaymentMethod) -> str:
    """A payment method as its owner calls it: 'Visa ending in 7334', 'gift card ending in 2841', 'certificate ending in
    4821 ($150.00)'. A certificate's worth never changes, a gift card's does and is left out.
    """
    if isinstance(method, CreditCard):
        return f"{_BRANDS.get(method.brand, method.brand.title())} ending in {method.last_four}"
    ending = f"ending in {method.id[-4:]}"
    return f"gift card {ending}" if isinstance(method, GiftCard) else f"certificate {ending} ({money(method.amount)})"


def paid(parts: Sequence[tuple[float, PaymentMethod]]) -> str:
    """Who pays what: '$150.00 with the certificate ending in 4821 ($150.00) and $84.00 with the Visa ending in 7334'."""
    return joined([f"{money(amount)} with the {payment(method)}" for amount, method in parts])


def bags(total: int, paid_for: int | None = None) -> str:
    """'3 checked bags', 'no checked bags'; with those that cost something: '3 checked bags (1 of them paid)'."""
    said = counted(total, "checked bag") if total else "no checked bags"
    if paid_for is None or not total:
        return said
    if paid_for not in (0, total):
        return f"{said} ({paid_for} of them paid)"
    return f"{said} ({'all of them ' if total > 1 else ''}{'paid' if paid_for else 'free'})"


def insurance(bought: str) -> str:
    """'yes' as 'with travel insurance', 'no' as 'without travel insurance'."""
    return f"{'with' if bought == 'yes' else 'without'} travel insurance"


@lru_cache(maxsize=4096)
def _minute(of_day: str) -> int:
    clock, _, later = of_day.partition("+")
    return int(later or 0) * 1440 + int(clock[:2]) * 60 + int(clock[3:5])
