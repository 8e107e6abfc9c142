"""From the JSON text of a call to the call itself: the same words for what is malformed, whatever the toolbox.

What passes here is plain JSON of ordinary size and depth with Unicode text and finite numbers, which every
way to a tool carries unchanged; the rest is refused before either way is taken.
"""

from typing import Any

import msgspec

from engine.conversation.events import unicode
from servers.arguments import LIMIT
from servers.domain import Outcome, Party, ToolCall

LONGEST = 6 * LIMIT
"""Characters that the text of a call's arguments may have: six for each, when all are written as escapes."""

DEEPEST = 32
"""Levels of lists and objects inside each other; fewer than any parser or encoder on the way gives up at."""

_decoder = msgspec.json.Decoder(dict[str, Any])


def tool_call(party: Party, name: str, arguments: str) -> ToolCall | Outcome:
    """The call, or the refusal of arguments that are no JSON object. No text at all is an empty object."""
    name = unicode(name)
    if len(arguments) > LONGEST:
        return _refused(name, f"are too long: {len(arguments)} characters, at most {LONGEST} are accepted")
    try:
        decoded = _decoder.decode(arguments.encode()) if arguments else {}
    except RecursionError:
        return _refused(name, "are nested too deeply")
    except (msgspec.DecodeError, UnicodeError):
        return _refused(name, "are not a JSON object")
    if arguments.count("[") + arguments.count("{") > DEEPEST and _depth(decoded) > DEEPEST:
        return _refused(name, "are nested too deeply")
    return ToolCall(name=name, arguments=decoded, requestor=party)


def _refused(name: str, why: str) -> Outcome:
    return Outcome(text=f"Error: The arguments of {name} {why}.", error=True)


def _depth(value: Any) -> int:
    deepest, level = 0, [value]
    while level := [part for part in level if isinstance(part, dict | list)]:
        deepest += 1
        level = [inner for part in level for inner in (part.values() if isinstance(part, dict) else part)]
    return deepest
