"""Somebody else flies in a passenger's place, whose date of birth the airline has: saved in the profile, or on another trip."""

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import msgspec
from msgspec.structs import replace

from servers.airline import rules
from servers.airline.recipes import drafts, edits
from servers.airline.recipes.agreement import contradicted
from servers.airline.recipes.journeys_drafts import inner_slots
from servers.airline.recipes.passengers import newcomer
from servers.airline.recipes.reservations import profile, reservation_of, saying_which
from servers.airline.records import Passenger, Reservation, User
from servers.drafting import chosen, revealed
from servers.recipe import Case, Comparison, Decision, Draft, Edit, Recipe, Refusal, Request, Slots, Write
from servers.state import View

ME = "me"
Name = Mapping[str, str]


def solve(case: Case) -> tuple[Decision, ...]:
    reservation = reservation_of(case)
    if isinstance(reservation, Refusal):
        return (reservation,)
    number = {"reservation_id": reservation.reservation_id}
    if rule := rules.stands(reservation):
        return (Refusal(act=rule, rule=rule, stated=number),)
    user, swap = profile(case), case.said("stand_in")
    old = _full_name(user, swap["old"]) if swap else {}
    place = next((place for place, who in enumerate(reservation.passengers) if swap and is_named(who, old)), None)
    if place is None:
        return ()
    new = _on_file(case, user, swap["new"])
    if new is None:
        return ()
    now = reservation.passengers
    people = [msgspec.to_builtins(each) for each in (*now[:place], new, *now[place + 1 :])]
    stated = {**number, "passengers": people}
    return (Write(act="passengers", tool="update_reservation_passengers", arguments=stated, stated=stated, told=stated),)


def _on_file(case: Case, user: User, name: Name) -> Passenger | None:
    """Somebody by name: saved in the profile, or a passenger of one of the reservations, which are read until one has them;
    otherwise as the customer tells it.
    """
    saved = next((each for each in user.saved_passengers if is_named(each, name)), None)
    if saved is not None:
        return saved
    question = f"The date of birth of {name['first_name']} {name['last_name']}"
    read: list[tuple[str, str]] = []
    numbers = case.order(user.reservations)
    for place, number in enumerate(numbers):
        case.note(Comparison(question=question, candidates=tuple(read), unread=tuple(numbers[place:])))
        reservation = case.read("get_reservation_details", reservation_id=number)
        people = reservation.passengers if isinstance(reservation, Reservation) else ()
        found = next((each for each in people if is_named(each, name)), None)
        if found is not None:
            return found
        read.append((number, "not a passenger"))
    dob = case.ask("birthday", "dob", person=dict(name))
    return Passenger(first_name=name["first_name"], last_name=name["last_name"], dob=dob) if dob else None


def is_named(who: Passenger, name: Name) -> bool:
    """Is it somebody of that name?"""
    return bool(name) and (who.first_name, who.last_name) == (name["first_name"], name["last_name"])


def _full_name(user: User, who: Name | str) -> Name:
    return {"first_name": user.name.first_name, "last_name": user.name.last_name} if isinstance(who, str) else who


def draft(view: View, customer: str, random: Random) -> Draft | None:
    drawn = random.random()
    pool = [each for each in drafts.reservations_of(view, customer) if each.flights[0].date > view.facts.now[:10]]
    reservation = chosen((each for each in pool if each.status is None or random.random() < 0.6), random)
    slots: dict[str, Any] | None = None
    if drawn < 0.09:
        reservation = drafts.somebody_elses(view, customer, random)
    elif drawn < 0.13 and (number := drafts.misremembered(view, random)):
        slots = {"reservation_id": number}
    if reservation is None:
        return None
    new = _stand_in(view, customer, reservation, random)
    if new is None:
        return None
    user = drafts.user_of(view, customer)
    out = chosen((each for each in reservation.passengers if _leaves_adult(view, reservation, each, new)), random)
    if out is None:
        return None
    old: Any = ME if is_named(out, _full_name(user, ME)) else {"first_name": out.first_name, "last_name": out.last_name}
    params = slots or inner_slots(view, customer, reservation, random)
    params |= {"stand_in": {"old": old, "new": {"first_name": new.first_name, "last_name": new.last_name}}}
    if not _known(view, customer, new):
        params["dob"] = new.dob
    opening = revealed(params, set(params) - {"reservation_id", "dob"}, random)
    return Draft(request=Request(recipe="third_party", params=params), opening=tuple(slot for slot in opening if slot != "dob"))


def _leaves_adult(view: View, reservation: Reservation, out: Passenger, new: Passenger) -> bool:
    return drafts.has_adult(view, (each.dob for each in (*reservation.passengers, new) if each is not out))


def _stand_in(view: View, customer: str, reservation: Reservation, random: Random) -> Passenger | None:
    """Somebody who is not on the reservation: mostly one who flew on another trip, else one who is saved, or a stranger."""
    saved = drafts.user_of(view, customer).saved_passengers
    flew = [who for each in drafts.reservations_of(view, customer) for who in each.passengers if who not in saved]
    drawn = random.random()
    pools = [flew, saved] if drawn < 0.7 else [saved, flew] if drawn < 0.9 else []
    own = _full_name(drafts.user_of(view, customer), ME)
    for pool in pools:
        names = {(each.first_name, each.last_name) for each in reservation.passengers}
        free = [each for each in pool if (each.first_name, each.last_name) not in names and not is_named(each, own)]
        if free:
            return chosen(free, random)
    if drawn < 0.6:
        return None
    stranger = newcomer(view, reservation, random)
    return Passenger(first_name=stranger["first_name"], last_name=stranger["last_name"], dob=stranger["dob"])


