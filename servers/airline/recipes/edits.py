"""Other ways things could be that the customer cannot know: coherent edits of a world, for any request about a reservation."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from servers.airline import days
from servers.airline.recipes import repriced
from servers.airline.recipes.drafts import coming, presupposed, reservations_of, user_of
from servers.airline.recipes.reservations import LATEST, goes
from servers.airline.records import (
    Available,
    Cabin,
    Cancelled,
    Certificate,
    Delayed,
    Flight,
    FlightDate,
    Flying,
    GiftCard,
    Landed,
    Reservation,
    Segment,
    User,
)
from servers.persons import CreditCard
from servers.recipe import Edit
from servers.state import View


def of_reservation(view: View, customer: str, params: Mapping[str, Any]) -> Iterator[Edit]:
    """What may be otherwise whatever is asked of a reservation: it exists, is theirs, stands, or another one is meant."""
    reservation = presupposed(view, customer, params)
    yield from exists(view, customer, params)
    if reservation is not None:
        yield from owned(view, customer, reservation)
        yield from elsewhere(view, customer, reservation, params)
        yield from cancelled(reservation)


def cancelled(reservation: Reservation) -> Iterator[Edit]:
    """The reservation was cancelled, or was not."""
    lines = repriced.paid(reservation)
    if reservation.status is None:
        yield _put("is canceled", replace(reservation, status="cancelled", payment_history=(*lines, *repriced.refunded(lines))))
    elif lines:
        yield _put("is not canceled", replace(reservation, status=None, payment_history=lines))


def booked(view: View, reservation: Reservation) -> Iterator[Edit]:
    """It was booked a few hours ago, or days earlier: on the other side of the cancellation window."""
    now = datetime.fromisoformat(view.facts.now)
    window = timedelta(hours=view.facts.cancel_hours)
    created = datetime.fromisoformat(reservation.created_at)
    if now - created <= window:
        earlier = created - window - timedelta(hours=30)
        yield _put("was booked days earlier", replace(reservation, created_at=earlier.isoformat()))
    elif reservation.flights[0].date > view.facts.now[:10]:
        lately = now - min(window, timedelta(hours=3)) / 2
        yield _put("was booked just now", replace(reservation, created_at=lately.isoformat(timespec="seconds")))


def insured(view: View, reservation: Reservation) -> Iterator[Edit]:
    """It has travel insurance, or has none, and cost so much more or less."""
    has = reservation.insurance == "yes"
    other = repriced.booked(view, reservation, insurance="no" if has else "yes")
    if other is not None and reservation.status is None:
        yield _put("has no insurance" if has else "has insurance", other)


def in_cabin(view: View, reservation: Reservation, *cabins: Cabin) -> Iterator[Edit]:
    """It was booked in another cabin, at what that cost."""
    for cabin in cabins:
        other = repriced.in_cabin(view, reservation, cabin) if cabin != reservation.cabin else None
        if other is not None:
            yield _put(f"is in {cabin}", other)


def flights(view: View, reservation: Reservation) -> Iterator[Edit]:
    """Each of its flights stands otherwise: flown or not, cancelled or not, delayed or not."""
    for segment in reservation.flights:
        for other in _otherwise(view, segment):
            yield on_day(view, segment, other)


def _otherwise(view: View, segment: Segment) -> Iterator[FlightDate]:
    flight = view.get("flights", segment.flight_number, Flight)
    now = flight.dates.get(segment.date) if flight is not None else None
    if flight is None or now is None:
        return
    departs, arrives = (
        _moment(segment.date, flight.scheduled_departure_time_est),
        _moment(segment.date, flight.scheduled_arrival_time_est),
    )
    today = view.facts.now[:10]
    if not isinstance(now, Cancelled):
        yield Cancelled()
    if not isinstance(now, Landed | Flying) and segment.date <= today and arrives <= view.facts.now:
        yield Landed(actual_departure_time_est=departs, actual_arrival_time_est=arrives)
    if not isinstance(now, Landed | Flying) and departs <= view.facts.now < arrives:
        yield Flying(actual_departure_time_est=departs, estimated_arrival_time_est=arrives)
    if not isinstance(now, Delayed) and segment.date >= today:
        late = [_later(moment, 95) for moment in (departs, arrives)]
        if late[0] > view.facts.now:
            yield Delayed(estimated_departure_time_est=late[0], estimated_arrival_time_est=late[1])


def on_day(view: View, segment: Segment, there: FlightDate) -> Edit:
    """A flight of a reservation stands otherwise on its day."""
    flight = view.get("flights", segment.flight_number, Flight)
    assert flight is not None
    changed = replace(flight, dates={**flight.dates, segment.date: there})
    status = type(there).__struct_config__.tag
    return Edit(fact=f"{segment.flight_number} is {status} on {segment.date}", puts=(("flights", flight.flight_number, changed),))


def seats(view: View, segment: Segment, cabin: Cabin, wanted: int) -> Iterator[Edit]:
    """A flight has too few seats in a cabin where it had enough, and enough where it had not."""
    flight = view.get("flights", segment.flight_number, Flight)
    there = flight.dates.get(segment.date) if flight is not None else None
    if flight is not None and isinstance(there, Available):
        left = wanted - 1 if there.available_seats.of(cabin) >= wanted else wanted + 2
        other = replace(there, available_seats=replace(there.available_seats, **{cabin: left}))
        changed = replace(flight, dates={**flight.dates, segment.date: other})
        fact = f"{segment.flight_number} has {left} {cabin} seats on {segment.date}"
        yield Edit(fact=fact, puts=(("flights", flight.flight_number, changed),))


def price(view: View, segment: Segment, cabin: Cabin, by: int) -> Iterator[Edit]:
    """A flight costs more, or less, in a cabin."""
    flight = view.get("flights", segment.flight_number, Flight)
    there = flight.dates.get(segment.date) if flight is not None else None
    if flight is not None and isinstance(there, Available) and there.prices.of(cabin) + by > 0:
        other = replace(there, prices=replace(there.prices, **{cabin: there.prices.of(cabin) + by}))
        changed = replace(flight, dates={**flight.dates, segment.date: other})
        fact = f"{segment.flight_number} costs {other.prices.of(cabin)} in {cabin} on {segment.date}"
        yield Edit(fact=fact, puts=(("flights", flight.flight_number, changed),))


def elsewhere(view: View, customer: str, reservation: Reservation, params: Mapping[str, Any]) -> Iterator[Edit]:
    """What the customer described is another of their reservations."""
    others = [each for each in reservations_of(view, customer) if each.reservation_id != reservation.reservation_id]
    left = next((each for each in others if "trip" not in params or not goes(each, params["trip"])), None)
    for other in others:
        if "trip" in params and left is not None and not goes(other, params["trip"]):
            yield _moved(reservation, other, left)
        if params.get("which") == LATEST and other.flights[0].date > reservation.created_at[:10]:
            later = datetime.fromisoformat(reservation.created_at) + timedelta(minutes=4)
            if later.isoformat() < view.facts.now:
                yield _put("was booked last", replace(other, created_at=later.isoformat()))
        if "which" in params and params["which"] != LATEST and other.status is None and left is not None:
            yield _moved(reservation, other, left)


def _moved(one: Reservation, other: Reservation, left: Reservation) -> Edit:
    """A reservation under another's id. What stands under its own then is always the same, so that it does not tell where
    the reservation went: a third one, booked once more."""
    lines = tuple(replace(line, payment_id=fresh(line.payment_id)) for line in left.payment_history)
    again = replace(left, reservation_id=one.reservation_id, payment_history=lines)
    moved = replace(one, reservation_id=other.reservation_id)
    puts = tuple(("reservations", each.reservation_id, each) for each in (moved, again))
    return Edit(fact=f"the trip is {other.reservation_id}", puts=puts)


def swapped(one: Reservation, other: Reservation) -> Edit:
    """Two reservations, each under the other's id."""
    ids = ((one, other.reservation_id), (other, one.reservation_id))
    puts = tuple(("reservations", number, replace(each, reservation_id=number)) for each, number in ids)
    return Edit(fact=f"the trip is {other.reservation_id}", puts=puts)


