"""Other ways the reservations could be of which several are meant: each of the customer's own might be one of them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from servers.airline.recipes import drafts, edits, repriced
from servers.airline.recipes.paying import named
from servers.airline.recipes.trips import coming, meant
from servers.airline.records import Reservation
from servers.recipe import Edit, Slots
from servers.state import View


def others(view: View, customer: str, trips: Sequence[Reservation]) -> list[Reservation]:
    """The customer's reservations that are not among those."""
    ids = {each.reservation_id for each in trips}
    return [each for each in drafts.reservations_of(view, customer) if each.reservation_id not in ids]


def joins(view: View, customer: str, trips: Sequence[Reservation], like: Reservation) -> Iterator[Edit]:
    """Each of the others is a trip like one that is meant, so that it is meant too. It alone shows that."""
    for other in others(view, customer, trips):
        lines = tuple(replace(line, payment_id=edits.fresh(line.payment_id)) for line in like.payment_history)
        number = other.reservation_id
        again = replace(like, reservation_id=number, payment_history=lines)
        yield Edit(fact=f"{number} is one of them", puts=(("reservations", number, again),))


def just_booked(view: View, reservation: Reservation) -> Reservation:
    """The same, booked so lately that anybody may cancel it."""
    lately = datetime.fromisoformat(view.facts.now) - min(timedelta(hours=view.facts.cancel_hours), timedelta(hours=3)) / 2
    return replace(reservation, created_at=lately.isoformat(timespec="seconds"))


def sample(view: View, customer: str, params: Slots) -> Reservation | None:
    """One that is meant; where there is none, one that would be had it not been canceled."""
    found = coming(view, customer, params)
    if found:
        return found[0]
    theirs = drafts.reservations_of(view, customer)
    standing = (replace(each, status=None, payment_history=repriced.paid(each)) for each in theirs)
    return next((each for each in standing if each.payment_history and meant(each, params.get, view.facts)), None)


def put(fact: str, reservation: Reservation) -> Edit:
    """A reservation that is otherwise."""
    number = reservation.reservation_id
    return Edit(fact=f"{number} {fact}", puts=(("reservations", number, reservation),))


def paid_otherwise(view: View, customer: str, words: str, amounts: Sequence[int]) -> Iterator[Edit]:
    """What may be otherwise with the one method that is to pay all of this."""
    total = 0
    for amount in amounts:
        total += amount
    method = named(drafts.user_of(view, customer).payment_methods, words)
    if method is not None:
        yield from edits.refiled(view, customer, method.id)
        yield from edits.balance(view, customer, method.id, total)
    yield from edits.filed(view, customer, words)
