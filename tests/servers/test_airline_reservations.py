"""The reservations of the synthetic airline world: they add up, and every rule has both sides among them."""

import re
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from servers.airline import pricing, rules
from servers.airline.network import AIRPORTS, miles
from servers.airline.records import (
    CANCELLED,
    DELAYED,
    FLYING,
    LANDED,
    Certificate,
    Delayed,
    GiftCard,
    Passenger,
    Reservation,
    status,
)
from servers.airline.wording import minutes
from servers.persons import CreditCard
from tests.servers.carrier import Carrier, open_carrier

_CABINS = ("basic_economy", "economy", "business")


@pytest.fixture(scope="module", params=[7, 11])
def carrier(request: pytest.FixtureRequest) -> Carrier:
    """A small airline of each of two seeds."""
    return open_carrier("small", request.param)


def _times(carrier: Carrier, reservation: Reservation) -> list[tuple[datetime, datetime]]:
    """Departure and arrival of every flight by the schedule."""
    times = []
    for segment in reservation.flights:
        flight = carrier.flights[segment.flight_number]
        departure, arrival = flight.scheduled_departure_time_est, flight.scheduled_arrival_time_est
        start = datetime.fromisoformat(f"{segment.date}T{departure}")
        times.append((start, start + timedelta(minutes=minutes(departure, arrival))))
    return times


def _price(reservation: Reservation, carrier: Carrier) -> int:
    fares = [each.price for each in reservation.flights]
    insured = reservation.insurance == "yes"
    return pricing.booking(fares, len(reservation.passengers), insured, reservation.nonfree_baggages, carrier.facts)


def test_reservations_and_their_customers_name_each_other(carrier: Carrier) -> None:
    """One to ten each, in the order in which they were booked; ids of six capitals and digits."""
    listed = [each for user in carrier.users.values() for each in user.reservations]
    assert sorted(listed) == sorted(carrier.reservations) and len(set(listed)) == len(listed)
    for user in carrier.users.values():
        theirs = [carrier.reservations[each] for each in user.reservations]
        assert all(each.user_id == user.user_id for each in theirs)
        assert [each.created_at for each in theirs] == sorted(each.created_at for each in theirs)
    counts = Counter(len(user.reservations) for user in carrier.users.values())
    assert set(counts) == set(range(1, 11))
    assert all(re.fullmatch(r"[A-Z0-9]{6}", each) and not each.isdigit() for each in carrier.reservations)


def test_flights_lead_from_the_origin_to_the_destination_and_back(carrier: Carrier) -> None:
    """On days on which they fly, each leaving after the one before it arrived, at most one change a way."""
    for reservation in carrier.reservations.values():
        for segment in reservation.flights:
            flight = carrier.flights[segment.flight_number]
            assert segment.date in flight.dates and (segment.origin, segment.destination) == (flight.origin, flight.destination)
        stops = [reservation.flights[0].origin, *(each.destination for each in reservation.flights)]
        assert all(one.destination == two.origin for one, two in pairwise(reservation.flights))
        turn = stops.index(reservation.destination)
        assert stops[0] == reservation.origin and 1 <= turn <= 2
        assert stops[-1] == (reservation.origin if reservation.flight_type == "round_trip" else reservation.destination)
        assert len(stops) - 1 - turn in ((1, 2) if reservation.flight_type == "round_trip" else (0,))
        times = _times(carrier, reservation)
        assert all(arrived < left for (_, arrived), (left, _) in pairwise(times))


def test_nobody_flies_across_the_country_to_the_next_town(carrier: Carrier) -> None:
    """A change of planes lies more or less on the way, and leaves time for it."""
    for reservation in carrier.reservations.values():
        for one, two in pairwise(reservation.flights):
            if one.destination != reservation.destination:
                ends, stop = (AIRPORTS[one.origin], AIRPORTS[two.destination]), AIRPORTS[one.destination]
                assert miles(ends[0], stop) + miles(stop, ends[1]) < 1.6 * miles(*ends) + 250
        for (_, arrived), (left, _) in pairwise(_times(carrier, reservation)):
            assert left - arrived >= timedelta(minutes=35)


def test_every_shape_of_journey_is_there_in_every_cabin(carrier: Carrier) -> None:
    """One way and round trip, direct and with a change, in each of three cabins, insured and not, for one to five."""
    shapes = Counter((each.flight_type, each.cabin, each.insurance) for each in carrier.reservations.values())
    assert len(shapes) == 12 and min(shapes.values()) >= 15
    changes = Counter(
        len(each.flights) > (2 if each.flight_type == "round_trip" else 1) for each in carrier.reservations.values()
    )
    assert min(changes.values()) > 100
    assert set(Counter(len(each.passengers) for each in carrier.reservations.values())) == {1, 2, 3, 4, 5}


