"""What customers of the shop ask for when it is done and they are sorry: that it be undone, or done otherwise."""

from collections.abc import Callable, Iterable, Mapping
from random import Random
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec.structs import replace

from servers.drafting import revealed
from servers.recipe import Draft, Recipe, Request
from servers.retail.recipes import drafts
from servers.retail.recipes.address import next_door
from servers.retail.recipes.instead import REFERENCES
from servers.retail.recipes.orders import ORIGINAL
from servers.retail.recipes.returns import EVERYTHING
from servers.retail.records import Order, User
from servers.retail.wording import payment as payment_words
from servers.state import View

Regret = Callable[[View, View, str, Request, Random], Draft | None]


def with_regrets(recipes: Iterable[Recipe]) -> tuple[Recipe, ...]:
    """The recipes, each with how its family is undone where there is a way to ask for it."""
    return tuple(replace(each, regret=REGRETS[each.name]) if each.name in REGRETS else each for each in recipes)


def of_address(before: View, after: View, customer: str, request: Request, random: Random) -> Draft | None:
    """They gave the wrong number of the house."""
    order, address = _order(before, customer, request), request.params.get("address")
    if order is None or address is None:
        return None
    named = _named(after, customer, order, request)
    return _draft("order_address", {**named, "address": next_door(address, random)}, random)


def of_profile(_before: View, _after: View, _customer: str, request: Request, random: Random) -> Draft | None:
    """The same for the profile."""
    return _draft("profile_address", {"address": next_door(request.params["address"], random)}, random)


def of_payment(before: View, after: View, customer: str, request: Request, random: Random) -> Draft | None:
    """Charge it to the first method after all."""
    order, user = _order(before, customer, request), before.get("users", customer, User)
    if order is None or user is None:
        return None
    first = payment_words(user.payment_methods[order.payment_history[0].payment_method_id])
    return _draft("payment", {**_named(after, customer, order, request), "payment": first}, random)


def of_return(before: View, after: View, customer: str, request: Request, random: Random) -> Draft | None:
    """Send all of it back instead: too late."""
    order = _order(before, customer, request)
    if order is None or len(order.items) < 2 or "scope" in request.params:
        return None
    params = {**_named(after, customer, order, request), "scope": EVERYTHING, "payment": ORIGINAL}
    return _draft("return", params, random)


def of_exchange(before: View, after: View, customer: str, request: Request, random: Random) -> Draft | None:
    """Send it back instead: too late."""
    order = _order(before, customer, request)
    if order is None:
        return None
    named = _named(after, customer, order, request)
    items = [swap["item"] for swap in request.params.get("swaps", ())]
    return _draft("return", {**named, "items": items, "payment": ORIGINAL}, random) if items and "order_id" in named else None


def of_modify(before: View, after: View, customer: str, request: Request, random: Random) -> Draft | None:
    """Cancel it all: too late."""
    order = _order(before, customer, request)
    if order is None:
        return None
    reason = before.facts.cancel_reasons[0]
    return _draft("cancel", {**_named(after, customer, order, request), "reason": reason}, random)


def of_cancel(before: View, after: View, customer: str, request: Request, random: Random) -> Draft | None:
    """Have it sent after all, and elsewhere: too late."""
    order, user = _order(before, customer, request), before.get("users", customer, User)
    if order is None or user is None:
        return None
    address = msgspec.to_builtins(user.address)
    return _draft("order_address", {**_named(after, customer, order, request), "address": address}, random)


def _order(before: View, customer: str, request: Request) -> Order | None:
    return drafts.presupposed(before, customer, request.params)


def _named(after: View, customer: str, order: Order, request: Request) -> dict[str, Any]:
    """The order as it was named, where that still fits it alone; otherwise by the number that they were told by now."""
    said = {slot: value for slot, value in request.params.items() if slot in REFERENCES}
    found = drafts.presupposed(after, customer, said) if said else None
    return said if found is not None and found.order_id == order.order_id else {"order_id": order.order_id}


def _draft(recipe: str, params: Mapping[str, Any], random: Random) -> Draft:
    opening = revealed(params, set(params) - {"payment", "reason"}, random)
    return Draft(request=Request(recipe=recipe, params=params), opening=opening)


REGRETS: Mapping[str, Regret] = MappingProxyType(
    {
        "order_address": of_address,
        "profile_address": of_profile,
        "payment": of_payment,
        "return": of_return,
        "exchange": of_exchange,
        "modify": of_modify,
        "cancel": of_cancel,
    }
)
