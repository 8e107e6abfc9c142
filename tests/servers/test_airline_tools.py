"""The airline's tools on a world of ours, and where that differs from a public one."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from servers.airline import DOMAIN as AIRLINE
from servers.airline.records import Available, Flight, GiftCard, Reservation, User
from servers.domain import Outcome
from servers.state import State
from servers.worlds import open_world, save_world
from tests.servers.hangar import SEATS, WHO, book, call, hangar

TWICE = [{"flight_number": "HAT4", "date": "2025-01-31"}] * 2
UPDATES: dict[str, dict[str, Any]] = {
    "cancel_reservation": {},
    "update_reservation_baggages": {"total_baggages": 2, "nonfree_baggages": 1, "payment_id": "credit_card_1"},
    "update_reservation_passengers": {"passengers": [{**WHO, "dob": "1990-01-01"}]},
    "update_reservation_flights": {
        "cabin": "business",
        "flights": [{"flight_number": "HAT1", "date": "2025-01-31"}],
        "payment_id": "credit_card_1",
    },
}


def found(outcome: Outcome) -> list[list[str]]:
    """The flight numbers of a search's connections."""
    return [[flight["flight_number"] for flight in pair] for pair in json.loads(outcome.text)]


def user(state: State, user_id: str = "dana_1") -> User:
    who = state.get("users", user_id, User)
    assert who is not None
    return who


def seats(state: State, flight_number: str = "HAT4", day: str = "2025-01-31") -> int:
    flight = state.get("flights", flight_number, Flight)
    there = flight.dates[day] if flight else None
    assert isinstance(there, Available)
    return there.available_seats.economy


def minted(state: State) -> str:
    """The id of one more reservation."""
    made = book(state, {"credit_card_1": 0}, flights=[])
    return str(json.loads(made.text)["reservation_id"]) if not made.error else made.text


def given(state: State, user_id: str = "dana_1") -> str:
    """The id of one more certificate."""
    return call(state, "send_certificate", user_id=user_id, amount=100).text.split()[1]


# Dates


@pytest.mark.parametrize(("day", "after"), [("2025-01-31", "2025-02-01"), ("2025-02-01", "2025-02-02")])
def test_a_night_flight_connects_on_the_day_after(day: str, after: str) -> None:
    """Into the next month too; the public code looks on a 32nd of January and on `2025-02-2`."""
    asked = {"origin": "DEN", "destination": "MIA", "date": day}
    own = call(hangar().open(), "search_onestop_flight", **asked)
    assert found(own) == [["HAT1", "HAT2"]]
    assert [flight["date"] for flight in json.loads(own.text)[0]] == [day, after]
    assert found(call(hangar(public=True).open(), "search_onestop_flight", **asked)) == []


def test_a_search_answers_only_what_can_be_booked() -> None:
    """Neither a flight that landed nor a delayed one is offered; their status can be asked."""
    state = hangar().open()
    for day, status in (("2025-01-29", "landed"), ("2025-01-30", "delayed"), ("2025-01-31", "available")):
        assert call(state, "get_flight_status", flight_number="HAT1", date=day).text == status
        offered = json.loads(call(state, "search_direct_flight", origin="DEN", destination="ORD", date=day).text)
        assert len(offered) == (status == "available")
    assert call(state, "get_flight_status", flight_number="HAT1", date="x").text == "Error: Flight HAT1 not found on date x"


# Booking


def test_a_gift_card_named_twice_must_cover_both() -> None:
    """$150 do not pay twice 100; the public code lets them. Twice 75 they pay."""
    both = [("gift_card_1", 100), ("gift_card_1", 100)]
    party = {"passengers": [WHO, WHO]}
    state, public = hangar().open(), hangar(public=True).open()
    refused = book(state, both, **party)
    assert refused.text == "Error: Not enough balance in payment method gift_card_1" and not refused.changed
    assert not book(public, both, **party).error
    assert user(public).payment_methods["gift_card_1"] == GiftCard(id="gift_card_1", amount=-50.0)
    fine = book(state, [("gift_card_1", 75), ("gift_card_1", 75)], cabin="basic_economy", passengers=[WHO] * 3)
    assert not fine.error and user(state).payment_methods["gift_card_1"] == GiftCard(id="gift_card_1", amount=0.0)


def test_a_flight_booked_twice_must_have_seats_for_both() -> None:
    """Three seats are not enough for two passengers twice; the public code lets them fly."""
    asked: dict[str, Any] = {"flights": TWICE, "passengers": [WHO, WHO]}
    state, public = hangar().open(), hangar(public=True).open()
    assert book(state, {"credit_card_1": 400}, **asked).text == "Error: Not enough seats on flight HAT4"
    assert not book(public, {"credit_card_1": 400}, **asked).error and seats(public) == -1
    assert not book(state, {"credit_card_1": 200}, flights=TWICE).error and seats(state) == 1