def test_a_reservation_was_made_before_it_is_flown_and_before_now(carrier: Carrier) -> None:
    """Among those to come some were booked within a day, some just before that."""
    now = datetime.fromisoformat(carrier.facts.now)
    ages = []
    for reservation in carrier.reservations.values():
        created = datetime.fromisoformat(reservation.created_at)
        assert created < now and created < _times(carrier, reservation)[0][0]
        if _times(carrier, reservation)[0][0] > now:
            ages.append((now - created) / timedelta(hours=1))
    assert len([1 for age in ages if age <= 24]) > 40 and len([1 for age in ages if 24 < age < 26]) >= 5
    assert len([1 for age in ages if 22.9 < age <= 24]) >= 5 and max(ages) > 24 * 20


def test_passengers_are_the_customer_and_their_companions(carrier: Carrier) -> None:
    """Nobody twice; saved or not; some customers book for others only."""
    outsiders = absent = 0
    for reservation in carrier.reservations.values():
        user = carrier.users[reservation.user_id]
        booker = Passenger(first_name=user.name.first_name, last_name=user.name.last_name, dob=user.dob)
        assert len(set(reservation.passengers)) == len(reservation.passengers)
        absent += booker not in reservation.passengers
        outsiders += bool(set(reservation.passengers) - {booker, *user.saved_passengers})
    assert absent > 20 and outsiders > 50


def test_bags_beyond_the_allowance_are_paid_for(carrier: Carrier) -> None:
    """By tier and cabin; fewer, as many and more than are free."""
    sides: set[tuple[str, str, int]] = set()
    for each in carrier.reservations.values():
        tier, people = carrier.users[each.user_id].membership, len(each.passengers)
        assert each.nonfree_baggages == pricing.paid_bags(each.total_baggages, tier, each.cabin, people, carrier.facts)
        free = pricing.free_bags(tier, each.cabin, people, carrier.facts)
        sides.add((tier, each.cabin, (each.total_baggages > free) - (each.total_baggages < free)))
    assert sides >= {(tier, cabin, 1) for tier in ("regular", "silver", "gold") for cabin in _CABINS}
    assert len(sides) >= 24


def test_payments_come_to_the_price_and_to_nothing_once_cancelled(carrier: Carrier) -> None:
    """Fares, insurance and paid bags for all passengers; a cancellation repeats every line with its sign turned."""
    lengths = Counter[int]()
    for reservation in carrier.reservations.values():
        amounts = [line.amount for line in reservation.payment_history]
        lengths[len(amounts)] += reservation.status is None
        total = 0
        for amount in amounts:
            total += amount
        if reservation.status is None:
            assert total == _price(reservation, carrier)
        else:
            half = len(amounts) // 2
            assert total == 0 and amounts[half:] == [-amount for amount in amounts[:half]]
            assert [line.payment_id for line in reservation.payment_history[half:]] == [
                line.payment_id for line in reservation.payment_history[:half]
            ]
        assert amounts[0] > 0 and all(amounts)
    assert lengths[1] > 300 and lengths[2] > 100 and lengths[3] > 5


def test_payments_are_by_methods_of_the_customer_or_by_certificates_that_are_gone(carrier: Carrier) -> None:
    """A certificate pays first and once; what a change costs or brings is never on a certificate."""
    spent = refunded = 0
    for reservation in carrier.reservations.values():
        methods = carrier.users[reservation.user_id].payment_methods
        for place, line in enumerate(reservation.payment_history):
            if line.payment_id not in methods:
                assert re.fullmatch(r"certificate_\d{7}", line.payment_id)
                assert place == 0 or line.amount < 0
                spent += 1
            else:
                assert not isinstance(methods[line.payment_id], Certificate)
        if reservation.status is None:
            refunded += any(line.amount < 0 for line in reservation.payment_history)
    assert spent > 50 and refunded > 20


def test_fares_that_were_paid_are_below_at_and_above_those_of_today(carrier: Carrier) -> None:
    """So a change cannot be reckoned from the fares of today alone."""
    sides: Counter[int] = Counter()
    for reservation in carrier.reservations.values():
        for each in reservation.flights:
            there = carrier.flights[each.flight_number].dates[each.date]
            if status(there) == "available":
                now = there.prices.of(reservation.cabin)  # type: ignore[union-attr]
                sides[(each.price > now) - (each.price < now)] += 1
    assert min(sides[side] for side in (-1, 0, 1)) > 100


# The rules, from both sides


