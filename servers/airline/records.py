"""The tables of the airline domain: flights, reservations, users, in the layout of the public benchmark.

Times are without a zone, in own worlds all Eastern; a date is `YYYY-MM-DD`. Prices and payments are whole dollars,
balances are not.
"""

from typing import Literal

from servers.frozen import Record, freeze
from servers.persons import Address, CreditCard, Name

Cabin = Literal["business", "economy", "basic_economy"]
FlightType = Literal["round_trip", "one_way"]
Membership = Literal["regular", "silver", "gold"]
YesNo = Literal["yes", "no"]


class Airport(Record, frozen=True, kw_only=True):
    iata: str
    city: str


class ByCabin(Record, frozen=True, kw_only=True):
    """A number for each cabin: seats, prices, bags."""

    basic_economy: int
    economy: int
    business: int

    def of(self, cabin: Cabin) -> int:
        """The number of one cabin."""
        number: int = getattr(self, cabin)
        return number


class Available(Record, frozen=True, kw_only=True, tag_field="status", tag="available"):
    """A flight that can be booked; `prices` are for one passenger."""

    available_seats: ByCabin
    prices: ByCabin


class OnTime(Record, frozen=True, kw_only=True, tag_field="status", tag="on time"):
    estimated_departure_time_est: str
    estimated_arrival_time_est: str


class Delayed(Record, frozen=True, kw_only=True, tag_field="status", tag="delayed"):
    estimated_departure_time_est: str
    estimated_arrival_time_est: str


class Flying(Record, frozen=True, kw_only=True, tag_field="status", tag="flying"):
    actual_departure_time_est: str
    estimated_arrival_time_est: str


class Landed(Record, frozen=True, kw_only=True, tag_field="status", tag="landed"):
    actual_departure_time_est: str
    actual_arrival_time_est: str


class Cancelled(Record, frozen=True, kw_only=True, tag_field="status", tag="cancelled"):
    pass


FlightDate = Available | OnTime | Delayed | Flying | Landed | Cancelled

AVAILABLE = "available"
ON_TIME = "on time"
DELAYED = "delayed"
FLYING = "flying"
LANDED = "landed"
CANCELLED = "cancelled"
STATUSES = (AVAILABLE, ON_TIME, DELAYED, FLYING, LANDED, CANCELLED)
"""What a flight can be on a date; CANCELLED is also what a reservation can be."""


def status(date: FlightDate) -> str:
    """How a flight stands on a date: one of the STATUSES."""
    return str(date.__struct_config__.tag)


class Flight(Record, frozen=True, kw_only=True):
    """A scheduled flight. Its times end in `+1` where they fall on the day after the departure's date."""

    flight_number: str
    origin: str
    destination: str
    scheduled_departure_time_est: str
    scheduled_arrival_time_est: str
    dates: dict[str, FlightDate]

    def __post_init__(self) -> None:
        freeze(self, "dates")


class FoundFlight(Record, frozen=True, kw_only=True):
    """A flight that can be booked, as a search answers it: `date` is set in connections only."""

    flight_number: str
    origin: str
    destination: str
    status: Literal["available"]
    scheduled_departure_time_est: str
    scheduled_arrival_time_est: str
    date: str | None
    available_seats: ByCabin
    prices: ByCabin


class GiftCard(Record, frozen=True, kw_only=True, tag_field="source", tag="gift_card"):
    """`amount` is what is left on it."""

    id: str
    amount: float


class Certificate(Record, frozen=True, kw_only=True, tag_field="source", tag="certificate"):
    """Used up whole by the first booking that it helps to pay, whatever is taken from it."""

    id: str
    amount: float


PaymentMethod = CreditCard | GiftCard | Certificate


class Passenger(Record, frozen=True, kw_only=True):
    first_name: str
    last_name: str
    dob: str


class User(Record, frozen=True, kw_only=True):
    """A customer; `reservations` are the ids of all their reservations, in the order in which they were booked."""

    user_id: str
    name: Name
    address: Address
    email: str
    dob: str
    payment_methods: dict[str, PaymentMethod]
    saved_passengers: tuple[Passenger, ...]
    membership: Membership
    reservations: tuple[str, ...]

    def __post_init__(self) -> None:
        freeze(self, "payment_methods")


class Segment(Record, frozen=True, kw_only=True):
    """A flight of a reservation; `price` is what one passenger paid for it when it was booked."""

    flight_number: str
    origin: str
    destination: str
    date: str
    price: int


class Payment(Record, frozen=True, kw_only=True):
    """A line of a reservation's payment history; below zero what went back."""

    payment_id: str
    amount: int


class Reservation(Record, frozen=True, kw_only=True):
    """A booking. `flights` are in the order in which they are flown, the way back included."""

    reservation_id: str
    user_id: str
    origin: str
    destination: str
    flight_type: FlightType
    cabin: Cabin
    flights: tuple[Segment, ...]
    passengers: tuple[Passenger, ...]
    payment_history: tuple[Payment, ...]
    created_at: str
    total_baggages: int
    nonfree_baggages: int
    insurance: YesNo
    status: Literal["cancelled"] | None = None