@pytest.mark.parametrize("public", [False, True])
def test_a_certificate_pays_once_and_is_gone(public: bool) -> None:
    """Whatever is left on it is lost, and it cannot stand twice in one booking."""
    state = hangar(public).open()
    twice = book(state, [("certificate_1", 60), ("certificate_1", 40)])
    assert twice.error and not twice.changed
    assert not book(state, {"certificate_1": 100}).error and "certificate_1" not in user(state).payment_methods
    assert book(state, {"certificate_1": 100}).text == "Error: Payment method certificate_1 not found"


def test_a_booking_costs_what_the_constants_of_the_world_say() -> None:
    """Insurance for each passenger and paid bags at the world's prices."""
    asked: dict[str, Any] = {"passengers": [WHO, WHO], "insurance": "yes", "total_baggages": 3, "nonfree_baggages": 1}
    assert not book(hangar().open(), {"credit_card_1": 2 * (100 + 30) + 50}, **asked).error
    dear = hangar(insurance_price=45, bag_price=80)
    assert not book(dear.open(), {"credit_card_1": 2 * (100 + 45) + 80}, **asked).error
    refused = book(dear.open(), {"credit_card_1": 310}, **asked)
    assert refused.text == "Error: Payment amount does not add up, total price is 370, but paid 310"


def test_a_booking_takes_seats_and_joins_the_customers_reservations() -> None:
    """The reservation is made now, and an earlier state of the world keeps its seats."""
    world = hangar()
    state = world.open()
    made = json.loads(book(state, {"credit_card_1": 100}).text)
    assert made["created_at"] == "2025-01-30T10:00:00" and made["status"] is None
    assert user(state).reservations == ("K7Q2MX", made["reservation_id"])
    assert (seats(state), seats(world.open())) == (2, SEATS.economy)


def test_what_a_call_does_not_know_is_refused_at_the_top_and_ignored_inside() -> None:
    """A flight may be named with its price, as it was shown; a booking has no such argument."""
    inside = {"flight_number": "HAT4", "date": "2025-01-31", "price": 1, "origin": "QQQ"}
    assert not book(hangar().open(), {"credit_card_1": 100}, flights=[inside]).error
    assert "'price' is not one of its arguments" in book(hangar().open(), {"credit_card_1": 100}, price=1).text


# What was cancelled


@pytest.mark.parametrize("tool", UPDATES)
def test_a_cancelled_reservation_is_neither_cancelled_again_nor_changed(tool: str) -> None:
    """The public code does both."""
    own, public = hangar().open(), hangar(public=True).open()
    for state in (own, public):
        assert not call(state, "cancel_reservation", reservation_id="K7Q2MX").error
    refused = call(own, tool, reservation_id="K7Q2MX", **UPDATES[tool])
    assert refused.text == "Error: Reservation K7Q2MX is cancelled" and not refused.changed
    again = call(public, tool, reservation_id="K7Q2MX", **UPDATES[tool])
    assert not again.error and again.changed


@pytest.mark.parametrize("tool", UPDATES)
def test_a_reservation_that_stands_is_changed(tool: str) -> None:
    """The calls that are refused above are good ones."""
    state = hangar().open()
    outcome = call(state, tool, reservation_id="K7Q2MX", **UPDATES[tool])
    assert not outcome.error and outcome.changed


def test_cancelling_frees_no_seat_and_fills_no_gift_card() -> None:
    """Every payment is negated in the history; that is all that shows of the refund, here as in the public world."""
    state = hangar().open()
    made = json.loads(book(state, {"gift_card_1": 100}).text)["reservation_id"]
    assert not call(state, "cancel_reservation", reservation_id=made).error
    reservation = state.get("reservations", made, Reservation)
    assert reservation is not None and [paid.amount for paid in reservation.payment_history] == [100, -100]
    assert seats(state) == 2 and user(state).payment_methods["gift_card_1"] == GiftCard(id="gift_card_1", amount=50.0)


# Changes


