"""Several wishes for an item in the order in which they count; and several items of which all or none are to be changed."""

from collections.abc import Iterator, Sequence
from functools import partial
from random import Random
from typing import Any

from msgspec.structs import replace

from servers.recipe import Case, Decision, Draft, Edit, Recipe, Refusal, Request, Slots
from servers.retail.recipes import edits
from servers.retail.recipes.agreement import contradicted
from servers.retail.recipes.looking import looking
from servers.retail.recipes.orders import order_of, saying_which
from servers.retail.recipes.swap_drafts import (
    Solve,
    default_payment,
    described_apart,
    drafted,
    holds,
    in_plain_words,
    is_one,
    meant,
    of_order,
    of_payment,
    of_variants,
    order_to_swap,
    rather,
    shuffled,
    unlike,
)
from servers.retail.recipes.swapping import CHEAPEST, LEAVE, SWAPS, candidates, decide
from servers.retail.records import Order, OrderItem, Product
from servers.state import View

ALL_OR_NOTHING = "all or nothing"


def solve(case: Case, *, together: bool = False) -> tuple[Decision, ...]:
    order = order_of(case)
    if isinstance(order, Refusal):
        return (order,)
    return decide(case, order, case.ask("swaps", "swaps", order_id=order.order_id) or (), together=together)


def draft(view: View, customer: str, random: Random) -> Draft | None:
    """One item with two or three wishes."""
    whose = order_to_swap(view, customer, random)
    if whose is None:
        return None
    user, order = whose
    otherwise = CHEAPEST if random.random() < 0.6 else LEAVE
    count = 2 + int(random.random() * 1.7)
    found = (swap for item in shuffled(order.items, random) if (swap := wish(view, order, item, count, random)) is not None)
    swap = next(found, None)
    if swap is None:
        return None
    params: dict[str, Any] = {"swaps": [swap], "otherwise": otherwise}
    later = ["otherwise"] if otherwise == CHEAPEST and random.random() < 0.5 else []
    return drafted(view, user, "prefer", order, params, random, later)


def draft_all(view: View, customer: str, random: Random) -> Draft | None:
    """Two to four items, of which every one has to become what the customer says."""
    whose = order_to_swap(view, customer, random)
    if whose is None or len(whose[1].items) < 2:
        return None
    user, order = whose
    count = 2 + int(random.random() * 3)
    found = (wish(view, order, item, 1, random) for item in shuffled(order.items, random)[:count])
    swaps = [swap for swap in found if swap is not None]
    if len(swaps) < 2:
        return None
    return drafted(view, user, "all_or_none", order, {"swaps": swaps, "terms": ALL_OR_NOTHING}, random)


def wish(view: View, order: Order, item: OrderItem, count: int, random: Random) -> dict[str, Any] | None:
    """So many wishes for an item, each one option away from it; one wish is a plain change."""
    product = view.get("products", item.product_id, Product)
    near = _one_away(product, item) if product is not None else []
    random.shuffle(near)
    if count > 1:
        random.shuffle(near)
        near.sort(key=lambda each: each[1] and random.random() < 0.85)  # mostly what cannot be had is wished for first
    elif near and random.random() < 0.75:
        near.sort(key=lambda each: not each[1])
    if len(near) < count:
        return None
    wishes = [options for options, _ in near[:count]]
    slot = described_apart(order, item, [name for options in wishes for name in options], random)
    if slot is None:
        return None
    return {"item": slot, "wanted": wishes[0]} if count == 1 else {"item": slot, "ranked": wishes}


def _one_away(product: Product, item: OrderItem) -> list[tuple[dict[str, str], bool]]:
    """The product's variants that differ from the item in one option, as that change, and whether they can be had."""
    others = (each for each in product.variants.values() if each.item_id != item.item_id)
    changes = ((unlike(each.options, item.options), each.available) for each in others)
    return [(options, available) for options, available in changes if len(options) == 1]


