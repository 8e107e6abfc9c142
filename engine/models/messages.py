"""What a party sees as messages for its model, in the OpenAI chat format, such as the strictest servers take.

One system message, then the other's and its own in turn, the other's first; never two of its own at the end. Every call has
an answer, an id of nine letters and digits, a name that may be one, and an object as its arguments. What the engine has to
tell the model stands in brackets behind the last message, so that the turns stay what they are.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

import msgspec

from engine.conversation.events import Called, Replied, Returned, Spoke
from engine.conversation.views import Seen, View
from engine.models.wire import Said, read
from servers.arguments import schema
from servers.domain import Domain, Party, Tool
from servers.frozen import FrozenMap

Row = dict[str, Any]

_BEGIN: Mapping[str, str] = FrozenMap(
    {
        "agent": "[The customer is here.]",
        "user": "[You are connected to support, and nobody has asked you anything yet. Write the customer's first message: what "
        "you want from them.]",
    }
)
_GO_ON = "[It is your turn.]"
_LEFT = "[The customer has left. Do what is still to be done, or say goodbye.]"

NOT_CARRIED_OUT = (
    "Error: Not carried out: make one tool call at a time. Read the result of the first call, then make this one again if you "
    "still need it."
)

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ODD = re.compile(r"[^A-Za-z0-9_-]")
_SHOWN = 500
"""Letters of unreadable arguments that the model is shown again."""

_object = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Written:
    """The rows of what a model was sent before: a request late in a conversation writes only what is new."""

    def __init__(self) -> None:
        self._seen: tuple[Seen, ...] = ()
        self._rows: list[Row] = []

    def go_on(self, view: View, *, recalls: bool) -> list[Row]:
        """The rows of all that a view shows."""
        before = len(self._seen)
        if view.seen[:before] != self._seen:
            before, self._rows = 0, []
        for (party, _), events in groupby(view.seen[before:], key=lambda event: (event.party, event.move)):
            if party == view.party:
                if not self._rows:
                    self._rows.append({"role": "user", "content": _BEGIN[view.party]})
                self._rows += _own(list(events), recalls=recalls)
            else:
                self._rows += ({"role": "user", "content": each.text} for each in events if isinstance(each, Spoke) and each.text)
        self._seen = view.seen
        return self._rows


def messages(
    system: str, view: View, notes: Iterable[str] = (), *, recalls: bool = False, written: Written | None = None
) -> tuple[Row, ...]:
    """The messages before the move of a view. `notes` are told to the model, each as often as it comes; `recalls`: its own
    reasoning is sent back to it, which some models want and some servers refuse. `written`: of the same party's earlier views in
    this conversation."""
    rows: list[Row] = [{"role": "system", "content": system}, *(written or Written()).go_on(view, recalls=recalls)]
    if len(rows) == 1:
        rows.append({"role": "user", "content": _BEGIN[view.party]})
    elif rows[-1]["role"] == "assistant":
        rows.append({"role": "user", "content": _LEFT if view.last else _GO_ON})
    for note in _numbered(notes):
        rows[-1] = rows[-1] | {"content": f"{rows[-1]['content']}\n\n[{note}]"}
    return tuple(rows)


def _numbered(notes: Iterable[str]) -> Iterator[str]:
    """Notes of which none is another's copy: with nothing new in what is asked, a reply that was paid for would be asked for
    again."""
    told = Counter[str]()
    for note in notes:
        told[note] += 1
        yield note if told[note] == 1 else f"{note} You are told so for the {_ordinal(told[note])} time."


def _ordinal(number: int) -> str:
    last = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{last}"


def functions(domain: Domain, party: Party) -> msgspec.Raw | None:
    """A party's tools as OpenAI function schemas, encoded once a domain; None where it has none."""
    return _encoded(domain.tools_of(party))


@lru_cache(maxsize=64)
def _encoded(tools: tuple[Tool, ...]) -> msgspec.Raw | None:
    described = [
        {"type": "function", "function": {"name": tool.name, "description": tool.description, "parameters": schema(tool)}}
        for tool in tools
    ]
    return msgspec.Raw(msgspec.json.encode(described)) if described else None


def _own(events: Sequence[Seen], *, recalls: bool) -> Iterator[Row]:
    """One move of the model's own: what it said and called, then the answers. Calls that it made and that were not carried out
    are answered as well."""
    called = [event for event in events if isinstance(event, Called)]
    text = next((event.text for event in events if isinstance(event, Spoke)), "")
    if not called and not text:
        return
    further = _not_carried_out(events, len(called))
    row: Row = {"role": "assistant", "content": text or None}
    if recalls and (reasoning := next((event.reasoning for event in events if isinstance(event, Called | Spoke)), "")):
        row["reasoning_content"] = reasoning
    made = [(f"call{event.call:05d}", event.name, event.arguments) for event in called]
    made += [(f"m{events[0].move:04d}n{place:03d}", *call) for place, call in enumerate(further)]
    if made:
        row["tool_calls"] = [_call(*each) for each in made]
    yield row
    for event in events:
        if isinstance(event, Returned):
            yield {"role": "tool", "tool_call_id": f"call{event.call:05d}", "content": event.text}
    for each, _, _ in made[len(called) :]:
        yield {"role": "tool", "tool_call_id": each, "content": NOT_CARRIED_OUT}


def _not_carried_out(events: Sequence[Seen], made: int) -> Sequence[tuple[str, str]]:
    """The calls of a move's reply that nothing became of."""
    last = next((event for event in reversed(events) if isinstance(event, Replied)), None)
    said = read(last.raw) if last is not None and made else None
    return said.calls[made:] if isinstance(said, Said) else ()


def _call(id: str, name: str, arguments: str) -> Row:
    plain = name if _NAME.fullmatch(name) else _ODD.sub("_", name)[:64] or "unknown"
    return {"id": id, "type": "function", "function": {"name": plain, "arguments": _arguments(arguments)}}


def _arguments(written: str) -> str:
    """Arguments as they were written; what is no object stands in one, since servers read it again."""
    if not written.strip():
        return "{}"
    try:
        _object.decode(written)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return msgspec.json.encode({"unreadable": written[:_SHOWN]}).decode()
    return written
