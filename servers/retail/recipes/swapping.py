"""Swaps of one order, decided: what each item becomes, who pays for it, what stands in the way.

A swap says what it wants in one of these ways: options to be changed (`wanted`), an extreme by price among what has them
(`pick`), several wishes in their order (`ranked`), a step along an option's values (`step`). Each comes to a list of
variants, best first, of which the first that can be had is the one.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from servers.english import counted, money
from servers.recipe import Case, Choice, Comparison, Decision, Refusal, Write, saying
from servers.retail import rules
from servers.retail.recipes import scales
from servers.retail.recipes.orders import described, items_of, method_of
from servers.retail.records import CANCELLED, PENDING, PENDING_ITEM_MODIFIED, PROCESSED, Order, OrderItem, Product, Variant
from servers.retail.wording import item as item_words
from servers.retail.wording import payment as payment_words

TOOLS = {"exchange": "exchange_delivered_order_items", "modify": "modify_pending_order_items"}
SWAPS = tuple(TOOLS)
"""What a swap is proposed as: an exchange once delivered, a modification while pending."""

CHEAPEST, LEAVE = "the cheapest one available", "leave it as it is"

Swap = Mapping[str, Any]
Chosen = tuple[OrderItem, Variant]
Chose = Callable[[OrderItem, Variant], Sequence[Choice]]


class Found(NamedTuple):
    """What an item becomes, and what was compared on the way."""

    variant: Variant
    chose: tuple[Choice, ...] = ()


def act_of(order: Order) -> str:
    """What swapping items of this order is called: a modification before it arrives, an exchange after."""
    return "modify" if order.status in (PENDING, PENDING_ITEM_MODIFIED, PROCESSED, CANCELLED) else "exchange"


def forbidden(act: str, case: Case, order: Order, count: int) -> Refusal | None:
    """The rule against changing so many items of this order, if there is one."""
    allowed = rules.exchange if act == "exchange" else rules.change_items
    rule = allowed(order, count, case.facts)
    if rule is None:
        return None
    told = {"limit": counted(case.facts.max_items_changed, "item")} if rule == "items_at_once" else {"status": order.status}
    return Refusal(act=rule, rule=rule, stated={"order_id": order.order_id, **told})


def decide(case: Case, order: Order, swaps: Sequence[Swap], act: str = "", *, together: bool = False) -> tuple[Decision, ...]:
    """What comes of these swaps: refusals of those that cannot be had, and one write of the others.

    `act` is what the customer calls it, where they do; `together`: all or none.
    """
    act = act or act_of(order)
    if refusal := forbidden(act, case, order, len(swaps)):
        return (refusal,)
    items = items_of(case, order, [swap["item"] for swap in swaps])
    if isinstance(items, Refusal):
        return (items,)
    found: dict[int, Found] = {}
    refusals: dict[int, Decision] = {}
    for place in case.order(range(len(swaps))):
        outcome = new_variant(case, items[place], swaps[place])
        if isinstance(outcome, Found):
            found[place] = outcome
            continue
        refusals[place] = outcome
        if together:
            return (outcome,)
    refused = tuple(refusals[place] for place in sorted(refusals))
    if not found:
        return refused
    done = [(items[place], found[place].variant) for place in sorted(found)]
    chose = tuple(choice for place in sorted(found) for choice in found[place].chose)
    return (*refused, swapped(act, case, order, done, chose))


def product_of(case: Case, item: OrderItem) -> Product:
    """The product of which an item is a variant."""
    product = case.read("get_product_details", product_id=item.product_id)
    assert isinstance(product, Product)
    return product


def new_variant(case: Case, item: OrderItem, swap: Swap) -> Found | Refusal:
    """The first variant that can be had of those that the customer would take."""
    product = product_of(case, item)
    if "step" in swap:
        return _stepped(case, product, item, swap["step"])
    would_do = candidates(product, item, swap)
    new = next((each for each in would_do if each.available and each.item_id != item.item_id), None)
    if "ranked" in swap:
        return _preferred(case, product, item, swap["ranked"], new)
    if rule := rules.variant(item.item_id, new or next(iter(would_do), None), case.facts):
        return Refusal(act=rule, rule=rule, stated={"item": named(item, {**item.options, **swap.get("wanted", {})})})
    assert new is not None
    return Found(new, _weighed(case, item, swap["pick"], would_do) if "pick" in swap else ())


def candidates(product: Product, item: OrderItem, swap: Swap) -> list[Variant]:
    """The variants that would do, best first, whether they can be had or not."""
    every = list(product.variants.values())
    if step := swap.get("step"):
        ways = [{**item.options, step["option"]: value} for value in _next(product, item, step)]
        return [each for options in ways for each in every if each.options == options]
    if ranked := swap.get("ranked"):
        return [each for wish in ranked for each in every if each.options == {**item.options, **wish}]
    wanted = swap.get("wanted", {})
    if pick := swap.get("pick"):
        fitting = [each for each in every if wanted.items() <= each.options.items() and each.item_id != item.item_id]
        return sorted(fitting, key=lambda each: each.price, reverse=pick == "most expensive")
    return [each for each in every if each.options == {**item.options, **wanted}]


def named(item: OrderItem, options: Mapping[str, str]) -> dict[str, Any]:
    """The item as it would be with other options."""
    return {"name": item.name, "options": dict(options)}


def _next(product: Product, item: OrderItem, step: Mapping[str, str]) -> list[str]:
    """The values that a step leads to: the very next one, or in their order all that are further that way."""
    values = scales.of_product(product, step["option"]) or []
    further = scales.beyond(values, item.options[step["option"]], step["way"]) if values else []
    return further if "which" in step else further[:1]


def _stepped(case: Case, product: Product, item: OrderItem, step: Mapping[str, str]) -> Found | Refusal:
    new = next((each for each in candidates(product, item, {"step": step}) if each.available), None)
    values = scales.of_product(product, step["option"]) or []
    now = item.options[step["option"]]
    rows = tuple((value, "the one you have" if value == now else "") for value in values)
    case.note(Comparison(question=f"The next {step['option']} {step['way']} for the {item.name}", candidates=rows))
    if new is None:
        any_further = {"further": {"option": step["option"], "way": step["way"]}}  # of all further ones none is available
        stated: dict[str, Any] = {"item": described(item), **(any_further if "which" in step else {"step": dict(step)})}
        return Refusal(act="variant_available", rule="variant_available", stated=stated)
    stated = {"item": described(item), "step": dict(step), "value": new.options[step["option"]]}
    return Found(new, (Choice(act="step", stated=stated),))


def _preferred(
    case: Case, product: Product, item: OrderItem, wishes: Sequence[Mapping[str, str]], new: Variant | None
) -> Found | Refusal:
    """The first wish that can be had; where there is none, what the customer wants then."""
    rows = tuple((item_words(item.name, wish), "") for wish in wishes)
    case.note(Comparison(question=f"{item.name}: the first of these that is available", candidates=rows))
    missing = [named(item, wish) for wish in wishes]
    if new is not None:
        place = [{**item.options, **wish} for wish in wishes].index(dict(new.options))
        said = {"missing": missing[:place], "item": missing[place]}
        return Found(new, (Choice(act="preferred", stated=said),) if place else ())
    none = Choice(act="none_of", stated={"missing": missing})
    with saying((none,)):
        otherwise = case.ask("otherwise", "otherwise")
    ranked = [each for each in candidates(product, item, {"pick": "cheapest"}) if each.available]
    if otherwise == CHEAPEST and ranked:
        return Found(ranked[0], (none, *_weighed(case, item, "cheapest", ranked)))
    return Refusal(act="variant_available", rule="variant_available", stated={"missing": missing})


def _weighed(case: Case, item: OrderItem, pick: str, ranked: Sequence[Variant]) -> tuple[Choice, ...]:
    """The variants that were compared as they are stated: how many, and the first few by their price."""
    ranked = [each for each in ranked if each.available]
    words = [f"{' '.join(item_words('', each.options).split())} at {money(each.price)}" for each in ranked]
    rows = tuple((item_words(item.name, each.options), money(each.price)) for each in ranked)
    case.note(Comparison(question=f"{pick.capitalize()} {item.name} that fits", candidates=rows, best=rows[0][0]))
    if len(ranked) < 2:
        return ()
    return (Choice(act="variant", stated={"name": item.name, "pick": pick, "weighed": len(words), "compared": words[:3]}),)


def swapped(act: str, case: Case, order: Order, done: Sequence[Chosen], chose: tuple[Choice, ...]) -> Decision:
    """The one write of an order's swaps, once it is known who pays."""
    with saying(chose):
        words = case.ask("difference", "payment", order_id=order.order_id)
    method = method_of(case, order, words or "")
    if isinstance(method, Refusal):
        return method
    difference = 0.0
    for item, new in done:
        difference += new.price - item.price
    difference = round(difference, 2)
    if rule := rules.pays(method, difference, case.facts):
        short = {"payment": payment_words(method), "balance": getattr(method, "balance", 0.0), "extra": difference}
        return Refusal(act=rule, rule=rule, stated=short, chose=chose)
    stated: dict[str, Any] = {"order_id": order.order_id, "payment": payment_words(method)}
    stated["swaps"] = [{"item": described(item), "new": named(item, new.options)} for item, new in done]
    if difference:
        stated["extra" if difference > 0 else "refund"] = abs(difference)
    return Write(
        act=act,
        tool=TOOLS[act],
        arguments={
            "order_id": order.order_id,
            "item_ids": [item.item_id for item, _ in done],
            "new_item_ids": [new.item_id for _, new in done],
            "payment_method_id": method.id,
        },
        stated=stated,
        told={slot: stated[slot] for slot in ("order_id", "payment", "extra", "refund") if slot in stated},
        chose=chose,
    )
