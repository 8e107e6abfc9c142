"""Where the airline of the synthetic worlds may fly: `network.toml` as frozen values, and the airports of one world.

`schedule` draws flights between them. Which airports serve one metropolitan area no tool tells: people know it.
"""

import tomllib
from importlib.resources import files
from math import sqrt
from random import Random

import msgspec

from servers.airline import records
from servers.frozen import FrozenMap, Record

_SOME = 24
_IN_AREAS = 13
_MILES_A_DEGREE = 69.1
_RADIANS_A_DEGREE = 0.017453292519943295


class Airport(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An airport as the file describes it; its fields are explained at the head of the file."""

    iata: str
    city: str
    state: str
    at: tuple[float, float]
    hours: int
    rank: int
    area: str = ""

    def listed(self) -> records.Airport:
        """The airport as the world's facts have it."""
        return records.Airport(iata=self.iata, city=self.city)


class _File(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    airport: tuple[Airport, ...]


def _load() -> tuple[Airport, ...]:
    text = files(__package__).joinpath("network.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _File).airport


AIRPORTS: FrozenMap[Airport] = FrozenMap({each.iata: each for each in _load()})
AREAS: FrozenMap[tuple[str, ...]] = FrozenMap(
    {
        area: tuple(each.iata for each in AIRPORTS.values() if each.area == area)
        for area in dict.fromkeys(each.area for each in AIRPORTS.values() if each.area)
    }
)


def some(random: Random) -> tuple[Airport, ...]:
    """The airports of a small world, by code: New York and some other areas whole, then others, the large ones rather."""
    areas = [area for area in AREAS if area != "New York"]
    random.shuffle(areas)
    chosen = [AIRPORTS[iata] for iata in AREAS["New York"]]
    while len(chosen) < _IN_AREAS:
        chosen += [AIRPORTS[iata] for iata in AREAS[areas.pop()]]
    others = [
        each for each in AIRPORTS.values() if each not in chosen and each.area not in {one.area for one in chosen if one.area}
    ]
    while len(chosen) < _SOME:
        one = random.choices(others, [each.rank**2 for each in others])[0]
        others = [each for each in others if each != one and not (one.area and each.area == one.area)]
        chosen.append(one)
    return tuple(sorted(chosen, key=_code))


def every() -> tuple[Airport, ...]:
    """All airports of the file, by code."""
    return tuple(sorted(AIRPORTS.values(), key=_code))


def miles(one: Airport, other: Airport) -> int:
    """How far it is, within 8 % of the great circle for any two airports of the file.

    On a plane, with the cosine by its series: what `math.cos` answers in its last digit depends on the platform.
    """
    middle = (one.at[0] + other.at[0]) / 2 * _RADIANS_A_DEGREE
    square = middle * middle
    cosine = 1 - square / 2 * (1 - square / 12 * (1 - square / 30))
    east = (one.at[1] - other.at[1]) * cosine
    north = one.at[0] - other.at[0]
    return round(_MILES_A_DEGREE * sqrt(east * east + north * north))


def _code(airport: Airport) -> str:
    return airport.iata
