"""What a customer must have heard before a write: which details there are, and how each may be said."""

from datetime import date

import msgspec
import pytest

import servers
from engine.checkers.conduct.stating import plain, stands
from servers import ways
from servers.airline.records import Reservation, User
from servers.arguments import decode
from servers.domain import Detail, Domain
from servers.retail.records import Order
from servers.state import View
from tests.servers.carrier import open_carrier
from tests.servers.shop import open_shop

SHOP, CARRIER = open_shop("small", 7), open_carrier("small", 7)
RETAIL, AIRLINE = servers.load("retail"), servers.load("airline")


def details(domain: Domain, view: View, name: str, **arguments: object) -> tuple[Detail, ...]:
    tool = domain.callable[name, "agent"]
    assert tool.details is not None
    return tool.details(view, decode(tool, arguments))


def unsaid(found: tuple[Detail, ...], text: str) -> list[str]:
    return [detail.name for detail in found if not any(stands(way, plain(text)) for way in detail.ways)]


@pytest.mark.parametrize("domain", [RETAIL, AIRLINE], ids=lambda domain: domain.name)
def test_every_write_that_takes_a_yes_says_what_must_be_heard(domain: Domain) -> None:
    """And none that takes none."""
    assert {tool.name for tool in domain.tools if tool.confirmed} == {tool.name for tool in domain.tools if tool.details}


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("on 2024-05-02", True),
        ("on May 2nd", True),
        ("on May 2, 2024", True),
        ("the 2nd of May", True),
        ("2 May", True),
        ("5/2", True),
        ("on May 20", False),
        ("on May 12", False),
        ("on June 2", False),
        ("on 2024-05-20", False),
    ],
)
def test_a_day_is_said_in_many_ways_and_is_not_a_part_of_another(said: str, heard: bool) -> None:
    """'May 2' does not stand in 'May 20'."""
    assert any(stands(way, plain(said)) for way in ways.day("2024-05-02")) == heard


@pytest.mark.parametrize(
    ("clock", "said"), [("08:00:00", "8 am"), ("08:00:00", "08:00 AM"), ("19:30:00", "7:30 pm"), ("00:25:00+1", "12:25 AM")]
)
def test_a_time_is_said_by_either_clock(clock: str, said: str) -> None:
    """Of the same flight."""
    assert any(stands(way, plain(said)) for way in ways.time(clock))


def test_a_return_names_the_order_each_item_and_where_the_money_goes() -> None:
    """The item by its name for its id, the method by its words, the order by its id with or without its sign."""
    order = next(each for each in SHOP.of("delivered") if len({item.name for item in each.items}) == 2 == len(each.items))
    first, second = order.items
    method = order.payment_history[0].payment_method_id
    sent = {"order_id": order.order_id, "item_ids": [first.item_id, second.item_id], "payment_method_id": method}
    found = details(RETAIL, SHOP.state(), "return_delivered_order_items", **sent)
    said = f"From order {order.order_id[1:]}: {first.name} and **{second.name}**, to your original payment method."
    assert unsaid(found, said) == []
    assert unsaid(found, f"Everything in {order.order_id}, back to {method}") == []
    assert unsaid(found, said.replace(second.name, "the other")) == [f"item {second.name}"]
    assert unsaid(found, said.replace("original payment method", "account")) == [f"payment method {method}"]


def test_an_exchange_names_every_option_that_changes() -> None:
    """By its value, or all of them by the new item's id."""
    order, old, new = _swap()
    sent = {"order_id": order.order_id, "item_ids": [old], "new_item_ids": [new], "payment_method_id": "gift_card_1"}
    found = details(RETAIL, SHOP.state(), "exchange_delivered_order_items", **sent)
    name = next(item.name for item in order.items if item.item_id == old)
    changing = [detail.name for detail in found if detail.name.startswith(f"new {name}")]
    assert changing
    said = f"In {order.order_id}: the {name}, with gift_card_1"
    assert unsaid(found, said) == changing
    assert unsaid(found, f"{said}, becomes {new}") == []


def _swap() -> tuple[Order, str, str]:
    order = next(each for each in SHOP.of("delivered") if SHOP.others(each.items[0]))
    item = order.items[0]
    return order, item.item_id, SHOP.others(item)[0].item_id


