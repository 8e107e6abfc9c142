"""A scenario that hits its target, built request after request.

Above: generate.py, which says what is wanted. Below: compose.Making, on a fork of which each request is tried. What is cheap
comes first: what a draft comes to, and what it reads, is seen before anything is proven; a request that does not fit is
drafted again, with another recipe, and leaves the earlier ones standing.
"""

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from random import Random

import msgspec

from engine.synthesis.compose import Making, NotAdmitted
from engine.synthesis.course import Asked, Course, plainer, reads_of
from engine.synthesis.dials import MOST_BURDEN, Span, Target
from engine.synthesis.pack import Pack
from engine.synthesis.plot import NO_PLOTS, NOTHING, Plots
from engine.synthesis.settling import Settled
from servers.domain import Domain
from servers.recipe import Decision, Recipe, Refusal, Transfer, Write
from servers.state import World

DRAFTS, PROOFS = 8_000, 150
"""What may be tried for one target."""

AIMED = 100
"""Of those drafts as many as are tried for each burden that is aimed at."""

FEWER = 600
"""After so many drafts a customer makes no more requests than the writes take."""

AGAIN = 3
"""How often the rest of a customer's requests is drafted anew when one cannot be proven."""

FIRST, RECIPES = 3, 16
"""Recipes that are tried with a customer for the first request, and for another, before another customer is taken."""

EACH = 2
"""Drafts by one recipe before the next has its turn."""

REFUSED_BESIDE = 0.12
"""How often a customer of whom writes are wanted asks for something more that ends in none."""


class _Step(msgspec.Struct, frozen=True, kw_only=True):
    """One request that is wanted: with so many writes; `heavy`: it carries the burden; `ruled`: the rule forbids it."""

    least: int
    most: int
    heavy: bool
    ruled: bool
    last: bool


class _Beside(NotAdmitted):
    """A request that takes more or fewer reads than are wanted, and is right otherwise."""


class _TooMuch(_Beside):
    """One that takes more."""


