"""Several coming reservations at once: which of them a customer means, found by reading all of theirs.

What narrows them down: where they go (`bound`), who is on them (`flyer`), their insurance, the day from which they
leave (`since`), or where they do not go (`spared`). Without any of these all that begin on a later day are meant.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from msgspec.structs import replace

from servers.airline.facts import AirlineFacts
from servers.airline.recipes import agreement, drafts
from servers.airline.recipes.journeys_drafts import day_after
from servers.airline.recipes.reservations import place, profile
from servers.airline.records import Reservation
from servers.airline.wording import airport, cities
from servers.airline.wording import day as day_words
from servers.drafting import chosen
from servers.recipe import Case, Choice, Comparison, Decision, Refusal, Slots
from servers.state import View

SET = ("bound", "flyer", "insurance", "since", "spared")
"""The slots that say which reservations are meant."""

_QUESTION = "Which reservations are meant"

Said = Callable[[str], Any]


def trips_of(case: Case) -> list[Reservation]:
    """The reservations that are meant, the first to leave first. All of the customer's are read."""
    found: list[Reservation] = []
    rows: list[tuple[str, str]] = []
    numbers = case.order(profile(case).reservations)
    for number_read, number in enumerate(numbers):
        case.note(Comparison(question=_QUESTION, candidates=tuple(rows), unread=tuple(numbers[number_read:])))
        reservation = case.read("get_reservation_details", reservation_id=number)
        if isinstance(reservation, Reservation):
            fits = meant(reservation, case.said, case.facts)
            rows.append((number, f"{leaving(reservation, case.facts)}, {'one of them' if fits else 'not one of them'}"))
            found += [reservation] if fits else []
    case.note(Comparison(question=_QUESTION, candidates=tuple(rows)))
    return sorted(found, key=lambda each: (each.flights[0].date, each.reservation_id))


def meant(reservation: Reservation, said: Said, facts: AirlineFacts) -> bool:
    """Is a reservation still to come, and one of those of which the customer speaks?"""
    first = reservation.flights[0].date
    if reservation.status is not None or first <= facts.now[:10]:
        return False
    return _named(reservation, said) and first >= (said("since") or first)


def _named(reservation: Reservation, said: Said) -> bool:
    """Do the customer's words fit it, whenever it is flown?"""
    bound, spared, flyer = said("bound"), said("spared"), said("flyer")
    if bound is not None and reservation.destination != bound["iata"]:
        return False
    if spared is not None and reservation.destination == spared["iata"]:
        return False
    if flyer is not None and not any(_is(each, flyer) for each in reservation.passengers):
        return False
    return said("insurance") is None or reservation.insurance == said("insurance")


def _is(passenger: Any, flyer: Slots) -> bool:
    return (passenger.first_name, passenger.last_name) == (flyer["first_name"], flyer["last_name"])


def words_of(case: Case) -> dict[str, Any]:
    """The slots that say which reservations are meant, as the customer said them."""
    return {slot: case.said(slot) for slot in SET if case.said(slot) is not None}


def nothing(case: Case) -> Refusal:
    """There is no such reservation."""
    return Refusal(act="reservation_exists", rule="reservation_exists", stated=words_of(case))


def listed(trips: Sequence[Reservation], facts: AirlineFacts, **already: Any) -> tuple[Choice, ...]:
    """Which reservations were found, said before anything is done with them; of a single one its own sentences tell."""
    if len(trips) < 2:
        return ()
    return (Choice(act="trips", stated={"weighed": len(trips), "trips": [stop(each, facts) for each in trips], **already}),)


