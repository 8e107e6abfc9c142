"""Which order, which items, which payment method: what a customer says, found in what the tools show."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from servers.english import joined, money
from servers.recipe import Case, Choice, Comparison, Decision, Refusal, saying_first
from servers.retail.records import GiftCard, Order, OrderItem, PaymentMethod, User
from servers.retail.wording import days
from servers.retail.wording import item as item_words
from servers.retail.wording import payment as payment_words

ORIGINAL = "original payment method"


def profile(case: Case) -> User:
    """The customer's own profile."""
    user = case.read("get_user_details", user_id=case.customer)
    assert isinstance(user, User)
    return user


def order_of(case: Case) -> Order | Refusal:
    """The order that the customer means: by its number, as the extreme of a kind, by what is in it, or as the one
    that has the items they talk about."""
    number = case.said("order_id")
    if number is not None:
        return by_number(case, number)
    if (which := case.said("which")) is not None:
        return _by_extreme(case, which)
    if (names := case.said("order_with")) is None:
        wanted = case.said("items") or [swap["item"] for swap in case.said("swaps") or ()]
        if wanted:
            return _by_items(case, wanted)
        names = case.ask("order", "order_id", "order_with")
    if names is None:
        return Refusal(act="order_exists", rule="order_exists")
    return by_number(case, names) if isinstance(names, str) else by_contents(case, names)


def by_number(case: Case, number: str) -> Order | Refusal:
    """The customer's own order of that number."""
    order = case.read("get_order_details", order_id=number)
    if order is None:
        return Refusal(act="order_exists", rule="order_exists", stated={"order_id": number})
    if order.user_id != case.customer:
        return Refusal(act="own_account", rule="own_account", stated={"order_id": number})
    assert isinstance(order, Order)
    return order


def by_contents(case: Case, names: Sequence[str]) -> Order | Refusal:
    """Orders are read until one has everything that was named; the customer's words fit exactly one."""
    read: list[tuple[str, str]] = []
    numbers = case.order(profile(case).orders)
    for place, number in enumerate(numbers):
        question = f"Which order has the {joined(list(names))}"
        case.note(Comparison(question=question, candidates=tuple(read), unread=tuple(numbers[place:])))
        order = case.read("get_order_details", order_id=number)
        if order is not None and fits(order, names):
            assert isinstance(order, Order)
            return order
        read.append((number, joined([item.name for item in order.items]) if order is not None else "not found"))
    return Refusal(act="order_exists", rule="order_exists", stated={"order_with": list(names)})


def _by_items(case: Case, wanted: Sequence[Mapping[str, Any]]) -> Order | Refusal:
    """All orders are read, for the items may be in several; then the customer is asked which."""
    found: list[Order] = []
    numbers = case.order(profile(case).orders)
    words = joined([item_words(each["name"], each.get("options", {})) for each in wanted])
    for place, number in enumerate(numbers):
        rows = tuple((order.order_id, f"{order.status}, has it") for order in found)
        case.note(Comparison(question=f"Which order has the {words}", candidates=rows, unread=tuple(numbers[place:])))
        order = case.read("get_order_details", order_id=number)
        if isinstance(order, Order) and has_items(order, wanted):
            found.append(order)
    if len(found) == 1:
        return found[0]
    if not found:
        return Refusal(act="order_exists", rule="order_exists", stated={"order_with": [each["name"] for each in wanted]})
    number = case.ask("order", "order_id")
    return next((order for order in found if order.order_id == number), found[0])


def has_items(order: Order, wanted: Sequence[Mapping[str, Any]]) -> bool:
    """Does the order have an item for every description?"""
    return all(any(is_meant(item, described) for item in order.items) for described in wanted)


def fits(order: Order, names: Sequence[str]) -> bool:
    """Does the order have every product that is named?"""
    return set(names) <= {item.name for item in order.items}


def _by_extreme(case: Case, which: Mapping[str, str]) -> Order | Refusal:
    """All orders are read: the dearest (or cheapest) with a status cannot be known from fewer."""
    read: list[tuple[str, str]] = []
    best: Order | None = None
    numbers = case.order(profile(case).orders)
    for place, number in enumerate(numbers):
        question = f"{which['pick'].capitalize()} {which['status']} order"
        words = f"{best.order_id} at {money(total(best))}" if best else ""
        case.note(Comparison(question=question, candidates=tuple(read), best=words, unread=tuple(numbers[place:])))
        order = case.read("get_order_details", order_id=number)
        if order is None:
            continue
        read.append((number, f"{order.status}, {money(total(order))}"))
        if order.status == which["status"] and (best is None or _beats(order, best, which["pick"])):
            best = order
    return best or Refusal(act="order_exists", rule="order_exists", stated={"which": dict(which)})


def saying_which(solve: Callable[[Case], tuple[Decision, ...]]) -> Callable[[Case], tuple[Decision, ...]]:
    """The same decisions; where an order was chosen as an extreme, what was compared is said first."""
    return saying_first(solve, _compared)


def _compared(case: Case) -> tuple[Choice, ...]:
    """The orders that were compared: how many, and the first few in the order of their totals. Nothing where there were none."""
    which = case.said("which")
    if which is None or case.said("order_id") is not None:
        return ()
    orders = [case.read("get_order_details", order_id=number) for number in profile(case).orders]
    rated = [(total(order), order.order_id) for order in orders if order is not None and order.status == which["status"]]
    if not rated:
        return ()
    rated.sort(reverse=which["pick"] == "most expensive")
    words = [f"{number} at {money(amount)}" for amount, number in rated[:3]]
    return (Choice(act="order", stated={**which, "weighed": len(rated), "compared": words, "order_id": rated[0][1]}),)


def _beats(order: Order, best: Order, pick: str) -> bool:
    return total(order) > total(best) if pick == "most expensive" else total(order) < total(best)


def total(order: Order) -> float:
    """What the items of an order cost together, in dollars."""
    amount = 0.0
    for item in order.items:
        amount += item.price
    return round(amount, 2)


def items_of(case: Case, order: Order, wanted: Sequence[Mapping[str, Any]]) -> list[OrderItem] | Refusal:
    """The order's items that the customer means, each named by product and by what tells it apart."""
    left, found = list(order.items), []
    for words in wanted:
        match = next((item for item in left if is_meant(item, words)), None)
        if match is None:
            return Refusal(act="item_in_order", rule="item_in_order", stated={"order_id": order.order_id, "item": dict(words)})
        left.remove(match)
        found.append(match)
    return found


def is_meant(item: OrderItem, described: Mapping[str, Any]) -> bool:
    """Does an item fit a description: its product's name and the options that were said?"""
    return bool(item.name == described["name"] and described.get("options", {}).items() <= item.options.items())


def described(item: OrderItem) -> dict[str, Any]:
    """An item as it is stated: its name with all its options."""
    return {"name": item.name, "options": dict(item.options)}


def method_of(case: Case, order: Order, words: str) -> PaymentMethod | Refusal:
    """The payment method that the customer means by its words ("gift card", "Visa ending in 7334")."""
    methods = profile(case).payment_methods
    if words == ORIGINAL:
        return methods[order.payment_history[0].payment_method_id]
    fitting = [method for method in methods.values() if words.casefold() in payment_words(method).casefold()]
    if not fitting:
        return Refusal(act="method_on_file", rule="method_on_file", stated={"payment": words})
    return fitting[0]


def refund_time(method: PaymentMethod, case: Case) -> str:
    """How long money takes to a method, in words."""
    return "right away" if isinstance(method, GiftCard) else days(*case.facts.refund_days)
