"""Something that no action of the shop can settle: the agent finds the order that it is about, and hands the customer over.

What turns out to be in reach is not handed over: who waits for a parcel that is still on its way is told so.
"""

from collections.abc import Iterator
from random import Random

from msgspec.structs import replace

from servers.drafting import chosen
from servers.recipe import Answer, Case, Decision, Draft, Edit, Recipe, Refusal, Request, Transfer
from servers.retail.recipes import drafts, edits
from servers.retail.recipes.agreement import contradicted
from servers.retail.recipes.orders import order_of
from servers.retail.records import CANCELLED, DELIVERED, PENDING, PROCESSED, Order, User
from servers.state import View

MISSING, BROKEN, INVOICE, PRICE, LOST = "never arrived", "to be repaired", "invoice copy", "price match", "part missing"
TROUBLES = (MISSING, MISSING, MISSING, BROKEN, INVOICE, PRICE, LOST)
_OFTEN = 0.35
"""How often somebody has such a trouble: few of many customers."""


def solve(case: Case) -> tuple[Decision, ...]:
    trouble = case.said("trouble")
    if trouble is None:
        return ()
    order = order_of(case)
    if isinstance(order, Refusal):
        return (order,)
    if trouble not in (INVOICE, PRICE) and order.status in (
        PENDING,
        PROCESSED,
        CANCELLED,
    ):  # nothing was there to break or be lost
        return (Answer(act="status", stated={"order_id": order.order_id, "status": order.status}, tell=(order.status,)),)
    summary = f"The customer has a request about order {order.order_id} that no action covers: {trouble}."
    return (Transfer(rule="out_of_reach", tool="transfer_to_human_agents", arguments={"summary": summary}),)


def draft(view: View, customer: str, random: Random) -> Draft | None:
    if random.random() >= _OFTEN:
        return None
    trouble = chosen(TROUBLES, random) or MISSING
    orders = drafts.orders_of(view, customer)
    status = PROCESSED if trouble == MISSING and random.random() < 0.35 else DELIVERED
    order = chosen((each for each in orders if each.status == status or trouble == INVOICE), random)
    drawn = random.random()
    if drawn < 0.06:
        order = drafts.somebody_elses(view, customer, DELIVERED, random)
    if order is None:
        return None
    slots = drafts.order_slots(view, customer, order, random)
    if 0.06 <= drawn < 0.12 and (number := drafts.misremembered(view, random)):
        slots = {"order_id": number}
    later = {"order_id", "order_with"} if random.random() < 0.25 else set[str]()
    params = {"trouble": trouble, **slots}
    return Draft(request=Request(recipe="handover", params=params), opening=tuple(slot for slot in params if slot not in later))


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    yield from edits.exists(view, customer, request.params)
    order = drafts.presupposed(view, customer, request.params)
    if order is None:
        return
    if order.user_id != customer:
        yield from edits.owned(view, customer, order)
        return
    yield from edits.elsewhere(view, customer, order, request.params)
    if request.params["trouble"] in (INVOICE, PRICE):
        yield from _somebody_elses(view, customer, order)
    else:
        yield from (edit for edit in edits.status(order) if "which" not in request.params)


def _somebody_elses(view: View, customer: str, order: Order) -> Iterator[Edit]:
    """The order is another customer's."""
    user = view.get("users", customer, User)
    other = next(
        (each for key in view.world.keys("users")[:2] if key != customer and (each := view.get("users", key, User))), None
    )
    if user is not None and other is not None:
        lost = replace(user, orders=tuple(number for number in user.orders if number != order.order_id))
        has = replace(other, orders=(*other.orders, order.order_id))
        puts = (("orders", order.order_id, replace(order, user_id=other.user_id)), ("users", customer, lost))
        yield Edit(fact=f"{order.order_id} is somebody else's", puts=(*puts, ("users", other.user_id, has)))


def holds(view: View, customer: str, request: Request) -> bool:
    return "order_id" in request.params or drafts.presupposed(view, customer, request.params) is not None


HANDOVER = Recipe(name="handover", contradicted=contradicted, draft=draft, solve=solve, edits=other_ways, holds=holds)
