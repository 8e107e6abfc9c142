"""Every act of retail with every set of slots that it can have, and values for them as a world has them."""

from collections.abc import Mapping
from itertools import product
from random import Random
from typing import Any

import msgspec

from servers.domain import Party
from servers.english import counted, money
from servers.persons import Address
from servers.retail import wording
from servers.retail.everyday import CATEGORIES
from servers.retail.facts import REASONS
from servers.retail.recipes.gift_cards import FULLEST, OTHER, SMALLEST
from servers.retail.recipes.trouble import TROUBLES
from servers.retail.records import STATUSES, Order, OrderItem, Product
from tests.engine import swap_acts
from tests.servers.shop import Shop

Slots = tuple[str, ...]

ORDER: tuple[Slots, ...] = ((), ("order_id",), ("order_with",), ("which",))


def sets(*options: tuple[Slots, ...]) -> list[Slots]:
    """Every way to take one set of slots from each."""
    return [tuple(slot for part in parts for slot in part) for parts in product(*options)]


PAYMENT: tuple[Slots, ...] = ((), ("payment",))
DIFFERENCE: tuple[Slots, ...] = ((), ("extra",), ("refund",))
SWAPS = sets((("order_id", "swaps", "payment"),), DIFFERENCE)
SETTLED = sets((("order_id", "payment"),), DIFFERENCE)
MOVED = [("order_id", "payment", "total", "refund_to", "refund_time")]
PLAIN = "greet greet.plain ask.help verified offer_more turn farewell noted adjusted refuse.order_exists refuse.unclear"
ASKED = "identity identity_again order address"
ALL_ORDERS: tuple[Slots, ...] = (("category",), ("product",), ("over",))
CANCELED: tuple[Slots, ...] = tuple(sets((("among",),), ((), ("category",), ("above",))))
ABOUT_ORDER = "items swaps reason refund_to difference new_payment address question"
BY_STATUS = "cancel_pending change_pending changed_once address_only return_delivered exchange_delivered"

