"""What the recipes about swaps share: whose order, which slots, what could be otherwise, how it is said plainly."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import Any

from msgspec.structs import replace

from servers.drafting import chosen, revealed
from servers.recipe import Case, Decision, Draft, Edit, Refusal, Request, Write
from servers.retail import catalogue
from servers.retail.recipes import drafts, edits, scales
from servers.retail.recipes.looking import first, looking
from servers.retail.recipes.orders import ORIGINAL, described, is_meant
from servers.retail.recipes.swapping import Swap, candidates
from servers.retail.records import (
    DELIVERED,
    EXCHANGE_REQUESTED,
    PENDING,
    PENDING_ITEM_MODIFIED,
    RETURN_REQUESTED,
    GiftCard,
    Order,
    OrderItem,
    Product,
    User,
    Variant,
)
from servers.state import View

Solve = Callable[[Case], tuple[Decision, ...]]

MANY = 11
"""Customers with so many orders and more are always taken, those with fewer the more rarely: there is more to look through."""


def order_to_swap(view: View, customer: str, random: Random) -> tuple[User, Order] | None:
    """A customer and an order of theirs that they want to change: mostly one that can be."""
    user = view.get("users", customer, User)
    if user is None or random.random() * MANY > len(user.orders):
        return None
    fine = random.random() < 0.88
    wanted = (PENDING, DELIVERED) if fine else (PENDING_ITEM_MODIFIED, EXCHANGE_REQUESTED, RETURN_REQUESTED)
    orders = drafts.orders_of(view, customer)
    pool = [each for each in orders if each.status in wanted]
    inner = [
        each for each in pool if each.order_id not in (user.orders[0], user.orders[-1])
    ]  # whoever looks at one end misses it
    order = chosen(inner if inner and random.random() < 0.85 else pool, random)
    return None if order is None else (user, order)


def drafted(
    view: View, user: User, recipe: str, order: Order, params: dict[str, Any], random: Random, later: Sequence[str] = ()
) -> Draft:
    """The draft of a request about swaps. The order is mostly meant by what is said of its items, where that is enough.

    `later` is told when asked.
    """
    customer = user.user_id
    if drafts.presupposed(view, customer, params) is None or random.random() < 0.15:
        params |= drafts.order_slots(view, customer, order, random)
        params = drafts.without_saying_twice(view, customer, params)
    params["payment"] = paying(user, order, random)
    opening = revealed(params, set(params) - {"payment", *later}, random, chance=0.4)
    return Draft(request=Request(recipe=recipe, params=params), opening=opening)


def paying(user: User, order: Order, random: Random) -> str:
    """The method for the difference: the order's own is called so, another one is what somebody in a hurry gets wrong."""
    own = order.payment_history[0].payment_method_id
    others = [method for method in user.payment_methods.values() if method.id != own]
    method = chosen(others, random) if random.random() < 0.7 else None
    return ORIGINAL if method is None else drafts.method_slot(user, method, order, random)


def shuffled(items: Sequence[OrderItem], random: Random) -> list[OrderItem]:
    """One item of each product: nobody swaps two of a kind with each other."""
    ones = list({item.product_id: item for item in items}.values())
    random.shuffle(ones)
    return ones


def described_apart(order: Order, item: OrderItem, changes: Sequence[str], random: Random) -> dict[str, Any] | None:
    """The item in the customer's words, which leave out what they want changed unless it tells the item apart."""
    slot = drafts.item_slot(order, item, random)
    if slot is None:
        return None
    kept = {name: value for name, value in slot["options"].items() if name not in changes}
    shorter = {**slot, "options": kept}
    return shorter if sum(is_meant(other, shorter) for other in order.items) == 1 else slot


def meant(view: View, customer: str, params: Mapping[str, Any]) -> tuple[Order, list[OrderItem]] | None:
    """The order and the items that the words mean, each exactly one."""
    order = drafts.presupposed(view, customer, params)
    if order is None:
        return None
    found: list[OrderItem] = []
    for words in drafts.described_in(params):
        fitting = {item.item_id: item for item in order.items if is_meant(item, words)}
        if len(fitting) != 1:
            return None
        found += fitting.values()
    return order, found


def holds(view: View, customer: str, request: Request) -> bool:
    return meant(view, customer, request.params) is not None


def is_one(view: View, item: OrderItem, swap: Swap) -> bool:
    """Is what is picked by its price one variant? Of two that cost the same nobody has said which."""
    product = view.get("products", item.product_id, Product) if "pick" in swap else None
    prices = [each.price for each in candidates(product, item, swap) if each.available] if product is not None else []
    return len(prices) < 2 or prices[0] != prices[1]


def of_order(view: View, customer: str, order: Order, params: Mapping[str, Any]) -> Iterator[Edit]:
    """How the order stands and which one it is."""
    for other in (PENDING, DELIVERED):
        if other != order.status:
            puts = (("orders", order.order_id, edits.with_status(order, other)),)
            yield Edit(fact=f"{order.order_id} is {other}", puts=puts)
            break
    yield from edits.elsewhere(view, customer, order, params)


