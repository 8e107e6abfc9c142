"""Return all of a kind, over every order: "everything for the kitchen", "whatever cost more than $150", all but one thing.

Each delivered order that has some of it is a return of its own; what was not delivered is refused together.
"""

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from servers.drafting import chosen, revealed
from servers.english import joined
from servers.recipe import Case, Choice, Decision, Draft, Edit, Recipe, Refusal, Request, Slots, Write, saying
from servers.retail import everyday, rules
from servers.retail.facts import RetailFacts
from servers.retail.recipes import all_orders, drafts
from servers.retail.recipes.agreement import contradicted as contradicted_by
from servers.retail.recipes.orders import ORIGINAL, is_meant, method_of
from servers.retail.recipes.returns import allowed, taken_back, too_many, worth
from servers.retail.records import CANCELLED, DELIVERED, PROCESSED, GiftCard, Order, OrderItem, PayPal, User
from servers.retail.wording import payment as payment_words
from servers.state import View

_LOT = ("category", "product", "over", "but")
ARRIVED = "delivered"
_ADDED_UP = 4
"""So many prices out of a longer list are added up without doubt which they were."""
_Having = Sequence[tuple[Order, Sequence[OrderItem]]]


def solve(case: Case) -> tuple[Decision, ...]:
    words = {slot: said for slot in _LOT if (said := case.said(slot)) is not None}
    orders = all_orders.read_all(case, "What goes back", lambda order: _row(words, order))
    having = [(order, items) for order, items in _having(words, orders) if _counts(order, case.said("arrived"))]
    if not having:
        stated = {slot: words[slot] for slot in _LOT[:3] if slot in words}
        return (Refusal(act="order_exists", rule="order_exists", stated=stated),)
    chose = (Choice(act="lot", stated={"weighed": len(orders), "found": all_orders.found_in(having)}),)
    there = [(order, items) for order, items in having if not rules.give_back(order, case.facts)]
    elsewhere = [order for order, _ in having if rules.give_back(order, case.facts)]
    found = _returns(case, there, chose)
    if elsewhere:
        stated = {"standing": all_orders.standing(elsewhere)}
        found.append(Refusal(act="return_delivered", rule="return_delivered", stated=stated))
    refusals = [each for each in found if isinstance(each, Refusal)]
    decisions: list[Decision] = [*refusals, *(each for each in found if isinstance(each, Write))]
    first: Decision = replace(decisions[0], chose=chose)
    return (first, *decisions[1:])


def _returns(case: Case, there: _Having, chose: tuple[Choice, ...]) -> list[Decision]:
    """What becomes of the delivered ones: one question for all of them, then each for itself."""
    over = [refusal for order, items in there if (refusal := too_many(case, order, items)) is not None]
    fine = [(order, items) for order, items in there if too_many(case, order, items) is None]
    if not fine:
        return [*over]
    with saying(chose):
        one = {"order_id": fine[0][0].order_id} if len(fine) == 1 else {}
        words = case.ask("refund_to" if one else "refunds_to", "payment", allowed=allowed(case), **one) or ""
    method = method_of(case, fine[0][0], words)
    if isinstance(method, Refusal):
        return [*over, method]
    found = [taken_back(case, order, items, words) for order, items in fine]
    return [*over, *_refused_together(found), *(each for each in found if isinstance(each, Write))]


def _refused_together(found: Sequence[Decision]) -> list[Refusal]:
    """A method that may not be refunded is said once for all orders that it did not pay."""
    refused = [each for each in found if isinstance(each, Refusal)]
    if len(refused) < 2:
        return refused
    stated = {slot: value for slot, value in refused[0].stated.items() if slot != "order_id"}
    return [replace(refused[0], stated={**stated, "numbers": [each.stated["order_id"] for each in refused]})]


def _counts(order: Order, arrived: str | None) -> bool:
    """Does the customer speak of this order: of what was delivered only, or of all that was bought and not canceled?"""
    return order.status == DELIVERED if arrived is not None else order.status != CANCELLED


