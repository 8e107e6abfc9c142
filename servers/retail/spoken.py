"""How else people write the parts of an address: states by their names, streets and flats in short."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from servers.kinds import Kind
from servers.state import View

_NAMES = """
AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|DC Washington DC|FL Florida
GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky|LA Louisiana|ME Maine|MD Maryland
MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire
NJ New Jersey|NM New Mexico|NY New York|NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania
RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|WA Washington
WV West Virginia|WI Wisconsin|WY Wyoming
"""
_STATES: Mapping[str, str] = MappingProxyType(
    {state[:2]: state[3:] for line in _NAMES.split("\n") if line for state in line.split("|")}
)
_CODES: Mapping[str, str] = MappingProxyType({name.lower(): code for code, name in _STATES.items()})
_COUNTRY = ("USA", "US", "U.S.", "U.S.A.", "United States", "United States of America", "America")
_SHORT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **{"street": ("st",), "avenue": ("ave", "av"), "road": ("rd",), "lane": ("ln",), "drive": ("dr",), "court": ("ct",)},
        **{"boulevard": ("blvd",), "place": ("pl",), "terrace": ("ter", "terr"), "highway": ("hwy",), "parkway": ("pkwy",)},
        **{"apartment": ("apt", "#", "unit"), "suite": ("ste", "#", "unit"), "floor": ("fl",), "apt": ("apartment", "#", "unit")},
        **{"north": ("n",), "south": ("s",), "east": ("e",), "west": ("w",)},
    }
)
_LONG: Mapping[str, str] = MappingProxyType(
    {short: long for long, shorts in _SHORT.items() for short in shorts if short not in _SHORT and short.isalpha()}
)
_WORD = re.compile(r"[A-Za-z]+")


def said_as(_view: View, kind: Kind, value: str) -> tuple[str, ...]:
    """Other ways to say a name: 'Texas' for 'TX', '12 Elm St' for '12 Elm Street', 'United States' for 'USA'."""
    if kind != "name":
        return ()
    if value.upper().replace(".", "") in ("USA", "US") or value.lower() in ("united states", "united states of america"):
        return _COUNTRY
    known = _STATES.get(value.upper()) or _CODES.get(value.lower())
    return (known,) if known else tuple(dict.fromkeys(_respelt(value)))


def _respelt(value: str) -> Iterator[str]:
    """A line with one of its words in another length: every one of them, and all together."""
    words = [(found[0], _SHORT.get(found[0].lower(), ()) or _long(found[0])) for found in _WORD.finditer(value)]
    for word, others in words:
        for other in others:
            yield re.sub(rf"\b{word}\b", other, value)
    changed = value
    for word, others in words:
        changed = re.sub(rf"\b{word}\b", others[0], changed) if others else changed
    yield changed


def _long(word: str) -> tuple[str, ...]:
    return (_LONG[word.lower()],) if word.lower() in _LONG else ()
