"""Book a trip again that is on file: between the same places, so many days later or on other days, for the same people.

What stands in the earlier reservation is not said again: it is read there.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from servers.airline import rules
from servers.airline.recipes import book, book_drafts, drafts, edits, repriced
from servers.airline.recipes.agreed_flights import against_flights
from servers.airline.recipes.agreement import contradicted
from servers.airline.recipes.journeys_drafts import day_after
from servers.airline.recipes.journeys_edits import otherwise
from servers.airline.recipes.paying import for_booking
from servers.airline.recipes.reservations import legs, place, reservation_of, saying_which
from servers.airline.recipes.same_trip_drafts import BAGS_TOO, draft
from servers.airline.recipes.search import Journey, Wish, clear, competing, looked_up, price
from servers.airline.records import Cabin, Reservation, Segment
from servers.recipe import Case, Decision, Edit, Recipe, Refusal, Request, Slots
from servers.state import View

_CABINS: tuple[Cabin, ...] = ("economy", "business", "basic_economy")


def solve(case: Case) -> tuple[Decision, ...]:
    before = reservation_of(case)
    if isinstance(before, Refusal):
        return (before,)
    if rule := rules.passengers(len(before.passengers), case.facts):
        return (Refusal(act=rule, rule=rule, stated={"limit": case.facts.max_passengers}),)
    there = wish_there(case.said, before, case.facts)
    if there is None:
        return ()
    found = book.ways(case, there, lambda outbound: wish_back(case.said, before, there, outbound, case.facts))
    if isinstance(found, Refusal):
        return (found,)
    extras = (before.total_baggages, before.insurance) if set(case.said("same")) >= BAGS_TOO else None
    return (book.booking(case, found, before.passengers, for_booking, extras),)


def wish_there(said: Callable[[str], Any], before: Reservation, facts: Any) -> Wish | None:
    """The way there, in the old cabin; None where the customer's words name no day."""
    there, back = legs(before)
    days = said("days") or _later(there, said("later"))
    if not days or not said("flight"):
        return None
    ends = ([place(there[0].origin, facts)], [place(there[-1].destination, facts)])
    return Wish(*ends, days, said("flight"), before.cabin, len(before.passengers), "outbound flight" if back else "")


def wish_back(said: Callable[[str], Any], before: Reservation, there: Wish, _outbound: Journey, facts: Any) -> Wish | None:
    """The way back of a round trip, so many days after its own day, or on the days that were named."""
    back = legs(before)[1]
    if not back:
        return None
    days = said("back_days") or _later(back, said("later"))
    ends = ([place(back[0].origin, facts)], [place(back[-1].destination, facts)])
    return there._replace(origin=ends[0], destination=ends[1], days=days, leg="return flight")


def _later(leg: Sequence[Segment], numbers: Sequence[int] | None) -> list[str]:
    return [day_after(leg[0].date, number) for number in numbers or ()]


def planned(view: View, params: Slots, before: Reservation) -> list[tuple[Wish, list[Journey]]]:
    """The legs as they are looked for on a state, each with all that is found; the way back where there is a way there."""
    there = wish_there(params.get, before, view.facts)
    if there is None:
        return []
    found = looked_up(view, there)
    ranked = competing(there, found)
    back = wish_back(params.get, before, there, ranked[0], view.facts) if ranked else None
    return [(there, found)] if back is None else [(there, found), (back, looked_up(view, back))]


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    params = request.params
    before = drafts.presupposed(view, customer, params)
    yield from edits.exists(view, customer, params)
    if before is None:
        return
    yield from edits.owned(view, customer, before)
    yield from edits.elsewhere(view, customer, before, params)
    if before.user_id != customer or rules.passengers(len(before.passengers), view.facts):
        return
    yield from _booked_otherwise(view, before)
    found = planned(view, params, before)
    for wish, journeys in found:
        yield from otherwise(view, wish, journeys)
    best = [competing(*each)[:1] for each in found]
    if all(best):
        yield from _paid_otherwise(view, customer, params, before, [each[0] for each in best])