def exists(view: View, customer: str, params: Mapping[str, Any]) -> Iterator[Edit]:
    """There is a reservation under the id that they gave: theirs, or somebody else's."""
    number = params.get("reservation_id")
    theirs = reservations_of(view, customer)
    if number is not None and theirs and view.get("reservations", number, Reservation) is None:
        yield Edit(fact=f"{number} exists", puts=_another(view, theirs[0], number))
        others = (key for key in view.world.keys("users") if key != customer)
        foreign = next((each for key in others for each in reservations_of(view, key) if coming(view, each)), None)
        if foreign is not None:
            yield Edit(fact=f"{number} is somebody else's", puts=_another(view, foreign, number))


def _another(view: View, reservation: Reservation, number: str) -> tuple[tuple[str, str, Any], ...]:
    """The same booked once more under another id by the same customer, with another certificate if with one."""
    owner = user_of(view, reservation.user_id)
    lines = tuple(replace(line, payment_id=fresh(line.payment_id)) for line in reservation.payment_history)
    again = replace(reservation, reservation_id=number, payment_history=lines)
    having = replace(owner, reservations=(*owner.reservations, number))
    return ("reservations", number, again), ("users", owner.user_id, having)


def fresh(method_id: str) -> str:
    """A payment method that can pay again: a certificate pays once."""
    head, _, number = method_id.rpartition("_")
    return f"{head}_{(int(number) + 2_000_003) % 10_000_000:07d}" if head == "certificate" else method_id