def _known(view: View, customer: str, who: Passenger) -> bool:
    people = [*drafts.user_of(view, customer).saved_passengers]
    for each in drafts.reservations_of(view, customer):
        people += each.passengers
    return any((each.first_name, each.last_name) == (who.first_name, who.last_name) for each in people)


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    params = request.params
    yield from edits.of_reservation(view, customer, params)
    reservation = drafts.presupposed(view, customer, params)
    if reservation is None or reservation.user_id != customer:
        return
    user, new = drafts.user_of(view, customer), params["stand_in"]["new"]
    saved = [_younger(each) if is_named(each, new) else each for each in user.saved_passengers]
    if tuple(saved) != user.saved_passengers:
        fact = f"{new['first_name']} is saved with another date of birth"
        yield Edit(fact=fact, puts=(("users", customer, replace(user, saved_passengers=tuple(saved))),))
        return
    yield from _elsewhere(view, customer, reservation, new)


def _elsewhere(view: View, customer: str, reservation: Reservation, new: Name) -> Iterator[Edit]:
    """They flew on another trip than they did, or on one at all, born on another day."""
    theirs = drafts.reservations_of(view, customer)
    having = [each for each in theirs if any(is_named(who, new) for who in each.passengers)]
    someone = next((who for each in having for who in each.passengers if is_named(who, new)), None)
    person = (
        _younger(someone) if someone else Passenger(first_name=new["first_name"], last_name=new["last_name"], dob="1985-03-09")
    )
    without = [_replaced(each, new, Passenger(first_name="Robin", last_name="Marlowe", dob="1990-06-15")) for each in having]
    for other in theirs:
        if other.reservation_id != reservation.reservation_id:
            flew = replace(other, passengers=(*other.passengers[:-1], person))
            others = [each for each in without if each.reservation_id != other.reservation_id]
            puts = tuple(("reservations", each.reservation_id, each) for each in (*others, flew))
            yield Edit(fact=f"{person.first_name} flew on {other.reservation_id}", puts=puts)


def _replaced(reservation: Reservation, name: Name, by: Passenger) -> Reservation:
    people = tuple(by if is_named(each, name) else each for each in reservation.passengers)
    return replace(reservation, passengers=people)


def _younger(who: Passenger) -> Passenger:
    year = int(who.dob[:4])
    return replace(who, dob=f"{year - 1 if year > 1950 else year + 1}{who.dob[4:8]}11")


def holds(view: View, customer: str, request: Request) -> bool:
    """One reservation is meant, with whom they name on it once and the new one not; who is on file is there under one date."""
    params = request.params
    reservation = drafts.presupposed(view, customer, params)
    if reservation is None or reservation.user_id != customer:
        return "reservation_id" in params
    user, swap = drafts.user_of(view, customer), params["stand_in"]
    people = [*user.saved_passengers]
    for each in drafts.reservations_of(view, customer):
        people += each.passengers
    born = {each.dob for each in people if is_named(each, swap["new"])}
    if len(born) > 1 or (not born and "dob" not in params):
        return False
    there = [who for who in reservation.passengers if is_named(who, _full_name(user, swap["old"]))]
    return len(there) == 1 and not any(is_named(who, swap["new"]) for who in reservation.passengers)


def _contradicted(params: Slots, stated: Slots, refused: int = 0) -> str | None:
    """Whom they named is there, and whoever gives up the seat is not."""
    people, swap = stated.get("passengers", ()), params["stand_in"]
    there = any(swap["new"].items() <= each.items() for each in people)
    gone = isinstance(swap["old"], str) or not any(swap["old"].items() <= each.items() for each in people)
    if "passengers" in stated and not (there and gone):
        return "stand_in"
    return contradicted(params, {slot: value for slot, value in stated.items() if slot != "passengers"}, refused)


def plainly(view: View, customer: str, request: Request) -> tuple[Request, ...]:
    """The new passenger with a date of birth, on the reservation by its id."""
    reservation = drafts.presupposed(view, customer, request.params)
    if reservation is None or reservation.user_id != customer:
        return ()
    user, swap = drafts.user_of(view, customer), request.params["stand_in"]
    people = [*user.saved_passengers, *(who for each in drafts.reservations_of(view, customer) for who in each.passengers)]
    dob = next((each.dob for each in people if is_named(each, swap["new"])), request.params.get("dob"))
    rename = {"old": dict(_full_name(user, swap["old"])), "new": {**swap["new"], "dob": dob}}
    return (Request(recipe="passengers", params={"reservation_id": reservation.reservation_id, "rename": rename}),)


THIRD_PARTY = Recipe(
    name="third_party",
    contradicted=_contradicted,
    draft=draft,
    solve=saying_which(solve),
    edits=other_ways,
    holds=holds,
    proposes=lambda _params: ("passengers",),
    plainly=plainly,
)
