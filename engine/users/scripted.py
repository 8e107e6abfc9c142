"""The scripted user: a customer who plays a brief, as a pure function of the brief and their side of the conversation.

Answers only from what they know: says no to what contradicts their words, yes to a wrong option that they cannot
tell apart, and never volunteers that something is better.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from engine.conversation.events import Act, Call, Called, Move, Returned, Spoke
from engine.conversation.views import Seen, View
from engine.scenario import Known, Scenario
from engine.speech.phrasebook import Phrasebook
from engine.speech.speaking import speak
from servers.domain import Domain, ToolCall
from servers.recipe import Recipe, Slots

_SETTLES = ("report", "refuse", "answer")


class _Wish:
    """One request as the customer holds it: what they know for it or have found out, and what of it they say first."""

    def __init__(self, recipe: Recipe, knows: tuple[Known, ...], parts: int, seen: Sequence[Seen]) -> None:
        self.recipe = recipe
        self.slots: dict[str, Known] = {known.slot: known for known in knows}
        self.opening: Slots = {known.slot: known.value for known in knows if known.when == "opening"}
        self.values: Slots = {known.slot: value for known in knows if (value := _value(known, seen)) is not None}
        self.parts = parts
        self.settled = 0

    @property
    def done(self) -> bool:
        return self.settled >= self.parts


def _asked(domain: Domain, scenario: Scenario) -> Iterator[tuple[Recipe, tuple[Known, ...], int]]:
    """Each request of the brief: its recipe, what is known for it, in how many parts it is settled."""
    recipes = {recipe.name: recipe for recipe in domain.recipes}
    for place, request in enumerate(scenario.requests):
        knows = tuple(known for known in scenario.knows if known.request == place)
        parts = sum(decision.request == place for decision in scenario.decisions)
        yield recipes[request.recipe], knows, max(parts, 1)


class ScriptedUser:
    """Plays the customer of a scenario."""

    def __init__(self, domain: Domain, scenario: Scenario, phrasebook: Phrasebook) -> None:
        self._domain = domain
        self._scenario = scenario
        self._phrasebook = phrasebook
        self._self = {known.slot: known for known in scenario.knows if known.request is None}
        self._asked = tuple(_asked(domain, scenario))

    async def move(self, view: View) -> Move | None:
        """The next move. Leaves when everything was settled."""
        wishes = self._wishes(view)
        said = _follow(wishes, view)
        acts = self._reply(wishes, said, view)
        if isinstance(acts, Call):
            return Move(calls=(acts,))
        text, meaning = speak(self._phrasebook, acts, view)
        return Move(text=text, meaning=meaning, leaves=any(act.kind == "bye" for act in acts))

    def _wishes(self, view: View) -> list[_Wish]:
        return [_Wish(recipe, knows, parts, view.seen) for recipe, knows, parts in self._asked]

    def _reply(self, wishes: list[_Wish], said: int, view: View) -> list[Act] | Call:
        if not any(isinstance(event, Spoke) for event in view.seen):
            return self._opening(wishes)
        heard = view.heard()
        current = next((wish for wish in wishes[:said] if not wish.done), None)
        for act in heard:
            family, _, name = act.kind.partition(".")
            if family == "propose":
                return [_judged(current, name, act)]
            if family == "ask" and act.wants:
                return self._told(wishes[:said], current, act, view)
        if any(act.kind in ("offer_more", "ask.help") for act in heard):
            refused = any(act.kind.startswith("refuse.") for act in heard)
            courtesy = Act(kind="accept" if refused else "thanks")
            if said < len(wishes):
                return [courtesy, Act(kind="next"), _request(wishes[said])]
            return [courtesy, Act(kind="bye")]
        return [Act(kind="puzzled")]

    def _opening(self, wishes: list[_Wish]) -> list[Act]:
        together = self._scenario.manner.together
        acts = [Act(kind="hello")]
        if self._scenario.manner.introduces and self._self:
            acts.append(Act(kind="inform", slots={slot: known.value for slot, known in self._self.items()}))
        for place, wish in enumerate(wishes if together else wishes[:1]):
            acts += [Act(kind="next")] * (place > 0) + [_request(wish)]
        return acts

    def _told(self, wishes: list[_Wish], current: _Wish | None, act: Act, view: View) -> list[Act] | Call:
        """What the customer knows of what was asked for; what a tool of theirs shows they look up whenever they are asked."""
        sources: list[Mapping[str, Known]] = [current.slots] if current else []
        sources += [wish.slots for wish in wishes if wish is not current]
        about_me = {slot: known for slot, known in self._self.items() if slot in act.wants}
        found = about_me or next(
            (part for source in sources if (part := {s: k for s, k in source.items() if s in act.wants})), {}
        )
        since = _since_asked(view)
        for known in found.values():
            if known.via is not None and _shown(known.via, since) is None:
                return _look(known.via)
        slots = {slot: value for slot, known in found.items() if (value := _value(known, since)) is not None}
        return [Act(kind="inform", slots=slots) if slots else Act(kind="unknown", wants=act.wants)]


def _look(via: ToolCall) -> Call:
    return Call(name=via.name, arguments=msgspec.json.encode(via.arguments).decode())


def _shown(via: ToolCall, seen: Sequence[Seen]) -> Returned | None:
    """The latest answer of the customer's own tool to this call, None when they have not looked."""
    look = _look(via)
    called = [event for event in seen if isinstance(event, Called) and event.arguments == look.arguments]
    calls = {event.call for event in called if event.name == look.name}
    return next((event for event in reversed(seen) if isinstance(event, Returned) and event.call in calls), None)


def _value(known: Known, seen: Sequence[Seen]) -> Any:
    """What the customer knows, or what their tool showed them; None while they have not looked, or it refused."""
    if known.via is None:
        return known.value
    answer = _shown(known.via, seen)
    return None if answer is None or answer.error else answer.text


def _since_asked(view: View) -> Sequence[Seen]:
    """What this party did since the other spoke."""
    spoke = (place for place, event in enumerate(view.seen) if isinstance(event, Spoke) and event.party != view.party)
    return view.seen[max(spoke, default=0) :]


def _request(wish: _Wish) -> Act:
    return Act(kind=f"request.{wish.recipe.name}", slots=wish.opening)


def _judged(current: _Wish | None, name: str, act: Act) -> Act:
    """Yes, no, or no with what it should have been."""
    if current is None or not current.recipe.asks_for(current.values, name):
        return Act(kind="decline")
    wrong = current.recipe.contradicted(current.values, act.slots, current.settled)
    return Act(kind="confirm") if wrong is None else Act(kind="correct", slots={wrong: current.values[wrong]})


def _follow(wishes: list[_Wish], view: View) -> int:
    """Count how far each wish has come, from what both sides have said; answers how many were made."""
    made = 0
    for event in view.seen:
        if not isinstance(event, Spoke):
            continue
        for act in event.meaning:
            family = act.kind.partition(".")[0]
            if event.party == "user" and family == "request":
                made += 1
            elif (event.party == "user" and family == "decline") or (event.party == "agent" and family in _SETTLES):
                _settle(wishes[:made])
    return made


def _settle(wishes: list[_Wish]) -> None:
    open_wish = next((wish for wish in wishes if not wish.done), None)
    if open_wish is not None:
        open_wish.settled += 1
