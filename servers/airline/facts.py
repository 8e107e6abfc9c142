"""The constants of the airline policy: what a variant of the policy changes, and everything reads from here."""

import msgspec

from servers.airline.records import Airport, ByCabin, Cabin, Membership
from servers.state import Facts

INSURABLE = ("health", "weather", "work", "military")
"""Reasons that an insurance may cover, in the policy as 'health or weather reasons'."""


class Allowances(msgspec.Struct, frozen=True, kw_only=True):
    """Checked bags that are free for each passenger, by the membership of the customer who books for all of them."""

    regular: ByCabin
    silver: ByCabin
    gold: ByCabin

    def per_passenger(self, membership: Membership, cabin: Cabin) -> int:
        """How many bags each passenger of a reservation may check for nothing."""
        bags: ByCabin = getattr(self, membership)
        return bags.of(cabin)


class AirlineFacts(Facts, frozen=True, kw_only=True):
    """What this airline flies and allows. Money is in whole dollars.

    `airports` are those that it serves, in the order in which they are listed. `mint` is what new ids are
    drawn from (see minting.py): nobody is told it.

    Cancelling: `cancel_hours` after booking anybody may, `cancel_cabins` always may, and with insurance
    `insured_reasons` count. Changing: flights of `fixed_cabins` cannot be changed.
    Compensation is for `compensated_tiers`, `compensated_cabins` and (`compensates_insured`) those with insurance:
    an amount a passenger, for a flight that was cancelled, or delayed once the reservation was changed or cancelled.
    `refund_days` (from, to) is how long a refund takes.
    """

    airports: tuple[Airport, ...]
    mint: str = ""

    cancel_hours: int = 24
    cancel_cabins: tuple[Cabin, ...] = ("business",)
    insured_reasons: tuple[str, ...] = ("health", "weather")
    refund_days: tuple[int, int] = (5, 7)

    fixed_cabins: tuple[Cabin, ...] = ("basic_economy",)

    max_passengers: int = 5
    max_certificates: int = 1
    max_credit_cards: int = 1
    max_gift_cards: int = 3

    free_bags: Allowances = Allowances(
        regular=ByCabin(basic_economy=0, economy=1, business=2),
        silver=ByCabin(basic_economy=1, economy=2, business=3),
        gold=ByCabin(basic_economy=2, economy=3, business=4),
    )
    bag_price: int = 50
    insurance_price: int = 30

    compensated_tiers: tuple[Membership, ...] = ("silver", "gold")
    compensated_cabins: tuple[Cabin, ...] = ("business",)
    compensates_insured: bool = True
    cancelled_compensation: int = 100
    delayed_compensation: int = 50
