"""What customers of the airline ask for when their first wish is refused: a fallback, in their own words, for each family."""

from collections.abc import Callable, Iterable, Mapping
from random import Random
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from servers.airline.recipes import drafts
from servers.airline.recipes.cabin import CABIN
from servers.airline.recipes.cancel import CANCELED_FLIGHT
from servers.airline.recipes.flights_drafts import wanted_flight
from servers.airline.recipes.passengers import newcomer
from servers.airline.recipes.question import PRICE, STATUS
from servers.airline.records import CANCELLED, Certificate, Reservation
from servers.airline.wording import payment as payment_words
from servers.drafting import chosen, revealed
from servers.recipe import Draft, Recipe, Request
from servers.state import View

Fallback = Callable[[View, str, Request, Random], Draft | None]

REFERENCES = ("reservation_id", "trip", "which")
"""The slots by which a reservation is named."""

_CABINS = ("economy", "business", "basic_economy")


def with_fallbacks(recipes: Iterable[Recipe]) -> tuple[Recipe, ...]:
    """The recipes, each with the fallback of its family where there is one."""
    return tuple(replace(each, instead=FALLBACKS[each.name]) if each.name in FALLBACKS else each for each in recipes)


def of_cancel(view: View, customer: str, request: Request, random: Random) -> Draft | None:
    """Not to be cancelled: fly another day, or let somebody else fly. Not found: another one of theirs."""
    reservation = _own(view, customer, request)
    if reservation is None:
        return _other_reservation(view, customer, request, random)
    if reservation.status is not None or not drafts.coming(view, reservation):
        return None
    if reservation.cabin not in view.facts.fixed_cabins and random.random() < 0.5:
        return _moved(view, customer, reservation, request, random)
    return _renamed(view, reservation, request, random)


def of_flights(view: View, customer: str, request: Request, random: Random) -> Draft | None:
    """The cabin is fixed: another cabin. Nothing to fly on: another day. Not to be paid so: with something else."""
    reservation = _own(view, customer, request)
    if reservation is None or not drafts.coming(view, reservation):
        return None
    if reservation.cabin in view.facts.fixed_cabins:
        return _in_cabin(view, customer, reservation, request, random)
    if "payment" in request.params and random.random() < 0.5:
        return _with_another_method(view, customer, request, random)
    return _moved(view, customer, reservation, request, random)


def of_cabin(view: View, customer: str, request: Request, random: Random) -> Draft | None:
    """Only a part of it: all of it. No room: another cabin. Not to be paid so: with something else."""
    reservation = _own(view, customer, request)
    if reservation is None or not drafts.coming(view, reservation):
        return None
    if "part" in request.params:
        whole = {slot: value for slot, value in request.params.items() if slot != "part"}
        return _draft("cabin", whole, random)
    if random.random() < 0.5:
        return _with_another_method(view, customer, request, random)
    return _in_cabin(view, customer, reservation, request, random)


def of_bags(view: View, customer: str, request: Request, random: Random) -> Draft | None:
    """Not to be paid so: with something else. Bags that stay: what was paid for the trip."""
    reservation = _own(view, customer, request)
    if reservation is None:
        return _other_reservation(view, customer, request, random)
    if "more" in request.params:
        return _with_another_method(view, customer, request, random)
    return _question(reservation, request, PRICE, random)


def of_passengers(view: View, customer: str, request: Request, random: Random) -> Draft | None:
    """Nobody can be added or taken off: somebody else flies in the place of one of them."""
    reservation = _own(view, customer, request)
    if reservation is None:
        return _other_reservation(view, customer, request, random)
    if "remove" in request.params:
        rename = {"old": request.params["remove"], "new": newcomer(view, reservation, random)}
    elif "add" in request.params and len(reservation.passengers) > 1:
        last = reservation.passengers[-1]
        rename = {"old": {"first_name": last.first_name, "last_name": last.last_name}, "new": request.params["add"]}
    else:
        return None
    return _draft("passengers", {**_reference(reservation, request), "rename": rename}, random)


def of_compensation(view: View, customer: str, request: Request, random: Random) -> Draft | None:
    """Nothing is owed: then rather cancel the trip, or hear how its flights stand."""
    reservation = _own(view, customer, request)
    if reservation is None or reservation.status is not None or "settle" in request.params:
        return None
    if drafts.coming(view, reservation) and random.random() < 0.6:
        reason = CANCELED_FLIGHT if request.params.get("complaint") == CANCELLED else "change of plans"
        return _draft("cancel", {**_reference(reservation, request), "reason": reason}, random)
    return _question(reservation, request, STATUS, random)


def of_insure(view: View, customer: str, request: Request, random: Random) -> Draft | None:
    """No insurance any more: then rather cancel the trip, or let somebody else fly."""
    reservation = _own(view, customer, request)
    if reservation is None or not drafts.coming(view, reservation):
        return None
    if random.random() < 0.5:
        return _renamed(view, reservation, request, random)
    return _draft("cancel", {**_reference(reservation, request), "reason": "change of plans"}, random)


