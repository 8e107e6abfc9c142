"""What customers of the shop ask for when their first wish is refused: a fallback, in their own words, for each family."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from random import Random
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from servers.drafting import revealed
from servers.recipe import Draft, Recipe, Request
from servers.retail import rules
from servers.retail.recipes import drafts
from servers.retail.recipes.address import ON_FILE
from servers.retail.recipes.orders import ORIGINAL
from servers.retail.recipes.returns import EVERYTHING
from servers.retail.records import DELIVERED, PENDING, Order, User
from servers.retail.wording import payment as payment_words
from servers.state import View

Fallback = Callable[[View, str, Request, Random], Draft | None]

REFERENCES = ("order_id", "order_with", "which")
"""The slots by which an order is named."""


def with_fallbacks(recipes: Iterable[Recipe]) -> tuple[Recipe, ...]:
    """The recipes, each with the fallback of its family where there is one."""
    return tuple(replace(each, instead=FALLBACKS[each.name]) if each.name in FALLBACKS else each for each in recipes)


def of_cancel(view: View, customer: str, request: Request, random: Random) -> Draft | None:
    """Delivered: send it all back. Not to be cancelled: send it elsewhere, or say where it is. Not found: another one."""
    order = _own(view, customer, request)
    if order is None:
        return _other_order(view, customer, request, PENDING, random)
    named = _reference(view, customer, order, request, random)
    if order.status == DELIVERED:
        return _draft("return", {**named, "scope": EVERYTHING, "payment": ORIGINAL}, random)
    if order.status == PENDING:
        user = view.get("users", customer, User)
        elsewhere = user is not None and user.address != order.address
        return _draft("order_address", {**named, "address_from": ON_FILE}, random) if elsewhere else None
    return _question(named, order, random)


def of_return(view: View, customer: str, request: Request, random: Random) -> Draft | None:
    """Refused for where the money goes: to the original method. Not delivered: say how it stands."""
    order = _own(view, customer, request)
    if order is None:
        return None
    if order.status == DELIVERED:
        return _with_another_method(view, customer, request, [ORIGINAL], random)
    return _question(_reference(view, customer, order, request, random), order, random)


def of_exchange(view: View, customer: str, request: Request, random: Random) -> Draft | None:
    """No such variant, or not to be paid: send the items back, or pay otherwise. Not delivered: say how it stands."""
    order = _own(view, customer, request)
    if order is None:
        return None
    named = _reference(view, customer, order, request, random)
    if order.status != DELIVERED:
        return _question(named, order, random)
    paid = _with_another_method(view, customer, request, _methods(view, customer), random)
    if paid is not None and random.random() < 0.3:
        return paid
    items = [swap["item"] for swap in request.params["swaps"]]
    params = drafts.without_saying_twice(view, customer, {"items": items, **named})
    return _draft("return", {**params, "payment": ORIGINAL}, random)


def of_modify(view: View, customer: str, request: Request, random: Random) -> Draft | None:
    """No such variant, or not to be paid: cancel the order, or pay otherwise. No longer to be changed: say how it stands."""
    order = _own(view, customer, request)
    if order is None:
        return None
    named = _reference(view, customer, order, request, random)
    if order.status != PENDING:
        return _question(named, order, random)
    paid = _with_another_method(view, customer, request, _methods(view, customer), random)
    if paid is not None and random.random() < 0.3:
        return paid
    return _draft("cancel", {**named, "reason": view.facts.cancel_reasons[0]}, random)


def of_payment(view: View, customer: str, request: Request, random: Random) -> Draft | None:
    """With another method, the way it is paid at last; where nothing can be changed any more: say how it stands."""
    order = _own(view, customer, request)
    if order is None:
        return None
    if order.status == PENDING:
        return _with_another_method(view, customer, request, _methods(view, customer), random)
    return _question(_reference(view, customer, order, request, random), order, random)


def of_address(view: View, customer: str, request: Request, random: Random) -> Draft | None:
    """The parcel is on its way or there: cancel it where that is still possible, otherwise say how it stands."""
    order = _own(view, customer, request)
    if order is None:
        return _other_order(view, customer, request, PENDING, random)
    named = _reference(view, customer, order, request, random)
    if order.status == PENDING and rules.cancel(order, view.facts) is None:
        return _draft("cancel", {**named, "reason": view.facts.cancel_reasons[0]}, random)
    return _question(named, order, random)


def of_question(view: View, customer: str, request: Request, random: Random) -> Draft | None:
    """The number was wrong: another order of theirs."""
    return None if _own(view, customer, request) is not None else _other_order(view, customer, request, None, random)


def _own(view: View, customer: str, request: Request) -> Order | None:
    """The order that is meant, where it is one of theirs."""
    order = drafts.presupposed(view, customer, request.params)
    return order if order is not None and order.user_id == customer else None


def _reference(view: View, customer: str, order: Order, request: Request, random: Random) -> dict[str, Any]:
    """The order in the words in which it was named before; where its items named it, in new ones."""
    said = {slot: value for slot, value in request.params.items() if slot in REFERENCES}
    return said or drafts.order_slots(view, customer, order, random)


def _question(named: Mapping[str, Any], order: Order, random: Random) -> Draft | None:
    """A question about the order. Nobody asks how "the dearest delivered order" stands."""
    if "which" in named:
        named = {"order_id": order.order_id}
    about = "tracking number" if order.fulfillments and random.random() < 0.6 else "order total"
    return _draft("question", {"about": about, **named}, random)


def _methods(view: View, customer: str) -> Iterator[str]:
    """What the customer could pay with, in words that fit one method each."""
    user = view.get("users", customer, User)
    for method in user.payment_methods.values() if user is not None else ():
        yield payment_words(method)


def _with_another_method(view: View, customer: str, request: Request, methods: Iterable[str], random: Random) -> Draft | None:
    """The very same, paid with something else than what was said."""
    said = str(request.params.get("payment", ""))
    others = [words for words in methods if said.casefold() not in words.casefold()]
    if not others:
        return None
    chosen = others[int(random.random() * len(others))]
    draft = _draft(request.recipe, {**request.params, "payment": chosen}, random)
    return replace(draft, opening=tuple(draft.request.params))


def _other_order(view: View, customer: str, request: Request, status: str | None, random: Random) -> Draft | None:
    """The same wish for an order of theirs, where they had the wrong number."""
    said: Sequence[Order] = [
        each for each in drafts.orders_of(view, customer) if status in (None, each.status) and (each.fulfillments or status)
    ]
    if not said:
        return None
    order = said[int(random.random() * len(said))]
    named = drafts.order_slots(view, customer, order, random)
    if request.recipe == "question" and "which" in named:
        named = {"order_id": order.order_id}
    rest = {slot: value for slot, value in request.params.items() if slot not in REFERENCES}
    return _draft(request.recipe, {**rest, **named}, random)


def _draft(recipe: str, params: Mapping[str, Any], random: Random) -> Draft:
    """A fallback is said at once, but for the reason and what pays, which may wait for the question."""
    opening = revealed(params, set(params) - {"payment", "reason"}, random)
    return Draft(request=Request(recipe=recipe, params=params), opening=opening)


FALLBACKS: Mapping[str, Fallback] = MappingProxyType(
    {
        "cancel": of_cancel,
        "return": of_return,
        "exchange": of_exchange,
        "modify": of_modify,
        "payment": of_payment,
        "order_address": of_address,
        "question": of_question,
    }
)
