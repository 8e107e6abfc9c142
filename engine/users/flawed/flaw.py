"""What a user that fails on purpose is: how it is made, what must find it, and against whom it shows."""

from collections.abc import Callable

import msgspec

from engine.conversation.converse import Player
from engine.conversation.events import Act, Move
from engine.conversation.views import View
from engine.scenario import Scenario
from engine.speech.phrasebook import Phrasebook
from engine.speech.speaking import speak
from servers.domain import Domain


def always(_domain: Domain, _scenario: Scenario, _phrasebook: Phrasebook) -> bool:
    """Whatever the scenario is."""
    return True


def stays(_domain: Domain, scenario: Scenario, _phrasebook: Phrasebook) -> bool:
    """Is the customer never handed over, so that it is theirs to leave?"""
    return all(decision.outcome != "transfer" for decision in scenario.decisions)


class Flaw(msgspec.Struct, frozen=True, kw_only=True):
    """A user that fails on purpose. `checks`: those that must find it, with the user to blame.

    `applies(domain, scenario, phrasebook)`: can it show in this scenario? `against` is the agent opposite which it shows.
    """

    name: str
    summary: str
    checks: tuple[str, ...]
    make: Callable[[Domain, Scenario, Phrasebook], Player]
    applies: Callable[[Domain, Scenario, Phrasebook], bool] = always
    against: str = "expert"


def says(phrasebook: Phrasebook, view: View, *acts: Act, leaves: bool = False) -> Move:
    """The move that says these acts."""
    text, meaning = speak(phrasebook, acts, view)
    return Move(text=text, meaning=meaning, leaves=leaves)


def plain(move: Move) -> list[Act]:
    """What a move means, to be worded anew."""
    return [Act(kind=act.kind, slots=act.slots, wants=act.wants) for act in move.meaning]


def is_question(act: Act) -> bool:
    """Does it wait for an answer: a question for something, or a proposal?"""
    family = act.kind.partition(".")[0]
    return family == "propose" or (family == "ask" and bool(act.wants))