def _row(words: Slots, order: Order) -> str:
    return f"{order.status}: {joined([item.name for item in wanted(words, order)]) or 'nothing of it'}"


def wanted(words: Slots, order: Order) -> list[OrderItem]:
    """The items of an order that the customer's words take in."""
    return [item for item in order.items if _taken_in(words, item) and not _left_out(words, item)]


def _taken_in(words: Slots, item: OrderItem) -> bool:
    if "category" in words:
        return everyday.belongs(item.name, words["category"])
    return bool(item.price > words["over"] if "over" in words else item.name == words.get("product"))


def _left_out(words: Slots, item: OrderItem) -> bool:
    return "but" in words and is_meant(item, words["but"])


def _having(words: Slots, orders: Sequence[Order]) -> list[tuple[Order, list[OrderItem]]]:
    return [(order, items) for order in orders if (items := wanted(words, order))]


def draft(view: View, customer: str, random: Random) -> Draft | None:
    orders = [order for order in all_orders.of_many(view, customer, random) if order.status != CANCELLED]
    user = view.get("users", customer, User)
    params = _lot(orders, random) if orders else None
    if user is None or params is None:
        return None
    having = _having(params, orders)
    there = [(order, items) for order, items in having if order.status == DELIVERED]
    if not all(_plain(order, items, view.facts) for order, items in there):
        return None
    if len(there) < 2 and random.random() < (0.85 if there else 0.6 if having else 0.0):
        return None
    if len(there) < len(having) and random.random() < 0.6:
        params["arrived"] = ARRIVED
    params["payment"] = _refund_to(user, random)
    opening = revealed(params, {*_LOT, "arrived"}, random, chance=0.4)
    return Draft(request=Request(recipe="return_all", params=params), opening=opening)


def _plain(order: Order, items: Sequence[OrderItem], facts: RetailFacts) -> bool:
    """Can everybody see where the amount comes from: not too many prices, and no round sum after a fee was taken off?"""
    few = len(items) <= _ADDED_UP or len(items) == len(order.items)
    return few and (facts.return_fee is UNSET or worth(items) % 1 != 0)


def _lot(orders: Sequence[Order], random: Random) -> dict[str, Any] | None:
    """What the customer wants to be rid of: two things or more, now and then something that they never bought."""
    params: dict[str, Any] = {}
    drawn = random.random()
    delivered = [item for order in orders if order.status == DELIVERED for item in order.items]
    if drawn < 0.25:
        prices = sorted((item.price for item in delivered), reverse=True)[:6]
        if (over := all_orders.between(prices, random)) is None:
            return None
        params["over"] = over
    elif drawn < 0.45:
        names = [item.name for item in delivered]
        params["product"] = chosen([name for name in dict.fromkeys(names) if names.count(name) > 1], random)
    else:
        params["category"] = _category(orders, random)
    if None in params.values():
        return None
    every = tuple(item for order, items in _having(params, orders) if order.status == DELIVERED for item in items)
    if len(every) > 2 and random.random() < 0.4:
        but = drafts.item_slot(replace(orders[0], items=every), chosen(every, random) or every[0], random)
        params |= {"but": but} if but else {}
    return params


def _category(orders: Sequence[Order], random: Random) -> str | None:
    """One of which there is something in several orders; sometimes one of which there is nothing."""
    clear = all_orders.clear_categories(orders)
    if random.random() < 0.07:
        return chosen([each for each in clear if not _having({"category": each}, orders)], random)
    delivered = [order for order in orders if order.status == DELIVERED]
    counted = delivered if random.random() < 0.8 else orders
    counts = {each: len(_having({"category": each}, counted)) for each in clear}
    return chosen([each for each in clear if counts[each] > 1], random)


