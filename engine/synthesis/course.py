"""How far a customer's requests are seen before anything is proven: what was proposed, and about what is read by then.

Above: building.py. Below: compose.Making, and the recipes' own reading orders.
"""

from collections.abc import Sequence, Set
from typing import NamedTuple

from engine.synthesis.case import ReadKey
from engine.synthesis.compose import Making
from engine.synthesis.plot import Plotted
from engine.synthesis.settling import Settled
from servers.recipe import Draft, Recipe


class Asked(NamedTuple):
    """A request as it will be made. `forbidden`: some of it is; `reads`: about what it takes.

    `proposed`: the making in which it was proposed last, and what it comes to there.
    """

    recipe: Recipe
    draft: Draft
    plot: Plotted
    forbidden: bool = False
    reads: int = 0
    proposed: tuple[Making, Sequence[Settled]] | None = None


class Course(NamedTuple):
    """How far a customer's requests were seen: what was proposed, the writes of it, and about what is read by then."""

    making: Making
    writes: int
    known: Set[ReadKey]


def plainer(making: Making, recipe: Recipe, draft: Draft) -> Draft | None:
    """The same wish in plain words, where one request of the recipe says it."""
    said = recipe.plainly(making.state.view(), making.customer, draft.request)
    if [request.recipe for request in said] != [recipe.name]:
        return None
    (request,) = said
    old = draft.request.params
    opening = tuple(slot for slot in request.params if slot in draft.opening or slot not in old)
    via = {slot: look for slot, look in draft.via.items() if slot in request.params}
    return Draft(request=request, opening=tuple(slot for slot in opening if slot not in via), via=via)


def reads_of(settled: Settled, known: Set[ReadKey], enough: int) -> Set[ReadKey]:
    """The reads that a request makes afresh, in the longer of its reading orders: about as many as its burden. If the first
    makes more than `enough` the other is not looked at."""
    forwards = settled.case.reads.keys() - known
    return forwards if len(forwards) > enough else max(forwards, settled.backwards() - known, key=len)
