"""A guided agent: a deterministic one decides and calls, a model words what it says."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from engine.conversation.converse import Player
from engine.models.asking import ATTEMPTS, Asking
from engine.models.endpoint import Endpoint
from engine.rewording.guiding import Guided
from engine.speech.phrasebook import Phrasebook
from servers.domain import Domain

_prompt = files("engine.agents").joinpath("guided.txt").read_text(encoding="utf-8")


class GuidedAgent(Guided):
    """`player` decides (the expert). Where the model finds no words in `attempts` replies, the player's own stay."""

    def __init__(
        self,
        player: Player,
        domain: Domain,
        book: Phrasebook,
        endpoint: Endpoint,
        conversation: str,
        sampling: Mapping[str, Any],
        *,
        attempts: int = ATTEMPTS,
    ) -> None:
        asking = Asking(endpoint=endpoint, conversation=conversation, sampling=sampling, attempts=attempts)
        super().__init__(player, domain, book, asking, _prompt)
