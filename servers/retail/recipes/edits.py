"""Other ways things could be that the customer cannot know: coherent edits of a world, for any retail recipe."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from servers.recipe import Edit
from servers.retail.recipes.drafts import described_in
from servers.retail.recipes.orders import fits, is_meant, total
from servers.retail.records import (
    DELIVERED,
    PENDING,
    PROCESSED,
    Fulfillment,
    GiftCard,
    Order,
    OrderItem,
    Payment,
    PayPal,
    Product,
    User,
    Variant,
)
from servers.state import View


def status(order: Order) -> Iterator[Edit]:
    """The order stands elsewhere: still pending, under way, or there already."""
    for other in (PENDING, PROCESSED, DELIVERED):
        if other != order.status:
            yield Edit(fact=f"{order.order_id} is {other}", puts=(("orders", order.order_id, with_status(order, other)),))


def with_status(order: Order, status: str) -> Order:
    """The order as it would be with another status: parcels and what was asked for fit it."""
    parcels: tuple[Fulfillment, ...] = ()
    if status in (PROCESSED, DELIVERED):
        ids = tuple(item.item_id for item in order.items)
        parcels = order.fulfillments or (Fulfillment(tracking_id=(f"9{order.order_id[2:]}0001",), item_ids=ids),)
    return replace(
        order,
        status=status,
        fulfillments=parcels,
        payment_history=order.payment_history[:1],
        cancel_reason=None,
        exchange_items=None,
        exchange_new_items=None,
        exchange_payment_method_id=None,
        exchange_price_difference=None,
        return_items=None,
        return_payment_method_id=None,
    )


def elsewhere(view: View, customer: str, order: Order, params: Mapping[str, Any]) -> Iterator[Edit]:
    """What the order was described by is in another of the customer's orders; or another one is the extreme."""
    user = view.get("users", customer, User)
    others = [view.get("orders", number, Order) for number in user.orders if number != order.order_id] if user else []
    names = params.get("order_with") or [each["name"] for each in described_in(params)]
    by_contents = not {"order_id", "which"} & set(params)
    spare = spare_item([each for each in others if each is not None], names)
    for other in others:
        if other is None:
            continue
        if by_contents and not fits(other, names):
            named = tuple(item for item in order.items if item.name in names)
            rest = tuple(item for item in order.items if item not in named) or spare or other.items[:1]
            swapped = (with_items(order, rest), with_items(with_status(other, order.status), (*other.items, *named)))
            puts = tuple(("orders", changed.order_id, changed) for changed in swapped)
            yield Edit(fact=f"what was described is in {other.order_id}", puts=puts)
        if "which" in params:
            beats = with_total_beyond(with_status(other, params["which"]["status"]), order, params["which"]["pick"])
            yield Edit(fact=f"{other.order_id} is the one", puts=(("orders", beats.order_id, beats),))


def spare_item(orders: Sequence[Order], names: Sequence[str]) -> tuple[OrderItem, ...]:
    """What an order has that lost all else: always the same, so that it does not tell where the rest went."""
    return next(((item,) for order in orders for item in order.items if item.name not in names), ())


def with_items(order: Order, items: tuple[OrderItem, ...]) -> Order:
    """The order with other items, paid and packed accordingly."""
    changed = replace(order, items=items)
    paid = replace(order.payment_history[0], amount=total(changed))
    ids = tuple(item.item_id for item in items)
    parcels = (replace(order.fulfillments[0], item_ids=ids),) if order.fulfillments else ()
    return replace(changed, payment_history=(paid,), fulfillments=parcels)


def with_total_beyond(order: Order, rival: Order, pick: str) -> Order:
    """The order at a price a little beyond a rival's, in the direction that was picked."""
    wanted = total(rival) + (10.0 if pick == "most expensive" else -0.01)
    rest = total(replace(order, items=order.items[1:]))
    first = replace(order.items[0], price=round(max(wanted - rest, 0.01), 2))
    items = (first, *order.items[1:]) if wanted - rest >= 0.01 else (replace(first, price=round(wanted, 2)),)
    return with_items(order, items)


def contains(view: View, order: Order, wanted: Sequence[Mapping[str, Any]]) -> Iterator[Edit]:
    """What the customer believes to be in the order is in it."""
    for described in wanted:
        if not any(is_meant(item, described) for item in order.items):
            product = next((each for each in view.rows("products", Product) if each.name == described["name"]), None)
            variant = next(iter(product.variants.values())) if product else None
            if product is not None and variant is not None:
                item = OrderItem(
                    name=product.name,
                    product_id=product.product_id,
                    item_id=variant.item_id,
                    price=variant.price,
                    options=variant.options,
                )
                having = with_items(order, (*order.items, item))
                yield Edit(fact=f"{order.order_id} has a {product.name}", puts=(("orders", order.order_id, having),))


def bought_otherwise(view: View, order: Order, described: Mapping[str, Any]) -> Iterator[Edit]:
    """The item that the customer means is another variant, in what they did not mention."""
    item = next((item for item in order.items if is_meant(item, described)), None)
    if item is None:
        return
    for variant in _variants(view, item):
        other = replace(item, item_id=variant.item_id, options=variant.options)
        unclear = sum(is_meant(each, described) for each in order.items if each is not item)
        if variant.item_id != item.item_id and is_meant(other, described) and not unclear:
            items = tuple(other if each is item else each for each in order.items)
            yield Edit(
                fact=f"{item.name} was bought as {variant.item_id}", puts=(("orders", order.order_id, with_items(order, items)),)
            )
            return


