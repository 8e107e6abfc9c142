"""The orders of the synthetic retail world: they add up, and are what the tools would have left."""

from collections import Counter
from itertools import permutations

import pytest
from msgspec.structs import replace

from servers.domain import ToolRefused
from servers.retail import writes
from servers.retail.records import (
    CANCELLED,
    DELIVERED,
    EXCHANGE_REQUESTED,
    PENDING,
    PENDING_ITEM_MODIFIED,
    PROCESSED,
    RETURN_REQUESTED,
    STATUSES,
    GiftCard,
    Order,
    OrderItem,
)
from tests.servers.shop import Shop, one_apart, open_shop

_SENT = (PROCESSED, DELIVERED, RETURN_REQUESTED, EXCHANGE_REQUESTED)


def _total(items: tuple[OrderItem, ...]) -> float:
    total = 0.0
    for item in items:
        total += item.price
    return round(total, 2)


@pytest.fixture(scope="module", params=[7, 11])
def shop(request: pytest.FixtureRequest) -> Shop:
    """A small shop of each of two seeds."""
    return open_shop("small", request.param)


def test_orders_and_their_customers_name_each_other(shop: Shop) -> None:
    """Every order is in its customer's list, once, and in nobody else's; one to fourteen each, four or five in the middle."""
    listed = [order_id for user in shop.users.values() for order_id in user.orders]
    assert sorted(listed) == sorted(shop.orders)
    assert all(shop.orders[order_id].user_id == user.user_id for user in shop.users.values() for order_id in user.orders)
    counts = sorted(len(user.orders) for user in shop.users.values())
    assert counts[0] == 1 and 10 <= counts[-1] <= 14 and counts[100] in (4, 5)


def test_items_are_variants_as_the_shop_sells_them(shop: Shop) -> None:
    """One to six an order; about seven in ten cost what they cost now, the others a little less or more."""
    same = []
    for order in shop.orders.values():
        assert 1 <= len(order.items) <= 6
        for item in order.items:
            product = shop.products[item.product_id]
            variant = product.variants[item.item_id]
            assert (item.name, item.options) == (product.name, variant.options)
            assert item.price == round(item.price, 2) and 0.89 < item.price / variant.price < 1.08
            same.append(item.price == variant.price)
    assert 0.65 < len([1 for each in same if each]) / len(same) < 0.77


def test_an_order_was_paid_at_once_with_a_method_of_its_customer(shop: Shop) -> None:
    """The first payment is the items' total (before a modification), by gift card only up to $400."""
    for order in shop.orders.values():
        paid = order.payment_history[0]
        assert paid.transaction_type == "payment" and paid.amount == round(paid.amount, 2)
        assert all(line.payment_method_id in shop.users[order.user_id].payment_methods for line in order.payment_history)
        if order.status != PENDING_ITEM_MODIFIED:
            assert paid.amount == _total(order.items)
        if paid.payment_method_id.startswith("gift_card"):
            assert paid.amount <= 400
    methods = {order.payment_history[0].payment_method_id.rsplit("_", 1)[0] for order in shop.orders.values()}
    assert methods == {"credit_card", "paypal", "gift_card"}


def test_most_orders_go_home_and_some_elsewhere(shop: Shop) -> None:
    """Four in five go to the address in the profile."""
    home = [order for order in shop.orders.values() if order.address == shop.users[order.user_id].address]
    assert 0.75 < len(home) / len(shop.orders) < 0.85


def test_statuses_occur_as_often_as_in_a_shop(shop: Shop) -> None:
    """The two that requests are about are the most frequent; no status is missing."""
    shares = {status: len(shop.of(status)) / len(shop.orders) for status in STATUSES}
    assert all(0.33 < shares[status] < 0.43 for status in (PENDING, DELIVERED))
    assert 0.06 < shares[PROCESSED] < 0.12 and 0.03 < shares[CANCELLED] < 0.09
    assert all(0.01 < shares[status] < 0.055 for status in (PENDING_ITEM_MODIFIED, RETURN_REQUESTED, EXCHANGE_REQUESTED))


def test_parcels_hold_every_item_of_what_was_sent_and_nothing_of_the_rest(shop: Shop) -> None:
    """One or two parcels that share the items out, an item that was bought twice counted twice."""
    numbers = set()
    for order in shop.orders.values():
        inside = [item_id for parcel in order.fulfillments for item_id in parcel.item_ids]
        assert sorted(inside) == (sorted(item.item_id for item in order.items) if order.status in _SENT else [])
        assert all(parcel.item_ids and len(parcel.tracking_id) == 1 for parcel in order.fulfillments)
        numbers.add(len(order.fulfillments))
    assert numbers == {0, 1, 2}


def test_an_order_sometimes_has_an_item_twice_or_two_variants_of_a_product(shop: Shop) -> None:
    """About three and six in a hundred."""
    twice = variants = 0
    for order in shop.orders.values():
        ids = {item.item_id for item in order.items}
        twice += len(ids) < len(order.items)
        variants += len({item.product_id for item in order.items}) < len(ids)
    assert 0.015 < twice / len(shop.orders) < 0.045 and 0.035 < variants / len(shop.orders) < 0.085


def test_the_order_with_a_product_is_mostly_but_not_always_one_order(shop: Shop) -> None:
    """'My order with the desk lamp' identifies an order in about two cases of three."""
    one = several = 0
    for user in shop.users.values():
        bought = Counter(name for order_id in user.orders for name in {item.name for item in shop.orders[order_id].items})
        one += len([1 for count in bought.values() if count == 1])
        several += len([1 for count in bought.values() if count > 1])
    assert 0.1 < several / (one + several) < 0.4


# What the tools made of them