def opening(choices: Sequence[Choice], decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """The decisions, after what was found."""
    if not decisions:
        return ()
    return (replace(decisions[0], chose=(*choices, *decisions[0].chose)), *decisions[1:])


def stop(reservation: Reservation, facts: AirlineFacts) -> dict[str, Any]:
    """A reservation as it stands in a list: where it goes and when."""
    return {
        "reservation_id": reservation.reservation_id,
        "destination": place(reservation.destination, facts),
        "day": reservation.flights[0].date,
    }


def leaving(reservation: Reservation, facts: AirlineFacts) -> str:
    """'to Boston (BOS) on May 25', for a worksheet."""
    canceled = "canceled, " if reservation.status else ""
    return f"{canceled}to {airport(reservation.destination, cities(facts.airports))} on {day_words(reservation.flights[0].date)}"


def numbers(trips: Sequence[Reservation]) -> list[str]:
    """Their ids."""
    return [each.reservation_id for each in trips]


def sum_of(case: Case, amounts: Sequence[float]) -> float:
    """Dollars added up, by the calculator where there are several."""
    cents = 0
    for amount in amounts:
        cents += round(amount * 100)
    parts = [amount for amount in amounts if amount]
    if len(parts) > 1:
        signed = " ".join(f"{'+' if amount > 0 else '-'} {heard(amount)}" for amount in parts)
        case.read("calculate", expression=signed[2:] if signed.startswith("+") else f"-{signed[2:]}")
    return cents / 100


def heard(amount: float) -> str:
    """What must be heard of an amount: nobody needs to say the cents where there are none."""
    return f"{abs(amount):.2f}".removesuffix(".00")


def contradicted(params: Slots, stated: Slots, refused: int = 0) -> str | None:
    """Goes what an agent states against the customer's words? Who is on a reservation and how it is insured is not stated."""
    end = stated["route"]["destination"] if "route" in stated else None
    if end is not None and params.get("bound", end) != end:
        return "bound"
    if end is not None and params.get("spared") == end:
        return "spared"
    return agreement.contradicted({slot: said for slot, said in params.items() if slot not in SET}, stated, refused)


def coming(view: View, customer: str, params: Slots) -> list[Reservation]:
    """The reservations that are meant on a state, the first to leave first."""
    found = [each for each in drafts.reservations_of(view, customer) if meant(each, params.get, view.facts)]
    return sorted(found, key=lambda each: (each.flights[0].date, each.reservation_id))


def clear(view: View, customer: str, params: Slots) -> bool:
    """Would everybody call the same reservations upcoming: is none of them under way, where no day was said?"""
    today = view.facts.now[:10]
    if "since" in params:
        return True
    standing = (each for each in drafts.reservations_of(view, customer) if each.status is None)
    return not any(each.flights[0].date <= today <= each.flights[-1].date and _named(each, params.get) for each in standing)


def set_slots(view: View, customer: str, random: Random) -> dict[str, Any] | None:
    """Some of the customer's coming reservations in words: rather many of them, and now and then none at all."""
    theirs = drafts.reservations_of(view, customer)
    upcoming = [each for each in theirs if drafts.coming(view, each)]
    if len(upcoming) < 2 or random.random() > len(theirs) / 8:
        return None
    options: list[dict[str, Any]] = [{}, {}, {"insurance": "yes"}]
    options += [{"bound": place(each.destination, view.facts)} for each in upcoming if _again(each, upcoming)]
    options += [{"flyer": each} for each in _companions(view, customer, upcoming)]
    options += [{"spared": place(each.destination, view.facts)} for each in upcoming]
    slots = dict(chosen(options, random) or {})
    canceled = chosen((each for each in theirs if _believed(view, each, upcoming)), random)
    if canceled is not None and random.random() < 0.12:
        slots = {"bound": place(canceled.destination, view.facts)}
    elif not any(meant(each, slots.get, view.facts) for each in upcoming):
        return None
    days = [each.flights[0].date for each in upcoming]
    if "spared" not in slots and ("bound" not in slots) and (random.random() < 0.2 or not clear(view, customer, slots)):
        slots["since"] = chosen((min(days), day_after(view.facts.now[:10], 1), *sorted(days)[1:-1]), random)
    return slots if clear(view, customer, slots) else None


def _believed(view: View, reservation: Reservation, upcoming: Sequence[Reservation]) -> bool:
    """Was it canceled, and is the only one that would go there?"""
    ahead = reservation.status is not None and reservation.flights[0].date > view.facts.now[:10]
    return ahead and reservation.destination not in [each.destination for each in upcoming]


def _again(reservation: Reservation, upcoming: Sequence[Reservation]) -> bool:
    """Does another one go to the same place?"""
    return [each.destination for each in upcoming].count(reservation.destination) > 1


def _companions(view: View, customer: str, upcoming: Sequence[Reservation]) -> list[dict[str, str]]:
    """Others than the customer who are on at least two of the reservations, and not on all."""
    user = drafts.user_of(view, customer)
    named = [(each.first_name, each.last_name) for trip in upcoming for each in trip.passengers]
    names = [each for each in dict.fromkeys(named) if each != (user.name.first_name, user.name.last_name)]
    return [{"first_name": first, "last_name": last} for first, last in names if 1 < named.count((first, last)) < len(upcoming)]
