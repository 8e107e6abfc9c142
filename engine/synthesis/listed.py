"""The listed worlds of a request: things as they are, and each edit that keeps the customer's words true; and what their
reads come to as a `Puzzle`.
"""

from collections.abc import Iterable, Iterator, Sequence, Set
from typing import Any

import msgspec

from engine.synthesis.case import OpenCase
from engine.synthesis.looks import Looks, ReadKey, WatchedView
from engine.synthesis.meaning import meaning
from engine.synthesis.puzzle import Need, Puzzle
from servers.domain import Domain
from servers.recipe import Decision, Edit, Recipe, Request
from servers.state import State


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A listed world: the edit that made it (None: things as they are), what is decided in it, whether that is otherwise,
    the reads of the recipe's plan, the sets that it could have read in another order, and how many candidates it compared."""

    edit: Edit | None
    looks: Looks
    decisions: tuple[Decision, ...]
    decides: bool
    reads: tuple[ReadKey, ...]
    orders: tuple[Sequence[Any], ...] = ()
    compared: int = 0

    def plan(self, customer: str, request: Request, recipe: Recipe, *, backwards: bool) -> list[ReadKey]:
        """What the recipe reads in another order."""
        case = OpenCase(self.looks.domain, self.looks.state, customer, request.params, backwards=backwards, looks=self.looks)
        recipe.solve(case)
        return list(case.reads)


def listed(
    domain: Domain, recipe: Recipe, state: State, customer: str, request: Request, looks: Looks | None = None
) -> tuple[Listed, ...]:
    """The listed worlds; the first is the one as it is. `looks` are its reads, where others made some of them."""
    looks = Looks(domain, state) if looks is None else looks
    case = OpenCase(domain, state, customer, request.params, looks=looks)
    decisions = recipe.solve(case)
    original = Listed(
        edit=None,
        looks=looks,
        decisions=decisions,
        decides=False,
        reads=tuple(case.reads),
        orders=tuple(case.orders),
        compared=case.compared,
    )
    return (original, *_edited(recipe, customer, request, original))


def _edited(recipe: Recipe, customer: str, request: Request, original: Listed) -> Iterator[Listed]:
    looks, domain = original.looks, original.looks.domain
    words = WatchedView(looks, set())
    fits = recipe.holds(words, customer, request)
    decided, looked = meaning(domain, original.decisions), {it for read in original.reads for it in looks.see(read).looked}
    for edit in recipe.edits(looks.view(), customer, request):
        edited = looks.under(edit)
        if (not fits or edited.alters(words.looked)) and not recipe.holds(edited.view(), customer, request):
            continue
        if not edited.alters(looked):
            yield Listed(edit=edit, looks=edited, decisions=original.decisions, decides=False, reads=original.reads)
            continue
        case = OpenCase(domain, edited.state, customer, request.params, looks=edited)
        decisions = recipe.solve(case)
        decides = decisions != original.decisions and meaning(domain, decisions) != decided
        yield Listed(edit=edit, looks=edited, decisions=decisions, decides=decides, reads=tuple(case.reads))


class Rows:
    """The reads that tell listed worlds apart or lead to such, and what they answer in each.

    `orders`: for each reading order and world the reads, as numbers. `varies`: is there a read that tells two worlds apart?
    """

    def __init__(
        self, worlds: Sequence[Listed], identity: Sequence[ReadKey], known: str, plans: Sequence[Sequence[Sequence[ReadKey]]]
    ) -> None:
        self._worlds = worlds
        self._known = known
        every = dict.fromkeys([*identity, *(read for order in plans for plan in order for read in plan)])
        self._texts = {read: [world.looks.text(read) for world in worlds] for read in every}
        self._said = {read: dict.fromkeys(texts) for read, texts in self._texts.items()}
        telling = [read for read in every if len(self._said[read]) > 1]
        self.varies = any(read in plan for read in telling for order in plans for plan in order)
        first = [[*(each for each in identity if each not in plan), *plan] for plan in plans[0]]
        self._needs = self._needed(telling, every, first)
        self.reads = [read for read in every if read in self._needs]
        self._number = {read: number for number, read in enumerate(self.reads)}
        self.orders = [
            [[self._number[read] for read in dict.fromkeys([*identity, *plan]) if read in self._number] for plan in order]
            for order in plans
        ]
        self.puzzle = self._puzzle()

    def mask(self, reads: Iterable[ReadKey]) -> int:
        """Those of the reads that count, as a mask."""
        mask = 0
        for read in reads:
            if read in self._number:
                mask |= 1 << self._number[read]
        return mask

    def _needed(
        self, telling: Sequence[ReadKey], every: Iterable[ReadKey], plans: Sequence[Sequence[ReadKey]]
    ) -> dict[ReadKey, list[str]]:
        """The reads that count, each with the arguments that it has from an earlier answer."""
        needs, waiting = dict[ReadKey, list[str]](), list(telling)
        while waiting:
            read = waiting.pop()
            if read in needs:
                continue
            values = [value for value in msgspec.json.decode(read[1]).values() if isinstance(value, str)]
            needs[read] = []
            for value in (each for each in values if each not in self._known):
                shown = {text for said in self._said.values() for text in said if value in text}
                if self._shown_before(shown, read, plans):
                    needs[read].append(value)
                    waiting += [other for other in every if other != read and not shown.isdisjoint(self._said[other])]
        return needs

    def _shown_before(self, shown: Set[str], read: ReadKey, plans: Sequence[Sequence[ReadKey]]) -> bool:
        """Has a recipe an argument from an earlier answer in every world in which it makes the read? If not, it works it out.

        `shown` are the answers in which it stands.
        """
        for world, plan in enumerate(plans):
            if read in plan:
                earlier = plan[: plan.index(read)]
                if not any(self._texts[other][world] in shown for other in earlier):
                    return False
        return True

    def _puzzle(self) -> Puzzle:
        numbered, answers = list[dict[str, int]](), list[list[int]]()
        for read in self.reads:
            numbers: dict[str, int] = {}
            answers.append([numbers.setdefault(text, len(numbers)) for text in self._texts[read]])
            numbered.append(numbers)
        needs = [[_shown(value, place, numbered) for value in self._needs[read]] for place, read in enumerate(self.reads)]
        decisions = [0] * len(self._worlds)
        seen: dict[bytes, int] = {}
        for place, world in enumerate(self._worlds):
            if world.decides:
                key = meaning(world.looks.domain, world.decisions)
                decisions[place] = seen.setdefault(key, len(seen) + 1)
        return Puzzle(decisions, answers, needs)


def _shown(value: str, asking: int, numbered: Sequence[dict[str, int]]) -> Need:
    """The answers in which an argument stands; that of the read itself comes too late."""
    return frozenset(
        (by, number) for by, texts in enumerate(numbered) if by != asking for text, number in texts.items() if value in text
    )
