"""Change the flights of a reservation: those of one way, to others between the same airports."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from msgspec.structs import replace

from servers.airline import pricing, rules
from servers.airline.facts import AirlineFacts
from servers.airline.recipes import drafts, edits, plain
from servers.airline.recipes.agreement import contradicted
from servers.airline.recipes.flights_drafts import draft
from servers.airline.recipes.journeys_edits import otherwise, segments_of
from servers.airline.recipes.paying import difference, for_change, named
from servers.airline.recipes.reservations import flown, legs, place, reservation_of, route, saying_which, short
from servers.airline.recipes.search import Journey, Wish, chose, clear, codes, competing, journey_of, kept, looked_up, stated
from servers.airline.records import LANDED, Cabin, Flight, GiftCard, PaymentMethod, Reservation, Segment, status
from servers.airline.wording import payment as payment_words
from servers.recipe import Case, Decision, Edit, Recipe, Refusal, Request, Write, saying
from servers.state import View

RETURN = "return flight"
_CABINS: tuple[Cabin, ...] = ("economy", "basic_economy", "business")


def solve(case: Case) -> tuple[Decision, ...]:
    reservation = reservation_of(case)
    if isinstance(reservation, Refusal):
        return (reservation,)
    if refusal := forbidden(case, reservation):
        return (refusal,)
    wish = wish_of(case.said, reservation, case.facts)
    if wish is None:
        return ()
    if refusal := begun(case, reservation, *parts(reservation, case.said("leg"))):
        return (refusal,)
    ranked = journey_of(case, wish)
    return (ranked,) if isinstance(ranked, Refusal) else (_paid(case, reservation, wish, ranked),)


def forbidden(case: Case, reservation: Reservation) -> Refusal | None:
    """What forbids the change whatever its flights are, and without a look at how those of today stand."""
    number = {"reservation_id": reservation.reservation_id}
    not_yet = [""] * len(reservation.flights)
    rule = rules.change_flights(reservation, not_yet, (), case.facts)
    if rule is not None:
        cabin = {"cabin": reservation.cabin} if rule == "fixed_cabin" else {}
        return Refusal(act=rule, rule=rule, stated={**number, **cabin})
    ends = codes(case.said("destination") or (), lambda: case.read("list_all_airports") or ())
    for end in ends:
        if rule := rules.journey(reservation, reservation.origin, end, reservation.flight_type):
            return Refusal(act=rule, rule=rule, stated={**number, "route": route(reservation, case.facts)})
    return None


def begun(case: Case, reservation: Reservation, leg: tuple[Segment, ...], stays: Sequence[Segment]) -> Refusal | None:
    """A flight that is to be replaced, and was flown."""
    over = flown(case, replace(reservation, flights=leg))
    statuses = [LANDED if each in over else "" for each in reservation.flights]
    rule = rules.change_flights(reservation, statuses, [(each.flight_number, each.date) for each in stays], case.facts)
    if rule is None:
        return None
    return Refusal(act=rule, rule=rule, stated={"reservation_id": reservation.reservation_id, "flown": short(over)})


def parts(reservation: Reservation, leg: str | None) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """The flights that are to change, and those that stay."""
    there, back = legs(reservation)
    return (back, there) if leg == RETURN else (there, back)


def wish_of(said: Callable[[str], Any], reservation: Reservation, facts: AirlineFacts) -> Wish | None:
    """What is looked for; None where the customer's words name no flights of the reservation, or no day."""
    leg, days, flight = said("leg"), said("days"), said("flight")
    change, _ = parts(reservation, leg)
    if not change or not days or not flight:
        return None
    start, end = ([place(iata, facts)] for iata in (change[0].origin, change[-1].destination))
    return Wish(start, end, days, flight, reservation.cabin, len(reservation.passengers), leg or "")


def _paid(case: Case, reservation: Reservation, wish: Wish, ranked: Sequence[Journey]) -> Decision:
    """The change, once it is known what it costs and who pays."""
    due = cost(reservation, replaced(reservation, wish, ranked[0]))
    with saying(chose(wish, ranked)):
        method = for_change(case, "change_payment", reservation.reservation_id, due)
    return method if isinstance(method, Refusal) else rebooked(case, reservation, wish, ranked, method)


def replaced(reservation: Reservation, wish: Wish, journey: Journey) -> list[Segment]:
    """The flights of the reservation once it has this journey."""
    stays = parts(reservation, wish.leg)[1]
    return _ordered(segments_of(journey, reservation.cabin), stays, wish.leg == RETURN)


