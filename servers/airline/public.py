"""The public benchmark's airline world: what its file does not say, and the mistakes of its code.

Mistakes are reproduced for a public world only:
- there are three ids for new reservations, and three for a customer's new certificates (see minting.py);
- the day after a date is its number plus one, without padding, so that the connection after a night flight of the
  8th is looked up on `2024-05-9` and not found;
- a reservation that is cancelled can be cancelled again, each time with a refund of every line of its history, and
  can still be updated (see `writes._standing`);
- a gift card named twice in a booking, and a flight booked twice in it, pass their checks each time alone
  (see `booking._checked` and `booking._segments`).
"""

from servers.airline.facts import AirlineFacts
from servers.airline.records import Airport

RESERVATION_IDS = ("HATHAT", "HATHAU", "HATHAV")
CERTIFICATE_IDS = ("certificate_3221322", "certificate_3221323", "certificate_3221324")

_CITIES = {
    "SFO": "San Francisco",
    "JFK": "New York",
    "LAX": "Los Angeles",
    "ORD": "Chicago",
    "DFW": "Dallas",
    "DEN": "Denver",
    "SEA": "Seattle",
    "ATL": "Atlanta",
    "MIA": "Miami",
    "BOS": "Boston",
    "PHX": "Phoenix",
    "IAH": "Houston",
    "LAS": "Las Vegas",
    "MCO": "Orlando",
    "EWR": "Newark",
    "CLT": "Charlotte",
    "MSP": "Minneapolis",
    "DTW": "Detroit",
    "PHL": "Philadelphia",
    "LGA": "LaGuardia",
}

PUBLIC = AirlineFacts(
    now="2024-05-15T15:00:00",
    public=True,
    airports=tuple(Airport(iata=iata, city=city) for iata, city in _CITIES.items()),
)


def next_day(date: str) -> str:
    """The day after a date as the public code writes it."""
    year, month, day = date.split("-")
    return f"{year}-{month}-{int(day) + 1}"
