"""Whose turn it is: one table from (phase, what happened) to phase. What is not in it is illegal."""

from enum import Enum

from engine.conversation.events import Called, Closed, Event, Failed, Opened, Replied, Returned, Spoke
from servers.domain import Party


class Phase(Enum):
    """Where a conversation stands. LAST is the agent's one last move sequence, after the user left or a tool ended it."""

    NEW = "new"
    USER = "user"
    USER_CALLS = "user calls"
    AGENT = "agent"
    AGENT_CALLS = "agent calls"
    LAST = "last"
    LAST_CALLS = "last calls"
    OVER = "over"
    CLOSED = "closed"
    FAILED = "failed"


TURN: dict[Phase, Party] = {Phase.USER: "user", Phase.AGENT: "agent", Phase.LAST: "agent"}
"""Who may move, in the phases in which somebody may."""

ENDED = frozenset({Phase.CLOSED, Phase.FAILED})

_TABLE = {
    (Phase.NEW, "opened for user"): Phase.USER,
    (Phase.NEW, "opened for agent"): Phase.AGENT,
    (Phase.USER, "user replied"): Phase.USER,
    (Phase.USER, "user called"): Phase.USER_CALLS,
    (Phase.USER, "user spoke"): Phase.AGENT,
    (Phase.USER, "user left"): Phase.LAST,
    (Phase.USER_CALLS, "user was answered"): Phase.USER,
    (Phase.USER_CALLS, "user ended it"): Phase.LAST,
    (Phase.AGENT, "agent replied"): Phase.AGENT,
    (Phase.AGENT, "agent called"): Phase.AGENT_CALLS,
    (Phase.AGENT, "agent spoke"): Phase.USER,
    (Phase.AGENT, "agent left"): Phase.OVER,
    (Phase.AGENT_CALLS, "agent was answered"): Phase.AGENT,
    (Phase.AGENT_CALLS, "agent ended it"): Phase.LAST,
    (Phase.LAST, "agent replied"): Phase.LAST,
    (Phase.LAST, "agent called"): Phase.LAST_CALLS,
    (Phase.LAST, "agent spoke"): Phase.OVER,
    (Phase.LAST, "agent left"): Phase.OVER,
    (Phase.LAST, "closed"): Phase.CLOSED,
    (Phase.LAST_CALLS, "agent was answered"): Phase.LAST,
    (Phase.LAST_CALLS, "agent ended it"): Phase.LAST,
    (Phase.OVER, "closed"): Phase.CLOSED,
    **{(phase, "failed"): Phase.FAILED for phase in Phase if phase not in ENDED},
}


def after(phase: Phase, event: Event) -> Phase | None:
    """The phase that an event leads to, None when it is illegal there."""
    return _TABLE.get((phase, _what(event)))


_SPOKE = {
    ("user", False): "user spoke",
    ("user", True): "user left",
    ("agent", False): "agent spoke",
    ("agent", True): "agent left",
}
_CALLED = {"user": "user called", "agent": "agent called"}
_REPLIED = {"user": "user replied", "agent": "agent replied"}
_RETURNED = {
    ("user", False): "user was answered",
    ("user", True): "user ended it",
    ("agent", False): "agent was answered",
    ("agent", True): "agent ended it",
}


def _what(event: Event) -> str:
    match event:
        case Called():
            return _CALLED[event.party]
        case Returned():
            return _RETURNED[event.party, event.ends]
        case Spoke():
            return _SPOKE[event.party, event.leaves]
        case Replied():
            return _REPLIED[event.party]
        case Opened():
            return "opened for user" if event.first == "user" else "opened for agent"
        case Failed():
            return "failed"
        case Closed():
            return "closed"
