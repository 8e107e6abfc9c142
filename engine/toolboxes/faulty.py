"""Tools that fail on purpose: what a conversation must come out of as nobody's fault in it, however often it is begun anew.

Above: the simulation, or a test. Below: the toolbox that is spoilt.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping

import anyio
import msgspec

from engine.conversation.converse import EnvironmentFailed, Tools
from engine.conversation.events import Called, Event
from engine.toolboxes.direct import DirectToolbox
from engine.toolboxes.toolbox import Toolbox, out_of_order
from servers.domain import Domain, Outcome, Party
from servers.frozen import FrozenMap
from servers.state import World

GARBAGE = "<html><body><h1>502 Bad Gateway</h1></body></html>"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A call that was to be made, and the tools that could make it."""

    domain: Domain
    tools: Tools
    party: Party
    name: str
    arguments: str


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that can be wrong with tools. `call` is what becomes of a call then. Raises EnvironmentFailed, or never ends."""

    name: str
    summary: str
    call: Callable[[Wanted], Awaitable[tuple[Outcome, bool]]]


async def _raises(wanted: Wanted) -> tuple[Outcome, bool]:
    raise EnvironmentFailed(out_of_order(wanted.domain, wanted.name))


async def _hangs(_wanted: Wanted) -> tuple[Outcome, bool]:
    await anyio.sleep_forever()
    raise AssertionError("for ever has ended")


async def _garbles(wanted: Wanted) -> tuple[Outcome, bool]:
    outcome, ends = await wanted.tools.call(wanted.party, wanted.name, wanted.arguments)
    return msgspec.structs.replace(outcome, text=GARBAGE, error=False), ends


_ALL = (
    Fault(name="raises", summary="a tool crashes", call=_raises),
    Fault(name="hangs", summary="a tool never answers", call=_hangs),
    Fault(name="answers_garbage", summary="a tool answers what stands in no record", call=_garbles),
)

FAULTS: Mapping[str, Fault] = FrozenMap({fault.name: fault for fault in _ALL})


class FaultyToolbox:
    """Another toolbox, the tools of which work for the first `good` calls of a conversation and then have a fault."""

    def __init__(self, fault: Fault, good: int = 1, toolbox: Toolbox | None = None) -> None:
        self._fault = fault
        self._good = good
        self._toolbox = toolbox or DirectToolbox()

    def open(self, conversation: str, domain: Domain, world: World, past: Iterable[Event]) -> Tools:
        """See `Toolbox`."""
        past = tuple(past)
        made = sum(isinstance(event, Called) for event in past)
        tools = self._toolbox.open(conversation, domain, world, past)
        return _FaultyTools(domain, tools, self._fault, self._good - made)

    def close(self, conversation: str) -> None:
        """See `Toolbox`."""
        self._toolbox.close(conversation)


class _FaultyTools:
    def __init__(self, domain: Domain, tools: Tools, fault: Fault, good: int) -> None:
        self._domain = domain
        self._tools = tools
        self._fault = fault
        self._good = good

    async def call(self, party: Party, name: str, arguments: str) -> tuple[Outcome, bool]:
        if self._good > 0:
            self._good -= 1
            return await self._tools.call(party, name, arguments)
        wanted = Wanted(domain=self._domain, tools=self._tools, party=party, name=name, arguments=arguments)
        return await self._fault.call(wanted)
