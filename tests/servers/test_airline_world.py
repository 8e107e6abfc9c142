"""The synthetic airline world: the same bytes from the same seed, airports, flights and people that could exist."""

import hashlib
import re
from collections import Counter, defaultdict
from datetime import date
from itertools import combinations
from math import asin, cos, radians, sin, sqrt

import msgspec
import pytest

from servers.airline import network, schedule
from servers.airline.network import AIRPORTS, AREAS
from servers.airline.records import (
    AVAILABLE,
    CANCELLED,
    DELAYED,
    FLYING,
    LANDED,
    ON_TIME,
    Available,
    Certificate,
    Delayed,
    Flight,
    Flying,
    GiftCard,
    Landed,
    OnTime,
    Reservation,
    User,
    status,
)
from servers.airline.wording import minutes
from servers.airline.world import SIZES, generate
from servers.frozen import Record
from servers.persons import CreditCard
from servers.state import Tables
from tests.servers.carrier import Carrier, arrival, elapsed, open_carrier

_SMALL_7 = "66ef29e072f67ac2"
"""The beginning of small:7's sha256: the same on every machine and every Python. A new GENERATOR changes it."""


def _sha256(tables: Tables) -> str:
    hasher = hashlib.sha256()
    for rows in tables.values():
        for record in rows.values():
            hasher.update(msgspec.json.encode(record))
    return hasher.hexdigest()


@pytest.fixture(scope="module", params=[7, 11])
def carrier(request: pytest.FixtureRequest) -> Carrier:
    """A small airline of each of two seeds."""
    return open_carrier("small", request.param)


# The bytes


def test_the_same_seed_makes_the_same_bytes_on_every_python() -> None:
    """small:7 twice, and once long ago on another machine."""
    first, again = _sha256(generate("small", 7)[1]), _sha256(generate("small", 7)[1])
    assert first == again
    assert first.startswith(_SMALL_7)


def test_another_seed_makes_another_day_other_airports_other_people_and_other_reservations() -> None:
    """Flight numbers and codes of airports may come again, nothing that a request hangs on does."""
    (facts, tables), (other_facts, other) = generate("small", 7), generate("small", 8)
    assert facts.now != other_facts.now and facts.airports != other_facts.airports and facts.mint != other_facts.mint
    assert not set(tables["users"]) & set(other["users"]) and not set(tables["reservations"]) & set(other["reservations"])
    assert not [number for number in tables["flights"] if tables["flights"][number] == other["flights"].get(number)]


def test_medium_has_all_airports_and_the_people_whom_small_begins_with() -> None:
    """Their reservations are others: the flights are."""
    (facts, small), (whole, medium) = generate("small", 7), generate("medium", 7)
    assert (len(small["users"]), len(medium["users"]), facts.now == whole.now) == (200, 5_000, True)
    assert len(whole.airports) == len(AIRPORTS) == 60 and 450 <= len(medium["flights"]) <= 600
    assert list(small["users"]) == list(medium["users"])[:200]


def test_an_unknown_size_is_refused_with_the_sizes_that_there_are() -> None:
    """The message names every size."""
    with pytest.raises(ValueError, match="no size 'tiny': choose one of " + ", ".join(SIZES)):
        generate("tiny", 1)


def test_every_record_comes_back_from_its_bytes_as_it_was(carrier: Carrier) -> None:
    """Strict decoding through the record's own type, under the key that it names itself; the facts too."""
    kinds: dict[str, tuple[type[Record], str]] = {
        "flights": (Flight, "flight_number"),
        "users": (User, "user_id"),
        "reservations": (Reservation, "reservation_id"),
    }
    assert list(carrier.world.tables) == list(kinds)
    for table, rows in carrier.world.tables.items():
        kind, field = kinds[table]
        for key, record in rows.items():
            assert msgspec.json.decode(msgspec.json.encode(record), type=kind, strict=True) == record
            assert getattr(record, field) == key
    assert msgspec.json.decode(msgspec.json.encode(carrier.facts), type=type(carrier.facts), strict=True) == carrier.facts


