"""What of a write a customer of the shop must hear before their yes, and how it may be said: see `policy.md`.

Over the state before the write. Amounts are not here: whether they are right is told by the records. What is not on
record (a refused call) is named by its id alone.
"""

from collections.abc import Iterator, Sequence

from servers import ways
from servers.domain import Detail
from servers.persons import CreditCard
from servers.retail import wording
from servers.retail.facts import REASONS
from servers.retail.records import GiftCard, Order, OrderItem, PaymentMethod, PayPal, Product, User
from servers.retail.writes import Cancellation, Exchange, NewPayment, OrderAddress, Return, UserAddress
from servers.state import View

_REASONS = dict(
    zip(
        REASONS,
        (
            ("no longer need", "not need", "don't need", "doesn't need", "no need"),
            ("mistake", "accident"),
            ("cheaper", "for less"),
            ("too long", "forever"),
            ("about the color", "of the color"),
        ),
        strict=True,
    )
)
_WHOLE = ("everything", "all items", "all the items", "all of the items", "entire order", "whole order")


def of_cancellation(view: View, sent: Cancellation) -> tuple[Detail, ...]:
    reason = Detail(name=f"the reason '{sent.reason}'", ways=(sent.reason.lower(), *_REASONS.get(sent.reason, ())))
    return (_order(view, sent.order_id), reason)


def of_return(view: View, sent: Return) -> tuple[Detail, ...]:
    order = view.get("orders", sent.order_id, Order)
    bought = {item.item_id: item for item in order.items} if order else {}
    whole = _WHOLE if order and len(sent.item_ids) == len(order.items) else ()
    items = (_item(item_id, bought.get(item_id), whole) for item_id in dict.fromkeys(sent.item_ids))
    return (_order(view, sent.order_id), *items, _payment(view, order, sent.payment_method_id))


def of_exchange(view: View, sent: Exchange) -> tuple[Detail, ...]:
    """Each old item, and each option of the new one that differs from it."""
    order = view.get("orders", sent.order_id, Order)
    bought = {item.item_id: item for item in order.items} if order else {}
    swaps = [(bought.get(old), old, new) for old, new in zip(sent.item_ids, sent.new_item_ids, strict=False)]
    old_items = (_item(old, item, ()) for item, old, _ in swaps)
    new_items = (detail for item, _, new in swaps for detail in _new_item(view, item, new))
    return (_order(view, sent.order_id), *old_items, *new_items, _payment(view, order, sent.payment_method_id))


def of_payment(view: View, sent: NewPayment) -> tuple[Detail, ...]:
    order = view.get("orders", sent.order_id, Order)
    return (_order(view, sent.order_id), _payment(view, order, sent.payment_method_id, again=False))


def of_order_address(view: View, sent: OrderAddress) -> tuple[Detail, ...]:
    return (_order(view, sent.order_id), *_address(sent))


def of_profile_address(_view: View, sent: UserAddress) -> tuple[Detail, ...]:
    return _address(sent)


def _address(sent: OrderAddress | UserAddress) -> tuple[Detail, ...]:
    """The street, also without its last word ('Street' is often 'St.'), and the zip code."""
    street = sent.address1.lower()
    short = street.rpartition(" ")[0]
    said = (street, short) if " " in short else (street,)
    return (
        Detail(name=f"the street {sent.address1}", ways=said),
        Detail(name=f"the zip code {sent.zip}", ways=(sent.zip.lower(),)),
    )


def _order(view: View, order_id: str) -> Detail:
    """By its id, or by an item that no other order of the customer has; the only one as that."""
    said = [order_id.lower(), order_id.lower().lstrip("#")]
    order = view.get("orders", order_id, Order)
    owner = view.get("users", order.user_id, User) if order is not None else None
    if order is not None and owner is not None:
        found = (view.get("orders", each, Order) for each in owner.orders if each != order_id)
        others = {item.name for each in found if each is not None for item in each.items}
        said += ways.names(*(item.name for item in order.items if item.name not in others))
        said += ("your order",) if len(owner.orders) == 1 else ()
    return Detail(name=f"order {order_id}", ways=tuple(said))


def _item(item_id: str, item: OrderItem | None, whole: Sequence[str]) -> Detail:
    said = (item_id, *(ways.names(item.name) if item is not None else ()), *whole)
    return Detail(name=f"item {item.name if item is not None else item_id}", ways=said)


def _new_item(view: View, old: OrderItem | None, new_id: str) -> Iterator[Detail]:
    """An option of the new item is said by its value, or in the words for it."""
    product = view.get("products", old.product_id, Product) if old is not None else None
    new = product.variants.get(new_id) if product is not None else None
    if old is None or new is None:
        yield Detail(name=f"new item {new_id}", ways=(new_id,))
        return
    for option, value in new.options.items():
        if old.options.get(option) != value:
            worded = wording.options({option: value}, old.name).lower()
            yield Detail(name=f"new {old.name} with {option} {value}", ways=(new_id, value.lower(), worded))


def _payment(view: View, order: Order | None, method_id: str, *, again: bool = True) -> Detail:
    """By its id or its last digits; by its kind where the customer has one of it; `again`: as what has paid before."""
    said = [method_id.lower(), method_id.rpartition("_")[2]]
    user = view.get("users", order.user_id, User) if order is not None else None
    methods = dict(user.payment_methods) if user is not None else {}
    method = methods.get(method_id)
    if method is not None:
        said += _called(method, [*methods.values()])
    if again and order is not None and order.payment_history and order.payment_history[0].payment_method_id == method_id:
        said += ways.AS_BEFORE
    return Detail(name=f"payment method {method_id}", ways=tuple(said))


def _called(method: PaymentMethod, methods: Sequence[PaymentMethod]) -> Iterator[str]:
    alone = [type(each) for each in methods].count(type(method)) == 1
    if isinstance(method, CreditCard):
        yield from ways.card(method.brand, method.last_four, [each.brand for each in methods if isinstance(each, CreditCard)])
        yield from ("credit card",) if alone else ()
    elif isinstance(method, GiftCard):
        yield from (method.id[-4:], *(("gift card",) if alone else ()))
    elif isinstance(method, PayPal):
        yield from ("paypal",) if alone else (method.id[-4:],)
