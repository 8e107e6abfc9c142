"""From the JSON text of a call to the call itself: the same words for what is malformed, whatever the toolbox."""

from typing import Any

import msgspec

from servers.domain import Outcome, Party, ToolCall

_decoder = msgspec.json.Decoder(dict[str, Any])


def tool_call(party: Party, name: str, arguments: str) -> ToolCall | Outcome:
    """The call, or the refusal of arguments that are no JSON object."""
    try:
        return ToolCall(name=name, arguments=_decoder.decode(arguments.encode()) if arguments else {}, requestor=party)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return Outcome(text=f"Error: The arguments of {name} are not a JSON object.", error=True)