def _variants(view: View, item: OrderItem) -> tuple[Variant, ...]:
    product = view.get("products", item.product_id, Product)
    return tuple(product.variants.values()) if product else ()


def variants(view: View, product_id: str, chosen: str, fitting: tuple[str, ...], pick: str) -> Iterator[Edit]:
    """The chosen variant cannot be had; or another fitting one can, and is the better by price."""
    product = view.get("products", product_id, Product)
    if product is None:
        return
    now = product.variants[chosen]
    flipped = replace(now, available=not now.available)
    yield Edit(fact=f"{chosen} is {'out of' if now.available else 'in'} stock", puts=(_with_variant(product, flipped),))
    for other in fitting if pick else ():
        if other != chosen:
            price = round(now.price - 0.5 if pick == "cheapest" else now.price + 0.5, 2)
            better = replace(product.variants[other], available=True, price=price)
            yield Edit(fact=f"{other} is the {pick}", puts=(_with_variant(product, better),))


def _with_variant(product: Product, variant: Variant) -> tuple[str, str, Product]:
    return ("products", product.product_id, replace(product, variants={**product.variants, variant.item_id: variant}))


def refiled(view: View, customer: str, method_id: str, order: Order) -> Iterator[Edit]:
    """The payment method is on file under another id; where it paid the order, there too."""
    user = view.get("users", customer, User)
    if user is None or method_id not in user.payment_methods:
        return
    method = user.payment_methods[method_id]
    head = method_id.rpartition("_")[0]
    new_id = f"{head}_{(int(method_id.rpartition('_')[2]) + 4_000_001) % 10_000_000:07d}"
    if isinstance(method, GiftCard) or new_id in user.payment_methods:
        return  # a gift card is named by the end of its id
    methods = {
        (new_id if key == method_id else key): (replace(value, id=new_id) if key == method_id else value)
        for key, value in user.payment_methods.items()
    }
    puts: list[tuple[str, str, Any]] = [("users", customer, replace(user, payment_methods=methods))]
    for number in user.orders:
        paid = view.get("orders", number, Order)
        if paid is not None and any(line.payment_method_id == method_id for line in paid.payment_history):
            puts.append(("orders", number, replace(paid, payment_history=_repaid(paid, method_id, new_id))))
    yield Edit(fact=f"{method_id} is on file as {new_id}", puts=tuple(puts))


def repaid_by(view: View, customer: str, order: Order) -> Iterator[Edit]:
    """The order was paid with another of the customer's methods."""
    user = view.get("users", customer, User)
    now = order.payment_history[0]
    others = [method_id for method_id in (user.payment_methods if user else ()) if method_id != now.payment_method_id]
    for method_id in others[:1]:
        paid = replace(order, payment_history=(replace(now, payment_method_id=method_id), *order.payment_history[1:]))
        yield Edit(fact=f"{order.order_id} was paid with {method_id}", puts=(("orders", order.order_id, paid),))


def exists(view: View, customer: str, params: Mapping[str, Any]) -> Iterator[Edit]:
    """There is an order of theirs under the number that they gave."""
    user = view.get("users", customer, User)
    number = params.get("order_id")
    model = view.get("orders", user.orders[0], Order) if user is not None and user.orders else None
    if user is not None and model is not None and number is not None and view.get("orders", number, Order) is None:
        order = replace(with_status(model, PENDING), order_id=number)
        having = replace(user, orders=(*user.orders, number))
        yield Edit(fact=f"{number} exists", puts=(("orders", number, order), ("users", customer, having)))


def owned(view: View, customer: str, order: Order) -> Iterator[Edit]:
    """Somebody else's order is the customer's after all."""
    user = view.get("users", customer, User)
    if user is not None and order.user_id != customer:
        paid = replace(order.payment_history[0], payment_method_id=next(iter(user.payment_methods)))
        theirs = replace(with_status(order, order.status), user_id=customer, payment_history=(paid,))
        having = replace(user, orders=(*user.orders, order.order_id))
        yield Edit(fact=f"{order.order_id} is theirs", puts=(("orders", order.order_id, theirs), ("users", customer, having)))


def filed(view: View, customer: str, words: str) -> Iterator[Edit]:
    """A method that the customer believes to have is on file."""
    user = view.get("users", customer, User)
    if (
        user is not None
        and words == "PayPal account"
        and not any(isinstance(each, PayPal) for each in user.payment_methods.values())
    ):
        methods = {**user.payment_methods, "paypal_9000001": PayPal(id="paypal_9000001")}
        yield Edit(fact="a PayPal account is on file", puts=(("users", customer, replace(user, payment_methods=methods)),))


def _repaid(order: Order, old: str, new: str) -> tuple[Payment, ...]:
    lines = order.payment_history
    return tuple(replace(line, payment_method_id=new) if line.payment_method_id == old else line for line in lines)


def balance(view: View, customer: str, method_id: str, amount: float) -> Iterator[Edit]:
    """The gift card holds too little where it covered the amount, and enough where it did not."""
    user = view.get("users", customer, User)
    method = user.payment_methods.get(method_id) if user else None
    if user is None or not isinstance(method, GiftCard) or amount <= 0:
        return
    other = round(amount / 2, 2) if method.balance >= amount else round(amount + 25.0, 2)
    methods = {**user.payment_methods, method_id: replace(method, balance=other)}
    yield Edit(fact=f"{method_id} holds {other}", puts=(("users", customer, replace(user, payment_methods=methods)),))
