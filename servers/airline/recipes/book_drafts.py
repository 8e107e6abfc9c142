"""Drawing a booking: who flies where and when, with how many bags, who pays with what."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from random import Random
from typing import Any

from servers.airline import pricing, rules
from servers.airline.recipes import drafts
from servers.airline.recipes.journeys_drafts import HORIZON, day_after, departing, ends, extreme, outcome, places
from servers.airline.recipes.paying import shares
from servers.airline.recipes.reservations import place
from servers.airline.recipes.search import Wish, asks, clear, competing, looked_up, price
from servers.airline.records import Cabin, Passenger, PaymentMethod, User
from servers.airline.wording import payment as payment_words
from servers.drafting import chosen
from servers.persons import CreditCard
from servers.recipe import Draft, Request
from servers.state import View

CABINS: tuple[Cabin, ...] = ("basic_economy", "economy", "economy", "economy", "business")
_TRIES, _MOST_SEARCHES = 12, 10
_GROUPS = (("cabin", "passengers"), ("bags", "insurance"), ("payments",), ("paying",))


def passengers_of(user: User, who: Sequence[Any]) -> list[Passenger] | None:
    """Who flies, with their dates of birth: as they were said, or as they are on file. None where one is on neither."""
    own = Passenger(first_name=user.name.first_name, last_name=user.name.last_name, dob=user.dob)
    known = {(each.first_name, each.last_name): each for each in (own, *user.saved_passengers)}
    people = []
    for each in who:
        if each == "me":
            people.append(own)
        elif "dob" in each:
            people.append(Passenger(first_name=each["first_name"], last_name=each["last_name"], dob=each["dob"]))
        elif (each["first_name"], each["last_name"]) in known:
            people.append(known[each["first_name"], each["last_name"]])
        else:
            return None
    return people


def draft(view: View, customer: str, random: Random) -> Draft | None:
    return drawn(view, customer, random, "book", words_for)


def drawn(view: View, customer: str, random: Random, recipe: str, pay: Callable[..., Mapping[str, Any]]) -> Draft | None:
    """A booking of which `pay` draws the slots that say who pays, for what it costs; nothing where that cannot be."""
    user = drafts.user_of(view, customer)
    drawn = random.random()
    too_many = drawn < 0.05
    wanted = "full" if 0.05 <= drawn < 0.12 else "none" if 0.12 <= drawn < 0.16 else "found"
    cabin = chosen(CABINS, random) or "economy"
    who = party(view, user, random, too_many=too_many)
    affords = random.random() < 0.9
    for _ in range(_TRIES):
        journey = _journey(view, customer, cabin, len(who), wanted, random)
        if journey is None:
            continue
        fares, params = journey
        params |= {"cabin": cabin, "passengers": who, "bags": luggage(len(who), random)}
        params["insurance"] = "yes" if random.random() < 0.35 else "no"
        paying = pay(view, user, cost(view, user, params, fares), random, affords=affords)
        if paying:
            params |= paying
            return Draft(request=Request(recipe=recipe, params=params), opening=opening(params, random))
    return None


def words_for(view: View, user: User, cost: int, random: Random, *, affords: bool) -> Mapping[str, Any]:
    """The slots that say who pays, as the names of one to three methods."""
    words = payments(view, user, cost, random, affords=affords)
    return {"payments": words} if words else {}


def cost(view: View, user: User, params: Mapping[str, Any], fares: int) -> int:
    """What a booking costs, by the fares of one passenger."""
    passengers = len(params["passengers"])
    paid = pricing.paid_bags(params["bags"], user.membership, params["cabin"], passengers, view.facts)
    return pricing.booking([fares], passengers, params["insurance"] == "yes", paid, view.facts)


def opening(params: Mapping[str, Any], random: Random) -> tuple[str, ...]:
    """Where and when, which flight; of the rest whole groups, or nothing until it is asked for."""
    later = {slot for group in _GROUPS if random.random() >= 0.5 for slot in group}
    return tuple(slot for slot in params if slot not in later)


def party(view: View, user: User, random: Random, *, too_many: bool) -> list[Any]:
    """The customer, mostly, with people who are on file or whose date of birth they tell."""
    count = view.facts.max_passengers + 1 if too_many else 1 + int(random.random() ** 2 * min(4, view.facts.max_passengers))
    saved = [{"first_name": each.first_name, "last_name": each.last_name} for each in user.saved_passengers]
    random.shuffle(saved)
    who: list[Any] = ["me"] if random.random() < 0.88 or not saved else []
    while len(who) < count:
        if saved and random.random() < 0.75:
            who.append(saved.pop())
        else:
            stranger = _stranger(view, user, random)
            if not any(_name(stranger) == _name(each) for each in (*who, *saved) if each != "me"):
                who.append(stranger)
    people = passengers_of(user, who) or ()
    return who if drafts.has_adult(view, (each.dob for each in people)) else ["me", *who[1:]]


def _name(who: Mapping[str, str]) -> tuple[str, str]:
    return who["first_name"], who["last_name"]


def _stranger(view: View, user: User, random: Random) -> dict[str, str]:
    """Somebody who is on nobody's file: pieces of other customers."""
    keys = view.world.keys("users")
    first, last, born = (drafts.user_of(view, keys[int(random.random() * len(keys))]) for _ in range(3))
    family = user.name.last_name if random.random() < 0.5 and first.user_id != user.user_id else last.name.last_name
    return {"first_name": first.name.first_name, "last_name": family, "dob": f"{born.dob[:8]}{1 + int(random.random() * 28):02d}"}


