"""Questions about what the shop has, answered from its shelves: how many versions of something, how far apart two are.

Nothing is changed; what was asked has to be told.
"""

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import msgspec
from msgspec.structs import replace

from servers.drafting import chosen, revealed
from servers.english import money
from servers.recipe import Answer, Case, Decision, Draft, Edit, Recipe, Refusal, Request, Slots
from servers.retail.recipes import drafts, edits
from servers.retail.recipes.agreement import contradicted
from servers.retail.recipes.orders import is_meant, items_of, order_of, saying_which
from servers.retail.recipes.swap_drafts import MANY, described_apart, meant, shelved, stocked
from servers.retail.recipes.swapping import named, product_of
from servers.retail.records import Order, OrderItem, Product, User, Variant
from servers.state import View

_Names = Mapping[str, str]


def solve_versions(case: Case) -> tuple[Decision, ...]:
    """How many versions of something can be had: the shop is searched for the product by its name."""
    wanted = case.said("version")
    listed: _Names = msgspec.json.decode(case.read("list_all_product_types"))
    number = listed.get(wanted["name"])
    product = case.read("get_product_details", product_id=number) if number is not None else None
    if not isinstance(product, Product):
        return (Refusal(act="variant_available", rule="variant_available", stated={"item": dict(wanted)}),)
    fitting = [each for each in product.variants.values() if wanted["options"].items() <= each.options.items()]
    count = len([each for each in fitting if each.available])
    if not count:
        return (Refusal(act="variant_available", rule="variant_available", stated={"item": dict(wanted)}),)
    stated = {"item": dict(wanted), "available": count, "versions": len(fitting)}
    return (Answer(act="versions", stated=stated, tell=(str(count),)),)


def solve_gap(case: Case) -> tuple[Decision, ...]:
    """What lies between two versions of something that the customer bought, all else as they have it."""
    order = order_of(case)
    if isinstance(order, Refusal):
        return (order,)
    items = items_of(case, order, case.said("items"))
    if isinstance(items, Refusal):
        return (items,)
    pair = _pair(product_of(case, items[0]), items[0], case.said("between")["options"])
    if len(pair) < 2:
        return (Refusal(act="variant_available", rule="variant_available", stated={"item": dict(case.said("items")[0])}),)
    cheaper, dearer = sorted(pair, key=lambda each: each.price)
    difference = round(dearer.price - cheaper.price, 2)
    stated = {
        "dearer": named(items[0], dearer.options),
        "dearer_price": dearer.price,
        "cheaper": named(items[0], cheaper.options),
        "cheaper_price": cheaper.price,
        "difference": difference,
    }
    return (Answer(act="gap", stated=stated, tell=(money(difference)[1:],)),)


def _pair(product: Product, item: OrderItem, options: list[_Names]) -> list[Variant]:
    found = ([each for each in product.variants.values() if each.options == {**item.options, **wish}] for wish in options)
    return [each for some in found for each in some[:1]]


def draft_versions(view: View, customer: str, random: Random) -> Draft | None:
    """Something that they have bought before, or that is in nobody's order of theirs: the shop is open to everybody."""
    keys = view.world.keys("products")
    product = view.get("products", keys[int(random.random() * len(keys))], Product)
    model = chosen(product.variants.values(), random) if product is not None else None
    if product is None or model is None or random.random() < 0.6:  # always possible, and so would be in every second chain
        return None
    option = chosen(model.options, random)
    options = {option: model.options[option]} if option is not None and random.random() < 0.6 else {}
    params = {"version": {"name": product.name, "options": options}}
    return Draft(request=Request(recipe="versions", params=params), opening=("version",))