def _booked_otherwise(view: View, before: Reservation) -> Iterator[Edit]:
    """It was booked in another cabin, or for somebody born on another day."""
    yield from edits.in_cabin(view, before, *[each for each in _CABINS if each != before.cabin][:1])
    *others, last = before.passengers
    born = replace(last, dob=f"{last.dob[:8]}{int(last.dob[8:]) % 28 + 1:02d}")
    puts = (("reservations", before.reservation_id, replace(before, passengers=(*others, born))),)
    yield Edit(fact=f"{last.first_name} {last.last_name} was born on another day", puts=puts)


def _paid_otherwise(view: View, customer: str, params: Slots, before: Reservation, best: Sequence[Journey]) -> Iterator[Edit]:
    """Its bags, the membership by which they are free, and what pays."""
    user, number = drafts.user_of(view, customer), before.reservation_id
    terms = booked_terms(params, before)
    more = repriced.with_bags(view, before, before.total_baggages + 1) if "bags" not in params else None
    if more is not None:
        yield Edit(fact=f"{number} has one bag more", puts=(("reservations", number, more),))
    yield from book.member(view, user, terms["bags"], before.cabin, len(before.passengers))
    fares = 0
    for each in best:
        fares += price(each, before.cabin)
    yield from book.methods(view, customer, params["payments"], book_drafts.cost(view, user, terms, fares))


def booked_terms(params: Slots, before: Reservation) -> Mapping[str, Any]:
    """What a booking's cost depends on: of the customer's words, and for the rest as it was."""
    same = {"cabin": before.cabin, "passengers": before.passengers}
    return {**same, "bags": before.total_baggages, "insurance": before.insurance, **params}


def holds(view: View, customer: str, request: Request) -> bool:
    """One reservation is meant, there and back where days back are named; one flight fits at most; payments are told apart."""
    params = request.params
    if not drafts.is_meant(view, customer, params) or not book.are_named(drafts.user_of(view, customer), params["payments"]):
        return False
    before = drafts.presupposed(view, customer, params)
    if before is None or before.user_id != customer:
        return True
    if "days" in params and ("back_days" in params) != (before.flight_type == "round_trip"):
        return False
    return all(clear(*each) for each in planned(view, params, before))


def _contradicted(params: Slots, stated: Slots, refused: int = 0) -> str | None:
    """The flights by what the customer said of them: of the earlier trip they may know where it went."""
    mine = {slot: params[slot] for slot in ("bags", "insurance", "payments") if slot in params}
    if wrong := contradicted(mine, {slot: value for slot, value in stated.items() if slot != "flights"}, refused):
        return wrong
    flights = stated.get("flights", ())
    if not flights:
        return "flight"
    trip, days = params.get("trip", {}), [each["day"] for each in flights]
    words = {end: [trip.get(end, {})] for end in ("origin", "destination")}
    words |= {"flight": params["flight"], "days": params.get("days", days)}
    if "back_days" in params or ("days" not in params and flights[0]["origin"] == flights[-1]["destination"]):
        words["back_days"] = params.get("back_days", days)
    wrong = against_flights(words, flights)
    if wrong in ("origin", "destination"):
        return "trip" if "trip" in params else "flight"
    return wrong if wrong in params else "flight" if wrong else None


def plainly(view: View, customer: str, request: Request) -> Sequence[Request]:
    """The same with the reservation's id."""
    before = drafts.presupposed(view, customer, request.params)
    if before is None or "reservation_id" in request.params:
        return ()
    rest = {slot: value for slot, value in request.params.items() if slot not in ("trip", "which")}
    params = {"reservation_id": before.reservation_id, **rest}
    return (Request(recipe=request.recipe, params=params),)


def hurried(_view: View, _customer: str, request: Request) -> Iterator[tuple[str, Request]]:
    """The first day alone, direct flights alone."""
    params = request.params
    for slot in ("later", "days", "back_days"):
        if len(params.get(slot, ())) > 1:
            yield "the first day alone", Request(recipe=request.recipe, params={**params, slot: params[slot][:1]})
    if params["flight"]["stops"] != "direct":
        flight = {**params["flight"], "stops": "direct"}
        yield "direct flights alone", Request(recipe=request.recipe, params={**params, "flight": flight})


SAME_TRIP = Recipe(
    name="same_trip",
    contradicted=_contradicted,
    draft=draft,
    solve=saying_which(solve),
    edits=other_ways,
    holds=holds,
    proposes=lambda _params: ("book",),
    plainly=plainly,
    shortcuts=hurried,
)
