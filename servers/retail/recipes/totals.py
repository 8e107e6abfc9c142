"""What several orders, things or gift cards come to together: nothing is changed, a sum or a difference has to be told.

The amounts that it is made of are told beside it, with what they come to on the way where they are many.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from random import Random
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from servers.drafting import chosen
from servers.english import joined, money
from servers.recipe import Answer, Case, Comparison, Decision, Draft, Edit, Recipe, Refusal, Request, Slots
from servers.retail import everyday, rules
from servers.retail.facts import RetailFacts
from servers.retail.recipes import all_orders, drafts, edits
from servers.retail.recipes.orders import is_meant, profile, total
from servers.retail.records import DELIVERED, PENDING, PROCESSED, GiftCard, Order, OrderItem, User
from servers.retail.wording import payment as payment_words
from servers.state import View

SUM, SPREAD, THINGS, BACK, CARDS = "sum of orders", "dearest and cheapest", "sum of things", "what would come back", "gift cards"
_SHORT = 3
"""So many amounts anybody adds up at once; with more, it is told what they come to on the way."""


def solve(case: Case) -> tuple[Decision, ...]:
    match case.said("sum"):
        case "gift cards":
            return (_on_cards(case),)
        case "what would come back":
            return (_back(case),)
        case "sum of things":
            return (_of_things(case),)
        case kind:
            return (_of_orders(case, str(kind)),)


def _on_cards(case: Case) -> Decision:
    cards = [method for method in profile(case).payment_methods.values() if isinstance(method, GiftCard)]
    if not cards:
        return Refusal(act="method_on_file", rule="method_on_file", stated={"payment": "gift card"})
    amounts = [(f"{money(card.balance)} on the {payment_words(card)}", card.balance) for card in cards]
    return _told("cards", amounts, {})


def _of_orders(case: Case, kind: str) -> Decision:
    status = case.said("status")
    read = all_orders.read_all(case, f"What the {status} orders come to", lambda order: f"{order.status}, {money(total(order))}")
    orders = [order for order in read if order.status == status]
    if not orders:
        return Refusal(act="order_exists", rule="order_exists", stated={"status": status})
    if kind == SUM:
        return _told("sum", [_amount(order) for order in orders], {"status": status})
    ranked = sorted(orders, key=total)
    least, most = ranked[0], ranked[-1]
    difference = round(total(most) - total(least), 2)
    stated = {"status": status, "dearest": _one(most), "cheapest": _one(least), "difference": difference}
    return Answer(act="spread", stated=stated, tell=(money(difference)[1:],))


def _one(order: Order) -> dict[str, Any]:
    return {"order_id": order.order_id, "total": total(order)}


def _amount(order: Order) -> tuple[str, float]:
    return f"{money(total(order))} for order {order.order_id}", total(order)


def _of_things(case: Case) -> Decision:
    category = case.said("category")
    read = all_orders.read_all(
        case, "What was spent on it", lambda order: f"{order.status}: {_names(order, category) or 'nothing'}"
    )
    items = [item for order in read if order.status == DELIVERED for item in order.items if everyday.belongs(item.name, category)]
    if not items:
        return Refusal(act="order_exists", rule="order_exists", stated={"category": category})
    return _told("things", [(f"{money(item.price)} for the {item.name}", item.price) for item in items], {"category": category})


def _names(order: Order, category: str) -> str:
    return joined([item.name for item in order.items if everyday.belongs(item.name, category)])


def _back(case: Case) -> Decision:
    """Orders are read until each thing was found; the customer's words fit exactly one of them each."""
    wanted: Sequence[Slots] = case.said("items") or ()
    found: dict[int, tuple[Order, OrderItem]] = {}
    numbers = case.order(profile(case).orders)
    for place, number in enumerate(numbers):
        rows = tuple((item.name, f"{money(item.price)} in {order.order_id}") for order, item in found.values())
        case.note(Comparison(question="What it was bought for", candidates=rows, unread=tuple(numbers[place:])))
        order = case.read("get_order_details", order_id=number)
        for which, words in enumerate(wanted):
            item = next((item for item in order.items if is_meant(item, words)), None) if isinstance(order, Order) else None
            if item is not None:
                found[which] = (order, item)
        if len(found) == len(wanted):
            break
    having = [found[which] for which in range(len(wanted)) if which in found]
    if len(having) < len(wanted):
        missing = [words["name"] for which, words in enumerate(wanted) if which not in found]
        return Refusal(act="order_exists", rule="order_exists", stated={"order_with": missing})
    closed = {order.order_id: order for order, _ in having if rules.give_back(order, case.facts)}
    if closed:
        stated = {"standing": all_orders.standing(closed.values())}
        return Refusal(act="return_delivered", rule="return_delivered", stated=stated)
    return _worth(case, having)


