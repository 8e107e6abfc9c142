"""What the customer has elsewhere as the template: "like the one in my other order", "in the color of the toaster".

They do not say what it is like: it has to be looked up.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from random import Random
from typing import Any

from msgspec.structs import replace

from servers.drafting import chosen
from servers.recipe import Case, Choice, Comparison, Decision, Draft, Edit, Recipe, Refusal, Request, saying
from servers.retail.recipes import drafts, edits
from servers.retail.recipes.agreement import contradicted
from servers.retail.recipes.looking import looking
from servers.retail.recipes.orders import described, order_of, profile, saying_which
from servers.retail.recipes.swap_drafts import (
    default_payment,
    described_apart,
    drafted,
    in_plain_words,
    meant,
    of_order,
    of_payment,
    of_variants,
    order_to_swap,
    rather,
    shuffled,
)
from servers.retail.recipes.swapping import SWAPS, act_of, decide, forbidden
from servers.retail.records import Order, OrderItem, Product
from servers.state import View

Like = Mapping[str, Any]


def solve(case: Case) -> tuple[Decision, ...]:
    order = order_of(case)
    if isinstance(order, Refusal):
        return (order,)
    swaps = case.ask("swaps", "swaps", order_id=order.order_id) or ()
    if refusal := forbidden(act_of(order), case, order, len(swaps)):
        return (refusal,)
    chose: list[Choice] = []
    plain = []
    for swap in swaps:
        found = template(case, order, swap["like"])
        if found is None:
            missing = {"item": {"name": swap["like"]["name"], "options": {}}}
            return (Refusal(act="order_exists", rule="order_exists", stated={"order_with": [missing["item"]["name"]]}),)
        other, model = found
        chose.append(Choice(act="template", stated={"order_id": other.order_id, "item": described(model)}))
        plain.append({"item": swap["item"], "wanted": copied(model, swap["like"])})
    with saying(chose):
        decisions = decide(case, order, plain)
    return (replace(decisions[0], chose=(*chose, *decisions[0].chose)), *decisions[1:])


def template(case: Case, order: Order, like: Like) -> tuple[Order, OrderItem] | None:
    """The item that was pointed at: in the order that was named, or in the first other one that has such a thing."""
    numbers = [number for number in profile(case).orders if number != order.order_id]
    numbers = [like["order_id"]] if "order_id" in like else list(case.order(numbers))
    for place, number in enumerate(numbers):
        question = f"Which other order has the {like['name']}"
        case.note(Comparison(question=question, candidates=(), unread=tuple(numbers[place:])))
        other = case.read("get_order_details", order_id=number)
        found = next((item for item in other.items if item.name == like["name"]), None) if isinstance(other, Order) else None
        if isinstance(other, Order) and found is not None:
            return other, found
    return None


def copied(model: OrderItem, like: Like) -> dict[str, str]:
    """What is taken over from the template: one option, or all of them."""
    return {like["option"]: model.options[like["option"]]} if "option" in like else dict(model.options)


def draft(view: View, customer: str, random: Random) -> Draft | None:
    whose = order_to_swap(view, customer, random)
    if whose is None:
        return None
    user, order = whose
    orders = drafts.orders_of(view, customer)
    swaps: list[dict[str, Any]] = []
    for item in shuffled(order.items, random):
        like = _like(view, order, orders, item, random)
        slot = described_apart(order, item, list(item.options), random) if like is not None else None
        swaps += [{"item": slot, "like": like}] if slot is not None else []
        if swaps and (len(swaps) == 2 or random.random() < 0.7):
            break
    return drafted(view, user, "match", order, {"swaps": swaps}, random) if swaps else None


def _like(view: View, order: Order, orders: list[Order], item: OrderItem, random: Random) -> dict[str, Any] | None:
    """Something of another order to which the item could be made alike: the same product, or one that shares an option."""
    product = view.get("products", item.product_id, Product)
    if product is None:
        return None
    can_be_had = random.random() < 0.82
    ways: list[dict[str, Any]] = []
    others = [other for other in orders if other is not order]
    inner = others[1:-1] if random.random() < 0.8 else []
    for other in inner or others:
        for model in other.items:
            if _only_one(orders, order, model.name):
                where = {"order_id": other.order_id} if random.random() < 0.25 else {}
                ways += [{"name": model.name, **option, **where} for option in _alike(product, item, model, can_be_had)]
    same = [way for way in ways if "option" not in way]
    return chosen(same or ways, random)


def _alike(product: Product, item: OrderItem, model: OrderItem, can_be_had: bool) -> Iterator[dict[str, str]]:
    """{} where the item could become the template altogether, {'option': …} where it could in that option."""
    if model.product_id == item.product_id:
        if model.item_id != item.item_id and product.variants[model.item_id].available == can_be_had:
            yield {}
        return
    for option, value in model.options.items():
        if item.options.get(option, value) == value:
            continue
        wanted = {**item.options, option: value}
        found = next((each for each in product.variants.values() if each.options == wanted), None)
        comes_in_it = any(each.options.get(option) == value for each in product.variants.values())
        if (found is not None and found.available) == can_be_had and comes_in_it:
            yield {"option": option}


def _only_one(orders: list[Order], order: Order, name: str) -> bool:
    """Is there one such thing outside of the order, and no more?"""
    found = [item for other in orders if other is not order for item in other.items if item.name == name]
    return len(found) == 1


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    found = meant(view, customer, request.params)
    if found is None:
        return
    order, items = found
    orders = drafts.orders_of(view, customer)
    yield from of_order(view, customer, order, request.params)
    for item, swap in zip(items, request.params["swaps"], strict=True):
        like = swap["like"]
        pointed = template(looking(view, customer, request.params), order, like)
        if pointed is None:
            continue
        other, model = pointed
        yield from edits.bought_otherwise(view, order, swap["item"])
        yield from of_variants(view, item, {"wanted": copied(model, like)})
        if changed := _changed(view, item, model, like):
            yield from _elsewhere(orders, order, other, model, changed, like)
    yield from of_payment(view, customer, order, solve(looking(view, customer, request.params)))


def _elsewhere(
    orders: list[Order], order: Order, other: Order, model: OrderItem, changed: list[OrderItem], like: Like
) -> Iterator[Edit]:
    """The template is something else; so it is, each time otherwise, in each of the other orders, where it could stand."""
    items = tuple(changed[0] if each is model else each for each in other.items)
    yield Edit(fact=f"{model.name} is another one", puts=(("orders", other.order_id, edits.with_items(other, items)),))
    rest = tuple(each for each in other.items if each is not model)
    places = [place for place in orders if place not in (order, other)] if "order_id" not in like else []
    for number, place in enumerate(places, 1):
        left = edits.with_items(other, rest or place.items[:1])
        having = edits.with_items(place, (*place.items, changed[number % len(changed)]))
        puts = tuple(("orders", each.order_id, each) for each in (left, having))
        yield Edit(fact=f"{model.name} is in {place.order_id}", puts=puts)


def _changed(view: View, item: OrderItem, model: OrderItem, like: Like) -> list[OrderItem]:
    """The template as other variants, each of which leads to something else; first those that lead to what can be had."""
    product, shelf = view.get("products", model.product_id, Product), view.get("products", item.product_id, Product)
    if product is None or shelf is None:
        return []
    others = [replace(model, item_id=each.item_id, options=each.options) for each in product.variants.values()]
    leads = {tuple(copied(each, like).items()): each for each in others if copied(each, like) != copied(model, like)}
    in_stock = [each.options for each in shelf.variants.values() if each.available and each.item_id != item.item_id]
    return sorted(leads.values(), key=lambda each: {**item.options, **copied(each, like)} not in in_stock)


def holds(view: View, customer: str, request: Request) -> bool:
    found = meant(view, customer, request.params)
    if found is None:
        return False
    orders = drafts.orders_of(view, customer)
    likes = [swap["like"] for swap in request.params["swaps"]]
    pointed = [template(looking(view, customer, request.params), found[0], like) for like in likes]
    known = all(
        "option" not in like or like["option"] in model[1].options for like, model in zip(likes, pointed, strict=True) if model
    )
    return known and None not in pointed and all(_only_one(orders, found[0], like["name"]) for like in likes)


MATCH = Recipe(
    name="match",
    contradicted=contradicted,
    draft=draft,
    solve=saying_which(solve),
    edits=other_ways,
    holds=holds,
    proposes=lambda _params: SWAPS,
    plainly=partial(in_plain_words, solve),
    shortcuts=lambda _view, _customer, request: default_payment(request),
    instead=rather,
)