def test_flights_that_stay_keep_their_price_as_long_as_the_cabin_stays() -> None:
    """A change books the difference, onto the gift card when it is one; seats are left alone."""
    state = hangar().open()
    stays = {"flight_number": "HAT1", "date": "2025-01-31"}
    asked: dict[str, Any] = {"reservation_id": "K7Q2MX", "payment_id": "gift_card_1", "flights": [stays]}
    kept = json.loads(call(state, "update_reservation_flights", cabin="economy", **asked).text)
    assert kept["flights"][0]["price"] == 80 and len(kept["payment_history"]) == 1
    cheaper = json.loads(call(state, "update_reservation_flights", cabin="basic_economy", **asked).text)
    assert cheaper["flights"][0]["price"] == 50 and cheaper["payment_history"][-1]["amount"] == -30
    assert user(state).payment_methods["gift_card_1"] == GiftCard(id="gift_card_1", amount=180.0)
    assert seats(state, "HAT1") == SEATS.economy


@pytest.mark.parametrize(
    ("payment", "answer"),
    [
        ("certificate_1", "Error: Certificate cannot be used to update reservation"),
        ("gift_card_9", "Error: Payment method not found"),
    ],
)
def test_a_change_wants_a_fit_payment_method_even_where_nothing_is_due(payment: str, answer: str) -> None:
    """Bags that are free cost nothing, and are refused all the same."""
    asked = {"reservation_id": "K7Q2MX", "total_baggages": 2, "nonfree_baggages": 0, "payment_id": payment}
    assert call(hangar().open(), "update_reservation_baggages", **asked).text == answer


def test_paid_bags_are_charged_at_the_price_of_the_world_and_never_paid_back() -> None:
    """Three more cost three times the price, taking them off costs and brings nothing."""
    state = hangar(bag_price=35).open()
    asked: dict[str, Any] = {"reservation_id": "K7Q2MX", "payment_id": "gift_card_1"}
    more = json.loads(call(state, "update_reservation_baggages", total_baggages=4, nonfree_baggages=3, **asked).text)
    fewer = json.loads(call(state, "update_reservation_baggages", total_baggages=1, nonfree_baggages=0, **asked).text)
    assert more["payment_history"] == fewer["payment_history"] and more["payment_history"][-1]["amount"] == 105
    assert user(state).payment_methods["gift_card_1"] == GiftCard(id="gift_card_1", amount=45.0)


# New ids


def test_an_own_world_has_any_number_of_reservation_ids() -> None:
    """Fifty different ones, the same in every state of the world, others in another world; the public code has three."""
    world = hangar()
    state, other = world.open(), world.open()
    ids = [minted(state) for _ in range(50)]
    assert len(set(ids)) == 50 and all(re.fullmatch("[0-9A-Z]{6}", each) for each in ids)
    assert [minted(other) for _ in range(50)] == ids
    assert minted(hangar(mint="another").open()) not in ids
    public = hangar(public=True).open()
    assert [minted(public) for _ in range(4)] == ["HATHAT", "HATHAU", "HATHAV", "Error: Too many reservations"]


def test_an_own_world_has_any_number_of_certificates_a_customer() -> None:
    """Ten different ones for each of two customers; the public code has three, the same for everybody."""
    state = hangar().open()
    assert len({given(state, who) for who in ("dana_1", "dana_2") for _ in range(10)}) == 20
    public = hangar(public=True).open()
    texts = [call(public, "send_certificate", user_id="dana_1", amount=50).text for _ in range(4)]
    assert texts[0] == "Certificate certificate_3221322 added to user dana_1 with amount 50."
    assert texts[3] == "Error: Too many certificates"


def test_the_id_of_a_certificate_that_was_used_up_is_not_given_again() -> None:
    """A payment history that names it means that one, for ever; the public code gives the same id once more."""
    for public in (False, True):
        state = hangar(public).open()
        first = given(state)
        assert not book(state, {first: 100}).error
        assert (given(state) == first) == public


# The world


def test_an_own_world_is_kept_with_all_its_constants(tmp_path: Path) -> None:
    """A saved world has the same digest when it is opened, airports, allowances and all."""
    world = hangar(cancel_hours=12, insured_reasons=("health",))
    save_world(world, tmp_path / "world.json")
    again = open_world(AIRLINE, str(tmp_path / "world.json"))
    assert again.digest == world.digest and again.facts == world.facts
    assert call(again.open(), "list_all_airports").text.startswith('[{"iata": "DEN", "city": "Denver"}, ')


def test_no_call_changes_the_world_that_it_is_made_on() -> None:
    """What one conversation books another does not see."""
    world = hangar()
    before = world.fresh_digest()
    state = world.open()
    book(state, {"certificate_1": 100})
    call(state, "send_certificate", user_id="dana_1", amount=50)
    for tool, arguments in reversed(UPDATES.items()):
        assert call(state, tool, reservation_id="K7Q2MX", **arguments).changed
    assert world.fresh_digest() == before and state.digest() != world.open().digest()
