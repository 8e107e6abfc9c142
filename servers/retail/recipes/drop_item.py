"""Take one item out of a pending order, which cannot be done, and what the customer wants when they hear it.

They say so at once: the cheapest version instead, the whole order called off, or nothing. Another item that is to be
changed in the same order shares the one change that an order can have.
"""

from collections.abc import Iterator
from random import Random
from typing import Any

from msgspec.structs import replace

from servers.drafting import chosen
from servers.recipe import Case, Decision, Draft, Edit, Recipe, Refusal, Request, Slots
from servers.retail import rules
from servers.retail.recipes import cancel, drafts, edits
from servers.retail.recipes.agreement import contradicted
from servers.retail.recipes.looking import looking
from servers.retail.recipes.orders import described, is_meant, items_of, order_of, saying_which
from servers.retail.recipes.prefer import wish
from servers.retail.recipes.swap_drafts import MANY, default_payment, is_one, of_order, of_payment, of_variants, paying, shuffled
from servers.retail.recipes.swapping import decide, forbidden
from servers.retail.records import PENDING, PENDING_ITEM_MODIFIED, PROCESSED, Order, OrderItem, User
from servers.state import View

CHEAPER, CALL_OFF, KEEP = "swap it for the cheapest version", "cancel the whole order", "keep it"


def solve(case: Case) -> tuple[Decision, ...]:
    order = order_of(case)
    if isinstance(order, Refusal):
        return (order,)
    instead = case.said("rather")
    stands_in_the_way = _whole(case, order) if instead == CALL_OFF else forbidden("modify", case, order, 1)
    if stands_in_the_way is not None:
        return (stands_in_the_way,)
    items = items_of(case, order, case.said("items"))
    if isinstance(items, Refusal):
        return (items,)
    stated = {"order_id": order.order_id, "item": described(items[0])}
    not_alone = Refusal(act="cancel_pending", rule="cancel_pending", stated=stated)
    if instead == CALL_OFF:
        return (not_alone, *cancel.solve(case))
    swaps = [*([{"item": described(items[0]), "pick": "cheapest"}] if instead == CHEAPER else []), *(case.said("swaps") or ())]
    return (not_alone, *decide(case, order, swaps, "modify")) if swaps else (not_alone,)


def _whole(case: Case, order: Order) -> Refusal | None:
    rule = rules.cancel(order, case.facts)
    return Refusal(act=rule, rule=rule, stated={"order_id": order.order_id, "status": order.status}) if rule else None


def draft(view: View, customer: str, random: Random) -> Draft | None:
    user = view.get("users", customer, User)
    if user is None or random.random() * MANY > len(user.orders):
        return None
    wanted = (PENDING,) if random.random() < 0.88 else (PROCESSED, PENDING_ITEM_MODIFIED)
    fitting = [each for each in drafts.orders_of(view, customer) if each.status in wanted and len(each.items) > 1]
    inner = [order for order in fitting if order.order_id not in (user.orders[0], user.orders[-1])]
    order = chosen(inner if inner and random.random() < 0.85 else fitting, random)
    if order is None:
        return None
    items = shuffled(order.items, random)
    slot = drafts.item_slot(order, items[0], random)
    if slot is None:
        return None
    at_most_one = view.facts.max_items_changed == 1
    rather = chosen((CHEAPER, CHEAPER, CALL_OFF, KEEP), random)
    params: dict[str, Any] = {"items": [slot], "rather": rather}
    if rather != CALL_OFF and random.random() < 0.55 and not (at_most_one and rather == CHEAPER):
        params |= _beside(view, order, items[1:], random)
    if rather == CALL_OFF:
        params["reason"] = chosen(view.facts.cancel_reasons, random)
    if drafts.presupposed(view, customer, params) is not order or random.random() < 0.25:
        params = drafts.without_saying_twice(view, customer, params | drafts.order_slots(view, customer, order, random))
    if rather == CHEAPER or "swaps" in params:
        params["payment"] = paying(user, order, random)
    return Draft(request=Request(recipe="drop_item", params=params), opening=tuple(params))  # so the refusal is the first answer


def _beside(view: View, order: Order, items: list[OrderItem], random: Random) -> dict[str, Any]:
    """Another item that is to be changed in the same breath."""
    found = (swap for item in items if (swap := wish(view, order, item, 1, random)) is not None)
    swap = next(found, None)
    return {"swaps": [swap]} if swap is not None else {}


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    params = request.params
    order = drafts.presupposed(view, customer, params)
    if order is None:
        return
    if order.status == PENDING:
        puts = (("orders", order.order_id, edits.with_status(order, PROCESSED)),)
        yield Edit(fact=f"{order.order_id} is {PROCESSED}", puts=puts)
    yield from of_order(view, customer, order, params)
    wishes = [(params["items"][0], {"pick": "cheapest"})] if params["rather"] == CHEAPER else []
    wishes += [(swap["item"], swap) for swap in params.get("swaps", ())]
    for words, swap in wishes:
        item = next((item for item in order.items if is_meant(item, words)), None)
        if item is not None:
            yield from edits.bought_otherwise(view, order, words)
            yield from of_variants(view, item, swap)
    yield from of_payment(view, customer, order, solve(looking(view, customer, params)))


def holds(view: View, customer: str, request: Request) -> bool:
    order = drafts.presupposed(view, customer, request.params)
    if order is None:
        return False
    wanted = [*request.params["items"], *(swap["item"] for swap in request.params.get("swaps", ()))]
    meant = [{item.item_id: item for item in order.items if is_meant(item, words)} for words in wanted]
    if any(len(items) != 1 for items in meant):
        return False
    return request.params["rather"] != CHEAPER or all(is_one(view, item, {"pick": "cheapest"}) for item in meant[0].values())


def proposes(params: Slots) -> tuple[str, ...]:
    """What they would agree to once they have heard that it cannot be done."""
    if params["rather"] == CALL_OFF:
        return ("cancel",)
    return ("modify",) if params["rather"] == CHEAPER or "swaps" in params else ()


def against(params: Slots, stated: Slots, refused: int = 0) -> str | None:
    """The item itself is swapped for the cheapest version or not at all; the first refusal is that it cannot go."""
    swaps = list(params.get("swaps", ()))
    if params["rather"] == CHEAPER:
        swaps = [{"item": params["items"][0], "pick": "cheapest"}, *swaps]
    told = {slot: value for slot, value in params.items() if slot in ("order_id", "payment", "reason", "order_with")}
    wrong = contradicted({**told, **({"swaps": swaps} if "swaps" in stated else {})}, stated, max(refused - 1, 0))
    return "rather" if wrong == "swaps" and "swaps" not in params else wrong


def shortcuts(_view: View, _customer: str, request: Request) -> Iterator[tuple[str, Request]]:
    """Another way out than the one that was asked for; the order's own payment."""
    yield from default_payment(request)
    if request.params["rather"] != KEEP:
        yield "gives up", replace(request, params={**request.params, "rather": KEEP})


DROP_ITEM = Recipe(
    name="drop_item",
    contradicted=against,
    draft=draft,
    solve=saying_which(solve),
    edits=other_ways,
    holds=holds,
    proposes=proposes,
    shortcuts=shortcuts,
)
