"""The acts of the recipes about choices among versions of a product, with values for their slots."""

from random import Random
from typing import Any

from servers.retail.recipes import scales
from servers.retail.recipes.prefer import ALL_OR_NOTHING
from servers.retail.recipes.relative import IN_STOCK
from servers.retail.recipes.swapping import CHEAPEST, LEAVE
from tests.servers.shop import Shop

_Slots = tuple[str, ...]

AGENT: list[tuple[str, _Slots]] = [
    ("ask.otherwise", ()),
    ("chose.preferred", ("missing", "item")),
    ("chose.none_of", ("missing",)),
    ("chose.step", ("item", "step", "value")),
    ("chose.template", ("order_id", "item")),
    ("chose.thing", ("pick", "status", "weighed", "compared")),
    ("chose.saving", ("status", "weighed", "compared")),
    ("refuse.variant_available", ("missing",)),
    ("refuse.variant_available", ("item", "step")),
    ("refuse.variant_available", ("item", "further")),
    ("refuse.cancel_pending", ("order_id", "item")),
    ("answer.versions", ("item", "available", "versions")),
    ("answer.gap", ("dearer", "dearer_price", "cheaper", "cheaper_price", "difference")),
]
TOLD = ("otherwise",)


def user(orders: tuple[_Slots, ...], payments: tuple[_Slots, ...]) -> list[tuple[str, _Slots]]:
    """What customers ask for: each with every way to name the order and the payment."""
    ways = [(order, payment) for order in orders for payment in payments]
    found: list[tuple[str, _Slots]] = []
    for order, payment in ways:
        found += [(f"request.{what}", ("swaps", *order, *payment)) for what in ("relative", "match")]
        found += [("request.prefer", ("swaps", *some, *order, *payment)) for some in ((), ("otherwise",))]
        found += [("request.all_or_none", ("swaps", "terms", *order, *payment))]
        found += [("request.drop_item", ("items", "rather", *some, *order, *payment)) for some in ((), ("swaps",))]
        found += [("request.demand_return", (what, *order, *payment)) for what in ("items", "scope")]
    found += [("request.drop_item", ("items", "rather", "reason", *order)) for order in orders]
    found += [("request.demand_cancel", (*reason, *order)) for reason in ((), ("reason",)) for order in orders]
    found += [("request.price_gap", ("items", "between", *order)) for order in orders]
    found += [("request.best_swap", ("best", *payment)) for payment in payments]
    found += [("request.best_saving", ("status", *payment)) for payment in payments]
    return [*found, ("request.versions", ("version",))]


def drawn(shop: Shop, random: Random) -> dict[str, Any]:
    """A value for each slot that these acts have beside the others."""
    item = random.choice(list(shop.orders.values())).items[0]
    things = [{"name": item.name, "options": dict(each.options)} for each in shop.others(item)[:3]]
    option = random.choice(list(item.options))
    between = [{option: item.options[option]}, {option: shop.others(item)[0].options[option]}]
    delivered = random.choice(["delivered", "pending"])
    pick, to = random.choice([("most expensive", "cheapest"), ("cheapest", "most expensive")])
    return {
        "missing": things[: random.randint(2, 3)],
        "step": step(random),
        "further": {part: value for part, value in step(random).items() if part != "which"},
        "value": item.options[option],
        "available": random.randint(1, 9),
        "versions": random.randint(9, 18),
        "dearer": things[0],
        "cheaper": things[-1],
        "otherwise": random.choice([CHEAPEST, LEAVE]),
        "rather": random.choice(["swap it for the cheapest version", "cancel the whole order", "keep it"]),
        "terms": ALL_OR_NOTHING,
        "best": {"pick": pick, "status": delivered, "to": to},
        "between": {"name": item.name, "options": between},
        "version": {"name": item.name, "options": random.choice([{}, between[0]])},
        **{slot: round(random.uniform(1, 3000), 2) for slot in ("dearer_price", "cheaper_price")},
    }


def step(random: Random) -> dict[str, str]:
    """A step along some option."""
    option = random.choice(["size", "capacity", "motor", "pieces", "refresh rate", "battery life"])
    way = random.choice(scales.ways("", option))
    return {"option": option, "way": way, **random.choice([{}, {"which": IN_STOCK}])}


def wish(name: str, options: dict[str, str], others: list[dict[str, str]], random: Random) -> dict[str, Any]:
    """A swap in one of the newer ways to say it."""
    kind = random.choice(["ranked", "step", "like"])
    if kind == "ranked":
        said: dict[str, Any] = {"ranked": others[: random.randint(2, 3)]}
    elif kind == "step":
        said = {"step": step(random)}
    else:
        option = random.choice([{}, {"option": random.choice(list(options))}])
        said = {"like": {"name": name, **option, **random.choice([{}, {"order_id": "#W1234567"}])}}
    return {"item": {"name": name, "options": {}}, **said}
