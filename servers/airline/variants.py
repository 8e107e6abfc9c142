"""Other airlines' policies: what an agent must read instead of remembering.

The tools check little of the policy, so a variant may allow more as well as less. Certificates never pay a change, and
the number of passengers never changes: those are the tools' own rules.
"""

from collections.abc import Mapping
from random import Random
from typing import Any

from servers.airline.facts import INSURABLE, AirlineFacts, Allowances
from servers.airline.records import ByCabin
from servers.variants import Variants

_Bags = tuple[int, int, int]


def _free(regular: _Bags, silver: _Bags, gold: _Bags) -> Allowances:
    """Free bags a passenger: for each membership in basic economy, economy and business."""
    rows = (ByCabin(basic_economy=bags[0], economy=bags[1], business=bags[2]) for bags in (regular, silver, gold))
    return Allowances(**dict(zip(("regular", "silver", "gold"), rows, strict=True)))


NAMED: dict[str, dict[str, Any]] = {
    "strict": {
        "cancel_hours": 6,
        "cancel_cabins": (),
        "insured_reasons": ("health",),
        "refund_days": (10, 20),
        "fixed_cabins": ("basic_economy", "economy"),
        "max_passengers": 4,
        "max_gift_cards": 1,
        "bag_price": 70,
        "compensated_tiers": ("gold",),
        "compensates_insured": False,
        "cancelled_compensation": 60,
        "delayed_compensation": 30,
    },
    "generous": {
        "cancel_hours": 72,
        "cancel_cabins": ("economy", "business"),
        "insured_reasons": INSURABLE,
        "refund_days": (1, 3),
        "fixed_cabins": (),
        "max_passengers": 8,
        "max_certificates": 2,
        "free_bags": _free((1, 2, 3), (2, 3, 4), (3, 4, 5)),
        "bag_price": 20,
        "compensated_cabins": ("economy", "business"),
        "cancelled_compensation": 200,
        "delayed_compensation": 120,
    },
    "low-cost": {
        "cancel_hours": 2,
        "insured_reasons": ("health",),
        "refund_days": (7, 14),
        "max_certificates": 0,
        "max_gift_cards": 2,
        "free_bags": _free((0, 0, 1), (0, 1, 1), (1, 1, 2)),
        "bag_price": 35,
        "insurance_price": 15,
        "compensated_cabins": (),
        "cancelled_compensation": 40,
        "delayed_compensation": 20,
    },
    "family": {
        "cancel_hours": 48,
        "insured_reasons": ("health", "weather", "military"),
        "max_passengers": 7,
        "free_bags": _free((1, 1, 2), (2, 2, 3), (3, 3, 4)),
        "bag_price": 25,
        "insurance_price": 20,
    },
    "corporate": {
        "cancel_cabins": ("economy", "business"),
        "insured_reasons": ("health", "work"),
        "refund_days": (2, 3),
        "fixed_cabins": (),
        "max_credit_cards": 2,
        "insurance_price": 45,
        "compensated_tiers": ("gold",),
        "cancelled_compensation": 150,
        "delayed_compensation": 100,
    },
    "island-hopper": {
        "cancel_hours": 12,
        "insured_reasons": ("weather",),
        "refund_days": (3, 3),
        "max_passengers": 3,
        "max_gift_cards": 5,
        "bag_price": 40,
        "compensated_tiers": (),
        "cancelled_compensation": 80,
        "delayed_compensation": 25,
    },
    "gift-friendly": {"max_certificates": 3, "max_credit_cards": 2, "max_gift_cards": 6, "cancel_hours": 36},
}
"""What differs from the airline's own constants, by the name of the policy."""


def drawn(random: Random) -> Mapping[str, Any]:
    """A policy by chance: bags never fewer in a better cabin or for a better member, somebody always compensated."""
    insured = random.sample(INSURABLE, random.randint(1, len(INSURABLE)))
    first = random.randint(1, 12)
    cancelled = random.randint(4, 20)
    return {
        "cancel_hours": random.choice((2, 6, 12, 24, 36, 48, 72)),
        "cancel_cabins": random.choice(((), ("business",), ("business",), ("economy", "business"))),
        "insured_reasons": tuple(reason for reason in INSURABLE if reason in insured),
        "refund_days": (first, first + random.randrange(6)),
        "fixed_cabins": random.choice(((), ("basic_economy",), ("basic_economy",), ("basic_economy", "economy"))),
        "max_passengers": random.randint(3, 8),
        "max_certificates": random.randrange(4),
        "max_credit_cards": random.randint(1, 2),
        "max_gift_cards": random.randint(1, 5),
        "free_bags": _free(*_rows(random)),
        "bag_price": 5 * random.randint(4, 16),
        "insurance_price": 5 * random.randint(2, 10),
        "compensated_tiers": random.choice((("gold",), ("silver", "gold"))),
        "compensated_cabins": random.choice(((), ("business",), ("economy", "business"))),
        "compensates_insured": random.randrange(2) == 0,
        "cancelled_compensation": 10 * cancelled,
        "delayed_compensation": 10 * random.randint(1, cancelled),
    }


def _rows(random: Random) -> tuple[_Bags, _Bags, _Bags]:
    """Free bags for each membership and cabin, each at least what the one before has."""
    regular = _more(random, (0, 0, 0))
    silver = _more(random, regular)
    return regular, silver, _more(random, silver)


def _more(random: Random, bags: _Bags) -> _Bags:
    basic = bags[0] + random.randrange(2)
    economy = max(basic, bags[1]) + random.randrange(2)
    return basic, economy, max(economy, bags[2]) + random.randrange(2)


VARIANTS = Variants(domain="airline", facts=AirlineFacts, named=NAMED, draw=drawn, kept=("airports", "mint"))
