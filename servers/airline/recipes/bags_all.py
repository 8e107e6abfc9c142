"""Checked bags for several reservations, so that every passenger has at least so many: the free ones counted, one method pays."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from msgspec.structs import replace

from servers.airline import pricing
from servers.airline.facts import AirlineFacts
from servers.airline.recipes import drafts, edits, trips, trips_edits
from servers.airline.recipes.paying import difference, named
from servers.airline.recipes.reservations import profile
from servers.airline.recipes.trips import numbers
from servers.airline.recipes.trips_plain import hurried, one_by_one
from servers.airline.recipes.upgrade_all import TALLY, covers, payer, tally
from servers.airline.records import GiftCard, Membership, PaymentMethod, Reservation
from servers.airline.wording import payment as payment_words
from servers.drafting import revealed
from servers.recipe import Case, Decision, Draft, Edit, Recipe, Refusal, Request, Slots, Write, saying
from servers.state import View

_TIERS: tuple[Membership, ...] = ("regular", "silver", "gold")


def solve(case: Case) -> tuple[Decision, ...]:
    each = case.said("each")
    found = trips.trips_of(case)
    if not found:
        return (trips.nothing(case),)
    lacking = _lacking(found, each)
    if not lacking:
        return ()
    enough = numbers([trip for trip in found if trip not in lacking])
    listed = trips.listed(found, case.facts, **({"enough": enough} if enough else {}))
    tier = profile(case).membership
    paid = [_paid_bags(trip, each, tier, case.facts) for trip in lacking]
    dues = [pricing.bags(trip.nonfree_baggages, more, case.facts) for trip, more in zip(lacking, paid, strict=True)]
    with saying(listed):
        method = payer(case, lacking, dues, "bag_payment")
    if isinstance(method, Refusal):
        return trips.opening(listed, (method,))
    parts = zip(lacking, paid, dues, strict=True)
    writes = [_added(trip, each * len(trip.passengers), more, due, method) for trip, more, due in parts]
    return trips.opening(listed, (*tally(case, dues), *writes))


def _lacking(found: Sequence[Reservation], each: int) -> list[Reservation]:
    """Those with fewer bags than that for every passenger."""
    return [trip for trip in found if trip.total_baggages < each * len(trip.passengers)]


def _paid_bags(trip: Reservation, each: int, tier: Membership, facts: AirlineFacts) -> int:
    """How many bags are not free then; what was paid for stays paid for."""
    count = len(trip.passengers)
    return max(trip.nonfree_baggages, pricing.paid_bags(each * count, tier, trip.cabin, count, facts))


def _added(trip: Reservation, total: int, paid: int, due: int, method: PaymentMethod) -> Write:
    number = {"reservation_id": trip.reservation_id}
    stated = {**number, "bags": {"total": total, "paid": paid}, "payment": payment_words(method), **difference(due)}
    arguments = {**number, "total_baggages": total, "nonfree_baggages": paid, "payment_id": method.id}
    return Write(act="bags", tool="update_reservation_baggages", arguments=arguments, stated=stated, told=stated)


def draft(view: View, customer: str, random: Random) -> Draft | None:
    slots = trips.set_slots(view, customer, random)
    each = 1 + int(random.random() * 3)
    lacking = _lacking(trips.coming(view, customer, slots), each) if slots is not None else []
    if slots is None or not lacking or (len(lacking) < 2 and random.random() < 0.7):
        return None
    user = drafts.user_of(view, customer)
    params: dict[str, Any] = {**slots, "each": each, "payment": drafts.payer_slot(user, random)}
    dues = _dues(view, customer, lacking, each)
    method = named(user.payment_methods, params["payment"])
    if isinstance(method, GiftCard) and not covers(method, dues) and random.random() < 0.6:
        return None
    if random.random() < 0.4:
        return Draft(request=Request(recipe="bags_all", params={**params, **TALLY}), opening=(*params, "tally"))
    return Draft(request=Request(recipe="bags_all", params=params), opening=revealed(params, {*slots, "each"}, random))


def _dues(view: View, customer: str, lacking: Sequence[Reservation], each: int) -> list[int]:
    tier = drafts.user_of(view, customer).membership
    paid = [_paid_bags(trip, each, tier, view.facts) for trip in lacking]
    return [pricing.bags(trip.nonfree_baggages, more, view.facts) for trip, more in zip(lacking, paid, strict=True)]


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    params = request.params
    lacking = _lacking(trips.coming(view, customer, params), params["each"])
    yield from trips_edits.joins(view, customer, lacking, lacking[0])
    for trip in lacking:
        yield from edits.cancelled(trip)
    user = drafts.user_of(view, customer)
    for tier in _TIERS:
        if tier != user.membership:
            yield Edit(fact=f"is a {tier} member", puts=(("users", customer, replace(user, membership=tier)),))
    dues = _dues(view, customer, lacking, params["each"])
    yield from trips_edits.paid_otherwise(view, customer, params["payment"], dues)


def holds(view: View, customer: str, request: Request) -> bool:
    """Nobody can be in doubt which reservations are meant."""
    return trips.clear(view, customer, request.params)


def _of_one(trip: Reservation, params: Slots) -> Slots | None:
    """What is asked of one of them."""
    more = params["each"] * len(trip.passengers) - trip.total_baggages
    return {"more": more, "payment": params["payment"]} if more > 0 else None


BAGS_ALL = Recipe(
    name="bags_all",
    contradicted=trips.contradicted,
    draft=draft,
    solve=solve,
    edits=other_ways,
    holds=holds,
    proposes=lambda _params: ("bags",),
    plainly=one_by_one("bags", _of_one),
    shortcuts=hurried,
)
