"""What the run that is replayed cannot answer: said so that a person knows what to do, since repeating the command is no use.

Above: `playing.py`. Below: the endpoint that answers from that run's journal.
"""

from engine.conversation.converse import PartyFailed
from engine.conversation.events import Reply
from engine.folder import BadRun
from engine.models.endpoint import Ask, BadEndpoint, Endpoint


class Replayed:
    """The replies of another run. `same`: it was made of the same, so that what it does not have was never played there."""

    def __init__(self, endpoint: Endpoint, name: str, *, same: bool) -> None:
        self._endpoint = endpoint
        self._name = name
        self._same = same

    async def complete(self, ask: Ask) -> Reply:
        """As Endpoint. Raises BadRun for what was never asked."""
        try:
            return await self._endpoint.complete(ask)
        except BadEndpoint as lacking:
            if not self._same:
                raise BadRun(str(lacking)) from None
            raise BadRun(
                f"{self._name}: was stopped before {ask.conversation} came to its end; finish that run first, or replay as much "
                "of it as there is (--limit, --trials)"
            ) from None


class Unasked:
    """A judge of whom nobody has said where it is: what the replayed run does not have stays without an answer."""

    async def complete(self, ask: Ask) -> Reply:
        """As Endpoint."""
        raise PartyFailed("environment", "not recorded", f"no answer of the judge about {ask.conversation}")
