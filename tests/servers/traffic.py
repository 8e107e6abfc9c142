"""Calls that many workspaces make on the same few customers of a world, each in an order of its own: most of them write."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from servers.airline.records import Available, Flight
from servers.domain import ToolCall
from servers.persons import CreditCard
from servers.state import World

CUSTOMERS, FLIGHTS = 4, 12


def plans(world: World, random: Random, workspaces: int, calls: int) -> list[list[ToolCall]]:
    """For each workspace its calls: they meet each other's records, and some are refused."""
    users: list[Any] = list(world.tables["users"].values())[:CUSTOMERS]
    draw = _DRAWN[world.domain]
    return [[draw(world, random, random.choice(users)) for _ in range(calls)] for _ in range(workspaces)]


def _retail(_world: World, random: Random, user: Any) -> ToolCall:
    order_id = random.choice(user.orders)
    number = random.randrange(10_000)
    place = {"address1": f"{number} Main Street", "address2": "", "city": "Here", "state": "TX", "country": "USA", "zip": "12345"}
    kind = random.randrange(10)
    if kind < 4:
        return _call("modify_user_address", user_id=user.user_id, **place)
    if kind < 7:
        return _call("modify_pending_order_address", order_id=order_id, **place)
    if kind == 7:
        reason = random.choice(["no longer needed", "ordered by mistake", "bored"])
        return _call("cancel_pending_order", order_id=order_id, reason=reason)
    return _call("get_user_details", user_id=user.user_id) if kind == 8 else _call("get_order_details", order_id=order_id)


def _airline(world: World, random: Random, user: Any) -> ToolCall:
    reservation: Any = world.tables["reservations"][random.choice(user.reservations)]
    its = {"reservation_id": reservation.reservation_id}
    kind = random.randrange(10)
    if kind < 4:
        born = f"{random.randrange(1940, 2010)}-0{random.randint(1, 9)}-{random.randint(10, 28)}"
        people = [{"first_name": f"P{place}", "last_name": "Fox", "dob": born} for place in range(len(reservation.passengers))]
        return _call("update_reservation_passengers", **its, passengers=people)
    if kind == 4:
        more = random.randint(0, 3)
        bags = {"total_baggages": reservation.total_baggages + more, "nonfree_baggages": reservation.nonfree_baggages + more}
        return _call("update_reservation_baggages", **its, **bags, payment_id=_payer(user))
    if kind in (5, 6):
        return _booking(world, random, user)
    if kind == 7:
        return _call("cancel_reservation", **its)
    return _call("get_user_details", user_id=user.user_id) if kind == 8 else _call("get_reservation_details", **its)


def _booking(world: World, random: Random, user: Any) -> ToolCall:
    """One seat on one of a few flights: who books the last one takes it from nobody but themselves."""
    flight, day, there = _bookable(world, random)
    traveller = {"first_name": user.name.first_name, "last_name": user.name.last_name, "dob": user.dob}
    return _call(
        "book_reservation",
        user_id=user.user_id,
        origin=flight.origin,
        destination=flight.destination,
        flight_type="one_way",
        cabin="economy",
        flights=[{"flight_number": flight.flight_number, "date": day}],
        passengers=[traveller],
        payment_methods=[{"payment_id": _payer(user), "amount": there.prices.economy}],
        total_baggages=0,
        nonfree_baggages=0,
        insurance="no",
    )


def _bookable(world: World, random: Random) -> tuple[Flight, str, Available]:
    flights: list[Any] = list(world.tables["flights"].values())[:FLIGHTS]
    days = [(flight, day, there) for flight in flights for day, there in flight.dates.items() if isinstance(there, Available)]
    return random.choice([each for each in days if each[2].available_seats.economy])


def _payer(user: Any) -> str:
    """A credit card where there is one: it pays whatever is asked."""
    methods = sorted(user.payment_methods.values(), key=lambda method: not isinstance(method, CreditCard))
    return str(methods[0].id)


def _call(name: str, **arguments: Any) -> ToolCall:
    return ToolCall(name=name, arguments=arguments)


_DRAWN: Mapping[str, Callable[[World, Random, Any], ToolCall]] = {"retail": _retail, "airline": _airline}
