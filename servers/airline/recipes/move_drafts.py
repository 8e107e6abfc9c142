"""Drawing a move of flights: of which reservation, one leg or both, to what relative to now."""

from collections.abc import Sequence
from random import Random
from typing import Any

from servers.airline.recipes import drafts
from servers.airline.recipes.flights_drafts import APART, is_new, pool
from servers.airline.recipes.journeys_drafts import HORIZON, day_after, inner_slots, is_sharp
from servers.airline.recipes.reservations import legs, place
from servers.airline.recipes.search import Wish, competing, looked_up
from servers.airline.records import Reservation, Segment
from servers.drafting import chosen, revealed
from servers.recipe import Draft, Request
from servers.state import View

SAME, NEXT, PREVIOUS = "same", "next", "previous"
BOTH = "outbound and return flights"
_SHIFTS = ([1], [-1], [2], [1, 2], [-1, 1], [-1, 1], [-2, -1], [-1, 0, 1], [1, 2, 3], [1, 2, 3], [-2, -1, 1, 2], [1, 2, 3, 4])
_TRIES = 30


def draft(view: View, customer: str, random: Random) -> Draft | None:
    drawn = random.random()
    slots: dict[str, Any] | None = None
    theirs = drafts.reservations_of(view, customer)
    if drawn < 0.03:
        reservation = drafts.somebody_elses(view, customer, random)
    elif drawn < 0.05 and (number := drafts.misremembered(view, random)):
        reservation, slots = theirs[0] if theirs else None, {"reservation_id": number}
    else:
        some = pool(view, theirs, random)
        inner = [each for each in some if each.reservation_id not in (theirs[0].reservation_id, theirs[-1].reservation_id)]
        reservation = chosen(inner if inner and random.random() < 0.85 else some, random)
    if reservation is None:
        return None
    slots = slots or inner_slots(view, customer, reservation, random)
    wanted = _wanted(view, reservation, random)
    if wanted is None:
        return None
    params = {**slots, **wanted, "payment": drafts.payer_slot(drafts.user_of(view, customer), random)}
    opening = revealed(params, set(params) - {"payment"}, random)
    if "reservation_id" in slots and random.random() < 0.3:
        opening = tuple(slot for slot in opening if slot != "reservation_id")
    return Draft(request=Request(recipe="move", params=params), opening=opening)


def _wanted(view: View, reservation: Reservation, random: Random) -> dict[str, Any] | None:
    """Which leg, or both, and what instead: something that can be had mostly."""
    there, back = legs(reservation)
    today = view.facts.now[:10]
    which = [{"leg": "outbound flight"}, {"leg": "return flight"}, {"both": BOTH}, {"both": BOTH}] if back else [{}]
    stopped = reservation.status is not None or reservation.cabin in view.facts.fixed_cabins or there[0].date <= today
    fails = random.random() < 0.04
    if stopped and random.random() < 0.7:
        return None
    for _ in range(_TRIES):
        part: dict[str, Any] = chosen(which, random) or {}
        move = _move(random, both="both" in part, one=len(back if part.get("leg") == "return flight" else there) == 1)
        if _fits_in(view, reservation, part, move) and (stopped or _finds(view, reservation, part, move) != fails):
            return {**part, "move": move}
    return None


def _move(random: Random, *, both: bool, one: bool) -> dict[str, Any]:
    """Days from that of now, and which flight of theirs."""
    drawn = random.random()
    stops = "direct" if random.random() < 0.3 else "any"
    if drawn < 0.14 and not both:
        return {"days": [0], "pick": NEXT if random.random() < 0.6 else PREVIOUS, "stops": stops}
    days = list(chosen(_SHIFTS, random) or (1,))
    if drawn < 0.25 and len(days) == 1 and one:
        return {"days": days, "pick": SAME, "stops": "direct"}
    picks = ("cheapest", "cheapest", "fastest") if len(days) > 1 else ("cheapest", "fastest", "earliest", "latest")
    return {"days": days, "pick": chosen(picks, random), "stops": stops}


def _fits_in(view: View, reservation: Reservation, part: dict[str, Any], move: dict[str, Any]) -> bool:
    """Can it still be booked on these days, and does the way back stay behind the way there?"""
    there, back = legs(reservation)
    today = view.facts.now[:10]
    named = (("outbound flight", there), ("return flight", back))
    moves = [leg for name, leg in named if leg and ("both" in part or part.get("leg", name) == name)]
    for leg in moves:
        first, last = (day_after(leg[0].date, number) for number in (move["days"][0], move["days"][-1]))
        if first <= today or last > day_after(today, HORIZON):
            return bool(leg[0].date <= today)  # begun, and refused
    if not back:
        return True
    if move["days"] == [0]:
        return there[-1].date < day_after(back[0].date, -1)
    leaves = there[-1].date if part.get("leg") == "return flight" else day_after(there[-1].date, move["days"][-1])
    returns = back[0].date if part.get("leg") == "outbound flight" else day_after(back[0].date, move["days"][0])
    return day_after(leaves, APART) <= returns


def _finds(view: View, reservation: Reservation, part: dict[str, Any], move: dict[str, Any]) -> bool:
    """Is there something new on every leg that moves?"""
    there, back = legs(reservation)
    moves = [there, back] if "both" in part else [back if part.get("leg") == "return flight" else there]
    for leg in moves:
        ends = ([place(leg[0].origin, view.facts)], [place(leg[-1].destination, view.facts)])
        days = [day_after(leg[0].date, number) for number in move["days"]]
        flight = {"pick": move["pick"], "stops": move["stops"]}
        wish = Wish(*ends, days, flight, reservation.cabin, len(reservation.passengers))
        if move["pick"] == SAME:
            wish = wish._replace(flight={"numbers": [each.flight_number for each in leg], "stops": "direct"})
        elif move["pick"] in (NEXT, PREVIOUS):
            own = [each for each in looked_up(view, wish._replace(flight={"stops": "any"})) if each.named() == _named(leg)]
            side, pick = ("after", "earliest") if move["pick"] == NEXT else ("before", "latest")
            if not own:
                return False
            departs = own[0].flights[0].scheduled_departure_time_est
            wish = wish._replace(flight={side: departs, "pick": pick, "stops": move["stops"]})
        found = looked_up(view, wish)
        ranked = competing(wish, found)
        if not ranked or not is_sharp(view, wish, found) or (move["days"] != [0] and not is_new(ranked[0], leg)):
            return False
    return True


def _named(leg: Sequence[Segment]) -> tuple[tuple[str, str], ...]:
    return tuple((each.flight_number, each.date) for each in leg)