def of_book(view: View, customer: str, request: Request, random: Random) -> Draft | None:
    """No seats, too many people or not to be paid so: in another cabin, or with one card for all of it."""
    params = request.params
    if random.random() < 0.5 and params.get("cabin") in _CABINS:
        others = [cabin for cabin in _CABINS if cabin != params["cabin"]]
        return _told(request, {**params, "cabin": chosen(others, random)})
    cards = [words for words in _methods(view, customer) if "credit" in words.casefold() or " ending in " in words]
    other = chosen((words for words in cards if [words] != list(params.get("payments", ()))), random)
    return _told(request, {**params, "payments": [other]}) if other is not None and "payments" in params else None


def of_question(view: View, customer: str, request: Request, random: Random) -> Draft | None:
    """The number was wrong: another reservation of theirs."""
    return None if _own(view, customer, request) is not None else _other_reservation(view, customer, request, random)


def _own(view: View, customer: str, request: Request) -> Reservation | None:
    """The reservation that is meant, where it is one of theirs."""
    if not set(REFERENCES) & set(request.params):
        return None
    reservation = drafts.presupposed(view, customer, request.params)
    return reservation if reservation is not None and reservation.user_id == customer else None


def _reference(reservation: Reservation, request: Request) -> dict[str, Any]:
    """The reservation in the words in which it was named before."""
    said = {slot: value for slot, value in request.params.items() if slot in REFERENCES}
    return said or {"reservation_id": reservation.reservation_id}


def _moved(view: View, customer: str, reservation: Reservation, request: Request, random: Random) -> Draft | None:
    wanted = wanted_flight(view, reservation, random)
    if wanted is None:
        return None
    paid = {"payment": chosen(_methods(view, customer), random)}
    return _draft("flights", {**_reference(reservation, request), **wanted, **paid}, random)


def _in_cabin(view: View, customer: str, reservation: Reservation, request: Request, random: Random) -> Draft | None:
    """Another cabin than it has and than they asked for."""
    cabin = chosen((each for each in _CABINS if each not in (reservation.cabin, request.params.get("cabin"))), random)
    params = {**_reference(reservation, request), "cabin": cabin, "payment": chosen(_methods(view, customer), random)}
    wanted = Request(recipe="cabin", params=params)
    return _draft("cabin", params, random) if CABIN.holds(view, customer, wanted) else None


def _renamed(view: View, reservation: Reservation, request: Request, random: Random) -> Draft:
    who = reservation.passengers[int(random.random() * len(reservation.passengers))]
    old = {"first_name": who.first_name, "last_name": who.last_name}
    rename = {"old": old, "new": newcomer(view, reservation, random)}
    return _draft("passengers", {**_reference(reservation, request), "rename": rename}, random)


def _question(reservation: Reservation, request: Request, about: str, random: Random) -> Draft:
    return _draft("question", {"about": about, **_reference(reservation, request)}, random)


def _methods(view: View, customer: str) -> list[str]:
    """What the customer could pay a change with, each in words that fit it alone."""
    methods = drafts.user_of(view, customer).payment_methods.values()
    return [payment_words(each).partition(" (")[0] for each in methods if not isinstance(each, Certificate)]


def _with_another_method(view: View, customer: str, request: Request, random: Random) -> Draft | None:
    """The very same, paid with something else than what was said."""
    said = str(request.params.get("payment", ""))
    other = chosen((words for words in _methods(view, customer) if said.casefold() not in words.casefold()), random)
    return None if other is None else _told(request, {**request.params, "payment": other})


def _other_reservation(view: View, customer: str, request: Request, random: Random) -> Draft | None:
    """The same wish for a reservation of theirs, where they had the wrong number."""
    pool = [each for each in drafts.reservations_of(view, customer) if drafts.coming(view, each)]
    reservation = chosen(pool, random)
    own = {slot: value for slot, value in request.params.items() if slot not in REFERENCES}
    if reservation is None or set(own) - {"reason", "about", "more", "payment"}:
        return None
    return _draft(request.recipe, {**own, **drafts.reservation_slots(view, customer, reservation, random)}, random)


def _told(request: Request, params: Mapping[str, Any]) -> Draft:
    """The same once more, with what is different: all of it is said at once."""
    return Draft(request=Request(recipe=request.recipe, params=params), opening=tuple(params))


def _draft(recipe: str, params: Mapping[str, Any], random: Random) -> Draft:
    """A fallback is said at once, but for the reason and what pays, which may wait for the question."""
    opening = revealed(params, set(params) - {"payment", "reason"}, random)
    return Draft(request=Request(recipe=recipe, params=params), opening=opening)


FALLBACKS: Mapping[str, Fallback] = MappingProxyType(
    {
        "book": of_book,
        "cancel": of_cancel,
        "flights": of_flights,
        "cabin": of_cabin,
        "bags": of_bags,
        "passengers": of_passengers,
        "compensation": of_compensation,
        "insure": of_insure,
        "question": of_question,
    }
)
