"""A scenario's brief in plain language, for a model or a person who plays the customer.

What they want is said as they would say it, in the words of the domain's phrases; the rest is for them alone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from random import Random
from typing import Any

import msgspec

from engine.conversation.events import Act
from engine.scenario import Known, Reaction, Scenario
from engine.speech.phrasebook import Phrasebook
from engine.users.manner.told import told
from servers.domain import Domain
from servers.frozen import FrozenMap
from servers.recipe import Slots


def instruction(domain: Domain, scenario: Scenario) -> str:
    """Who the customer is, what they want, what they know, what they do when something happens."""
    return " ".join(_Brief(domain, scenario).sentences())


class _Brief:
    """The sentences of one brief, each wish in another wording."""

    def __init__(self, domain: Domain, scenario: Scenario) -> None:
        self._domain = domain
        self._scenario = scenario
        self._book = phrasebook(domain.phrases, domain.worded)
        content = msgspec.json.encode((scenario.domain, scenario.customer, scenario.requests, scenario.knows))
        self._random = Random(content.decode())  # by what is in it: a pack may name it otherwise
        self._used = frozenset[str]()

    def sentences(self) -> Iterator[str]:
        scenario = self._scenario
        yield "You are a customer who contacts support."
        me = [known for known in scenario.knows if known.request is None]
        if me:
            yield f"{'Say at once' if scenario.manner.introduces else 'When asked'} who you are: {self._all_told(me)}"
        later = {reaction.ask for reaction in scenario.plot}
        first = [place for place in range(len(scenario.requests)) if place not in later]
        for number, place in enumerate(first):
            yield f"{'This is what you want' if number == 0 else 'Then there is something else that you want'}:"
            yield from self._wish(place)
        if len(first) > 1:
            yield "Name all of it in your first message." if scenario.manner.together else "Bring up one thing at a time."
        yield (
            "Put it in words of your own. Say yes only to what fits what you want; if the agent gets a detail wrong, correct it. "
            "Do not invent anything that you were not told here."
        )
        yield from told(self._domain, scenario)

    def _wish(self, place: int) -> Iterator[str]:
        """A request, what of it is kept until they are asked, and what may come of it."""
        knows = [known for known in self._scenario.knows if known.request == place]
        opening = {known.slot: known.value for known in knows if known.when == "opening"}
        yield self._quoted(f"request.{self._scenario.requests[place].recipe}", opening)
        kept = [known for known in knows if known.when == "asked" and known.via is None]
        if kept:
            yield f"Only when you are asked for it: {self._all_told(kept)}"
        for known in knows:
            if known.via is not None:
                arguments = ", ".join(f"{name}={value}" for name, value in known.via.arguments.items())
                yield f"If you are asked for the {_named(known.slot)}, look it up with your tool {known.via.name}({arguments})."
        for reaction in self._scenario.plot:
            if reaction.request == place:
                yield from self._reaction(reaction)

    def _reaction(self, reaction: Reaction) -> Iterator[str]:
        """One line of the plot, with the request that it leads to."""
        over = self._domain.worded("over", reaction.over)
        if reaction.change is not None:
            changed = [Known(slot=slot, value=value) for slot, value in reaction.change.items()]
            yield f"When you are asked to confirm it, change your mind, once and not before: {self._all_told(changed)}"
        elif reaction.withdraw:
            when = f"If it would cost you more than {over}, do not go ahead" if reaction.on == "quoted" else _WITHDRAWN
            yield f"{when}." if reaction.ask is None else f"{when}; ask for this instead, which you do not mention before:"
        elif reaction.on == "quoted":
            yield f"If it would cost you more than {over}, say yes all the same, and ask in the same message for this as well:"
        else:
            yield _ASKED[reaction.on]
        if reaction.ask is not None:
            yield from self._wish(reaction.ask)

    def _all_told(self, knows: Sequence[Known]) -> str:
        """What they know, in one message where that can be said, otherwise one after the other."""
        slots = {known.slot: known.value for known in knows}
        if self._book.wordings("user", "inform", frozenset(slots)):
            return self._quoted("inform", slots)
        return " ".join(self._told(slot, value) for slot, value in slots.items())

    def _told(self, slot: str, value: Any) -> str:
        if self._book.wordings("user", "inform", frozenset([slot])):
            return self._quoted("inform", {slot: value})
        return f'"{_named(slot).capitalize()}: {self._domain.worded(slot, value)}."'

    def _quoted(self, kind: str, slots: Slots) -> str:
        if not self._book.wordings("user", kind, frozenset(slots)):
            name = _named(kind.rpartition(".")[2])
            return " ".join([f'"{name.capitalize()}, please."', *(self._told(slot, value) for slot, value in slots.items())])
        text, act = self._book.say("user", Act(kind=kind, slots=slots), self._random, self._used)
        self._used |= {act.form}
        return f'"{text}"'


_WITHDRAWN = "When you are asked to confirm it, change your mind: you do not want it after all"

_ASKED: Mapping[str, str] = FrozenMap(
    {
        "refused": "If the agent says that it cannot be done, or not all of it, ask for this, which you do not mention before:",
        "proposed": "When you are asked to confirm it, say yes and beside it ask for this, which you think of only then:",
        "written": "When you have been told that it is done, and not before, ask for this:",
    }
)


@lru_cache(maxsize=8)
def phrasebook(phrases: str, worded: Callable[[str, Any], str]) -> Phrasebook:
    """The phrases of a domain, read once."""
    return Phrasebook([files("engine.speech").joinpath("phrases.toml").read_text(encoding="utf-8"), phrases], worded)


def _named(slot: str) -> str:
    return slot.replace("_", " ")
