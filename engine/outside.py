"""Conversations made elsewhere: chat messages in the OpenAI format, one conversation a line, as events that can be judged.

A line is an object with `messages` (or `traj`) and the id of its scenario; rows of accepted.jsonl are such lines.
Their order of speaking may be any: nobody plays them, they are only judged.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from engine.conversation.events import Called, Closed, Event, Failed, Opened, Returned, Spoke
from engine.scenario import Scenario
from engine.toolboxes.calls import tool_call
from servers.domain import Domain, Outcome, Party
from servers.replay import apply
from servers.state import World

_PARTIES: Mapping[str, Party] = {"assistant": "agent", "user": "user"}
_ANSWERS = ("tool", "function")
_OTHERS = ("system", "developer")


class BadConversation(ValueError):
    """A line that is no conversation, or is of an unknown scenario: file, line, what is wrong."""


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """One line: where it stands, its scenario, the trial, and its messages as they are.

    `reworded`: another release of the environment made its answers. `cut_off`: it stops before anybody ended it.
    `idle`: tools that did nothing there and are not here; their calls are left out.
    """

    where: str
    scenario: Scenario
    trial: int
    messages: Sequence[Mapping[str, Any]]
    reworded: bool = False
    cut_off: bool = False
    idle: frozenset[str] = frozenset()


def read(path: Path, scenarios: Mapping[str, Scenario]) -> Iterator[Conversation]:
    """The conversations of a file, one at a time; `scenarios` are those that they may belong to. Raises BadConversation."""
    for where, row in rows(path):
        messages = (row.get("messages") or row.get("traj")) if isinstance(row, dict) else None
        if not isinstance(messages, list) or not all(isinstance(message, dict) for message in messages):
            raise BadConversation(f"{where}: has no 'messages', a list of chat messages")
        scenario, trial = _scenario(row, where, scenarios)
        yield Conversation(where=where, scenario=scenario, trial=trial, messages=messages)


def rows(path: Path) -> Iterator[tuple[str, Any]]:
    """Every line of a file that is not empty, decoded, with where it stands. Raises BadConversation."""
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield f"{path}:{number}", _decoded(line, f"{path}:{number}")
    except OSError as error:
        raise BadConversation(f"{path}: cannot be read: {error.strerror or error}") from None


def _decoded(line: bytes, where: str) -> Any:
    try:
        return msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadConversation(f"{where}: not a line of JSON ({error})") from None


def _scenario(row: Mapping[str, Any], where: str, scenarios: Mapping[str, Scenario]) -> tuple[Scenario, int]:
    """The scenario that a row names, and the trial; a name may end in '#trial'."""
    metadata = row.get("metadata")
    inner = metadata if isinstance(metadata, dict) else {}
    names = [row.get("scenario"), row.get("scenario_id"), row.get("id"), inner.get("scenario"), row.get("task_id")]
    told = [str(name) for name in names if isinstance(name, str | int)]
    for name in told:
        plain, _, suffix = name.partition("#")
        if plain in scenarios:
            trial = int(suffix) if suffix.isdecimal() else row.get("trial", inner.get("trial", 0))
            return scenarios[plain], trial if isinstance(trial, int) else 0
    if told:
        own = "; it brings its own task: judge it with --domain and --world" if _brings_task(row) else ""
        raise BadConversation(f"{where}: no scenario '{told[0]}' among those given{own}")
    names_tried = "'scenario', 'scenario_id', 'id', 'metadata.scenario' or 'task_id'"
    raise BadConversation(f"{where}: does not name its scenario in {names_tried}")


def _brings_task(row: Mapping[str, Any]) -> bool:
    info = row.get("info")
    return isinstance(info, dict) and "task" in info


class _Telling:
    """Messages on their way to events: the numbers of moves and calls, and the state for answers that are missing."""

    def __init__(self, conversation: Conversation, domain: Domain, world: World) -> None:
        self.where = conversation.where
        self._idle = conversation.idle
        self.events: list[Event] = []
        self._domain = domain
        self._state = world.open()
        self._moves = self._calls = 0

    def take(self, party: Party, message: Mapping[str, Any], answers: Sequence[Mapping[str, Any]]) -> None:
        """A party's message with the answers to its calls: calls first, then what is said beside them."""
        calls = _calls(message, self.where)
        self._moves += 1
        for (name, arguments), answer in zip(calls, _matched(message, answers, self.where), strict=True):
            if name in self._idle:
                continue
            self._calls += 1
            self.events.append(Called(party=party, move=self._moves, call=self._calls, name=name, arguments=arguments))
            call = tool_call(party, name, arguments)
            made = call if isinstance(call, Outcome) else apply(self._domain, self._state, call)
            text = made.text if answer is None else _text(answer, self.where)
            self.events.append(Returned(party=party, move=self._moves, call=self._calls, text=text, error=made.error))
        if text := _text(message, self.where):
            self.events.append(Spoke(party=party, move=self._moves, text=text))


