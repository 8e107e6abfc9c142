"""Every argument says what kind of thing it is, and nobody who calls a tool sees anything of it."""

from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from msgspec import Meta, Struct

import servers
from servers.arguments import schema
from servers.domain import Tool
from servers.kinds import ID, TEXT, NoKind, parts
from servers.worlds import open_world

DOMAINS = [*servers.names(), "tests.domains.lights"]
TOOLS = [pytest.param(tool, id=f"{name}.{tool.name}") for name in DOMAINS for tool in servers.load(name).tools]
KEYWORDS = {"type", "properties", "required", "additionalProperties", "description", "items", "enum", "anyOf", "default"}


def _filled(node: dict[str, Any]) -> Any:
    """Some value that fits a schema, every optional part of it given."""
    node = next((each for each in node.get("anyOf", ()) if each.get("type") != "null"), node)
    match node:
        case {"enum": [first, *_]}:
            return first
        case {"type": "object"}:
            return {name: _filled(part) for name, part in node.get("properties", {}).items()}
        case {"type": "array", "items": items}:
            return [_filled(items), _filled(items)]
        case {"type": "string"}:
            return "x"
        case {"type": "boolean"}:
            return True
    return 1


def _keywords(node: dict[str, Any]) -> Iterator[str]:
    """Every keyword of a schema; the names of arguments are none."""
    yield from node
    inner = [*node.get("properties", {}).values(), *node.get("anyOf", ())]
    for part in [*inner, node["items"]] if isinstance(node.get("items"), dict) else inner:
        yield from _keywords(part)


def _leaves(value: Any) -> int:
    if isinstance(value, dict | list):
        return sum(map(_leaves, value.values() if isinstance(value, dict) else value))
    return 1


@pytest.mark.parametrize("tool", TOOLS)
def test_every_argument_of_every_tool_declares_its_kind(tool: Tool) -> None:
    """As many kinds as there are leaves in a call: none is missed, none raises."""
    values = _filled(schema(tool))
    assert len(list(parts(tool.arguments, values))) == _leaves(values)


@pytest.mark.parametrize("tool", TOOLS)
def test_a_kind_is_no_part_of_the_schema(tool: Tool) -> None:
    """What a model reads about a tool is what it was without kinds: a description where there was one, and nothing else."""
    assert set(_keywords(schema(tool))) <= KEYWORDS


def test_kinds_leave_a_schema_as_it_is() -> None:
    """The same Struct with and without them."""

    class With(Struct):
        key: Annotated[str, ID, Meta(description="A key.")]
        keys: tuple[Annotated[str, ID], ...]

    class Without(Struct):
        key: Annotated[str, Meta(description="A key.")]
        keys: tuple[str, ...]

    made = [Tool(name="t", description="", function=print, arguments=each, returns=str, kind="read") for each in (With, Without)]
    assert schema(made[0]) == schema(made[1])


class _Inner(Struct):
    day: Annotated[str, ID]
    count: int


class _Outer(Struct):
    inners: tuple[_Inner, ...]
    names: tuple[Annotated[str, ID], ...]
    text: Annotated[str, TEXT] = ""


def test_a_leaf_is_named_by_its_path() -> None:
    """Lists by place, fields by name, in the order in which the type has them."""
    values = {"inners": [{"day": "a", "count": 2}], "names": ["b", "c"], "text": "d"}
    assert list(parts(_Outer, values)) == [
        ("inners[0].day", "id", "a"),
        ("inners[0].count", "count", 2),
        ("names[0]", "id", "b"),
        ("names[1]", "id", "c"),
        ("text", "text", "d"),
    ]


@pytest.mark.parametrize("values", [{"inners": "x", "names": {"a": 1}}, {"inners": [3], "names": None}, {"other": 1}])
def test_what_has_another_shape_is_left_out(values: dict[str, Any]) -> None:
    """A model may send anything: what does not fit has no leaves, and does not raise."""
    assert list(parts(_Outer, values)) == []


def test_a_text_without_a_kind_is_refused() -> None:
    """So that a new tool cannot forget it."""

    class Silent(Struct):
        key: str

    with pytest.raises(NoKind, match=r"Silent\.key does not say what kind"):
        list(parts(Silent, {"key": "x"}))


@pytest.mark.parametrize(
    ("domain", "kind", "value", "ways"),
    [
        ("airline", "place", "JFK", {"New York", "NYC", "NY", "Kennedy"}),
        ("airline", "place", "EWR", {"New York", "Newark", "NY"}),
        ("airline", "place", "lga", {"New York", "LaGuardia"}),
        ("airline", "place", "IAH", {"Houston", "Texas"}),
        ("airline", "id", "JFK", set()),
        ("retail", "name", "TX", {"Texas"}),
        ("retail", "name", "texas", {"TX"}),
        ("retail", "name", "USA", {"United States", "US"}),
        ("retail", "name", "12 Elm Street", {"12 Elm st"}),
        ("retail", "name", "Apt 4", {"apartment 4", "# 4"}),
        ("retail", "place", "TX", set()),
    ],
)
def test_things_have_other_names(domain: str, kind: Any, value: str, ways: set[str]) -> None:
    """What people say for what a tool is sent."""
    loaded = servers.load(domain)
    said = loaded.said_as(open_world(loaded, "small:7").open().view(), kind, value)
    assert ways <= set(said)
    assert said or not ways
