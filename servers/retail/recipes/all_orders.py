"""Wishes about all of a customer's orders: read every one of them, then say which ones were found."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import Any

from msgspec.structs import replace

from servers.recipe import Case, Comparison, Edit
from servers.retail import everyday
from servers.retail.recipes import drafts, edits
from servers.retail.recipes.orders import profile, total
from servers.retail.records import Order, OrderItem, Product, User
from servers.state import View

MANY = 9
"""With so many orders a customer is sure to ask about all of them; with fewer it is the less likely the fewer they are."""


def read_all(case: Case, question: str, row: Callable[[Order], str]) -> list[Order]:
    """Every order of the customer, in the order of the profile. `row` says an order in the worksheet."""
    numbers = profile(case).orders
    found: dict[str, Order] = {}
    coming = case.order(numbers)
    for place, number in enumerate(coming):
        rows = tuple((order.order_id, row(order)) for order in found.values())
        case.note(Comparison(question=question, candidates=rows, unread=tuple(coming[place:])))
        order = case.read("get_order_details", order_id=number)
        if isinstance(order, Order):
            found[number] = order
    return [found[number] for number in numbers if number in found]


def of_many(view: View, customer: str, random: Random) -> list[Order]:
    """The customer's orders; mostly none where they are few."""
    user = view.get("users", customer, User)
    if user is None or random.random() > (len(user.orders) / MANY) ** 2:
        return []
    return drafts.orders_of(view, customer)


def standing(orders: Iterable[Order]) -> list[dict[str, str]]:
    """Orders with where they stand, as a refusal names them."""
    return [{"order_id": order.order_id, "status": order.status} for order in orders]


def found_in(having: Iterable[tuple[Order, Sequence[OrderItem]]]) -> list[dict[str, Any]]:
    """What was found in which order, as it is told."""
    return [{"order_id": order.order_id, "names": [item.name for item in items]} for order, items in having]


def between(amounts: Sequence[float], random: Random) -> int | None:
    """A round amount of dollars with some of these above it and some below, and none at it."""
    ranked = sorted(amounts)
    if len(ranked) < 2:
        return None
    place = int(random.random() * (len(ranked) - 1))
    for step in (50, 10, 5, 1):
        least = (int(ranked[place]) // step + 1) * step
        if ranked[place] < least < ranked[place + 1]:
            return least
    return None


def clear_categories(orders: Iterable[Order]) -> list[str]:
    """The categories about which nobody can differ in these orders."""
    names = {item.name for order in orders for item in order.items}
    return [each for each in everyday.CATEGORIES if not any(everyday.open_to_doubt(name, each) for name in names)]


def stray(view: View, fits: Callable[[str], bool]) -> OrderItem | None:
    """An item of the catalogue with a name that fits, as somebody would have bought it today."""
    product = next((each for each in view.rows("products", Product) if fits(each.name)), None)
    if product is None:
        return None
    variant = next(iter(product.variants.values()))
    return OrderItem(
        name=product.name,
        product_id=product.product_id,
        item_id=variant.item_id,
        price=variant.price,
        options=variant.options,
    )


def with_status(order: Order, status: str, fact: str = "") -> Edit:
    """One order stands elsewhere."""
    put = ("orders", order.order_id, edits.with_status(order, status))
    return Edit(fact=fact or f"{order.order_id} is {status}", puts=(put,))


def having_too(order: Order, item: OrderItem, status: str) -> Edit:
    """The order has an item more, and stands where that matters."""
    changed = edits.with_items(edits.with_status(order, status), (*order.items, item))
    return Edit(fact=f"{order.order_id} is {status} and has a {item.name}", puts=(("orders", order.order_id, changed),))


def dearer(order: Order, by: float, status: str) -> Edit:
    """The first item of the order cost so much more, and the order stands where that matters."""
    first = replace(order.items[0], price=round(order.items[0].price + by, 2))
    changed = edits.with_items(edits.with_status(order, status), (first, *order.items[1:]))
    return Edit(
        fact=f"{order.order_id} is {status} and came to {total(changed):.2f}", puts=(("orders", order.order_id, changed),)
    )


def with_other_method(view: View, customer: str, orders: Sequence[Order]) -> Iterator[Edit]:
    """What paid the first of these orders is on file under another id."""
    for order in orders[:1]:
        yield from edits.refiled(view, customer, order.payment_history[0].payment_method_id, order)


def kept(params: Mapping[str, Any], order: Order) -> bool:
    """Is it the one that the customer leaves out: "all but the one with the kettle"?"""
    return "keeping" in params and params["keeping"] in {item.name for item in order.items}


def only_here(orders: Sequence[Order], place: int | None, random: Random) -> str | None:
    """A product of one of these orders that no other of them has."""
    if place is None:
        return None
    others = {item.name for number, order in enumerate(orders) if number != place for item in order.items}
    names = [item.name for item in orders[place].items if item.name not in others]
    return names[int(random.random() * len(names))] if names else None
