"""What things cost, over the constants of a world: the tools charge by these, and whoever reckons ahead shares them."""

from collections.abc import Iterable

from servers.airline.facts import AirlineFacts
from servers.airline.records import Cabin, Membership


def booking(fares: Iterable[int], passengers: int, insured: bool, paid_bags: int, facts: AirlineFacts) -> int:
    """A new reservation; `fares` are those of one passenger, a flight each."""
    return (_total(fares) + (facts.insurance_price if insured else 0)) * passengers + paid_bags * facts.bag_price


def change(old_fares: Iterable[int], new_fares: Iterable[int], passengers: int) -> int:
    """Other flights or another cabin: below zero what goes back. Flights that stay have their old fare on both sides."""
    return (_total(new_fares) - _total(old_fares)) * passengers


def bags(paid_before: int, paid_bags: int, facts: AirlineFacts) -> int:
    """Another number of paid bags; fewer of them bring nothing back."""
    return facts.bag_price * max(0, paid_bags - paid_before)


def free_bags(membership: Membership, cabin: Cabin, passengers: int, facts: AirlineFacts) -> int:
    """Checked bags that a reservation has for nothing, by the membership of the customer who books."""
    return facts.free_bags.per_passenger(membership, cabin) * passengers


def paid_bags(total: int, membership: Membership, cabin: Cabin, passengers: int, facts: AirlineFacts) -> int:
    """How many of so many checked bags are not free."""
    return max(0, total - free_bags(membership, cabin, passengers, facts))


def compensation(status: str, passengers: int, facts: AirlineFacts) -> int:
    """The certificate for a flight of that status, which is `cancelled` or `delayed`."""
    return {"cancelled": facts.cancelled_compensation, "delayed": facts.delayed_compensation}[status] * passengers


def _total(fares: Iterable[int]) -> int:
    total = 0
    for fare in fares:
        total += fare
    return total