def luggage(passengers: int, random: Random) -> int:
    return 0 if random.random() < 0.25 else min(1 + int(random.random() * 2 * passengers), 4)


def _journey(
    view: View, customer: str, cabin: Cabin, seats: int, wanted: str, random: Random
) -> tuple[int, dict[str, Any]] | None:
    """A journey one way or there and back, of the outcome that is wanted, with the fares of one passenger; None where
    what was drawn has another.
    """
    homes = [each.origin for each in drafts.reservations_of(view, customer)]
    route = ends(view, homes, random)
    if route is None:
        return None
    facts = view.facts
    returns = random.random() < 0.45
    hourly = not returns and random.random() < 0.55
    several = not hourly and random.random() < 0.42
    day = day_after(facts.now[:10], 1 + int(random.random() * (HORIZON - (9 if returns else 1))))
    days = [day, day_after(day, 1)] if several else [day]
    said = [[place(iata, facts)] for iata in route]
    if not returns and not hourly and random.random() < 0.9:
        said = [places(iata, facts, random) for iata in route]
    wish = Wish(said[0], said[1], days, {}, cabin, seats)
    flight = departing(view, wish, wanted != "full", random) if hourly else extreme(view, wish, random)
    if flight is None:
        return None
    wish = wish._replace(flight=flight)
    params: dict[str, Any] = {"origin": said[0], "destination": said[1], "days": days}
    legs = [wish]
    if returns:
        first = day_after(days[-1], 2 + int(random.random() * 5))
        params["back_days"] = [first, day_after(first, 1)] if several and random.random() < 0.5 else [first]
        legs.append(wish._replace(origin=said[1], destination=said[0], days=params["back_days"]))
    params["flight"] = flight
    fares = _fares(view, legs, wanted)
    return None if fares is None else (fares, params)


def _fares(view: View, legs: Sequence[Wish], wanted: str) -> int | None:
    """What the legs that can be booked cost one passenger; None unless one ends as wanted and the other can be booked."""
    if len([ask for wish in legs for ask in asks(wish, lambda: view.facts.airports)]) > _MOST_SEARCHES:
        return None
    found = [looked_up(view, wish) for wish in legs]
    ways = [(wish, each, competing(wish, each)) for wish, each in zip(legs, found, strict=True)]
    ends_as = [outcome(*way) for way in ways]
    if wanted not in ends_as or set(ends_as) - {wanted, "found"} or ends_as.count("found") < len(legs) - 1:
        return None
    if not all(clear(wish, each) for wish, each, _ in ways):
        return None
    total = 0
    for wish, _, ranked in ways:
        for best in ranked[:1]:
            total += price(best, wish.cabin)
    return total


def payments(view: View, user: User, cost: int, random: Random, *, affords: bool) -> list[str]:
    """One to three methods in their order that pay the cost together; or such as do not, or may not, or are not there.
    Empty where there are none of the kind.
    """
    methods = tuple(user.payment_methods.values())
    if not affords and random.random() < 0.25 and not any("American Express" in payment_words(each) for each in methods):
        return ["American Express"]
    wallets = list(_wallets(methods))
    wrong = [each for each in wallets if not _covers(each, cost) or rules.payment_mix(each, view.facts)]
    pool = [each for each in wallets if _pays(each, cost, view)] if affords else wrong
    several = [each for each in pool if len(each) > 1]
    picked = chosen(several if several and random.random() < 0.5 else pool, random) or ()
    return [drafts.method_slot(user, each, random) for each in picked]


def _wallets(methods: Sequence[PaymentMethod]) -> Iterator[tuple[PaymentMethod, ...]]:
    """Methods that somebody may use together: what is used up first, a credit card last."""
    gifts = [each for each in methods if not isinstance(each, CreditCard)]
    cards = [each for each in methods if isinstance(each, CreditCard)]
    for count in range(min(3, len(gifts)) + 1):
        for some in combinations(gifts, count):
            if some:
                yield some
            for card in cards:
                yield (*some, card)
    if len(cards) > 1:
        yield tuple(cards[:2])


def _pays(methods: Sequence[PaymentMethod], cost: int, view: View) -> bool:
    """Do the methods cover the cost, may they, and is each of them needed?"""
    needed = len(shares(methods, cost)) == len(methods)
    return needed and _covers(methods, cost) and rules.payment_mix(methods, view.facts) is None


def _covers(methods: Sequence[PaymentMethod], cost: int) -> bool:
    paid = 0
    for amount, _ in shares(methods, cost):
        paid += amount
    return paid == cost
