"""Sums and comparisons over several reservations, or over what is left to pay with: nothing is changed, it has to be told."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from msgspec.structs import replace

from servers.airline.recipes import drafts, repriced, trips, trips_edits
from servers.airline.recipes.agreement import contradicted
from servers.airline.recipes.reservations import profile
from servers.airline.recipes.trips import heard
from servers.airline.recipes.trips_plain import hurried
from servers.airline.records import Certificate, GiftCard, Reservation, User
from servers.drafting import chosen
from servers.english import money
from servers.recipe import Answer, Case, Decision, Draft, Edit, Recipe, Request, Slots
from servers.state import View

PAID, BAGS, DEAREST = "paid", "checked bags", "most expensive"
GIFTS, PAPERS, BOTH = "gift cards", "certificates", "gift cards and certificates"
_KINDS: dict[str, tuple[type, ...]] = {GIFTS: (GiftCard,), PAPERS: (Certificate,), BOTH: (GiftCard, Certificate)}
_MORE = 40


def solve(case: Case) -> tuple[Decision, ...]:
    left = case.said("left")
    if left is not None:
        return (_left(case, left),)
    found = trips.trips_of(case)
    if not found:
        return (trips.nothing(case),)
    about = case.said("sum")
    if about == DEAREST:
        return (_dearest(case, found),) if len(found) > 1 else ()
    answer = _paid(case, found) if about == PAID else _bags(case, found)
    return trips.opening(trips.listed(found, case.facts), (answer,))


def _left(case: Case, left: str) -> Answer:
    """What is left on all cards of a kind together."""
    amounts = [each.amount for each in _cards(profile(case), left)]
    if not amounts:
        return Answer(act="nothing_left", stated={"left": left}, tell=(left.partition(" ")[0],))
    total = trips.sum_of(case, amounts)
    return Answer(act="left", stated={"left": left, "weighed": len(amounts), "total": total}, tell=(heard(total),))


def _cards(user: User, left: str) -> list[GiftCard | Certificate]:
    kinds = _KINDS[left]
    cards = (each for each in user.payment_methods.values() if isinstance(each, GiftCard | Certificate))
    return [each for each in cards if isinstance(each, kinds)]


def _paid(case: Case, found: Sequence[Reservation]) -> Answer:
    total = trips.sum_of(case, [paid(each) for each in found])
    if len(found) == 1:
        return Answer(act="price", stated={"reservation_id": found[0].reservation_id, "total": total}, tell=(heard(total),))
    return Answer(act="paid", stated={"weighed": len(found), "total": total}, tell=(heard(total),))


def _bags(case: Case, found: Sequence[Reservation]) -> Answer:
    total, extra = 0, 0
    for each in found:
        total += each.total_baggages
        extra += each.nonfree_baggages
    over = {"weighed": len(found)} if len(found) > 1 else {"reservation_id": found[0].reservation_id}
    stated = {**over, "bags": {"total": total, "paid": extra}}
    return Answer(act="bags", stated=stated, tell=(str(total) if total else "no checked bags",))


def _dearest(case: Case, found: Sequence[Reservation]) -> Answer:
    """The one that cost most, and how much more than the next."""
    ranked = by_price(found)
    margin = trips.sum_of(case, [paid(ranked[0]), -paid(ranked[1])])
    number = ranked[0].reservation_id
    compared = [f"{each.reservation_id} at {money(paid(each))}" for each in ranked[:3]]
    stated = {"reservation_id": number, "margin": margin, "weighed": len(ranked), "compared": compared}
    return Answer(act="dearest", stated=stated, tell=(number, heard(margin)))


def by_price(found: Sequence[Reservation]) -> list[Reservation]:
    """The dearest first."""
    return sorted(found, key=paid, reverse=True)


def paid(reservation: Reservation) -> int:
    """What was paid for a reservation and not given back."""
    total = 0
    for line in reservation.payment_history:
        total += line.amount
    return total


def draft(view: View, customer: str, random: Random) -> Draft | None:
    if random.random() < 0.02:
        left = chosen([kind for kind in _KINDS if len(_cards(drafts.user_of(view, customer), kind)) > 1], random)
        return None if left is None else Draft(request=Request(recipe="totals", params={"left": left}), opening=("left",))
    slots = trips.set_slots(view, customer, random)
    about = chosen((PAID, PAID, BAGS, DEAREST), random)
    if slots is None:
        return None
    found = trips.coming(view, customer, slots)
    if trips_edits.sample(view, customer, slots) is None or (about == DEAREST and len(found) < 2):
        return None
    if len(found) == 1 and random.random() < 0.8:
        return None
    if about == BAGS and found and not any(each.total_baggages for each in found):
        return None
    params: dict[str, Any] = {**slots, "sum": about}
    return Draft(request=Request(recipe="totals", params=params), opening=tuple(params))


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    params = request.params
    if "left" in params:
        yield from _more_left(view, customer, params["left"])
        return
    found, like = trips.coming(view, customer, params), trips_edits.sample(view, customer, params)
    about = params["sum"]
    if like is None:
        return
    ranked = by_price(found) or [like]
    if about == BAGS:
        like = next((each for each in found if each.total_baggages), like)
        like = like if like.total_baggages else repriced.with_bags(view, like, 1) or like
    elif about == DEAREST:
        like = repriced.dearer(view, ranked[0], _MORE) or like
    yield from trips_edits.joins(view, customer, found, like)
    for each in found:
        by = _MORE if about == PAID or each is ranked[0] else (paid(ranked[0]) - paid(each)) // len(each.passengers) + _MORE
        other = repriced.with_bags(view, each, each.total_baggages + 1) if about == BAGS else repriced.dearer(view, each, by)
        if other is not None:
            yield trips_edits.put("has one bag more" if about == BAGS else "cost more", other)


def _more_left(view: View, customer: str, left: str) -> Iterator[Edit]:
    user = drafts.user_of(view, customer)
    for card in _cards(user, left):
        methods = {**user.payment_methods, card.id: replace(card, amount=card.amount + 15)}
        yield Edit(fact=f"there is more on {card.id}", puts=(("users", customer, replace(user, payment_methods=methods)),))


def holds(view: View, customer: str, request: Request) -> bool:
    """Nobody can be in doubt which reservations are meant, and one of them is the dearest."""
    params = request.params
    if "left" in params:
        return True
    if params["sum"] == DEAREST:
        prices = [paid(each) for each in by_price(trips.coming(view, customer, params))[:2]]
        return trips.clear(view, customer, params) and len(set(prices)) == 2
    return trips.clear(view, customer, params)


def proposes(_params: Slots) -> tuple[str, ...]:
    """Nothing is to be changed."""
    return ()


TOTALS = Recipe(
    name="totals",
    contradicted=contradicted,
    draft=draft,
    solve=solve,
    edits=other_ways,
    holds=holds,
    proposes=proposes,
    shortcuts=hurried,
)
