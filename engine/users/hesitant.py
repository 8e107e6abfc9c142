"""Users who do nothing wrong and are harder to serve: the scripted one with a clause of manner more than the scenario has."""

from functools import partial

from msgspec.structs import replace

from engine.scenario import Scenario
from engine.speech.phrasebook import Phrasebook
from engine.users.scripted import ScriptedUser
from servers.domain import Domain


def _with(clause: str, domain: Domain, scenario: Scenario, phrasebook: Phrasebook) -> ScriptedUser:
    manner = replace(scenario.manner, clauses=(*scenario.manner.clauses, clause))
    return ScriptedUser(domain, replace(scenario, manner=manner), phrasebook)


Hesitant = partial(_with, "hesitates")
"""Answers the first proposal that it agrees to with "hmm, maybe", and says yes when it is asked again."""

Puzzled = partial(_with, "puzzled")
"""Does not understand the first question of the agent, and answers when it is put again."""
