"""From a tool's argument Struct: the JSON schema that a model sees, and the decoding of what it sent.

What does not fit is refused in words that a model can act on; no function of a tool ever sees it.
"""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from servers.domain import Tool, ToolRefused

LIMIT = 16_384
"""Bytes of JSON that the arguments of one call may have."""

_INT64 = range(-(2**63), 2**63)
_QUOTED = 60
"""Characters of a sent name or value that a refusal repeats."""

_json = msgspec.json.Encoder()
_suspicious = re.compile(rb"null|[0-9]{19}")  # NaN and infinities are encoded as null
_message = re.compile(r"(?P<what>.*?)(?: - at (?P<key>`key` in )?`\$\.?(?P<where>[^`]*)`)?", re.DOTALL)
_missing = re.compile(r"Object missing required field `(.*)`", re.DOTALL)
_unknown = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_option = re.compile(r"Invalid (?:enum )?value (.*)", re.DOTALL)
_wrong_type = re.compile(r"Expected `(?P<types>[^`]*)`(?P<limit>.*?)(?:, got `?(?P<got>[^`]*)`?)?", re.DOTALL)
_WANTED = {
    "str": "a string",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
}
_SENT = {**_WANTED, "int": "a number", "bool": "a boolean"}


def schema(tool: Tool) -> dict[str, Any]:
    """The tool's JSON schema, self-contained, with a description for each argument."""
    (root,), definitions = msgspec.json.schema_components([tool.arguments], ref_template="#/$defs/{name}")
    inlined: dict[str, Any] = _inlined(root, definitions)
    return inlined


def _inlined(node: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(node, list | tuple):
        return [_inlined(part, definitions) for part in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _inlined(definitions[node["$ref"].rpartition("/")[2]], definitions)
    return {name: _inlined(part, definitions) for name, part in node.items() if name != "title" or not isinstance(part, str)}


def decode(tool: Tool, arguments: Mapping[str, Any]) -> msgspec.Struct:
    """The arguments as the tool's own type: numbers canonical, nothing missing, nothing unknown.

    Raises ToolRefused with what is wrong and what would be right.
    """
    try:
        raw = _json.encode(arguments)
        if len(raw) > LIMIT:
            raise _refused(tool, f"{len(raw)} bytes are too much, at most {LIMIT} are accepted")
        decoded = _converted(tool, arguments)
        if _suspicious.search(raw) and (fault := next(_bad_numbers(arguments), None)):
            raise _refused(tool, fault)
        return decoded
    except msgspec.ValidationError as error:
        raise _refused(tool, _words(tool, str(error))) from None
    except RecursionError:
        raise _refused(tool, "they are nested too deeply") from None
    except (UnicodeEncodeError, OverflowError, TypeError, ValueError):
        raise _refused(tool, "they are not plain JSON (text in Unicode, numbers of ordinary size)") from None


def _refused(tool: Tool, why: str) -> ToolRefused:
    return ToolRefused(f"Invalid arguments for {tool.name}: {why}.")


def _converted(tool: Tool, arguments: Mapping[str, Any]) -> msgspec.Struct:
    try:
        return msgspec.convert(arguments, tool.arguments)
    except msgspec.ValidationError as error:
        if "`int" not in str(error):
            raise
        return msgspec.convert(_whole(arguments), tool.arguments)  # in JSON 2.0 is a whole number too


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _whole(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() and int(value) in _INT64 else value


def _bad_numbers(arguments: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with numbers that fit their type all the same, the first argument's first."""
    left: list[tuple[str, Any]] = [("", arguments)]
    while left:
        where, value = left.pop()
        if isinstance(value, float) and not math.isfinite(value):
            yield f"'{where}' must be a finite number"
        elif isinstance(value, int) and value not in _INT64:
            yield f"'{where}' is too large a number"
        elif isinstance(value, Mapping):
            left += reversed([(f"{where}.{name}" if where else str(name), part) for name, part in value.items()])
        elif isinstance(value, list | tuple):
            left += reversed([(f"{where}[{place}]", part) for place, part in enumerate(value)])


def _words(tool: Tool, message: str) -> str:
    """What the decoder found wrong, said about the argument and for whoever sent it."""
    found = _message.fullmatch(message)
    what, where = (found["what"], found["where"] or "") if found else (message, "")
    subject = f"'{where}'" if where else "the arguments"
    if found and found["key"]:
        return f"the names in {subject} must be strings" if where else "the names of arguments must be strings"
    if match := _missing.fullmatch(what):
        return f"'{where}.{match[1]}' is required" if where else f"'{match[1]}' is required"
    if match := _unknown.fullmatch(what):
        known = ", ".join(field.encode_name for field in msgspec.structs.fields(tool.arguments)) or "it takes none"
        name = _shortened(match[1])
        return f"'{where}.{name}' is not one of its fields" if where else f"'{name}' is not one of its arguments ({known})"
    if match := _option.fullmatch(what):
        options = " or ".join(map(repr, _options(tool, where)))
        return f"{subject} must be {options or 'one of the accepted values'}, not {_shortened(match[1])}"
    if match := _wrong_type.fullmatch(what):
        return f"{subject} must be {_kinds(match['types'])}{match['limit']}{_not(match['types'], match['got'])}"
    return f"{subject} is too large a number" if what == "Number out of range" else f"{subject}: {what.replace('`', '')}"


def _kinds(types: str) -> str:
    return " or ".join(_WANTED.get(kind, kind) for kind in types.split(" | "))


def _not(types: str, got: str | None) -> str:
    if got is None:
        return ""
    if got == "float" and "int" in types.split(" | "):
        return ", not a fraction"
    return f", not {_SENT.get(got, got)}"


def _options(tool: Tool, where: str) -> tuple[Any, ...]:
    """The values that the schema lists for the argument at a path, () where it lists none."""
    node = schema(tool)
    for part in re.findall(r"\[[^\]]*\]|[^.\[\]]+", where):
        branches = [node, *node.get("anyOf", ())]
        steps = [branch.get("items") if part[0] == "[" else branch.get("properties", {}).get(part) for branch in branches]
        node = next((step for step in steps if isinstance(step, dict)), {})
    branches = [node, *node.get("anyOf", ())]
    return tuple(option for branch in branches for option in branch.get("enum", ()) if option is not None)


def _shortened(text: str) -> str:
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"
