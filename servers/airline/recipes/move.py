"""Move flights of a reservation, said by what it has now: the next one, the same a day later, the cheapest of two days."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from msgspec.structs import replace

from servers.airline.days import clock
from servers.airline.recipes import drafts, edits
from servers.airline.recipes.agreed_flights import against_flights
from servers.airline.recipes.agreement import contradicted
from servers.airline.recipes.cabin import bookable
from servers.airline.recipes.flights import RETURN, begun, cost, forbidden, parts, was_flown
from servers.airline.recipes.journeys_drafts import day_after
from servers.airline.recipes.journeys_edits import otherwise, segments_of
from servers.airline.recipes.move_drafts import NEXT, PREVIOUS, SAME, draft
from servers.airline.recipes.paying import difference, for_change
from servers.airline.recipes.reservations import legs, place, reservation_of, saying_which
from servers.airline.recipes.search import (
    DIRECT,
    ONE_STOP,
    Ask,
    Journey,
    Wish,
    chose,
    clear,
    competing,
    journey_of,
    journeys,
    kept,
    looked_up,
    stated,
)
from servers.airline.records import Cabin, Flight, Reservation, Segment
from servers.airline.wording import minutes
from servers.airline.wording import payment as payment_words
from servers.recipe import Case, Decision, Edit, Recipe, Refusal, Request, Slots, Write, saying
from servers.state import View

_CABINS: tuple[Cabin, ...] = ("economy", "basic_economy", "business")
_LATER = 15


class Leg(NamedTuple):
    """Flights that are to be replaced together, with what the customer calls them where there are others."""

    name: str
    flights: tuple[Segment, ...]


def solve(case: Case) -> tuple[Decision, ...]:
    reservation = reservation_of(case)
    if isinstance(reservation, Refusal):
        return (reservation,)
    if refusal := forbidden(case, reservation):
        return (refusal,)
    moved, stays = moving(case.said, reservation)
    changing = tuple(segment for leg in moved for segment in leg.flights)
    if refusal := begun(case, reservation, changing, stays):
        return (refusal,)
    found: list[tuple[Wish, list[Journey]]] = []
    for leg in moved:
        wish = _wish(case, reservation, leg)
        if wish is None:
            return ()
        ranked = journey_of(case, wish)
        if isinstance(ranked, Refusal):
            return (ranked,)
        found.append((wish, ranked))
    return (_paid(case, reservation, found, stays),) if found else ()


def moving(said: Callable[[str], Any], reservation: Reservation) -> tuple[list[Leg], Sequence[Segment]]:
    """The legs that are to move, and the flights that stay."""
    there, back = legs(reservation)
    if said("both"):
        return [Leg("outbound flight", there), Leg(RETURN, back)], ()
    name = said("leg") or ""
    change, stays = parts(reservation, name)
    return [Leg(name, change)], stays


def _wish(case: Case, reservation: Reservation, leg: Leg) -> Wish | None:
    """What is looked for, once it is known when the flight of now leaves; None where that cannot be found out."""
    move = case.said("move")
    departs = None
    if move["pick"] in (NEXT, PREVIOUS):
        ask = _own_search(leg)
        found = case.read(ask.tool, origin=ask.origin, destination=ask.destination, date=ask.day)
        departs = _departure(journeys(ask, found or ()), leg)
    return wish_of(move, reservation, leg, case.facts, departs)


def _own_search(leg: Leg) -> Ask:
    """The search that shows the flights of now."""
    tool = DIRECT if len(leg.flights) == 1 else ONE_STOP
    return Ask(tool, leg.flights[0].origin, leg.flights[-1].destination, leg.flights[0].date)


def _departure(found: Sequence[Journey], leg: Leg) -> str | None:
    own = tuple((each.flight_number, each.date) for each in leg.flights)
    return next((each.flights[0].scheduled_departure_time_est for each in found if each.named() == own), None)


def wish_of(move: Slots, reservation: Reservation, leg: Leg, facts: Any, departs: str | None) -> Wish | None:
    """What is looked for: on the days that lie so far from the day of now."""
    flight: dict[str, Any] = {"pick": move["pick"], "stops": move["stops"]}
    if move["pick"] == SAME:
        flight = {"numbers": [each.flight_number for each in leg.flights], "stops": move["stops"]}
    elif move["pick"] in (NEXT, PREVIOUS):
        if departs is None:
            return None
        side = {"after": departs, "pick": "earliest"} if move["pick"] == NEXT else {"before": departs, "pick": "latest"}
        flight |= side
    days = [day_after(leg.flights[0].date, number) for number in move["days"]]
    ends = ([place(leg.flights[0].origin, facts)], [place(leg.flights[-1].destination, facts)])
    return Wish(*ends, days, flight, reservation.cabin, len(reservation.passengers), leg.name)


def _paid(
    case: Case, reservation: Reservation, found: Sequence[tuple[Wish, Sequence[Journey]]], stays: Sequence[Segment]
) -> Decision:
    """The change, once it is known what it costs and who pays."""
    compared = tuple(choice for wish, ranked in found for choice in chose(wish, ranked))
    new = [segment for wish, ranked in found for segment in segments_of(ranked[0], wish.cabin)]
    said = [flight for _, ranked in found for flight in stated(ranked[0], case.facts)]
    rest = kept(stays, case.facts)
    backwards = found[0][0].leg == RETURN
    flights = [*stays, *new] if backwards else [*new, *stays]
    due = cost(reservation, flights)
    with saying(compared):
        method = for_change(case, "change_payment", reservation.reservation_id, due)
    if isinstance(method, Refusal):
        return method
    number = {"reservation_id": reservation.reservation_id}
    told = {**number, "payment": payment_words(method), **difference(due)}
    return Write(
        act="flights",
        tool="update_reservation_flights",
        arguments={
            **number,
            "cabin": reservation.cabin,
            "flights": [{"flight_number": each.flight_number, "date": each.date} for each in flights],
            "payment_id": method.id,
        },
        stated={**told, "flights": [*rest, *said] if backwards else [*said, *rest]},
        told=told,
        chose=compared,
    )


def planned(view: View, params: Slots, reservation: Reservation) -> list[tuple[Leg, Wish, list[Journey]]] | None:
    """The legs as they are looked for on a state, each with all that is found, up to one that finds nothing that fits; None
    where it cannot be told when the flights of now leave.
    """
    found = []
    for leg in moving(params.get, reservation)[0]:
        departs = None
        if params["move"]["pick"] in (NEXT, PREVIOUS):
            ask = _own_search(leg)
            where = Wish([{"iata": ask.origin}], [{"iata": ask.destination}], [ask.day], {"stops": "any"}, "economy", 1)
            departs = _departure(looked_up(view, where), leg)
        wish = wish_of(params["move"], reservation, leg, view.facts, departs) if leg.flights else None
        if wish is None:
            return None
        found.append((leg, wish, looked_up(view, wish)))
        if not competing(wish, found[-1][2]):
            break
    return found


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    params = request.params
    yield from edits.of_reservation(view, customer, params)
    reservation = drafts.presupposed(view, customer, params)
    if reservation is None:
        return
    fixed, today = view.facts.fixed_cabins, view.facts.now[:10]
    others = [each for each in _CABINS if (each in fixed) != (reservation.cabin in fixed)]
    yield from edits.in_cabin(view, reservation, *others[:1])
    changing = [segment for leg in moving(params.get, reservation)[0] for segment in leg.flights]
    now = tuple(each for each in changing if each.date <= today)
    yield from edits.flights(view, replace(reservation, flights=now))
    stopped = reservation.cabin in fixed or reservation.status is not None or reservation.user_id != customer
    if not stopped and not any(was_flown(view, each) for each in now):
        yield from _looked_for(view, customer, reservation, params)


def _looked_for(view: View, customer: str, reservation: Reservation, params: Slots) -> Iterator[Edit]:
    """Other flights than those that are found, another hour of the flight of now, other means to pay."""
    found = planned(view, params, reservation) or []
    new: list[Segment] = []
    for leg, wish, each in found:
        yield from otherwise(view, wish, each)
        ranked = competing(wish, each)
        if ranked:
            new += segments_of(ranked[0], wish.cabin)
            yield from _leaving(view, leg, ranked[0], params["move"]["pick"])
        elif params["move"]["pick"] == SAME:
            yield from bookable(view, replace(leg.flights[0], date=wish.days[0]), wish.seats)
    if found and all(competing(wish, each) for _, wish, each in found):
        stays = moving(params.get, reservation)[1]
        yield from edits.methods(view, customer, params.get("payment", ""), cost(reservation, [*new, *stays]))


def _leaving(view: View, leg: Leg, chosen: Journey, pick: str) -> Iterator[Edit]:
    """The flight of now leaves on the other side of the one that would be chosen."""
    flight = view.get("flights", leg.flights[0].flight_number, Flight)
    if pick not in (NEXT, PREVIOUS) or flight is None or len(leg.flights) > 1:
        return
    aside = _LATER if pick == NEXT else -_LATER
    departs = minutes("00:00:00", chosen.flights[0].scheduled_departure_time_est) + aside
    takes = minutes(flight.scheduled_departure_time_est, flight.scheduled_arrival_time_est)
    if 0 <= departs < 1440:
        times = {"scheduled_departure_time_est": clock(departs), "scheduled_arrival_time_est": clock(departs + takes)}
        fact = f"{flight.flight_number} leaves at {clock(departs)}"
        yield Edit(fact=fact, puts=(("flights", flight.flight_number, replace(flight, **times)),))


def holds(view: View, customer: str, request: Request) -> bool:
    """One reservation is meant; it has that leg, or both; the flight of now is found; one flight fits at most."""
    params = request.params
    if not drafts.is_meant(view, customer, params):
        return False
    reservation = drafts.presupposed(view, customer, params)
    if reservation is None or reservation.user_id != customer:
        return True
    if ("leg" in params or "both" in params) != (reservation.flight_type == "round_trip"):
        return False
    found = planned(view, params, reservation)
    return found is not None and all(clear(wish, each) for _, wish, each in found)


def _contradicted(params: Slots, stated: Slots, refused: int = 0) -> str | None:
    """The flights by what the customer said of them: which leg, where the trip goes, with how many stops."""
    rest = {slot: value for slot, value in stated.items() if slot != "flights"}
    if wrong := contradicted({**params, "flight": {}}, rest, refused):
        return wrong
    flights = stated.get("flights", ())
    if not flights:
        return "move"
    words: dict[str, Any] = {"flight": {"stops": params["move"]["stops"]}}
    words |= {slot: params[slot] for slot in ("trip", "leg") if slot in params}
    if "both" in params:
        trip, days = params.get("trip", {}), [each["day"] for each in flights]
        words |= {end: [trip.get(end, {})] for end in ("origin", "destination")} | {"days": days, "back_days": days}
    wrong = against_flights(words, flights)
    return wrong if wrong in params else "move" if wrong else None


def plainly(view: View, customer: str, request: Request) -> Sequence[Request]:
    """The new flight by its day and hour, where one leg moves to a direct one."""
    params = request.params
    reservation = drafts.presupposed(view, customer, params)
    found = planned(view, params, reservation) if reservation is not None and "both" not in params else None
    ranked = competing(found[0][1], found[0][2]) if found else []
    if reservation is None or not ranked or len(ranked[0].flights) > 1:
        return ()
    flight = {"departs": ranked[0].flights[0].scheduled_departure_time_est, "stops": "direct"}
    kept_slots = {slot: params[slot] for slot in ("leg", "payment") if slot in params}
    plain = {"reservation_id": reservation.reservation_id, "days": list(ranked[0].days), "flight": flight, **kept_slots}
    return (Request(recipe="flights", params=plain),)


def hurried(_view: View, _customer: str, request: Request) -> Iterator[tuple[str, Request]]:
    """The first day alone, direct flights alone."""
    move = request.params["move"]
    for name, less in (("the first day alone", {"days": move["days"][:1]}), ("direct flights alone", {"stops": "direct"})):
        if move != {**move, **less}:
            yield name, Request(recipe=request.recipe, params={**request.params, "move": {**move, **less}})


MOVE = Recipe(
    name="move",
    contradicted=_contradicted,
    draft=draft,
    solve=saying_which(solve),
    edits=other_ways,
    holds=holds,
    proposes=lambda _params: ("flights",),
    plainly=plainly,
    shortcuts=hurried,
)