def test_a_cabin_change_names_the_cabin_and_not_the_flights_that_stay() -> None:
    """New flights and their days are named as well; a reservation also by what no other of the customer's has."""
    reservation = next(each for each in CARRIER.standing() if each.cabin == "economy")
    flights = [{"flight_number": each.flight_number, "date": each.date} for each in reservation.flights]
    method = next(iter(CARRIER.users[reservation.user_id].payment_methods))
    sent = {"reservation_id": reservation.reservation_id, "cabin": "business", "flights": flights, "payment_id": method}
    found = details(AIRLINE, CARRIER.view(), "update_reservation_flights", **sent)
    said = f"Reservation {reservation.reservation_id} moves to business, charged to {method}."
    assert unsaid(found, said) == []
    assert unsaid(found, said.replace("business", "another cabin")) == ["the cabin business"]
    day = (date.fromisoformat(reservation.flights[0].date).replace(year=2031)).isoformat()
    other = details(AIRLINE, CARRIER.view(), "update_reservation_flights", **{**sent, "flights": [{**flights[0], "date": day}]})
    assert unsaid(other, said) == [f"flight {flights[0]['flight_number']}", f"the day {day}"]


def test_whoever_books_for_themselves_knows_that_and_hears_of_all_others() -> None:
    """Nobody is booked in silence; bags and insurance are named where there are some."""
    user = next(iter(CARRIER.users.values()))
    own = {"first_name": user.name.first_name, "last_name": user.name.last_name, "dob": user.dob}
    guest = {"first_name": "Dana", "last_name": "Fox", "dob": "1984-11-30"}
    found = details(AIRLINE, CARRIER.view(), "book_reservation", **_booking(user, [own, guest], bags=3, insurance="yes"))
    said = "HAT1 on May 20 in economy for you and Dana Fox, three checked bags, insurance, with gift_card_9"
    assert unsaid(found, said) == []
    assert unsaid(found, "HAT1 on May 20 in economy with gift_card_9") == ["passenger Dana Fox", "3 bags", "the insurance"]
    plain_trip = details(AIRLINE, CARRIER.view(), "book_reservation", **_booking(user, [own], bags=0, insurance="no"))
    assert unsaid(plain_trip, "HAT1 on May 20 in economy with gift_card_9") == []


def _booking(user: User, passengers: list[dict[str, str]], bags: int, insurance: str) -> dict[str, object]:
    return {
        "user_id": user.user_id,
        "origin": "DEN",
        "destination": "MIA",
        "flight_type": "one_way",
        "cabin": "economy",
        "flights": [{"flight_number": "HAT1", "date": "2024-05-20"}],
        "passengers": passengers,
        "payment_methods": [{"payment_id": "gift_card_9", "amount": 100}],
        "total_baggages": bags,
        "nonfree_baggages": 0,
        "insurance": insurance,
    }


def test_new_passengers_are_named_and_those_who_stay_are_not() -> None:
    """A new date of birth is named where the name stays."""
    reservation = next(each for each in CARRIER.standing() if len(each.passengers) > 1)
    stays, *others = [msgspec.to_builtins(each) for each in reservation.passengers]
    younger = {**others[0], "dob": "2001-02-03"}
    found = _passengers(reservation, [stays, younger, *others[1:]])
    assert unsaid(found, reservation.reservation_id) == ["the birth date 2001-02-03"]
    found = _passengers(reservation, [{"first_name": "Dana", "last_name": "Fox", "dob": "1984-11-30"}, *others])
    assert unsaid(found, reservation.reservation_id) == ["passenger Dana Fox"]


def _passengers(reservation: Reservation, passengers: list[dict[str, str]]) -> tuple[Detail, ...]:
    sent = {"reservation_id": reservation.reservation_id, "passengers": passengers}
    return details(AIRLINE, CARRIER.view(), "update_reservation_passengers", **sent)


def test_a_record_that_does_not_exist_is_named_by_its_id() -> None:
    """A call that the tool refuses takes a yes all the same."""
    found = details(RETAIL, SHOP.state(), "cancel_pending_order", order_id="#W0", reason="no longer needed")
    assert unsaid(found, "Order #W0, as you don't need it") == []
    assert unsaid(found, "Your order") == ["order #W0", "the reason 'no longer needed'"]
    found = details(AIRLINE, CARRIER.view(), "cancel_reservation", reservation_id="ZZZZZZ")
    assert unsaid(found, "your reservation") == ["reservation ZZZZZZ"]
