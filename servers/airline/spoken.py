"""What else people call an airport: its code, its city, its metropolitan area, its own name, what everybody says."""

from collections.abc import Mapping
from types import MappingProxyType

from servers.airline.network import AIRPORTS
from servers.airline.wording import cities
from servers.kinds import Kind
from servers.state import View

_AREAS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "New York": ("NY", "NYC", "Big Apple"),
        "Washington": ("DC", "D.C."),
        "Los Angeles": ("LA", "L.A."),
        "San Francisco Bay": ("SF", "San Francisco", "Bay Area"),
        "Chicago": ("Chi-town",),
        "Miami": ("South Florida",),
    }
)
_OWN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "JFK": ("Kennedy",),
        "LGA": ("La Guardia", "LaGuardia"),
        "EWR": ("Newark", "Liberty"),
        "DCA": ("Reagan",),
        "IAD": ("Dulles",),
        "ORD": ("O'Hare", "Ohare"),
        "MDW": ("Midway",),
        "SNA": ("Orange County", "John Wayne"),
        "IAH": ("Intercontinental", "Bush"),
        "HOU": ("Hobby",),
        "DFW": ("Fort Worth", "Dallas Fort Worth"),
        "DAL": ("Love Field",),
        "BOS": ("Logan",),
        "PHL": ("Philly",),
        "LAS": ("Vegas",),
        "MSP": ("Saint Paul", "St. Paul", "Twin Cities"),
        "SLC": ("Salt Lake",),
    }
)
_STATES: Mapping[str, str] = MappingProxyType(
    {
        **{"AZ": "Arizona", "CA": "California", "CO": "Colorado", "FL": "Florida", "GA": "Georgia", "HI": "Hawaii"},
        **{"IL": "Illinois", "LA": "Louisiana", "MA": "Massachusetts", "MD": "Maryland", "MI": "Michigan", "MN": "Minnesota"},
        **{"MO": "Missouri", "NC": "North Carolina", "NH": "New Hampshire", "NJ": "New Jersey", "NV": "Nevada"},
        **{"NY": "New York", "OH": "Ohio", "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island", "TN": "Tennessee"},
        **{"TX": "Texas", "UT": "Utah", "WA": "Washington", "AK": "Alaska", "IN": "Indiana", "WI": "Wisconsin"},
    }
)


def said_as(view: View, kind: Kind, value: str) -> tuple[str, ...]:
    """Other ways to say an argument: of an airport 'New York', 'NYC' and 'Kennedy' for JFK, 'Texas' for Houston's."""
    if kind != "place":
        return ()
    iata = value.upper()
    ways = [iata, cities(view.facts.airports).get(iata, ""), *_OWN.get(iata, ())]
    if (known := AIRPORTS.get(iata)) is not None:
        ways += [known.city, known.area, *_AREAS.get(known.area, ()), _STATES.get(known.state, "")]
    return tuple(dict.fromkeys(way for way in ways if way))