class Search:
    """Looks for one target. `reasons` counts the drafts that did not do; `heaviest` and `longest` are the most reads, and
    the most writes of one customer, that were seen on the way; `lightest` the fewest reads of what took too many."""

    def __init__(self, domain: Domain, world: World, target: Target, pack: Pack, random: Random, plots: Plots = NO_PLOTS) -> None:
        self.reasons = Counter[str]()
        self.heaviest = 0
        self.lightest = MOST_BURDEN + 1
        self.longest = 0
        self.drafts = 0
        self._proofs = 0
        self._domain = domain
        self._world = world
        self._target = target
        self._pack = pack
        self._random = random
        self._plots = plots
        self._looks = pack.looks(domain, world)
        self._wanted: tuple[Span, ...] = (target.burden,)

    def makings(self) -> Iterator[Making]:
        """Every one that hits the target, until too much was tried: first those that are aimed at."""
        aims = self._pack.experience.aims(self._target.aims, self._random)
        if aims:
            self._wanted, found = aims, False
            for making in self._until(AIMED):
                if not found:
                    self._pack.experience.aimed(aims, making.claims.burden)
                    found = True
                yield making
            if not found:
                self._pack.experience.aimed(aims, None)
        self._wanted = (self._target.burden,)
        yield from self._until(DRAFTS)

    def _until(self, drafts: int) -> Iterator[Making]:
        while self.drafts < drafts and not self._is_over():
            self.drafts += 1
            customer = self._pack.customer(self._domain, self._world, self._random)
            making = self._attempt(
                Making(self._domain, self._world, customer, self._random, plots=self._plots, looks=self._looks)
            )
            if making is not None:
                yield making

    def _is_over(self) -> bool:
        return self.drafts >= DRAFTS or self._proofs >= PROOFS

    def _attempt(self, making: Making) -> Making | None:
        """A customer's requests: seen to the end first, then proven, and from one that cannot be proven on seen again."""
        target, steps, place = self._target, self._plan(), 0
        for _ in range(AGAIN):
            asked = self._seen(making, steps[place:])
            if asked is None:
                return None
            for step, each in zip(steps[place:], asked, strict=True):
                proven = making if each is None else self._proven(making, step, each)
                if proven is None:
                    break
                making, place = proven, place + 1
            else:
                hits = target.writes.has(len(making.claims.writes)) and target.burden.has(making.claims.burden)
                return making if making.drafts and hits else None
        return None

    def _seen(self, making: Making, steps: Sequence[_Step]) -> list[Asked | None] | None:
        """A request for every step (None: an earlier one took its writes), unproven; None when nothing was found for one."""
        course = Course(making, len(making.claims.writes), making.claims.needed)
        asked: list[Asked | None] = []
        for step in steps:
            left = self._target.writes.high - course.writes
            if step.least > left and not step.heavy and not step.ruled:
                asked.append(None)
                continue
            found = self._step(course, msgspec.structs.replace(step, most=min(step.most, left)))
            if found is None:
                return None
            course, each = found
            asked.append(each)
            self.longest = max(self.longest, course.writes)
        return asked

    def _plan(self) -> list[_Step]:
        """How many writes each request brings, and which of them carries the burden."""
        target, random = self._target, self._random
        wanted = _shapes(target, random, target.requests if self.drafts < FEWER else 1)
        if target.rule is not None and all(least for least, _ in wanted):
            wanted.append((0, 0))
        for place in range(len(wanted) - 1, 0, -1):
            other = int(random.random() * (place + 1))
            wanted[place], wanted[other] = wanted[other], wanted[place]
        heavy = int(random.random() * len(wanted)) if target.burden.low else -1
        free = [place for place, (least, _) in enumerate(wanted) if not least]
        ruled = -1 if target.rule is None else free[int(random.random() * len(free))]
        last = len(wanted) - 1
        return [
            _Step(least=least, most=most, heavy=place == heavy, ruled=place == ruled, last=place == last)
            for place, (least, most) in enumerate(wanted)
        ]

    def _step(self, course: Course, step: _Step) -> tuple[Course, Asked] | None:
        """The same with one request more, and that request."""
        strictly, need = self.drafts < DRAFTS / 4, self._need(step)
        asked = [draft.request.recipe for draft in course.making.drafts]
        spans = self._wanted if step.heavy else ()
        recipes = self._pack.in_turn(self._domain.recipes, asked, self._random, need, spans, strictly=strictly)
        for recipe in recipes if step.ruled else recipes[: RECIPES if asked or self.drafts > FEWER else FIRST]:
            for _ in range(EACH):
                if self._is_over():
                    return None
                self.drafts += 1
                if (found := self._tried(course, step, recipe, need)) is not None:
                    return found
        return None

    def _tried(self, course: Course, step: _Step, recipe: Recipe, need: Hashable) -> tuple[Course, Asked] | None:
        """One draft of a recipe, and what it taught."""
        before, served = course.making.looked, False
        try:
            found = self._drafted(course, step, recipe)
            served = True
            return found
        except NotAdmitted as reason:
            served = step.heavy and isinstance(reason, _Beside)
            self.reasons[str(reason)] += 1
            return None
        finally:
            self._pack.experience.tried(need, recipe.name, looks=course.making.looked - before, served=served)

    def _drafted(self, course: Course, step: _Step, recipe: Recipe) -> tuple[Course, Asked]:
        """One draft; if it takes too much to read, the same in plainer words. Raises NotAdmitted."""
        draft, plot = course.making.drafted(recipe), NOTHING
        if self._random.random() < self._plots.share:
            self._fitting(course, _open(step), Asked(recipe, draft, plot))  # a plot is dearer than to see that none will do
            plot = course.making.plotted(recipe, draft, msgspec.structs.replace(self._plots, share=1.0))
        try:
            return self._fitting(course, step, Asked(recipe, draft, plot))
        except _TooMuch:
            plain = plainer(course.making, recipe, draft) if plot == NOTHING and not step.heavy else None
            if plain is None:
                raise
            return self._fitting(course, step, Asked(recipe, plain, plot))

    def _need(self, step: _Step) -> Hashable:
        """What a request is wanted for: some recipes are good for it, others hardly ever."""
        ruled = self._target.rule if step.ruled else None
        return step.least > 0, step.most > 0, step.heavy or self._target.burden.high, ruled

    def _fitting(self, course: Course, step: _Step, asked: Asked) -> tuple[Course, Asked]:
        """The request, as far as is seen without a proof. Raises NotAdmitted for one that does not fit."""
        fork, spans, known, most, writes = course.making.fork(), self._spans(step), course.known, 0, 0
        highest = max(span.high for span in spans)

        def look(settled: Settled) -> None:
            nonlocal known, most, writes
            writes += sum(isinstance(each, Write) and not settled.declined for each in settled.decisions)
            if writes > step.most or (writes < step.least and not asked.plot[1]):
                raise NotAdmitted("other writes than are wanted")
            if step.heavy or highest < MOST_BURDEN:
                reads = reads_of(settled, known, highest + 1)
                most, known = max(most, len(reads)), known | reads
                self._pack.experience.read(asked.recipe.name, most)
                self._refuse_unread(step, most, last=not asked.plot[1])

        found = fork.propose(asked.draft, asked.plot, look)
        decisions = [decision for settled in found for decision in settled.decisions]
        self._refuse_unruled(step, decisions)
        if writes < step.least:
            raise NotAdmitted("other writes than are wanted")
        self._refuse_unread(step, most, last=True)
        forbidden = any(isinstance(each, Refusal | Transfer) for each in decisions)
        kind = asked.recipe.name, forbidden
        if step.heavy and not self._pack.experience.is_worth(kind, most, spans, self.drafts, self._random):
            raise _Beside("another burden than is wanted")
        asked = asked._replace(forbidden=forbidden, reads=most, proposed=(fork, found))
        return Course(fork, course.writes + writes, known), asked

    def _refuse_unruled(self, step: _Step, decisions: Sequence[Decision]) -> None:
        rule = self._target.rule
        if step.ruled and not any(isinstance(each, Refusal | Transfer) and each.rule == rule for each in decisions):
            raise NotAdmitted(f"nothing is forbidden by {rule}")
        if not step.last and any(isinstance(each, Transfer) for each in decisions):
            raise NotAdmitted("something is asked for after the customer was handed over")

    def _refuse_unread(self, step: _Step, reads: int, *, last: bool) -> None:
        """Raises NotAdmitted where more or less is read than is wanted; less only where it is the `last` that is read."""
        spans = self._spans(step)
        if reads > max(span.high for span in spans) + 1:
            self.lightest = min(self.lightest, reads - 1)
            raise _TooMuch("another burden than is wanted")
        if step.heavy and last and reads < min(span.low for span in spans):
            self.heaviest = max(self.heaviest, reads)
            raise _Beside("another burden than is wanted")

    def _proven(self, making: Making, step: _Step, asked: Asked) -> Making | None:
        """The same with the request, None where it cannot be proven or its burden is another one."""
        self._proofs += 1
        burden, proven = None, False
        assert asked.proposed is not None
        seen, settled = asked.proposed
        fork = seen.claiming(making.claims)
        try:
            fork.prove(settled)
            burden = max((evidence.fresh for evidence in fork.claims.evidence[len(making.claims.evidence) :]), default=0)
            if step.heavy and burden <= self._target.burden.high:
                self.heaviest = max(self.heaviest, burden)
            if not any(span.has(burden) for span in self._spans(step)):
                if burden > self._target.burden.high:
                    self.lightest = min(self.lightest, burden)
                raise NotAdmitted("another burden than is wanted")
            proven = True
        except NotAdmitted as reason:
            self.reasons[str(reason)] += 1
        self._pack.experience.proven((asked.recipe.name, asked.forbidden), asked.reads, burden)
        return fork if proven else None

    def _spans(self, step: _Step) -> tuple[Span, ...]:
        """The fresh burdens that a request may have."""
        return self._wanted if step.heavy else (Span(0, self._target.burden.high, -1),)


def _open(step: _Step) -> _Step:
    """What a request must be at least for a plot to make it fit: one takes a write back, others bring one."""
    return msgspec.structs.replace(step, least=0, most=step.most + 1, ruled=False)


def _shapes(target: Target, random: Random, requests: int) -> list[tuple[int, int]]:
    """The writes of each of so many requests: at least, at most."""
    low, high = target.writes.low, target.writes.high
    if high == 0:
        return [(0, 0)] * min(requests, 2)
    if not target.open_writes:
        return [(1, high)] * low + [(0, 0)] * (random.random() < REFUSED_BESIDE)
    return [(1, high)] * low + [(0, high)] * (requests - low)
