"""Cancel all pending orders of a kind: those that came to more than so much, those with something for the kitchen, all but one.

Each order is cancelled by itself, for one reason. What is still to come but cannot be cancelled any more is refused together.
"""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from msgspec.structs import replace

from servers.drafting import chosen, revealed
from servers.english import money
from servers.recipe import Case, Choice, Decision, Draft, Edit, Recipe, Refusal, Request, Slots, saying
from servers.retail import everyday, rules, wording
from servers.retail.facts import REASONS
from servers.retail.recipes import all_orders, drafts, edits
from servers.retail.recipes.cancel import cancelled
from servers.retail.recipes.orders import total
from servers.retail.records import DELIVERED, PENDING, PENDING_ITEM_MODIFIED, PROCESSED, Order, OrderItem
from servers.state import View

AMONG = {"pending": (PENDING, PENDING_ITEM_MODIFIED), "not delivered yet": (PENDING, PENDING_ITEM_MODIFIED, PROCESSED)}
"""The orders of which a customer speaks, by where they stand."""
_WORDS = ("among", "category", "above", "keeping")


def solve(case: Case) -> tuple[Decision, ...]:
    words = {slot: said for slot in _WORDS if (said := case.said(slot)) is not None}
    orders = all_orders.read_all(case, "What is to be canceled", lambda order: f"{order.status}, {money(total(order))}")
    meant = [order for order in orders if _is_meant(words, order)]
    if not meant:
        return (
            Refusal(act="order_exists", rule="order_exists", stated={slot: words[slot] for slot in words if slot != "keeping"}),
        )
    chose = (Choice(act="orders", stated={"weighed": len(orders), "numbers": [_said(order) for order in meant]}),)
    closed = [order for order in meant if rules.cancel(order, case.facts)]
    refusals: list[Decision] = []
    if closed:
        stated = {"standing": all_orders.standing(closed)}
        refusals.append(Refusal(act="cancel_pending", rule="cancel_pending", stated=stated))
    decisions = [*refusals, *_cancellations(case, [order for order in meant if order not in closed], chose)]
    return (replace(decisions[0], chose=chose), *decisions[1:])


def _cancellations(case: Case, orders: Sequence[Order], chose: tuple[Choice, ...]) -> list[Decision]:
    if not orders:
        return []
    with saying(chose):
        one = {"order_id": orders[0].order_id} if len(orders) == 1 else {}
        reason = case.ask("reason" if one else "reason_for_all", "why", **one)
    if reason is None or rules.cancel_reason(reason, case.facts):
        accepted = wording.reasons(case.facts.cancel_reasons)
        return [Refusal(act="cancel_reason", rule="cancel_reason", stated={"accepted": accepted})]
    return [cancelled(case, order, reason) for order in orders]


def _said(order: Order) -> str:
    return f"{order.order_id} at {money(total(order))}"


def _is_meant(words: Slots, order: Order) -> bool:
    return order.status in AMONG[words["among"]] and _fits(words, order) and not all_orders.kept(words, order)


def _fits(words: Slots, order: Order) -> bool:
    if "category" in words:
        return any(everyday.belongs(item.name, words["category"]) for item in order.items)
    return "above" not in words or total(order) > words["above"]


def draft(view: View, customer: str, random: Random) -> Draft | None:
    orders = all_orders.of_many(view, customer, random)
    among = "pending" if random.random() < 0.6 else "not delivered yet"
    concerned = [order for order in orders if order.status in AMONG[among]]
    if len(concerned) < 2:
        return None
    params: dict[str, Any] = {"among": among} | _kind(concerned, random)
    if None in params.values():
        return None
    meant = [order for order in concerned if _fits(params, order)]
    if len(meant) < 2 and random.random() < 0.85:
        return None
    if len(meant) > 2 and random.random() < (0.35 if len(params) > 1 else 0.6):
        keeping = all_orders.only_here(meant, chosen(_open_ones(meant), random), random)
        params |= {"keeping": keeping} if keeping else {}
    accepted = view.facts.cancel_reasons
    others = [reason for reason in REASONS if reason not in accepted]
    params["why"] = chosen(others if others and random.random() < 0.05 else accepted, random)
    opening = revealed(params, set(_WORDS), random)
    return Draft(request=Request(recipe="cancel_all", params=params), opening=opening)


def _open_ones(orders: Sequence[Order]) -> list[int]:
    """Which of them can be cancelled: one that cannot would be left in any case."""
    return [place for place, order in enumerate(orders) if order.status == PENDING]


