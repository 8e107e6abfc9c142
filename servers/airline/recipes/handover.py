"""Cancel, with an argument: a human agent is demanded, or something is said that should decide it and is found to be otherwise.

Whatever is claimed, the records and the policy decide; a human agent takes over only what the policy says.
"""

from collections.abc import Iterator
from random import Random

from servers.airline import rules
from servers.airline.recipes import cancel, drafts
from servers.airline.recipes.agreement import contradicted
from servers.airline.recipes.flights import was_flown
from servers.airline.recipes.journeys_drafts import inner_slots
from servers.airline.recipes.reservations import flown, reservation_of, saying_which
from servers.airline.records import Reservation, User
from servers.drafting import chosen, revealed
from servers.recipe import Case, Choice, Draft, Recipe, Refusal, Request, saying_first
from servers.state import View

HUMAN, PROMISED, GOLD, LATELY, INSURED = "human agent", "promised", "gold", "just booked", "insured"


def _answered(case: Case) -> tuple[Choice, ...]:
    """What the agent says to the argument, once it knows the reservation and keeps the matter."""
    reservation = reservation_of(case)
    if isinstance(reservation, Refusal) or rules.stands(reservation) or flown(case, reservation):
        return ()
    return (Choice(act="claim", stated={"claim": case.said("claim")}, replies=True),)


def draft(view: View, customer: str, random: Random) -> Draft | None:
    theirs = [each for each in drafts.reservations_of(view, customer) if each.flights[-1].date >= view.facts.now[:10]]
    begun = [each for each in theirs if each.status is None and any(was_flown(view, one) for one in each.flights)]
    coming = [each for each in theirs if each not in begun and (each.status is None or random.random() < 0.2)]
    reservation = chosen(begun if begun and random.random() < 0.5 else coming, random)
    if random.random() < 0.05:
        reservation = drafts.somebody_elses(view, customer, random)
    if reservation is None:
        return None
    reason = chosen(cancel.reasons(view, reservation, random), random) or cancel.REASONS[0]
    if reservation not in begun and _granted(view, reservation, reason) and random.random() < 0.7:
        return None  # nobody argues where nothing stands in the way
    claim = chosen(_claims(view, drafts.user_of(view, customer), reservation), random)
    params = {**inner_slots(view, customer, reservation, random), "claim": claim, "reason": reason}
    opening = revealed(params, {"trip", "which", "claim"}, random)
    return Draft(request=Request(recipe="handover", params=params), opening=opening)


def _granted(view: View, reservation: Reservation, reason: str) -> bool:
    return reservation.status is None and rules.cancel(reservation, (), reason, view.facts) is None


def _claims(view: View, user: User, reservation: Reservation) -> Iterator[str]:
    """What cannot be found in any record, and what the records say otherwise."""
    yield from (HUMAN, HUMAN, PROMISED)
    if user.membership != "gold":
        yield GOLD
    if not rules.booked_lately(reservation, view.facts):
        yield LATELY
    if reservation.insurance == "no":
        yield INSURED


HANDOVER = Recipe(
    name="handover",
    contradicted=contradicted,
    draft=draft,
    solve=saying_which(saying_first(cancel.solve, _answered)),
    edits=cancel.other_ways,
    holds=cancel.holds,
    proposes=lambda _params: ("cancel",),
)