def draft_gap(view: View, customer: str, random: Random) -> Draft | None:
    user = view.get("users", customer, User)
    if user is None or random.random() * MANY > len(user.orders):
        return None
    order = chosen(drafts.orders_of(view, customer), random)
    item = chosen(order.items, random) if order is not None else None
    product = view.get("products", item.product_id, Product) if item is not None else None
    if order is None or item is None or product is None:
        return None
    option = chosen(item.options, random) or ""
    along = [each for each in product.variants.values() if {**each.options, option: ""} == {**item.options, option: ""}]
    random.shuffle(along)
    slot = described_apart(order, item, [option], random)
    if len(along) < 2 or slot is None or along[0].price == along[1].price:
        return None
    between = {"name": item.name, "options": [{option: each.options[option]} for each in along[:2]]}
    params: dict[str, Any] = {"items": [slot], "between": between}
    if drafts.presupposed(view, customer, params) is not order:
        params = drafts.without_saying_twice(view, customer, params | drafts.order_slots(view, customer, order, random))
    return Draft(request=Request(recipe="price_gap", params=params), opening=revealed(params, params, random))


def versions_ways(view: View, _customer: str, request: Request) -> Iterator[Edit]:
    """One more is in stock, or one less; the shop has the product under another number."""
    wanted = request.params["version"]
    product = next((each for each in view.rows("products", Product) if each.name == wanted["name"]), None)
    if product is None:
        return
    fitting = [each for each in product.variants.values() if wanted["options"].items() <= each.options.items()]
    for each in fitting[:1]:
        yield stocked(product, each, available=not each.available)


def gap_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    found = meant(view, customer, request.params)
    if found is None:
        return
    order, items = found
    yield from edits.elsewhere(view, customer, order, request.params)
    yield from _otherwise_bought(view, order, items[0], request.params)
    product = view.get("products", items[0].product_id, Product)
    if product is None:
        return
    for each in _pair(product, items[0], request.params["between"]["options"])[:1]:
        dearer = replace(each, price=round(each.price + 3.5, 2))
        yield Edit(fact=f"{each.item_id} costs {dearer.price}", puts=(shelved(product, dearer),))


def _otherwise_bought(view: View, order: Order, item: OrderItem, params: Slots) -> Iterator[Edit]:
    """The thing is another one in what was not said, and the two versions stand further apart."""
    product = view.get("products", item.product_id, Product)
    for variant in product.variants.values() if product is not None else ():
        other = replace(item, item_id=variant.item_id, options=variant.options)
        pair = _pair(product, other, params["between"]["options"]) if product is not None else []
        if is_meant(other, params["items"][0]) and len(pair) == 2 and pair[0].item_id not in _ids(product, item, params):
            items = tuple(other if each is item else each for each in order.items)
            puts = (("orders", order.order_id, edits.with_items(order, items)),)
            yield Edit(fact=f"{item.name} was bought as {variant.item_id}", puts=puts)
            return


def _ids(product: Product | None, item: OrderItem, params: Slots) -> set[str]:
    return {each.item_id for each in _pair(product, item, params["between"]["options"])} if product is not None else set()


def holds_versions(view: View, _customer: str, request: Request) -> bool:
    return any(each.name == request.params["version"]["name"] for each in view.rows("products", Product))


def holds_gap(view: View, customer: str, request: Request) -> bool:
    found = meant(view, customer, request.params)
    product = view.get("products", found[1][0].product_id, Product) if found is not None else None
    if found is None or product is None:
        return False
    pair = _pair(product, found[1][0], request.params["between"]["options"])
    return len(pair) == 2 and pair[0].price != pair[1].price


VERSIONS = Recipe(
    name="versions",
    contradicted=contradicted,
    draft=draft_versions,
    solve=solve_versions,
    edits=versions_ways,
    holds=holds_versions,
    proposes=lambda _params: (),
)
PRICE_GAP = Recipe(
    name="price_gap",
    contradicted=contradicted,
    draft=draft_gap,
    solve=saying_which(solve_gap),
    edits=gap_ways,
    holds=holds_gap,
    proposes=lambda _params: (),
)