AGENT: list[tuple[str, Slots]] = [
    *((kind, ()) for kind in PLAIN.split()),
    *((f"ask.{what}", ()) for what in ASKED.split()),
    ("verified", ("first_name",)),
    *((f"ask.{what}", ("order_id",)) for what in ABOUT_ORDER.split()),
    ("ask.refund_to", ("order_id", "allowed")),
    ("ask.refunds_to", ("allowed",)),
    *((f"ask.{what}", ()) for what in ("reason_for_all", "one_address")),
    ("chose.lot", ("weighed", "found")),
    *((f"chose.{what}", ("weighed", "numbers")) for what in ("orders", "moving")),
    ("chose.person", ()),
    ("chose.covered", ("payment", "balance", "refund", "total")),
    ("chose.card", ("total", "balances")),
    *((f"refuse.{rule}", ("standing",)) for rule in ("return_delivered", "cancel_pending", "changed_once")),
    ("refuse.cancel_reason", ("accepted",)),
    *(("refuse.order_exists", slots) for slots in (*ALL_ORDERS, *CANCELED, ("status",))),
    ("refuse.gift_card_covers", ("payment", "balance", "refund", "total")),
    ("refuse.gift_card_covers", ("payment", "balance", "refund", "refund_to", "total")),
    ("answer.sum", ("status", "parts", "amount")),
    ("answer.spread", ("status", "dearest", "cheapest", "difference")),
    ("answer.things", ("category", "parts", "amount")),
    *((f"answer.{what}", ("parts", "amount")) for what in ("back", "cards")),
    ("propose.cancel", ("order_id", "order_with", "reason", "refund", "refund_to", "refund_time")),
    *(("propose.return", ("order_id", "items", "refund", "payment", "refund_time", *fee)) for fee in ((), ("fee",))),
    *((f"propose.{act}", slots) for act in ("exchange", "modify") for slots in SWAPS),
    *((f"report.{act}", slots) for act in ("exchange", "modify") for slots in SETTLED),
    *((f"{family}.payment", slots) for family in ("propose", "report") for slots in MOVED),
    *((f"{family}.order_address", ("order_id", "address")) for family in ("propose", "report")),
    *((f"{family}.profile_address", ("address",)) for family in ("propose", "report")),
    ("report.cancel", ("order_id", "refund", "refund_to", "refund_time")),
    ("report.return", ("order_id", "refund", "payment", "refund_time")),
    ("chose.order", ("pick", "status", "weighed", "compared", "order_id")),
    ("chose.variant", ("name", "pick", "weighed", "compared")),
    *(("refuse.order_exists", slots) for slots in ORDER[1:]),
    ("refuse.own_account", ("order_id",)),
    ("refuse.item_in_order", ("order_id", "item")),
    *((f"refuse.{rule}", ("order_id", "status")) for rule in BY_STATUS.split()),
    ("refuse.returned_at_once", ("order_id", "limit")),
    ("refuse.items_at_once", ("order_id", "limit")),
    ("refuse.cancel_reason", ("order_id", "accepted")),
    ("refuse.refund_method", ("order_id", "payment", "allowed")),
    ("refuse.refund_method", ("numbers", "payment", "allowed")),
    ("refuse.method_on_file", ("payment",)),
    ("refuse.gift_card_covers", ("payment", "balance", "extra")),
    ("refuse.gift_card_covers", ("payment", "balance", "total")),
    ("refuse.other_method", ("order_id", "payment")),
    ("refuse.variant_available", ("item",)),
    ("refuse.other_variant", ("item",)),
    ("answer.total", ("order_id", "total")),
    ("answer.status", ("order_id", "status")),
    ("answer.tracking", ("order_id", "tracking")),
    *swap_acts.AGENT,
]
WORDS = "hello next thanks accept bye confirm decline unknown puzzled thanks.noted instead rethink withdraw rather besides again"
MEANT = "order_id order_with items swaps payment address reason why category product but keeping then_id card"
TOLD = "email order_id order_with which reason payment address address_from swaps items scope about why card"
PLACES: tuple[Slots, ...] = ((), ("address",), ("address_from",), ("as_order_with",))
CLOSED = ("processed", "pending (item modified)", "return requested")
THEN: tuple[Slots, ...] = (("then_with",), ("then_id",))
USER: list[tuple[str, Slots]] = [
    *((kind, ()) for kind in WORDS.split()),
    *(("request.cancel", slots) for slots in sets(ORDER, ((), ("reason",)))),
    *(("request.return", slots) for slots in sets((("items",), ("scope",)), ORDER, PAYMENT)),
    *((f"request.{act}", slots) for act in ("exchange", "modify") for slots in sets((("swaps",),), ORDER, PAYMENT)),
    *(("request.payment", slots) for slots in sets(ORDER, PAYMENT)),
    *(("request.order_address", slots) for slots in sets(ORDER, ((), ("address",), ("address_from",)))),
    *(("request.profile_address", slots) for slots in ((), ("address",))),
    *(("request.question", slots) for slots in sets((("about",),), ORDER)),
    *(("request.handover", slots) for slots in sets((("trouble",),), ORDER)),
    *(("request.return_all", slots) for slots in sets(ALL_ORDERS, ((), ("but",)), ((), ("arrived",)), PAYMENT)),
    *(("request.cancel_all", slots) for slots in sets(CANCELED, ((), ("keeping",)), ((), ("why",)))),
    *(("request.redirect_all", slots) for slots in sets(PLACES, ((), ("keeping",)))),
    *(("request.totals", ("sum", *slots)) for slots in ((), ("status",), ("category",), ("items",))),
    *(("request.spend_refund", (*slots, "payment")) for slots in sets(ORDER[1:], THEN, ((), ("reason",)))),
    *(("request.gift_cards", (*slots, "card")) for slots in ORDER),
    *swap_acts.user(ORDER, PAYMENT),
    *(("inform", (slot,)) for slot in (*TOLD.split(), *swap_acts.TOLD)),
    ("inform", ("first_name", "last_name", "zip")),
    ("inform", ("email", "first_name", "last_name", "zip")),
    *(("correct", (slot,)) for slot in MEANT.split()),
]
ACTS: list[tuple[Party, str, Slots]] = [*(("agent", *act) for act in AGENT), *(("user", *act) for act in USER)]


def values(shop: Shop, slots: Slots, random: Random) -> dict[str, Any]:
    """A value for each slot, as recipes state them and customers know them."""
    drawn = _drawn(shop, random)
    return {slot: drawn[slot] for slot in slots}


def _drawn(shop: Shop, random: Random) -> Mapping[str, Any]:
    order = random.choice(list(shop.orders.values()))
    user = shop.users[order.user_id]
    items = random.sample(order.items, random.randint(1, min(3, len(order.items))))
    methods = [wording.payment(method) for method in user.payment_methods.values()]
    others = [(" ".join(wording.item("", each.options).split()), each.price) for each in shop.others(items[0])]
    ranked = [f"{options} at {money(price)}" for options, price in others]
    thing = {"name": items[0].name, "options": dict(items[0].options)}
    return {
        "order_id": order.order_id,
        "name": items[0].name,
        "order_with": [item.name for item in items],
        "which": {"pick": random.choice(["most expensive", "cheapest"]), "status": random.choice(STATUSES[:4])},
        "first_name": user.name.first_name,
        "last_name": user.name.last_name,
        "zip": user.address.zip,
        "email": user.email,
        "reason": random.choice(REASONS),
        "payment": random.choice(methods),
        "refund_to": random.choice(methods),
        "refund_time": random.choice(["right away", wording.days(5, 7), wording.days(2, 2), wording.days(1, 1)]),
        "address": _address(user.address),
        "address_from": "the address in my profile",
        "item": thing,
        "items": [{"name": item.name, "options": _some(item, random)} for item in items],
        "swaps": [_swap(shop, item, random) for item in items[:2]],
        "scope": "everything",
        "about": random.choice(["order total", "order status", "tracking number"]),
        "trouble": random.choice(TROUBLES),
        "status": random.choice(STATUSES),
        "accepted": wording.reasons(random.sample(REASONS, random.randint(1, 4))),
        "limit": counted(random.randint(1, 3), "item"),
        "allowed": random.choice(["the original payment method", "the original payment method or to a gift card on file"]),
        "pick": random.choice(["most expensive", "cheapest"]),
        "weighed": 2 + len(ranked),
        "compared": ranked[:3],
        **_of_all_orders(shop, order, random),
        **swap_acts.drawn(shop, random),
        "tracking": [str(random.randrange(10**11, 10**12)) for _ in range(random.choice([1, 1, 2]))],
        **{slot: round(random.uniform(1, 3000), 2) for slot in ("refund", "extra", "total", "balance", "fee")},
    }


