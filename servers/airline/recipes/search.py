"""Finding and comparing journeys: the searches that a wish takes, what of their answers fits it, which one is meant.

A customer names places, days, and the flight among all that fit: the one that leaves at an hour, the one of a number, or
an extreme by price, time on the way, departure or arrival, with what decides in a tie. An extreme is looked for among the
journeys that have seats for everybody.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from servers.airline import reads, rules
from servers.airline.facts import AirlineFacts
from servers.airline.recipes.reservations import place
from servers.airline.records import Airport, Cabin, FoundFlight, Segment
from servers.airline.slots import worded
from servers.airline.wording import day as day_words
from servers.airline.wording import duration, minutes
from servers.airline.wording import time as time_words
from servers.english import joined, money
from servers.recipe import Case, Choice, Comparison, Refusal, Slots, Unread
from servers.state import View

Places = Sequence[Mapping[str, str]]

DIRECT, ONE_STOP = "search_direct_flight", "search_onestop_flight"
_SHOWN = 8
"""Journeys that a worksheet lists, the best first."""


class Wish(NamedTuple):
    """What is looked for: between which places, on which of the days, which flight, in which cabin, with how many seats.

    `leg` is what the customer calls it where there are two.
    """

    origin: Places
    destination: Places
    days: Sequence[str]
    flight: Mapping[str, Any]
    cabin: Cabin
    seats: int
    leg: str = ""


class Ask(NamedTuple):
    """One search: a tool with its arguments."""

    tool: str
    origin: str
    destination: str
    day: str


class Journey(NamedTuple):
    """One flight, or two with a change of planes, each with its day."""

    flights: tuple[FoundFlight, ...]
    days: tuple[str, ...]

    def named(self) -> tuple[tuple[str, str], ...]:
        """Its flights by number and day."""
        return tuple((flight.flight_number, day) for flight, day in zip(self.flights, self.days, strict=True))


def journey_of(case: Case, wish: Wish) -> list[Journey] | Refusal:
    """The journeys among which the customer's words choose, the chosen one first."""
    asked = case.order(asks(wish, lambda: case.read("list_all_airports") or ()))
    found: list[Journey] = []
    for number, ask in enumerate(asked):
        try:
            answer = case.read(ask.tool, origin=ask.origin, destination=ask.destination, date=ask.day)
        except Unread:
            case.note(_comparison(wish, competing(wish, found), asked[number:]))
            raise
        found += journeys(ask, answer or ())
    ranked = competing(wish, found)
    case.note(_comparison(wish, ranked))
    return ranked or _refused(case.facts, wish, found)


def looked_up(view: View, wish: Wish) -> list[Journey]:
    """Everything that the searches of a wish find on a state, whether it fits or not."""
    found: list[Journey] = []
    for ask in asks(wish, lambda: view.facts.airports):
        sent = reads.Route(origin=ask.origin, destination=ask.destination, date=ask.day)
        search = reads.search_direct_flight if ask.tool == DIRECT else reads.search_onestop_flight
        found += journeys(ask, search(view, sent))
    return found


def asks(wish: Wish, airports: Callable[[], Iterable[Airport]]) -> list[Ask]:
    """The searches that a wish takes: every origin with every destination on every day, direct and with a change."""
    tools = (DIRECT,) if wish.flight.get("stops") == "direct" else (DIRECT, ONE_STOP)
    origins, destinations = codes(wish.origin, airports), codes(wish.destination, airports)
    ends = [(origin, destination) for origin in origins for destination in destinations if origin != destination]
    return [Ask(tool, *end, day) for end in ends for day in wish.days for tool in tools]


def codes(places: Places, airports: Callable[[], Iterable[Airport]]) -> list[str]:
    """The airports that are meant: one that was named by its code, all of a city that was named alone."""
    found: list[str] = []
    for each in places:
        if "iata" in each:
            found.append(each["iata"])
        else:
            found += [airport.iata for airport in airports() if airport.city == each["city"]]
    return list(dict.fromkeys(found))


