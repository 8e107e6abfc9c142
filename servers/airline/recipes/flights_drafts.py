"""Drawing a change of flights: of which reservation, of which leg, to which days."""

from collections.abc import Sequence
from random import Random
from typing import Any

from servers.airline.recipes import drafts
from servers.airline.recipes.journeys_drafts import HORIZON, day_after, departing, extreme, outcome
from servers.airline.recipes.reservations import legs, place
from servers.airline.recipes.search import Journey, Wish, competing, looked_up
from servers.airline.records import Reservation, Segment
from servers.drafting import chosen, revealed
from servers.recipe import Draft, Request
from servers.state import View

_TRIES = 12
APART = 2
"""Days that lie at least between a new journey and the other leg: even one through two nights arrives in time."""


def draft(view: View, customer: str, random: Random) -> Draft | None:
    drawn = random.random()
    slots: dict[str, Any] | None = None
    theirs = drafts.reservations_of(view, customer)
    if drawn < 0.03:
        reservation = drafts.somebody_elses(view, customer, random)
    elif drawn < 0.06 and (number := drafts.misremembered(view, random)):
        reservation, slots = theirs[0] if theirs else None, {"reservation_id": number}
    else:
        reservation = chosen(pool(view, theirs, random), random)
    if reservation is None:
        return None
    slots = slots or drafts.reservation_slots(view, customer, reservation, random)
    wanted = _elsewhere(view, reservation, random) if random.random() < 0.08 else wanted_flight(view, reservation, random)
    if wanted is None:
        return None
    params = {**slots, **wanted}
    if "destination" not in params:
        params["payment"] = drafts.payer_slot(drafts.user_of(view, customer), random)
    opening = revealed(params, set(params) - {"payment"}, random)
    if "reservation_id" in slots and random.random() < 0.3:
        opening = tuple(slot for slot in opening if slot != "reservation_id")
    return Draft(request=Request(recipe="flights", params=params), opening=opening)


def pool(view: View, theirs: Sequence[Reservation], random: Random) -> list[Reservation]:
    """Reservations of one kind: to come and to be changed, or such as cannot be: canceled, in a fixed cabin, begun."""
    today = view.facts.now[:10]
    fixed = view.facts.fixed_cabins
    drawn = random.random()
    standing = [each for each in theirs if each.status is None]
    if drawn < 0.05:
        return [each for each in theirs if each.status is not None]
    if drawn < 0.18:
        return [each for each in standing if each.cabin in fixed and each.flights[-1].date > today]
    changeable = [each for each in standing if each.cabin not in fixed]
    if drawn < 0.3:
        return [each for each in changeable if each.flights[0].date <= today and each.flights[0].date >= day_after(today, -2)]
    return [each for each in changeable if each.flights[-1].date > today]


def _elsewhere(view: View, reservation: Reservation, random: Random) -> dict[str, Any] | None:
    """Another place that they would rather fly to."""
    facts = view.facts
    others = [each for each in facts.airports if each.iata not in (reservation.origin, reservation.destination)]
    other = chosen(others, random)
    return {"destination": [place(other.iata, facts)]} if other is not None else None


def wanted_flight(view: View, reservation: Reservation, random: Random) -> dict[str, Any] | None:
    """Which leg, on which days, which flight."""
    there, back = legs(reservation)
    today = view.facts.now[:10]
    options = [("return flight", back)] if back else []
    if not back or there[0].date > today or random.random() < 0.6:
        options += [("outbound flight", there)]
    name, leg = chosen(options, random) or ("", there)
    first = day_after(there[-1].date, APART) if leg is back else day_after(today, 1)
    last = day_after(back[0].date, -APART) if back and leg is there else day_after(today, HORIZON)
    possible = [day for number in range(1, HORIZON + 1) if first <= (day := day_after(today, number)) <= last]
    fits_full = random.random() < 0.12
    for _ in range(_TRIES):
        start = chosen(possible, random)
        if start is None:
            return None
        hourly = random.random() < 0.35
        following = day_after(start, 1)
        days = [start, following] if not hourly and following in possible and random.random() < 0.4 else [start]
        flight = _words(view, reservation, leg, days, hourly=hourly, full=fits_full, random=random)
        if flight is not None:
            return {**({"leg": name} if back else {}), "days": days, "flight": flight}
    return None


def _words(
    view: View, reservation: Reservation, leg: Sequence[Segment], days: list[str], *, hourly: bool, full: bool, random: Random
) -> Any:
    """The words for a flight that brings something new; or for one that is sold out."""
    ends = ([place(leg[0].origin, view.facts)], [place(leg[-1].destination, view.facts)])
    wish = Wish(*ends, days, {}, reservation.cabin, len(reservation.passengers))
    flight = departing(view, wish, not full, random) if hourly else extreme(view, wish, random)
    if flight is None:
        return None
    wish = wish._replace(flight=flight)
    found = looked_up(view, wish)
    ranked = competing(wish, found)
    ends_as = outcome(wish, found, ranked)
    if ends_as == "none" and random.random() < 0.85:
        return None
    if full != (ends_as == "full") and ends_as != "none":
        return None
    return None if ends_as == "found" and not is_new(ranked[0], leg) else flight


def is_new(journey: Journey, leg: Sequence[Segment]) -> bool:
    """Has a journey no flight that the reservation has already?"""
    return not {(each.flight_number, each.date) for each in leg} & set(journey.named())
