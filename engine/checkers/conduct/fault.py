"""Something in a conversation that the policy does not allow."""

from typing import NamedTuple


class Fault(NamedTuple):
    """The number of the event that shows it, and what it is in a few words; not `certain` where a text leaves it open."""

    event: int
    detail: str
    certain: bool = True