def of_variants(view: View, item: OrderItem, swap: Swap) -> Iterator[Edit]:
    """What is to be had: the one that would be taken is not, or a better one is."""
    product = view.get("products", item.product_id, Product)
    if product is None:
        return
    would_do = candidates(product, item, swap)
    place = next((place for place, each in enumerate(would_do) if each.available and each.item_id != item.item_id), None)
    if place is not None:
        yield stocked(product, would_do[place], available=False)
    for each in [each for each in would_do[:place] if not each.available][:2]:
        yield stocked(product, each, available=True)
    if "pick" in swap and place is not None and would_do[place:][1:]:
        step = -0.5 if swap["pick"] == "cheapest" else 0.5
        better = replace(would_do[-1], available=True, price=round(max(would_do[place].price + step, 0.01), 2))
        yield Edit(fact=f"{better.item_id} is the {swap['pick']}", puts=(shelved(product, better),))
    if not would_do and (options := _unmade(product, item, swap)) is not None:
        number = f"{(int(item.item_id) + 7) % 10**10:010d}"
        made = Variant(item_id=number, options=options, available=True, price=item.price)
        yield Edit(fact=f"there is a {number}", puts=(shelved(product, made),))


def stocked(product: Product, variant: Variant, *, available: bool) -> Edit:
    """A variant is in stock or out of it."""
    fact = f"{variant.item_id} is {'in' if available else 'out of'} stock"
    return Edit(fact=fact, puts=(shelved(product, replace(variant, available=available)),))


def shelved(product: Product, variant: Variant) -> tuple[str, str, Product]:
    """The product with a variant as it would be otherwise."""
    return ("products", product.product_id, replace(product, variants={**product.variants, variant.item_id: variant}))


def _unmade(product: Product, item: OrderItem, swap: Swap) -> dict[str, str] | None:
    """The options of what was asked for and is not made."""
    if step := swap.get("step"):
        value = after(product, item, step["option"], step["way"])
        return None if value is None else {**item.options, step["option"]: value}
    wishes = swap.get("ranked") or ([swap["wanted"]] if swap.get("wanted") else [])
    return {**item.options, **wishes[0]} if wishes else None


def after(product: Product, item: OrderItem, option: str, way: str) -> str | None:
    """The value next to an item's that the makers of the product have, sold here or not."""
    described = catalogue.TYPES.get(product.name)
    values = next((list(each.values) for each in described.options if each.name == option), []) if described else []
    if item.options.get(option) not in values:
        return None
    place = values.index(item.options[option]) + (1 if way in scales.UP else -1)
    return values[place] if 0 <= place < len(values) else None


def of_payment(view: View, customer: str, order: Order, decisions: Sequence[Decision]) -> Iterator[Edit]:
    """What the customer has on file: the method under another id, the gift card with more or less on it."""
    user = view.get("users", customer, User)
    write, short = first(decisions, Write), first(decisions, Refusal)
    if user is not None and write is not None:
        method = write.arguments.get("payment_method_id", "")
        yield from edits.refiled(view, customer, method, order)
        yield from edits.balance(view, customer, method, write.stated.get("extra", 0.0))
    elif user is not None and short is not None and short.rule == "gift_card_covers":
        low = (
            each.id
            for each in user.payment_methods.values()
            if isinstance(each, GiftCard) and each.balance == short.stated["balance"]
        )
        for method in low:
            yield from edits.balance(view, customer, method, short.stated["extra"])


def unlike(options: Mapping[str, str], others: Mapping[str, str]) -> dict[str, str]:
    """The options that have another value than in `others`, in their order."""
    return {name: value for name, value in options.items() if others.get(name) != value}


def in_plain_words(solve: Solve, view: View, customer: str, request: Request) -> Sequence[Request]:
    """The same swaps with nothing left to look for: the order's number, every option of the old and what changes, the method."""
    write = first(solve(looking(view, customer, request.params)), Write)
    if write is None:
        return ()
    swaps = [
        {"item": swap["item"], "wanted": unlike(swap["new"]["options"], swap["item"]["options"])}
        for swap in write.stated["swaps"]
    ]
    params = {"swaps": swaps, "order_id": write.stated["order_id"], "payment": write.stated["payment"]}
    return (Request(recipe=write.act, params=params),)


def default_payment(request: Request) -> Iterator[tuple[str, Request]]:
    """Whoever does not listen for it takes the method that paid for the order."""
    if request.params.get("payment", ORIGINAL) != ORIGINAL:
        yield "default payment", replace(request, params={**request.params, "payment": ORIGINAL})


def rather(view: View, customer: str, request: Request, random: Random) -> Draft | None:
    """Who cannot have another version may not want this one: a pending order is called off, a delivered item goes back."""
    found = meant(view, customer, request.params)
    if found is None:
        return None
    order, items = found
    number = {"order_id": order.order_id}
    if order.status == PENDING and view.facts.cancel_reasons:
        params: dict[str, Any] = {**number, "reason": chosen(view.facts.cancel_reasons, random)}
        return Draft(request=Request(recipe="cancel", params=params), opening=tuple(params))
    if order.status == DELIVERED:
        params = {"items": [described(item) for item in items[:1]], **number, "payment": ORIGINAL}
        return Draft(request=Request(recipe="return", params=params), opening=tuple(params))
    return None
