"""Charge a pending order to a card that is described: the smallest gift card that covers it, the fullest, "my other card"."""

from collections.abc import Iterator, Sequence
from random import Random

from msgspec.structs import replace

from servers.drafting import chosen, revealed
from servers.english import money
from servers.persons import CreditCard
from servers.recipe import Case, Choice, Comparison, Decision, Draft, Edit, Recipe, Refusal, Request, Slots
from servers.retail import rules
from servers.retail.recipes import drafts, edits
from servers.retail.recipes.agreement import contradicted as contradicted_by
from servers.retail.recipes.orders import order_of, profile, saying_which
from servers.retail.recipes.payment import moved
from servers.retail.records import PENDING, PENDING_ITEM_MODIFIED, PROCESSED, GiftCard, Order, PaymentMethod, User
from servers.retail.wording import payment as payment_words
from servers.state import View

SMALLEST, FULLEST, OTHER = "smallest gift card that covers it", "gift card with the most on it", "other credit card"


def solve(case: Case) -> tuple[Decision, ...]:
    order = order_of(case)
    if isinstance(order, Refusal):
        return (order,)
    if rule := rules.change_payment(order, case.facts):
        return (Refusal(act=rule, rule=rule, stated={"order_id": order.order_id, "status": order.status}),)
    card = case.said("card") or case.ask("new_payment", "card", order_id=order.order_id)
    methods = list(profile(case).payment_methods.values())
    if card == OTHER:
        return (_on_other(case, order, methods),)
    gifts = sorted((each for each in methods if isinstance(each, GiftCard)), key=lambda each: each.balance)
    if not gifts:
        return (Refusal(act="method_on_file", rule="method_on_file", stated={"payment": "gift card"}),)
    rows = tuple((payment_words(each), money(each.balance)) for each in gifts)
    method = _picked(order, gifts, str(card), case)
    case.note(Comparison(question=f"The {card}", candidates=rows, best=payment_words(method)))
    stated = {
        "total": order.payment_history[0].amount,
        "balances": [f"{money(each.balance)} on the {payment_words(each)}" for each in gifts],
    }
    return (replace(moved(case, order, method), chose=(Choice(act="card", stated=stated),)),)


def _picked(order: Order, gifts: Sequence[GiftCard], card: str, case: Case) -> GiftCard:
    """Of the gift cards, from the emptiest on. Where none covers it, the fullest is what it fails on."""
    covering = [each for each in gifts if rules.new_payment(order, each, case.facts) is None]
    return covering[0] if card == SMALLEST and covering else gifts[-1]


def _on_other(case: Case, order: Order, methods: Sequence[PaymentMethod]) -> Decision:
    """Of two credit cards the one that did not pay."""
    now = order.payment_history[0].payment_method_id
    other = next((each for each in methods if isinstance(each, CreditCard) and each.id != now), None)
    if other is None:
        return Refusal(act="method_on_file", rule="method_on_file", stated={"payment": "other credit card"})
    return moved(case, order, other)


def draft(view: View, customer: str, random: Random) -> Draft | None:
    user = view.get("users", customer, User)
    methods = tuple(user.payment_methods.values()) if user is not None else ()
    gifts = len([each for each in methods if isinstance(each, GiftCard)])
    credit = [each.id for each in methods if isinstance(each, CreditCard)]
    ways = ([SMALLEST, SMALLEST, FULLEST] if gifts > 1 else []) + ([OTHER] if len(credit) == 2 else [])
    card = chosen(ways, random)
    if card is None:
        return None
    wanted = PENDING if random.random() < 0.85 else (PROCESSED if random.random() < 0.6 else PENDING_ITEM_MODIFIED)
    orders = [each for each in drafts.orders_of(view, customer) if each.status == wanted]
    if wanted == PENDING:
        orders = [each for each in orders if len(each.payment_history) == 1]
    if card == OTHER:
        orders = [each for each in orders if each.payment_history[0].payment_method_id in credit]
    order = chosen(orders, random)
    paid = order.payment_history[0].payment_method_id if order is not None else ""
    if order is None or (card != OTHER and paid.startswith("gift_card") and random.random() < 0.7):
        return None
    params = {"card": card, **drafts.order_slots(view, customer, order, random)}
    opening = revealed(params, {"order_with", "which", "card"}, random, chance=0.6)
    return Draft(request=Request(recipe="gift_cards", params=params), opening=opening)


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    params = request.params
    order = drafts.presupposed(view, customer, params)
    user = view.get("users", customer, User)
    if order is None or user is None:
        return
    yield from edits.status(order)
    yield from edits.elsewhere(view, customer, order, params)
    if params["card"] == OTHER:
        yield from _repaid(user, order)
        for method_id in user.payment_methods:
            yield from edits.refiled(view, customer, method_id, order)
    else:
        yield from _balances(user, order)


