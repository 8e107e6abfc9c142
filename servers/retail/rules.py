"""The retail policy as code, over the constants of a world: tools' callers, recipes, agents and checkers share it.

Each function answers the name of the rule that forbids something, or None. The rules' texts stand in RULES.
"""

from msgspec import UNSET

from servers.retail.facts import RetailFacts
from servers.retail.records import DELIVERED, PENDING, PENDING_ITEM_MODIFIED, GiftCard, Order, PaymentMethod, Variant
from servers.rules import Rule

RULES = (
    Rule(
        name="own_account",
        summary="Only the customer who was identified is served, never somebody else's account.",
        surfaces=(
            "your account",
            "another customer",
            "different customer",
            "someone else",
            "somebody else",
            "another person",
            "different account",
            "other account",
            "own account",
            "own orders",
            "identified",
            "verified",
        ),
    ),
    Rule(
        name="order_exists",
        summary="There is no order that fits what the customer said.",
        surfaces=(
            "find",
            "no order",
            "no such order",
            "none of your orders",
            "none of them has",
            "locate",
            "doesn't exist",
            "does not exist",
        ),
        subjects=("order",),
        lacks=True,
    ),
    Rule(
        name="item_in_order",
        summary="The order has no item that fits what the customer said.",
        surfaces=(
            "isn't in",
            "is not in",
            "isn't part of",
            "not part of",
            "doesn't include",
            "does not include",
            "doesn't contain",
            "does not contain",
            "no item of",
            "not on the order",
            "not on that order",
            "not on this order",
            "but no",
        ),
        subjects=("order",),
        lacks=True,
    ),
    Rule(
        name="cancel_pending",
        summary="Only an order that is still pending, with its items unmodified, can be cancelled.",
        surfaces=("pending", "status", "already", "shipped", "processed", "modified"),
        subjects=("cancel", "call off", "called off"),
    ),
    Rule(name="cancel_reason", summary="An order is cancelled for one of the accepted reasons only.", surfaces=("reason",)),
    Rule(
        name="change_pending",
        summary="Only a pending order can be changed.",
        surfaces=("pending", "status", "already", "shipped", "delivered", "on its way"),
        subjects=("chang", "modif", "switch", "swap", "edit", "redirect", "address", "payment"),
    ),
    Rule(
        name="changed_once",
        summary="After its items were modified an order is closed to every further change.",
        surfaces=("already been modified", "modified", "once", "already changed", "closed"),
        subjects=("change", "modify", "address"),
    ),
    Rule(
        name="address_only",
        summary="After its items were modified only the address of an order can be changed.",
        surfaces=(
            "already been modified",
            "modified",
            "once",
            "already changed",
            "only the address",
            "only its address",
            "but the address",
            "but its address",
        ),
        subjects=("address", "where it"),
    ),
    Rule(
        name="return_delivered",
        summary="Only a delivered order can be returned, and only once.",
        surfaces=("delivered", "status", "already", "transit", "on its way"),
        subjects=("return", "send back", "take back", "come back"),
    ),
    Rule(
        name="exchange_delivered",
        summary="Only items of a delivered order can be exchanged, and only once.",
        surfaces=("delivered", "status", "already", "transit", "on its way", "only one per order", "opened a return"),
        subjects=("exchang", "swap"),
    ),
    Rule(
        name="refund_method",
        summary="A refund for a return goes to the original payment method, or to a gift card where the shop allows it.",
        surfaces=(
            "original payment",
            "originally paid",
            "originally used",
            "original card",
            "original method",
            "paid with",
            "used for the order",
            "gift card",
        ),
        subjects=("refund", "go back", "goes back", "money back"),
    ),
    Rule(
        name="method_on_file",
        summary="Only payment methods in the customer's profile can be used.",
        surfaces=(
            "on file",
            "in your profile",
            "on your account",
            "on your profile",
            "in your account",
            "in the profile",
            "saved",
        ),
        subjects=("pay", "card", "method", "visa", "mastercard", "amex"),
        lacks=True,
    ),
    Rule(
        name="gift_card_covers",
        summary="A gift card must have enough balance for what it is to pay.",
        surfaces=(
            "balance is",
            "balance of",
            "its balance",
            "the balance on",
            "too low",
            "insufficient",
            "not enough",
            "isn't enough",
            "cover",
            "gift card has",
        ),
        subjects=("gift card", "balance"),
    ),
    Rule(
        name="other_method",
        summary="The new payment method must differ from the current one.",
        surfaces=("already", "different", "same", "charged to"),
        subjects=("pay", "card", "method", "charged"),
    ),
    Rule(
        name="variant_available",
        summary="The new item must be an available variant of the same product.",
        surfaces=(
            "available",
            "stock",
            "don't have",
            "do not have",
            "doesn't come",
            "does not come",
            "don't make",
            "don't offer",
            "don't carry",
            "no variant",
            "same product",
        ),
        lacks=True,
    ),
    Rule(
        name="other_variant",
        summary="The new item must be another variant than the old one.",
        surfaces=("same", "already", "identical", "itself"),
        subjects=("variant", "version", "item", "option", "one you", "swap", "exchang"),
        lacks=True,
    ),
    Rule(
        name="items_at_once",
        summary="A modification or exchange takes a limited number of items.",
        surfaces=("at most", "limit", "maximum", "more than"),
        subjects=("modif", "exchang", "swap", "chang"),
    ),
    Rule(
        name="returned_at_once",
        summary="A return takes a limited number of items.",
        surfaces=("at most", "limit", "maximum", "more than"),
        subjects=("return", "take back", "send back", "go back"),
    ),
    Rule(
        name="out_of_reach",
        summary="What none of the actions can deal with is handed over to a human agent, and nothing else is.",
        surfaces=("human agent", "colleague", "specialist", "representative", "hand you over", "transfer"),
    ),
)


