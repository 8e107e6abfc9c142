"""Two trips to one place, of which one is too many: the one that was booked later, cost more or has fewer passengers goes."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from servers.airline import rules
from servers.airline.recipes import cancel, drafts, edits, repriced, trips, trips_edits
from servers.airline.recipes.reservations import place
from servers.airline.recipes.totals import paid
from servers.airline.records import Reservation
from servers.airline.wording import moment
from servers.drafting import chosen, revealed
from servers.english import counted, money
from servers.recipe import Case, Choice, Decision, Draft, Edit, Recipe, Request, saying
from servers.state import View

LATER, DEARER, FEWER = "later booking", "more expensive booking", "booking with fewer passengers"
_BY: MappingProxyType[str, Callable[[Reservation], Any]] = MappingProxyType(
    {LATER: lambda each: each.created_at, DEARER: paid, FEWER: lambda each: -len(each.passengers)}
)
"""By what the one that is too many is told from the other: it has more of this."""

_REASONS = ("change of plans", "change of plans", "work")
_MORE = 40


def solve(case: Case) -> tuple[Decision, ...]:
    found = trips.trips_of(case)
    if len(found) < 2:
        return (trips.nothing(case),)
    surplus = case.said("surplus")
    ranked = ranking(found, surplus)
    compared = (_compared(ranked, surplus),)
    with saying(compared):
        return trips.opening(compared, (cancel.decided(case, ranked[0]),))


def ranking(found: Sequence[Reservation], surplus: str) -> list[Reservation]:
    """The one that goes first."""
    return sorted(found, key=_BY[surplus], reverse=True)


def _compared(ranked: Sequence[Reservation], surplus: str) -> Choice:
    words = [f"{each.reservation_id}, {_measured(each, surplus)}" for each in ranked[:3]]
    stated = {"which": surplus, "weighed": len(ranked), "compared": words, "reservation_id": ranked[0].reservation_id}
    return Choice(act="reservation", stated=stated)


def _measured(reservation: Reservation, surplus: str) -> str:
    if surplus == LATER:
        return f"booked on {moment(reservation.created_at)}"
    return f"at {money(paid(reservation))}" if surplus == DEARER else f"for {counted(len(reservation.passengers), 'passenger')}"


def draft(view: View, customer: str, random: Random) -> Draft | None:
    upcoming = [each for each in drafts.reservations_of(view, customer) if drafts.coming(view, each)]
    places = [each.destination for each in upcoming]
    bound = chosen(dict.fromkeys(each for each in places if places.count(each) == 2), random)
    if bound is None:
        return None
    pair = [each for each in upcoming if each.destination == bound]
    surplus = chosen([each for each in _BY if _apart(pair, each)], random)
    if surplus is None or not trips.clear(view, customer, {"bound": place(bound, view.facts)}):
        return None
    goes = ranking(pair, surplus)[0]
    reason = chosen(_REASONS, random) or _REASONS[0]
    if rules.cancel(goes, (), reason, view.facts) is not None and random.random() < 0.65:
        return None
    params = {"bound": place(bound, view.facts), "surplus": surplus, "reason": reason}
    opening = revealed(params, ("bound", "surplus"), random)
    return Draft(request=Request(recipe="duplicate", params=params), opening=opening)


def _apart(pair: Sequence[Reservation], surplus: str) -> bool:
    """Can the two be told apart by this?"""
    return len({_BY[surplus](each) for each in pair}) == len(pair)


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    params = request.params
    pair = ranking(trips.coming(view, customer, params), params["surplus"])
    if len(pair) != 2:
        return
    goes, stays = pair
    yield from cancel.of_terms(view, goes)
    yield from _the_other(view, goes, stays, params["surplus"])
    for one in pair:
        for other in trips_edits.others(view, customer, pair):
            yield edits.swapped(one, other)


def _the_other(view: View, goes: Reservation, stays: Reservation, surplus: str) -> Iterator[Edit]:
    """The one that stays is the one that is too many, and then the other way round."""
    if surplus == LATER:
        later = datetime.fromisoformat(goes.created_at) + timedelta(minutes=4)
        if later.isoformat() < min(view.facts.now, stays.flights[0].date):
            yield trips_edits.put("was booked last", replace(stays, created_at=later.isoformat()))
    elif surplus == DEARER:
        by = (paid(goes) - paid(stays)) // len(stays.passengers) + _MORE
        other = repriced.dearer(view, stays, by)
        yield from [trips_edits.put("cost more", other)] if other is not None else []
    else:
        people = (*goes.passengers, *stays.passengers)
        more = people[: len(stays.passengers) + 1]
        other = repriced.booked(view, goes, passengers=more) if len(set(more)) == len(more) else None
        yield from [trips_edits.put("has more passengers", other)] if other is not None else []


def holds(view: View, customer: str, request: Request) -> bool:
    """There are two such trips, and the words tell them apart."""
    params = request.params
    pair = trips.coming(view, customer, params)
    return trips.clear(view, customer, params) and len(pair) == 2 and _apart(pair, params["surplus"])


def plainly(view: View, customer: str, request: Request) -> Sequence[Request]:
    """The one that is too many, by its id."""
    ranked = ranking(trips.coming(view, customer, request.params), request.params["surplus"])
    reason = {"reason": request.params["reason"]}
    return [Request(recipe="cancel", params={"reservation_id": each.reservation_id, **reason}) for each in ranked[:1]]


DUPLICATE = Recipe(
    name="duplicate",
    contradicted=trips.contradicted,
    draft=draft,
    solve=solve,
    edits=other_ways,
    holds=holds,
    proposes=lambda _params: ("cancel",),
    plainly=plainly,
)
