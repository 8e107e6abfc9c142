"""A model as the customer: it is given the brief in plain words, and sees what any customer sees.

A pure function of the scenario and its view. What a customer would never write is not sent: the model is asked for another
message, and when it writes no other the conversation is given up, by the customer's fault and nobody else's.
"""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from importlib.resources import files
from string import Template
from typing import Any

from engine.checkers.customer.surface import Words, says_nothing
from engine.conversation.events import Call, Move, Reply, Spoke
from engine.conversation.views import View
from engine.models.asking import ATTEMPTS, Asking, refuse_misunderstood
from engine.models.circling import refuse_circling
from engine.models.endpoint import Endpoint
from engine.models.messages import functions
from engine.models.wire import Said, Unusable, read
from engine.reading.posing import poses_as_agent
from engine.reading.sentences import plain, words
from engine.scenario import Scenario
from engine.users.manner import slips
from servers.domain import Domain

FAULT = "user's fault"
"""Why a conversation is given up whose customer went on to write what no customer would."""

_STOPS = re.compile(r"#{2,}\s*(?:STOP|TRANSFER|OUT[-_ ]OF[-_ ]SCOPE)\s*#{2,}", re.IGNORECASE)
_FINAL = re.compile(rf"(?:{_STOPS.pattern})[\s.!*_\"'`)]*$", re.IGNORECASE)
_ANSWERS = words(
    "what you(?:'re| are)? (?:asking|mean|want|looking for)",
    "(?:thank(?:s| you) for|understand) your (?:message|question|response)",
)
"""What nobody writes first."""

_MARKS = " \n*_\"'`("
"""What may stand around the words that end it."""
_prompt = Template(files("engine.users").joinpath("playing.txt").read_text(encoding="utf-8"))


class ModelUser:
    """Plays the customer of one conversation by the scenario's instruction. `attempts`: how many replies for a move may be
    unusable, or faults."""

    def __init__(
        self,
        domain: Domain,
        scenario: Scenario,
        endpoint: Endpoint,
        conversation: str,
        sampling: Mapping[str, Any],
        *,
        attempts: int = ATTEMPTS,
        recalls: bool = False,
    ) -> None:
        self._domain = domain
        self._scenario = scenario
        self._system = _prompt.substitute(brief=scenario.instruction)
        self._asking = Asking(
            endpoint=endpoint,
            conversation=conversation,
            sampling=sampling,
            tools=functions(domain, "user"),
            attempts=attempts,
            recalls=recalls,
        )

    async def move(self, view: View) -> Move | Reply | None:
        """What the last reply says, or another reply. Raises PartyFailed, which is never the agent's."""
        said = self._asking.usable(view, partial(_read, self._scenario, view))
        if isinstance(said, Said):
            text, leaves = parting(said.text)
            calls = tuple(Call(name=name, arguments=written) for name, written in said.calls)
            return Move(text=text, calls=calls, leaves=leaves, reasoning=said.reasoning)
        refuse_misunderstood(self._domain, view)
        refuse_circling(self._domain, view)
        return await self._asking.reply(self._system, view, said)


def parting(text: str) -> tuple[str, bool]:
    """A message without the words that end a conversation, and whether it ends with one. One in the middle ends nothing."""
    if "##" not in text:
        return text, False
    rest = _FINAL.sub("", text)
    leaves = rest != text
    return _STOPS.sub("", rest.rstrip(_MARKS) if leaves else rest).strip(), leaves


def _read(scenario: Scenario, view: View, raw: str) -> Said | Unusable:
    """A reply that a customer may have written."""
    said = read(raw)
    if isinstance(said, Unusable):
        return said
    text, leaves = parting(said.text)
    wrong = next(faults(scenario, view, text, leaves=leaves), None) if text or not said.calls else None
    if wrong is None:
        return said
    return Unusable(reason=FAULT, detail=wrong, told=f"Your last message was not sent: the customer {wrong}. Write another.")


def faults(scenario: Scenario, view: View, text: str, *, leaves: bool) -> Iterator[str]:
    """What is wrong with a message for a customer: it says nothing, plays the agent, tells what they cannot know (unless it is
    their manner to get something wrong), or leaves before anybody has answered."""
    if not leaves and says_nothing(text):
        yield "said nothing"
    if not any(isinstance(event, Spoke) and event.party != view.party for event in view.seen):
        yield from ["left before anybody answered"] if leaves else []
        yield from ["answered before anybody had written"] if _ANSWERS.search(plain(text)) else []
    said = Spoke(party=view.party, move=view.move, text=text, leaves=leaves)
    if slips(scenario):
        yield from ["seems to play the agent"] if poses_as_agent(text) else []
    else:
        yield from (fault.detail for fault in Words(scenario, view.seen).faults(len(view.seen), said))
