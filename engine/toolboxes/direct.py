"""Tools as function calls: the quick way, for tests and for runs that need no protocol."""

import logging
from collections.abc import Iterable

from engine.conversation.converse import EnvironmentFailed, Tools
from engine.conversation.events import Event
from engine.toolboxes.calls import tool_call
from engine.toolboxes.toolbox import out_of_order, state_after
from servers.domain import Domain, Outcome, Party
from servers.replay import ToolCrashed, apply
from servers.state import State, World

_log = logging.getLogger(__name__)


class DirectToolbox:
    """Every conversation's tools on a state of its own, without a protocol between."""

    def open(self, conversation: str, domain: Domain, world: World, past: Iterable[Event]) -> Tools:
        """See `Toolbox`."""
        return _DirectTools(domain, state_after(domain, world, past))

    def close(self, conversation: str) -> None:
        """Nothing is kept here."""


class _DirectTools:
    def __init__(self, domain: Domain, state: State) -> None:
        self._domain = domain
        self._state = state

    async def call(self, party: Party, name: str, arguments: str) -> tuple[Outcome, bool]:
        call = tool_call(party, name, arguments)
        if isinstance(call, Outcome):
            return call, False
        try:
            outcome = apply(self._domain, self._state, call)
        except ToolCrashed as crash:
            _log.error("%s", crash, exc_info=crash.__cause__)
            raise EnvironmentFailed(out_of_order(self._domain, name)) from None
        return outcome, self._domain.ends(name, party) and not outcome.error
