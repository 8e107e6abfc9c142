"""An airline small enough to know by heart: three airports, four flights, two customers, one reservation."""

from typing import Any

from msgspec.structs import replace

from servers.airline import DOMAIN as AIRLINE
from servers.airline.facts import AirlineFacts
from servers.airline.records import (
    Airport,
    Available,
    ByCabin,
    Certificate,
    Delayed,
    Flight,
    FlightDate,
    GiftCard,
    Landed,
    Passenger,
    Payment,
    Reservation,
    Segment,
    User,
)
from servers.domain import Outcome, ToolCall
from servers.frozen import Record
from servers.persons import Address, CreditCard, Name
from servers.replay import apply
from servers.state import State, World

FACTS = AirlineFacts(
    now="2025-01-30T10:00:00",
    mint="hangar",
    airports=(Airport(iata="DEN", city="Denver"), Airport(iata="ORD", city="Chicago"), Airport(iata="MIA", city="Miami")),
)
DANA = Passenger(first_name="Dana", last_name="Fox", dob="1984-11-30")
WHO = {"first_name": "Dana", "last_name": "Fox", "dob": "1984-11-30"}
SEATS = ByCabin(basic_economy=9, economy=3, business=9)
PRICES = ByCabin(basic_economy=50, economy=100, business=300)


def _open() -> Available:
    return Available(available_seats=SEATS, prices=PRICES)


def _flight(number: str, route: str, times: str, dates: dict[str, FlightDate]) -> Flight:
    (origin, destination), (departure, arrival) = route.split("-"), times.split("-")
    return Flight(
        flight_number=number,
        origin=origin,
        destination=destination,
        scheduled_departure_time_est=departure,
        scheduled_arrival_time_est=arrival,
        dates=dates,
    )


def _user(user_id: str, *reservations: str) -> User:
    return User(
        user_id=user_id,
        name=Name(first_name="Dana", last_name="Fox"),
        address=Address(address1="1 Elm Street", address2="", city="Denver", country="USA", state="CO", zip="80201"),
        email=f"{user_id}@example.com",
        dob="1984-11-30",
        payment_methods={
            "gift_card_1": GiftCard(id="gift_card_1", amount=150.0),
            "certificate_1": Certificate(id="certificate_1", amount=500.0),
            "credit_card_1": CreditCard(id="credit_card_1", brand="visa", last_four="1111"),
        },
        saved_passengers=(DANA,),
        membership="regular",
        reservations=reservations,
    )


RESERVATION = Reservation(
    reservation_id="K7Q2MX",
    user_id="dana_1",
    origin="DEN",
    destination="ORD",
    flight_type="one_way",
    cabin="economy",
    flights=(Segment(flight_number="HAT1", origin="DEN", destination="ORD", date="2025-01-31", price=80),),
    passengers=(DANA,),
    payment_history=(Payment(payment_id="gift_card_1", amount=80),),
    created_at="2025-01-20T09:00:00",
    total_baggages=1,
    nonfree_baggages=0,
    insurance="no",
)
_LANDED = Landed(actual_departure_time_est="2025-01-29T22:04:00", actual_arrival_time_est="2025-01-30T01:02:00")
_LATE = Delayed(estimated_departure_time_est="2025-01-31T00:10:00", estimated_arrival_time_est="2025-01-31T03:10:00")
_NIGHT: dict[str, FlightDate] = {"2025-01-29": _LANDED, "2025-01-30": _LATE, "2025-01-31": _open(), "2025-02-01": _open()}

TABLES: dict[str, dict[str, Record]] = {
    "flights": {
        "HAT1": _flight("HAT1", "DEN-ORD", "22:00:00-01:00:00+1", _NIGHT),
        "HAT2": _flight("HAT2", "ORD-MIA", "06:00:00-09:00:00", {"2025-02-01": _open(), "2025-02-02": _open()}),
        "HAT3": _flight("HAT3", "ORD-MIA", "01:00:00-04:00:00", {"2025-02-01": _open()}),
        "HAT4": _flight("HAT4", "DEN-MIA", "07:00:00-11:00:00", {"2025-01-31": _open()}),
    },
    "users": {"dana_1": _user("dana_1", "K7Q2MX"), "dana_2": _user("dana_2")},
    "reservations": {"K7Q2MX": RESERVATION},
}


def hangar(public: bool = False, **constants: Any) -> World:
    """The world, as one of ours or as if it were public, with other constants of the policy where they are given."""
    facts = replace(FACTS, public=public, **constants)
    return World(domain="airline", source="hangar", facts=facts, tables=TABLES, indexes=AIRLINE.indexes)


def call(state: State, name: str, **arguments: Any) -> Outcome:
    """One call of an agent."""
    return apply(AIRLINE, state, ToolCall(name=name, arguments=arguments))


def book(state: State, payments: dict[str, int] | list[tuple[str, int]], **changed: Any) -> Outcome:
    """Book the way from Denver to Miami for one passenger in economy ($100), or what differs from that."""
    paid = payments.items() if isinstance(payments, dict) else payments
    arguments: dict[str, Any] = {
        "user_id": "dana_1",
        "origin": "DEN",
        "destination": "MIA",
        "flight_type": "one_way",
        "cabin": "economy",
        "flights": [{"flight_number": "HAT4", "date": "2025-01-31"}],
        "passengers": [WHO],
        "payment_methods": [{"payment_id": method, "amount": amount} for method, amount in paid],
        "total_baggages": 0,
        "nonfree_baggages": 0,
        "insurance": "no",
    }
    return call(state, "book_reservation", **{**arguments, **changed})