def journeys(ask: Ask, answer: Iterable[Any]) -> list[Journey]:
    """What a search answered, as journeys with their days."""
    if ask.tool == DIRECT:
        return [Journey((flight,), (ask.day,)) for flight in answer]
    return [Journey(tuple(pair), tuple(flight.date or ask.day for flight in pair)) for pair in answer]


def fits(journey: Journey, flight: Mapping[str, Any]) -> bool:
    """Is a journey the one of the numbers, or does it leave at the hour, or within the hours, that the customer wants?"""
    departs = journey.flights[0].scheduled_departure_time_est
    if "numbers" in flight:
        return [each.flight_number for each in journey.flights] == list(flight["numbers"])
    if "departs" in flight:
        return len(journey.flights) == 1 and bool(departs == flight["departs"])
    return bool(flight.get("after", "") < departs < flight.get("before", "99"))


def competing(wish: Wish, found: Iterable[Journey]) -> list[Journey]:
    """Those that fit and have the seats, the best first."""
    having = [each for each in found if fits(each, wish.flight) and _lacking(each, wish) is None]
    having.sort(key=_name)  # whatever was read first
    return sorted(having, key=lambda each: _rank(each, wish), reverse=wish.flight.get("pick") == "latest")


def _rank(journey: Journey, wish: Wish) -> tuple[Any, ...]:
    """By what journeys are compared, and by what those that are equal in it."""
    rank = measure(journey, wish.flight.get("pick"), wish.cabin)
    return (*rank, *measure(journey, wish.flight["tie"], wish.cabin)) if "tie" in wish.flight else rank


def _name(journey: Journey) -> tuple[str, ...]:
    first, last = journey.flights[0], journey.flights[-1]
    return first.flight_number, journey.days[0], last.flight_number, journey.days[-1]


def _lacking(journey: Journey, wish: Wish) -> FoundFlight | None:
    """The first of a journey's flights that has too few seats."""
    for each in journey.flights:
        if rules.flight(each, wish.cabin, wish.seats) is not None:
            return each
    return None


def measure(journey: Journey, pick: str | None, cabin: Cabin) -> tuple[Any, ...]:
    """By what journeys are compared: the price for one passenger, minutes on the way, day and hour of departure,
    minute of arrival."""
    match pick:
        case "cheapest":
            return (price(journey, cabin),)
        case "fastest":
            return (on_the_way(journey),)
        case "earliest" | "latest":
            return (journey.days[0], journey.flights[0].scheduled_departure_time_est)
        case "earliest-arriving":
            return (arrives(journey),)
    return ()


def price(journey: Journey, cabin: Cabin) -> int:
    """What one passenger pays, in whole dollars."""
    total = 0
    for flight in journey.flights:
        total += flight.prices.of(cabin)
    return total


def on_the_way(journey: Journey) -> int:
    """Minutes from the first departure to the last arrival. A connection leaves on the same day or the next."""
    first, last = journey.flights[0], journey.flights[-1]
    overnight = 1440 if journey.days[0] != journey.days[-1] else 0
    return overnight + minutes(first.scheduled_departure_time_est, last.scheduled_arrival_time_est)


def arrives(journey: Journey) -> int:
    """The minute of the arrival, counted through all days."""
    leaves = minutes("00:00:00", journey.flights[0].scheduled_departure_time_est)
    return date.fromisoformat(journey.days[0]).toordinal() * 1440 + leaves + on_the_way(journey)


def clear(wish: Wish, found: Iterable[Journey]) -> bool:
    """Do the customer's words name one journey at most: no two that leave at the hour, no two equally good?"""
    if "departs" in wish.flight:
        return len([each for each in found if fits(each, wish.flight)]) < 2
    return distinct(wish, competing(wish, found))


def distinct(wish: Wish, ranked: Sequence[Journey]) -> bool:
    """Is the best of those that compete better than the next?"""
    measures = [_rank(each, wish) for each in ranked[:2]]
    return len(set(measures)) == len(measures)


