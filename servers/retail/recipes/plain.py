"""Wishes in words that leave nothing to look for: the order by its number, the address in full."""

from collections.abc import Sequence

import msgspec

from servers.recipe import Request
from servers.retail.recipes import drafts
from servers.retail.records import User
from servers.state import View


def by_number(view: View, customer: str, request: Request) -> Sequence[Request]:
    """The same of the order that is meant, by its number."""
    order = drafts.presupposed(view, customer, request.params)
    if order is None or "order_id" in request.params:
        return ()
    rest = {slot: value for slot, value in request.params.items() if slot not in ("order_with", "which")}
    return (Request(recipe=request.recipe, params={"order_id": order.order_id, **rest}),)


def with_address(view: View, customer: str, request: Request) -> Sequence[Request]:
    """The same with the order's number and the whole address, also where it is the one in the profile."""
    user = view.get("users", customer, User)
    numbered = next(iter(by_number(view, customer, request)), request)
    if user is None or "address_from" not in request.params:
        return () if numbered is request else (numbered,)
    rest = {slot: value for slot, value in numbered.params.items() if slot != "address_from"}
    return (Request(recipe=request.recipe, params={**rest, "address": msgspec.to_builtins(user.address)}),)
