"""Reservations as they would be had they been booked otherwise: what was paid still comes to what they cost."""

from typing import Any

from msgspec.structs import replace

from servers.airline import pricing
from servers.airline.facts import AirlineFacts
from servers.airline.records import Available, ByCabin, Cabin, Flight, Membership, Payment, Reservation, Segment, User
from servers.state import View

_OWN = AirlineFacts(now="2025-01-01T00:00:00", airports=())
# A fare in each cabin where none is known for the day.
FARES = ByCabin(basic_economy=14, economy=20, business=52)


def terms(view: View, reservation: Reservation) -> AirlineFacts:
    """By what policy it was booked: the airline's own, as all of a world, or the one that holds where it is new."""
    facts: AirlineFacts = view.facts
    return _OWN if reservation.reservation_id in view.world.tables["reservations"] else facts


def paid(reservation: Reservation) -> tuple[Payment, ...]:
    """What was paid before a cancellation gave it back; nothing where it was given back in another way."""
    lines = reservation.payment_history
    if reservation.status is None:
        return lines
    half = len(lines) // 2
    return lines[:half] if refunded(lines[:half]) == lines[half:] else ()


def refunded(lines: tuple[Payment, ...]) -> tuple[Payment, ...]:
    """The lines by which a cancellation gives back what was paid."""
    return tuple(replace(line, amount=-line.amount) for line in lines)


def booked(view: View, reservation: Reservation, **otherwise: Any) -> Reservation | None:
    """Had it been booked otherwise: with the difference in one of its payments. None where none of them is so large."""
    facts, other = terms(view, reservation), replace(reservation, **otherwise)
    more, lines = _price(other, facts) - _price(reservation, facts), paid(reservation)
    places = [place for place, line in enumerate(lines) if line.amount > max(0, -more)]
    places.sort(key=lambda place: lines[place].payment_id.startswith("certificate"))
    if not places or more == 0:
        return None if more else other
    place = places[0]
    changed = (*lines[:place], replace(lines[place], amount=lines[place].amount + more), *lines[place + 1 :])
    return replace(other, payment_history=changed if other.status is None else (*changed, *refunded(changed)))


def _price(reservation: Reservation, facts: AirlineFacts) -> int:
    fares = [each.price for each in reservation.flights]
    insured = reservation.insurance == "yes"
    return pricing.booking(fares, len(reservation.passengers), insured, reservation.nonfree_baggages, facts)


def in_cabin(view: View, reservation: Reservation, cabin: Cabin) -> Reservation | None:
    """Had it been booked in another cabin: at its fares, with what it allows of bags."""
    flights = tuple(replace(each, price=_fare(view, each, reservation.cabin, cabin)) for each in reservation.flights)
    bags = _paid_bags(view, reservation, reservation.total_baggages, cabin)
    return booked(view, reservation, cabin=cabin, flights=flights, nonfree_baggages=bags)


def with_bags(view: View, reservation: Reservation, total: int) -> Reservation | None:
    """Had it been booked with more bags."""
    bags = max(reservation.nonfree_baggages, _paid_bags(view, reservation, total, reservation.cabin))
    return booked(view, reservation, total_baggages=total, nonfree_baggages=bags)


def dearer(view: View, reservation: Reservation, by: int) -> Reservation | None:
    """Had its first flight cost so much more for each passenger."""
    first, *others = reservation.flights
    return booked(view, reservation, flights=(replace(first, price=first.price + by), *others))


def _paid_bags(view: View, reservation: Reservation, total: int, cabin: Cabin) -> int:
    owner = view.get("users", reservation.user_id, User)
    tier: Membership = owner.membership if owner is not None else "regular"
    return pricing.paid_bags(total, tier, cabin, len(reservation.passengers), terms(view, reservation))


def _fare(view: View, segment: Segment, old: Cabin, new: Cabin) -> int:
    flight = view.get("flights", segment.flight_number, Flight)
    there = flight.dates.get(segment.date) if flight is not None else None
    fares = there.prices if isinstance(there, Available) else FARES
    return max(1, segment.price * fares.of(new) // max(1, fares.of(old)))