def _refused(facts: AirlineFacts, wish: Wish, found: Sequence[Journey]) -> Refusal:
    """Nothing fits, or what fits has too few seats."""
    fitting = [each for each in found if fits(each, wish.flight)]
    lacking = _lacking(fitting[0], wish) if fitting else None
    rule = rules.flight(lacking, wish.cabin, wish.seats) or "flight_available"
    where: Slots = {"origin": list(wish.origin), "destination": list(wish.destination), "days": list(wish.days)}
    if lacking is None:
        return Refusal(act=rule, rule=rule, stated=where)
    if "departs" in wish.flight:
        return Refusal(act=rule, rule=rule, stated={"flights": stated(fitting[0], facts), "cabin": wish.cabin})
    return Refusal(act=rule, rule=rule, stated={**where, "cabin": wish.cabin})


def stated(journey: Journey, facts: AirlineFacts) -> list[dict[str, Any]]:
    """A journey's flights as they are stated, with their times."""
    return [
        {
            "number": flight.flight_number,
            "origin": place(flight.origin, facts),
            "destination": place(flight.destination, facts),
            "day": day,
            "departs": flight.scheduled_departure_time_est,
            "arrives": flight.scheduled_arrival_time_est,
        }
        for flight, day in zip(journey.flights, journey.days, strict=True)
    ]


def kept(segments: Iterable[Segment], facts: AirlineFacts) -> list[dict[str, Any]]:
    """Flights of a reservation as they are stated: their times are not known."""
    return [
        {
            "number": each.flight_number,
            "origin": place(each.origin, facts),
            "destination": place(each.destination, facts),
            "day": each.date,
        }
        for each in segments
    ]


def chose(wish: Wish, ranked: Sequence[Journey]) -> tuple[Choice, ...]:
    """What was compared, where the customer named an extreme and there was more than one."""
    if "pick" not in wish.flight or len(ranked) < 2:
        return ()
    compared = [f"{_words(each)}{_measured(each, wish)}" for each in ranked[:3]]
    leg = {"leg": wish.leg} if wish.leg else {}
    return (Choice(act="flight", stated={**leg, "flight": dict(wish.flight), "weighed": len(ranked), "compared": compared}),)


def _words(journey: Journey) -> str:
    """'HAT123 and HAT220 on May 25', 'HAT123 on May 25 and HAT220 on May 26'."""
    if len(set(journey.days)) == 1:
        return f"{joined([each.flight_number for each in journey.flights])} on {day_words(journey.days[0])}"
    return joined([f"{number} on {day_words(day)}" for number, day in journey.named()])


def _measured(journey: Journey, wish: Wish) -> str:
    """' at $120.00', with what decides in a tie: ' at $120.00, 3 hours'."""
    ties = [wish.flight["tie"]] if "tie" in wish.flight else []
    return "".join(_by(journey, by, wish.cabin) for by in (wish.flight.get("pick"), *ties))


def _by(journey: Journey, by: str | None, cabin: Cabin) -> str:
    match by:
        case "fastest":
            return f", {duration(on_the_way(journey))}"
        case "earliest" | "latest":
            return f", leaving at {time_words(journey.flights[0].scheduled_departure_time_est)}"
        case "earliest-arriving":
            return f", arriving at {time_words(journey.flights[-1].scheduled_arrival_time_est)}"
    return f" at {money(price(journey, cabin))}"


def _comparison(wish: Wish, ranked: Sequence[Journey], unread: Sequence[Ask] = ()) -> Comparison:
    leg = f" ({wish.leg})" if wish.leg else ""
    return Comparison(
        question=f"The {worded('flight', wish.flight)}{leg}",
        candidates=tuple((_words(each), _measured(each, wish).lstrip(", ").removeprefix("at ")) for each in ranked[:_SHOWN]),
        best=_words(ranked[0]) if ranked else "",
        unread=tuple(f"{each.tool} {each.origin} to {each.destination} on {each.day}" for each in unread),
    )
