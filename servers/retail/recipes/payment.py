"""Charge a pending order to another payment method."""

from collections.abc import Iterator
from random import Random
from typing import Any

from servers.drafting import chosen, revealed
from servers.recipe import Case, Decision, Draft, Edit, Recipe, Refusal, Request, Write
from servers.retail import rules
from servers.retail.recipes import drafts, edits, plain
from servers.retail.recipes.agreement import contradicted
from servers.retail.recipes.orders import method_of, order_of, profile, refund_time, saying_which
from servers.retail.records import PENDING, PENDING_ITEM_MODIFIED, PROCESSED, Order, PaymentMethod, PayPal, User
from servers.retail.wording import payment as payment_words
from servers.state import View


def solve(case: Case) -> tuple[Decision, ...]:
    order = order_of(case)
    if isinstance(order, Refusal):
        return (order,)
    if rule := rules.change_payment(order, case.facts):
        return (Refusal(act=rule, rule=rule, stated={"order_id": order.order_id, "status": order.status}),)
    words = case.ask("new_payment", "payment", order_id=order.order_id)
    method = method_of(case, order, words or "")
    if isinstance(method, Refusal):
        return (method,)
    return (moved(case, order, method),)


def moved(case: Case, order: Order, method: PaymentMethod) -> Write | Refusal:
    """A pending order is charged to that method instead, or why not."""
    amount = order.payment_history[0].amount
    stated: dict[str, Any] = {"order_id": order.order_id, "payment": payment_words(method)}
    if rule := rules.new_payment(order, method, case.facts):
        if rule == "gift_card_covers":
            stated = {"payment": payment_words(method), "balance": getattr(method, "balance", 0.0), "total": amount}
        return Refusal(act=rule, rule=rule, stated=stated)
    old = profile(case).payment_methods[order.payment_history[0].payment_method_id]
    stated |= {"total": amount, "refund_to": payment_words(old), "refund_time": refund_time(old, case)}
    arguments = {"order_id": order.order_id, "payment_method_id": method.id}
    return Write(act="payment", tool="modify_pending_order_payment", arguments=arguments, stated=stated, told=stated)


def draft(view: View, customer: str, random: Random) -> Draft | None:
    user = view.get("users", customer, User)
    wanted = PENDING if random.random() < 0.8 else (PROCESSED if random.random() < 0.5 else PENDING_ITEM_MODIFIED)
    order = chosen((order for order in drafts.orders_of(view, customer) if order.status == wanted), random)
    if order is None or user is None or len(user.payment_methods) < 2 or (wanted == PENDING and len(order.payment_history) != 1):
        return None
    current, again = order.payment_history[0].payment_method_id, random.random() < 0.08
    method = chosen((each for each in user.payment_methods.values() if (each.id == current) == again), random)
    if method is None:
        return None
    words = payment_words(method)
    short = words.rpartition(" ending in ")[0]
    alone = bool(short) and sum(short in payment_words(other) for other in user.payment_methods.values()) == 1
    said = short if alone and random.random() < 0.5 else words
    if random.random() < 0.2 and not any(isinstance(each, PayPal) for each in user.payment_methods.values()):
        said = "PayPal account"
    params = {"payment": said, **drafts.order_slots(view, customer, order, random)}
    opening = revealed(params, {"order_with", "which"}, random, chance=0.6)
    return Draft(request=Request(recipe="payment", params=params), opening=opening)


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    order = drafts.presupposed(view, customer, request.params)
    user = view.get("users", customer, User)
    if order is None or user is None:
        return
    yield from edits.status(order)
    yield from edits.elsewhere(view, customer, order, request.params)
    yield from edits.filed(view, customer, request.params["payment"])
    yield from edits.repaid_by(view, customer, order)
    for method_id in user.payment_methods:
        yield from edits.refiled(view, customer, method_id, order)
        yield from edits.balance(view, customer, method_id, order.payment_history[0].amount)


def holds(view: View, customer: str, request: Request) -> bool:
    return drafts.presupposed(view, customer, request.params) is not None


PAYMENT = Recipe(
    name="payment",
    contradicted=contradicted,
    draft=draft,
    solve=saying_which(solve),
    edits=other_ways,
    holds=holds,
    plainly=plain.by_number,
)