def _repaid(user: User, order: Order) -> Iterator[Edit]:
    """The other of the two cards paid."""
    now = order.payment_history[0]
    for method in user.payment_methods.values():
        if isinstance(method, CreditCard) and method.id != now.payment_method_id:
            paid = replace(order, payment_history=(replace(now, payment_method_id=method.id), *order.payment_history[1:]))
            yield Edit(fact=f"{method.id} paid {order.order_id}", puts=(("orders", order.order_id, paid),))


def _balances(user: User, order: Order) -> Iterator[Edit]:
    """Each gift card covers what it did not, or does not what it did; or it is the fullest."""
    due = order.payment_history[0].amount
    gifts = [each for each in user.payment_methods.values() if isinstance(each, GiftCard)]
    most = max((each.balance for each in gifts), default=0.0)
    for place, card in enumerate(gifts):
        wanted = (
            round(due / 2 + place, 2) if card.balance >= due else round(due + 0.5 + place, 2),
            round(most + due + 10 + place, 2),
        )
        for balance in wanted:
            methods = {**user.payment_methods, card.id: replace(card, balance=balance)}
            puts = (("users", user.user_id, replace(user, payment_methods=methods)),)
            yield Edit(fact=f"{card.id} holds {balance}", puts=puts)


def holds(view: View, customer: str, request: Request) -> bool:
    """The order is one, no two gift cards hold the same; "the other" is said of two credit cards of which one paid."""
    order = drafts.presupposed(view, customer, request.params)
    user = view.get("users", customer, User)
    if order is None or user is None:
        return False
    methods = user.payment_methods.values()
    if request.params["card"] == OTHER:
        credit = [each.id for each in methods if isinstance(each, CreditCard)]
        return len(credit) == 2 and order.payment_history[0].payment_method_id in credit
    balances = [each.balance for each in methods if isinstance(each, GiftCard)]
    return len(balances) > 1 and len(set(balances)) == len(balances)


def contradicted(params: Slots, stated: Slots, refused: int = 0) -> str | None:
    """Another order, or something that is no gift card; which one holds how much they do not know."""
    if params["card"] != OTHER and not str(stated.get("payment", "gift card")).startswith("gift card"):
        return "card"
    return contradicted_by({slot: value for slot, value in params.items() if slot != "card"}, stated, refused)


def plainly(view: View, customer: str, request: Request) -> Sequence[Request]:
    """The order by its number, still with the card that is described: what is on a card has to be looked up anyway."""
    order = drafts.presupposed(view, customer, request.params)
    return (replace(request, params={"card": request.params["card"], "order_id": order.order_id}),) if order else ()


def shortcuts(view: View, customer: str, request: Request) -> Iterator[tuple[str, Request]]:
    """The fullest card: whoever does not compare takes it."""
    if request.params["card"] == SMALLEST:
        yield "fullest gift card", replace(request, params={**request.params, "card": FULLEST})


GIFT_CARDS = Recipe(
    name="gift_cards",
    contradicted=contradicted,
    draft=draft,
    solve=saying_which(solve),
    edits=other_ways,
    holds=holds,
    proposes=lambda _params: ("payment",),
    plainly=plainly,
    shortcuts=shortcuts,
)
