"""Which rule of the airline a write breaks, as far as the records before it tell: what its tools do not refuse.

What no record says is taken at its kindest: the reason for which a customer cancels, and whether a reservation that
was changed was changed for the delay.
"""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from servers.airline import rules
from servers.airline.booking import Booking, FlightInfo
from servers.airline.records import CANCELLED, DELAYED, Flight, FlightType, Reservation, Segment, User, status
from servers.airline.writes import Cancellation, Gesture, NewBags, NewFlights, NewPassengers
from servers.state import View


def by_booking(view: View, sent: Booking) -> str | None:
    user = view.get("users", sent.user_id, User)
    methods = [user.payment_methods[each.payment_id] for each in sent.payment_methods] if user is not None else []
    return rules.passengers(len(sent.passengers), view.facts) or rules.payment_mix(methods, view.facts)


def by_cancellation(view: View, sent: Cancellation) -> str | None:
    reservation = view.get("reservations", sent.reservation_id, Reservation)
    if reservation is None:
        return None
    reason = next(iter(view.facts.insured_reasons), "")
    return rules.cancel(reservation, _statuses(view, reservation.flights), reason, view.facts)


def by_new_flights(view: View, sent: NewFlights) -> str | None:
    """Other flights, another cabin, or both: then flights that cannot be changed in their cabin may be in the new one."""
    reservation = view.get("reservations", sent.reservation_id, Reservation)
    if reservation is None:
        return None
    statuses = _statuses(view, reservation.flights)
    wanted = [(each.flight_number, each.date) for each in sent.flights]
    rule = rules.stands(reservation)
    if wanted != [(each.flight_number, each.date) for each in reservation.flights]:
        moved = replace(reservation, cabin=sent.cabin) if reservation.cabin in view.facts.fixed_cabins else reservation
        rule = rule or rules.change_flights(moved, statuses, wanted, view.facts) or _journey(view, reservation, sent.flights)
    if sent.cabin != reservation.cabin:
        rule = rule or rules.change_cabin(reservation, statuses, view.facts)
    return rule


def by_new_passengers(view: View, sent: NewPassengers) -> str | None:
    reservation = view.get("reservations", sent.reservation_id, Reservation)
    return rules.new_passengers(reservation, len(sent.passengers)) if reservation is not None else None


def by_bags(view: View, sent: NewBags) -> str | None:
    reservation = view.get("reservations", sent.reservation_id, Reservation)
    return rules.bags(reservation, sent.total_baggages) if reservation is not None else None


def by_certificate(view: View, sent: Gesture) -> str | None:
    """The rule that stands in the way for the reservation that comes closest to a compensation."""
    user = view.get("users", sent.user_id, User)
    if user is None:
        return None
    found = [rule for each in user.reservations for rule in _compensated(view, user, each)]
    if None in found:
        return None
    in_order = ("compensation_settled", "compensation_reason", "compensation_entitled")
    return next((rule for rule in in_order if rule in found), "compensation_reason")


def _compensated(view: View, user: User, reservation_id: str) -> Iterator[str | None]:
    """For either complaint, with the flights that it has and those that it had before this conversation."""
    now = view.get("reservations", reservation_id, Reservation)
    first = view.world.tables["reservations"].get(reservation_id)
    if now is None:
        return
    had = first.flights if isinstance(first, Reservation) else ()
    statuses = _statuses(view, (*now.flights, *had))
    settled = now != first or now.status is not None
    for complaint in (CANCELLED, DELAYED):
        yield rules.compensation(user, now, complaint, statuses, settled, view.facts)


def _statuses(view: View, flights: Sequence[Segment]) -> list[str]:
    found = ((view.get("flights", each.flight_number, Flight), each.date) for each in flights)
    return [status(flight.dates[day]) if flight is not None and day in flight.dates else "" for flight, day in found]


def _journey(view: View, reservation: Reservation, wanted: Sequence[FlightInfo]) -> str | None:
    """Not to be told where the reservation's own flights are not the journey that it says it is."""
    own = [(each.origin, each.destination) for each in reservation.flights]
    flights = [view.get("flights", each.flight_number, Flight) for each in wanted]
    new = [(each.origin, each.destination) for each in flights if each is not None]
    if not new:
        return "same_journey"
    if rules.journey(reservation, *_ends(own, reservation.destination)) is not None:
        return None
    return rules.journey(reservation, *_ends(new, reservation.destination))


def _ends(legs: Sequence[tuple[str, str]], booked: str) -> tuple[str, str, FlightType]:
    """Where legs begin, where they lead to and whether back again; there and back leads to `booked` where it comes by."""
    start, end = legs[0][0], legs[-1][1]
    if start != end:
        return start, end, "one_way"
    return start, booked if any(booked == stop for _, stop in legs) else legs[(len(legs) - 1) // 2][1], "round_trip"
