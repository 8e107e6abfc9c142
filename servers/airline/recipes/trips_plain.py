"""A wish about several reservations said otherwise: each by its id, which leaves nothing to find; or as somebody in a hurry
hears it, with what narrows it down left out.
"""

from collections.abc import Callable, Iterator, Sequence

from servers.airline.recipes.trips import coming
from servers.airline.records import Reservation
from servers.recipe import Request, Slots
from servers.state import View

_NARROWS = ("bound", "flyer", "insurance", "spared")


def one_by_one(
    recipe: str, wanted: Callable[[Reservation, Slots], Slots | None]
) -> Callable[[View, str, Request], Sequence[Request]]:
    """A request of `recipe` for each of them; `wanted` says with what else, or None where nothing is to be done."""

    def plainly(view: View, customer: str, request: Request) -> Sequence[Request]:
        asked = []
        for each in coming(view, customer, request.params):
            slots = wanted(each, request.params)
            if slots is not None:
                asked.append(Request(recipe=recipe, params={"reservation_id": each.reservation_id, **slots}))
        return asked

    return plainly


def hurried(_view: View, _customer: str, request: Request) -> Iterator[tuple[str, Request]]:
    """All that are upcoming are taken, whatever was said of them."""
    rest = {slot: value for slot, value in request.params.items() if slot not in _NARROWS}
    if len(rest) < len(request.params):
        yield "all that are upcoming", Request(recipe=request.recipe, params=rest)
