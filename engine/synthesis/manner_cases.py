"""Where a clause of a manner shows: in which scenarios, with which arguments, without changing what a request comes to."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from msgspec.structs import replace

from engine.scenario import Known, Scenario
from engine.synthesis.case import OpenCase
from engine.synthesis.instruction import phrasebook
from engine.synthesis.interview import Tells, interview
from engine.synthesis.settling import recipe_of
from engine.users.manner.deciding import MOST
from engine.users.manner.slip import slipped
from servers.domain import Domain
from servers.recipe import Decision, Write
from servers.state import World


class Applying:
    """A scenario, asked for each clause whether and how it shows in it."""

    def __init__(self, domain: Domain, world: World, scenario: Scenario) -> None:
        self._domain = domain
        self._scenario = scenario
        self._state = world.open()
        self._book = phrasebook(domain.phrases, domain.worded)
        self._known = {known.slot: known for known in scenario.knows if known.request == 0 and known.via is None}
        self._opening = {known.slot for known in scenario.knows if known.request == 0 and known.when == "opening"}
        self._self: dict[str, Any] = {known.slot: known.value for known in scenario.knows if known.request is None}

    def ways(self, name: str) -> Sequence[str]:
        """A clause as a manner may name it, with each argument that it can have here; empty where it would not show."""
        finds = _WITH_ARGUMENT.get(name)
        if finds is not None:
            return [f"{name}:{argument}" for argument in finds(self)]
        return [name] if _SHOWS.get(name, _always)(self) else []

    # -- what happens in this scenario

    @cached_property
    def _asked(self) -> Sequence[tuple[str, ...]]:
        """What the first request's customer is asked for, question by question."""
        usual = self._interview(self._opening, lambda known: known)
        return usual[1] if usual is not None else ()

    @cached_property
    def _decisions(self) -> tuple[Decision, ...] | None:
        usual = self._interview(self._opening, lambda known: known)
        return usual[0] if usual is not None else None

    def _interview(
        self, told: set[str], tells: Tells, params: Mapping[str, Any] | None = None
    ) -> tuple[tuple[Decision, ...], tuple[tuple[str, ...], ...]] | None:
        request = self._scenario.requests[0]
        asked_for = request if params is None else replace(request, params=params)
        recipe = recipe_of(self._domain, request)
        return interview(self._domain, self._state, self._scenario.customer, recipe, asked_for, told, tells)

    def _comes_to_the_same(self, told: set[str], tells: Tells) -> bool:
        other = self._interview(told, tells)
        return other is not None and self._decisions is not None and other[0] == self._decisions

    def says(self, kind: str, *slots: str) -> bool:
        """Does a customer have words for that?"""
        return self._book.wordings("user", kind, frozenset(slots)) > 0

    def names_self(self) -> bool:
        """Are they asked who they are?"""
        return bool(self._self) and not self._scenario.manner.introduces

    def introduces(self) -> bool:
        return bool(self._self) and self._scenario.manner.introduces

    def answers(self) -> bool:
        """Do they answer a question?"""
        return self.names_self() or bool(self._asked)

    def answers_details(self) -> bool:
        return bool(self._asked)

    def confirms(self) -> bool:
        """Is there a proposal that gets a yes?"""
        return any(decision.outcome == "write" for decision in self._scenario.decisions)

    def hears(self) -> bool:
        """Does something come of it before the last thing that they hear?"""
        decisions = self._scenario.decisions
        proposed = any(decision.outcome in ("write", "declined") for decision in decisions)
        return proposed or (self.alone() and len({decision.request for decision in decisions}) > 1)

    def alone(self) -> bool:
        """Is one thing asked for after the other?"""
        return not self._scenario.manner.together

    def restatable(self) -> bool:
        return self.alone() and self.answers() and bool(self._opening)

    def refused(self, last: bool = False) -> bool:
        """Is a request refused, by a rule that somebody may argue about, and nothing else; or the last one, by any rule?"""
        scenario, count = self._scenario, len(self._scenario.requests)
        if any(reaction.on == "refused" or last for reaction in scenario.plot) or scenario.answer.transfer is not None:
            return False
        places = range(count)[-1:] if last or scenario.manner.together else range(count)
        outcomes = {place: {each.outcome for each in scenario.decisions if each.request == place} for place in places}
        return any(found == {"refusal"} and (last or self._debatable(place)) for place, found in outcomes.items())

    def _debatable(self, place: int) -> bool:
        """Is a request refused for something else than that what it is about is not there?"""
        lacks = {rule.name: rule.lacks for rule in self._domain.rules}
        given = [each.rule for each in self._scenario.answer.refuse if each.request == place]
        return bool(given) and not any(lacks.get(rule, True) for rule in given)

    def last_refused(self) -> bool:
        return self.refused(last=True)

    # -- clauses that are tried

    def piecemeal(self) -> bool:
        """Is more than one thing asked for at once, and can it be told one by one?"""
        return (
            self.alone()
            and any(len(known) > 1 for known in self._asked)
            and self._comes_to_the_same(self._opening, self._first_of)
        )

    def _first_of(self, known: Sequence[str]) -> Sequence[str]:
        return next(([slot] for slot in known if self.says("inform", slot)), known)

    def tells_all(self) -> bool:
        left = [slot for slot in self._known if slot not in self._opening and self.says("inform", slot)]
        apt = self.alone() and not self._scenario.plot and self.answers() and len(left) > 1
        return apt and self._comes_to_the_same(set(self._known), lambda known: known)

    def withheld(self) -> Iterator[str]:
        """Details of the first words that are asked for when they are missing, which changes nothing."""
        if self._scenario.plot:
            return
        for slot in sorted(self._opening & set(self._known)):
            rest = self._opening - {slot}
            other = self._interview(rest, lambda known: known)
            if other is None or other[0] != self._decisions or not any(slot in known for known in other[1]):
                continue
            if self.says(f"request.{self._scenario.requests[0].recipe}", *rest):
                yield slot

    def misstated_of_self(self) -> Iterator[str]:
        """What somebody can get wrong about themselves so that nobody is found."""
        identification = self._domain.identification
        for slot, value in sorted(self._self.items()):
            wrong = slipped(value)
            if wrong is None or identification is None:
                continue
            case = OpenCase(self._domain, self._state, "", {**self._self, slot: wrong})
            if identification.solve(case) is None:
                yield slot

    def misstated(self) -> Iterator[str]:
        """Details that lead to a proposal when they are wrong, one that the customer can tell to be wrong by them."""
        if not self.alone():
            return
        recipe, params = recipe_of(self._domain, self._scenario.requests[0]), self._scenario.requests[0].params
        for known in self._slipping():
            wrong = {**params, known.slot: slipped(known.value)}
            other = self._interview(self._opening, lambda asked: asked, wrong)
            writes = [each for each in other[0] if isinstance(each, Write)] if other is not None else []
            if other is None or len(writes) != 1 or len(other[0]) != 1 or not recipe.asks_for(params, writes[0].act):
                continue
            told = known.slot in self._opening or any(known.slot in asked for asked in other[1])
            if told and recipe.contradicted(params, writes[0].stated, 0) == known.slot and self.says("correct", known.slot):
                yield known.slot

    def misstated_first(self) -> Iterator[str]:
        """Details of the first words that can be wrong for a moment: until they have said who they are."""
        if self.names_self():
            yield from (known.slot for known in self._slipping() if known.slot in self._opening)

    def _slipping(self) -> Iterator[Known]:
        if not self._scenario.plot and self._decisions is not None:
            yield from (known for _, known in sorted(self._known.items()) if slipped(known.value) is not None)

    def times(self) -> Iterator[str]:
        """How often somebody insists."""
        yield from (str(times + 1) for times in range(MOST) if self.refused())


