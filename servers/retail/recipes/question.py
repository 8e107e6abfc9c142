"""A question about an order: nothing is changed, something has to be told."""

from collections.abc import Iterator
from random import Random

from msgspec.structs import replace

from servers.drafting import chosen, revealed
from servers.english import money
from servers.recipe import Answer, Case, Decision, Draft, Edit, Recipe, Refusal, Request
from servers.retail.recipes import drafts, edits
from servers.retail.recipes.agreement import contradicted
from servers.retail.recipes.orders import order_of, total
from servers.retail.records import DELIVERED, PROCESSED, Order
from servers.state import View

ABOUT = ("order total", "order status", "tracking number")


def solve(case: Case) -> tuple[Decision, ...]:
    order = order_of(case)
    if isinstance(order, Refusal):
        return (order,)
    about = case.ask("question", "about", order_id=order.order_id)
    if about == "tracking number" and order.fulfillments:
        numbers = [number for parcel in order.fulfillments for number in parcel.tracking_id]
        return (Answer(act="tracking", stated={"order_id": order.order_id, "tracking": numbers}, tell=tuple(numbers)),)
    if about == "order total":
        amount = total(order)
        return (Answer(act="total", stated={"order_id": order.order_id, "total": amount}, tell=(money(amount)[1:],)),)
    return (Answer(act="status", stated={"order_id": order.order_id, "status": order.status}, tell=(order.status,)),)


def draft(view: View, customer: str, random: Random) -> Draft | None:
    about = chosen(ABOUT, random) or ABOUT[0]
    fitting = (PROCESSED, DELIVERED) if about == "tracking number" else ()
    order = chosen((each for each in drafts.orders_of(view, customer) if not fitting or each.status in fitting), random)
    if order is None:
        return None
    slots = drafts.order_slots(view, customer, order, random)
    if "which" in slots or (about == "order status" and "status" in str(slots)):
        slots = {"order_id": order.order_id}
    if random.random() < 0.08 and (number := drafts.misremembered(view, random)):
        slots = {"order_id": number}
    params = {"about": about, **slots}
    return Draft(request=Request(recipe="question", params=params), opening=revealed(params, {"about", "order_with"}, random))


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    order = drafts.presupposed(view, customer, request.params)
    yield from edits.exists(view, customer, request.params)
    if not isinstance(order, Order):
        return
    yield from edits.elsewhere(view, customer, order, request.params)
    match request.params["about"]:
        case "order total":
            dearer = (replace(order.items[0], price=round(order.items[0].price + 12.5, 2)), *order.items[1:])
            yield Edit(fact="another price was paid", puts=(("orders", order.order_id, edits.with_items(order, dearer)),))
        case "tracking number":
            parcel = replace(
                order.fulfillments[0], tracking_id=tuple(f"8{number[1:]}" for number in order.fulfillments[0].tracking_id)
            )
            other = replace(order, fulfillments=(parcel, *order.fulfillments[1:]))
            yield Edit(fact="the parcel has another number", puts=(("orders", order.order_id, other),))
        case _:
            yield from edits.status(order)


def holds(view: View, customer: str, request: Request) -> bool:
    return "order_id" in request.params or drafts.presupposed(view, customer, request.params) is not None


QUESTION = Recipe(name="question", contradicted=contradicted, draft=draft, solve=solve, edits=other_ways, holds=holds)