def _worth(case: Case, having: Sequence[tuple[Order, OrderItem]]) -> Decision:
    """What comes back for the things: a fee is taken off the refund of every order's return."""
    amounts = [(f"{money(item.price)} for the {item.name}", item.price) for _, item in having]
    by_order: dict[str, float] = {}
    for order, item in having:
        by_order[order.order_id] = round(by_order.get(order.order_id, 0.0) + item.price, 2)
    amount = 0.0
    for worth in by_order.values():
        amount += rules.refunded(worth, case.facts)
    return _told("back", amounts, {}, round(amount, 2))


def _told(act: str, amounts: Sequence[tuple[str, float]], stated: Slots, amount: float | None = None) -> Answer:
    """The answer with its parts: beyond a few, what they come to so far is said with each."""
    parts, so_far = [], 0.0
    for place, (words, part) in enumerate(amounts):
        so_far = round(so_far + part, 2)
        aside = 0 < place < len(amounts) - 1 and len(amounts) > _SHORT
        parts.append(f"{words} ({money(so_far)} so far)" if aside else words)
    amount = so_far if amount is None else amount
    return Answer(act=act, stated={**stated, "parts": parts, "amount": amount}, tell=(money(amount)[1:],))


def draft(view: View, customer: str, random: Random) -> Draft | None:
    user = view.get("users", customer, User)
    cards = [each for each in user.payment_methods.values() if isinstance(each, GiftCard)] if user is not None else []
    if cards and random.random() < (0.12 if len(cards) > 1 else 0.0):
        params: dict[str, Any] | None = {"sum": CARDS}
    else:
        orders = all_orders.of_many(view, customer, random)
        params = _about(orders, random, view.facts) if orders else None
    return Draft(request=Request(recipe="totals", params=params), opening=tuple(params)) if params is not None else None


def _about(orders: Sequence[Order], random: Random, facts: RetailFacts) -> dict[str, Any] | None:
    drawn = random.random()
    if drawn < 0.35:  # with a fee on every return the sum is not that of the prices
        return _back_for(orders, random) if facts.return_fee is UNSET else None
    if drawn < 0.6:
        clear = all_orders.clear_categories(orders)
        counts = Counter(each for order in orders if order.status == DELIVERED for each in _sorted_out(order, clear))
        fitting = [each for each in clear if counts[each] > 1 or (not counts[each] and random.random() < 0.03)]
        return {"sum": THINGS, "category": chosen(fitting, random)} if fitting else None
    status = DELIVERED if random.random() < 0.7 else PENDING
    few = len([order for order in orders if order.status == status]) < 2
    return None if few else {"sum": SUM if drawn < 0.82 else SPREAD, "status": status}


def _sorted_out(order: Order, categories: Iterable[str]) -> set[str]:
    return {each for each in categories for item in order.items if everyday.belongs(item.name, each)}


