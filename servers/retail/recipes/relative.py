"""A step from what the customer has: the next larger size, more storage, the next brighter one, and nothing else changed."""

from collections.abc import Iterator, Mapping
from functools import partial
from random import Random
from typing import Any

from servers.drafting import chosen
from servers.recipe import Case, Decision, Draft, Edit, Recipe, Refusal, Request
from servers.retail.recipes import edits, scales
from servers.retail.recipes.agreement import contradicted
from servers.retail.recipes.looking import looking
from servers.retail.recipes.orders import order_of, saying_which
from servers.retail.recipes.swap_drafts import (
    after,
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
from servers.retail.recipes.swapping import SWAPS, candidates, decide
from servers.retail.records import Order, OrderItem, Product
from servers.state import View

IN_STOCK = "that's available"


def solve(case: Case) -> tuple[Decision, ...]:
    order = order_of(case)
    if isinstance(order, Refusal):
        return (order,)
    return decide(case, order, case.ask("swaps", "swaps", order_id=order.order_id) or ())


def draft(view: View, customer: str, random: Random) -> Draft | None:
    whose = order_to_swap(view, customer, random)
    if whose is None:
        return None
    user, order = whose
    swaps: list[dict[str, Any]] = []
    for item in shuffled(order.items, random):
        swap = _swap(view, order, item, random)
        swaps += [swap] if swap is not None else []
        if swaps and (len(swaps) == 3 or random.random() < 0.55):
            break
    return drafted(view, user, "relative", order, {"swaps": swaps}, random) if swaps else None


def _swap(view: View, order: Order, item: OrderItem, random: Random) -> dict[str, Any] | None:
    product = view.get("products", item.product_id, Product)
    if product is None:
        return None
    can_be_had = random.random() < 0.94
    steps = [step for step in _steps(product, item) if is_clear(product, item, step)]
    fitting = [
        step for step in steps if _available(product, item, step) == can_be_had and (can_be_had or _made(product, item, step))
    ]
    step = chosen(fitting, random)
    slot = described_apart(order, item, [step["option"]], random) if step is not None else None
    return None if slot is None else {"item": slot, "step": step}


def _steps(product: Product, item: OrderItem) -> Iterator[dict[str, str]]:
    for option in item.options:
        if (scales.of_product(product, option) or [])[1:]:
            for way in scales.ways(item.name, option):
                yield {"option": option, "way": way}
                yield {"option": option, "way": way, "which": IN_STOCK}


def is_clear(product: Product, item: OrderItem, step: Mapping[str, str]) -> bool:
    """Would everybody find the same one? Where the very next value is made in other versions only, but one further on is made
    in this one, either could be meant.
    """
    values = scales.of_product(product, step["option"])
    if not values or item.options.get(step["option"]) not in values:
        return False
    further = scales.beyond(values, item.options[step["option"]], step["way"])
    made = {each.options[step["option"]] for each in candidates(product, item, {"step": {**step, "which": IN_STOCK}})}
    return not made or further[0] in made


def _available(product: Product, item: OrderItem, step: Mapping[str, str]) -> bool:
    return any(each.available for each in candidates(product, item, {"step": step}))


def _made(product: Product, item: OrderItem, step: Mapping[str, str]) -> bool:
    """Could it be had if things were otherwise?"""
    return bool(candidates(product, item, {"step": step})) or after(product, item, step["option"], step["way"]) is not None


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    found = meant(view, customer, request.params)
    if found is None:
        return
    order, items = found
    yield from of_order(view, customer, order, request.params)
    for item, swap in zip(items, request.params["swaps"], strict=True):
        yield from edits.bought_otherwise(view, order, swap["item"])
        yield from of_variants(view, item, swap)
    yield from of_payment(view, customer, order, solve(looking(view, customer, request.params)))


def holds(view: View, customer: str, request: Request) -> bool:
    found = meant(view, customer, request.params)
    if found is None:
        return False
    for item, swap in zip(found[1], request.params["swaps"], strict=True):
        product = view.get("products", item.product_id, Product)
        if product is None or not is_clear(product, item, swap["step"]):
            return False
    return True


RELATIVE = Recipe(
    name="relative",
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
