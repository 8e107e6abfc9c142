"""Send all pending orders to one address: that of the profile, that of another order, or one that the customer tells.

What goes there already is left alone; what can no longer be redirected is refused together.
"""

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

import msgspec
from msgspec.structs import replace

from servers.drafting import revealed
from servers.persons import Address
from servers.recipe import Case, Choice, Decision, Draft, Edit, Recipe, Refusal, Request, Slots
from servers.retail import rules, wording
from servers.retail.recipes import all_orders, drafts, edits
from servers.retail.recipes.address import ON_FILE, redirected, somewhere, ways_profile
from servers.retail.recipes.agreement import contradicted as contradicted_by
from servers.retail.recipes.orders import fits, profile
from servers.retail.records import CANCELLED, PENDING, PENDING_ITEM_MODIFIED, PROCESSED, Order, User
from servers.state import View

_OPEN = (PENDING, PENDING_ITEM_MODIFIED)


def solve(case: Case) -> tuple[Decision, ...]:
    words = {slot: said for slot in ("as_order_with", "keeping") if (said := case.said(slot)) is not None}
    orders = all_orders.read_all(case, "What goes where", lambda order: f"{order.status}, to {wording.address(order.address)}")
    address = _wanted(case, orders)
    if address is None:
        return (Refusal(act="order_exists", rule="order_exists", stated={"order_with": words.get("as_order_with", [])}),)
    waiting = [order for order in orders if order.status in _OPEN]
    meant = [order for order in waiting if not all_orders.kept(words, order) and _other(order, address)]
    closed = [order for order in meant if rules.change_address(order, case.facts)]
    decisions: list[Decision] = []
    if closed:
        decisions.append(Refusal(act="changed_once", rule="changed_once", stated={"standing": all_orders.standing(closed)}))
    decisions += [redirected(order, address) for order in meant if order not in closed]
    if not decisions:
        return ()
    stated = {"weighed": len(waiting), "numbers": [order.order_id for order in meant]}
    return (replace(decisions[0], chose=(Choice(act="moving", stated=stated),)), *decisions[1:])


def _wanted(case: Case, orders: Sequence[Order]) -> Mapping[str, Any] | None:
    """The address that is meant; None where no order is the one that the customer takes as an example."""
    names = case.said("as_order_with")
    if names is not None:
        template = next((order for order in orders if fits(order, names)), None)
        return _plain(template.address) if template is not None else None
    said = case.said("address_from") or case.ask("one_address", "address", "address_from")
    return _plain(profile(case).address) if said == ON_FILE else (said or {})


def _plain(address: Address) -> Mapping[str, Any]:
    """An address as it is told and sent."""
    return msgspec.convert(msgspec.to_builtins(address), dict[str, Any])


def _other(order: Order, address: Mapping[str, Any]) -> bool:
    return _plain(order.address) != address


def draft(view: View, customer: str, random: Random) -> Draft | None:
    orders = all_orders.of_many(view, customer, random)
    waiting = [order for order in orders if order.status in _OPEN]
    user = view.get("users", customer, User)
    if user is None or len(waiting) < 2:
        return None
    params = _where(view, user, orders, random)
    address = _address(view, customer, params)
    if address is None:
        return None
    meant = [order for order in waiting if _other(order, address)]
    if not meant or (len(meant) < 2 and random.random() < 0.7):
        return None
    if len(meant) > 1 and random.random() < 0.25:
        keeping = all_orders.only_here(waiting, waiting.index(meant[int(random.random() * len(meant))]), random)
        params |= {"keeping": keeping} if keeping else {}
    opening = revealed(params, set(params) - {"address"}, random)
    return Draft(request=Request(recipe="redirect_all", params=params), opening=opening)


def _where(view: View, user: User, orders: Sequence[Order], random: Random) -> dict[str, Any]:
    drawn = random.random()
    if drawn < 0.35 and any(order.address != user.address for order in orders if order.status in _OPEN):
        return {"address_from": ON_FILE}
    if drawn < 0.75:
        place = int(random.random() * len(orders))
        name = all_orders.only_here(orders, place, random)
        if name is not None and orders[place].status != CANCELLED and orders[place].address != user.address:
            return {"as_order_with": [name]}
    return {"address": somewhere(view, user.user_id, user.address, random)}


