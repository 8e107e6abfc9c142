"""How a customer describes an order, an item, a payment method: sampled for a draft, and checked again as K."""

from collections.abc import Iterable, Mapping
from random import Random
from typing import Any

from servers.drafting import chosen
from servers.retail.recipes.orders import ORIGINAL, fits, has_items, is_meant, total
from servers.retail.records import DELIVERED, PENDING, PROCESSED, Order, OrderItem, PaymentMethod, User
from servers.retail.wording import payment as payment_words
from servers.state import View


def orders_of(view: View, customer: str) -> list[Order]:
    """The customer's orders, oldest first."""
    user = view.get("users", customer, User)
    numbers = user.orders if user else ()
    return [order for number in numbers if (order := view.get("orders", number, Order)) is not None]


def somebody_elses(view: View, customer: str, status: str, random: Random) -> Order | None:
    """An order of another customer, of whom this one asks as if it were their own."""
    keys = view.world.keys("users")
    other = keys[int(random.random() * len(keys))]
    return chosen((each for each in orders_of(view, other) if each.status == status and other != customer), random)


def misremembered(view: View, random: Random) -> str | None:
    """An order number that no order has."""
    number = f"#W{int(random.random() * 10_000_000):07d}"
    return number if view.get("orders", number, Order) is None else None


def order_slots(view: View, customer: str, order: Order, random: Random) -> dict[str, Any]:
    """The slots by which a customer names this order: by number, by what is in it, or as an extreme."""
    ways: list[dict[str, Any]] = [{"order_id": order.order_id}]
    if order.user_id != customer:
        return ways[0]
    orders = orders_of(view, customer)
    for item in order.items:
        if sum(fits(other, [item.name]) for other in orders) == 1:
            ways.append({"order_with": [item.name]})
    if not any("order_with" in way for way in ways) and len(order.items) > 1:
        names = sorted({item.name for item in order.items})[:2]
        if len(names) == 2 and sum(fits(other, names) for other in orders) == 1:
            ways.append({"order_with": names})
    for pick in ("most expensive", "cheapest") if order.status in (PENDING, PROCESSED, DELIVERED) else ():
        which = {"pick": pick, "status": order.status}
        if sum(other.status == order.status for other in orders) > 1 and extreme(orders, which) is order:
            ways.append({"which": which})
    if len(ways) > 1 and random.random() < 0.7:
        ways = ways[1:]
    return chosen(ways, random) or ways[0]


def extreme(orders: Iterable[Order], which: Mapping[str, str]) -> Order | None:
    """The dearest or cheapest order of a status, None unless there is exactly one such."""
    rated = sorted(
        ((total(order), order.order_id, order) for order in orders if order.status == which["status"]), key=lambda row: row[:2]
    )
    if not rated or (len(rated) > 1 and rated[0][0] == rated[1][0] and which["pick"] == "cheapest"):
        return None
    if len(rated) > 1 and rated[-1][0] == rated[-2][0] and which["pick"] == "most expensive":
        return None
    return rated[0][2] if which["pick"] == "cheapest" else rated[-1][2]


def presupposed(view: View, customer: str, params: Mapping[str, Any]) -> Order | None:
    """The one order that the customer's words can mean, None when they fit none or several."""
    orders = orders_of(view, customer)
    if "order_id" in params:
        return view.get("orders", params["order_id"], Order)
    if "order_with" in params:
        fitting = [order for order in orders if fits(order, params["order_with"])]
        return fitting[0] if len(fitting) == 1 else None
    if "which" in params:
        return extreme(orders, params["which"])
    having = [order for order in orders if has_items(order, described_in(params))]
    return having[0] if len(having) == 1 else None


def described_in(params: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The items that the customer talks about, in their words."""
    return list(params.get("items") or [swap["item"] for swap in params.get("swaps", ())])


def without_saying_twice(view: View, customer: str, params: dict[str, Any]) -> dict[str, Any]:
    """Nobody says "return the kettle from my order with the kettle": where the items name the order, they are enough."""
    names = {item["name"] for item in described_in(params)}
    if not names & set(params.get("order_with", ())):
        return params
    shorter = {slot: value for slot, value in params.items() if slot != "order_with"}
    if presupposed(view, customer, shorter) is not None:
        return shorter
    order = presupposed(view, customer, params)
    return shorter | {"order_id": order.order_id} if order else shorter


def from_elsewhere(view: View, customer: str, order: Order, random: Random) -> dict[str, Any] | None:
    """An item of another order of theirs, which they believe to be in this one."""
    names = {item.name for item in order.items}
    others = [item for other in orders_of(view, customer) if other is not order for item in other.items if item.name not in names]
    item = chosen(others, random)
    return {"name": item.name, "options": {}} if item else None


def item_slot(order: Order, item: OrderItem, random: Random) -> dict[str, Any] | None:
    """An item in a customer's words: its name, and of its options what tells it apart, and sometimes one more."""
    options: dict[str, str] = {}
    names = list(item.options)
    random.shuffle(names)
    for name in names:
        if _clear(order, {"name": item.name, "options": options}):
            break
        options[name] = item.options[name]
    if not options and names and random.random() < 0.25:
        options[names[0]] = item.options[names[0]]
    described = {"name": item.name, "options": options}
    return described if _clear(order, described) else None


def _clear(order: Order, described: Mapping[str, Any]) -> bool:
    return len({item.item_id for item in order.items if is_meant(item, described)}) == 1


def method_slot(user: User, method: PaymentMethod, order: Order, random: Random) -> str:
    """A payment method in a customer's words."""
    words = payment_words(method)
    if method.id == order.payment_history[0].payment_method_id and random.random() < 0.6:
        return ORIGINAL
    short = words.rpartition(" ending in ")[0]
    alone = sum(short.casefold() in payment_words(other).casefold() for other in user.payment_methods.values()) == 1
    return short if short and alone and random.random() < 0.5 else words
