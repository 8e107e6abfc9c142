"""Listed edits are worlds that could be: what was paid, who owns what, when it was booked, how fast flights are."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from servers.airline import DOMAIN, days, pricing
from servers.airline.facts import AirlineFacts
from servers.airline.network import AIRPORTS, miles
from servers.airline.recipes import RECIPES, edits, repriced
from servers.airline.recipes.book import BOOK
from servers.airline.records import Cabin, Certificate, Flight, Payment, Reservation, User
from servers.airline.wording import minutes
from servers.recipe import Edit, Recipe, Request
from servers.state import State, View
from servers.worlds import open_world
from tests.servers.terminal import CUSTOMER, ROUND, terminal

WORLDS = ("small:3", "small:8@strict", "small:11")
OWN = AirlineFacts(now="2025-01-01T00:00:00", airports=())
FASTEST, GROUND, CHANGE = 560, 25, 35
NAMES = [recipe.name for recipe in RECIPES]
Row = tuple[str, Edit, State, State]


@cache
def worlds(recipe_name: str) -> list[Row]:
    """The listed worlds that hold of some drafts of a recipe: the request in words, the edit, the state before it and with it."""
    recipe = next(each for each in RECIPES if each.name == recipe_name)
    random, made = Random(f"edits {recipe_name}"), list[Row]()
    for source in WORLDS:
        state = open_world(DOMAIN, source).open()
        for customer, request in drawn(recipe, state, random):
            number = len({row[0] for row in made})
            for edit in recipe.edits(state.view(), customer, request):
                edited = state.fork()
                for table, key, record in edit.puts:
                    edited.put(table, key, record)
                if recipe.holds(edited.view(), customer, request):
                    made.append((f"{number}: {request.params}", edit, state, edited))
    return made


def drawn(recipe: Recipe, state: State, random: Random, count: int = 7) -> Iterator[tuple[str, Request]]:
    view = state.view()
    customers = list(view.world.tables["users"])[:200]
    while count:
        customer = random.choice(customers)
        draft = recipe.draft(view, customer, random)
        if draft is not None and recipe.holds(view, customer, draft.request):
            count -= 1
            yield customer, draft.request


def touched(row: Row) -> list[Reservation]:
    """The reservations of an edit, and those of the customers that it changes."""
    _, edit, _, edited = row
    view = edited.view()
    users = [record for table, _, record in edit.puts if table == "users"]
    numbers = [key for table, key, _ in edit.puts if table == "reservations"]
    found = [view.get("reservations", key, Reservation) for key in [*numbers, *(n for user in users for n in user.reservations)]]
    assert None not in found
    return [each for each in found if each is not None]


def user(view: View, user_id: str) -> User:
    found = view.get("users", user_id, User)
    assert found is not None
    return found


def owed(reservation: Reservation) -> int:
    """What it costs by the policy under which a world's reservations were booked; nothing once it is canceled."""
    if reservation.status is not None:
        return 0
    fares = [each.price for each in reservation.flights]
    insured = reservation.insurance == "yes"
    return pricing.booking(fares, len(reservation.passengers), insured, reservation.nonfree_baggages, OWN)


def paid(reservation: Reservation) -> int:
    total = 0
    for line in reservation.payment_history:
        total += line.amount
    return total


@pytest.mark.parametrize("name", NAMES)
def test_what_was_paid_comes_to_what_it_costs(name: str) -> None:
    """With methods of the owner, or with certificates that are used up; the first of them paid something."""
    for row in worlds(name):
        for each in touched(row):
            assert paid(each) == owed(each), (row[0], row[1].fact)
            methods = user(row[3].view(), each.user_id).payment_methods
            for line in each.payment_history:
                assert (line.payment_id in methods) != line.payment_id.startswith("certificate"), (row[0], row[1].fact)
            assert each.payment_history[0].amount > 0, (row[0], row[1].fact)
            assert all(segment.price > 0 for segment in each.flights)


@pytest.mark.parametrize("name", NAMES)
def test_reservations_and_their_owners_agree(name: str) -> None:
    """Each stands under its own id, and in the list of its owner alone."""
    for row in worlds(name):
        _, edit, _, edited = row
        for each in touched(row):
            assert edited.get("reservations", each.reservation_id, Reservation) == each, (row[0], row[1].fact)
            assert each.reservation_id in user(edited.view(), each.user_id).reservations, (row[0], row[1].fact)
        for table, key, record in edit.puts:
            if table == "users":
                owners = [edited.get("reservations", number, Reservation) for number in record.reservations]
                assert {owner.user_id for owner in owners if owner} <= {key}, (row[0], row[1].fact)


@pytest.mark.parametrize("name", NAMES)
def test_a_reservation_is_booked_before_it_is_flown(name: str) -> None:
    """And before now, on flights that there are on those days between those airports."""
    for row in worlds(name):
        view = row[3].view()
        for each in touched(row):
            first = view.get("flights", each.flights[0].flight_number, Flight)
            assert first is not None
            departs = minutes("00:00:00", first.scheduled_departure_time_est)
            leaves = days.moment(datetime.fromisoformat(each.flights[0].date).date(), departs)
            assert each.created_at < leaves and each.created_at <= view.facts.now, (row[0], row[1].fact)
            for segment in each.flights:
                flight = view.get("flights", segment.flight_number, Flight)
                assert flight is not None and segment.date in flight.dates
                assert (flight.origin, flight.destination) == (segment.origin, segment.destination)


