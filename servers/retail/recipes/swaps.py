"""Swap items for other variants of the same products: an exchange once delivered, a modification while pending."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from random import Random
from typing import Any

from servers.drafting import chosen, revealed
from servers.english import counted, money
from servers.recipe import Case, Choice, Comparison, Decision, Draft, Edit, Recipe, Refusal, Request, Write
from servers.retail import rules
from servers.retail.recipes import drafts, edits
from servers.retail.recipes.agreement import contradicted
from servers.retail.recipes.orders import described, is_meant, items_of, method_of, order_of, saying_which
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
    Variant,
)
from servers.retail.wording import item as item_words
from servers.retail.wording import payment as payment_words
from servers.state import View

TOOLS = {"exchange": "exchange_delivered_order_items", "modify": "modify_pending_order_items"}


def solve(act: str, case: Case) -> tuple[Decision, ...]:
    order = order_of(case)
    if isinstance(order, Refusal):
        return (order,)
    swaps: Sequence[Mapping[str, Any]] = case.ask("swaps", "swaps", order_id=order.order_id) or ()
    allowed = rules.exchange if act == "exchange" else rules.change_items
    if rule := allowed(order, len(swaps), case.facts):
        told = {"limit": counted(case.facts.max_items_changed, "item")} if rule == "items_at_once" else {"status": order.status}
        return (Refusal(act=rule, rule=rule, stated={"order_id": order.order_id, **told}),)
    items = items_of(case, order, [swap["item"] for swap in swaps])
    if isinstance(items, Refusal):
        return (items,)
    refusals: list[Decision] = []
    done: list[tuple[OrderItem, Variant, list[str]]] = []
    for item, swap in zip(items, swaps, strict=True):
        found = _new_variant(case, item, swap)
        if isinstance(found, Refusal):
            refusals.append(found)
        else:
            done.append((item, *found))
    if not done:
        return tuple(refusals)
    return (*refusals, _write(act, case, order, done))


def _new_variant(case: Case, item: OrderItem, swap: Mapping[str, Any]) -> tuple[Variant, list[str]] | Refusal:
    """The variant that the customer wants instead, with the options that were compared in words."""
    product = case.read("get_product_details", product_id=item.product_id)
    assert isinstance(product, Product)
    fitting = wanted_variants(product, item, swap)
    if pick := swap.get("pick"):
        open_ones = [variant for variant in fitting if variant.available]
        ranked = sorted(open_ones, key=lambda variant: variant.price, reverse=pick == "most expensive")
        new = ranked[0] if ranked else None
        words = [f"{' '.join(item_words('', variant.options).split())} at {money(variant.price)}" for variant in ranked]
        rows = tuple((item_words(item.name, variant.options), money(variant.price)) for variant in ranked)
        best = item_words(item.name, new.options) if new else ""
        case.note(Comparison(question=f"{pick.capitalize()} {item.name} that fits", candidates=rows, best=best))
    else:
        new, words = (fitting[0] if fitting else None), []
    if rule := rules.variant(item.item_id, new, case.facts):
        options = {**item.options, **swap.get("wanted", {})}
        return Refusal(act=rule, rule=rule, stated={"item": {"name": item.name, "options": options}})
    assert new is not None
    return new, words


def wanted_variants(product: Product, item: OrderItem, swap: Mapping[str, Any]) -> list[Variant]:
    """The product's variants that the words fit: all options as they were but the changed ones, or (for a pick)
    any that has what was asked for."""
    wanted = swap.get("wanted", {})
    if not swap.get("pick"):
        wanted = {**item.options, **wanted}
    return [
        variant
        for variant in product.variants.values()
        if wanted.items() <= variant.options.items() and (not swap.get("pick") or variant.item_id != item.item_id)
    ]


def _write(act: str, case: Case, order: Order, done: Sequence[tuple[OrderItem, Variant, list[str]]]) -> Decision:
    words = case.ask("difference", "payment", order_id=order.order_id)
    method = method_of(case, order, words or "")
    if isinstance(method, Refusal):
        return method
    difference = 0.0
    for item, new, _ in done:
        difference += new.price - item.price
    difference = round(difference, 2)
    if rule := rules.pays(method, difference, case.facts):
        short = {"payment": payment_words(method), "balance": getattr(method, "balance", 0.0), "extra": difference}
        return Refusal(act=rule, rule=rule, stated=short)
    stated: dict[str, Any] = {"order_id": order.order_id, "payment": payment_words(method)}
    stated["swaps"] = [
        {"item": described(item), "new": {"name": item.name, "options": dict(new.options)}} for item, new, _ in done
    ]
    if difference:
        stated["extra" if difference > 0 else "refund"] = abs(difference)
    swaps: Sequence[Mapping[str, Any]] = case.said("swaps") or ()
    picks = {swap["item"]["name"]: swap["pick"] for swap in swaps if swap.get("pick")}
    return Write(
        act=act,
        tool=TOOLS[act],
        arguments={
            "order_id": order.order_id,
            "item_ids": [item.item_id for item, _, _ in done],
            "new_item_ids": [new.item_id for _, new, _ in done],
            "payment_method_id": method.id,
        },
        stated=stated,
        told={slot: stated[slot] for slot in ("order_id", "payment", "extra", "refund") if slot in stated},
        chose=tuple(_weighed(item, picks[item.name], words) for item, _, words in done if len(words) > 1),
    )


def _weighed(item: OrderItem, pick: str, words: list[str]) -> Choice:
    """The variants that were compared as they are stated: how many, and the first few by their price."""
    return Choice(act="variant", stated={"name": item.name, "pick": pick, "weighed": len(words), "compared": words[:3]})


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
        wanted = {name: some.options[name]} if some and name and random.random() < 0.5 else {}
        swap = {"wanted": wanted, "pick": pick}
        return swap if sum(variant.available for variant in wanted_variants(product, item, swap)) > 1 else None
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
        fitting = wanted_variants(product, item, swap) if product else []
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
        fitting = [each for each in wanted_variants(product, item, swap) if each.available] if product else []
        ranked = sorted(fitting, key=lambda each: each.price, reverse=swap.get("pick") == "most expensive")
        amount += ranked[0].price - item.price if ranked else 0.0
    return round(amount, 2)


def holds(view: View, customer: str, request: Request) -> bool:
    order = drafts.presupposed(view, customer, request.params)
    if order is None:
        return False
    meant = [{item.item_id for item in order.items if is_meant(item, swap["item"])} for swap in request.params["swaps"]]
    return all(len(ids) == 1 for ids in meant)


def _recipe(act: str) -> Recipe:
    return Recipe(
        name=act,
        contradicted=contradicted,
        draft=partial(draft, act),
        solve=saying_which(partial(solve, act)),
        edits=partial(other_ways, act),
        holds=holds,
    )


EXCHANGE, MODIFY = _recipe("exchange"), _recipe("modify")