def _refund_to(user: User, random: Random) -> str:
    """Mostly the way it was paid or a gift card; sometimes a method that may not be it, or is not there."""
    drawn = random.random()
    if drawn < 0.06 and not any(isinstance(each, PayPal) for each in user.payment_methods.values()):
        return "PayPal account"
    if drawn < 0.16:
        method = chosen(user.payment_methods.values(), random)
    else:
        cards = [each for each in user.payment_methods.values() if isinstance(each, GiftCard)]
        method = chosen(cards, random) if drawn < 0.45 else None
    return payment_words(method) if method is not None else ORIGINAL


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    params = request.params
    orders = drafts.orders_of(view, customer)
    having = {order.order_id: items for order, items in _having(params, orders)}
    more = next((items[0] for items in having.values()), None) or _another(view, params)
    for order in orders:
        if order.order_id in having and order.status != CANCELLED:
            yield all_orders.with_status(order, PROCESSED if order.status == DELIVERED else DELIVERED)
        elif "over" in params:
            yield all_orders.dearer(order, float(params["over"]), DELIVERED)
        elif more is not None:
            yield all_orders.having_too(order, more, DELIVERED)
    there = [order for order in orders if order.order_id in having and order.status == DELIVERED]
    yield from all_orders.with_other_method(view, customer, there)


def _another(view: View, params: Slots) -> OrderItem | None:
    """Something of the kind, for a customer who has nothing of it."""
    category = params.get("category")
    return all_orders.stray(view, lambda name: everyday.belongs(name, category)) if category is not None else None


def holds(view: View, customer: str, request: Request) -> bool:
    """Nobody could sort the things otherwise; what is left out is one thing, and something else is left."""
    params = request.params
    orders = [order for order in drafts.orders_of(view, customer) if order.status != CANCELLED]
    items = [item for order in orders for item in order.items]
    if "category" in params and any(everyday.open_to_doubt(item.name, params["category"]) for item in items):
        return False
    if any(item.price == params.get("over") for item in items):
        return False
    left_out = [item for item in items if _taken_in(params, item) and _left_out(params, item)]
    return "but" not in params or (len(left_out) == 1 and any(wanted(params, order) for order in orders))


def contradicted(params: Slots, stated: Slots, refused: int = 0) -> str | None:
    """A thing that is of another kind, or the one that was to be left out; a price they do not remember."""
    for item in stated.get("items", ()):
        described = OrderItem(name=item["name"], product_id="", item_id="", price=0.0, options=item.get("options", {}))
        if "but" in params and is_meant(described, params["but"]):
            return "but"
        if "over" not in params and not _taken_in(params, described):
            return "category" if "category" in params else "product"
    return contradicted_by({"payment": params["payment"]}, stated, refused) if "payment" in params else None


def plainly(view: View, customer: str, request: Request) -> Sequence[Request]:
    """Each order by its number with its items; nothing where something would be refused together."""
    orders = [order for order in drafts.orders_of(view, customer) if _counts(order, request.params.get("arrived"))]
    having = _having(request.params, orders)
    if not having or any(order.status != DELIVERED for order, _ in having):
        return ()
    return [_return_of(order, items, request.params) for order, items in having]


def shortcuts(view: View, customer: str, request: Request) -> Iterator[tuple[str, Request]]:
    """What was to be left out goes back as well."""
    if "but" in request.params:
        yield "nothing left out", replace(request, params={k: v for k, v in request.params.items() if k != "but"})


def _return_of(order: Order, items: Sequence[OrderItem], params: Mapping[str, Any]) -> Request:
    described = [{"name": item.name, "options": dict(item.options)} for item in items]
    return Request(recipe="return", params={"order_id": order.order_id, "items": described, "payment": params["payment"]})


RETURN_ALL = Recipe(
    name="return_all",
    contradicted=contradicted,
    draft=draft,
    solve=solve,
    edits=other_ways,
    holds=holds,
    proposes=lambda _params: ("return",),
    plainly=plainly,
    shortcuts=shortcuts,
)
