"""Cancel an order that a gift card paid, and pay another one with what is on the card then.

The second part is possible, mostly, only because of the first: what comes back is on the card at once.
"""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from msgspec.structs import replace

from servers.drafting import chosen, revealed
from servers.english import joined
from servers.recipe import Case, Choice, Comparison, Decision, Draft, Edit, Recipe, Refusal, Request, Slots, Write
from servers.retail import rules, wording
from servers.retail.facts import REASONS
from servers.retail.recipes import drafts, edits
from servers.retail.recipes.agreement import contradicted as contradicted_by
from servers.retail.recipes.cancel import cancelled
from servers.retail.recipes.orders import by_contents, by_number, fits, method_of, order_of, profile, saying_which, total
from servers.retail.recipes.payment import moved
from servers.retail.records import PENDING, PENDING_ITEM_MODIFIED, PROCESSED, GiftCard, Order, User
from servers.retail.wording import payment as payment_words
from servers.state import View


def solve(case: Case) -> tuple[Decision, ...]:
    order, then = _both(case)
    if isinstance(order, Refusal):
        return (order,)
    if isinstance(then, Refusal):
        return (then,)
    first = _cancellation(case, order)
    second = _payment(case, order, then, first)
    if isinstance(first, Refusal):  # what does not come back cannot be spent: one no is enough
        return (first, second) if isinstance(second, Write) else (first,)
    return (first, second) if isinstance(second, Write) else (second, first)


def _both(case: Case) -> tuple[Order | Refusal, Order | Refusal]:
    """The order to be cancelled and the one to be paid. Where both are named by what is in them, orders are read until
    both were found."""
    first, then = case.said("order_with"), case.said("then_with")
    if first is None or then is None or case.said("order_id") is not None:
        number = case.said("then_id")
        return order_of(case), by_number(case, number) if number is not None else by_contents(case, then or ())
    found: list[Order] = []
    numbers = case.order(profile(case).orders)
    for place, number in enumerate(numbers):
        rows = tuple((order.order_id, joined([item.name for item in order.items])) for order in found)
        question = f"Which orders have the {joined(list(first))} and the {joined(list(then))}"
        case.note(Comparison(question=question, candidates=rows, unread=tuple(numbers[place:])))
        order = case.read("get_order_details", order_id=number)
        found += [order] if isinstance(order, Order) else []
        if _holding(found, first) is not None and _holding(found, then) is not None:
            break
    return _holding(found, first) or _missing(first), _holding(found, then) or _missing(then)


def _holding(orders: Sequence[Order], names: Sequence[str]) -> Order | None:
    return next((order for order in orders if fits(order, names)), None)


def _missing(names: Sequence[str]) -> Refusal:
    return Refusal(act="order_exists", rule="order_exists", stated={"order_with": list(names)})


def _cancellation(case: Case, order: Order) -> Write | Refusal:
    if rule := rules.cancel(order, case.facts):
        return Refusal(act=rule, rule=rule, stated={"order_id": order.order_id, "status": order.status})
    reason = case.ask("reason", "reason", order_id=order.order_id)
    if reason is None or rules.cancel_reason(reason, case.facts):
        stated = {"order_id": order.order_id, "accepted": wording.reasons(case.facts.cancel_reasons)}
        return Refusal(act="cancel_reason", rule="cancel_reason", stated=stated)
    return cancelled(case, order, reason)


def _payment(case: Case, order: Order, then: Order, first: Write | Refusal) -> Write | Refusal:
    """The other order on the card, with what comes back to it from the first, if that goes there."""
    if rule := rules.change_payment(then, case.facts):
        return Refusal(act=rule, rule=rule, stated={"order_id": then.order_id, "status": then.status})
    card = method_of(case, then, case.said("payment") or "")
    if isinstance(card, Refusal):
        return card
    if not isinstance(card, GiftCard) or isinstance(first, Refusal):
        return moved(case, then, card)
    if order.payment_history[0].payment_method_id != card.id:
        return _set_right(moved(case, then, card), first)
    refund = total(order)
    decision = moved(case, then, replace(card, balance=round(card.balance + refund, 2)))
    due = then.payment_history[0].amount
    stated = {"payment": payment_words(card), "balance": card.balance, "refund": refund, "total": due}
    if isinstance(decision, Refusal):
        return replace(decision, stated=stated) if decision.rule == "gift_card_covers" else decision
    return replace(decision, chose=(Choice(act="covered", stated=stated),))


def _set_right(decision: Write | Refusal, first: Write) -> Write | Refusal:
    """What comes back does not come back to the card: whoever counts on it is told where it goes."""
    if isinstance(decision, Write) or decision.rule != "gift_card_covers":
        return decision
    return replace(decision, stated={**decision.stated, **{slot: first.stated[slot] for slot in ("refund", "refund_to")}})


