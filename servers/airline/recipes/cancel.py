"""Cancel a reservation. One of which a flight was flown is for a human agent."""

from collections.abc import Iterator
from random import Random

from servers.airline import rules
from servers.airline.recipes import drafts, edits, plain
from servers.airline.recipes.agreement import contradicted
from servers.airline.recipes.paying import refund_of
from servers.airline.recipes.reservations import flown, reservation_of, route, saying_which, status_of
from servers.airline.records import Reservation
from servers.drafting import chosen, revealed
from servers.english import joined
from servers.recipe import Case, Decision, Draft, Edit, Recipe, Refusal, Request, Transfer, Write
from servers.state import View

CANCELED_FLIGHT, DELAY = "the airline canceled a flight", "delay"
REASONS = ("change of plans", "change of plans", CANCELED_FLIGHT, "found a cheaper flight", "death in the family", "work")


def solve(case: Case) -> tuple[Decision, ...]:
    reservation = reservation_of(case)
    return (reservation,) if isinstance(reservation, Refusal) else (decided(case, reservation),)


def decided(case: Case, reservation: Reservation) -> Decision:
    """What the wish to cancel a reservation comes to. Flights of later days are looked up only where it depends on them."""
    number = {"reservation_id": reservation.reservation_id}
    if rule := rules.stands(reservation):
        return Refusal(act=rule, rule=rule, stated=number)
    if flown(case, reservation):
        summary = f"The customer wants to cancel reservation {reservation.reservation_id}, of which a flight was already flown."
        return Transfer(rule="cancel_flown", tool="transfer_to_human_agents", arguments={"summary": summary})
    reason = case.ask("reason", "reason", **number) or ""
    rule = rules.cancel(reservation, (), reason, case.facts)
    if rule is not None:
        statuses = [status_of(case, segment) for segment in reservation.flights]
        rule = rules.cancel(reservation, statuses, reason, case.facts)
    if rule == "insurance_reason":
        return Refusal(act=rule, rule=rule, stated={**number, "accepted": joined(case.facts.insured_reasons, "or")})
    if rule is not None:
        return Refusal(act=rule, rule=rule, stated={**number, "booked": reservation.created_at, "hours": case.facts.cancel_hours})
    refund = refund_of(case, reservation)
    return Write(
        act="cancel",
        tool="cancel_reservation",
        arguments=number,
        stated={**number, "route": route(reservation, case.facts), **refund},
        told={**number, **refund},
    )


def draft(view: View, customer: str, random: Random) -> Draft | None:
    today = view.facts.now[:10]
    pool = [each for each in drafts.reservations_of(view, customer) if each.flights[-1].date >= today]
    standing = [each for each in pool if each.status is None or random.random() < 0.3]
    reservation = chosen(standing, random)
    if random.random() < 0.04:
        reservation = drafts.somebody_elses(view, customer, random)
    if reservation is None:
        return None
    slots = drafts.reservation_slots(view, customer, reservation, random)
    if random.random() < 0.03 and (number := drafts.misremembered(view, random)):
        slots = {"reservation_id": number}
    params = {**slots, "reason": chosen(reasons(view, reservation, random), random)}
    opening = revealed(params, {"trip", "which"}, random)
    return Draft(request=Request(recipe="cancel", params=params), opening=opening)


def reasons(view: View, reservation: Reservation, random: Random) -> tuple[str, ...]:
    """Why somebody would cancel this: those with insurance mostly for what it covers."""
    if reservation.insurance == "yes" and random.random() < 0.65:
        return tuple(view.facts.insured_reasons)
    return REASONS


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    yield from edits.of_reservation(view, customer, request.params)
    reservation = drafts.presupposed(view, customer, request.params)
    if reservation is not None:
        yield from of_terms(view, reservation)


def of_terms(view: View, reservation: Reservation) -> Iterator[Edit]:
    """What decides whether it may be cancelled: when it was booked, insurance, cabin, how its flights stand."""
    yield from edits.booked(view, reservation)
    yield from edits.insured(view, reservation)
    yield from edits.in_cabin(view, reservation, "business", "economy")
    yield from edits.flights(view, reservation)


def holds(view: View, customer: str, request: Request) -> bool:
    return drafts.is_meant(view, customer, request.params)


CANCEL = Recipe(
    name="cancel",
    contradicted=contradicted,
    draft=draft,
    solve=saying_which(solve),
    edits=other_ways,
    holds=holds,
    plainly=plain.by_id,
)
