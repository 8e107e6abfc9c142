"""How things of the airline are said: values stand in the words, and the words read as a person would write them."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servers.airline import wording
from servers.airline.network import AIRPORTS
from servers.airline.public import PUBLIC
from servers.airline.records import Airport, Certificate, GiftCard, Passenger, PaymentMethod, Segment
from servers.english import counted
from servers.persons import CreditCard

_VISA = CreditCard(id="credit_card_1000001", brand="visa", last_four="7334")
_GIFT = GiftCard(id="gift_card_1232841", amount=86.0)
_WORTH = Certificate(id="certificate_3004821", amount=150.0)
_DANA = Passenger(first_name="Dana", last_name="Fox", dob="1984-11-30")
_KIM = Passenger(first_name="Kim", last_name="Oak", dob="2012-02-03")


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("00:00:00", "12:00 AM"),
        ("00:25:00+1", "12:25 AM the next day"),
        ("08:00:00", "8:00 AM"),
        ("12:05:00", "12:05 PM"),
        ("23:55:00", "11:55 PM"),
        ("2024-05-15T13:42:00", "1:42 PM"),
    ],
)
def test_a_time_is_said_by_the_twelve_hour_clock(written: str, text: str) -> None:
    """Midnight and noon are twelve; arrivals may be on the next day."""
    assert wording.time(written) == text


@pytest.mark.parametrize(
    ("date", "text"),
    [("2024-05-25", "May 25"), ("2025-01-01", "January 1"), ("2025-12-09", "December 9"), ("2024-02-29", "February 29")],
)
def test_a_day_is_a_month_and_a_number(date: str, text: str) -> None:
    """No year, no leading zero."""
    assert wording.day(date) == text


@given(st.dates())
def test_two_days_of_one_year_are_never_said_alike(date: object) -> None:
    """Month and day can be read back from the words."""
    month, _, number = wording.day(str(date)).partition(" ")
    assert f"{date}".endswith(f"-{int(number):02d}") and month.isalpha()


@given(st.integers(0, 1439), st.integers(0, 1439))
def test_different_times_are_said_differently(one: int, other: int) -> None:
    """And equal ones alike."""
    said = [wording.time(f"{number // 60:02d}:{number % 60:02d}:00") for number in (one, other)]
    assert (said[0] == said[1]) == (one == other)


def test_a_moment_is_a_day_and_a_time() -> None:
    """When a reservation was made, when a late flight is to leave."""
    assert wording.moment("2024-05-14T15:00:07") == "May 14 at 3:00 PM"


def test_a_flight_is_its_number_its_route_and_its_departure() -> None:
    """Places are said in whatever way suits."""
    assert wording.flight("HAT123", "Newark", "Houston", "08:00:00") == "HAT123 from Newark to Houston at 8:00 AM"
    assert wording.flight_on("HAT123", "2024-05-25") == "HAT123 on May 25"
    assert wording.times("22:10:00", "01:25:00+1") == "leaving at 10:10 PM and arriving at 1:25 AM the next day"


def test_flights_of_a_reservation_are_listed_with_their_days() -> None:
    """In the order in which they are flown."""
    flown = [
        Segment(flight_number=number, origin="DEN", destination="MIA", date=date, price=90)
        for number, date in (("HAT1", "2024-05-25"), ("HAT2", "2024-05-25"), ("HAT3", "2024-06-01"))
    ]
    assert wording.segments(flown) == "HAT1 on May 25, HAT2 on May 25 and HAT3 on June 1"


def test_airports_of_one_city_are_told_apart_by_their_codes() -> None:
    """Of every airport of the network and of the public world the words are its own."""
    for airports in (tuple(each.listed() for each in AIRPORTS.values()), PUBLIC.airports):
        cities = wording.cities(airports)
        said = [wording.airport(each.iata, cities) for each in airports]
        assert len(set(said)) == len(said) and all(each.iata in text for each, text in zip(airports, said, strict=True))
    cities = wording.cities([Airport(iata="IAH", city="Houston")])
    assert wording.airport("IAH", cities) == "Houston (IAH)" and wording.airport("XNA", cities) == "XNA"


@pytest.mark.parametrize(
    ("departure", "arrival", "text"),
    [
        ("08:00:00", "11:05:00", "3 hours and 5 minutes"),
        ("22:00:00", "01:00:00+1", "3 hours"),
        ("06:00:00", "06:45:00", "45 minutes"),
        ("06:00:00", "07:01:00", "1 hour and 1 minute"),
        ("06:00:00", "06:00:00", "0 minutes"),
    ],
)
def test_a_duration_is_hours_and_minutes(departure: str, arrival: str, text: str) -> None:
    """Past midnight too."""
    assert wording.duration(wording.minutes(departure, arrival)) == text


@pytest.mark.parametrize(
    ("method", "text"),
    [
        (_VISA, "Visa ending in 7334"),
        (CreditCard(id="credit_card_1", brand="amex", last_four="0042"), "American Express ending in 0042"),
        (CreditCard(id="credit_card_1", brand="mastercard", last_four="1111"), "Mastercard ending in 1111"),
        (_GIFT, "gift card ending in 2841"),
        (_WORTH, "certificate ending in 4821 ($150.00)"),
    ],
)
def test_a_payment_method_is_called_what_its_owner_calls_it(method: PaymentMethod, text: str) -> None:
    """Never by its id; a certificate with its worth, which stays what it is."""
    assert wording.payment(method) == text


def test_a_split_payment_says_who_pays_what() -> None:
    """In the order given."""
    said = wording.paid([(150, _WORTH), (84, _VISA)])
    assert said == "$150.00 with the certificate ending in 4821 ($150.00) and $84.00 with the Visa ending in 7334"


@pytest.mark.parametrize(
    ("total", "paid_for", "text"),
    [
        (0, None, "no checked bags"),
        (0, 0, "no checked bags"),
        (1, None, "1 checked bag"),
        (1, 1, "1 checked bag (paid)"),
        (1, 0, "1 checked bag (free)"),
        (3, 1, "3 checked bags (1 of them paid)"),
        (3, 3, "3 checked bags (all of them paid)"),
        (4, 0, "4 checked bags (all of them free)"),
    ],
)
def test_bags_are_counted(total: int, paid_for: int | None, text: str) -> None:
    """With how many of them are paid for, when that is told."""
    assert wording.bags(total, paid_for) == text


def test_passengers_are_said_with_their_dates_of_birth() -> None:
    """As they must be given to book."""
    assert wording.passengers([_DANA, _KIM]) == "Dana Fox (born 1984-11-30) and Kim Oak (born 2012-02-03)"
    assert [counted(number, "passenger") for number in (1, 2)] == ["1 passenger", "2 passengers"]


def test_cabins_trips_and_insurance_are_said_without_underscores() -> None:
    """As words of a sentence."""
    assert [wording.cabin(each) for each in ("basic_economy", "economy", "business")] == ["basic economy", "economy", "business"]
    assert [wording.trip(each) for each in ("one_way", "round_trip")] == ["one-way", "round-trip"]
    assert [wording.insurance(each) for each in ("yes", "no")] == ["with travel insurance", "without travel insurance"]


def test_every_flight_of_the_public_world_can_be_said(tau2: Path) -> None:
    """Number and codes stand in the words, and no two flights are said alike."""
    cities = wording.cities(PUBLIC.airports)
    flights = json.loads((tau2 / "airline" / "db.json").read_text())["flights"].values()
    said = []
    for each in flights:
        origin, destination = wording.airport(each["origin"], cities), wording.airport(each["destination"], cities)
        said.append(wording.flight(each["flight_number"], origin, destination, each["scheduled_departure_time_est"]))
        assert all(each[field] in said[-1] for field in ("flight_number", "origin", "destination"))
        assert wording.minutes(each["scheduled_departure_time_est"], each["scheduled_arrival_time_est"]) > 0
    assert len(set(said)) == len(said)
