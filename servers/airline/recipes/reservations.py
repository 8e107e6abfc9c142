"""Which reservation a customer means, and what has become of its flights: what they say, found in what tools show."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from servers.airline import rules
from servers.airline.facts import AirlineFacts
from servers.airline.records import Reservation, Segment, User
from servers.airline.wording import day as day_words
from servers.recipe import Case, Choice, Comparison, Decision, Refusal, saying_first

LATEST, NEXT = "most recent booking", "next trip"


def profile(case: Case) -> User:
    """The customer's own profile."""
    user = case.read("get_user_details", user_id=case.customer)
    assert isinstance(user, User)
    return user


def reservation_of(case: Case) -> Reservation | Refusal:
    """The reservation that the customer means: by its id, by where the trip goes, or as the last booked or next flown."""
    number = case.said("reservation_id")
    if number is not None:
        return _by_id(case, number)
    if (which := case.said("which")) is not None:
        return _by_extreme(case, which)
    trip = case.said("trip")
    if trip is None:
        trip = case.ask("reservation", "reservation_id", "trip")
    if trip is None:
        return Refusal(act="reservation_exists", rule="reservation_exists")
    return _by_id(case, trip) if isinstance(trip, str) else _by_trip(case, trip)


def _by_id(case: Case, number: str) -> Reservation | Refusal:
    reservation = case.read("get_reservation_details", reservation_id=number)
    if reservation is None:
        return Refusal(act="reservation_exists", rule="reservation_exists", stated={"reservation_id": number})
    if reservation.user_id != case.customer:
        return Refusal(act="own_account", rule="own_account", stated={"reservation_id": number})
    assert isinstance(reservation, Reservation)
    return reservation


def _by_trip(case: Case, trip: Mapping[str, Any]) -> Reservation | Refusal:
    """Reservations are read until one goes there; the customer's words fit exactly one."""
    read: list[tuple[str, str]] = []
    numbers = case.order(profile(case).reservations)
    for place, number in enumerate(numbers):
        question = f"Which reservation goes to {trip['destination']['city']}"
        case.note(Comparison(question=question, candidates=tuple(read), unread=tuple(numbers[place:])))
        reservation = case.read("get_reservation_details", reservation_id=number)
        if isinstance(reservation, Reservation):
            if goes(reservation, trip):
                return reservation
            read.append((number, f"{reservation.origin} to {reservation.destination} on {reservation.flights[0].date}"))
    return Refusal(act="reservation_exists", rule="reservation_exists", stated={"trip": dict(trip)})


def goes(reservation: Reservation, trip: Mapping[str, Any]) -> bool:
    """Is a reservation the trip that is described: where it goes, and if that was said where from and on which day?"""
    return bool(
        reservation.destination == trip["destination"]["iata"]
        and trip.get("origin", {}).get("iata", reservation.origin) == reservation.origin
        and trip.get("day", reservation.flights[0].date) == reservation.flights[0].date
    )


def _by_extreme(case: Case, which: str) -> Reservation | Refusal:
    """All reservations are read: the last booked (or next flown) cannot be known from fewer."""
    found: list[Reservation] = []
    numbers = case.order(profile(case).reservations)
    for place, number in enumerate(numbers):
        rows = tuple((each.reservation_id, _measured(each, which)) for each in found)
        case.note(Comparison(question=f"The {which}", candidates=rows, unread=tuple(numbers[place:])))
        reservation = case.read("get_reservation_details", reservation_id=number)
        if isinstance(reservation, Reservation):
            found.append(reservation)
    ranked = ranking(found, which, case.facts)
    return ranked[0] if ranked else Refusal(act="reservation_exists", rule="reservation_exists", stated={"which": which})


def ranking(reservations: Iterable[Reservation], which: str, facts: AirlineFacts) -> list[Reservation]:
    """Those that an extreme is looked for among, the one that is meant first."""
    if which == LATEST:
        return sorted(reservations, key=lambda each: each.created_at, reverse=True)
    today = facts.now[:10]
    coming = [each for each in reservations if each.status is None and each.flights[0].date > today]
    return sorted(coming, key=lambda each: each.flights[0].date)


def _measured(reservation: Reservation, which: str) -> str:
    if which == LATEST:
        return f"booked on {day_words(reservation.created_at)}"
    return f"{'canceled, ' if reservation.status else ''}leaving on {day_words(reservation.flights[0].date)}"


def saying_which(solve: Callable[[Case], tuple[Decision, ...]]) -> Callable[[Case], tuple[Decision, ...]]:
    """The same decisions; where a reservation was chosen as an extreme, what was compared is said first."""
    return saying_first(solve, _compared)


def _compared(case: Case) -> tuple[Choice, ...]:
    """The reservations that were compared: how many, and the first few. Nothing where there was nothing to compare."""
    which = case.said("which")
    if which is None or case.said("reservation_id") is not None:
        return ()
    read = (case.read("get_reservation_details", reservation_id=number) for number in profile(case).reservations)
    ranked = ranking((each for each in read if each is not None), which, case.facts)
    if len(ranked) < 2:
        return ()
    words = [f"{each.reservation_id}, {_measured(each, which)}" for each in ranked[:3]]
    stated = {"which": which, "weighed": len(ranked), "compared": words, "reservation_id": ranked[0].reservation_id}
    return (Choice(act="reservation", stated=stated),)


def status_of(case: Case, segment: Segment) -> str:
    """How a flight of a reservation stands, looked up; '' where the airline has no such flight."""
    status = case.read("get_flight_status", flight_number=segment.flight_number, date=segment.date)
    return str(status) if status is not None else ""


def flown(case: Case, reservation: Reservation) -> list[Segment]:
    """The flights that were flown. Those of later days cannot have been, and are not looked up."""
    today = case.facts.now[:10]
    begun = [each for each in reservation.flights if each.date <= today]
    return [each for each in begun if rules.flown((status_of(case, each),))]


def short(segments: Sequence[Segment]) -> list[dict[str, Any]]:
    """Flights by number and day, as they are stated."""
    return [{"number": each.flight_number, "day": each.date} for each in segments]


def place(iata: str, facts: AirlineFacts) -> dict[str, str]:
    """An airport as it is said: its city with its code."""
    city = next((each.city for each in facts.airports if each.iata == iata), iata)
    return {"city": city, "iata": iata}


def route(reservation: Reservation, facts: AirlineFacts) -> dict[str, Any]:
    """Where a reservation goes, as it is stated."""
    return {"origin": place(reservation.origin, facts), "destination": place(reservation.destination, facts)}


def legs(reservation: Reservation) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """The flights there and those back; nothing back for one way."""
    if reservation.flight_type == "one_way":
        return reservation.flights, ()
    arrivals = [number for number, each in enumerate(reservation.flights) if each.destination == reservation.destination]
    turn = (arrivals[0] if arrivals else len(reservation.flights) - 1) + 1
    return reservation.flights[:turn], reservation.flights[turn:]
