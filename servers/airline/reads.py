"""Tools that look. Each is handed a View and its own arguments and answers a record, a list of them, or a text."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from servers.airline import public
from servers.airline.records import Airport, Available, Flight, FlightDate, FoundFlight, Reservation, User, status
from servers.domain import ToolRefused
from servers.kinds import DATE, ID, PLACE
from servers.state import View

UserId = Annotated[str, ID, Meta(description="Identifies the customer, e.g. 'dana_fox_2041'.")]
ReservationId = Annotated[str, ID, Meta(description="The reservation's six letters and digits, e.g. 'K7Q2MX'.")]
FlightNumber = Annotated[str, ID, Meta(description="The flight's number, e.g. 'HAT219'.")]
FlightDay = Annotated[str, DATE, Meta(description="The day of departure as YYYY-MM-DD, e.g. '2025-03-09'.")]
Origin = Annotated[str, PLACE, Meta(description="Three-letter code of the airport at the start, e.g. 'DEN'.")]
Destination = Annotated[str, PLACE, Meta(description="Three-letter code of the airport at the end, e.g. 'MIA'.")]


class _Arguments(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class OfUser(_Arguments, frozen=True, kw_only=True):
    user_id: UserId


class OfReservation(_Arguments, frozen=True, kw_only=True):
    reservation_id: ReservationId


class OfFlight(_Arguments, frozen=True, kw_only=True):
    flight_number: FlightNumber
    date: FlightDay


class Route(_Arguments, frozen=True, kw_only=True):
    origin: Origin
    destination: Destination
    date: FlightDay


class Nothing(_Arguments, frozen=True, kw_only=True):
    pass


def origin_key(flight: Flight) -> tuple[str, ...]:
    """The index under which an airport finds the flights that leave it."""
    return (flight.origin,)


def route_key(flight: Flight) -> tuple[str, ...]:
    """The index under which two airports find the flights between them."""
    return (_route(flight.origin, flight.destination),)


def get_user_details(view: View, sent: OfUser) -> User:
    return the_user(view, sent.user_id)


def get_reservation_details(view: View, sent: OfReservation) -> Reservation:
    return the_reservation(view, sent.reservation_id)


def get_flight_status(view: View, sent: OfFlight) -> str:
    return status(on_date(the_flight(view, sent.flight_number), sent.date))


def list_all_airports(view: View, _sent: Nothing) -> tuple[Airport, ...]:
    airports: tuple[Airport, ...] = view.facts.airports
    return airports


def search_direct_flight(view: View, sent: Route) -> tuple[FoundFlight, ...]:
    return tuple(_found(view.find("route", _route(sent.origin, sent.destination), Flight), sent.date))


def search_onestop_flight(view: View, sent: Route) -> tuple[tuple[FoundFlight, FoundFlight], ...]:
    """Pairs of flights of which the second leaves, on the day on which the first arrives, not before it.

    Times are compared as they are written: after a night flight the second must leave later than it, not with it.
    """
    pairs = []
    for first in _found(view.find("origin", sent.origin, Flight), sent.date):
        arrival = first.scheduled_arrival_time_est
        day = _next_day(view, sent.date) if "+1" in arrival else sent.date
        onward = view.find("route", _route(first.destination, sent.destination), Flight)
        for second in _found(onward, day):
            if second.scheduled_departure_time_est >= arrival:
                pairs.append((replace(first, date=sent.date), replace(second, date=day)))
    return tuple(pairs)


def the_user(view: View, user_id: str) -> User:
    """The customer of that id, or the refusal that says there is none."""
    user = view.get("users", user_id, User)
    if user is None:
        raise ToolRefused(f"User {user_id} not found")
    return user


def the_reservation(view: View, reservation_id: str) -> Reservation:
    """The reservation of that id, or the refusal that says there is none."""
    reservation = view.get("reservations", reservation_id, Reservation)
    if reservation is None:
        raise ToolRefused(f"Reservation {reservation_id} not found")
    return reservation


def the_flight(view: View, flight_number: str) -> Flight:
    """The flight of that number, or the refusal that says there is none."""
    flight = view.get("flights", flight_number, Flight)
    if flight is None:
        raise ToolRefused(f"Flight {flight_number} not found")
    return flight


def on_date(flight: Flight, day: str) -> FlightDate:
    """The flight on a day, or the refusal that says that it does not fly then."""
    found = flight.dates.get(day)
    if found is None:
        raise ToolRefused(f"Flight {flight.flight_number} not found on date {day}")
    return found


def _found(flights: tuple[Flight, ...], day: str) -> Iterator[FoundFlight]:
    """Those of the flights that can be booked for a day."""
    for flight in flights:
        there = flight.dates.get(day)
        if isinstance(there, Available):
            yield FoundFlight(
                flight_number=flight.flight_number,
                origin=flight.origin,
                destination=flight.destination,
                status="available",
                scheduled_departure_time_est=flight.scheduled_departure_time_est,
                scheduled_arrival_time_est=flight.scheduled_arrival_time_est,
                date=None,
                available_seats=there.available_seats,
                prices=there.prices,
            )


def _route(origin: str, destination: str) -> str:
    return f"{origin}\n{destination}"


def _next_day(view: View, day: str) -> str:
    if view.facts.public:
        return public.next_day(day)
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