def _back_for(orders: Sequence[Order], random: Random) -> dict[str, Any] | None:
    """Two or three things of different delivered orders, each told apart from all others; sometimes one still on its way."""
    every = replace(orders[0], items=tuple(item for order in orders for item in order.items))
    pool = [order for order in orders if order.status == DELIVERED]
    random.shuffle(pool)
    pool = pool[: 2 + int(random.random() * 2)]
    if len(pool) < 2:
        return None
    late = chosen([order for order in orders if order.status == PROCESSED or order.status == PENDING], random)
    pool[0] = late if late is not None and random.random() < 0.2 else pool[0]
    items = [item for order in pool if (item := chosen(order.items, random)) is not None]
    words = [drafts.item_slot(every, item, random) for item in items]
    return None if None in words else {"sum": BACK, "items": words}


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    params = request.params
    orders = drafts.orders_of(view, customer)
    match params["sum"]:
        case "gift cards":
            yield from _other_balances(view, customer)
        case "what would come back":
            yield from _other_things(orders, params)
        case "sum of things":
            more = all_orders.stray(view, lambda name: everyday.belongs(name, params["category"]))
            yield from (all_orders.having_too(order, more, DELIVERED) for order in orders if more is not None)
        case kind:
            for order in orders:
                yield _other_total(order, kind, params["status"], orders)


def _other_total(order: Order, kind: str, status: str, orders: Sequence[Order]) -> Edit:
    """One more order counts, or one came to more; for a spread, it is the dearest by far."""
    most = max((total(each) for each in orders if each.status == status), default=0.0)
    by = 12.5 if kind == SUM else round(most + 12.5, 2)
    return all_orders.dearer(order, by, status)


def _other_balances(view: View, customer: str) -> Iterator[Edit]:
    user = view.get("users", customer, User)
    for method in user.payment_methods.values() if user is not None else ():
        if isinstance(method, GiftCard):
            yield from edits.balance(view, customer, method.id, max(method.balance, 0.01))


def _other_things(orders: Sequence[Order], params: Slots) -> Iterator[Edit]:
    """What is asked about cost more, or its order is not there yet; or it is in another order, at another price."""
    meant = {order.order_id: [item for item in order.items if _asked(params, item)] for order in orders}
    some = next((items[0] for items in meant.values() if items), None)
    for order in orders:
        if meant[order.order_id]:
            dearer = tuple(
                replace(item, price=round(item.price + 7.5, 2)) if item in meant[order.order_id] else item for item in order.items
            )
            yield Edit(
                fact=f"more was paid in {order.order_id}", puts=(("orders", order.order_id, edits.with_items(order, dearer)),)
            )
            yield all_orders.with_status(order, PROCESSED if order.status == DELIVERED else DELIVERED)
        elif some is not None:
            yield from _moved(orders, meant, some, order)


def _moved(orders: Sequence[Order], meant: dict[str, list[OrderItem]], some: OrderItem, to: Order) -> Iterator[Edit]:
    home = next(order for order in orders if some in meant[order.order_id])
    rest = tuple(item for item in home.items if item is not some) or edits.spare_item(
        [each for each in orders if each is not home], []
    )
    moved = edits.with_items(
        edits.with_status(to, DELIVERED), (*to.items, replace(some, price=round(some.price + 3.5 + orders.index(to), 2)))
    )
    left = edits.with_items(home, rest)
    puts = tuple(("orders", put.order_id, put) for put in (left, moved))
    yield Edit(fact=f"the {some.name} is in {to.order_id}", puts=puts)


def _asked(params: Slots, item: OrderItem) -> bool:
    return any(is_meant(item, words) for words in params["items"])


def holds(view: View, customer: str, request: Request) -> bool:
    """Each thing that is asked about is there once; nobody could sort the things otherwise; there is more than one order."""
    params = request.params
    orders = drafts.orders_of(view, customer)
    items = [item for order in orders for item in order.items]
    if params["sum"] == BACK:
        return all(len([item for item in items if is_meant(item, words)]) == 1 for words in params["items"])
    if params["sum"] == THINGS:
        return not any(everyday.open_to_doubt(item.name, params["category"]) for item in items)
    if params["sum"] == CARDS:
        return True
    totals = [total(order) for order in orders if order.status == params["status"]]
    return len(totals) > 1 and (params["sum"] == SUM or len(set(totals)) == len(totals))


def contradicted(_params: Slots, _stated: Slots, _refused: int = 0) -> str | None:
    """Nothing is ever proposed."""
    return None


TOTALS = Recipe(
    name="totals",
    contradicted=contradicted,
    draft=draft,
    solve=solve,
    edits=other_ways,
    holds=holds,
    proposes=lambda _params: (),
)