def spoken(shop: Shop, party: Party, slots: Slots, random: Random) -> dict[str, Any]:
    """Values as that party says them: a customer has fewer words for things than an agent."""
    drawn = values(shop, slots, random)
    if party == "user" and "payment" in drawn:
        drawn["payment"] = random.choice(["original payment method", "gift card", "Visa", drawn["payment"]])
    if party == "agent" and "reason" in drawn:
        drawn["reason"] = random.choice(REASONS)
    if "sum" in drawn and "status" not in drawn:
        drawn["sum"] = {"items": "what would come back", "category": "sum of things"}.get(slots[-1], "gift cards")
    if "pick" in drawn and "status" in drawn:  # nobody asks for the dearest of the cancelled ones
        drawn["status"] = random.choice(["pending", "processed", "delivered"])
    if party == "agent" and "items" in drawn:
        drawn["items"] = [{"name": item["name"], "options": item["options"]} for item in drawn["items"]]
    if party == "agent" and "swaps" in drawn:
        drawn["swaps"] = [_stated(shop, swap["item"]["name"], random) for swap in drawn["swaps"]]
    return drawn


def _of_all_orders(shop: Shop, order: Order, random: Random) -> dict[str, Any]:
    """What wishes about all orders are made of."""
    several = random.sample(list(shop.orders.values()), random.randint(1, 4))
    amounts = [round(random.uniform(1, 900), 2) for _ in several]
    return {
        "category": random.choice(CATEGORIES),
        "product": order.items[0].name,
        "over": random.randint(10, 900),
        "above": random.randint(10, 900),
        "but": {"name": order.items[0].name, "options": _some(order.items[0], random)},
        "arrived": "delivered",
        "among": random.choice(["pending", "not delivered yet"]),
        "keeping": order.items[0].name,
        "why": random.choice(REASONS),
        "sum": random.choice(["sum of orders", "dearest and cheapest"]),
        "card": random.choice([SMALLEST, FULLEST, OTHER]),
        "as_order_with": [order.items[0].name],
        "then_with": [order.items[0].name],
        "then_id": several[0].order_id,
        "standing": [{"order_id": each.order_id, "status": random.choice(CLOSED)} for each in several],
        "found": [{"order_id": each.order_id, "names": [item.name for item in each.items]} for each in several],
        "numbers": [each.order_id for each in several],
        "balances": [f"{money(amount)} on the gift card ending in {random.randint(1000, 9999)}" for amount in amounts],
        "parts": [f"{money(amount)} for order {each.order_id}" for amount, each in zip(amounts, several, strict=True)],
        "dearest": {"order_id": several[0].order_id, "total": amounts[0]},
        "cheapest": {"order_id": several[-1].order_id, "total": amounts[-1]},
        **{slot: round(random.uniform(1, 3000), 2) for slot in ("amount", "difference")},
    }


def _address(address: Address) -> dict[str, str]:
    return dict(msgspec.to_builtins(address))


def _some(item: OrderItem, random: Random) -> dict[str, str]:
    return {name: value for name, value in item.options.items() if random.random() < 0.4}


def _swap(shop: Shop, item: OrderItem, random: Random) -> dict[str, Any]:
    """What a customer says: other options, or an extreme."""
    other = random.choice(shop.others(item))
    wanted = {name: value for name, value in other.options.items() if item.options[name] != value}
    said: dict[str, Any] = {"item": {"name": item.name, "options": _some(item, random)}, "wanted": wanted}
    if random.random() < 0.4:
        said |= {"pick": random.choice(["cheapest", "most expensive"]), "wanted": random.choice([wanted, {}])}
    elif random.random() < 0.4:
        changes = [dict(each.options.items() - item.options.items()) for each in shop.others(item)]
        return swap_acts.wish(item.name, dict(item.options), changes, random)
    return said


def _stated(shop: Shop, name: str, random: Random) -> dict[str, Any]:
    """What an agent states: the old variant and the new one."""
    products: list[Product] = [each for each in shop.products.values() if each.name == name]
    old, new = random.sample(list(products[0].variants.values()), 2)
    return {"item": {"name": name, "options": dict(old.options)}, "new": {"name": name, "options": dict(new.options)}}
