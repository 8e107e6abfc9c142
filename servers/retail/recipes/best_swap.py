"""Superlatives over all that a customer has: the dearest thing for the cheapest version of it, or the swap that saves most.

Ties are not asked about: the words fit exactly one thing.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from random import Random
from typing import Any, NamedTuple

from msgspec.structs import replace

from servers.drafting import chosen, revealed
from servers.english import money
from servers.recipe import Case, Choice, Comparison, Decision, Draft, Edit, Recipe, Refusal, Request, Slots, saying
from servers.retail.recipes import drafts, edits
from servers.retail.recipes.agreement import contradicted
from servers.retail.recipes.looking import looking
from servers.retail.recipes.orders import described, profile
from servers.retail.recipes.swap_drafts import (
    Solve,
    default_payment,
    in_plain_words,
    is_one,
    of_payment,
    of_variants,
    paying,
    shelved,
)
from servers.retail.recipes.swapping import SWAPS, candidates, decide, product_of
from servers.retail.records import DELIVERED, PENDING, GiftCard, Order, OrderItem, Product, User
from servers.retail.wording import item as item_words
from servers.retail.wording import payment as payment_words
from servers.state import View

DEAREST, CHEAPEST = "most expensive", "cheapest"
MOST_PRODUCTS = 9
"""Products that may have to be looked at for one question."""


class Rated(NamedTuple):
    """An item with what it is compared by, in dollars."""

    amount: float
    order: Order
    item: OrderItem


def solve(case: Case) -> tuple[Decision, ...]:
    """The dearest or cheapest of all items with a status, swapped for the cheapest or dearest version of it."""
    best = case.said("best")
    rated = sorted(
        (Rated(item.price, order, item) for order, item in owned(case, best["status"])),
        key=lambda each: each.amount,
        reverse=best["pick"] == DEAREST,
    )
    if not rated:
        return (Refusal(act="order_exists", rule="order_exists"),)
    words = [f"{item_words(each.item.name, each.item.options)} at {money(each.amount)}" for each in rated[:3]]
    said = {"pick": best["pick"], "status": best["status"], "weighed": len(rated), "compared": words}
    return _swapped(case, rated[0], best["to"], Choice(act="thing", stated=said))


def solve_saving(case: Case) -> tuple[Decision, ...]:
    """The item for which the cheapest version of its product costs least in comparison with what was paid."""
    status = case.said("status")
    pool: dict[str, list[tuple[Order, OrderItem]]] = {}
    for order, item in owned(case, status):
        pool.setdefault(item.product_id, []).append((order, item))
    rated: list[Rated] = []
    left = list(case.order(tuple(pool)))
    while left:
        having = pool[left.pop(0)]
        most = max((each.amount for each in rated), default=0.0)
        if all(item.price <= most for _, item in having):
            continue  # nothing costs less than nothing
        product = product_of(case, having[0][1])
        rated += [each for order, item in having if (each := saving(product, order, item)) is not None]
        rows = tuple((each.item.name, money(each.amount)) for each in rated)
        case.note(Comparison(question="Which swap saves most", candidates=rows, unread=tuple(left)))
    rated.sort(key=lambda each: each.amount, reverse=True)
    if not rated or rated[0].amount <= 0:
        return (Refusal(act="variant_available", rule="variant_available", stated={"status": status}),)
    words = [
        f"{item_words(each.item.name, each.item.options)}, bought for {money(each.item.price)} and available from "
        f"{money(round(each.item.price - each.amount, 2))}"
        for each in rated[:2]
        if each.amount > 0
    ]
    every = len([item for having in pool.values() for item in having])
    said = {"status": status, "weighed": every, "compared": words}
    return _swapped(case, rated[0], CHEAPEST, Choice(act="saving", stated=said))


def _swapped(case: Case, rated: Rated, to: str, chose: Choice) -> tuple[Decision, ...]:
    with saying((chose,)):
        decisions = decide(case, rated.order, [{"item": described(rated.item), "pick": to}])
    return (replace(decisions[0], chose=(chose, *decisions[0].chose)), *decisions[1:])


def owned(case: Case, status: str) -> list[tuple[Order, OrderItem]]:
    """Every item of the customer's orders with a status: all orders are read."""
    found: list[tuple[Order, OrderItem]] = []
    numbers = case.order(profile(case).orders)
    for place, number in enumerate(numbers):
        rows = tuple((item.name, money(item.price)) for _, item in found)
        case.note(Comparison(question=f"What is {status}", candidates=rows, unread=tuple(numbers[place:])))
        order = case.read("get_order_details", order_id=number)
        if isinstance(order, Order) and order.status == status:
            found += [(order, item) for item in order.items]
    return found