def test_a_cancelled_order_is_what_cancelling_it_leaves(shop: Shop) -> None:
    """Replayed through the tool from the pending order that it was."""
    for order in shop.of(CANCELLED):
        state = shop.state()
        before = replace(order, status=PENDING, cancel_reason=None, payment_history=order.payment_history[:1])
        state.put("orders", order.order_id, before)
        assert order.cancel_reason is not None
        sent = writes.Cancellation(order_id=order.order_id, reason=order.cancel_reason)
        assert writes.cancel_pending_order(state, sent) == order


def test_a_requested_return_is_what_asking_for_it_leaves(shop: Shop) -> None:
    """Replayed through the tool; some refunds go to the original method and some to another gift card."""
    elsewhere = set()
    for order in shop.of(RETURN_REQUESTED):
        state = shop.state()
        state.put("orders", order.order_id, replace(order, status=DELIVERED, return_items=None, return_payment_method_id=None))
        method = order.return_payment_method_id
        assert order.return_items and method
        sent = writes.Return(order_id=order.order_id, item_ids=order.return_items, payment_method_id=method)
        assert writes.return_delivered_order_items(state, sent) == order
        elsewhere.add(method != order.payment_history[0].payment_method_id)
    assert elsewhere == {True, False}


def test_a_requested_exchange_is_what_asking_for_it_leaves(shop: Shop) -> None:
    """Replayed through the tool for the pairing of items (which the record does not keep) that gives the record."""
    for order in shop.of(EXCHANGE_REQUESTED):
        assert order.exchange_items and order.exchange_new_items and order.exchange_payment_method_id
        assert order in [_exchanged(shop, order, new) for new in permutations(order.exchange_new_items)]


def _exchanged(shop: Shop, order: Order, new_item_ids: tuple[str, ...]) -> Order | None:
    state = shop.state()
    before = replace(
        order,
        status=DELIVERED,
        exchange_items=None,
        exchange_new_items=None,
        exchange_payment_method_id=None,
        exchange_price_difference=None,
    )
    state.put("orders", order.order_id, before)
    sent = writes.Exchange(
        order_id=order.order_id,
        item_ids=order.exchange_items or (),
        new_item_ids=new_item_ids,
        payment_method_id=order.exchange_payment_method_id or "",
    )
    try:
        return writes.exchange_delivered_order_items(state, sent)
    except ToolRefused:
        return None


def test_a_modified_order_adds_up_with_the_line_that_the_modification_left(shop: Shop) -> None:
    """What was paid, plus or minus the difference, is what its items cost; up to two items are new ones in stock."""
    for order in shop.of(PENDING_ITEM_MODIFIED):
        paid, line = order.payment_history
        difference = line.amount if line.transaction_type == "payment" else -line.amount
        assert round(paid.amount + difference, 2) == _total(order.items)
        assert line.amount == round(line.amount, 2) and (line.amount > 0 or line.transaction_type == "refund")
        variants = [shop.products[item.product_id].variants[item.item_id] for item in order.items]
        assert any(each.available and each.price == item.price for each, item in zip(variants, order.items, strict=True))


def test_optional_fields_are_set_only_by_what_sets_them(shop: Shop) -> None:
    """A pending, processed or delivered order has one payment and no request."""
    owners = {"cancel": CANCELLED, "return": RETURN_REQUESTED, "exchange": EXCHANGE_REQUESTED}
    for order in shop.orders.values():
        for field in Order.__struct_fields__:
            if (owner := owners.get(field.partition("_")[0])) is not None:
                assert (getattr(order, field) is not None) == (order.status == owner)
        assert len(order.payment_history) == (2 if order.status in (CANCELLED, PENDING_ITEM_MODIFIED) else 1)


# Both sides of every rule


def test_refunds_can_be_asked_for_to_methods_that_get_them_and_to_methods_that_do_not(shop: Shop) -> None:
    """Delivered orders whose customer has another gift card, has another method that is none, has no other at all."""
    sides: set[bool | None] = set()
    for order in shop.of(DELIVERED):
        original = order.payment_history[0].payment_method_id
        others = [method for method in shop.methods(order) if method.id != original]
        sides |= {type(method) is GiftCard for method in others} if others else {None}
    assert sides == {True, False, None}


def test_gift_cards_can_and_cannot_pay_for_an_order_and_for_a_difference(shop: Shop) -> None:
    """Balances on both sides of what a pending order costs, and of what a dearer variant adds."""
    whole = {card.balance >= order.payment_history[0].amount for order in shop.of(PENDING) for card in shop.gift_cards(order)}
    assert whole == {True, False}
    for status in (PENDING, DELIVERED):
        enough = {
            card.balance >= each.price - item.price
            for order in shop.of(status)
            for card in shop.gift_cards(order)
            for item in order.items
            for each in shop.others(item)
            if each.available and each.price > item.price
        }
        assert enough == {True, False}


def test_what_a_customer_wants_instead_is_sometimes_in_stock_and_sometimes_not(shop: Shop) -> None:
    """One option away from an item, cheaper and dearer, in stock and not: all four occur in both kinds of orders."""
    for status in (PENDING, DELIVERED):
        sides = {
            (each.available, each.price > item.price)
            for order in shop.of(status)
            for item in order.items
            for each in shop.others(item)
            if each.price != item.price and one_apart(shop.products[item.product_id].variants[item.item_id], each)
        }
        assert len(sides) == 4


def test_pending_orders_can_and_cannot_get_another_payment_method(shop: Shop) -> None:
    """Some customers have no other method; a modified order has a second payment line."""
    assert {len(shop.methods(order)) > 1 for order in shop.of(PENDING)} == {True, False}
    assert {len(order.payment_history) for order in shop.of(PENDING, PENDING_ITEM_MODIFIED)} == {1, 2}
