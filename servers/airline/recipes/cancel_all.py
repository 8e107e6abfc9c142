"""Cancel several reservations at once: those that may be are, one after the other; the others are refused with their rule."""

from collections.abc import Iterator, Sequence
from random import Random

from msgspec.structs import replace

from servers.airline import rules
from servers.airline.recipes import edits, trips, trips_edits
from servers.airline.recipes.cancel import REASONS
from servers.airline.recipes.paying import refund_of
from servers.airline.recipes.reservations import route, status_of
from servers.airline.recipes.trips import numbers
from servers.airline.recipes.trips_plain import hurried, one_by_one
from servers.airline.records import CANCELLED, Cancelled, Flight, Reservation, Segment, status
from servers.drafting import chosen, revealed
from servers.english import joined
from servers.recipe import Case, Decision, Draft, Edit, Recipe, Refusal, Request, Slots, Write, saying
from servers.state import View

_RULES = ("cancel_window", "insurance_reason")


def solve(case: Case) -> tuple[Decision, ...]:
    found = trips.trips_of(case)
    if not found:
        return (trips.nothing(case),)
    listed = trips.listed(found, case.facts)
    with saying(listed):
        reason = case.ask("reasons", "reason") or ""
    forbidden = {each.reservation_id: _forbids(case, each, reason) for each in found}
    decided: list[Decision] = []
    for rule in _RULES:
        those = [each for each in found if forbidden[each.reservation_id] == rule]
        decided += [_refused(case, rule, those)] if those else []
    decided += [canceled(case, each) for each in found if forbidden[each.reservation_id] is None]
    return trips.opening(listed, decided)


def _forbids(case: Case, reservation: Reservation, reason: str) -> str | None:
    """The rule against it. Flights are looked up only where it depends on them, until one was canceled by the airline."""
    rule = rules.cancel(reservation, (), reason, case.facts)
    if rule is None:
        return None
    called_off = any(status_of(case, segment) == CANCELLED for segment in reservation.flights)
    return None if called_off else rule


def _refused(case: Case, rule: str, those: Sequence[Reservation]) -> Refusal:
    """Those that one rule forbids, together."""
    accepted = {"accepted": joined(case.facts.insured_reasons, "or")}
    terms = {"hours": case.facts.cancel_hours} if rule == "cancel_window" else accepted
    return Refusal(act=rule, rule=rule, stated={"numbers": numbers(those), **terms})


def canceled(case: Case, reservation: Reservation) -> Write:
    """The cancellation of one of them."""
    number, refund = {"reservation_id": reservation.reservation_id}, refund_of(case, reservation)
    return Write(
        act="cancel",
        tool="cancel_reservation",
        arguments=number,
        stated={**number, "route": route(reservation, case.facts), **refund},
        told={**number, **refund},
    )


def draft(view: View, customer: str, random: Random) -> Draft | None:
    slots = trips.set_slots(view, customer, random)
    if slots is None:
        return None
    covered = view.facts.insured_reasons if random.random() < 0.45 else REASONS
    params = {**slots, "reason": chosen(covered, random) or REASONS[0]}
    found = trips.coming(view, customer, params)
    allowed = [each for each in found if _rule(view, each, params) is None]
    if trips_edits.sample(view, customer, params) is None or random.random() > (0.3, 0.6, 1.0)[min(2, len(allowed))]:
        return None
    return Draft(request=Request(recipe="cancel_all", params=params), opening=revealed(params, slots, random))


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    params = request.params
    found = trips.coming(view, customer, params)
    like = trips_edits.sample(view, customer, params)
    if like is not None:
        yield from trips_edits.joins(view, customer, found, trips_edits.just_booked(view, like))
    for each in found:
        yield from _otherwise(view, each, params)


def _otherwise(view: View, reservation: Reservation, params: Slots) -> Iterator[Edit]:
    """One that is meant was canceled before, or may be canceled where it may not; and how its flights stand where that counts."""
    if _rule(view, reservation, params) is None:
        yield from edits.cancelled(reservation)
    else:
        yield trips_edits.put("was booked just now", trips_edits.just_booked(view, reservation))
    if rules.cancel(reservation, (), params["reason"], view.facts) is None:
        return
    for segment in reservation.flights:
        if _stands(view, segment) == CANCELLED:
            yield from edits.flights(view, replace(reservation, flights=(segment,)))
        else:
            yield edits.on_day(view, segment, Cancelled())


def _rule(view: View, reservation: Reservation, params: Slots) -> str | None:
    """The rule against canceling one, as its flights stand."""
    stands = [_stands(view, each) for each in reservation.flights]
    return rules.cancel(reservation, stands, params["reason"], view.facts)


def _stands(view: View, segment: Segment) -> str:
    flight = view.get("flights", segment.flight_number, Flight)
    return status(flight.dates[segment.date]) if flight is not None and segment.date in flight.dates else ""


def holds(view: View, customer: str, request: Request) -> bool:
    """Nobody can be in doubt which reservations are meant."""
    return trips.clear(view, customer, request.params)


CANCEL_ALL = Recipe(
    name="cancel_all",
    contradicted=trips.contradicted,
    draft=draft,
    solve=solve,
    edits=other_ways,
    holds=holds,
    proposes=lambda _params: ("cancel",),
    plainly=one_by_one("cancel", lambda _trip, params: {"reason": params["reason"]}),
    shortcuts=hurried,
)
