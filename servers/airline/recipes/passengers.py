"""Correct or replace a passenger of a reservation; ask for one more or one fewer, which nobody gets."""

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import msgspec
from msgspec.structs import replace

from servers.airline import rules
from servers.airline.recipes import drafts, edits, plain
from servers.airline.recipes.agreement import contradicted
from servers.airline.recipes.reservations import reservation_of, saying_which
from servers.airline.records import Passenger, Reservation, User
from servers.drafting import chosen, revealed
from servers.recipe import Case, Decision, Draft, Edit, Recipe, Refusal, Request, Write
from servers.state import View


def solve(case: Case) -> tuple[Decision, ...]:
    reservation = reservation_of(case)
    if isinstance(reservation, Refusal):
        return (reservation,)
    now = reservation.passengers
    count = len(now) + bool(case.said("add")) - bool(case.said("remove"))
    if rule := rules.new_passengers(reservation, count):
        stated: dict[str, Any] = {"reservation_id": reservation.reservation_id}
        if rule == "passenger_count":
            stated["count"] = len(now)
        return (Refusal(act=rule, rule=rule, stated=stated),)
    rename = case.said("rename")
    place = next((place for place, who in enumerate(now) if rename and _is(who, rename["old"])), None)
    if place is None:
        return ()
    old = now[place]
    new = Passenger(**{"dob": old.dob, **rename["new"]})
    people = [msgspec.to_builtins(each) for each in (*now[:place], new, *now[place + 1 :])]
    stated = {"reservation_id": reservation.reservation_id, "passengers": people}
    return (Write(act="passengers", tool="update_reservation_passengers", arguments=stated, stated=stated, told=stated),)


def _is(who: Passenger, name: Mapping[str, str]) -> bool:
    return (who.first_name, who.last_name) == (name["first_name"], name["last_name"])


def draft(view: View, customer: str, random: Random) -> Draft | None:
    pool = [each for each in drafts.reservations_of(view, customer) if drafts.coming(view, each)]
    reservation = chosen((each for each in pool if drafts.has_adult(view, (who.dob for who in each.passengers))), random)
    if random.random() < 0.04:
        reservation = drafts.somebody_elses(view, customer, random)
    if reservation is None:
        return None
    params: dict[str, Any] = drafts.reservation_slots(view, customer, reservation, random)
    params |= _wish(view, customer, reservation, random)
    opening = revealed(params, set(params) - {"reservation_id"}, random)
    return Draft(request=Request(recipe="passengers", params=params), opening=opening)


def _wish(view: View, customer: str, reservation: Reservation, random: Random) -> dict[str, Any]:
    """Somebody else flies, a name is misspelled, or the party grows or shrinks."""
    user = drafts.user_of(view, customer)
    who = reservation.passengers[int(random.random() * len(reservation.passengers))]
    old = {"first_name": who.first_name, "last_name": who.last_name}
    drawn = random.random()
    if drawn < 0.22:
        return {"add": newcomer(view, reservation, random)}
    if drawn < 0.42 and len(reservation.passengers) > 1 and who.first_name != user.name.first_name:
        return {"remove": old}
    if drawn < 0.62:
        names = [each.name.last_name for each in _others(view, random)]
        married = chosen((name for name in names if name != who.last_name), random) or "Marlowe"
        return {"rename": {"old": old, "new": {**old, "last_name": married}}}
    return {"rename": {"old": old, "new": newcomer(view, reservation, random)}}


def newcomer(view: View, reservation: Reservation, random: Random) -> dict[str, str]:
    """Somebody who is not on the reservation: a grown-up friend with a name and a date of birth."""
    there = {(who.first_name, who.last_name) for who in reservation.passengers}
    for other in _others(view, random):
        name = (other.name.first_name, other.name.last_name)
        if name not in there and drafts.has_adult(view, [other.dob]):
            return {"first_name": name[0], "last_name": name[1], "dob": other.dob}
    return {"first_name": "Robin", "last_name": "Marlowe", "dob": "1990-06-15"}


def _others(view: View, random: Random) -> Iterator[User]:
    keys = view.world.keys("users")
    for _ in range(4):
        other = view.get("users", keys[int(random.random() * len(keys))], User)
        if other is not None:
            yield other


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    yield from edits.of_reservation(view, customer, request.params)
    reservation = drafts.presupposed(view, customer, request.params)
    if reservation is not None and "rename" in request.params:
        for place, who in enumerate(reservation.passengers):
            year = int(who.dob[:4])
            born = replace(who, dob=f"{year - 1 if year > 1950 else year + 1}{who.dob[4:8]}11")
            people = (*reservation.passengers[:place], born, *reservation.passengers[place + 1 :])
            put = ("reservations", reservation.reservation_id, replace(reservation, passengers=people))
            yield Edit(fact=f"{who.first_name} {who.last_name} was born on another day", puts=(put,))


def holds(view: View, customer: str, request: Request) -> bool:
    reservation = drafts.presupposed(view, customer, request.params)
    named = [request.params[slot] for slot in ("remove",) if slot in request.params]
    named += [request.params["rename"]["old"]] if "rename" in request.params else []
    if reservation is None:
        return "reservation_id" in request.params
    return all(len([who for who in reservation.passengers if _is(who, name)]) == 1 for name in named)


PASSENGERS = Recipe(
    name="passengers",
    contradicted=contradicted,
    draft=draft,
    solve=saying_which(solve),
    edits=other_ways,
    holds=holds,
    plainly=plain.by_id,
)
