"""Book, or only look for, the best of many ways to go: somebody who minds neither the day nor the airport, one way."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from random import Random
from typing import Any

from servers.airline import rules
from servers.airline.network import AREAS
from servers.airline.recipes import book, book_drafts, drafts
from servers.airline.recipes.agreement import contradicted
from servers.airline.recipes.journeys_drafts import HORIZON, day_after, ends, hours, outcome, sharpened
from servers.airline.recipes.journeys_edits import otherwise
from servers.airline.recipes.reservations import place
from servers.airline.recipes.search import (
    Journey,
    Wish,
    asks,
    chose,
    clear,
    competing,
    distinct,
    journey_of,
    looked_up,
    price,
    stated,
)
from servers.airline.records import Cabin
from servers.airline.wording import cities
from servers.drafting import chosen
from servers.recipe import Answer, Case, Decision, Draft, Edit, Recipe, Refusal, Request
from servers.state import View

_TRIES, _PAID = 30, 4
"""What is drawn for one request: journeys, and of those that would do such as can be paid as they should be."""
_LEAST, _MOST = 6, 20
"""Searches that it takes."""
_PICKS = {"cheapest": 4, "fastest": 3, "earliest-arriving": 2}
_TIES = {
    "cheapest": ("fastest", "earliest-arriving"),
    "fastest": ("cheapest", "earliest-arriving"),
    "earliest-arriving": ("cheapest", "fastest"),
}
_ONE_DAY = "earliest-arriving"
"""Of several days nobody would look at more than the first that has a flight."""


def solve(case: Case) -> tuple[Decision, ...]:
    """What would be best, told and not booked."""
    if not all(case.said(slot) for slot in ("origin", "destination", "days", "flight", "cabin", "seats")):
        return ()
    if rule := rules.passengers(case.said("seats"), case.facts):
        return (Refusal(act=rule, rule=rule, stated={"limit": case.facts.max_passengers}),)
    wish = wish_of(case.said)
    ranked = journey_of(case, wish)
    if isinstance(ranked, Refusal):
        return (ranked,)
    best = ranked[0]
    fare = price(best, wish.cabin)
    total = fare * wish.seats
    told: dict[str, Any] = {"flights": stated(best, case.facts), "cabin": wish.cabin, "fare": float(fare)}
    if wish.seats > 1:
        told |= {"seats": wish.seats, "total": float(total)}
    tell = (*(number for number, _ in best.named()), str(total))
    return (Answer(act="best_trip", stated=told, tell=tell, chose=chose(wish, ranked)),)


def wish_of(said: Any) -> Wish:
    """What is looked for by somebody who does not book yet."""
    return Wish(said("origin"), said("destination"), said("days"), said("flight"), said("cabin"), said("seats"))


def draft(view: View, customer: str, random: Random) -> Draft | None:
    """A booking of the best of them."""
    return drawn(view, customer, random, "best_trip", book_drafts.words_for)


def drawn(view: View, customer: str, random: Random, recipe: str, pay: Callable[..., Mapping[str, Any]]) -> Draft | None:
    """A booking of the best of many ways, of which `pay` draws who pays what it costs."""
    user = drafts.user_of(view, customer)
    chance = random.random()
    who = book_drafts.party(view, user, random, too_many=chance < 0.03)
    wanted = "full" if 0.03 <= chance < 0.08 else "none" if 0.08 <= chance < 0.12 else "found"
    cabin = chosen(book_drafts.CABINS, random) or "economy"
    affords = random.random() < 0.9
    least = _LEAST if affords and wanted == "found" else 1
    drawn = (_wanted(view, customer, cabin, len(who), wanted, least, random) for _ in range(_TRIES))
    for wish, best in islice((each for each in drawn if each is not None), _PAID):
        params: dict[str, Any] = {**_where(wish), "cabin": cabin, "passengers": who}
        params |= {"bags": book_drafts.luggage(len(who), random), "insurance": "yes" if random.random() < 0.3 else "no"}
        cost = book_drafts.cost(view, user, params, price(best, cabin) if best else 0)
        if paying := pay(view, user, cost, random, affords=affords):
            params |= paying
            return Draft(request=Request(recipe=recipe, params=params), opening=book_drafts.opening(params, random))
    return None


def draft_question(view: View, customer: str, random: Random) -> Draft | None:
    """Which would be the best, for nobody in particular."""
    drawn = random.random()
    seats = view.facts.max_passengers + 1 if drawn < 0.04 else 1 + int(random.random() ** 2 * min(4, view.facts.max_passengers))
    wanted = "full" if 0.04 <= drawn < 0.12 else "none" if 0.12 <= drawn < 0.18 else "found"
    cabin = chosen(book_drafts.CABINS, random) or "economy"
    for _ in range(_TRIES):
        if found := _wanted(view, customer, cabin, seats, wanted, _LEAST if wanted == "found" else 1, random):
            params = {**_where(found[0]), "cabin": cabin, "seats": seats}
            return Draft(request=Request(recipe="best_trip_question", params=params), opening=tuple(params))
    return None


def _where(wish: Wish) -> dict[str, Any]:
    return {"origin": wish.origin, "destination": wish.destination, "days": wish.days, "flight": wish.flight}


def _wanted(
    view: View, customer: str, cabin: Cabin, seats: int, wanted: str, least: int, random: Random
) -> tuple[Wish, Journey | None] | None:
    """What is looked for, of the outcome that is wanted, with what is found; None where what was drawn has another.

    With a least of 1 there are few searches: where nothing is booked, nobody can say that fewer would not have done.
    """
    homes = [each.origin for each in drafts.reservations_of(view, customer)]
    route = ends(view, homes, random)
    if route is None:
        return None
    facts = view.facts
    pick = chosen([pick for pick, weight in _PICKS.items() for _ in range(weight)], random) or "cheapest"
    count = 1 if pick == _ONE_DAY or least == 1 else chosen((1, 2, 3, 3, 4, 4), random) or 2
    first = day_after(facts.now[:10], 1 + int(random.random() * (HORIZON - count)))
    days = [day_after(first, number) for number in range(count)]
    most = (3, 2) if least > 1 else (2, 1)
    origin, destination = (_near(iata, view, random, most) for iata, most in zip(route, most, strict=True))
    words = {"pick": pick, "stops": "direct" if random.random() < 0.3 else "any", **hours(pick, random)}
    wish = Wish(origin, destination, days, words, cabin, seats)
    if not least <= len(asks(wish, lambda: facts.airports)) <= (_MOST if least > 1 else 4):
        return None
    found = looked_up(view, wish)
    tied = wish._replace(flight={**words, "tie": chosen(_TIES[pick], random)})
    wish = tied if random.random() < 0.25 or not clear(wish, found) else wish
    ranked = competing(wish, found)
    if outcome(wish, found, ranked) != wanted or not distinct(wish, ranked):
        return None
    sharp = sharpened(view, wish, found)
    if sharp is None or (wanted == "found" and len(asks(sharp, lambda: facts.airports)) < least):
        return None
    return sharp, next(iter(ranked), None)


def _near(iata: str, view: View, random: Random, most: int) -> list[dict[str, str]]:
    """An airport with some of its neighbours, or its whole city."""
    served = cities(view.facts.airports)
    near = [each for area in AREAS.values() if iata in area for each in area if each in served and each != iata]
    if list(served.values()).count(served[iata]) > 1 and random.random() < 0.35:
        return [{"city": served[iata]}]
    random.shuffle(near)
    count = 1 + int(random.random() * most) if random.random() < 0.35 else most
    named = {iata, *near[: count - 1]}
    return [place(each, view.facts) for each in served if each in named]


def other_ways(view: View, _customer: str, request: Request) -> Iterator[Edit]:
    """For who only asks: each search could show a better one, and the best could be gone."""
    wish = wish_of(request.params.get)
    if rules.passengers(wish.seats, view.facts) is None:
        yield from otherwise(view, wish, looked_up(view, wish))


def holds(view: View, _customer: str, request: Request) -> bool:
    """One journey is the best."""
    wish = wish_of(request.params.get)
    return rules.passengers(wish.seats, view.facts) is not None or clear(wish, looked_up(view, wish))


def hurried(view: View, customer: str, request: Request) -> Iterator[tuple[str, Request]]:
    """The first airport, the first day, direct flights alone, in the first cabin that there is."""
    params, flight = request.params, request.params["flight"]
    fewer: Sequence[tuple[str, dict[str, Any]]] = (
        ("the first airport alone", {"origin": params["origin"][:1]}),
        ("the first day alone", {"days": params["days"][:1]}),
        ("the first destination alone", {"destination": params["destination"][:1]}),
        ("direct flights alone", {"flight": {**flight, "stops": "direct"}}),
    )
    for name, instead in fewer:
        if any(params[slot] != value for slot, value in instead.items()):
            yield name, Request(recipe=request.recipe, params={**params, **instead})


def plainly(view: View, _customer: str, request: Request) -> Sequence[Request]:
    """The same flight by its hour, its airports and its day, where it is a direct one."""
    params = request.params
    seats = params["seats"] if "seats" in params else len(params["passengers"])
    wish = Wish(params["origin"], params["destination"], params["days"], params["flight"], params["cabin"], seats)
    best = next(iter(competing(wish, looked_up(view, wish))), None)
    if best is None or len(best.flights) > 1:
        return ()
    flight = best.flights[0]
    where = {"origin": [place(flight.origin, view.facts)], "destination": [place(flight.destination, view.facts)]}
    words = {"departs": flight.scheduled_departure_time_est, "stops": "direct"}
    plain = {**params, **where, "days": list(best.days), "flight": words}
    return (Request(recipe=request.recipe, params=plain),)


BEST_TRIP = Recipe(
    name="best_trip",
    contradicted=contradicted,
    draft=draft,
    solve=book.solve,
    edits=book.other_ways,
    holds=book.holds,
    proposes=lambda _params: ("book",),
    plainly=plainly,
    shortcuts=hurried,
)
BEST_TRIP_QUESTION = Recipe(
    name="best_trip_question",
    contradicted=contradicted,
    draft=draft_question,
    solve=solve,
    edits=other_ways,
    holds=holds,
    plainly=plainly,
    shortcuts=hurried,
)