def events(conversation: Conversation, domain: Domain, world: World) -> list[Event]:
    """The conversation as events. An answer that was not recorded is what the replay answers.

    Raises BadConversation, ToolCrashed.
    """
    telling, messages, where = _Telling(conversation, domain, world), conversation.messages, conversation.where
    place, last, first = 0, "agent", None
    while place < len(messages):
        message, role = messages[place], messages[place].get("role")
        place += 1
        if role in _OTHERS:
            continue
        party = _PARTIES.get(role) if isinstance(role, str) else None
        if party is None:
            what = "an answer without a call before it" if role in _ANSWERS else f"the unknown role {role!r}"
            raise BadConversation(f"{where}: message {place} has {what}")
        end = place
        while end < len(messages) and messages[end].get("role") in _ANSWERS:
            end += 1
        telling.take(party, message, messages[place:end])
        place, last, first = end, party, first or party
    opened = Opened(domain=domain.name, scenario=conversation.scenario.id, trial=conversation.trial, first=first or "user")
    if conversation.cut_off:
        return [opened, *telling.events, Failed(blame="agent", reason="cut off", detail="nobody ended the conversation")]
    return [opened, *telling.events, Closed(reason="user left" if last == "user" else "agent left")]


def _calls(message: Mapping[str, Any], where: str) -> list[tuple[str, str]]:
    """Names and arguments (JSON text, malformed or not) of a message's calls."""
    listed = message.get("tool_calls") or ([message["function_call"]] if message.get("function_call") else [])
    if not isinstance(listed, list) or not all(isinstance(call, dict) for call in listed):
        raise BadConversation(f"{where}: 'tool_calls' must be a list of calls")
    calls = []
    for call in listed:
        function = call.get("function", call)
        name = function.get("name") if isinstance(function, dict) else None
        if not isinstance(name, str) or not name:
            raise BadConversation(f"{where}: a call without the name of its tool")
        arguments = function.get("arguments")
        calls.append((name, arguments if isinstance(arguments, str) else msgspec.json.encode(arguments or {}).decode()))
    return calls


def _matched(message: Mapping[str, Any], answers: Sequence[Mapping[str, Any]], where: str) -> list[Mapping[str, Any] | None]:
    """An answer for each call, or None: by `tool_call_id` where it names one, the others in order."""
    ids = [call.get("id") for call in message.get("tool_calls") or [{}] * ("function_call" in message)]
    found: list[Mapping[str, Any] | None] = [None] * len(ids)
    rest = []
    for answer in answers:
        own = answer.get("tool_call_id")
        place = next((place for place, each in enumerate(ids) if own is not None and each == own and found[place] is None), None)
        if place is None:
            rest.append(answer)
        else:
            found[place] = answer
    free = [place for place, answer in enumerate(found) if answer is None]
    if len(rest) > len(free):
        raise BadConversation(f"{where}: more answers than calls ({len(answers)} to {len(ids)})")
    for place, answer in zip(free, rest, strict=False):
        found[place] = answer
    return found


def _text(message: Mapping[str, Any], where: str) -> str:
    """A message's text; a list of parts is joined."""
    content = message.get("content")
    if isinstance(content, list):
        content = "".join(str(part.get("text", "")) if isinstance(part, dict) else str(part) for part in content)
    if content is not None and not isinstance(content, str):
        raise BadConversation(f"{where}: the content of a message must be text")
    return content or ""