def saving(product: Product, order: Order, item: OrderItem) -> Rated | None:
    """What the cheapest other version that can be had would save; None where there is none."""
    others = [each for each in candidates(product, item, {"pick": CHEAPEST}) if each.available]
    return Rated(round(item.price - others[0].price, 2), order, item) if others else None


def draft(view: View, customer: str, random: Random) -> Draft | None:
    status = DELIVERED if random.random() < 0.6 else PENDING
    user = with_much(view, customer, status, 3)
    if user is None:
        return None
    pick = DEAREST if random.random() < 0.65 else CHEAPEST
    best = {"pick": pick, "status": status, "to": CHEAPEST if pick == DEAREST else DEAREST}
    having = owned(looking(view, customer, {}), status)
    top = _top(having, pick)
    if top is None or not amid(top.order.order_id, [order.order_id for order, _ in having]):
        return None
    gift_card = pick == CHEAPEST and random.random() < 0.3  # which may not have enough on it for the dearest version
    return _drafted(user, "best_swap", {"best": best}, top.order, random, gift_card=gift_card)


def draft_saving(view: View, customer: str, random: Random) -> Draft | None:
    status = DELIVERED if random.random() < 0.6 else PENDING
    user = with_much(view, customer, status, 3)
    rated = _savings(view, customer, status) if user is not None else []
    if user is None or not rated:
        return None
    top, having = rated[0], owned(looking(view, customer, {}), status)
    products, orders = [item.product_id for _, item in having], [order.order_id for order, _ in having]
    if not amid(top.item.product_id, products) or not amid(top.order.order_id, orders):
        return None
    return _drafted(user, "best_saving", {"status": status}, top.order, random)


def amid(it: str, among: Sequence[str]) -> bool:
    """Does it stand neither first nor last? Whoever stops early would find what stands there without looking further."""
    found = list(dict.fromkeys(among))
    return it not in (found[0], found[-1])


def with_much(view: View, customer: str, status: str, least: int) -> User | None:
    """The customer, where there is enough to compare and not too much."""
    user = view.get("users", customer, User)
    if user is None:
        return None
    orders = [order for order in drafts.orders_of(view, customer) if order.status == status]
    things = {item.product_id for order in orders for item in order.items}
    return user if len(orders) > 1 and least <= len(things) <= MOST_PRODUCTS else None


def _drafted(user: User, recipe: str, params: dict[str, Any], order: Order, random: Random, *, gift_card: bool = False) -> Draft:
    cards = [payment_words(each) for each in user.payment_methods.values() if isinstance(each, GiftCard) and gift_card]
    params = {**params, "payment": chosen(cards, random) or paying(user, order, random)}
    opening = revealed(params, set(params) - {"payment"}, random, chance=0.4)
    return Draft(request=Request(recipe=recipe, params=params), opening=opening)


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    best = request.params["best"]
    top = _top(owned(looking(view, customer, request.params), best["status"]), best["pick"])
    if top is None:
        return
    for order in drafts.orders_of(view, customer):
        if order is top.order:
            yield from _another_variant(view, top)
            continue
        price = round(top.amount + 7.0 if best["pick"] == DEAREST else max(top.amount - 0.5, 0.01), 2)
        yield at_a_price(order, best["status"], price)
    yield from of_variants(view, top.item, {"pick": best["to"]})
    yield from of_payment(view, customer, top.order, solve(looking(view, customer, request.params)))