# The airports


def test_the_network_has_metropolitan_areas_with_two_to_four_airports() -> None:
    """Airports of an area are near each other and on one clock; a city has one state."""
    assert {"New York", "Washington", "Chicago", "Houston", "Dallas", "Miami"} < set(AREAS)
    for area in AREAS.values():
        assert 2 <= len(area) <= 4 and len({AIRPORTS[iata].hours for iata in area}) == 1
        assert all(network.miles(AIRPORTS[one], AIRPORTS[other]) < 90 for one, other in combinations(area, 2))
    assert len({each.city for each in AIRPORTS.values()}) == len({(each.city, each.state) for each in AIRPORTS.values()})
    assert all(re.fullmatch("[A-Z]{3}", each.iata) and 1 <= each.rank <= 5 for each in AIRPORTS.values())


def test_distances_are_those_of_the_great_circle_within_eight_percent() -> None:
    """Over all pairs that are not neighbours."""
    for one, other in combinations(AIRPORTS.values(), 2):
        (north, east), (north2, east2) = (tuple(map(radians, each.at)) for each in (one, other))
        half = sin((north - north2) / 2) ** 2 + cos(north) * cos(north2) * sin((east - east2) / 2) ** 2
        assert network.miles(one, other) == pytest.approx(3958.8 * 2 * asin(sqrt(half)), rel=0.08, abs=5)


def test_a_small_world_serves_some_areas_with_all_of_their_airports(carrier: Carrier) -> None:
    """24 to 30 airports in the order of their codes, each with flights that leave and arrive; New York is there."""
    codes = [each.iata for each in carrier.facts.airports]
    assert 24 <= len(codes) <= 30 and codes == sorted(codes) and 120 <= len(carrier.flights) <= 210
    whole = [area for area, members in AREAS.items() if set(members) <= set(codes)]
    assert "New York" in whole and len(whole) >= 4
    for side in ({each.origin for each in carrier.flights.values()}, {each.destination for each in carrier.flights.values()}):
        assert side == set(codes)


def test_many_pairs_of_cities_are_served_from_several_airports(carrier: Carrier) -> None:
    """So 'from any airport around New York' has to be searched several times."""
    between: defaultdict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for origin, destination in carrier.routes():
        ends = (AIRPORTS[origin].area or AIRPORTS[origin].city, AIRPORTS[destination].area or AIRPORTS[destination].city)
        between[ends].add((origin, destination))
    assert len([1 for pairs in between.values() if len(pairs) >= 2]) >= 15
    assert len([1 for pairs in between.values() if len(pairs) >= 3]) >= 5


# The flights


def test_flights_have_times_that_their_distance_allows(carrier: Carrier) -> None:
    """Numbers of the airline's own code; five-minute times; no faster than 560 miles an hour; '+1' only on arrivals."""
    for flight in carrier.flights.values():
        assert re.fullmatch(schedule.AIRLINE + r"\d{3}", flight.flight_number)
        assert re.fullmatch(r"([01]\d|2[0-3]):[0-5][05]:00", flight.scheduled_departure_time_est)
        assert re.fullmatch(r"([01]\d|2[0-3]):[0-5][05]:00(\+1)?", flight.scheduled_arrival_time_est)
        far = network.miles(AIRPORTS[flight.origin], AIRPORTS[flight.destination])
        assert 40 < minutes(flight.scheduled_departure_time_est, flight.scheduled_arrival_time_est) < 900
        assert far < 9.35 * minutes(flight.scheduled_departure_time_est, flight.scheduled_arrival_time_est)


def test_the_dates_of_a_flight_are_real_and_lie_around_now(carrier: Carrier) -> None:
    """From 15 days ago to 16 days ahead, in order; half of the numbers fly every day, others not."""
    window = [carrier.day(offset) for offset in range(-15, 17)]
    for flight in carrier.flights.values():
        assert list(flight.dates) == sorted(flight.dates) and set(flight.dates) <= set(window)
        assert [date.fromisoformat(day).isoformat() for day in flight.dates] == list(flight.dates)
    daily = [1 for flight in carrier.flights.values() if list(flight.dates) == window]
    assert 0.3 < len(daily) / len(carrier.flights) < 0.65