def _address(view: View, customer: str, params: Slots) -> Mapping[str, Any] | None:
    user = view.get("users", customer, User)
    told: Mapping[str, Any] | None = params.get("address")
    if told is not None or user is None:
        return told
    if "address_from" in params:
        return _plain(user.address)
    template = _template(drafts.orders_of(view, customer), params)
    return _plain(template.address) if template is not None else None


def _template(orders: Sequence[Order], params: Slots) -> Order | None:
    """The one order that the customer takes as an example."""
    fitting = [order for order in orders if fits(order, params["as_order_with"])]
    return fitting[0] if len(fitting) == 1 else None


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    params = request.params
    orders = drafts.orders_of(view, customer)
    address = _address(view, customer, params)
    template = _template(orders, params) if "as_order_with" in params else None
    if "address_from" in params:
        yield from ways_profile(view, customer, request)
    for order in orders:
        if order is template:
            yield _sent_to(order, order.status, f"9{order.address.address1}")
        elif all_orders.kept(params, order):
            yield all_orders.with_status(order, PROCESSED)
        elif order.status in _OPEN and address is not None and _other(order, address):
            yield all_orders.with_status(order, PROCESSED if order.status == PENDING else PENDING)
        elif order.status not in _OPEN:  # what is pending and goes there already could be sent there again
            yield _sent_to(order, PENDING, f"8{order.address.address1}")


def _sent_to(order: Order, status: str, line: str) -> Edit:
    """The order goes to another house, and stands where that matters."""
    there: Address = replace(order.address, address1=line)
    changed = order if order.status == status else edits.with_status(order, status)
    put = ("orders", order.order_id, replace(changed, address=there))
    return Edit(fact=f"{order.order_id} is {status} and goes to {line}", puts=(put,))


def holds(view: View, customer: str, request: Request) -> bool:
    """The example is one order, and so is what is left out; there are several that have not been sent."""
    params = request.params
    orders = drafts.orders_of(view, customer)
    waiting = [order for order in orders if order.status in _OPEN]
    if "as_order_with" in params and _template(orders, params) is None:
        return False
    kept = [order for order in waiting if all_orders.kept(params, order)]
    return len(waiting) > 1 and ("keeping" not in params or len(kept) == 1)


def contradicted(params: Slots, stated: Slots, refused: int = 0) -> str | None:
    """Another address than the one that they told; of one on file they cannot tell."""
    return contradicted_by({"address": params["address"]}, stated, refused) if "address" in params else None


def plainly(view: View, customer: str, request: Request) -> Sequence[Request]:
    """Each order by its number, with the address in full."""
    params, address = request.params, _address(view, customer, request.params)
    waiting = [order for order in drafts.orders_of(view, customer) if order.status in _OPEN]
    meant = [order for order in waiting if address and not all_orders.kept(params, order) and _other(order, address)]
    if any(order.status != PENDING for order in meant):
        return ()
    return [_one(order, address or {}) for order in meant]


def shortcuts(view: View, customer: str, request: Request) -> Iterator[tuple[str, Request]]:
    """The address of the profile for another; nothing left out."""
    rest = {slot: value for slot, value in request.params.items() if slot == "keeping"}
    if "as_order_with" in request.params:
        yield "the address on file", replace(request, params={**rest, "address_from": ON_FILE})
    if rest:
        yield "nothing left out", replace(request, params={k: v for k, v in request.params.items() if k != "keeping"})


def _one(order: Order, address: Mapping[str, Any]) -> Request:
    return Request(recipe="order_address", params={"order_id": order.order_id, "address": dict(address)})


REDIRECT_ALL = Recipe(
    name="redirect_all",
    contradicted=contradicted,
    draft=draft,
    solve=solve,
    edits=other_ways,
    holds=holds,
    proposes=lambda _params: ("order_address",),
    plainly=plainly,
    shortcuts=shortcuts,
)
