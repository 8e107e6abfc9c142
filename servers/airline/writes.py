"""Tools that change what was booked, and the one that sends a certificate. Each is handed a State, checks everything,
then puts new records. What books is in booking.py.
"""

from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from servers.airline import minting, pricing
from servers.airline.booking import BookedCabin, FlightInfo, Flights, PaidBags, Passengers, TotalBags, people, segment
from servers.airline.reads import ReservationId, UserId, the_reservation, the_user
from servers.airline.records import Cabin, Certificate, GiftCard, Payment, Reservation, Segment
from servers.domain import ToolRefused
from servers.kinds import AMOUNT, ID
from servers.state import State, View

_PaymentId = Annotated[
    str, ID, Meta(description="The credit or gift card in the customer's profile that pays, or receives, the difference.")
]


class _Arguments(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Cancellation(_Arguments, frozen=True, kw_only=True):
    reservation_id: ReservationId


class NewBags(_Arguments, frozen=True, kw_only=True):
    reservation_id: ReservationId
    total_baggages: TotalBags
    nonfree_baggages: PaidBags
    payment_id: _PaymentId


class NewFlights(_Arguments, frozen=True, kw_only=True):
    reservation_id: ReservationId
    cabin: BookedCabin
    flights: Flights
    payment_id: _PaymentId


class NewPassengers(_Arguments, frozen=True, kw_only=True):
    reservation_id: ReservationId
    passengers: Passengers


class Gesture(_Arguments, frozen=True, kw_only=True):
    user_id: UserId
    amount: Annotated[int, AMOUNT, Meta(description="What the certificate is worth in whole dollars.")]


def cancel_reservation(state: State, sent: Cancellation) -> Reservation:
    reservation = _standing(state, sent.reservation_id)
    refunds = (Payment(payment_id=paid.payment_id, amount=-paid.amount) for paid in reservation.payment_history)
    history = (*reservation.payment_history, *refunds)
    return _put(state, replace(reservation, payment_history=history, status="cancelled"))


def update_reservation_baggages(state: State, sent: NewBags) -> Reservation:
    reservation = _standing(state, sent.reservation_id)
    price = pricing.bags(reservation.nonfree_baggages, sent.nonfree_baggages, state.facts)
    history = _settled(state, reservation, sent.payment_id, price)
    bags = replace(reservation, total_baggages=sent.total_baggages, nonfree_baggages=sent.nonfree_baggages)
    return _put(state, replace(bags, payment_history=history))


def update_reservation_flights(state: State, sent: NewFlights) -> Reservation:
    reservation = _standing(state, sent.reservation_id)
    flights = tuple(_kept(reservation, each, sent.cabin) or _new(state, reservation, each, sent.cabin) for each in sent.flights)
    old, new = ([flight.price for flight in segments] for segments in (reservation.flights, flights))
    price = pricing.change(old, new, len(reservation.passengers))
    history = _settled(state, reservation, sent.payment_id, price)
    return _put(state, replace(reservation, cabin=sent.cabin, flights=flights, payment_history=history))


def update_reservation_passengers(state: State, sent: NewPassengers) -> Reservation:
    reservation = _standing(state, sent.reservation_id)
    if len(sent.passengers) != len(reservation.passengers):
        raise ToolRefused("Number of passengers does not match")
    return _put(state, replace(reservation, passengers=people(sent.passengers)))


def send_certificate(state: State, sent: Gesture) -> str:
    user = the_user(state, sent.user_id)
    certificate = Certificate(id=minting.certificate_id(state, user), amount=float(sent.amount))
    methods = {**user.payment_methods, certificate.id: certificate}
    state.put("users", user.user_id, replace(user, payment_methods=methods))
    return f"Certificate {certificate.id} added to user {user.user_id} with amount {sent.amount}."


def _standing(view: View, reservation_id: str) -> Reservation:
    """The reservation, refused where it is cancelled: the public code looks for that nowhere (see public.py)."""
    reservation = the_reservation(view, reservation_id)
    if reservation.status is not None and not view.facts.public:
        raise ToolRefused(f"Reservation {reservation_id} is cancelled")
    return reservation


def _put(state: State, reservation: Reservation) -> Reservation:
    state.put("reservations", reservation.reservation_id, reservation)
    return reservation


def _kept(reservation: Reservation, wanted: FlightInfo, cabin: Cabin) -> Segment | None:
    """A segment that stays as it is, and what it is worth: the same flight on the same date in the same cabin."""
    if cabin != reservation.cabin:
        return None
    same = (each for each in reservation.flights if (each.flight_number, each.date) == (wanted.flight_number, wanted.date))
    return next(same, None)


def _new(view: View, reservation: Reservation, wanted: FlightInfo, cabin: Cabin) -> Segment:
    return segment(view, wanted, cabin, len(reservation.passengers))


def _settled(state: State, reservation: Reservation, payment_id: str, price: int) -> tuple[Payment, ...]:
    """The payment history after a difference in price; the method must be fit to pay even where nothing is due."""
    user = the_user(state, reservation.user_id)
    method = user.payment_methods.get(payment_id)
    if method is None:
        raise ToolRefused("Payment method not found")
    if isinstance(method, Certificate):
        raise ToolRefused("Certificate cannot be used to update reservation")
    if isinstance(method, GiftCard):
        if method.amount < price:
            raise ToolRefused("Gift card balance is not enough")
        methods = {**user.payment_methods, payment_id: replace(method, amount=method.amount - price)}
        state.put("users", user.user_id, replace(user, payment_methods=methods))
    if price == 0:
        return reservation.payment_history
    return (*reservation.payment_history, Payment(payment_id=payment_id, amount=price))
