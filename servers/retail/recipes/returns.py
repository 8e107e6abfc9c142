"""Return items of a delivered order, some or all of them."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from servers.drafting import chosen, revealed
from servers.english import counted
from servers.recipe import Case, Decision, Draft, Edit, Recipe, Refusal, Request, Write
from servers.retail import rules
from servers.retail.recipes import drafts, edits, plain
from servers.retail.recipes.agreement import contradicted
from servers.retail.recipes.orders import described, has_items, is_meant, items_of, method_of, order_of, refund_time, saying_which
from servers.retail.records import DELIVERED, EXCHANGE_REQUESTED, PROCESSED, RETURN_REQUESTED, Order, OrderItem, User
from servers.retail.wording import payment as payment_words
from servers.state import View

EVERYTHING = "everything"


def solve(case: Case) -> tuple[Decision, ...]:
    order = order_of(case)
    if isinstance(order, Refusal):
        return (order,)
    if rule := rules.give_back(order, case.facts):
        return (Refusal(act=rule, rule=rule, stated={"order_id": order.order_id, "status": order.status}),)
    wanted = case.said("items") or case.said("scope") or case.ask("items", "items", "scope", order_id=order.order_id)
    items = list(order.items) if wanted in (EVERYTHING, None) else items_of(case, order, wanted)
    if isinstance(items, Refusal):
        return (items,)
    if (refusal := too_many(case, order, items)) is not None:
        return (refusal,)
    words = case.ask("refund_to", "payment", order_id=order.order_id, allowed=allowed(case))
    return (taken_back(case, order, items, words or ""),)


def too_many(case: Case, order: Order, items: Sequence[OrderItem]) -> Refusal | None:
    """The refusal of a return of more items than the shop takes back together."""
    if rule := rules.give_back_items(len(items), case.facts):
        stated = {"order_id": order.order_id, "limit": counted(case.facts.max_items_returned, "item")}
        return Refusal(act=rule, rule=rule, stated=stated)
    return None


def taken_back(case: Case, order: Order, items: Sequence[OrderItem], words: str) -> Write | Refusal:
    """The return of items of a delivered order, with the refund to the method that is meant by some words."""
    method = method_of(case, order, words)
    if isinstance(method, Refusal):
        return method
    if rule := rules.refund(order, method, case.facts):
        stated = {"order_id": order.order_id, "payment": payment_words(method), "allowed": allowed(case)}
        return Refusal(act=rule, rule=rule, stated=stated)
    refund: dict[str, Any] = {"refund": rules.refunded(worth(items), case.facts), "payment": payment_words(method)}
    refund |= {"refund_time": refund_time(method, case)}
    fee = {"fee": float(case.facts.return_fee)} if case.facts.return_fee else {}
    return Write(
        act="return",
        tool="return_delivered_order_items",
        arguments={
            "order_id": order.order_id,
            "item_ids": [item.item_id for item in items],
            "payment_method_id": method.id,
        },
        stated={"order_id": order.order_id, "items": [described(item) for item in items], **refund, **fee},
        told={"order_id": order.order_id, **refund},
    )


def allowed(case: Case) -> str:
    """Where the policy lets a refund go, in words."""
    return "the original payment method" + (" or to a gift card on file" if case.facts.returns_to_gift_card else "")


def worth(items: Sequence[OrderItem]) -> float:
    """What was paid for items, in dollars."""
    amount = 0.0
    for item in items:
        amount += item.price
    return round(amount, 2)


def draft(view: View, customer: str, random: Random) -> Draft | None:
    wrong = (PROCESSED, RETURN_REQUESTED, EXCHANGE_REQUESTED)
    wanted = DELIVERED if random.random() < 0.8 else chosen(wrong, random)
    order = chosen((order for order in drafts.orders_of(view, customer) if order.status == wanted), random)
    user = view.get("users", customer, User)
    if order is None or user is None:
        return None
    params: dict[str, Any] = {}
    if len(order.items) > 1 and random.random() < 0.2:
        params["scope"] = EVERYTHING
    else:
        items = _some(order, random)
        if items is None:
            return None
        params["items"] = items
    params |= drafts.order_slots(view, customer, order, random)
    if random.random() < 0.05 and (stray := drafts.from_elsewhere(view, customer, order, random)) is not None:
        params = {"items": [stray], "order_id": order.order_id}
    params = drafts.without_saying_twice(view, customer, params)
    method = chosen(user.payment_methods.values(), random)
    if method is None or (rules.refund(order, method, view.facts) and random.random() < 0.5):
        method = user.payment_methods[order.payment_history[0].payment_method_id]
    params["payment"] = drafts.method_slot(user, method, order, random)
    opening = revealed(params, set(params) - {"payment"}, random, chance=0.4)
    return Draft(request=Request(recipe="return", params=params), opening=opening)


def _some(order: Order, random: Random) -> list[dict[str, Any]] | None:
    """Some of the order's items, each in a customer's words; None where they cannot be told apart."""
    pool = {item.item_id: item for item in order.items}
    ids = list(pool)
    random.shuffle(ids)
    count = min(len(ids), 1 + int(random.random() ** 2 * 3))
    slots = [drafts.item_slot(order, pool[item_id], random) for item_id in ids[:count]]
    return None if None in slots else [slot for slot in slots if slot is not None]


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    params = request.params
    order = drafts.presupposed(view, customer, params)
    user = view.get("users", customer, User)
    if order is None or user is None:
        return
    yield from edits.status(order)
    yield from edits.elsewhere(view, customer, order, params)
    yield from edits.contains(view, order, params.get("items", ()))
    for item in params.get("items", ()):
        yield from edits.bought_otherwise(view, order, item)
    for method_id in user.payment_methods:
        yield from edits.refiled(view, customer, method_id, order)


def holds(view: View, customer: str, request: Request) -> bool:
    order = drafts.presupposed(view, customer, request.params)
    if order is None:
        return False
    if "order_id" in request.params and not has_items(order, request.params.get("items", ())):
        return True  # they gave a number, and may be wrong about what is in it
    return all(
        len({item.item_id for item in order.items if is_meant(item, described)}) == 1
        for described in request.params.get("items", ())
    )


RETURN = Recipe(
    name="return",
    contradicted=contradicted,
    draft=draft,
    solve=saying_which(solve),
    edits=other_ways,
    holds=holds,
    plainly=plain.by_number,
)
