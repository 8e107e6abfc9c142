"""Other shops' policies: what an agent must read instead of remembering.

A variant may be stricter than the tools are, never looser: what it allows can be carried out. The status of an order,
one exchange or return an order, and one modification of its items are the tools' own rules and vary nowhere.
"""

from collections.abc import Mapping
from random import Random
from typing import Any

from msgspec import UNSET

from servers.retail.facts import REASONS, RetailFacts
from servers.variants import Variants

_NOT_NEEDED, _MISTAKE, _CHEAPER, _TOO_LONG, _COLOR = REASONS

NAMED: dict[str, dict[str, Any]] = {
    "strict": {
        "cancel_reasons": (_MISTAKE,),
        "refund_days": (10, 14),
        "returns_to_gift_card": False,
        "max_items_changed": 1,
        "max_items_returned": 2,
        "return_fee": 10,
    },
    "generous": {
        "cancel_reasons": (_NOT_NEEDED, _MISTAKE, _CHEAPER, _TOO_LONG),
        "refund_days": (1, 2),
        "changes_lock_order": False,
    },
    "express": {"cancel_reasons": (_MISTAKE, _TOO_LONG), "refund_days": (1, 1), "max_items_changed": 2},
    "outlet": {
        "cancel_reasons": (_NOT_NEEDED, _CHEAPER),
        "refund_days": (7, 10),
        "returns_to_gift_card": False,
        "return_fee": 5,
    },
    "boutique": {
        "cancel_reasons": (_NOT_NEEDED, _MISTAKE, _COLOR),
        "refund_days": (3, 5),
        "changes_lock_order": False,
        "max_items_changed": 2,
        "max_items_returned": 3,
    },
    "marketplace": {
        "cancel_reasons": (_TOO_LONG,),
        "refund_days": (14, 21),
        "changes_lock_order": False,
        "max_items_returned": 1,
        "return_fee": 8,
    },
    "old-fashioned": {"cancel_reasons": (_NOT_NEEDED,), "refund_days": (5, 10), "returns_to_gift_card": False},
}
"""What differs from the shop's own constants, by the name of the policy."""


def drawn(random: Random) -> Mapping[str, Any]:
    """A policy by chance. Customers give one reason at least that does not count."""
    reasons = random.sample(REASONS, random.randint(1, len(REASONS) - 1))
    first = random.randint(1, 12)
    return {
        "cancel_reasons": tuple(reason for reason in REASONS if reason in reasons),
        "refund_days": (first, first + random.randrange(6)),
        "returns_to_gift_card": random.randrange(2) == 0,
        "changes_lock_order": random.randrange(2) == 0,
        "max_items_changed": random.choice((None, None, 1, 2, 3)),
        "max_items_returned": random.choice((UNSET, UNSET, 1, 2, 3)),
        "return_fee": random.choice((UNSET, UNSET, 3, 5, 8, 12)),
    }


VARIANTS = Variants(domain="retail", facts=RetailFacts, named=NAMED, draw=drawn)
