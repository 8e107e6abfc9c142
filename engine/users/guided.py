"""A guided user: the script decides, a model words what the customer writes, in the voice of their persona."""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from string import Template
from typing import Any

from engine.conversation.converse import Player
from engine.models.asking import ATTEMPTS, Asking
from engine.models.endpoint import Endpoint
from engine.rewording.guiding import Guided
from engine.scenario import Manner, Scenario
from engine.speech.phrasebook import Phrasebook
from engine.users.manner import CLAUSES, PERSONAS, clauses_of
from servers.domain import Domain

_prompt = Template(files("engine.users").joinpath("guided.txt").read_text(encoding="utf-8"))


class GuidedUser(Guided):
    """`player` decides (the scripted user of the scenario). Where the model finds no words in `attempts` replies, the player's
    own stay."""

    def __init__(
        self,
        player: Player,
        domain: Domain,
        scenario: Scenario,
        book: Phrasebook,
        endpoint: Endpoint,
        conversation: str,
        sampling: Mapping[str, Any],
        *,
        attempts: int = ATTEMPTS,
    ) -> None:
        asking = Asking(endpoint=endpoint, conversation=conversation, sampling=sampling, attempts=attempts)
        voice = " ".join(_voice(scenario.manner))
        super().__init__(player, domain, book, asking, _prompt.substitute(voice=f"\n{voice}\n" if voice else ""))


def _voice(manner: Manner) -> Iterator[str]:
    """Who they are and how they write: of their manner only what shows in any message."""
    if (persona := PERSONAS.get(manner.persona)) is not None:
        yield persona.told
    yield from (CLAUSES[name].told for name in clauses_of(manner) if CLAUSES[name].wording is not None)