def draft(view: View, customer: str, random: Random) -> Draft | None:
    user = view.get("users", customer, User)
    cards = [each for each in user.payment_methods.values() if isinstance(each, GiftCard)] if user is not None else []
    card = chosen(cards, random)
    if user is None or card is None or len(user.orders) < 2:
        return None
    orders = drafts.orders_of(view, customer)
    pairs = [(order, then) for order in _refunding(orders, card, random) for then in _to_pay(orders, card, random)]
    short = [(order, then) for order, then in pairs if order is not then and card.balance < _due(then)]
    enough = [pair for pair in short if _due(pair[1]) <= card.balance + total(pair[0])]
    drawn = random.random()
    order, then = chosen(enough if drawn < 0.8 else short if drawn < 0.87 else pairs, random) or (None, None)
    if order is None or then is None or order is then:
        return None
    params = drafts.order_slots(view, customer, order, random)
    params |= _by(drafts.order_slots(view, customer, then, random), then)
    accepted = view.facts.cancel_reasons
    others = [reason for reason in REASONS if reason not in accepted]
    params["reason"] = chosen(others if others and random.random() < 0.08 else accepted, random)
    params["payment"] = "gift card" if len(cards) == 1 else payment_words(card)
    opening = revealed(params, set(params) - {"reason"}, random)
    return Draft(request=Request(recipe="spend_refund", params=params), opening=opening)


def _due(order: Order) -> float:
    return order.payment_history[0].amount


def _by(slots: dict[str, Any], order: Order) -> dict[str, Any]:
    """How the other order is named: by what is in it, or by its number."""
    return {"then_with": slots["order_with"]} if "order_with" in slots else {"then_id": order.order_id}


def _refunding(orders: Sequence[Order], card: GiftCard, random: Random) -> list[Order]:
    """Orders that the card paid; now and then one that cannot be cancelled, or that something else paid."""
    drawn = random.random()
    status = PENDING if drawn < 0.85 else (PROCESSED if drawn < 0.93 else PENDING_ITEM_MODIFIED)
    mine = [order for order in orders if order.status == status]
    return [order for order in mine if drawn < 0.05 or order.payment_history[0].payment_method_id == card.id]


def _to_pay(orders: Sequence[Order], card: GiftCard, random: Random) -> list[Order]:
    status = PENDING if random.random() < 0.9 else PROCESSED
    others = [order for order in orders if order.payment_history[0].payment_method_id != card.id]
    return [order for order in others if order.status == status and len(order.payment_history) == 1]


def _meant(view: View, customer: str, params: Slots) -> tuple[Order | None, Order | None]:
    """The order to be cancelled and the one to be paid."""
    then = {"order_id": params["then_id"]} if "then_id" in params else {"order_with": params.get("then_with", ())}
    first = {slot: value for slot, value in params.items() if slot in ("order_id", "order_with", "which")}
    return drafts.presupposed(view, customer, first), drafts.presupposed(view, customer, then)


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    params = request.params
    order, then = _meant(view, customer, params)
    user = view.get("users", customer, User)
    if order is None or then is None or user is None:
        return
    yield from edits.status(order)
    yield from edits.status(then)
    yield from edits.repaid_by(view, customer, order)
    first = {slot: value for slot, value in params.items() if not slot.startswith("then_")}
    yield from edits.elsewhere(view, customer, order, first)
    if "then_with" in params:
        yield from edits.elsewhere(view, customer, then, {"order_with": params["then_with"]})
    due = then.payment_history[0].amount
    for card in user.payment_methods.values():
        if isinstance(card, GiftCard):
            yield from edits.balance(view, customer, card.id, due)


def holds(view: View, customer: str, request: Request) -> bool:
    """Both orders are there, and are two."""
    order, then = _meant(view, customer, request.params)
    return order is not None and then is not None and order.order_id != then.order_id


def contradicted(params: Slots, stated: Slots, refused: int = 0) -> str | None:
    """A cancellation is of the first order, a charge is of the other one."""
    if "reason" in stated:
        return contradicted_by({slot: params[slot] for slot in ("order_id", "order_with", "reason") if slot in params}, stated)
    if "then_id" in params and stated.get("order_id") != params["then_id"]:
        return "then_id"
    return contradicted_by({"payment": params["payment"]}, stated, refused)


def plainly(view: View, customer: str, request: Request) -> Sequence[Request]:
    """Both orders by their numbers."""
    order, then = _meant(view, customer, request.params)
    if order is None or then is None:
        return ()
    said = {slot: request.params[slot] for slot in ("reason", "payment")}
    return (replace(request, params={"order_id": order.order_id, "then_id": then.order_id, **said}),)


SPEND_REFUND = Recipe(
    name="spend_refund",
    contradicted=contradicted,
    draft=draft,
    solve=saying_which(solve),
    edits=other_ways,
    holds=holds,
    proposes=lambda _params: ("cancel", "payment"),
    plainly=plainly,
)
