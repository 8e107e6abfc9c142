"""Tools that change. Each is handed a State, checks everything, then puts new records."""

from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from servers.domain import ToolRefused
from servers.kinds import ENUM, ID, NAME
from servers.persons import Address
from servers.retail import public
from servers.retail.reads import OrderId, PaymentMethodId, UserId, the_order, the_user
from servers.retail.records import (
    CANCELLED,
    DELIVERED,
    EXCHANGE_REQUESTED,
    PENDING,
    PENDING_ITEM_MODIFIED,
    RETURN_REQUESTED,
    GiftCard,
    Order,
    OrderItem,
    Payment,
    PaymentMethod,
    Product,
    User,
    Variant,
)
from servers.state import State

_Item = Annotated[str, ID]
_ItemIds = Annotated[tuple[_Item, ...], Meta(description="Item ids in the order; an id that was bought twice may stand twice.")]
_NewItemIds = Annotated[
    tuple[_Item, ...],
    Meta(description="The item ids to get instead, position by position, each a variant of the same product."),
]


class _Arguments(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Cancellation(_Arguments, frozen=True, kw_only=True):
    order_id: OrderId
    reason: Annotated[
        str, ENUM, Meta(description="Why the customer cancels, as one of the reasons that the policy accepts, word for word.")
    ]


class Return(_Arguments, frozen=True, kw_only=True):
    order_id: OrderId
    item_ids: _ItemIds
    payment_method_id: Annotated[str, ID, Meta(description="Where the refund goes, e.g. 'gift_card_5120973'.")]


class Exchange(_Arguments, frozen=True, kw_only=True):
    order_id: OrderId
    item_ids: _ItemIds
    new_item_ids: _NewItemIds
    payment_method_id: Annotated[str, ID, Meta(description="Pays, or receives, the difference in price.")]


class NewPayment(_Arguments, frozen=True, kw_only=True):
    order_id: OrderId
    payment_method_id: PaymentMethodId


class _NewAddress(_Arguments, frozen=True, kw_only=True):
    address1: Annotated[str, NAME, Meta(description="Street and number.")]
    address2: Annotated[str, NAME, Meta(description="Apartment, suite or floor; '' where there is none.")]
    city: Annotated[str, NAME, Meta(description="City.")]
    state: Annotated[str, NAME, Meta(description="Two-letter state, e.g. 'OR'.")]
    country: Annotated[str, NAME, Meta(description="Country, e.g. 'USA'.")]
    zip: Annotated[str, NAME, Meta(description="Zip code, e.g. '97205'.")]


class OrderAddress(_NewAddress, frozen=True, kw_only=True):
    order_id: OrderId


class UserAddress(_NewAddress, frozen=True, kw_only=True):
    user_id: UserId


def cancel_pending_order(state: State, sent: Cancellation) -> Order:
    order = the_order(state, sent.order_id)
    if order.status != PENDING:
        raise ToolRefused("Non-pending order cannot be cancelled")
    if sent.reason not in state.facts.cancel_reasons:
        raise ToolRefused("Invalid reason")
    refunds = []
    for paid in order.payment_history:
        refunds.append(Payment(transaction_type="refund", amount=paid.amount, payment_method_id=paid.payment_method_id))
        _credit(state, order.user_id, paid.payment_method_id, paid.amount)
    history = (*order.payment_history, *refunds)
    return _put(state, replace(order, status=CANCELLED, cancel_reason=sent.reason, payment_history=history))


def return_delivered_order_items(state: State, sent: Return) -> Order:
    order = the_order(state, sent.order_id)
    if order.status != DELIVERED:
        raise ToolRefused("Non-delivered order cannot be returned")
    method = _method(state, order.user_id, sent.payment_method_id)
    original = order.payment_history[0].payment_method_id
    if method.id != original and not (isinstance(method, GiftCard) and state.facts.returns_to_gift_card):
        raise ToolRefused("Payment method should be the original payment method")
    if _too_often(order, sent.item_ids) is not None:
        raise ToolRefused("Some item not found")
    items = tuple(sorted(sent.item_ids))
    return _put(state, replace(order, status=RETURN_REQUESTED, return_items=items, return_payment_method_id=method.id))


def exchange_delivered_order_items(state: State, sent: Exchange) -> Order:
    order = the_order(state, sent.order_id)
    if order.status != DELIVERED:
        raise ToolRefused("Non-delivered order cannot be exchanged")
    if (missing := _too_often(order, sent.item_ids)) is not None:
        raise ToolRefused(f"Number of {missing} not found.")
    if len(sent.item_ids) != len(sent.new_item_ids):
        raise ToolRefused("The number of items to be exchanged should match.")
    difference = 0.0
    for old, new in zip(sent.item_ids, sent.new_item_ids, strict=True):
        item = next(item for item in order.items if item.item_id == old)
        difference += _available(state, item, new).price - item.price
    difference = round(difference, 2)
    method = _method(state, order.user_id, sent.payment_method_id)
    if isinstance(method, GiftCard) and method.balance < difference:
        raise ToolRefused("Insufficient gift card balance to pay for the price difference")
    exchanged = replace(
        order,
        status=EXCHANGE_REQUESTED,
        exchange_items=tuple(sorted(sent.item_ids)),
        exchange_new_items=tuple(sorted(sent.new_item_ids)),
        exchange_payment_method_id=method.id,
        exchange_price_difference=difference,
    )
    return _put(state, exchanged)


def modify_pending_order_items(state: State, sent: Exchange) -> Order:
    order = the_order(state, sent.order_id)
    if order.status != PENDING:
        raise ToolRefused("Non-pending order cannot be modified")
    if (missing := _too_often(order, sent.item_ids)) is not None:
        raise ToolRefused(f"{missing} not found")
    if len(sent.item_ids) != len(sent.new_item_ids):
        raise ToolRefused("The number of items to be exchanged should match")
    pairs = tuple(zip(sent.item_ids, sent.new_item_ids, strict=True))
    bought: list[Variant] = []
    difference = 0.0
    for old, new in pairs:
        if old == new:
            raise ToolRefused("The new item id should be different from the old item id")
        item = next(item for item in order.items if item.item_id == old)
        bought.append(_available(state, item, new))
        difference += bought[-1].price - item.price
    if not state.facts.public:
        difference = round(difference, 2)
    method = _method(state, order.user_id, sent.payment_method_id)
    if isinstance(method, GiftCard) and method.balance < difference:
        raise ToolRefused("Insufficient gift card balance to pay for the new item")
    line = Payment(
        transaction_type="payment" if difference > 0 else "refund", amount=abs(difference), payment_method_id=method.id
    )
    _credit(state, order.user_id, method.id, -difference)
    changed = public.modified if state.facts.public else _modified
    items = changed(order.items, pairs, tuple(bought))
    history = (*order.payment_history, line)
    return _put(state, replace(order, status=PENDING_ITEM_MODIFIED, items=items, payment_history=history))


def modify_pending_order_address(state: State, sent: OrderAddress) -> Order:
    order = the_order(state, sent.order_id)
    if PENDING not in order.status:
        raise ToolRefused("Non-pending order cannot be modified")
    return _put(state, replace(order, address=_address(sent)))


def modify_pending_order_payment(state: State, sent: NewPayment) -> Order:
    order = the_order(state, sent.order_id)
    if PENDING not in order.status:
        raise ToolRefused("Non-pending order cannot be modified")
    method = _method(state, order.user_id, sent.payment_method_id)
    if len(order.payment_history) != 1 or order.payment_history[0].transaction_type != "payment":
        raise ToolRefused("There should be exactly one payment for a pending order")
    paid = order.payment_history[0]
    if paid.payment_method_id == method.id:
        raise ToolRefused("The new payment method should be different from the current one")
    if isinstance(method, GiftCard) and method.balance < paid.amount:
        raise ToolRefused("Insufficient gift card balance to pay for the order")
    _credit(state, order.user_id, method.id, -paid.amount)
    _credit(state, order.user_id, paid.payment_method_id, paid.amount)
    history = (
        paid,
        Payment(transaction_type="payment", amount=paid.amount, payment_method_id=method.id),
        Payment(transaction_type="refund", amount=paid.amount, payment_method_id=paid.payment_method_id),
    )
    return _put(state, replace(order, payment_history=history))


def modify_user_address(state: State, sent: UserAddress) -> User:
    user = replace(the_user(state, sent.user_id), address=_address(sent))
    state.put("users", user.user_id, user)
    return user


def _put(state: State, order: Order) -> Order:
    state.put("orders", order.order_id, order)
    return order


def _address(sent: _NewAddress) -> Address:
    return Address(
        address1=sent.address1, address2=sent.address2, city=sent.city, country=sent.country, state=sent.state, zip=sent.zip
    )


def _method(state: State, user_id: str, method_id: str) -> PaymentMethod:
    method = the_user(state, user_id).payment_methods.get(method_id)
    if method is None:
        raise ToolRefused("Payment method not found")
    return method


def _credit(state: State, user_id: str, method_id: str, amount: float) -> None:
    """Add to (or, below zero, take from) a gift card; other methods keep no balance here."""
    user = the_user(state, user_id)
    method = user.payment_methods.get(method_id)
    if isinstance(method, GiftCard):
        methods = {**user.payment_methods, method_id: replace(method, balance=round(method.balance + amount, 2))}
        state.put("users", user_id, replace(user, payment_methods=methods))


def _too_often(order: Order, item_ids: tuple[str, ...]) -> str | None:
    """The first id that is named more often than the order has it."""
    owned = [item.item_id for item in order.items]
    return next((item_id for item_id in item_ids if item_ids.count(item_id) > owned.count(item_id)), None)


def _available(state: State, item: OrderItem, new_item_id: str) -> Variant:
    product = state.get("products", item.product_id, Product)
    variant = product.variants.get(new_item_id) if product is not None else None
    if variant is None:
        raise ToolRefused("Variant not found")
    if not variant.available:
        raise ToolRefused(f"New item {new_item_id} not found or available")
    return variant


def _modified(
    items: tuple[OrderItem, ...], pairs: tuple[tuple[str, str], ...], variants: tuple[Variant, ...]
) -> tuple[OrderItem, ...]:
    left = list(zip([old for old, _ in pairs], variants, strict=True))
    changed: list[OrderItem] = []
    for item in items:
        match = next((pair for pair in left if pair[0] == item.item_id), None)
        if match is not None:
            left.remove(match)
            item = replace(item, item_id=match[1].item_id, price=match[1].price, options=match[1].options)
        changed.append(item)
    return tuple(changed)