def test_every_outcome_of_a_cancellation_is_there(carrier: Carrier) -> None:
    """Each rule forbids some, each way of being allowed is the only one of some."""
    outcomes: Counter[str | None] = Counter()
    only: Counter[str] = Counter()
    for each in carrier.reservations.values():
        statuses = carrier.statuses(each)
        outcomes[rules.cancel(each, statuses, "change of plans", carrier.facts)] += 1
        outcomes[rules.cancel(each, statuses, "weather", carrier.facts)] += 1
        if each.status is None and not rules.flown(statuses):
            ways = {
                "lately": rules.booked_lately(each, carrier.facts),
                "cancelled": CANCELLED in statuses,
                "business": each.cabin == "business",
                "insured": each.insurance == "yes",
            }
            if list(ways.values()).count(True) == 1:
                only[next(way for way, open_ in ways.items() if open_)] += 1
    assert set(outcomes) == {None, "reservation_stands", "cancel_flown", "cancel_window", "insurance_reason"}
    assert min(outcomes.values()) > 40 and len(only) == 4 and only["cancelled"] >= 3 and min(only.values()) >= 3


def test_a_reservation_can_be_flown_in_part(carrier: Carrier) -> None:
    """Landed or flying before, to come after; some of them booked within the last day, business or insured."""
    parts = [each for each in carrier.standing() if rules.flown(carrier.statuses(each))]
    open_ = [each for each in parts if carrier.statuses(each)[-1] not in (LANDED, FLYING)]
    assert (
        len(open_) > 40 and {each.cabin for each in open_} == set(_CABINS) and {each.insurance for each in open_} == {"yes", "no"}
    )
    assert any(rules.booked_lately(each, carrier.facts) for each in parts)


def test_changes_are_allowed_and_forbidden(carrier: Carrier) -> None:
    """Fixed cabins, flown flights, cancelled reservations, and those that may be changed freely."""
    flights = Counter(
        rules.change_flights(each, carrier.statuses(each), (), carrier.facts) for each in carrier.reservations.values()
    )
    assert set(flights) == {None, "fixed_cabin", "flown_stays", "reservation_stands"} and min(flights.values()) > 30
    cabins = Counter(rules.change_cabin(each, carrier.statuses(each), carrier.facts) for each in carrier.reservations.values())
    assert set(cabins) == {None, "cabin_flown", "reservation_stands"} and min(cabins.values()) > 30


def test_compensation_is_due_and_not_due(carrier: Carrier) -> None:
    """For cancelled and for delayed flights, to those entitled and to those not."""
    for complaint in (CANCELLED, DELAYED):
        hit = [each for each in carrier.standing() if complaint in carrier.statuses(each)]
        due = Counter(rules.entitled(carrier.users[each.user_id], each, carrier.facts) for each in hit)
        assert set(due) == {None, "compensation_entitled"} and due[None] >= 10 and due["compensation_entitled"] >= 1
        assert {each.cabin for each in hit} == set(_CABINS)
    unhit = [each for each in carrier.standing() if not {CANCELLED, DELAYED} & set(carrier.statuses(each))]
    assert {carrier.users[each.user_id].membership for each in unhit} == {"regular", "silver", "gold"}


def test_a_delay_can_still_be_answered_by_a_change_or_a_cancellation(carrier: Carrier) -> None:
    """Delayed flights of reservations of which nothing was flown, with a later estimate than the schedule."""
    late = [each for each in carrier.standing() if DELAYED in carrier.statuses(each) and not rules.flown(carrier.statuses(each))]
    assert len(late) >= 8 and len({each.cabin for each in late}) >= 2
    for each in late:
        there = [carrier.flights[one.flight_number].dates[one.date] for one in each.flights]
        assert any(isinstance(one, Delayed) and one.estimated_departure_time_est > carrier.facts.now for one in there)


def test_parties_do_and_do_not_fit_into_the_cabins_of_their_route(carrier: Carrier) -> None:
    """Whoever wants another day finds flights with enough seats and flights without."""
    sides: Counter[str | None] = Counter()
    for each in carrier.standing():
        for found in carrier.ways(each.origin, each.destination, carrier.day(5)).direct:
            sides[rules.flight(found, each.cabin, len(each.passengers))] += 1
    assert sides[None] > 100 and sides["seats_left"] > 50


def test_some_customers_pay_with_more_methods_than_a_booking_takes(carrier: Carrier) -> None:
    """Too many of each kind, and mixes that are allowed; balances that cover and that do not; no card at all."""
    wallets = [list(user.payment_methods.values()) for user in carrier.users.values()]
    for kind in (Certificate, CreditCard, GiftCard):
        held = [[method for method in wallet if isinstance(method, kind)] for wallet in wallets]
        assert {rules.payment_mix(each, carrier.facts) for each in held} == {None, "payment_mix"}
    pays = {rules.pays_change(method, 180.0) for wallet in wallets for method in wallet}
    assert pays == {None, "balance_covers", "change_method"}
    assert any(not any(isinstance(method, CreditCard) for method in wallet) for wallet in wallets)
