"""The tool that books: seats, price and payments are checked, then the reservation is made and paid.

In an own world what is named twice is checked once, on its sum; public.py says how that is in the public one.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from servers.airline import minting, pricing
from servers.airline.reads import Destination, FlightDay, FlightNumber, Origin, UserId, on_date, the_flight, the_user
from servers.airline.records import (
    Available,
    Cabin,
    Certificate,
    FlightType,
    GiftCard,
    Passenger,
    Payment,
    PaymentMethod,
    Reservation,
    Segment,
    User,
    YesNo,
)
from servers.domain import ToolRefused
from servers.kinds import AMOUNT, DATE, ID, NAME
from servers.persons import CreditCard
from servers.state import State, View


class FlightInfo(Struct, frozen=True, kw_only=True):
    """A flight on a date, as it is named in a call."""

    flight_number: FlightNumber
    date: FlightDay


class PassengerInfo(Struct, frozen=True, kw_only=True):
    """A passenger, as they are named in a call."""

    first_name: Annotated[str, NAME, Meta(description="Given name, e.g. 'Dana'.")]
    last_name: Annotated[str, NAME, Meta(description="Family name, e.g. 'Fox'.")]
    dob: Annotated[str, DATE, Meta(description="Date of birth as YYYY-MM-DD, e.g. '1984-11-30'.")]


class PaymentInfo(Struct, frozen=True, kw_only=True):
    """What one payment method is to pay."""

    payment_id: Annotated[str, ID, Meta(description="A payment method in the customer's profile, e.g. 'gift_card_5120973'.")]
    amount: Annotated[int, AMOUNT, Meta(description="Whole dollars.")]


Flights = Annotated[
    tuple[FlightInfo, ...], Meta(description="Every flight in the order in which it is flown, way back included.")
]
Passengers = Annotated[tuple[PassengerInfo, ...], Meta(description="Everybody who flies; all on the same flights.")]
BookedCabin = Annotated[Cabin, Meta(description="One cabin for all the flights.")]
TotalBags = Annotated[int, Meta(description="All checked bags of the reservation, free ones included.")]
PaidBags = Annotated[int, Meta(description="Those of the checked bags that are not free.")]


class Booking(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    user_id: UserId
    origin: Origin
    destination: Destination
    flight_type: Annotated[FlightType, Meta(description="One way, or there and back.")]
    cabin: BookedCabin
    flights: Flights
    passengers: Passengers
    payment_methods: Annotated[tuple[PaymentInfo, ...], Meta(description="Who pays what; together exactly the price.")]
    total_baggages: TotalBags
    nonfree_baggages: PaidBags
    insurance: Annotated[YesNo, Meta(description="Is travel insurance bought for everybody?")]


def book_reservation(state: State, sent: Booking) -> Reservation:
    user = the_user(state, sent.user_id)
    reservation = Reservation(
        reservation_id=minting.reservation_id(state, user),
        user_id=user.user_id,
        origin=sent.origin,
        destination=sent.destination,
        flight_type=sent.flight_type,
        cabin=sent.cabin,
        flights=_segments(state, sent),
        passengers=people(sent.passengers),
        payment_history=tuple(Payment(payment_id=paid.payment_id, amount=paid.amount) for paid in sent.payment_methods),
        created_at=state.facts.now,
        total_baggages=sent.total_baggages,
        nonfree_baggages=sent.nonfree_baggages,
        insurance=sent.insurance,
    )
    _checked(state, user, reservation)
    for flight in sent.flights:
        _take_seats(state, flight, sent.cabin, len(sent.passengers))
    reservations = (*user.reservations, reservation.reservation_id)
    methods = _charged(user, reservation.payment_history)
    state.put("users", user.user_id, replace(user, reservations=reservations, payment_methods=methods))
    state.put("reservations", reservation.reservation_id, reservation)
    return reservation


def people(sent: Sequence[PassengerInfo]) -> tuple[Passenger, ...]:
    """The passengers of a call as a reservation keeps them."""
    return tuple(Passenger(first_name=each.first_name, last_name=each.last_name, dob=each.dob) for each in sent)


def segment(view: View, wanted: FlightInfo, cabin: Cabin, seats: int) -> Segment:
    """A flight as part of a reservation, at the price of now; refused where it has not that many seats in the cabin."""
    flight = the_flight(view, wanted.flight_number)
    there = on_date(flight, wanted.date)
    if not isinstance(there, Available):
        raise ToolRefused(f"Flight {wanted.flight_number} not available on date {wanted.date}")
    if there.available_seats.of(cabin) < seats:
        raise ToolRefused(f"Not enough seats on flight {wanted.flight_number}")
    return Segment(
        flight_number=flight.flight_number,
        origin=flight.origin,
        destination=flight.destination,
        date=wanted.date,
        price=there.prices.of(cabin),
    )


def _segments(view: View, sent: Booking) -> tuple[Segment, ...]:
    times = Counter((flight.flight_number, flight.date) for flight in sent.flights)
    seats = len(sent.passengers)
    return tuple(
        segment(view, each, sent.cabin, seats if view.facts.public else seats * times[each.flight_number, each.date])
        for each in sent.flights
    )


def _checked(view: View, user: User, reservation: Reservation) -> None:
    """Refuse payments by what the customer does not have, beyond what is on it, or that do not add up to the price."""
    together: Counter[str] = Counter()
    total = 0
    for payment in reservation.payment_history:
        together[payment.payment_id] += payment.amount
        total += payment.amount
    for payment in reservation.payment_history:
        method = user.payment_methods.get(payment.payment_id)
        if method is None:
            raise ToolRefused(f"Payment method {payment.payment_id} not found")
        due = payment.amount if view.facts.public else together[payment.payment_id]
        if not isinstance(method, CreditCard) and method.amount < due:
            raise ToolRefused(f"Not enough balance in payment method {payment.payment_id}")
    fares = [flight.price for flight in reservation.flights]
    insured = reservation.insurance == "yes"
    price = pricing.booking(fares, len(reservation.passengers), insured, reservation.nonfree_baggages, view.facts)
    if total != price:
        raise ToolRefused(f"Payment amount does not add up, total price is {price}, but paid {total}")


def _take_seats(state: State, wanted: FlightInfo, cabin: Cabin, seats: int) -> None:
    flight = the_flight(state, wanted.flight_number)
    there = flight.dates[wanted.date]
    assert isinstance(there, Available)
    left = replace(there.available_seats, **{cabin: there.available_seats.of(cabin) - seats})
    dates = {**flight.dates, wanted.date: replace(there, available_seats=left)}
    state.put("flights", flight.flight_number, replace(flight, dates=dates))


def _charged(user: User, payments: Sequence[Payment]) -> dict[str, PaymentMethod]:
    """The customer's payment methods after the payments: gift cards have less, certificates are gone."""
    methods = dict(user.payment_methods)
    for payment in payments:
        method = methods.get(payment.payment_id)
        if method is None:
            raise ToolRefused(f"Payment method {payment.payment_id} can be used only once")
        if isinstance(method, GiftCard):
            methods[payment.payment_id] = replace(method, amount=method.amount - payment.amount)
        elif isinstance(method, Certificate):
            del methods[payment.payment_id]
    return methods
