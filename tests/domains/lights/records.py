"""Who owns which lamp, what the maker's record says of it, and how it blinks, which only somebody in the room can see."""

from servers.frozen import Record
from servers.state import Facts

WELL = "white"
"""The colour of a lamp that has no fault."""


class LightsFacts(Facts, frozen=True, kw_only=True):
    """The policy's constants. A lamp that blinks red is reset fully before firmware `gentle_since`, gently from there on."""

    gentle_since: int = 5


class Owner(Record, frozen=True, kw_only=True):
    name: str
    lamps: tuple[str, ...]


class Lamp(Record, frozen=True, kw_only=True):
    """`firmware` and `recalled` stand in the maker's record and nowhere in the room."""

    lamp_id: str
    room: str
    firmware: int
    recalled: bool = False
    mode: str = "as delivered"


class Sight(Record, frozen=True, kw_only=True):
    """What is seen of a lamp in its room."""

    colour: str