def cancel(order: Order, facts: RetailFacts) -> str | None:
    """May this order be cancelled at all? A modified one counts as not pending, whether the shop locks it or not."""
    return None if order.status == PENDING else "cancel_pending"


def cancel_reason(reason: str, facts: RetailFacts) -> str | None:
    """Is this a reason to cancel?"""
    return None if reason in facts.cancel_reasons else "cancel_reason"


def change_address(order: Order, facts: RetailFacts) -> str | None:
    """May this order be sent elsewhere?"""
    if order.status == PENDING_ITEM_MODIFIED:
        return "changed_once" if facts.changes_lock_order else None
    return None if order.status == PENDING else "change_pending"


def change_payment(order: Order, facts: RetailFacts) -> str | None:
    """May this order be charged to another method? Once its items were modified no tool can do that."""
    if order.status == PENDING_ITEM_MODIFIED:
        return "changed_once" if facts.changes_lock_order else "address_only"
    return None if order.status == PENDING else "change_pending"


def change_items(order: Order, count: int, facts: RetailFacts) -> str | None:
    """May this many items of a pending order be modified? Never a second time, as with the payment method."""
    return change_payment(order, facts) or _at_once(count, facts)


def exchange(order: Order, count: int, facts: RetailFacts) -> str | None:
    """May this many items of a delivered order be exchanged?"""
    return _at_once(count, facts) if order.status == DELIVERED else "exchange_delivered"


def give_back(order: Order, facts: RetailFacts) -> str | None:
    """May items of this order be returned?"""
    return None if order.status == DELIVERED else "return_delivered"


def give_back_items(count: int, facts: RetailFacts) -> str | None:
    """May this many items be returned together?"""
    most = facts.max_items_returned
    return None if most is UNSET or count <= most else "returned_at_once"


def refunded(worth: float, facts: RetailFacts) -> float:
    """What goes back for returned items: what was paid for them less the fee, never less than nothing."""
    return worth if facts.return_fee is UNSET else max(0.0, round(worth - facts.return_fee, 2))


def refund(order: Order, method: PaymentMethod, facts: RetailFacts) -> str | None:
    """May the refund of a return go to this method?"""
    if method.id == order.payment_history[0].payment_method_id:
        return None
    return None if isinstance(method, GiftCard) and facts.returns_to_gift_card else "refund_method"


def pays(method: PaymentMethod, amount: float, facts: RetailFacts) -> str | None:
    """Can this method pay an amount (a negative one is a refund)?"""
    return "gift_card_covers" if isinstance(method, GiftCard) and method.balance < amount else None


def new_payment(order: Order, method: PaymentMethod, facts: RetailFacts) -> str | None:
    """May this method pay the whole order instead of the current one?"""
    if method.id == order.payment_history[-1].payment_method_id:
        return "other_method"
    return pays(method, order.payment_history[0].amount, facts)


def variant(old_item_id: str, new: Variant | None, facts: RetailFacts) -> str | None:
    """May this variant (None: there is none) take the old item's place?"""
    if new is None or not new.available:
        return "variant_available"
    return "other_variant" if new.item_id == old_item_id else None


def _at_once(count: int, facts: RetailFacts) -> str | None:
    return None if facts.max_items_changed is None or count <= facts.max_items_changed else "items_at_once"
