"""Conversations written down by hand for tests of checks: what was said, called and answered, in order."""

import json
from typing import Any

from engine.checkers.recording import Recording
from engine.conversation.events import Act, Called, Closed, Event, Opened, Returned, Spoke
from engine.scenario import FORMAT, Provenance, Scenario, WorldRef
from engine.toolboxes.calls import tool_call
from servers.domain import Domain, Outcome
from servers.replay import apply
from servers.state import World


class Talk:
    """A conversation in the making; calls are answered by the domain's own tools."""

    def __init__(self, domain: Domain, world: World) -> None:
        self._domain, self._world, self._state = domain, world, world.open()
        self.events: list[Event] = [Opened(domain=domain.name, scenario="talk", trial=0, first="user")]
        self._moves = self._calls = 0

    def user(self, text: str) -> "Talk":
        return self._says("user", text, ())

    def agent(self, text: str, *acts: Act) -> "Talk":
        return self._says("agent", text, acts)

    def calls(self, name: str, *, party: Any = "agent", answer: str | None = None, **arguments: Any) -> "Talk":
        """A call and its answer; a given `answer` stands for what some other release answered."""
        self._moves, self._calls = self._moves + 1, self._calls + 1
        sent = json.dumps(arguments)
        call = tool_call(party, name, sent)
        made = call if isinstance(call, Outcome) else apply(self._domain, self._state, call)
        own: dict[str, Any] = {"party": party, "move": self._moves, "call": self._calls}
        self.events.append(Called(**own, name=name, arguments=sent))
        self.events.append(Returned(**own, text=made.text if answer is None else answer, error=made.error and answer is None))
        return self

    def recording(self) -> Recording:
        scenario = Scenario(
            id="talk",
            format=FORMAT,
            domain=self._domain.name,
            world=WorldRef(source=self._world.source, digest=self._world.digest),
            customer="",
            provenance=Provenance(made_by="by hand"),
        )
        return Recording(scenario, self._domain, self._world, [*self.events, Closed(reason="user left")])

    def _says(self, party: Any, text: str, acts: tuple[Act, ...]) -> "Talk":
        self._moves += 1
        self.events.append(Spoke(party=party, move=self._moves, text=text, meaning=acts))
        return self
