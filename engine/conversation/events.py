"""What can happen in a conversation, as frozen values, and the moves that parties make of it.

An event's number is its place in its conversation. All events of one move carry the move's number, so that
one assistant message survives into the dataset however many calls it had.
"""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from servers.domain import Party

Blame = Literal["agent", "user", "environment", "scenario"]


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """The meaning of a sentence: a speech act with its slots.

    `wants` are the slots that a question asks for; `form` names the wording, so that none is used twice.
    """

    kind: str
    slots: Mapping[str, Any] = msgspec.field(default_factory=dict)
    wants: tuple[str, ...] = ()
    form: str = ""


def unicode(text: str) -> str:
    """The text with every half of a surrogate pair written out (`\\ud800`): what cannot be encoded can be kept all the same."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode(errors="backslashreplace").decode()
    return text


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A tool call as it was written: `arguments` is its JSON text, malformed or not."""

    name: str
    arguments: str = "{}"

    def __post_init__(self) -> None:
        _make_unicode(self, "name", "arguments")


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """What a party does at its turn: says something, calls tools, leaves, or several of these.

    Calls run in order; what is said beside them reaches the other party when they are done. `meaning` is
    given by deterministic parties for their text. A move that does nothing raises ValueError.
    """

    text: str = ""
    calls: tuple[Call, ...] = ()
    leaves: bool = False
    reasoning: str = ""
    meaning: tuple[Act, ...] = ()

    def __post_init__(self) -> None:
        if not self.text and not self.calls and not self.leaves:
            raise ValueError("a move says something, calls a tool or leaves")
        _make_unicode(self, "text", "reasoning")


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What a model answered, before anything is made of it: `raw` as it came, with its usage. A party hands it out instead of a
    move, and is asked again when it is kept."""

    raw: str
    usage: Mapping[str, Any] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        _make_unicode(self, "raw")


def _make_unicode(struct: msgspec.Struct, *fields: str) -> None:
    for field in fields:
        text = getattr(struct, field)
        if not text.isascii() and (plain := unicode(text)) != text:
            msgspec.structs.force_setattr(struct, field, plain)


class Opened(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The conversation begins; `first` has the first turn. Holds nothing that a party could not know."""

    domain: str
    scenario: str
    trial: int
    first: Party


class Replied(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A model's raw reply (JSON text) with its usage, also one that was malformed and became no move."""

    party: Party
    move: int
    attempt: int
    raw: str
    usage: Mapping[str, Any] = msgspec.field(default_factory=dict)


class Spoke(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A party said something, left, or both."""

    party: Party
    move: int
    text: str
    meaning: tuple[Act, ...] = ()
    reasoning: str = ""
    leaves: bool = False


class Called(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A party called a tool. `call` is a counter, `reasoning` the move's when this is its first event."""

    party: Party
    move: int
    call: int
    name: str
    arguments: str
    reasoning: str = ""


class Returned(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The answer to the open call. `ends`: the tool was one that ends the conversation."""

    party: Party
    move: int
    call: int
    text: str
    error: bool = False
    ends: bool = False


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The conversation could not be carried on, and whose doing that was."""

    blame: Blame
    reason: str
    detail: str = ""


class Closed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The conversation came to its end."""

    reason: Literal["user left", "agent left", "ended by tool"]


Event = Opened | Replied | Spoke | Called | Returned | Failed | Closed

EVENT_ENCODER = msgspec.json.Encoder()
EVENT_DECODER = msgspec.json.Decoder(Event)