def other_ways(solving: Solve, view: View, customer: str, request: Request) -> Iterator[Edit]:
    found = meant(view, customer, request.params)
    if found is None:
        return
    order, items = found
    yield from of_order(view, customer, order, request.params)
    for item, swap in zip(items, request.params["swaps"], strict=True):
        yield from edits.bought_otherwise(view, order, swap["item"])
        yield from of_variants(view, item, _as_it_turns_out(view, item, swap, request.params.get("otherwise")))
    yield from of_payment(view, customer, order, solving(looking(view, customer, request.params)))


def holds_in_turn(view: View, customer: str, request: Request) -> bool:
    """As for any swap; where they would take the cheapest in the end, there is one."""
    found, otherwise = meant(view, customer, request.params), request.params.get("otherwise")
    swaps = zip(found[1], request.params["swaps"], strict=True) if found is not None else ()
    return found is not None and all(is_one(view, item, _as_it_turns_out(view, item, swap, otherwise)) for item, swap in swaps)


def _as_it_turns_out(view: View, item: OrderItem, swap: dict[str, Any], otherwise: str | None) -> dict[str, Any]:
    """The wishes, or what is wanted where none of them can be had."""
    product = view.get("products", item.product_id, Product)
    if "ranked" not in swap or otherwise != CHEAPEST or product is None:
        return swap
    can_be_had = any(each.available and each.item_id != item.item_id for each in candidates(product, item, swap))
    return swap if can_be_had else {"item": swap["item"], "pick": "cheapest"}


def against(params: Slots, stated: Slots, refused: int = 0) -> str | None:
    """Whoever takes the cheapest in the end cannot tell whether their wishes could be had."""
    if params.get("otherwise") != CHEAPEST:
        return contradicted(params, stated, refused)
    swaps = [{"item": swap["item"], "pick": "cheapest"} if "ranked" in swap else swap for swap in params["swaps"]]
    return contradicted({**params, "swaps": swaps}, stated, refused)


def against_all(params: Slots, stated: Slots, _refused: int = 0) -> str | None:
    """All of it is proposed, whatever was refused."""
    if "swaps" in stated and len(stated["swaps"]) != len(params["swaps"]):
        return "swaps"
    return contradicted(params, stated)


def shortcuts(_view: View, _customer: str, request: Request) -> Iterator[tuple[str, Request]]:
    """The first wish, as if it were the only one; the payment of the order."""
    yield from default_payment(request)
    swaps: Sequence[dict[str, Any]] = request.params["swaps"]
    some = [{"item": swap["item"], "wanted": swap["ranked"][0]} if "ranked" in swap else swap for swap in swaps]
    yield "first wish only", replace(request, params={**request.params, "swaps": some})


def some_of_it(view: View, customer: str, request: Request) -> Iterator[tuple[str, Request]]:
    """What can be had is changed, as if the rest did not matter."""
    yield from default_payment(request)
    found = meant(view, customer, request.params)
    left = []
    for item, swap in zip(found[1] if found else (), request.params["swaps"], strict=False):
        product = view.get("products", item.product_id, Product)
        if product is not None and any(each.available for each in candidates(product, item, swap)):
            left.append(swap)
    if left and len(left) < len(request.params["swaps"]):
        yield "as far as possible", replace(request, params={**request.params, "swaps": left})


solve_all = partial(solve, together=True)
PREFER = Recipe(
    name="prefer",
    contradicted=against,
    draft=draft,
    solve=saying_which(solve),
    edits=partial(other_ways, solve),
    holds=holds_in_turn,
    proposes=lambda _params: SWAPS,
    plainly=partial(in_plain_words, solve),
    shortcuts=shortcuts,
    instead=rather,
)
ALL_OR_NONE = Recipe(
    name="all_or_none",
    contradicted=against_all,
    draft=draft_all,
    solve=saying_which(solve_all),
    edits=partial(other_ways, solve_all),
    holds=holds,
    proposes=lambda _params: SWAPS,
    plainly=partial(in_plain_words, solve_all),
    shortcuts=some_of_it,
    instead=rather,
)
