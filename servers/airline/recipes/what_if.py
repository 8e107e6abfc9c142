"""What another cabin would cost: quoted as it is now, and nothing is changed. For one reservation, or for several."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from msgspec.structs import replace

from servers.airline import rules
from servers.airline.recipes import drafts, edits, trips, trips_edits
from servers.airline.recipes.cabin import CABINS, Priced, bookable, cost, prices, room, without_room
from servers.airline.recipes.paying import difference
from servers.airline.recipes.reservations import flown, reservation_of, saying_which, short
from servers.airline.recipes.totals import proposes
from servers.airline.recipes.trips import heard, numbers
from servers.airline.recipes.trips_plain import hurried
from servers.airline.recipes.upgrade_all import already_in, cabin_of, forbids_room, possible_in
from servers.airline.records import LANDED, Cabin, Reservation
from servers.drafting import chosen
from servers.recipe import Answer, Case, Decision, Draft, Edit, Recipe, Refusal, Request, Slots
from servers.state import View

_ONE = ("reservation_id", "trip", "which")
"""The slots of which one names a single reservation."""

_DEARER = 37


def solve(case: Case) -> tuple[Decision, ...]:
    return _one(case) if any(case.said(slot) is not None for slot in _ONE) else _several(case)


def _one(case: Case) -> tuple[Decision, ...]:
    reservation = reservation_of(case)
    if isinstance(reservation, Refusal):
        return (reservation,)
    number, cabin = {"reservation_id": reservation.reservation_id}, case.said("cabin")
    if rule := rules.stands(reservation):
        return (Refusal(act=rule, rule=rule, stated=number),)
    over = flown(case, reservation)
    if rule := rules.change_cabin(reservation, [LANDED] if over else [], case.facts):
        return (Refusal(act=rule, rule=rule, stated={**number, "flown": short(over)}),)
    if cabin is None or cabin == reservation.cabin:
        return ()
    priced = prices(case, reservation, cabin)
    if refusal := without_room(case, reservation, cabin, priced):
        return (refusal,)
    due = quoted(case, reservation, cabin, priced)
    told = (heard(due),) if due else ()
    return (Answer(act="quote", stated={**number, "cabin": cabin, **difference(due)}, tell=told),)


def quoted(case: Case, reservation: Reservation, cabin: Cabin, priced: Sequence[Priced]) -> int:
    """What it would cost, worked out on the calculator."""
    new = " + ".join(str(found.prices.of(cabin)) for _, found in priced if found is not None)
    old = " - ".join(str(each.price) for each in reservation.flights)
    count = len(reservation.passengers)
    case.read("calculate", expression=f"({new} - {old}) * {count}" if count > 1 else f"{new} - {old}")
    return cost(reservation, cabin, priced)


def _several(case: Case) -> tuple[Decision, ...]:
    cabin: Cabin = case.said("cabin")
    found = trips.trips_of(case)
    if not found:
        return (trips.nothing(case),)
    moving = [each for each in found if each.cabin != cabin]
    if not moving:
        return ()
    priced = {each.reservation_id: prices(case, each, cabin) for each in case.order(moving)}
    moving = [each for each in moving if each.reservation_id in priced]
    decided: list[Decision] = list(forbids_room(moving, cabin, priced))
    forbidden = {number for refusal in decided if isinstance(refusal, Refusal) for number in refusal.stated["numbers"]}
    possible = [each for each in moving if each.reservation_id not in forbidden]
    if possible:
        total = trips.sum_of(case, [quoted(case, each, cabin, priced[each.reservation_id]) for each in possible])
        stated = {"numbers": numbers(possible), "cabin": cabin, **difference(total)}
        decided.append(Answer(act="quote", stated=stated, tell=(heard(total),) if total else ()))
    return trips.opening(trips.listed(found, case.facts, **already_in(found, cabin)), decided)


def draft(view: View, customer: str, random: Random) -> Draft | None:
    params = _for_one(view, customer, random) if random.random() < 0.1 else _for_several(view, customer, random)
    return None if params is None else Draft(request=Request(recipe="what_if", params=params), opening=tuple(params))


def _for_one(view: View, customer: str, random: Random) -> dict[str, Any] | None:
    theirs = drafts.reservations_of(view, customer)
    today = view.facts.now[:10]
    upcoming = [each for each in theirs if drafts.coming(view, each)]
    begun = [each for each in theirs if each.status is None and each.flights[0].date <= today <= each.flights[-1].date]
    reservation = chosen(begun if begun and random.random() < 0.1 else upcoming, random)
    if reservation is None or len(theirs) < 4:
        return None
    cabins = [each for each in CABINS if each != reservation.cabin]
    roomy = [each for each in cabins if room(view, reservation, each)]
    cabin = chosen(roomy if roomy and random.random() < 0.8 else cabins, random)
    return {**drafts.reservation_slots(view, customer, reservation, random), "cabin": cabin}


def _for_several(view: View, customer: str, random: Random) -> dict[str, Any] | None:
    slots = trips.set_slots(view, customer, random)
    found = trips.coming(view, customer, slots) if slots is not None else []
    cabin = cabin_of(view, found, random)
    if slots is None or cabin is None or len(possible_in(view, found, cabin)) < 2:
        return None
    return {**slots, "cabin": cabin}


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    of = _of_one if any(slot in request.params for slot in _ONE) else _of_several
    yield from of(view, customer, request.params)


def _of_one(view: View, customer: str, params: Slots) -> Iterator[Edit]:
    yield from edits.of_reservation(view, customer, params)
    reservation = drafts.presupposed(view, customer, params)
    if reservation is None:
        return
    begun = tuple(each for each in reservation.flights if each.date <= view.facts.now[:10])
    yield from edits.flights(view, replace(reservation, flights=begun))
    for segment in reservation.flights:
        yield from bookable(view, segment, len(reservation.passengers))
        yield from edits.price(view, segment, params["cabin"], _DEARER)


def _of_several(view: View, customer: str, params: Slots) -> Iterator[Edit]:
    cabin = params["cabin"]
    found = trips.coming(view, customer, params)
    possible = possible_in(view, found, cabin)
    if not possible:
        return
    yield from trips_edits.joins(view, customer, possible, possible[0])
    for each in possible:
        yield from edits.cancelled(each)
    for each in (each for each in found if each.cabin != cabin):
        for segment in each.flights:
            if each in possible:
                yield from edits.price(view, segment, cabin, _DEARER)
            else:
                yield from bookable(view, segment, len(each.passengers))
                yield from edits.seats(view, segment, cabin, len(each.passengers))


def holds(view: View, customer: str, request: Request) -> bool:
    """One reservation is meant, and it is in another cabin; or nobody can be in doubt which ones are."""
    params = request.params
    if not any(slot in params for slot in _ONE):
        return trips.clear(view, customer, params)
    if not drafts.is_meant(view, customer, params):
        return False
    reservation = drafts.presupposed(view, customer, params)
    return reservation is None or reservation.user_id != customer or bool(reservation.cabin != params["cabin"])


WHAT_IF = Recipe(
    name="what_if",
    contradicted=trips.contradicted,
    draft=draft,
    solve=saying_which(solve),
    edits=other_ways,
    holds=holds,
    proposes=proposes,
    shortcuts=hurried,
)
