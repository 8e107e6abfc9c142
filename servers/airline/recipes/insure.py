"""Buy travel insurance for a reservation that is already made: it comes with the booking or not at all."""

from collections.abc import Iterator
from random import Random

from servers.airline import rules
from servers.airline.recipes import drafts, edits, plain
from servers.airline.recipes.agreement import contradicted
from servers.airline.recipes.reservations import reservation_of, saying_which
from servers.drafting import chosen, revealed
from servers.recipe import Answer, Case, Decision, Draft, Edit, Recipe, Refusal, Request
from servers.state import View


def solve(case: Case) -> tuple[Decision, ...]:
    reservation = reservation_of(case)
    if isinstance(reservation, Refusal):
        return (reservation,)
    stated = {"reservation_id": reservation.reservation_id}
    if rule := rules.stands(reservation):
        return (Refusal(act=rule, rule=rule, stated=stated),)
    if reservation.insurance == "yes":
        return (Answer(act="insured", stated=stated, tell=("already",)),)
    return (Refusal(act="insurance_at_booking", rule="insurance_at_booking", stated=stated),)


def draft(view: View, customer: str, random: Random) -> Draft | None:
    if random.random() < 0.5:  # refused almost always: half as often as the rest
        return None
    pool = [each for each in drafts.reservations_of(view, customer) if drafts.coming(view, each)]
    reservation = chosen((each for each in pool if each.insurance == "no" or random.random() < 0.2), random)
    if reservation is None:
        return None
    params = drafts.reservation_slots(view, customer, reservation, random)
    return Draft(request=Request(recipe="insure", params=params), opening=revealed(params, {"trip", "which"}, random))


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    yield from edits.of_reservation(view, customer, request.params)
    reservation = drafts.presupposed(view, customer, request.params)
    if reservation is not None:
        yield from edits.insured(view, reservation)


def holds(view: View, customer: str, request: Request) -> bool:
    return drafts.is_meant(view, customer, request.params)


INSURE = Recipe(
    name="insure",
    contradicted=contradicted,
    draft=draft,
    solve=saying_which(solve),
    edits=other_ways,
    holds=holds,
    plainly=plain.by_id,
)