def rebooked(case: Case, reservation: Reservation, wish: Wish, ranked: Sequence[Journey], method: PaymentMethod) -> Write:
    """The change to the journey that comes first, with who pays or gets the difference."""
    flights, stays = replaced(reservation, wish, ranked[0]), parts(reservation, wish.leg)[1]
    told = {
        "reservation_id": reservation.reservation_id,
        "payment": payment_words(method),
        **difference(cost(reservation, flights)),
    }
    said = _ordered(stated(ranked[0], case.facts), kept(stays, case.facts), wish.leg == RETURN)
    return Write(
        act="flights",
        tool="update_reservation_flights",
        arguments={
            "reservation_id": reservation.reservation_id,
            "cabin": reservation.cabin,
            "flights": [{"flight_number": each.flight_number, "date": each.date} for each in flights],
            "payment_id": method.id,
        },
        stated={**told, "flights": said},
        told=told,
        chose=chose(wish, ranked),
    )


def _ordered(new: Sequence[Any], stays: Sequence[Any], backwards: bool) -> list[Any]:
    return [*stays, *new] if backwards else [*new, *stays]


def cost(reservation: Reservation, flights: Sequence[Segment]) -> int:
    """What other flights cost more, or less; one that the reservation has already keeps its price, as the tool reckons."""
    paid = {(each.flight_number, each.date): each.price for each in reversed(reservation.flights)}
    new = [paid.get((each.flight_number, each.date), each.price) for each in flights]
    return pricing.change([each.price for each in reservation.flights], new, len(reservation.passengers))


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    params = request.params
    yield from edits.of_reservation(view, customer, params)
    reservation = drafts.presupposed(view, customer, params)
    if reservation is None:
        return
    fixed = view.facts.fixed_cabins
    yield from edits.in_cabin(
        view, reservation, *[each for each in _CABINS if (each in fixed) != (reservation.cabin in fixed)][:1]
    )
    wish = wish_of(params.get, reservation, view.facts)
    if wish is None:
        return
    change, _ = parts(reservation, wish.leg)
    today = tuple(each for each in change if each.date <= view.facts.now[:10])
    yield from edits.flights(view, replace(reservation, flights=today))
    over = any(was_flown(view, each) for each in today)
    if not over and reservation.cabin not in fixed and reservation.status is None and reservation.user_id == customer:
        yield from _looked_for(view, customer, reservation, wish, params.get("payment", ""))


def was_flown(view: View, segment: Segment) -> bool:
    """Was a flight flown?"""
    flight = view.get("flights", segment.flight_number, Flight)
    return flight is not None and segment.date in flight.dates and rules.flown((status(flight.dates[segment.date]),))


def _looked_for(view: View, customer: str, reservation: Reservation, wish: Wish, words: str) -> Iterator[Edit]:
    """Other flights than those that are found, and other means to pay for them."""
    found = looked_up(view, wish)
    yield from otherwise(view, wish, found)
    ranked = competing(wish, found)
    if not ranked:
        return
    stays = parts(reservation, wish.leg)[1]
    new = segments_of(ranked[0], wish.cabin)
    due = cost(reservation, [*new, *stays])
    yield from edits.methods(view, customer, words, due)
    payer = named(drafts.user_of(view, customer).payment_methods, words)
    if isinstance(payer, GiftCard) and due <= payer.amount:
        yield from edits.price(view, new[0], wish.cabin, int(payer.amount) - due + 1)


def holds(view: View, customer: str, request: Request) -> bool:
    """One reservation is meant; it has that leg, or does not go where they want to go instead; one flight fits at most."""
    params = request.params
    if not drafts.is_meant(view, customer, params):
        return False
    reservation = drafts.presupposed(view, customer, params)
    if reservation is None or reservation.user_id != customer:
        return True
    if "destination" in params:
        return reservation.destination not in codes(params["destination"], lambda: view.facts.airports)
    if ("leg" in params) != (reservation.flight_type == "round_trip"):
        return False
    wish = wish_of(params.get, reservation, view.facts)
    return wish is not None and clear(wish, looked_up(view, wish))


FLIGHTS = Recipe(
    name="flights",
    contradicted=contradicted,
    draft=draft,
    solve=saying_which(solve),
    edits=other_ways,
    holds=holds,
    plainly=partial(plain.rebooked, wish_of),
)
