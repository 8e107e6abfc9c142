"""Move a reservation to another cabin: all its flights and everybody, at what the new cabin costs now."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, NamedTuple

from msgspec.structs import replace

from servers.airline import pricing, rules
from servers.airline.recipes import drafts, edits, plain
from servers.airline.recipes.agreement import contradicted
from servers.airline.recipes.paying import difference, for_change
from servers.airline.recipes.reservations import flown, reservation_of, route, saying_which, short
from servers.airline.recipes.search import DIRECT, kept
from servers.airline.records import (
    LANDED,
    Available,
    ByCabin,
    Cabin,
    Cancelled,
    Flight,
    FoundFlight,
    PaymentMethod,
    Reservation,
    Segment,
)
from servers.airline.wording import cabin as cabin_words
from servers.airline.wording import payment as payment_words
from servers.airline.wording import segments
from servers.drafting import chosen, revealed
from servers.english import money
from servers.recipe import Case, Comparison, Decision, Draft, Edit, Recipe, Refusal, Request, Unread, Write
from servers.state import View

CABINS: tuple[Cabin, ...] = ("basic_economy", "economy", "business")
_SEATS, _PRICES = 9, ByCabin(basic_economy=110, economy=160, business=410)


class Priced(NamedTuple):
    """A flight of the reservation with what the search shows of it, None where it cannot be booked."""

    segment: Segment
    found: FoundFlight | None


def solve(case: Case) -> tuple[Decision, ...]:
    reservation = reservation_of(case)
    if isinstance(reservation, Refusal):
        return (reservation,)
    number = {"reservation_id": reservation.reservation_id}
    if rule := rules.stands(reservation):
        return (Refusal(act=rule, rule=rule, stated=number),)
    over = flown(case, reservation)
    if rule := rules.change_cabin(reservation, [LANDED] if over else [], case.facts):
        return (Refusal(act=rule, rule=rule, stated={**number, "flown": short(over)}),)
    if case.said("part") is not None:
        return (Refusal(act="one_cabin", rule="one_cabin", stated=number),)
    cabin: Cabin | None = case.said("cabin")
    if cabin is None or cabin == reservation.cabin:
        return ()
    priced = prices(case, reservation, cabin)
    return (without_room(case, reservation, cabin, priced) or _paid(case, reservation, cabin, priced),)


def prices(case: Case, reservation: Reservation, cabin: Cabin) -> list[Priced]:
    """Each flight as the search of its route and day shows it, in the order in which they are flown."""
    priced: dict[int, Priced] = {}
    places = case.order(range(len(reservation.flights)))
    for number, place in enumerate(places):
        segment = reservation.flights[place]
        try:
            answer = case.read(DIRECT, origin=segment.origin, destination=segment.destination, date=segment.date)
        except Unread:
            unread = [reservation.flights[each].flight_number for each in places[number:]]
            case.note(_comparison(reservation, cabin, list(priced.values()), unread))
            raise
        flights: Sequence[FoundFlight] = answer or ()
        found = next((each for each in flights if each.flight_number == segment.flight_number), None)
        priced[place] = Priced(segment, found)
    case.note(_comparison(reservation, cabin, list(priced.values()), ()))
    return [priced[place] for place in range(len(reservation.flights))]


def _comparison(reservation: Reservation, cabin: Cabin, priced: Sequence[Priced], unread: Sequence[str]) -> Comparison:
    rows = []
    for segment, found in priced:
        now = f"{money(found.prices.of(cabin))}, {found.available_seats.of(cabin)} seats left" if found else "cannot be booked"
        rows.append((segments((segment,)), f"{money(segment.price)} paid, now {now}"))
    question = f"What {reservation.reservation_id} costs in {cabin_words(cabin)}"
    return Comparison(question=question, candidates=tuple(rows), unread=tuple(unread))


def without_room(case: Case, reservation: Reservation, cabin: Cabin, priced: Sequence[Priced]) -> Refusal | None:
    """A flight that cannot be booked now; or has too few seats in the new cabin."""
    seats = len(reservation.passengers)
    for rule in ("flight_available", "seats_left"):
        short_of = [segment for segment, found in priced if rules.flight(found, cabin, seats) == rule]
        if short_of:
            flights = kept(short_of, case.facts)
            which = {"reservation_id": reservation.reservation_id} if rule == "flight_available" else {"cabin": cabin}
            return Refusal(act=rule, rule=rule, stated={**which, "flights": flights})
    return None


def _paid(case: Case, reservation: Reservation, cabin: Cabin, priced: Sequence[Priced]) -> Decision:
    """The change, once it is known what it costs and who pays."""
    due = cost(reservation, cabin, priced)
    method = for_change(case, "change_payment", reservation.reservation_id, due)
    return method if isinstance(method, Refusal) else moved(case, reservation, cabin, due, method)


def cost(reservation: Reservation, cabin: Cabin, priced: Sequence[Priced]) -> int:
    """What another cabin costs more, or less, for everybody on a reservation."""
    new = [found.prices.of(cabin) for _, found in priced if found is not None]
    return pricing.change([each.price for each in reservation.flights], new, len(reservation.passengers))


def moved(case: Case, reservation: Reservation, cabin: Cabin, due: int, method: PaymentMethod) -> Write:
    """The change of the cabin, with who pays or gets the difference."""
    number = reservation.reservation_id
    told = {"reservation_id": number, "cabin": cabin, "payment": payment_words(method), **difference(due)}
    return Write(
        act="cabin",
        tool="update_reservation_flights",
        arguments={
            "reservation_id": number,
            "cabin": cabin,
            "flights": [{"flight_number": each.flight_number, "date": each.date} for each in reservation.flights],
            "payment_id": method.id,
        },
        stated={**told, "route": route(reservation, case.facts)},
        told=told,
    )


def draft(view: View, customer: str, random: Random) -> Draft | None:
    drawn = random.random()
    slots: dict[str, Any] | None = None
    theirs = drafts.reservations_of(view, customer)
    reservation = chosen(_pool(view, theirs, random), random)
    if drawn < 0.03:
        reservation = drafts.somebody_elses(view, customer, random)
    elif drawn < 0.06 and (number := drafts.misremembered(view, random)):
        reservation, slots = theirs[0] if theirs else None, {"reservation_id": number}
    if reservation is None:
        return None
    slots = slots or drafts.reservation_slots(view, customer, reservation, random)
    cabins = [each for each in CABINS if each != reservation.cabin]
    roomy = [each for each in cabins if room(view, reservation, each)]
    cabin = chosen(roomy if roomy and random.random() < 0.75 else cabins, random)
    params = {**slots, "cabin": cabin, **_part(reservation, random)}
    params["payment"] = drafts.payer_slot(drafts.user_of(view, customer), random)
    opening = revealed(params, set(params) - {"payment"}, random)
    if "reservation_id" in slots and random.random() < 0.3:
        opening = tuple(slot for slot in opening if slot != "reservation_id")
    return Draft(request=Request(recipe="cabin", params=params), opening=opening)


def _pool(view: View, theirs: Sequence[Reservation], random: Random) -> list[Reservation]:
    """Reservations of one kind: canceled, begun, or to come: with a flight that cannot be booked, or rather with room in
    another cabin.
    """
    today = view.facts.now[:10]
    drawn = random.random()
    standing = [each for each in theirs if each.status is None]
    if drawn < 0.05:
        return [each for each in theirs if each.status is not None]
    if drawn < 0.16:
        return [each for each in standing if each.flights[0].date <= today <= each.flights[-1].date]
    coming = [each for each in standing if each.flights[0].date > today]
    closed = [each for each in coming if not all(isinstance(on_its_day(view, one), Available) for one in each.flights)]
    if closed and drawn < 0.26:
        return closed
    roomy = [each for each in coming if any(room(view, each, cabin) for cabin in CABINS if cabin != each.cabin)]
    return roomy if roomy and drawn < 0.86 else coming


def room(view: View, reservation: Reservation, cabin: Cabin) -> bool:
    """Can all flights of a reservation be booked in a cabin?"""
    seats = len(reservation.passengers)
    found = [on_its_day(view, each) for each in reservation.flights]
    return all(isinstance(each, Available) and each.available_seats.of(cabin) >= seats for each in found)


def on_its_day(view: View, segment: Segment) -> Any:
    flight = view.get("flights", segment.flight_number, Flight)
    return flight.dates.get(segment.date) if flight is not None else None


def _part(reservation: Reservation, random: Random) -> dict[str, str]:
    """Sometimes only some of it is to change, where there is a part."""
    parts = [*(["outbound flight", "return flight"] if reservation.flight_type == "round_trip" else [])]
    parts += ["one passenger"] if len(reservation.passengers) > 1 else []
    part = chosen(parts, random)
    return {"part": part} if part is not None and random.random() < 0.14 else {}


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    params = request.params
    yield from edits.of_reservation(view, customer, params)
    reservation = drafts.presupposed(view, customer, params)
    if reservation is None:
        return
    begun = tuple(each for each in reservation.flights if each.date <= view.facts.now[:10])
    yield from edits.flights(view, replace(reservation, flights=begun))
    if "part" in params or reservation.status is not None or reservation.user_id != customer:
        return
    cabin, seats = params["cabin"], len(reservation.passengers)
    for segment in reservation.flights:
        yield from bookable(view, segment, seats)
        yield from edits.seats(view, segment, cabin, seats)
    yield from edits.methods(view, customer, params["payment"], due_for(view, reservation, cabin))


def bookable(view: View, segment: Segment, seats: int) -> Iterator[Edit]:
    """A flight that cannot be booked could be; one that can has been canceled."""
    there = on_its_day(view, segment)
    if isinstance(there, Available):
        yield edits.on_day(view, segment, Cancelled())
    elif segment.date > view.facts.now[:10]:
        left = _SEATS + seats
        seats_left = ByCabin(basic_economy=left, economy=left, business=left)
        yield edits.on_day(view, segment, Available(available_seats=seats_left, prices=_PRICES))


def due_for(view: View, reservation: Reservation, cabin: Cabin) -> int:
    """What the change would cost; 0 where it cannot be had."""
    there = [on_its_day(view, each) for each in reservation.flights]
    new = [each.prices.of(cabin) for each in there if isinstance(each, Available)]
    if len(new) < len(there):
        return 0
    return pricing.change([each.price for each in reservation.flights], new, len(reservation.passengers))


def holds(view: View, customer: str, request: Request) -> bool:
    """One reservation is meant, it is in another cabin, and it has the part that they speak of."""
    params = request.params
    if not drafts.is_meant(view, customer, params):
        return False
    reservation = drafts.presupposed(view, customer, params)
    if reservation is None or reservation.user_id != customer:
        return True
    if params.get("part") == "one passenger" and len(reservation.passengers) < 2:
        return False
    if params.get("part") in ("outbound flight", "return flight") and reservation.flight_type == "one_way":
        return False
    return bool(params["cabin"] != reservation.cabin)


CABIN = Recipe(
    name="cabin",
    contradicted=contradicted,
    draft=draft,
    solve=saying_which(solve),
    edits=other_ways,
    holds=holds,
    plainly=plain.by_id,
)
