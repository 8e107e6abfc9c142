"""The constants of the retail policy: what a variant of the policy changes, and everything reads from here."""

from servers.state import Facts


class RetailFacts(Facts, frozen=True, kw_only=True):
    """What this shop allows.

    `cancel_reasons` are the reasons that count. `refund_days` (from, to) is how long money takes to anything
    but a gift card. `returns_to_gift_card`: may a refund go to a gift card of the customer instead of to
    the original method. `changes_lock_order`: after its items were modified a pending order is closed to
    every further change. `max_items_changed`: items in one modification or exchange, None for no limit.
    """

    cancel_reasons: tuple[str, ...] = ("no longer needed", "ordered by mistake")
    refund_days: tuple[int, int] = (5, 7)
    returns_to_gift_card: bool = True
    changes_lock_order: bool = True
    max_items_changed: int | None = None


PUBLIC = RetailFacts(now="2024-05-15T15:00:00", public=True)
SYNTHETIC = RetailFacts(now="2025-03-10T10:00:00")
