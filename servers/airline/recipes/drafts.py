"""How a customer describes a reservation or a payment method: sampled for a draft, and checked again as K."""

from collections.abc import Iterable, Mapping
from random import Random
from typing import Any

from servers.airline.recipes.reservations import LATEST, NEXT, goes, place, ranking
from servers.airline.records import Certificate, PaymentMethod, Reservation, User
from servers.airline.wording import payment as payment_words
from servers.drafting import chosen
from servers.state import View

_OF_AGE = 18


def user_of(view: View, customer: str) -> User:
    """The customer's record."""
    user = view.get("users", customer, User)
    assert user is not None
    return user


def reservations_of(view: View, customer: str) -> list[Reservation]:
    """The customer's reservations, in the order in which they were booked."""
    numbers = user_of(view, customer).reservations
    return [each for number in numbers if (each := view.get("reservations", number, Reservation)) is not None]


def has_adult(view: View, born: Iterable[str]) -> bool:
    """Is one of those who were born on these days of age? Children do not fly alone."""
    year, day = int(view.facts.now[:4]) - _OF_AGE, view.facts.now[4:10]
    return any(each <= f"{year}{day}" for each in born)


def coming(view: View, reservation: Reservation) -> bool:
    """Is all of a reservation still to be flown, by its dates, and not cancelled?"""
    return reservation.status is None and reservation.flights[0].date > view.facts.now[:10]


def somebody_elses(view: View, customer: str, random: Random) -> Reservation | None:
    """A coming reservation of another customer, of whom this one asks as if it were their own."""
    keys = view.world.keys("users")
    other = keys[int(random.random() * len(keys))]
    if other == customer:
        return None
    return chosen((each for each in reservations_of(view, other) if coming(view, each)), random)


def misremembered(view: View, random: Random) -> str | None:
    """A reservation id that no reservation has."""
    symbols = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    number = "".join(symbols[int(random.random() * len(symbols))] for _ in range(6))
    return number if view.get("reservations", number, Reservation) is None else None


def reservation_slots(view: View, customer: str, reservation: Reservation, random: Random) -> dict[str, Any]:
    """The slots by which a customer names this reservation: its id, the trip, or that it is the last booked or next flown."""
    ways: list[dict[str, Any]] = [{"reservation_id": reservation.reservation_id}]
    if reservation.user_id != customer:
        return ways[0]
    trip = _trip(view, customer, reservation)
    ways += [{"trip": trip}, {"trip": trip}] if trip else []
    for which in (LATEST, NEXT):
        if presupposed(view, customer, {"which": which}) == reservation and len(_ranked(view, customer, which)) > 1:
            ways.append({"which": which})
    if len(ways) > 1 and random.random() < 0.7:
        ways = ways[1:]
    return chosen(ways, random) or ways[0]


def _trip(view: View, customer: str, reservation: Reservation) -> dict[str, Any] | None:
    """The shortest words for a trip that fit no other reservation of theirs."""
    facts, others = view.facts, reservations_of(view, customer)
    trip: dict[str, Any] = {"destination": place(reservation.destination, facts)}
    for further in ({}, {"origin": place(reservation.origin, facts)}, {"day": reservation.flights[0].date}):
        trip |= further
        if len([other for other in others if goes(other, trip)]) == 1:
            return trip
    return None


def _ranked(view: View, customer: str, which: str) -> list[Reservation]:
    return ranking(reservations_of(view, customer), which, view.facts)


def presupposed(view: View, customer: str, params: Mapping[str, Any]) -> Reservation | None:
    """The one reservation that the customer's words can mean, None when they fit none or several."""
    if "reservation_id" in params:
        return view.get("reservations", params["reservation_id"], Reservation)
    if "trip" in params:
        fitting = [each for each in reservations_of(view, customer) if goes(each, params["trip"])]
        return fitting[0] if len(fitting) == 1 else None
    ranked = _ranked(view, customer, params["which"])
    measures = [each.created_at if params["which"] == LATEST else each.flights[0].date for each in ranked[:2]]
    return ranked[0] if ranked and len(set(measures)) == len(measures) else None


def is_meant(view: View, customer: str, params: Mapping[str, Any]) -> bool:
    """Do the customer's words for a reservation fit exactly one? An id may be wrong: it is looked up."""
    return "reservation_id" in params or presupposed(view, customer, params) is not None


def method_slot(user: User, method: PaymentMethod, random: Random) -> str:
    """A payment method in a customer's words; nobody says what a certificate is worth."""
    words = payment_words(method).partition(" (")[0]
    short = words.rpartition(" ending in ")[0]
    fitting = [other for other in user.payment_methods.values() if short.casefold() in payment_words(other).casefold()]
    return short if short and len(fitting) == 1 and random.random() < 0.5 else words


def payer_slot(user: User, random: Random) -> str:
    """A method by which the customer wants to pay a change: mostly one that may, sometimes one that may not or is not there."""
    methods: Iterable[PaymentMethod] = user.payment_methods.values()
    drawn = random.random()
    if drawn < 0.06 and not any("American Express" in payment_words(each) for each in methods):
        return "American Express"
    certificates = [each for each in methods if isinstance(each, Certificate)]
    if drawn < 0.14 and certificates:
        return method_slot(user, certificates[0], random)
    method = chosen((each for each in methods if not isinstance(each, Certificate)), random)
    if method is None and not certificates:  # some of the public world have none at all
        return "American Express"
    return method_slot(user, method or certificates[0], random)