def owned(view: View, customer: str, reservation: Reservation) -> Iterator[Edit]:
    """Somebody else's reservation is the customer's after all, and paid by their card."""
    number, user, owner = reservation.reservation_id, user_of(view, customer), view.get("users", reservation.user_id, User)
    payer = next((key for key, each in user.payment_methods.items() if not isinstance(each, Certificate)), None)
    if reservation.user_id == customer or payer is None or owner is None:
        return
    lines = tuple(replace(line, payment_id=payer) for line in reservation.payment_history)
    theirs = replace(reservation, user_id=customer, payment_history=lines)
    losing = replace(owner, reservations=tuple(each for each in owner.reservations if each != number))
    having = replace(user, reservations=(*user.reservations, number))
    puts = (("reservations", number, theirs), ("users", owner.user_id, losing), ("users", customer, having))
    yield Edit(fact=f"{number} is theirs", puts=puts)


def filed(view: View, customer: str, words: str) -> Iterator[Edit]:
    """A card that the customer believes to have is on file."""
    user = user_of(view, customer)
    if words == "American Express":
        card = CreditCard(id="credit_card_9000001", brand="amex", last_four="4417")
        methods = {**user.payment_methods, card.id: card}
        yield Edit(fact="an American Express is on file", puts=(("users", customer, replace(user, payment_methods=methods)),))


def refiled(view: View, customer: str, method_id: str) -> Iterator[Edit]:
    """A credit card is on file under another id; what was paid with it, too."""
    user = user_of(view, customer)
    method = user.payment_methods.get(method_id)
    head, _, number = method_id.rpartition("_")
    new_id = f"{head}_{(int(number) + 4_000_001) % 10_000_000:07d}"
    if not isinstance(method, CreditCard) or new_id in user.payment_methods:
        return  # gift cards and certificates are named by the end of their ids
    methods = {
        (new_id if key == method_id else key): (replace(value, id=new_id) if key == method_id else value)
        for key, value in user.payment_methods.items()
    }
    puts: list[tuple[str, str, Any]] = [("users", customer, replace(user, payment_methods=methods))]
    for each in reservations_of(view, customer):
        if any(line.payment_id == method_id for line in each.payment_history):
            lines = tuple(
                replace(line, payment_id=new_id) if line.payment_id == method_id else line for line in each.payment_history
            )
            puts.append(("reservations", each.reservation_id, replace(each, payment_history=lines)))
    yield Edit(fact=f"{method_id} is on file as {new_id}", puts=tuple(puts))


def balance(view: View, customer: str, method_id: str, amount: int) -> Iterator[Edit]:
    """A gift card or certificate holds too little where it covered an amount, and enough where it did not."""
    user = user_of(view, customer)
    method = user.payment_methods.get(method_id)
    if not isinstance(method, GiftCard | Certificate) or amount <= 0:
        return
    other = float(amount // 2) if method.amount >= amount else float(amount + 25)
    methods = {**user.payment_methods, method_id: replace(method, amount=other)}
    yield Edit(fact=f"{method_id} holds {other}", puts=(("users", customer, replace(user, payment_methods=methods)),))


def methods(view: View, customer: str, words: str, amount: int) -> Iterator[Edit]:
    """What may be otherwise with the payment methods of a customer who wants to use one of them for an amount."""
    for method_id in user_of(view, customer).payment_methods:
        yield from refiled(view, customer, method_id)
        yield from balance(view, customer, method_id, amount)
    yield from filed(view, customer, words)


def _put(fact: str, reservation: Reservation) -> Edit:
    number = reservation.reservation_id
    return Edit(fact=f"{number} {fact}", puts=(("reservations", number, reservation),))


def _moment(day: str, scheduled: str) -> str:
    clock, _, later = scheduled.partition("+")
    hours = int(clock[:2]) + 24 * int(later or 0)
    return days.moment(datetime.fromisoformat(day).date(), hours * 60 + int(clock[3:5]))


def _later(moment: str, minutes: int) -> str:
    return (datetime.fromisoformat(moment) + timedelta(minutes=minutes)).isoformat()