def saving_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    status = request.params["status"]
    rated = _savings(view, customer, status)
    if not rated:
        return
    top = rated[0]
    for order in drafts.orders_of(view, customer):
        if order is top.order:
            yield from _another_variant(view, top)
        else:
            yield at_a_price(order, status, round(order.items[0].price + top.amount + 1000.0, 2))
    for each in {each.item.product_id: each for each in reversed(rated)}.values():
        product = view.get("products", each.item.product_id, Product)
        ranked = candidates(product, each.item, {"pick": CHEAPEST}) if product is not None else []
        price = round(each.item.price - top.amount - 1.0, 2)
        if each is not top and product is not None and ranked and price > 0:
            cheap = replace(ranked[0], available=True, price=price)
            yield Edit(fact=f"{cheap.item_id} costs {price}", puts=(shelved(product, cheap),))
    yield from of_variants(view, top.item, {"pick": CHEAPEST})
    yield from of_payment(view, customer, top.order, solve_saving(looking(view, customer, request.params)))


def _another_variant(view: View, top: Rated) -> Iterator[Edit]:
    """The thing was bought as another variant, at the same price."""
    product = view.get("products", top.item.product_id, Product)
    other = next((each for each in product.variants.values() if each.item_id != top.item.item_id), None) if product else None
    if other is not None:
        item = replace(top.item, item_id=other.item_id, options=other.options)
        items = tuple(item if each is top.item else each for each in top.order.items)
        puts = (("orders", top.order.order_id, edits.with_items(top.order, items)),)
        yield Edit(fact=f"{item.name} was bought as {other.item_id}", puts=puts)


def at_a_price(order: Order, status: str, price: float) -> Edit:
    """The order has the status, and its first item was bought at a price."""
    items = (replace(order.items[0], price=price), *order.items[1:])
    changed = edits.with_items(edits.with_status(order, status) if order.status != status else order, items)
    return Edit(fact=f"{order.items[0].name} of {order.order_id} cost {price}", puts=(("orders", order.order_id, changed),))


def _top(items: Sequence[tuple[Order, OrderItem]], pick: str) -> Rated | None:
    """The extreme by price, None unless there is exactly one."""
    rated = sorted(
        (Rated(item.price, order, item) for order, item in items), key=lambda each: each.amount, reverse=pick == DEAREST
    )
    return None if not rated or (len(rated) > 1 and rated[0].amount == rated[1].amount) else rated[0]


def _savings(view: View, customer: str, status: str) -> list[Rated]:
    """What each item could save, the most first."""
    rated = []
    for order, item in owned(looking(view, customer, {}), status):
        product = view.get("products", item.product_id, Product)
        if product is not None and (each := saving(product, order, item)) is not None:
            rated.append(each)
    return sorted(rated, key=lambda each: each.amount, reverse=True)


def holds(view: View, customer: str, request: Request) -> bool:
    best = request.params["best"]
    top = _top(owned(looking(view, customer, request.params), best["status"]), best["pick"])
    return top is not None and is_one(view, top.item, {"pick": best["to"]})


def holds_saving(view: View, customer: str, request: Request) -> bool:
    """One swap saves most, and it does save something."""
    rated = _savings(view, customer, request.params["status"])
    if not rated or rated[0].amount <= 0 or (len(rated) > 1 and rated[0].amount == rated[1].amount):
        return False
    return is_one(view, rated[0].item, {"pick": CHEAPEST})


def against(params: Slots, stated: Slots, _refused: int = 0) -> str | None:
    """Which thing it is they cannot tell; that it stays the same product, and who pays, they can."""
    swaps: Sequence[Mapping[str, Any]] = stated.get("swaps", ())
    if len(swaps) > 1 or any(swap["item"]["name"] != swap["new"]["name"] for swap in swaps):
        return "best" if "best" in params else "status"
    return contradicted({"payment": params["payment"]}, stated)


def _recipe(name: str, draft: Any, solving: Solve, ways: Any, holding: Any) -> Recipe:
    return Recipe(
        name=name,
        contradicted=against,
        draft=draft,
        solve=solving,
        edits=ways,
        holds=holding,
        proposes=lambda _params: SWAPS,
        plainly=partial(in_plain_words, solving),
        shortcuts=lambda _view, _customer, request: default_payment(request),
    )


BEST_SWAP = _recipe("best_swap", draft, solve, other_ways, holds)
BEST_SAVING = _recipe("best_saving", draft_saving, solve_saving, saving_ways, holds_saving)
