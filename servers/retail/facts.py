"""The constants of the retail policy: what a variant of the policy changes, and everything reads from here."""

from msgspec import UNSET, UnsetType

from servers.state import Facts

REASONS = (
    "no longer needed",
    "ordered by mistake",
    "found it cheaper elsewhere",
    "taking too long to arrive",
    "changed my mind about the color",
)
"""Reasons for which customers cancel, whether they count or not."""


class RetailFacts(Facts, frozen=True, kw_only=True):
    """What this shop allows.

    `cancel_reasons` are the reasons that count. `refund_days` (from, to) is how long money takes to anything
    but a gift card. `returns_to_gift_card`: may a refund go to a gift card of the customer instead of to
    the original method. `changes_lock_order`: after its items were modified a pending order is closed to
    every further change; otherwise its address can still be changed, which is all that the tools can do then.
    `max_items_changed`: items in one modification or exchange, None for no limit. `max_items_returned`: items in one
    return. `return_fee`: whole dollars that are taken off the refund of a return.

    The last two are UNSET in a policy that does not have them, and then no part of a world's digest.
    """

    cancel_reasons: tuple[str, ...] = REASONS[:2]
    refund_days: tuple[int, int] = (5, 7)
    returns_to_gift_card: bool = True
    changes_lock_order: bool = True
    max_items_changed: int | None = None
    max_items_returned: int | UnsetType = UNSET
    return_fee: int | UnsetType = UNSET


PUBLIC = RetailFacts(now="2024-05-15T15:00:00", public=True)
SYNTHETIC = RetailFacts(now="2025-03-10T10:00:00")
