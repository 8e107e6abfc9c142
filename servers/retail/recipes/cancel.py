"""Cancel a pending order."""

from collections.abc import Iterator
from random import Random

from servers.drafting import chosen, revealed
from servers.recipe import Case, Decision, Draft, Edit, Recipe, Refusal, Request, Write
from servers.retail import rules, wording
from servers.retail.facts import REASONS
from servers.retail.recipes import drafts, edits, plain
from servers.retail.recipes.agreement import contradicted
from servers.retail.recipes.orders import order_of, profile, refund_time, saying_which, total
from servers.retail.records import DELIVERED, PENDING, PENDING_ITEM_MODIFIED, PROCESSED, Order
from servers.state import View


def solve(case: Case) -> tuple[Decision, ...]:
    order = order_of(case)
    if isinstance(order, Refusal):
        return (order,)
    if rule := rules.cancel(order, case.facts):
        return (Refusal(act=rule, rule=rule, stated={"order_id": order.order_id, "status": order.status}),)
    reason = case.ask("reason", "reason", order_id=order.order_id)
    if reason is None or (rule := rules.cancel_reason(reason, case.facts)):
        accepted = wording.reasons(case.facts.cancel_reasons)
        return (Refusal(act="cancel_reason", rule="cancel_reason", stated={"order_id": order.order_id, "accepted": accepted}),)
    return (cancelled(case, order, reason),)


def cancelled(case: Case, order: Order, reason: str) -> Write:
    """The cancellation of an order that may be cancelled, for a reason that counts."""
    method = profile(case).payment_methods[order.payment_history[0].payment_method_id]
    refund = {"refund": total(order), "refund_to": wording.payment(method), "refund_time": refund_time(method, case)}
    names = [item.name for item in order.items]
    return Write(
        act="cancel",
        tool="cancel_pending_order",
        arguments={"order_id": order.order_id, "reason": reason},
        stated={"order_id": order.order_id, "order_with": names, "reason": reason, **refund},
        told={"order_id": order.order_id, **refund},
    )


def draft(view: View, customer: str, random: Random) -> Draft | None:
    wrong = (PROCESSED, PROCESSED, DELIVERED, PENDING_ITEM_MODIFIED)
    wanted = PENDING if random.random() < 0.75 else chosen(wrong, random) or PROCESSED
    order = chosen((order for order in drafts.orders_of(view, customer) if order.status == wanted), random)
    if random.random() < 0.05:
        order = drafts.somebody_elses(view, customer, wanted, random)
    if order is None:
        return None
    accepted = view.facts.cancel_reasons
    others = [reason for reason in REASONS if reason not in accepted]
    reasons = accepted if random.random() < 0.85 or wanted != PENDING else others
    slots = drafts.order_slots(view, customer, order, random)
    if random.random() < 0.04 and (number := drafts.misremembered(view, random)):
        slots = {"order_id": number}
    params = {**slots, "reason": chosen(reasons or accepted, random)}
    opening = revealed(params, {"order_with", "which"}, random)
    return Draft(request=Request(recipe="cancel", params=params), opening=opening)


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    order = drafts.presupposed(view, customer, request.params)
    yield from edits.exists(view, customer, request.params)
    if isinstance(order, Order):
        yield from edits.status(order)
        yield from edits.owned(view, customer, order)
        yield from edits.elsewhere(view, customer, order, request.params)


def holds(view: View, customer: str, request: Request) -> bool:
    return "order_id" in request.params or drafts.presupposed(view, customer, request.params) is not None


CANCEL = Recipe(
    name="cancel",
    contradicted=contradicted,
    draft=draft,
    solve=saying_which(solve),
    edits=other_ways,
    holds=holds,
    plainly=plain.by_number,
)
