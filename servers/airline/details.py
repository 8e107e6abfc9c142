"""What of a write a customer of the airline must hear before their yes, and how it may be said: see `policy.md`.

Over the state before the write. Amounts are not here: whether they are right is told by the records. What stays as it
is need not be said again, and what is not on record (a refused call) is named by its id alone.
"""

from collections.abc import Iterator, Sequence

from servers import ways
from servers.airline.booking import Booking, FlightInfo, PassengerInfo, people
from servers.airline.records import Cabin, Flight, GiftCard, Passenger, PaymentMethod, Reservation, User
from servers.airline.wording import cities
from servers.airline.writes import Cancellation, NewBags, NewFlights, NewPassengers
from servers.domain import Detail
from servers.persons import CreditCard
from servers.state import View

_CABINS: dict[Cabin, tuple[str, ...]] = {
    "basic_economy": ("basic economy", "basic_economy"),
    "economy": ("economy",),
    "business": ("business",),
}
_OTHER_CABINS: dict[Cabin, tuple[str, ...]] = {"economy": _CABINS["basic_economy"]}
_KINDS = {"gift_card": ("gift card",), "credit_card": ("credit card",), "certificate": ("certificate",)}
_BAGS = (
    "bag",
    "checked bag",
    "baggage",
    "checked baggage",
    "luggage",
    "piece",
    "suitcase",
    "total bag",
    "total baggage",
    "in total",
)


def of_booking(view: View, sent: Booking) -> tuple[Detail, ...]:
    user = view.get("users", sent.user_id, User)
    insured = (Detail(name="the insurance", ways=("insurance", "insured")),) if sent.insurance == "yes" else ()
    return (
        *_flights(view, sent.flights),
        _cabin(sent.cabin),
        *(_passenger(each) for each in sent.passengers if not _is(user, each)),
        *_bags(sent.total_baggages),
        *insured,
        *(_payment(each.payment_id, user) for each in sent.payment_methods if each.amount),
    )


def _cabin(cabin: Cabin) -> Detail:
    return Detail(name=f"the cabin {cabin}", ways=_CABINS[cabin], others=_OTHER_CABINS.get(cabin, ()))


def of_cancellation(view: View, sent: Cancellation) -> tuple[Detail, ...]:
    return (_reservation(view, sent.reservation_id),)


def of_new_flights(view: View, sent: NewFlights) -> tuple[Detail, ...]:
    """Flights that are new, a cabin that is; the days of flights where the reservation has none on that day."""
    before = view.get("reservations", sent.reservation_id, Reservation)
    had = {(each.flight_number, each.date) for each in before.flights} if before else set()
    new = [each for each in sent.flights if (each.flight_number, each.date) not in had]
    cabin = (_cabin(sent.cabin),)
    return (
        _reservation(view, sent.reservation_id),
        *_flights(view, new, {date for _, date in had}),
        *(() if before and before.cabin == sent.cabin else cabin),
        _payment(sent.payment_id, _owner(view, before), before),
    )


def of_bags(view: View, sent: NewBags) -> tuple[Detail, ...]:
    """How many there would be, or how many more; who pays where some cost."""
    before = view.get("reservations", sent.reservation_id, Reservation)
    costs = before is None or sent.nonfree_baggages > before.nonfree_baggages
    paid = (_payment(sent.payment_id, _owner(view, before), before),) if costs else ()
    return (_reservation(view, sent.reservation_id), *_bags(sent.total_baggages, before.total_baggages if before else 0), *paid)


def of_new_passengers(view: View, sent: NewPassengers) -> tuple[Detail, ...]:
    """Those who were not on the reservation, as they would be; a new date of birth where the name stays."""
    before = view.get("reservations", sent.reservation_id, Reservation)
    had = before.passengers if before else ()
    named = {(each.first_name, each.last_name) for each in had}
    changes = [each for each in people(sent.passengers) if each not in had]
    names = (_passenger(each) for each in changes if (each.first_name, each.last_name) not in named)
    born = (Detail(name=f"the birth date {each.dob}", ways=ways.day(each.dob)) for each in changes)
    return (
        _reservation(view, sent.reservation_id),
        *names,
        *(detail for each, detail in zip(changes, born, strict=True) if (each.first_name, each.last_name) in named),
    )


