"""Which rule of the shop a write breaks, as far as the records before it tell.

The tools refuse most of it themselves; what they let through is what is found here in a successful write.
"""

from collections.abc import Iterator

from servers.retail import rules
from servers.retail.records import Order, PaymentMethod, Product, User
from servers.retail.writes import Cancellation, Exchange, NewPayment, OrderAddress, Return
from servers.state import View


def by_cancellation(view: View, sent: Cancellation) -> str | None:
    order = view.get("orders", sent.order_id, Order)
    return (rules.cancel(order, view.facts) or rules.cancel_reason(sent.reason, view.facts)) if order is not None else None


def by_return(view: View, sent: Return) -> str | None:
    order = view.get("orders", sent.order_id, Order)
    if order is None:
        return None
    method = _method(view, order, sent.payment_method_id)
    refund = rules.refund(order, method, view.facts) if method is not None else None
    return rules.give_back(order, view.facts) or rules.give_back_items(len(sent.item_ids), view.facts) or refund


def by_exchange(view: View, sent: Exchange) -> str | None:
    order = view.get("orders", sent.order_id, Order)
    if order is None:
        return None
    return rules.exchange(order, len(sent.item_ids), view.facts) or next(_variants(view, order, sent), None)


def by_modification(view: View, sent: Exchange) -> str | None:
    order = view.get("orders", sent.order_id, Order)
    if order is None:
        return None
    return rules.change_items(order, len(sent.item_ids), view.facts) or next(_variants(view, order, sent), None)


def by_payment(view: View, sent: NewPayment) -> str | None:
    order = view.get("orders", sent.order_id, Order)
    if order is None:
        return None
    method = _method(view, order, sent.payment_method_id)
    new = rules.new_payment(order, method, view.facts) if method is not None else None
    return rules.change_payment(order, view.facts) or new


def by_order_address(view: View, sent: OrderAddress) -> str | None:
    order = view.get("orders", sent.order_id, Order)
    return rules.change_address(order, view.facts) if order is not None else None


def _variants(view: View, order: Order, sent: Exchange) -> Iterator[str]:
    """The rules that new items break, and the one that the method breaks which pays the difference."""
    bought = {item.item_id: item for item in order.items}
    due = 0.0
    for old, new in zip(sent.item_ids, sent.new_item_ids, strict=False):
        product = view.get("products", bought[old].product_id, Product) if old in bought else None
        variant = product.variants.get(new) if product is not None else None
        if (rule := rules.variant(old, variant, view.facts)) is not None:
            yield rule
        due += variant.price - bought[old].price if variant is not None else 0.0
    method = _method(view, order, sent.payment_method_id)
    if method is not None and (rule := rules.pays(method, round(due, 2), view.facts)) is not None:
        yield rule


def _method(view: View, order: Order, method_id: str) -> PaymentMethod | None:
    user = view.get("users", order.user_id, User)
    return user.payment_methods.get(method_id) if user is not None else None
