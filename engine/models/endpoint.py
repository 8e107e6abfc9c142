"""What a model's party asks, and who answers: an endpoint over the network, or a run's own replies played again.

Above: the parties, which make messages of what they see. Below: `client.py` (HTTP) and `replaying.py` (a journal).
"""

from collections.abc import Mapping
from typing import Any, Literal, Protocol

import msgspec

from engine.conversation.events import Reply

Role = Literal["agent", "user", "judge"]


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """One request. `conversation` is `scenario#trial`: requests of one conversation go to one replica, for its prefix cache.

    `messages` and `tools` are in the OpenAI chat format, `tools` encoded once and for all. `sampling` is merged into the
    body as it is (`temperature`, `max_tokens`, `seed`, …). `move` and `attempt` say which sample it is.
    """

    role: Role
    conversation: str
    move: int
    attempt: int
    messages: tuple[Mapping[str, Any], ...]
    tools: msgspec.Raw | None = None
    sampling: Mapping[str, Any] = msgspec.field(default_factory=dict)


class Endpoint(Protocol):
    """A model that can be asked."""

    async def complete(self, ask: Ask) -> Reply:
        """The response's body as it came, whatever is in it, and its usage.

        Raises PartyFailed (blame environment) when patience is at an end, BadEndpoint when asking again is useless.
        """


class BadEndpoint(Exception):
    """An endpoint that cannot be used as it was configured: which, and what it answered, in one line."""