def _reservation(view: View, reservation_id: str) -> Detail:
    """By its id, or by what no other reservation of the customer has: its route, a flight; the only one as that."""
    said = [reservation_id.lower()]
    reservation = view.get("reservations", reservation_id, Reservation)
    owner = _owner(view, reservation)
    if reservation is not None and owner is not None:
        found = (view.get("reservations", each, Reservation) for each in owner.reservations if each != reservation_id)
        others = [each for each in found if each is not None]
        said += _described(view, reservation, others)
    return Detail(name=f"reservation {reservation_id}", ways=tuple(said))


def _described(view: View, reservation: Reservation, others: Sequence[Reservation]) -> Iterator[str]:
    if not others:
        yield from ("your reservation", "current reservation", "the reservation", "your booking")
    origin, destination = reservation.origin, reservation.destination
    if (origin, destination) not in {(each.origin, each.destination) for each in others}:
        city = {iata: name.lower() for iata, name in cities(view.facts.airports).items()}
        start, end = city.get(origin, origin), city.get(destination, destination)
        yield f"{origin} to {destination}".lower()
        yield f"{start} to {end}"
        yield f"{start} ({origin}) to {end} ({destination})".lower()
    numbers = {each.flight_number for other in others for each in other.flights}
    yield from (each.flight_number.lower() for each in reservation.flights if each.flight_number not in numbers)


def _flights(view: View, flights: Sequence[FlightInfo], known: set[str] = frozenset()) -> Iterator[Detail]:  # type: ignore[assignment]
    for each in flights:
        flight = view.get("flights", each.flight_number, Flight)
        times = ways.time(flight.scheduled_departure_time_est) if flight is not None else ()
        yield Detail(name=f"flight {each.flight_number}", ways=(each.flight_number.lower(), *times))
    for date in dict.fromkeys(each.date for each in flights if each.date not in known):
        yield Detail(name=f"the day {date}", ways=ways.day(date))


def _passenger(who: Passenger | PassengerInfo) -> Detail:
    return Detail(name=f"passenger {who.first_name} {who.last_name}", ways=(f"{who.first_name} {who.last_name}".lower(),))


def _is(user: User | None, who: PassengerInfo) -> bool:
    """Whoever books for themselves knows that."""
    return user is not None and (user.name.first_name, user.name.last_name) == (who.first_name, who.last_name)


def _bags(total: int, before: int = 0) -> Iterator[Detail]:
    if total > before:
        more = ways.things(total - before, *_BAGS, "more", "additional", "extra", "free", "checked") if before else ()
        said = (*ways.things(total, *_BAGS, "free", "checked", "free checked bag"), *more)
        yield Detail(name=f"{total} bags", ways=said)


def _payment(payment_id: str, user: User | None, reservation: Reservation | None = None) -> Detail:
    """By its id or its last digits; by its kind where the customer has one of it; as what has paid before."""
    said = [payment_id.lower(), payment_id.rpartition("_")[2]]
    methods = dict(user.payment_methods) if user is not None else {}
    method = methods.get(payment_id)
    if method is not None:
        said += _called(method, [*methods.values()])
    if reservation is not None and any(payment_id == paid.payment_id for paid in reservation.payment_history):
        said += ways.AS_BEFORE
    return Detail(name=f"payment method {payment_id}", ways=tuple(said))


def _called(method: PaymentMethod, methods: Sequence[PaymentMethod]) -> Iterator[str]:
    alone = [type(each) for each in methods].count(type(method)) == 1
    if isinstance(method, CreditCard):
        yield from ways.card(method.brand, method.last_four, [each.brand for each in methods if isinstance(each, CreditCard)])
        yield from _KINDS["credit_card"] if alone else ()
        return
    yield from (method.id[-4:], f"${method.amount:g}", f"${method.amount:.2f}")
    yield from _KINDS["gift_card" if isinstance(method, GiftCard) else "certificate"] if alone else ()


def _owner(view: View, reservation: Reservation | None) -> User | None:
    return view.get("users", reservation.user_id, User) if reservation is not None else None
