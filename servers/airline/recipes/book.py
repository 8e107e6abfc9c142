"""Book a new reservation: who flies in which cabin, the flights there and back, bags and insurance, who pays."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec
from msgspec.structs import replace

from servers.airline import pricing, rules
from servers.airline.facts import AirlineFacts
from servers.airline.recipes import drafts, edits, plain
from servers.airline.recipes.agreement import contradicted
from servers.airline.recipes.book_drafts import cost, draft, passengers_of
from servers.airline.recipes.journeys_edits import otherwise
from servers.airline.recipes.paying import for_booking, named, paid_part
from servers.airline.recipes.reservations import place, profile
from servers.airline.recipes.search import Journey, Wish, chose, clear, competing, journey_of, looked_up, price, stated
from servers.airline.records import Cabin, Certificate, Membership, Passenger, PaymentMethod, User
from servers.airline.wording import payment as payment_words
from servers.recipe import Case, Decision, Edit, Recipe, Refusal, Request, Write, saying
from servers.state import View

_TIERS: tuple[Membership, ...] = ("regular", "silver", "gold")

Pay = Callable[..., list[tuple[int, PaymentMethod]] | Refusal]
"""Finds out, for a case and a total, who pays how much."""

Legs = Sequence[tuple[Wish, Sequence[Journey]]]
"""What was looked for, one way or there and back, each with the journeys that compete, the best first."""


def solve(case: Case) -> tuple[Decision, ...]:
    return decided(case, for_booking)


def decided(case: Case, pay: Pay) -> tuple[Decision, ...]:
    """The booking that was asked for, paid as `pay` finds out."""
    cabin, who = both(case, "travelers", "cabin", "passengers")
    if cabin is None or not who:
        return ()
    if rule := rules.passengers(len(who), case.facts):
        return (Refusal(act=rule, rule=rule, stated={"limit": case.facts.max_passengers}),)
    user = profile(case)
    people = passengers_of(user, who)
    if people is None or not all(case.said(slot) for slot in ("origin", "destination", "days", "flight")):
        return ()
    there = _there(case.said, cabin, len(people))
    days = case.said("back_days")
    legs = ways(case, there, lambda outbound: _back(there, outbound, days, case.facts) if days else None)
    return (legs,) if isinstance(legs, Refusal) else (booking(case, legs, people, pay),)


def ways(case: Case, there: Wish, back: Callable[[Journey], Wish | None]) -> Legs | Refusal:
    """The way there and, where there is one, the way back: it depends on the airports of the way there."""
    ranked = journey_of(case, there)
    if isinstance(ranked, Refusal):
        return ranked
    returning = back(ranked[0])
    if returning is None:
        return [(there, ranked)]
    returns = journey_of(case, returning)
    return returns if isinstance(returns, Refusal) else [(there, ranked), (returning, returns)]


def booking(
    case: Case, legs: Legs, people: Sequence[Passenger], pay: Pay, extras: tuple[int, str] | None = None
) -> Write | Refusal:
    """The booking of the best journeys; `extras` are bags and insurance where they need not be asked for."""
    compared = tuple(choice for wish, ranked in legs for choice in chose(wish, ranked))
    with saying(compared):
        bags, insurance = extras or both(case, "extras", "bags", "insurance")
        journeys = [ranked[0] for _, ranked in legs]
        decision = _paid(case, legs[0][0].cabin, people, journeys, (bags or 0, insurance or "no"), pay)
    return replace(decision, chose=compared)


def both(case: Case, question: str, *slots: str) -> tuple[Any, ...]:
    """What was said for all of the slots; one question names all, or the one that is missing. None for what is not known."""
    missing = [slot for slot in slots if case.said(slot) is None]
    if missing:
        case.ask(question if len(missing) == len(slots) else missing[0], *missing)
    return tuple(case.said(slot) for slot in slots)


def _there(said: Callable[[str], Any], cabin: Cabin, seats: int) -> Wish:
    leg = "outbound flight" if said("back_days") else ""
    return Wish(said("origin"), said("destination"), said("days"), said("flight"), cabin, seats, leg)


def _back(there: Wish, outbound: Journey, days: Sequence[str], facts: AirlineFacts) -> Wish:
    """The way back between the airports that were chosen for the way there, by the same words."""
    start, end = outbound.flights[-1].destination, outbound.flights[0].origin
    return there._replace(origin=[place(start, facts)], destination=[place(end, facts)], days=days, leg="return flight")


def _paid(
    case: Case,
    cabin: Cabin,
    people: Sequence[Passenger],
    chosen: Sequence[Journey],
    extras: tuple[int, str],
    pay: Pay,
) -> Write | Refusal:
    """The booking, once it is known what it costs and who pays."""
    (bags, insurance), facts = extras, case.facts
    paid_bags = pricing.paid_bags(bags, profile(case).membership, cabin, len(people), facts)
    fares = [price(journey, cabin) for journey in chosen]
    total = pricing.booking(fares, len(people), insurance == "yes", paid_bags, facts)
    flights = [flight for journey in chosen for flight in stated(journey, facts)]
    parts = pay(case, total, flights=flights)
    if isinstance(parts, Refusal):
        return parts
    travelers = [msgspec.to_builtins(each) for each in people]
    arguments = {
        "passengers": travelers,
        "payment_methods": [{"payment_id": method.id, "amount": amount} for amount, method in parts],
        "total_baggages": bags,
        "nonfree_baggages": paid_bags,
        "insurance": insurance,
    }
    says = {
        "flights": flights,
        "cabin": cabin,
        "passengers": travelers,
        "bags": {"total": bags, "paid": paid_bags},
        "insurance": insurance,
        "payments": [paid_part(amount, method) for amount, method in parts],
        "total": float(total),
    }
    return Write(
        act="book",
        tool="book_reservation",
        arguments={"user_id": case.customer, **_route(chosen, cabin), **arguments},
        stated=says,
        told={"total": float(total)},
        echoes=("reservation_id",),
    )


def _route(chosen: Sequence[Journey], cabin: Cabin) -> dict[str, Any]:
    """Where the journeys go, as the tool wants to know it."""
    return {
        "origin": chosen[0].flights[0].origin,
        "destination": chosen[0].flights[-1].destination,
        "flight_type": "round_trip" if len(chosen) > 1 else "one_way",
        "cabin": cabin,
        "flights": [{"flight_number": number, "date": day} for journey in chosen for number, day in journey.named()],
    }


def planned(view: View, params: Mapping[str, Any]) -> list[tuple[Wish, list[Journey]]]:
    """The legs as they are looked for on a state, each with all that is found; the way back where there is a way there."""
    there = _there(params.get, params["cabin"], len(params["passengers"]))
    found = looked_up(view, there)
    ranked = competing(there, found)
    if "back_days" not in params or not ranked:
        return [(there, found)]
    back = _back(there, ranked[0], params["back_days"], view.facts)
    return [(there, found), (back, looked_up(view, back))]


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    params = request.params
    if rules.passengers(len(params["passengers"]), view.facts):
        return
    fares, legs = 0, planned(view, params)
    for wish, found in legs:
        yield from otherwise(view, wish, found)
        for best in competing(wish, found)[:1]:
            fares += price(best, wish.cabin)
    user = drafts.user_of(view, customer)
    yield from _born(user, params["passengers"])
    if all(competing(wish, found) for wish, found in legs):
        yield from member(view, user, params["bags"], params["cabin"], len(params["passengers"]))
        yield from methods(view, customer, params.get("payments", ()), cost(view, user, params, fares))


def _born(user: User, who: Sequence[Any]) -> Iterator[Edit]:
    """Somebody who flies, and whose date of birth was not said, was born on another day."""
    if "me" in who:
        own = (("users", user.user_id, replace(user, dob=_another_day(user.dob))),)
        yield Edit(fact="the customer was born on another day", puts=own)
    named_only = [each for each in who if each != "me" and "dob" not in each]
    for saved in user.saved_passengers:
        if any(_is(saved, each) for each in named_only):
            other = replace(saved, dob=_another_day(saved.dob))
            people = tuple(other if each is saved else each for each in user.saved_passengers)
            puts = (("users", user.user_id, replace(user, saved_passengers=people)),)
            yield Edit(fact=f"{saved.first_name} {saved.last_name} was born on another day", puts=puts)
            return


def _is(saved: Passenger, said: Mapping[str, str]) -> bool:
    return (saved.first_name, saved.last_name) == (said["first_name"], said["last_name"])


def _another_day(dob: str) -> str:
    return f"{dob[:8]}{int(dob[8:]) % 28 + 1:02d}"


def member(view: View, user: User, bags: int, cabin: Cabin, passengers: int) -> Iterator[Edit]:
    """Another membership, by which another number of the bags is free."""
    now = pricing.paid_bags(bags, user.membership, cabin, passengers, view.facts)
    for tier in _TIERS:
        if pricing.paid_bags(bags, tier, cabin, passengers, view.facts) != now:
            yield Edit(fact=f"the customer is {tier}", puts=(("users", user.user_id, replace(user, membership=tier)),))
            return


def methods(view: View, customer: str, payments: Sequence[str], total: int) -> Iterator[Edit]:
    """The methods with which the customer wants to pay hold another amount, have another id, or are not on file."""
    user = drafts.user_of(view, customer)
    for words in payments:
        method = named(user.payment_methods, words)
        if method is None:
            yield from edits.filed(view, customer, words)
        else:
            yield from edits.refiled(view, customer, method.id)
            yield from edits.balance(view, customer, method.id, total)
    gone = next((each for each in _unused(view, user, payments) if len(payments) > 1 or isinstance(each, Certificate)), None)
    if gone is not None:
        yield _gone(user, gone)


def _unused(view: View, user: User, payments: Sequence[str]) -> Iterator[PaymentMethod]:
    """The methods with which the customer wants to pay and has paid for none of their reservations, the last one first."""
    paid = {line.payment_id for each in drafts.reservations_of(view, user.user_id) for line in each.payment_history}
    for words in reversed(payments):
        method = named(user.payment_methods, words)
        if method is not None and method.id not in paid:
            yield method


def _gone(user: User, method: PaymentMethod) -> Edit:
    left = {key: each for key, each in user.payment_methods.items() if key != method.id}
    puts = (("users", user.user_id, replace(user, payment_methods=left)),)
    return Edit(fact=f"{method.id} is not on file", puts=puts)


def holds(view: View, customer: str, request: Request) -> bool:
    """Everybody is known, no two payment methods fit the same words, and the flight that is described is one at most."""
    params, user = request.params, drafts.user_of(view, customer)
    if passengers_of(user, params["passengers"]) is None:
        return False
    if not are_named(user, params.get("payments", ())):
        return False
    if rules.passengers(len(params["passengers"]), view.facts):
        return True
    return all(clear(wish, found) for wish, found in planned(view, params))


def are_named(user: User, payments: Sequence[str]) -> bool:
    """Do no two payment methods fit the same words?"""
    methods = [payment_words(each).casefold() for each in user.payment_methods.values()]
    return not any(sum(words.casefold() in each for each in methods) > 1 for words in payments)


BOOK = Recipe(
    name="book",
    contradicted=contradicted,
    draft=draft,
    solve=solve,
    edits=other_ways,
    holds=holds,
    plainly=partial(plain.booked, planned),
)
