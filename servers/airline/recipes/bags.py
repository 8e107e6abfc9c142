"""Add checked bags to a reservation, or ask for fewer, which nobody gets."""

from collections.abc import Iterator
from random import Random
from typing import Any

from msgspec.structs import replace

from servers.airline import pricing, rules
from servers.airline.recipes import drafts, edits, plain, repriced
from servers.airline.recipes.agreement import contradicted
from servers.airline.recipes.paying import difference, for_change
from servers.airline.recipes.reservations import profile, reservation_of, saying_which
from servers.airline.records import Membership, Reservation
from servers.airline.wording import payment as payment_words
from servers.drafting import chosen, revealed
from servers.recipe import Case, Decision, Draft, Edit, Recipe, Refusal, Request, Write
from servers.state import View

_TIERS: tuple[Membership, ...] = ("regular", "silver", "gold")


def solve(case: Case) -> tuple[Decision, ...]:
    reservation = reservation_of(case)
    if isinstance(reservation, Refusal):
        return (reservation,)
    total = reservation.total_baggages + (case.said("more") or -(case.said("fewer") or 0))
    if rule := rules.bags(reservation, total):
        return (Refusal(act=rule, rule=rule, stated={"reservation_id": reservation.reservation_id}),)
    tier, passengers = profile(case).membership, len(reservation.passengers)
    paid = pricing.paid_bags(total, tier, reservation.cabin, passengers, case.facts)
    paid = max(paid, reservation.nonfree_baggages)  # what was paid for stays paid for
    due = pricing.bags(reservation.nonfree_baggages, paid, case.facts)
    method = for_change(case, "bag_payment", reservation.reservation_id, due)
    if isinstance(method, Refusal):
        return (method,)
    stated = {
        "reservation_id": reservation.reservation_id,
        "bags": {"total": total, "paid": paid},
        "payment": payment_words(method),
        **difference(due),
    }
    arguments = {
        "reservation_id": reservation.reservation_id,
        "total_baggages": total,
        "nonfree_baggages": paid,
        "payment_id": method.id,
    }
    return (Write(act="bags", tool="update_reservation_baggages", arguments=arguments, stated=stated, told=stated),)


def draft(view: View, customer: str, random: Random) -> Draft | None:
    pool = [each for each in drafts.reservations_of(view, customer) if drafts.coming(view, each) or random.random() < 0.04]
    reservation = chosen(pool, random)
    if random.random() < 0.03:
        reservation = drafts.somebody_elses(view, customer, random)
    if reservation is None or reservation.flights[0].date <= view.facts.now[:10]:
        return None
    params: dict[str, Any] = drafts.reservation_slots(view, customer, reservation, random)
    if reservation.total_baggages and random.random() < 0.3:
        params["fewer"] = 1 + int(random.random() * min(2, reservation.total_baggages))
    else:
        params["more"] = 1 + int(random.random() ** 2 * 3)
    params["payment"] = drafts.payer_slot(drafts.user_of(view, customer), random)
    opening = revealed(params, {"trip", "which", "more", "fewer"}, random, chance=0.4)
    return Draft(request=Request(recipe="bags", params=params), opening=opening)


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    params = request.params
    yield from edits.of_reservation(view, customer, params)
    reservation = drafts.presupposed(view, customer, params)
    if reservation is not None:
        yield from edits.in_cabin(view, reservation, "basic_economy", "business")
        yield from _with_bags(view, reservation)
    user = drafts.user_of(view, customer)
    for tier in _TIERS:
        if tier != user.membership:
            yield Edit(fact=f"is a {tier} member", puts=(("users", customer, replace(user, membership=tier)),))
    yield from edits.methods(view, customer, params["payment"], view.facts.bag_price * params.get("more", 0))


def _with_bags(view: View, reservation: Reservation) -> Iterator[Edit]:
    """It has another number of bags already."""
    number, total = reservation.reservation_id, reservation.total_baggages + 1
    other = repriced.with_bags(view, reservation, total)
    if other is not None:
        yield Edit(fact=f"{number} has {total} bags", puts=(("reservations", number, other),))


def holds(view: View, customer: str, request: Request) -> bool:
    return drafts.is_meant(view, customer, request.params)


BAGS = Recipe(
    name="bags",
    contradicted=contradicted,
    draft=draft,
    solve=saying_which(solve),
    edits=other_ways,
    holds=holds,
    plainly=plain.by_id,
)