def _always(_: Applying) -> bool:
    return True


def _speaks(applying: Applying) -> bool:
    return applying.answers() or applying.confirms()


_WITH_ARGUMENT: Mapping[str, Callable[[Applying], Iterator[str]]] = {
    "holds_back": Applying.withheld,
    "misstates_self": Applying.misstated_of_self,
    "misstates": Applying.misstated,
    "corrects_itself": Applying.misstated_first,
    "insists": Applying.times,
}
_SHOWS: Mapping[str, Callable[[Applying], bool]] = {
    "vague_first": Applying.alone,
    "name_last": Applying.introduces,
    "one_at_a_time": Applying.piecemeal,
    "everything_known": Applying.tells_all,
    "restates": Applying.restatable,
    "forgets": Applying.answers_details,
    "forgets_account": Applying.names_self,
    "puzzled": Applying.answers,
    "hesitates": Applying.confirms,
    "asks_why": Applying.refused,
    "claims_loyalty": Applying.refused,
    "friend_got_it": Applying.refused,
    "bargains": Applying.refused,
    "hangs_up": Applying.last_refused,
    "asks_aside": Applying.answers,
    "asks_offtopic": Applying.answers,
    "chats": _speaks,
    "grateful": _speaks,
    "impatient": Applying.hears,
}
"""The others show wherever somebody writes."""