@pytest.mark.parametrize("name", ["book", "flights"])
def test_new_flights_are_possible(name: str) -> None:
    """No faster than an aircraft, with time to change planes, by an airport that is not next door."""
    seen = set[int]()
    for row in worlds(name):
        _, edit, before, _ = row
        new = [record for table, key, record in edit.puts if table == "flights" and before.get("flights", key, Flight) is None]
        seen.add(len(new))
        for each in new:
            takes = minutes(each.scheduled_departure_time_est, each.scheduled_arrival_time_est)
            far = miles(AIRPORTS[each.origin], AIRPORTS[each.destination])
            assert takes >= GROUND + far * 60 / FASTEST, (row[0], row[1].fact)
        if len(new) == 2:
            first, second = new
            overnight = 0 if first.dates.keys() == second.dates.keys() else 1440
            wait = overnight + minutes(first.scheduled_arrival_time_est, second.scheduled_departure_time_est)
            assert CHANGE <= wait <= 180, (row[0], row[1].fact)
            assert first.destination == second.origin and first.origin != second.destination
    assert seen == {0, 1, 2}


@pytest.mark.parametrize("name", NAMES)
def test_there_are_some_edits_and_not_many(name: str) -> None:
    """At most 25 for each request, and one for each search of who has many searches made."""
    per = Counter(row[0] for row in worlds(name))
    assert len(per) > 15 and max(per.values()) <= (36 if name in ("best_trip", "best_trip_question", "pay_smart") else 25)


@pytest.mark.parametrize("status", [None, "cancelled"])
@pytest.mark.parametrize("cabin", ["basic_economy", "business"])
def test_another_cabin_has_other_fares_and_its_own_free_bags(cabin: Cabin, status: str | None) -> None:
    """By the fares of the day, in a part of what was paid that is no certificate."""
    lines = (Payment(payment_id="certificate_0009", amount=100), Payment(payment_id="credit_card_0004", amount=700))
    history = lines if status is None else (*lines, *repriced.refunded(lines))
    view = terminal().view()
    other = repriced.in_cabin(view, replace(ROUND, total_baggages=2, payment_history=history, status=status), cabin)
    assert other is not None and paid(other) == owed(other)
    assert other.nonfree_baggages == (2 if cabin == "basic_economy" else 0)
    assert [each.price for each in other.flights] == ([85, 115] if cabin == "basic_economy" else [510, 690])
    assert other.payment_history[0] == lines[0]


def test_what_cannot_have_been_paid_is_not_listed() -> None:
    """A reservation paid by many small parts is not cheaper by more than each of them."""
    lines = tuple(Payment(payment_id=f"gift_card_{number}", amount=100) for number in range(8))
    assert repriced.in_cabin(terminal().view(), replace(ROUND, payment_history=lines), "basic_economy") is None


def test_a_cancellation_given_back_in_another_way_stays() -> None:
    """Where the history is not its payments and their negation, nothing is known of what stood before."""
    assert list(edits.cancelled(replace(ROUND, status="cancelled"))) == []


def test_somebody_elses_reservation_becomes_the_customers_without_a_certificate() -> None:
    """Their first method is a certificate; the former owner has it no longer."""
    papers = {key: each for key, each in CUSTOMER.payment_methods.items() if isinstance(each, Certificate)}
    state = terminal()
    state.put("users", "dana_1", replace(CUSTOMER, payment_methods={**papers, **CUSTOMER.payment_methods}))
    state.put("users", "lee_2", replace(CUSTOMER, user_id="lee_2", reservations=("LEE222",)))
    theirs = replace(ROUND, reservation_id="LEE222", user_id="lee_2")
    (edit,) = edits.owned(state.view(), "dana_1", theirs)
    records = {key: record for _, key, record in edit.puts}
    assert records["lee_2"].reservations == () and "LEE222" in records["dana_1"].reservations
    assert {line.payment_id for line in records["LEE222"].payment_history} == {"gift_card_0001"}


def test_a_method_that_has_paid_for_a_reservation_stays_on_file() -> None:
    """The other one of the two is gone instead."""
    params: dict[str, Any] = {"payments": ["gift card", "Visa ending in 1111"], "passengers": ["me"], "cabin": "economy"}
    params |= {"origin": [{"city": "Newark", "iata": "EWR"}], "destination": [{"city": "Houston", "iata": "IAH"}]}
    params |= {"days": ["2025-02-01"], "flight": {"stops": "direct", "pick": "cheapest"}, "bags": 0, "insurance": "no"}
    facts = {edit.fact for edit in BOOK.edits(terminal().view(), "dana_1", Request(recipe="book", params=params))}
    assert "gift_card_0001 is not on file" in facts and "credit_card_0004 is not on file" not in facts
