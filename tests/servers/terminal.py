"""An airline for looking for journeys: two airports at New York and one at Newark, Denver on the way, Houston.

To Houston on the first and second of February, back on the fifth; a customer with two reservations of her own.
"""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from engine.synthesis.case import OpenCase
from servers.airline import DOMAIN as AIRLINE
from servers.airline.facts import AirlineFacts
from servers.airline.records import (
    Airport,
    Available,
    ByCabin,
    Certificate,
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
from servers.frozen import Record
from servers.persons import Address, CreditCard, Name
from servers.recipe import Decision, Recipe
from servers.state import State, World

NOW = "2025-01-30T10:00:00"
FIRST, SECOND, FIFTH = "2025-02-01", "2025-02-02", "2025-02-05"
CITIES = {"EWR": "Newark", "JFK": "New York", "LGA": "New York", "DEN": "Denver", "IAH": "Houston"}
FACTS = AirlineFacts(now=NOW, mint="terminal", airports=tuple(Airport(iata=iata, city=city) for iata, city in CITIES.items()))
DANA = Passenger(first_name="Dana", last_name="Fox", dob="1984-11-30")
ALEX = Passenger(first_name="Alex", last_name="Fox", dob="1990-01-02")

# Number, route, departure, arrival; for each day the fare in economy and the seats left there.
_FLIGHTS: tuple[tuple[str, str, str, str, dict[str, tuple[int, int]]], ...] = (
    ("FT1", "EWR-IAH", "08:00:00", "12:00:00", {FIRST: (200, 6)}),
    ("FT2", "EWR-IAH", "13:00:00", "16:30:00", {FIRST: (240, 6)}),
    ("FT3", "EWR-IAH", "18:00:00", "22:30:00", {FIRST: (150, 1)}),
    ("FT4", "JFK-IAH", "07:00:00", "11:30:00", {FIRST: (190, 6)}),
    ("FT5", "LGA-IAH", "09:00:00", "12:50:00", {SECOND: (120, 6)}),
    ("FT6", "EWR-DEN", "06:30:00", "07:45:00", {FIRST: (60, 6)}),
    ("FT7", "DEN-IAH", "08:30:00", "09:40:00", {FIRST: (135, 6)}),
    ("FT8", "IAH-EWR", "10:00:00", "14:00:00", {FIFTH: (210, 6)}),
    ("FT9", "IAH-EWR", "20:00:00", "00:10:00+1", {FIFTH: (180, 6)}),
    ("FT10", "EWR-IAH", "15:00:00", "18:40:00", {SECOND: (230, 6)}),
)


def _open(fare: int, seats: int) -> Available:
    prices = ByCabin(basic_economy=fare // 2, economy=fare, business=fare * 3)
    return Available(available_seats=ByCabin(basic_economy=9, economy=seats, business=2), prices=prices)


def _flights() -> dict[str, Record]:
    made: dict[str, Record] = {}
    for number, route, departs, arrives, days in _FLIGHTS:
        dates: dict[str, FlightDate] = {day: _open(*left) for day, left in days.items()}
        if number == "FT1":
            dates["2025-01-29"] = Landed(
                actual_departure_time_est="2025-01-29T08:00:00", actual_arrival_time_est="2025-01-29T12:00:00"
            )
        made[number] = Flight(
            flight_number=number,
            origin=route[:3],
            destination=route[4:],
            scheduled_departure_time_est=departs,
            scheduled_arrival_time_est=arrives,
            dates=dates,
        )
    return made


CUSTOMER = User(
    user_id="dana_1",
    name=Name(first_name="Dana", last_name="Fox"),
    address=Address(address1="1 Elm Street", address2="", city="Newark", country="USA", state="NJ", zip="07101"),
    email="dana@example.com",
    dob=DANA.dob,
    payment_methods={
        "gift_card_0001": GiftCard(id="gift_card_0001", amount=100.0),
        "certificate_0002": Certificate(id="certificate_0002", amount=150.0),
        "certificate_0003": Certificate(id="certificate_0003", amount=50.0),
        "credit_card_0004": CreditCard(id="credit_card_0004", brand="visa", last_four="1111"),
        "credit_card_0005": CreditCard(id="credit_card_0005", brand="mastercard", last_four="2222"),
    },
    saved_passengers=(ALEX,),
    membership="regular",
    reservations=("ROUND1", "BEGUN1"),
)
ROUND = Reservation(
    reservation_id="ROUND1",
    user_id="dana_1",
    origin="EWR",
    destination="IAH",
    flight_type="round_trip",
    cabin="economy",
    flights=(
        Segment(flight_number="FT1", origin="EWR", destination="IAH", date=FIRST, price=170),
        Segment(flight_number="FT8", origin="IAH", destination="EWR", date=FIFTH, price=230),
    ),
    passengers=(DANA, ALEX),
    payment_history=(Payment(payment_id="credit_card_0004", amount=800),),
    created_at="2025-01-20T09:00:00",
    total_baggages=0,
    nonfree_baggages=0,
    insurance="no",
)
BEGUN = replace(
    ROUND,
    reservation_id="BEGUN1",
    flights=(replace(ROUND.flights[0], date="2025-01-29"), ROUND.flights[1]),
    created_at="2025-01-10T09:00:00",
)


def terminal(**constants: Any) -> State:
    """A state of this world, with other constants of the policy where they are given."""
    rows: dict[str, dict[str, Record]] = {
        "flights": _flights(),
        "users": {"dana_1": CUSTOMER},
        "reservations": {each.reservation_id: each for each in (ROUND, BEGUN)},
    }
    facts = replace(FACTS, **constants)
    return World(domain="airline", source="terminal", facts=facts, tables=rows, indexes=AIRLINE.indexes).open()


def place(name: str) -> dict[str, str]:
    """An airport by its code, or a city by its name, as a customer says it."""
    return {"city": CITIES[name], "iata": name} if name in CITIES else {"city": name}


def decided(recipe: Recipe, params: Mapping[str, Any], state: State | None = None, *, backwards: bool = False) -> Decision:
    """The one decision that a request comes to."""
    case = OpenCase(AIRLINE, state or terminal(), "dana_1", params, backwards=backwards)
    (decision,) = recipe.solve(case)
    return decision