def _kind(concerned: Sequence[Order], random: Random) -> dict[str, Any]:
    drawn = random.random()
    if drawn < 0.4:
        return {"above": all_orders.between([total(order) for order in concerned], random)}
    if drawn < 0.75:
        clear = all_orders.clear_categories(concerned)
        met = [each for each in clear if any(_fits({"category": each}, order) for order in concerned)]
        return {"category": chosen(clear if random.random() < 0.1 else met, random)}
    return {}


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    params = request.params
    orders = drafts.orders_of(view, customer)
    more = _of_the_kind(view, params, orders)
    for order in orders:
        if all_orders.kept(params, order):
            yield from _kept_elsewhere(params, order, [other for other in orders if _is_meant(params, other)])
        elif _is_meant(params, order):
            yield all_orders.with_status(order, DELIVERED if order.status == PENDING else PENDING)
        elif "above" in params and not _fits(params, order):
            yield all_orders.dearer(order, float(params["above"]), PENDING)
        elif "category" in params and not _fits(params, order):
            yield from [all_orders.having_too(order, more, PENDING)] if more is not None else []
        else:
            yield all_orders.with_status(order, PENDING)


def _of_the_kind(view: View, params: Slots, orders: Sequence[Order]) -> OrderItem | None:
    """Something that an order could also have, for which it would be meant; not what is left out by its name."""
    category, keeping = params.get("category"), params.get("keeping")
    if category is None:
        return None
    every = (item for order in orders for item in order.items)
    met = next((item for item in every if everyday.belongs(item.name, category) and item.name != keeping), None)
    return met or all_orders.stray(view, lambda name: name != keeping and everyday.belongs(name, category))


def _kept_elsewhere(params: Slots, order: Order, meant: Sequence[Order]) -> Iterator[Edit]:
    """What tells the order that is kept is in another of them."""
    for other in meant[:1]:
        named = [item for item in order.items if item.name == params["keeping"]]
        rest = tuple(item for item in order.items if item.name != params["keeping"])
        puts = (
            edits.with_items(order, rest or edits.spare_item(meant, [params["keeping"]])),
            edits.with_items(other, (*other.items, *named)),
        )
        yield Edit(
            fact=f"the {params['keeping']} is in {other.order_id}", puts=tuple(("orders", put.order_id, put) for put in puts)
        )


def holds(view: View, customer: str, request: Request) -> bool:
    """Nobody could sort the things otherwise, no order came to exactly the amount, and exactly one is kept."""
    params = request.params
    orders = [order for order in drafts.orders_of(view, customer) if order.status in AMONG[params["among"]]]
    names = {item.name for order in orders for item in order.items}
    if "category" in params and any(everyday.open_to_doubt(name, params["category"]) for name in names):
        return False
    if any(total(order) == params.get("above") for order in orders):
        return False
    return "keeping" not in params or len([each for each in orders if _fits(params, each) and all_orders.kept(params, each)]) == 1


def contradicted(params: Slots, stated: Slots, refused: int = 0) -> str | None:
    """An order with what was to be kept, or with nothing of the kind; for another reason."""
    names = stated.get("order_with", ())
    if params.get("keeping") in names:
        return "keeping"
    if "category" in params and names and not any(everyday.belongs(name, params["category"]) for name in names):
        return "category"
    return "why" if stated.get("reason", params["why"]) != params["why"] else None


def plainly(view: View, customer: str, request: Request) -> Sequence[Request]:
    """Each order by its number."""
    params = request.params
    meant = [order for order in drafts.orders_of(view, customer) if _is_meant(params, order)]
    if any(order.status != PENDING for order in meant) or rules.cancel_reason(params["why"], view.facts):
        return ()
    return [_one(order, params) for order in meant]


def shortcuts(view: View, customer: str, request: Request) -> Iterator[tuple[str, Request]]:
    """All of them, without looking at what was said of them."""
    params = request.params
    for slot in ("category", "above", "keeping"):
        if slot in params:
            yield f"{slot} dropped", replace(request, params={each: value for each, value in params.items() if each != slot})


def _one(order: Order, params: Slots) -> Request:
    return Request(recipe="cancel", params={"order_id": order.order_id, "reason": params["why"]})


CANCEL_ALL = Recipe(
    name="cancel_all",
    contradicted=contradicted,
    draft=draft,
    solve=solve,
    edits=other_ways,
    holds=holds,
    proposes=lambda _params: ("cancel",),
    plainly=plainly,
    shortcuts=shortcuts,
)
