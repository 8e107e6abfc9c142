"""Swap items for other variants of the same products: an exchange once delivered, a modification while pending."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from random import Random
from typing import Any

from servers.drafting import chosen, revealed
from servers.recipe import Case, Decision, Draft, Edit, Recipe, Refusal, Request
from servers.retail.recipes import drafts, edits
from servers.retail.recipes.agreement import contradicted
from servers.retail.recipes.orders import is_meant, order_of, saying_which
from servers.retail.recipes.swap_drafts import in_plain_words, is_one
from servers.retail.recipes.swapping import candidates, decide
from servers.retail.records import (
    DELIVERED,
    EXCHANGE_REQUESTED,
    PENDING,
    PENDING_ITEM_MODIFIED,
    PROCESSED,
    RETURN_REQUESTED,
    Order,
    OrderItem,
    Product,
    User,
)
from servers.state import View


def solve(act: str, case: Case) -> tuple[Decision, ...]:
    order = order_of(case)
    if isinstance(order, Refusal):
        return (order,)
    return decide(case, order, case.ask("swaps", "swaps", order_id=order.order_id) or (), act)


def draft(act: str, view: View, customer: str, random: Random) -> Draft | None:
    fine = DELIVERED if act == "exchange" else PENDING
    # Never a status in which the other of the two would be right: from the words alone the request could be done.
    wrong = (PROCESSED, EXCHANGE_REQUESTED, RETURN_REQUESTED) if act == "exchange" else (PROCESSED, PENDING_ITEM_MODIFIED)
    wanted = fine if random.random() < 0.85 else chosen(wrong, random)
    order = chosen((order for order in drafts.orders_of(view, customer) if order.status == wanted), random)
    user = view.get("users", customer, User)
    if order is None or user is None:
        return None
    swaps = _swaps(view, order, random)
    method = chosen(user.payment_methods.values(), random)
    if not swaps or method is None:
        return None
    params: dict[str, Any] = {"swaps": swaps} | drafts.order_slots(view, customer, order, random)
    params = drafts.without_saying_twice(view, customer, params)
    params["payment"] = drafts.method_slot(user, method, order, random)
    opening = revealed(params, set(params) - {"payment"}, random, chance=0.4)
    return Draft(request=Request(recipe=act, params=params), opening=opening)


def _swaps(view: View, order: Order, random: Random) -> list[dict[str, Any]]:
    ids = list({item.product_id: item for item in order.items}.values())  # one of a product: nobody swaps two with each other
    random.shuffle(ids)
    found = []
    for item in ids[: 1 + int(random.random() ** 2 * 2.2)]:
        product = view.get("products", item.product_id, Product)
        slot = drafts.item_slot(order, item, random)
        swap = _swap(product, item, random) if product else None
        if slot is not None and swap is not None and not swap["wanted"].items() & slot["options"].items():
            found.append({"item": slot, **swap})
    return found


def _swap(product: Product, item: OrderItem, random: Random) -> dict[str, Any] | None:
    """A change of one or two options to a variant that exists, or the extreme by price among those that fit."""
    others = [variant for variant in product.variants.values() if variant.item_id != item.item_id]
    if random.random() < 0.3:
        pick = "cheapest" if random.random() < 0.75 else "most expensive"
        some = chosen(others, random)
        name = chosen(item.options, random)
        wanted = {name: some.options[name]} if some and name in some.options and random.random() < 0.5 else {}
        swap = {"wanted": wanted, "pick": pick}
        return swap if sum(variant.available for variant in candidates(product, item, swap)) > 1 else None
    if random.random() < 0.05 and (name := chosen(item.options, random)):
        return {"wanted": {name: item.options[name]}}  # they do not remember that it is the one they have
    near = [variant for variant in others if len(variant.options.items() - item.options.items()) <= 2]
    fits = [variant for variant in near if variant.available == (random.random() < 0.85)]
    new = chosen(fits, random)
    if new is None:
        return None
    return {"wanted": {name: value for name, value in new.options.items() if item.options.get(name) != value}}


def other_ways(act: str, view: View, customer: str, request: Request) -> Iterator[Edit]:
    params = request.params
    order = drafts.presupposed(view, customer, params)
    user = view.get("users", customer, User)
    if order is None or user is None:
        return
    yield from edits.status(order)
    yield from edits.elsewhere(view, customer, order, params)
    for swap in params["swaps"]:
        yield from edits.bought_otherwise(view, order, swap["item"])
        item = next(item for item in order.items if is_meant(item, swap["item"]))
        product = view.get("products", item.product_id, Product)
        fitting = candidates(product, item, swap) if product else []
        best = sorted(
            (each for each in fitting if each.available),
            key=lambda each: each.price,
            reverse=swap.get("pick") == "most expensive",
        )
        if fitting:
            best_id = (best or fitting)[0].item_id
            yield from edits.variants(
                view, item.product_id, best_id, tuple(each.item_id for each in fitting), swap.get("pick", "")
            )
    for method_id in user.payment_methods:
        yield from edits.refiled(view, customer, method_id, order)
        yield from edits.balance(view, customer, method_id, _difference(view, order, params["swaps"]))


def _difference(view: View, order: Order, swaps: Sequence[Mapping[str, Any]]) -> float:
    """An amount that the swaps may cost, for asking what if the gift card held more or less."""
    amount = 0.0
    for swap in swaps:
        item = next(item for item in order.items if is_meant(item, swap["item"]))
        product = view.get("products", item.product_id, Product)
        fitting = [each for each in candidates(product, item, swap) if each.available] if product else []
        ranked = sorted(fitting, key=lambda each: each.price, reverse=swap.get("pick") == "most expensive")
        amount += ranked[0].price - item.price if ranked else 0.0
    return round(amount, 2)


def holds(view: View, customer: str, request: Request) -> bool:
    order = drafts.presupposed(view, customer, request.params)
    if order is None:
        return False
    for swap in request.params["swaps"]:
        meant = {item.item_id: item for item in order.items if is_meant(item, swap["item"])}
        if len(meant) != 1 or not all(is_one(view, item, swap) for item in meant.values()):
            return False
    return True


def _recipe(act: str) -> Recipe:
    return Recipe(
        name=act,
        contradicted=contradicted,
        draft=partial(draft, act),
        solve=saying_which(partial(solve, act)),
        edits=partial(other_ways, act),
        holds=holds,
        plainly=partial(in_plain_words, partial(solve, act)),
    )


EXCHANGE, MODIFY = _recipe("exchange"), _recipe("modify")
