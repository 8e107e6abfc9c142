"""Send a pending order elsewhere, or change the default address of the profile."""

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import msgspec
from msgspec.structs import replace

from servers.drafting import chosen, revealed
from servers.persons import Address
from servers.recipe import Case, Decision, Draft, Edit, Recipe, Refusal, Request, Write
from servers.retail import rules
from servers.retail.recipes import drafts, edits, plain
from servers.retail.recipes.agreement import contradicted
from servers.retail.recipes.orders import order_of, profile, saying_which
from servers.retail.records import PENDING, PENDING_ITEM_MODIFIED, PROCESSED, Order, User
from servers.state import View

ON_FILE = "the address in my profile"


def solve_order(case: Case) -> tuple[Decision, ...]:
    order = order_of(case)
    if isinstance(order, Refusal):
        return (order,)
    if rule := rules.change_address(order, case.facts):
        return (Refusal(act=rule, rule=rule, stated={"order_id": order.order_id, "status": order.status}),)
    said = case.said("address_from") or case.ask("address", "address", "address_from", order_id=order.order_id)
    address: Mapping[str, Any] = msgspec.to_builtins(profile(case).address) if said == ON_FILE else (said or {})
    return (redirected(order, address),)


def redirected(order: Order, address: Mapping[str, Any]) -> Write:
    """The order is sent to that address."""
    stated = {"order_id": order.order_id, "address": dict(address)}
    arguments = {"order_id": order.order_id, **_in_order(address)}
    return Write(act="order_address", tool="modify_pending_order_address", arguments=arguments, stated=stated, told=stated)


def solve_profile(case: Case) -> tuple[Decision, ...]:
    address = case.ask("address", "address")
    stated = {"address": dict(address)}
    arguments = {"user_id": case.customer, **_in_order(address)}
    return (Write(act="profile_address", tool="modify_user_address", arguments=arguments, stated=stated, told=stated),)


def _in_order(address: Mapping[str, Any]) -> dict[str, Any]:
    return {part: address[part] for part in ("address1", "address2", "city", "state", "country", "zip")}


def draft_order(view: View, customer: str, random: Random) -> Draft | None:
    wanted = PENDING if random.random() < 0.8 else (PROCESSED if random.random() < 0.5 else PENDING_ITEM_MODIFIED)
    order = chosen((order for order in drafts.orders_of(view, customer) if order.status == wanted), random)
    if random.random() < 0.05:
        order = drafts.somebody_elses(view, customer, wanted, random)
    user = view.get("users", customer, User)
    if order is None or user is None:
        return None
    params = drafts.order_slots(view, customer, order, random)
    if order.address != user.address and random.random() < 0.6:
        params["address_from"] = ON_FILE
    else:
        params["address"] = somewhere(view, customer, order.address, random)
    opening = revealed(params, {"order_with", "which", "address_from"}, random)
    return Draft(request=Request(recipe="order_address", params=params), opening=opening)


def draft_profile(view: View, customer: str, random: Random) -> Draft | None:
    user = view.get("users", customer, User)
    if user is None or random.random() < 0.5:  # always possible, and so would be in every second chain
        return None
    params = {"address": somewhere(view, customer, user.address, random)}
    return Draft(request=Request(recipe="profile_address", params=params), opening=revealed(params, (), random))


def next_door(address: Mapping[str, Any], random: Random) -> dict[str, Any]:
    """The same street, another number: somebody got it wrong."""
    number, _, street = address["address1"].partition(" ")
    other = int(number) + 2 + 2 * int(random.random() * 4) if number.isdigit() else 12
    return {**address, "address1": f"{other} {street}"}


def somewhere(view: View, customer: str, not_here: Address, random: Random) -> dict[str, str]:
    """A real-looking address that is nobody's here: the street of one customer, numbered anew, in their city."""
    keys = view.world.keys("users")
    for _ in range(8):
        other = view.get("users", keys[int(random.random() * len(keys))], User)
        if other is not None and other.user_id != customer and other.address.city != not_here.city:
            street = other.address.address1.partition(" ")[2]
            number = 10 + int(random.random() * 980)
            return dict(msgspec.to_builtins(replace(other.address, address1=f"{number} {street}")))
    return dict(msgspec.to_builtins(replace(not_here, address1=f"{10 + int(random.random() * 980)} Juniper Court", address2="")))


def ways_order(view: View, customer: str, request: Request) -> Iterator[Edit]:
    order = drafts.presupposed(view, customer, request.params)
    if not isinstance(order, Order):
        return
    yield from edits.status(order)
    yield from edits.owned(view, customer, order)
    yield from edits.elsewhere(view, customer, order, request.params)
    if "address_from" in request.params:
        yield from ways_profile(view, customer, request)


def _misspoken(_view: View, _customer: str, request: Request, random: Random) -> Mapping[str, Any]:
    """Nobody moves to another city in the middle of a conversation: the number was wrong."""
    return {"address": next_door(request.params["address"], random)}


def ways_profile(view: View, customer: str, _request: Request) -> Iterator[Edit]:
    """The profile holds another address: the street number is another one."""
    user = view.get("users", customer, User)
    if user is not None:
        moved = replace(user.address, address1=f"9{user.address.address1}")
        yield Edit(fact="the profile has another address", puts=(("users", customer, replace(user, address=moved)),))


def holds_order(view: View, customer: str, request: Request) -> bool:
    return drafts.presupposed(view, customer, request.params) is not None


def holds_profile(view: View, customer: str, _request: Request) -> bool:
    return view.get("users", customer, User) is not None


ORDER_ADDRESS = Recipe(
    name="order_address",
    contradicted=contradicted,
    draft=draft_order,
    solve=saying_which(solve_order),
    edits=ways_order,
    holds=holds_order,
    plainly=plain.with_address,
)
PROFILE_ADDRESS = Recipe(
    name="profile_address",
    contradicted=contradicted,
    draft=draft_profile,
    solve=solve_profile,
    edits=ways_profile,
    holds=holds_profile,
    rethought=_misspoken,
)
