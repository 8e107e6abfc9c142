"""What customers and agents of the shop say: enough of it, every slot in it, and nothing that a person would not write."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from random import Random
from typing import Any

import msgspec
import pytest

import servers
from engine.casting import phrasebook
from engine.conversation.events import Act
from engine.speech.phrasebook import Phrasebook
from servers.domain import Party
from servers.retail import wording
from servers.retail.facts import RetailFacts
from servers.retail.policy import policy
from servers.retail.records import STATUSES, Product
from servers.retail.rules import RULES
from servers.retail.slots import worded
from tests.servers.shop import Shop, open_shop

Slots = tuple[str, ...]

ORDER: tuple[Slots, ...] = ((), ("order_id",), ("order_with",), ("which",))


def sets(*options: tuple[Slots, ...]) -> list[Slots]:
    """Every way to take one set of slots from each."""
    return [tuple(slot for part in parts for slot in part) for parts in product(*options)]


PAYMENT: tuple[Slots, ...] = ((), ("payment",))
DIFFERENCE: tuple[Slots, ...] = ((), ("extra",), ("refund",))
SWAPS = sets((("order_id", "swaps", "payment"),), DIFFERENCE, ((), ("weighed", "compared")))
SETTLED = sets((("order_id", "payment"),), DIFFERENCE)
MOVED = [("order_id", "payment", "total", "refund_to", "refund_time")]
PLAIN = "greet ask.help verified offer_more turn farewell noted ask.identity ask.identity_again ask.order ask.address refuse.order_exists refuse.unclear"
ABOUT_ORDER = "items swaps reason refund_to difference new_payment address question"
BY_STATUS = "cancel_pending change_pending changed_once return_delivered exchange_delivered items_at_once"

AGENT: list[tuple[str, Slots]] = [
    *((kind, ()) for kind in PLAIN.split()),
    ("verified", ("first_name",)),
    *((f"ask.{what}", ("order_id",)) for what in ABOUT_ORDER.split()),
    ("ask.refund_to", ("order_id", "allowed")),
    ("propose.cancel", ("order_id", "order_with", "reason", "refund", "refund_to", "refund_time")),
    ("propose.return", ("order_id", "items", "refund", "payment", "refund_time")),
    *((f"propose.{act}", slots) for act in ("exchange", "modify") for slots in SWAPS),
    *((f"report.{act}", slots) for act in ("exchange", "modify") for slots in SETTLED),
    *((f"{family}.payment", slots) for family in ("propose", "report") for slots in MOVED),
    *((f"{family}.order_address", ("order_id", "address")) for family in ("propose", "report")),
    *((f"{family}.profile_address", ("address",)) for family in ("propose", "report")),
    ("report.cancel", ("order_id", "refund", "refund_to", "refund_time")),
    ("report.return", ("order_id", "refund", "payment", "refund_time")),
    *(("refuse.order_exists", slots) for slots in ORDER[1:]),
    ("refuse.own_account", ("order_id",)),
    ("refuse.item_in_order", ("order_id", "item")),
    *((f"refuse.{rule}", ("order_id", "status")) for rule in BY_STATUS.split()),
    ("refuse.cancel_reason", ("order_id", "accepted")),
    ("refuse.refund_method", ("order_id", "payment", "allowed")),
    ("refuse.method_on_file", ("payment",)),
    ("refuse.gift_card_covers", ("payment", "balance", "extra")),
    ("refuse.gift_card_covers", ("payment", "balance", "total")),
    ("refuse.other_method", ("order_id", "payment")),
    ("refuse.variant_available", ("item",)),
    ("refuse.other_variant", ("item",)),
    ("answer.total", ("order_id", "total")),
    ("answer.status", ("order_id", "status")),
    ("answer.tracking", ("order_id", "tracking")),
]
WORDS = "hello next thanks accept bye confirm decline unknown puzzled"
TOLD = "email order_id order_with which reason payment address address_from swaps items scope about"
USER: list[tuple[str, Slots]] = [
    *((kind, ()) for kind in WORDS.split()),
    *(("request.cancel", slots) for slots in sets(ORDER, ((), ("reason",)))),
    *(("request.return", slots) for slots in sets((("items",), ("scope",)), ORDER, PAYMENT)),
    *((f"request.{act}", slots) for act in ("exchange", "modify") for slots in sets((("swaps",),), ORDER, PAYMENT)),
    *(("request.payment", slots) for slots in sets(ORDER, PAYMENT)),
    *(("request.order_address", slots) for slots in sets(ORDER, ((), ("address",), ("address_from",)))),
    *(("request.profile_address", slots) for slots in ((), ("address",))),
    *(("request.question", slots) for slots in sets((("about",),), ORDER)),
    *(("inform", (slot,)) for slot in TOLD.split()),
    ("inform", ("first_name", "last_name", "zip")),
    ("inform", ("email", "first_name", "last_name", "zip")),
    *(("correct", (slot,)) for slot in "order_id order_with items swaps payment address reason".split()),
]
ACTS: list[tuple[Party, str, Slots]] = [*(("agent", *act) for act in AGENT), *(("user", *act) for act in USER)]
OFTEN = {"greet", "ask.identity", "verified", "offer_more", "farewell", "hello", "thanks", "bye", "confirm", "next"}
IDENTITY = {("email",), ("first_name", "last_name", "zip")}

every_act = pytest.mark.parametrize(("party", "kind", "slots"), ACTS, ids=lambda part: "+".join(part) if isinstance(part, tuple) else part)
