"""Move several reservations to another cabin, each at what it costs there now, all paid by one method."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from servers.airline import rules
from servers.airline.recipes import drafts, edits, trips, trips_edits
from servers.airline.recipes.cabin import CABINS, Priced, bookable, cost, due_for, moved, prices, room
from servers.airline.recipes.paying import difference, named
from servers.airline.recipes.reservations import profile, short
from servers.airline.recipes.trips import heard, numbers
from servers.airline.recipes.trips_plain import hurried, one_by_one
from servers.airline.records import Cabin, Certificate, GiftCard, PaymentMethod, Reservation
from servers.airline.wording import payment as payment_words
from servers.drafting import chosen, revealed
from servers.persons import CreditCard
from servers.recipe import Answer, Case, Decision, Draft, Edit, Recipe, Refusal, Request, Slots, saying
from servers.state import View

TALLY = {"tally": "in all"}
_WANTED: dict[Cabin, int] = {"business": 3, "economy": 2, "basic_economy": 1}
"""How often people want to be in a cabin."""

_SAID = {"seats_left": "full", "flight_available": "closed"}
"""By what slot a rule that forbids a change of the cabin names the flights."""


def solve(case: Case) -> tuple[Decision, ...]:
    cabin: Cabin = case.said("cabin")
    found = trips.trips_of(case)
    if not found:
        return (trips.nothing(case),)
    moving = [each for each in found if each.cabin != cabin]
    if not moving:
        return ()
    listed = trips.listed(found, case.facts, **already_in(found, cabin))
    priced = {each.reservation_id: prices(case, each, cabin) for each in case.order(moving)}
    moving = [each for each in moving if each.reservation_id in priced]
    decided: list[Decision] = list(forbids_room(moving, cabin, priced))
    forbidden = {number for refusal in decided if isinstance(refusal, Refusal) for number in refusal.stated["numbers"]}
    possible = [each for each in moving if each.reservation_id not in forbidden]
    if possible:
        dues = [cost(each, cabin, priced[each.reservation_id]) for each in possible]
        with saying(listed):
            method = payer(case, possible, dues)
        if isinstance(method, Refusal):
            decided.append(method)
        else:
            decided += tally(case, dues)
            decided += [moved(case, each, cabin, due, method) for each, due in zip(possible, dues, strict=True)]
    return trips.opening(listed, decided)


def already_in(found: Sequence[Reservation], cabin: Cabin) -> dict[str, Any]:
    """Those that are in the cabin already, as it is said of them; nothing where there are none."""
    there = [each for each in found if each.cabin == cabin]
    return {"already": numbers(there), "cabin": cabin} if there else {}


def forbids_room(moving: Sequence[Reservation], cabin: Cabin, priced: dict[str, list[Priced]]) -> Iterator[Refusal]:
    """Those of which a flight cannot be booked now, and those of which one has too few seats in the new cabin."""
    against: dict[str, list[tuple[Reservation, list[Any]]]] = {"flight_available": [], "seats_left": []}
    for each in moving:
        rule_of = [(segment, rules.flight(there, cabin, len(each.passengers))) for segment, there in priced[each.reservation_id]]
        broken = next((rule for rule in against if rule in [rule for _, rule in rule_of]), None)
        if broken is not None:
            against[broken].append((each, [segment for segment, rule in rule_of if rule == broken]))
    for rule, those in against.items():
        if those:
            flights = short([segment for _, segments in those for segment in segments])
            stated = {"numbers": numbers([each for each, _ in those]), _SAID[rule]: flights}
            yield Refusal(act=rule, rule=rule, stated={**stated, **({"cabin": cabin} if rule == "seats_left" else {})})


def payer(
    case: Case, possible: Sequence[Reservation], dues: Sequence[int], one: str = "change_payment"
) -> PaymentMethod | Refusal:
    """The one method that pays all of it (and gets back what is less); asked for with what it comes to, as `one` asks for a
    single reservation.
    """
    words = case.said("payment")
    if words is None and len(possible) == 1:
        words = case.ask(one, "payment", reservation_id=possible[0].reservation_id, **difference(dues[0]))
    elif words is None:
        words = case.ask("changes_payment", "payment", numbers=numbers(possible), **difference(trips.sum_of(case, dues)))
    method = named(profile(case).payment_methods, words or "")
    if words is None or method is None:
        return Refusal(act="method_on_file", rule="method_on_file", stated={"payment": words or "payment method"})
    if isinstance(method, Certificate):
        return Refusal(act="change_method", rule="change_method", stated={"payment": payment_words(method)})
    to_pay = [due for due in dues if due > 0]
    if isinstance(method, GiftCard) and not covers(method, dues):
        extra = float(trips.sum_of(case, to_pay))
        short_of = {"payment": payment_words(method), "balance": method.amount, "extra": extra}
        return Refusal(act="balance_covers", rule="balance_covers", stated=short_of)
    return method


def covers(card: GiftCard, dues: Sequence[int]) -> bool:
    """Is there enough on a gift card for all that is to be paid, whatever comes back and when?"""
    needed = 0
    for due in dues:
        needed += max(0, due)
    return card.amount >= needed


def tally(case: Case, dues: Sequence[int]) -> tuple[Answer, ...]:
    """What it comes to in all, where the customer wants to know it and there is more than one part."""
    if case.said("tally") is None or len(dues) < 2:
        return ()
    total = trips.sum_of(case, dues)
    return (Answer(act="in_all", stated={"weighed": len(dues), **difference(total)}, tell=(heard(total),) if total else ()),)


def draft(view: View, customer: str, random: Random) -> Draft | None:
    slots = trips.set_slots(view, customer, random)
    found = trips.coming(view, customer, slots) if slots is not None else []
    cabin = cabin_of(view, found, random)
    if slots is None or cabin is None:
        return None
    user = drafts.user_of(view, customer)
    params: dict[str, Any] = {**slots, "cabin": cabin, "payment": drafts.payer_slot(user, random)}
    possible = possible_in(view, found, cabin)
    rest = {slot: value for slot, value in slots.items() if slot == "since"}
    if rest != slots and len(possible_in(view, trips.coming(view, customer, rest), cabin)) == len(possible):
        return None  # what narrows them down changes nothing
    dues = [due_for(view, each, cabin) for each in possible]
    if isinstance(method := named(user.payment_methods, params["payment"]), GiftCard):
        mixed = min(dues) < 0 < max(dues)
        if mixed or (not covers(method, dues) and random.random() < 0.6):
            params["payment"] = _card(user.payment_methods.values(), random)
    if params["payment"] is None or (len(possible) < 2 and random.random() < 0.5):
        return None
    if random.random() < 0.5:
        return Draft(request=Request(recipe="upgrade_all", params={**params, **TALLY}), opening=(*params, "tally"))
    return Draft(request=Request(recipe="upgrade_all", params=params), opening=revealed(params, {*slots, "cabin"}, random))


def cabin_of(view: View, found: Sequence[Reservation], random: Random) -> Cabin | None:
    """A cabin to which some of the reservations can move, several rather."""
    weights = {each: _WANTED[each] * min(2, len(possible_in(view, found, each))) for each in CABINS}
    return chosen([each for each, weight in weights.items() for _ in range(weight)], random)


def _card(methods: Any, random: Random) -> str | None:
    """A credit card in full words."""
    card = chosen((each for each in methods if isinstance(each, CreditCard)), random)
    return payment_words(card) if card is not None else None


def possible_in(view: View, found: Sequence[Reservation], cabin: Cabin) -> list[Reservation]:
    return [each for each in found if each.cabin != cabin and room(view, each, cabin)]


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    params = request.params
    cabin = params["cabin"]
    found = trips.coming(view, customer, params)
    possible = possible_in(view, found, cabin)
    if not possible:
        return
    yield from trips_edits.joins(view, customer, possible, possible[0])
    for each in possible:
        yield from edits.cancelled(each)
    for each in (each for each in found if each.cabin != cabin):
        for segment in each.flights:
            yield from bookable(view, segment, len(each.passengers))
            if each not in possible:
                yield from edits.seats(view, segment, cabin, len(each.passengers))
    dues = [max(0, due_for(view, each, cabin)) for each in possible]
    yield from trips_edits.paid_otherwise(view, customer, params["payment"], dues)


def holds(view: View, customer: str, request: Request) -> bool:
    """Nobody can be in doubt which reservations are meant."""
    return trips.clear(view, customer, request.params)


def _of_one(trip: Reservation, params: Slots) -> Slots | None:
    """What is asked of one of them."""
    return {slot: params[slot] for slot in ("cabin", "payment")} if trip.cabin != params["cabin"] else None


UPGRADE_ALL = Recipe(
    name="upgrade_all",
    contradicted=trips.contradicted,
    draft=draft,
    solve=solve,
    edits=other_ways,
    holds=holds,
    proposes=lambda _params: ("cabin",),
    plainly=one_by_one("cabin", _of_one),
    shortcuts=hurried,
)
