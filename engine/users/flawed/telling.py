"""What they tell: more than they know, something else than before, or everything at once."""

from collections.abc import Iterator
from typing import Any

from engine.conversation.events import Act, Move, Spoke
from engine.conversation.views import View
from engine.scenario import Known, Scenario
from engine.speech.phrasebook import Phrasebook
from engine.users.flawed.flaw import Flaw, plain, says, stays
from engine.users.manner import clauses_of
from engine.users.scripted import ScriptedUser
from servers.domain import Domain
from servers.recipe import Slots


class _Teller:
    """A scripted user who adds to what it says."""

    def __init__(self, domain: Domain, scenario: Scenario, phrasebook: Phrasebook) -> None:
        self._user = ScriptedUser(domain, scenario, phrasebook)
        self._domain = domain
        self._scenario = scenario
        self._phrasebook = phrasebook

    async def move(self, view: View) -> Move | None:
        """As the script has it, with what is added."""
        move = await self._user.move(view)
        if move is None or not move.text:
            return move
        acts = plain(move)
        more = self._more(acts, view)
        return says(self._phrasebook, view, *more, leaves=move.leaves) if more != acts else move

    def _more(self, acts: list[Act], view: View) -> list[Act]:
        raise NotImplementedError


class TellsWhatItCannotKnow(_Teller):
    """Names the record that its request is about, by an id that it was never told and that the agent has to look for."""

    def _more(self, acts: list[Act], view: View) -> list[Act]:
        slots = _unknowable(self._scenario, self._phrasebook)
        if slots is None or any(isinstance(event, Spoke) for event in view.seen):
            return acts
        first = _after_request(acts)
        return [*acts[:first], Act(kind="inform", slots=slots), *acts[first:]]


class ContradictsItself(_Teller):
    """Has told something, and tells it otherwise in its next message."""

    def _more(self, acts: list[Act], view: View) -> list[Act]:
        told = [act for event in view.seen if isinstance(event, Spoke) and event.party == view.party for act in event.meaning]
        opposed = next((found for act in told if (found := _opposed(act.slots, self._phrasebook)) is not None), None)
        if opposed is None or any(act.kind == "inform" and act.slots == opposed for act in told):
            return acts
        goodbye = [act for act in acts if act.kind == "bye"]
        return [*(act for act in acts if act not in goodbye), Act(kind="inform", slots=opposed), *goodbye]


class RevealsAtOnce(_Teller):
    """Tells with its request all that it would say when asked: who it is, and every detail."""

    def _more(self, acts: list[Act], view: View) -> list[Act]:
        if any(isinstance(event, Spoke) for event in view.seen):
            return acts
        first = _after_request(acts)
        return [*acts[:first], *_all_kept(self._scenario, self._phrasebook), *acts[first:]]


def _after_request(acts: list[Act]) -> int:
    """The place after the first request; the end of a message that makes none."""
    return next((place + 1 for place, act in enumerate(acts) if act.kind.startswith("request.")), len(acts))


def _says(phrasebook: Phrasebook, slots: Slots) -> bool:
    return phrasebook.wordings("user", "inform", frozenset(slots)) > 0


def _all_kept(scenario: Scenario, phrasebook: Phrasebook) -> list[Act]:
    """What is told too early with the first request; its details are not, by a customer who tells all of them anyway."""
    about = (None,) if "everything_known" in clauses_of(scenario.manner) else (0, None)
    return [act for request in about for act in _kept(scenario, request, phrasebook)]


def _kept(scenario: Scenario, request: int | None, phrasebook: Phrasebook) -> Iterator[Act]:
    """What is told about a request, or about the customer, only when asked: together where that can be said, else one by one."""
    if request is None and scenario.manner.introduces:
        return
    slots = {known.slot: known.value for known in scenario.knows if known.request == request and _is_kept(known)}
    for part in [slots] if _says(phrasebook, slots) else [{slot: value} for slot, value in slots.items()]:
        if part and _says(phrasebook, part):
            yield Act(kind="inform", slots=part)


def _is_kept(known: Known) -> bool:
    return known.when == "asked" and known.via is None


def _unknowable(scenario: Scenario, phrasebook: Phrasebook) -> Slots | None:
    """The first id of the first request's proof that is not in the brief, and that a customer has words for."""
    known = {each.slot for each in scenario.knows}
    proof = [read.arguments for decision in scenario.decisions if decision.request == 0 for read in decision.certificate]
    for arguments in reversed(proof):  # what identifies the decision is read last
        for slot, value in arguments.items():
            if slot not in known and isinstance(value, str) and _says(phrasebook, {slot: value}):
                return {slot: value}
    return None


def _opposed(slots: Slots, phrasebook: Phrasebook) -> Slots | None:
    """The same slots with another number in one of them: alone where that can be said, else with the others."""
    for slot, value in slots.items():
        if isinstance(value, str) and any(letter.isdigit() for letter in value):
            for otherwise in ({slot: _otherwise(value)}, {**slots, slot: _otherwise(value)}):
                if _says(phrasebook, otherwise):
                    return otherwise
    return None


def _otherwise(value: str) -> str:
    """Every digit is the next one."""
    return "".join(str((int(letter) + 1) % 10) if letter.isdecimal() else letter for letter in value)


def _reveals(_domain: Domain, scenario: Scenario, phrasebook: Phrasebook) -> bool:
    return bool(_all_kept(scenario, phrasebook))


def _knows_of_something(_domain: Domain, scenario: Scenario, phrasebook: Phrasebook) -> bool:
    return _unknowable(scenario, phrasebook) is not None


def _can_contradict(domain: Domain, scenario: Scenario, phrasebook: Phrasebook) -> bool:
    """Is something of the customer told with a number in it, and another message made after it?"""
    own: dict[str, Any] = {known.slot: known.value for known in scenario.knows if known.request is None}
    return _opposed(own, phrasebook) is not None and stays(domain, scenario, phrasebook)


TELLS_WHAT_IT_CANNOT_KNOW = Flaw(
    name="tells_what_it_cannot_know",
    summary="names the record by an id that it was never told",
    checks=("user",),
    make=TellsWhatItCannotKnow,
    applies=_knows_of_something,
)
CONTRADICTS_ITSELF = Flaw(
    name="contradicts_itself",
    summary="tells something, and then something else",
    checks=("user",),
    make=ContradictsItself,
    applies=_can_contradict,
)
REVEALS_AT_ONCE = Flaw(
    name="reveals_at_once",
    summary="tells in its first message what it keeps until it is asked",
    checks=("user",),
    make=RevealsAtOnce,
    applies=_reveals,
)
