"""What a tool is called with: its schema, what fits, and what is said of what does not."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servers import load, names
from servers.arguments import LIMIT, decode, schema
from servers.domain import Tool, ToolRefused
from tests.servers.shelf import DOMAIN, Nothing, Pricing, Tagging, say

_TOOLS = {tool.name: tool for tool in DOMAIN.tools}


class Flight(msgspec.Struct, frozen=True, kw_only=True):
    number: str
    cabin: str = "economy"


class Booking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    flights: tuple[Flight, ...] = ()
    insured: bool = False
    note: str | None = None
    numbers: dict[str, int] = {}


_BOOK = Tool(name="book", description="", function=say, arguments=Booking, returns=str, kind="read")

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5) | st.sampled_from(["book_id", "price", "kind", "flights"]), inner, max_size=4)
    ),
    max_leaves=12,
)


def _nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


REFUSALS: list[tuple[str, Any, str]] = [
    ("get_book", {}, "'book_id' is required."),
    ("get_book", {"book_id": "b1", "limit": 3}, "'limit' is not one of its arguments (book_id)."),
    ("close", {"limit": 3}, "'limit' is not one of its arguments (it takes none)."),
    ("get_book", {"book_id": 7}, "'book_id' must be a string, not a number."),
    ("get_book", {"book_id": None}, "'book_id' must be a string, not null."),
    ("get_book", {"book_id": float("nan")}, "'book_id' must be a string, not a number."),
    ("get_book", {"book_id": _nested(400)}, "'book_id' must be a string, not a list."),
    ("get_book", {"book_id": _nested(100_000)}, "they are nested too deeply."),
    ("get_book", {"other": _nested(100_000)}, "they are nested too deeply."),
    ("get_book", {"book_id": "\ud800"}, "they are not plain JSON (text in Unicode, numbers of ordinary size)."),
    ("get_book", {"\udfff": 1}, "they are not plain JSON (text in Unicode, numbers of ordinary size)."),
    ("get_book", {"book_id": 10**5000}, "they are not plain JSON (text in Unicode, numbers of ordinary size)."),
    ("get_book", {1: 2}, "the names of arguments must be strings."),
    ("get_book", None, "the arguments must be an object, not null."),
    ("get_book", ["b1"], "the arguments must be an object, not a list."),
    ("get_book", {"book_id": "x" * LIMIT}, f"{LIMIT + 14} bytes are too much, at most {LIMIT} are accepted."),
    ("get_book", {"b" * 100: 1}, f"'{'b' * 60}…' is not one of its arguments (book_id)."),
    ("tag", {"book_ids": ["b1", {}]}, "'book_ids[1]' must be a string, not an object."),
    ("tag", {"book_ids": "b1"}, "'book_ids' must be a list, not a string."),
    ("tag", {"book_ids": [], "copies": 1.5}, "'copies' must be a whole number, not a fraction."),
    ("tag", {"book_ids": [], "copies": True}, "'copies' must be a whole number, not a boolean."),
    ("tag", {"book_ids": [], "copies": 2**64}, "'copies' is too large a number."),
    ("set_price", {"book_id": "b1", "price": True}, "'price' must be a number, not a boolean."),
    ("set_price", {"book_id": "b1", "price": "1"}, "'price' must be a number, not a string."),
    ("set_price", {"book_id": "b1", "price": float("nan")}, "'price' must be a finite number."),
    ("set_price", {"book_id": "b1", "price": float("-inf")}, "'price' must be a finite number."),
    ("set_price", {"book_id": "b1", "price": 10**400}, "'price' is too large a number."),
    ("set_price", {"book_id": "b1", "price": 1, "kind": "gift"}, "'kind' must be 'regular' or 'sale', not 'gift'."),
    ("book", {"flights": [{"number": "A"}, {}]}, "'flights[1].number' is required."),
    ("book", {"flights": [{"number": "A", "cabin": 1}]}, "'flights[0].cabin' must be a string, not a number."),
    ("book", {"insured": 1}, "'insured' must be true or false, not a number."),
    ("book", {"note": 1}, "'note' must be a string or null, not a number."),
    ("book", {"numbers": {"a": "b"}}, "'numbers[...]' must be a whole number, not a string."),
    ("book", {"numbers": {1: 2}}, "the names in 'numbers' must be strings."),
]


@pytest.mark.parametrize(("name", "arguments", "words"), REFUSALS, ids=[f"{row[0]}: {row[2][:40]}" for row in REFUSALS])
def test_what_does_not_fit_is_refused_in_words_that_say_what_would(name: str, arguments: Any, words: str) -> None:
    """The tool, the argument, what it must be and what it was."""
    with pytest.raises(ToolRefused) as refused:
        decode({**_TOOLS, "book": _BOOK}[name], arguments)
    assert str(refused.value) == f"Invalid arguments for {name}: {words}"


def test_numbers_become_what_the_argument_is() -> None:
    """Whoever sends 25 for a price has sent 25.0, and 2.0 copies are 2, at any depth."""
    priced = decode(_TOOLS["set_price"], {"book_id": "b1", "price": 25})
    assert isinstance(priced, Pricing)
    assert msgspec.json.encode(priced.price) == b"25.0"
    tagged = decode(_TOOLS["tag"], {"book_ids": ["b1"], "copies": 2.0})
    assert isinstance(tagged, Tagging)
    assert msgspec.json.encode(tagged.copies) == b"2"


def test_unknown_names_inside_an_argument_are_dropped_where_its_type_allows_them() -> None:
    """Only top-level arguments are held to the schema's names, unless a type says otherwise."""
    booking = decode(_BOOK, {"flights": [{"number": "A", "price": 100}]})
    assert booking == Booking(flights=(Flight(number="A"),))


@given(_JSON)
def test_anything_that_json_allows_is_decoded_or_refused(value: Any) -> None:
    """No value makes the decoder fail in any other way, and what is accepted can be written and read again."""
    for tool in (*DOMAIN.tools, _BOOK):
        try:
            decoded = decode(tool, value)
        except ToolRefused:
            continue
        assert msgspec.json.decode(msgspec.json.encode(decoded), type=tool.arguments) == decoded


def test_every_schema_is_plain_json_without_references() -> None:
    """A model is shown the whole of it: no `$ref`, no titles, and what may be left out is not required."""
    for tool in (*DOMAIN.tools, _BOOK, *(tool for name in names() for tool in load(name).tools)):
        shown = schema(tool)
        assert json.loads(json.dumps(shown)) == shown
        assert "$ref" not in json.dumps(shown)
        assert shown["type"] == "object"
        assert shown["additionalProperties"] is False
    assert schema(_TOOLS["set_price"])["required"] == ["book_id", "price"]
    assert schema(_TOOLS["get_book"])["properties"] == {"book_id": {"type": "string", "description": "Such as 'b1'."}}


def test_a_tool_without_arguments_takes_an_empty_object() -> None:
    """The empty object fits, and is the tool's own type."""
    assert decode(_TOOLS["close"], {}) == Nothing()
