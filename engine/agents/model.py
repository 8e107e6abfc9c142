"""A model as the agent: it gets the policy and the tools, and sees what any agent sees.

A pure function of its view: every reply of the endpoint is in there before anything is made of it. What the policy says about
calls holds by itself: of several at once only the first is carried out where it wants one, and where a call has to stand alone
what is written beside it is no message to anybody.
"""

from collections.abc import Mapping
from typing import Any

from engine.conversation.events import Call, Move, Reply, Returned
from engine.conversation.views import View
from engine.models.asking import ATTEMPTS, Asking, refuse_misunderstood
from engine.models.circling import refuse_circling
from engine.models.endpoint import Endpoint
from engine.models.messages import functions
from engine.models.wire import EMPTY, Said, read
from servers.domain import Domain


class ModelAgent:
    """Plays the agent of one conversation. `policy` is the system prompt, `attempts` how many replies for a move may be
    unusable, `recalls`: the model is sent its own reasoning again."""

    def __init__(
        self,
        domain: Domain,
        policy: str,
        endpoint: Endpoint,
        conversation: str,
        sampling: Mapping[str, Any],
        *,
        attempts: int = ATTEMPTS,
        recalls: bool = False,
    ) -> None:
        self._domain = domain
        self._policy = policy
        self._asking = Asking(
            endpoint=endpoint,
            conversation=conversation,
            sampling=sampling,
            tools=functions(domain, "agent"),
            attempts=attempts,
            recalls=recalls,
        )

    async def move(self, view: View) -> Move | Reply | None:
        """What the last reply says, or another reply; nothing more to say passes the last turn. Raises PartyFailed."""
        if view.last and (_handed_over_again(view) or (view.replies and read(view.replies[-1].raw) == EMPTY)):
            return None
        said = self._asking.usable(view, read)
        if isinstance(said, Said):
            return self._made(said)
        refuse_misunderstood(self._domain, view)
        refuse_circling(self._domain, view)
        return await self._asking.reply(self._policy, view, said)

    def _made(self, said: Said) -> Move:
        """The move that a reply is."""
        conduct = self._domain.conduct
        made = said.calls[:1] if conduct.one_call else said.calls
        calls = tuple(Call(name=name, arguments=written) for name, written in made)
        if calls and conduct.silent_calls:
            return Move(calls=calls, reasoning="\n".join(part for part in (said.reasoning, said.text) if part))
        return Move(text=said.text, calls=calls, reasoning=said.reasoning)


def _handed_over_again(view: View) -> bool:
    """Did it end the conversation a second time, instead of saying goodbye? It would go on so to the last move."""
    return len([event for event in view.seen if isinstance(event, Returned) and event.ends]) > 1
