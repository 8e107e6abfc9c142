"""How the value of a slot is said inside a sentence of `phrases.toml`.

The words of `trip` begin without an article and follow "my", those of `flight` follow "the", those of payment methods
follow "my", "your" or "the"; every further method of a list brings its own. Every piece of a value stands in its words.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from types import MappingProxyType
from typing import Any

from servers.airline import wording
from servers.airline.records import AVAILABLE, LANDED
from servers.english import joined, money

Piece = Mapping[str, Any]

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_IS = ("is", "are")
_VERBS = {LANDED: ("has", "have"), AVAILABLE: ("is listed as", "are listed as")}


def worded(slot: str, value: Any) -> str:
    """The words for a slot's value."""
    say = _WORDS.get(slot)
    if say is not None:
        return say(value)
    if isinstance(value, list | tuple):
        return joined([str(part) for part in value])
    return money(value) if isinstance(value, float) else str(value)


def _place(place: Piece) -> str:
    """'Newark (EWR)', or 'New York' for any airport of a city."""
    return wording.airport(place["iata"], {place["iata"]: place["city"]}) if "iata" in place else str(place["city"])


def _places(places: Sequence[Piece]) -> str:
    """'Newark (EWR), Dallas (DAL or DFW) or New York': the airports of one city together."""
    codes: dict[str, list[str]] = {}
    for place in places:
        codes.setdefault(place["city"], []).extend([place["iata"]] if "iata" in place else [])
    return joined([f"{city} ({joined(each, 'or')})" if each else city for city, each in codes.items()], "or")


def _days(days: Sequence[str]) -> str:
    return joined([wording.day(each) for each in days], "or")


def _route(ends: Piece) -> str:
    return wording.route(_place(ends["origin"]), _place(ends["destination"]))


def _trip(trip: Piece) -> str:
    """'trip from Newark (EWR) to Houston (IAH) on May 25': what is known of it."""
    start = f" from {_place(trip['origin'])}" if "origin" in trip else ""
    day = f" on {wording.day(trip['day'])}" if "day" in trip else ""
    return f"trip{start} to {_place(trip['destination'])}{day}"


def _flight(wanted: Piece) -> str:
    """'cheapest direct flight that leaves after 11:00 AM', 'fastest flight, direct or with one stop'."""
    direct = wanted["stops"] == "direct"
    words = [str(wanted["pick"])] if "pick" in wanted else []
    words += ["direct flight" if direct else "flight"]
    sides = [f"{side} {wording.time(wanted[side])}" for side in ("after", "before") if side in wanted]
    sides += [f"at {wording.time(wanted['departs'])}"] if "departs" in wanted else []
    words += [f"that leaves {joined(sides)}"] if sides else []
    return " ".join(words) + ("" if direct else ", direct or with one stop")


def _person(who: Piece | str) -> str:
    """'me', 'Dana Fox', 'Dana Fox (born 1984-11-30)'."""
    if isinstance(who, str):
        return who
    born = f" (born {who['dob']})" if "dob" in who else ""
    return f"{who['first_name']} {who['last_name']}{born}"


def _people(people: Sequence[Piece | str]) -> str:
    return joined([_person(each) for each in people])


def _rename(names: Piece) -> str:
    return f"{_person(names['old'])} to {_person(names['new'])}"


def _bags(bags: Piece | int) -> str:
    """A customer's number, an agent's number with those that are paid for."""
    return wording.bags(bags) if isinstance(bags, int) else wording.bags(bags["total"], bags["paid"])


def _more(count: int) -> str:
    return "one more checked bag" if count == 1 else f"{count} more checked bags"


def _fewer(count: int) -> str:
    return f"{_NUMBERS[count] if count < len(_NUMBERS) else count} of the checked bags"


def _payments(parts: Sequence[Piece | str]) -> str:
    """What pays, in its order, as a customer wishes it; what pays how much, as an agent states it."""
    words = [part for part in parts if isinstance(part, str)]
    if not words:
        stated = [part for part in parts if not isinstance(part, str)]
        return joined([_part(part) for part in stated])
    if len(words) < 3:
        return " first and the ".join(words) + (" for the rest" if words[1:] else "")
    return f"{words[0]} first, then the {' and then the '.join(words[1:-1])}, and the {words[-1]} for the rest"


def _part(part: Piece) -> str:
    """'$76.00 with your certificate ending in 4821 ($150.00), losing the remaining $74.00'."""
    lost = f", losing the remaining {money(part['lost'])}" if "lost" in part else ""
    return f"{money(part['amount'])} with your {part['method']}{lost}"


def _leg(flight: Piece) -> str:
    """'HAT123 from Newark (EWR) to Houston (IAH) on May 25', with its times where they are known."""
    said = f"{flight['number']} {_route(flight)} on {wording.day(flight['day'])}"
    return f"{said}, {wording.times(flight['departs'], flight['arrives'])}" if "departs" in flight else said


def _flights(flights: Sequence[Piece]) -> str:
    said = [_leg(each) for each in flights]
    return "; and then ".join([part for part in ("; ".join(said[:-1]), said[-1]) if part])


def _flown(flights: Sequence[Piece]) -> str:
    return joined([wording.flight_on(each["number"], each["day"]) for each in flights])


def _statuses(flights: Sequence[Piece]) -> str:
    """'HAT123 on May 25 is delayed and HAT220 on May 26 has landed': the statuses as the tool tells them, one status once."""
    runs = [(status, list(run)) for status, run in groupby(flights, key=itemgetter("status"))]
    told = [f"{_flown(run)} {_VERBS.get(status, _IS)[len(run) > 1]} {status}" for status, run in runs]
    apart = len(told) > 1 and len(told) < len(flights)
    return f"{', '.join(told[:-1])}, and {told[-1]}" if apart else joined(told)


def _balances(cards: Sequence[Piece]) -> str:
    return joined([f"{money(each['amount'])} on your {each['method']}" for each in cards])


def _entitled(whom: str) -> str:
    """'gold members, and customers whose reservation is in business': the groups of the policy as a sentence has them."""
    *groups, last = whom.split("; ")
    return f"{', '.join(groups)}, and {last}" if groups else last


def _compared(options: Sequence[str]) -> str:
    return "; ".join(options)


_WORDS: Mapping[str, Callable[[Any], str]] = MappingProxyType(
    {
        **dict.fromkeys(("origin", "destination"), _places),
        **dict.fromkeys(("days", "back_days"), _days),
        **dict.fromkeys(("add", "remove"), _person),
        **dict.fromkeys(("extra", "refund", "total", "balance", "certificate"), money),
        "route": _route,
        "trip": _trip,
        "flight": _flight,
        "cabin": wording.cabin,
        "passengers": _people,
        "rename": _rename,
        "bags": _bags,
        "more": _more,
        "fewer": _fewer,
        "insurance": wording.insurance,
        "payments": _payments,
        "flights": _flights,
        "flown": _flown,
        "statuses": _statuses,
        "balances": _balances,
        "compared": _compared,
        "entitled": _entitled,
        "booked": wording.moment,
    }
)