def test_statuses_follow_from_the_day_and_from_now(carrier: Carrier) -> None:
    """What is gone by has landed, unless cancelled or still late; today nothing can be booked; from tomorrow nearly all can."""
    today, now = carrier.day(0), carrier.facts.now
    seen: Counter[str] = Counter()
    for flight in carrier.flights.values():
        for day, there in flight.dates.items():
            seen[status(there)] += 1
            if isinstance(there, Available):
                assert day > today
            elif isinstance(there, Landed):
                assert there.actual_departure_time_est < there.actual_arrival_time_est <= now
            elif isinstance(there, Flying):
                assert there.actual_departure_time_est <= now < there.estimated_arrival_time_est
            elif isinstance(there, OnTime):
                assert day == today and now < there.estimated_departure_time_est < there.estimated_arrival_time_est
            elif isinstance(there, Delayed):
                scheduled = f"{day}T{flight.scheduled_departure_time_est}"
                assert max(now, scheduled) < there.estimated_departure_time_est < there.estimated_arrival_time_est
                assert carrier.day(-1) <= day <= carrier.day(2)
    assert set(seen) == {AVAILABLE, ON_TIME, DELAYED, FLYING, LANDED, CANCELLED} and min(seen.values()) >= 15


def test_flights_are_cancelled_on_all_sides_of_today(carrier: Carrier) -> None:
    """So a reservation to come can have lost a flight."""
    cancelled = [day for flight in carrier.flights.values() for day, there in flight.dates.items() if status(there) == CANCELLED]
    today = carrier.day(0)
    assert min(Counter((day > today) - (day < today) for day in cancelled)[side] for side in (-1, 0, 1)) >= 5


def test_cabins_sell_out_each_for_itself(carrier: Carrier) -> None:
    """Some flights are full, some in one cabin, some have fewer seats than a party of five needs."""
    coming = [there for flight in carrier.flights.values() for there in flight.dates.values() if isinstance(there, Available)]
    seats = [(one.available_seats.basic_economy, one.available_seats.economy, one.available_seats.business) for one in coming]
    assert 0.1 < len([1 for each in seats if each[1] == 0]) / len(seats) < 0.25
    assert 0.1 < len([1 for each in seats if 0 < each[1] < 5]) / len(seats) < 0.45
    assert {tuple(left > 0 for left in each) for each in seats} == {
        (basic, economy, business) for basic in (True, False) for economy in (True, False) for business in (True, False)
    }
    assert all(0 <= left <= 20 for each in seats for left in each)


def test_fares_follow_no_order_of_cabins_or_days(carrier: Carrier) -> None:
    """Mostly a better cabin costs more; now and then it does not. No flight costs the same every day."""
    economy, business = [], []
    for flight in carrier.flights.values():
        fares = [there.prices for there in flight.dates.values() if isinstance(there, Available)]
        assert not fares or len({each.economy for each in fares}) > len(fares) // 2
        economy += [each.economy > each.basic_economy for each in fares]
        business += [each.business > each.economy for each in fares]
        assert all(min(each.basic_economy, each.economy, each.business) >= 15 for each in fares)
    assert 0.9 < len([1 for each in economy if each]) / len(economy) < 0.99
    assert 0.95 < len([1 for each in business if each]) / len(business) < 0.999


def test_a_connection_beats_the_direct_flight_often_enough_to_be_looked_for(carrier: Carrier) -> None:
    """Counted over routes and days that have both: on price, on arrival, on time from start to end."""
    both = list(carrier.contested())
    cheaper = earlier = shorter = 0
    for ways in both:
        pairs = [one.prices.economy + two.prices.economy for one, two in ways.changes]
        cheaper += min(pairs) < min(each.prices.economy for each in ways.direct)
        earlier += min(map(arrival, ways.changes)) < min(arrival((each,)) for each in ways.direct)
        shorter += min(map(elapsed, ways.changes)) < min(elapsed((each,)) for each in ways.direct)
    assert len(both) > 300
    assert 0.05 < cheaper / len(both) < 0.5 and 0.1 < earlier / len(both) < 0.5 and 0.02 < shorter / len(both) < 0.3


