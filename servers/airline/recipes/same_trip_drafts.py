"""Drawing a trip that somebody wants to make again: like which one, how much later, what stays as it was."""

from collections.abc import Sequence
from random import Random
from typing import Any

from servers.airline.recipes import book_drafts, drafts
from servers.airline.recipes.journeys_drafts import HORIZON, day_after, extreme, inner_slots, is_sharp, outcome, sharpened
from servers.airline.recipes.reservations import NEXT, legs, place
from servers.airline.recipes.search import Wish, competing, looked_up, price
from servers.airline.records import Reservation
from servers.drafting import chosen
from servers.recipe import Draft, Request
from servers.state import View

BAGS_TOO = frozenset({"bags", "insurance"})
_SAME = (["cabin", "passengers"], ["cabin", "passengers", "bags", "insurance"])
_LATER = ([7], [7, 8], [7, 14], [6, 7, 8], [6, 7, 8], [14, 15], [21], [1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5, 6], [9, 10, 11, 12])
_TRIES = 16


def draft(view: View, customer: str, random: Random) -> Draft | None:
    drawn = random.random()
    theirs = drafts.reservations_of(view, customer)
    before = chosen(theirs[1:-1] if len(theirs) > 2 and random.random() < 0.85 else theirs, random)
    slots: dict[str, Any] | None = None
    if drawn < 0.04:
        before = drafts.somebody_elses(view, customer, random)
    elif drawn < 0.08 and (number := drafts.misremembered(view, random)):
        slots = {"reservation_id": number}
    if before is None or not drafts.has_adult(view, (each.dob for each in before.passengers)):
        return None
    slots = slots or inner_slots(view, customer, before, random)
    if slots.get("which") == NEXT and random.random() < 0.5:
        return None  # rather trips that were made
    for _ in range(_TRIES):
        wanted = _wanted(view, before, random, "found" if drawn < 0.92 else "none")
        if wanted is None:
            continue
        fares, words = wanted
        params = {**slots, **words, **_kept(before, random)}
        params |= _paying(view, customer, params, before, fares, random)
        if params["payments"]:
            return Draft(request=Request(recipe="same_trip", params=params), opening=_opening(params, random))
    return None


def _wanted(view: View, before: Reservation, random: Random, ends_as: str) -> tuple[int, dict[str, Any]] | None:
    """When, and which flight, of the outcome that is wanted, with the fares of one passenger."""
    later = _shift(view, before, random)
    if not later:
        return None
    there, back = legs(before)
    days, back_days = ([day_after(leg[0].date, number) for number in later] for leg in (there, back or there))
    ends = ([place(there[0].origin, view.facts)], [place(there[-1].destination, view.facts)])
    wish = Wish(*ends, days, {}, before.cabin, len(before.passengers))
    flight = extreme(view, wish, random)
    if flight is None:
        return None
    wish = wish._replace(flight=flight)
    flight = (sharpened(view, wish, looked_up(view, wish)) or wish).flight
    wishes = [wish._replace(flight=flight)]
    if back:
        ends = ([place(back[0].origin, view.facts)], [place(back[-1].destination, view.facts)])
        wishes.append(wishes[0]._replace(origin=ends[0], destination=ends[1], days=back_days))
    fares = 0
    for place_, each in enumerate(wishes):
        found = looked_up(view, each)
        ranked = competing(each, found)
        now = outcome(each, found, ranked)
        if now != "found" and ends_as == "none" and place_ == len(wishes) - 1:
            break
        if now != "found" or (len(days) > 1 and not is_sharp(view, each, found)):
            return None
        fares += price(ranked[0], before.cabin)
    relative: dict[str, Any] = {"later": later}
    named = {"days": days, **({"back_days": back_days} if back else {})}
    return fares, {**(relative if random.random() < 0.65 else named), "flight": flight}


def _shift(view: View, before: Reservation, random: Random) -> list[int]:
    """How many days later, such that all of it can be booked now; nothing where nothing of the kind can."""
    today = view.facts.now[:10]
    there, back = legs(before)
    first, last = day_after(today, 1), day_after(today, HORIZON)
    end = (back or there)[0].date
    possible = [each for each in _LATER if day_after(there[0].date, each[0]) >= first and day_after(end, each[-1]) <= last]
    apart = back and back[0].date <= day_after(there[-1].date, 1)
    some = [each for each in possible if not apart or len(each) == 1]  # back on the day that was meant, not before the way there
    return list(chosen(some, random) or ())


def _kept(before: Reservation, random: Random) -> dict[str, Any]:
    """What stays as it was; bags and insurance are told otherwise."""
    if random.random() < 0.45:
        return {"same": list(_SAME[1])}
    bags = book_drafts.luggage(len(before.passengers), random)
    return {"same": list(_SAME[0]), "bags": bags, "insurance": "yes" if random.random() < 0.3 else "no"}


def _paying(
    view: View, customer: str, params: dict[str, Any], before: Reservation, fares: int, random: Random
) -> dict[str, Sequence[str]]:
    user = drafts.user_of(view, customer)
    same = {"cabin": before.cabin, "passengers": before.passengers}
    terms = {**same, "bags": before.total_baggages, "insurance": before.insurance, **params}
    cost = book_drafts.cost(view, user, terms, fares)
    return {"payments": book_drafts.payments(view, user, cost, random, affords=random.random() < 0.9)}


def _opening(params: dict[str, Any], random: Random) -> tuple[str, ...]:
    """The wish at once; bags and insurance together, payments and a number perhaps only when they are asked for."""
    later: set[str] = set()
    later |= {"bags", "insurance"} if random.random() < 0.5 else set()
    later |= {"payments"} if random.random() < 0.5 else set()
    later |= {"reservation_id"} if random.random() < 0.3 else set()
    return tuple(slot for slot in params if slot not in later)
