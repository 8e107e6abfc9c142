"""Compensation for a flight that was cancelled or is delayed; a delay counts once the reservation is cancelled for it."""

from collections.abc import Iterator
from random import Random
from typing import Any

from msgspec.structs import replace

from servers.airline import pricing, rules
from servers.airline.policy import entitled
from servers.airline.recipes import cancel, drafts, edits
from servers.airline.recipes.agreement import contradicted
from servers.airline.recipes.reservations import NEXT, profile, reservation_of, saying_which, status_of
from servers.airline.records import CANCELLED, DELAYED, Flight, Membership, Reservation, status
from servers.drafting import chosen, revealed
from servers.recipe import Case, Decision, Draft, Edit, Recipe, Refusal, Request, Slots, Transfer, Write
from servers.state import View

OTHER = ("lost bag", "rude staff")
CANCEL = "cancel"
_TIERS: tuple[Membership, ...] = ("regular", "silver", "gold")


def solve(case: Case) -> tuple[Decision, ...]:
    reservation = reservation_of(case)
    if isinstance(reservation, Refusal):
        return (reservation,)
    if case.said("settle") != CANCEL:
        return (_decided(case, reservation, settled=False),)
    first = cancel.decided(case, reservation)
    if isinstance(first, Transfer):
        return (first,)
    return (first, _decided(case, reservation, settled=isinstance(first, Write)))


def _decided(case: Case, reservation: Reservation, *, settled: bool) -> Decision:
    """What the wish for compensation comes to. Flights are looked up only for those who are entitled."""
    user, facts = profile(case), case.facts
    complaint = case.ask("complaint", "complaint") or ""
    number = {"reservation_id": reservation.reservation_id}
    if rule := rules.entitled(user, reservation, facts):
        whom = entitled(facts)
        return Refusal(act=rule, rule=rule, stated={**number, **({"entitled": whom} if whom else {})})
    looked_up = complaint in (CANCELLED, DELAYED)
    statuses = [status_of(case, segment) for segment in reservation.flights] if looked_up else []
    rule = rules.compensation(user, reservation, complaint, statuses, settled, facts)
    if rule == "compensation_reason":
        return Refusal(act=rule, rule=rule, stated={**number, "complaint": complaint})
    if rule is not None:
        return Refusal(act=rule, rule=rule, stated=number)
    amount = pricing.compensation(complaint, len(reservation.passengers), facts)
    certificate = {"certificate": float(amount)}
    return Write(
        act="certificate",
        tool="send_certificate",
        arguments={"user_id": case.customer, "amount": amount},
        stated={**number, **certificate, "complaint": complaint},
        told=certificate,
    )


def draft(view: View, customer: str, random: Random) -> Draft | None:
    found = _trouble(view, customer, random)
    if found is None:
        return None
    reservation, complaint = found
    params: dict[str, Any] = drafts.reservation_slots(view, customer, reservation, random)
    if params.get("which") == NEXT:  # nobody complains of what is still to come in these words
        params = {"reservation_id": reservation.reservation_id}
    params["complaint"] = complaint
    if complaint == DELAYED and reservation.flights[-1].date >= view.facts.now[:10] and random.random() < 0.7:
        covered = cancel.reasons(view, reservation, random)
        params |= {"settle": CANCEL, "reason": cancel.DELAY if covered is cancel.REASONS else chosen(covered, random)}
    opening = revealed(params, set(params) - {"reservation_id", "reason"}, random)
    return Draft(request=Request(recipe="compensation", params=params), opening=opening)


def _trouble(view: View, customer: str, random: Random) -> tuple[Reservation, str] | None:
    """A reservation and what they complain of: mostly a flight that was called off or is late, and mostly entitled ones."""
    user = drafts.user_of(view, customer)
    pool = [each for each in drafts.reservations_of(view, customer) if each.status is None]
    troubled = [(each, found) for each in pool for found in (CANCELLED, DELAYED) if found in _statuses(view, each)]
    if troubled:
        owed = [each for each in troubled if rules.entitled(user, each[0], view.facts) is None]
        return chosen(owed, random) if random.random() < 0.7 else chosen(troubled, random)
    lately = [each for each in pool if view.facts.now[:8] == each.flights[0].date[:8]]
    reservation = chosen(lately, random)
    if reservation is None or random.random() < 0.85:
        return None
    return reservation, chosen((CANCELLED, DELAYED, *OTHER), random) or DELAYED


def _statuses(view: View, reservation: Reservation) -> list[str]:
    found = [(view.get("flights", each.flight_number, Flight), each.date) for each in reservation.flights]
    return [status(flight.dates[day]) for flight, day in found if flight is not None and day in flight.dates]


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    yield from edits.of_reservation(view, customer, request.params)
    reservation = drafts.presupposed(view, customer, request.params)
    if reservation is not None:
        yield from cancel.of_terms(view, reservation)
    user = drafts.user_of(view, customer)
    for tier in _TIERS:
        if tier != user.membership:
            yield Edit(fact=f"is a {tier} member", puts=(("users", customer, replace(user, membership=tier)),))


def holds(view: View, customer: str, request: Request) -> bool:
    return drafts.is_meant(view, customer, request.params)


def proposes(params: Slots) -> tuple[str, ...]:
    return ("cancel", "certificate") if params.get("settle") == CANCEL else ("certificate",)


COMPENSATION = Recipe(
    name="compensation",
    contradicted=contradicted,
    draft=draft,
    solve=saying_which(solve),
    edits=other_ways,
    holds=holds,
    proposes=proposes,
)