def test_what_is_best_on_a_route_changes_with_the_day(carrier: Carrier) -> None:
    """Of routes with several flights: which one is cheapest nearly always, which one leaves first and is fastest on some."""
    by_price = by_start = by_time = several = 0
    for origin, destination in carrier.routes():
        days = [carrier.ways(origin, destination, carrier.day(offset)).direct for offset in range(1, 16)]
        if max(map(len, days)) > 1:
            several += 1
            by_price += len({min(found, key=lambda each: each.prices.economy).flight_number for found in days if found}) > 1
            by_start += len({min(each.scheduled_departure_time_est for each in found) for found in days if found}) > 1
            by_time += len({min(elapsed((each,)) for each in found) for found in days if found}) > 1
    assert several > 25 and by_price / several > 0.9 and by_start / several > 0.3 and by_time / several > 0.3


# The people


def test_customers_of_every_tier_can_be_told_apart(carrier: Carrier) -> None:
    """Ids, emails and dates of birth as the layout has them; companions have names of their own."""
    assert min(Counter(user.membership for user in carrier.users.values()).values()) >= 40
    for user in carrier.users.values():
        assert re.fullmatch(f"{user.name.first_name}_{user.name.last_name}".lower() + r"_\d{4}", user.user_id)
        assert re.fullmatch(r"[a-z]+\.[a-z]+\d{4}@example\.(com|org|net)", user.email)
        assert "1944" <= date.fromisoformat(user.dob).isoformat() < "2005"
        names = [(user.name.first_name, user.name.last_name), *((one.first_name, one.last_name) for one in user.saved_passengers)]
        assert len(set(names)) == len(names) and all("1944" <= each.dob < "2022" for each in user.saved_passengers)
    assert len({user.email for user in carrier.users.values()}) == len(carrier.users)
    assert {len(user.saved_passengers) for user in carrier.users.values()} >= {0, 1, 2, 3, 4}


def test_wallets_have_something_on_both_sides_of_every_limit(carrier: Carrier) -> None:
    """A card or gift card for changes always; two of what a booking takes one of, four gift cards where it takes three."""
    wallets = [list(user.payment_methods.values()) for user in carrier.users.values()]
    kinds = [Counter(type(method) for method in wallet) for wallet in wallets]
    assert all(kind[CreditCard] + kind[GiftCard] >= 1 for kind in kinds)
    assert {kind[CreditCard] for kind in kinds} >= {0, 1, 2} and {kind[Certificate] for kind in kinds} >= {0, 1, 2}
    assert {kind[GiftCard] for kind in kinds} >= {0, 1, 2, 3, 4}
    balances = sorted(method.amount for wallet in wallets for method in wallet if isinstance(method, GiftCard))
    assert balances[0] == 0 and balances[len(balances) // 2] < 250 and balances[-1] > 1_000
    assert all(amount == int(amount) for amount in balances)


def test_methods_of_a_wallet_can_be_told_apart_by_their_last_four_digits(carrier: Carrier) -> None:
    """Ids are unique in the whole world."""
    ids: list[str] = []
    for user in carrier.users.values():
        methods = list(user.payment_methods.values())
        assert [method.id for method in methods] == list(user.payment_methods)
        fours = [method.last_four for method in methods if isinstance(method, CreditCard)]
        endings = [method.id[-4:] for method in methods if not isinstance(method, CreditCard)]
        assert len(set(fours)) == len(fours) and len(set(endings)) == len(endings)
        ids += user.payment_methods
    assert all(re.fullmatch(r"(credit_card|gift_card|certificate)_\d{7}", each) for each in ids) and len(set(ids)) == len(ids)
