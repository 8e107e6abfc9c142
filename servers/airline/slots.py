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
_SPANS = {1: "a day", 7: "a week", 14: "two weeks", 21: "three weeks"}
_ASIDE = {"next": ("next", "after"), "previous": ("last", "before")}
_METHODS = {
    "gift cards": "my gift cards (from the fullest down)",
    "gift card that is just enough": "the gift card that is just enough",
}
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


def _stops(trips: Sequence[Piece]) -> str:
    """'K7Q2MX to Boston (BOS) on May 25 and P4W9TZ to Miami (MIA) on May 28'."""
    return joined([f"{each['reservation_id']} to {_place(each['destination'])} on {wording.day(each['day'])}" for each in trips])


def _flight(wanted: Piece) -> str:
    """'cheapest direct flight that leaves after 11:00 AM', 'fastest flight, direct or with one stop (in a tie, the cheapest)'."""
    direct = wanted["stops"] == "direct"
    words = [str(wanted["pick"])] if "pick" in wanted else []
    words += ["direct flight" if direct else "flight"]
    sides = [f"{side} {wording.time(wanted[side])}" for side in ("after", "before") if side in wanted]
    sides += [f"at {wording.time(wanted['departs'])}"] if "departs" in wanted else []
    words += [f"that leaves {joined(sides)}"] if sides else []
    tie = f" (in a tie, the {wanted['tie']})" if "tie" in wanted else ""
    return " ".join(words) + ("" if direct else ", direct or with one stop") + tie


def _move(wanted: Piece) -> str:
    """'next direct flight after it on the same day', 'cheapest flight a day earlier or a day later, direct or with one stop'."""
    pick = wanted["pick"]
    kind, stops = ("direct flight", "") if wanted["stops"] == "direct" else ("flight", ", direct or with one stop")
    if pick == "same":
        return f"same flight {_apart(wanted['days'])}"
    if pick in _ASIDE:
        first, side = _ASIDE[pick]
        return f"{first} {kind} {side} it on the same day{stops}"
    return f"{pick} {kind} {_apart(wanted['days'])}{stops}"


def _apart(days: Sequence[int]) -> str:
    """'a day earlier, the same day or a day later', '1 or 2 days later', '1 or 2 days earlier or later'."""
    earlier, later = sorted(-each for each in days if each < 0), sorted(each for each in days if each > 0)
    if earlier == later and 0 not in days:
        return f"{_span(later)} earlier or later"
    words = [f"{_span(earlier)} earlier"] if earlier else []
    words += ["the same day"] if 0 in days else []
    return joined([*words, *([f"{_span(later)} later"] if later else [])], "or")


def _span(numbers: Sequence[int]) -> str:
    """'a day', '1 or 2 days', 'a week or 8 days'."""
    if len(numbers) == 1 or 7 in numbers:
        return joined([_SPANS.get(each, f"{each} days") for each in numbers], "or")
    return f"{joined([str(each) for each in numbers], 'or')} days"


def _person(who: Piece | str) -> str:
    """'me', 'Dana Fox', 'Dana Fox (born 1984-11-30)'."""
    if isinstance(who, str):
        return who
    born = f" (born {who['dob']})" if "dob" in who else ""
    return f"{who['first_name']} {who['last_name']}{born}"


def _people(people: Sequence[Piece | str]) -> str:
    return joined([_person(each) for each in people])


def _stand_in(names: Piece) -> str:
    return f"{_person(names['new'])} instead of {_person(names['old'])}"


def _rename(names: Piece) -> str:
    return f"{_person(names['old'])} to {_person(names['new'])}"


def _bags(bags: Piece | int) -> str:
    """A customer's number, an agent's number with those that are paid for."""
    return wording.bags(bags) if isinstance(bags, int) else wording.bags(bags["total"], bags["paid"])


def _seats(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def _later(numbers: Sequence[int]) -> str:
    """'a week or 8 days later', '2 or 3 days later'."""
    return f"{_span(numbers)} later"


def _each(count: int) -> str:
    return "one checked bag" if count == 1 else f"{count} checked bags"


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


def _paying(described: Sequence[str]) -> str:
    """'use my certificate first, then my smallest gift card, and put the rest on my Visa'."""
    words = [_METHODS.get(each, f"{'the' if each.startswith('credit card') else 'my'} {each}") for each in described]
    if len(words) == 1:
        return f"use {words[0]}"
    middle = "".join(f", then {each}" for each in words[1:-1])
    return f"use {words[0]} first{middle}{',' if middle else ''} and put the rest on {words[-1]}"


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
        **dict.fromkeys(("add", "remove", "person"), _person),
        **dict.fromkeys(("extra", "refund", "total", "margin", "balance", "certificate", "fare"), money),
        **dict.fromkeys(("bound", "spared"), _place),
        "flyer": _person,
        "since": wording.day,
        "trips": _stops,
        "each": _each,
        **dict.fromkeys(("full", "closed"), _flown),
        "route": _route,
        "trip": _trip,
        "flight": _flight,
        "cabin": wording.cabin,
        "passengers": _people,
        "rename": _rename,
        "stand_in": _stand_in,
        "bags": _bags,
        "seats": _seats,
        "later": _later,
        "move": _move,
        "paying": _paying,
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
