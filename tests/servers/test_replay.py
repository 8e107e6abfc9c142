"""One function applies a call: what comes of it, and what is left of the state when it fails."""

import json

import pytest

from servers.domain import ToolCall
from servers.replay import ToolCrashed, apply, replay, written
from servers.state import World, diff
from tests.servers.shelf import DOMAIN, Book


def _call(name: str, **arguments: object) -> ToolCall:
    return ToolCall(name=name, arguments=arguments)


def test_a_read_answers_and_changes_nothing(library: World) -> None:
    """The record as JSON with the standard library's separators and escapes, unset optionals null."""
    outcome = apply(DOMAIN, library.open(), _call("get_book", book_id="b1"))
    assert (outcome.error, outcome.changed) == (False, False)
    assert outcome.text == json.dumps(json.loads(outcome.text))
    assert '"tags": {"n": "\\u00fc"}, "lent_to": null' in outcome.text


def test_a_write_changes_the_state_and_says_so(library: World) -> None:
    """`changed` tells whether the state differs, not whether a tool could have changed it."""
    state = library.open()
    assert apply(DOMAIN, state, _call("set_price", book_id="b1", price=25)).changed
    assert [(found.key, found.field, found.after) for found in diff(library.open(), state)] == [("b1", "price", 25.0)]
    assert not apply(DOMAIN, state, _call("set_price", book_id="b1", price=25.0)).changed


def test_a_write_that_refuses_halfway_leaves_the_state_as_it_was(library: World) -> None:
    """The tool had already put the new price when it refused."""
    state = library.open()
    outcome = apply(DOMAIN, state, _call("set_price", book_id="b1", price=100.5))
    assert (outcome.text, outcome.error, outcome.changed) == ("Error: Too dear", True, False)
    assert state.digest() == library.open().digest()


def test_a_tool_that_breaks_is_a_crash_and_leaves_the_state_as_it_was(library: World) -> None:
    """Its exception is the environment's failure, never an answer; its cause stays attached."""
    state = library.open()
    with pytest.raises(ToolCrashed, match=r"shelf\.break_shelf raised RuntimeError") as crash:
        apply(DOMAIN, state, _call("break_shelf"))
    assert isinstance(crash.value.__cause__, RuntimeError)
    assert state.digest() == library.open().digest()


@pytest.mark.parametrize("name", ["nothing", "", "look_up", "a\udc80b"])
def test_a_tool_that_the_party_does_not_have_is_not_found(library: World, name: str) -> None:
    """The user's tools are not the agent's; whatever the name is, the answer can be sent on as UTF-8."""
    outcome = apply(DOMAIN, library.open(), _call(name))
    assert outcome.text == f"Error: Tool '{name.encode(errors='backslashreplace').decode()}' not found."
    assert outcome.error
    assert outcome.text.encode()


def test_the_user_calls_the_users_tools(library: World) -> None:
    """A call is made by a party; the same name may be one party's only."""
    state = library.open()
    assert apply(DOMAIN, state, ToolCall(name="look_up", requestor="user")).text == "said"
    assert apply(DOMAIN, state, ToolCall(name="close", requestor="user")).error


def test_calls_are_replayed_in_their_order_on_one_state(library: World) -> None:
    """Each call meets what the earlier ones left."""
    state = library.open()
    calls = [_call("set_price", book_id="b1", price=price) for price in (1, 101, 3)]
    assert [outcome.error for outcome in replay(DOMAIN, state, calls)] == [False, True, False]
    book = state.get("books", "b1", Book)
    assert book is not None
    assert book.price == 3.0


@pytest.mark.parametrize("price", [1.0, 0.1 + 0.2, 1e-7, 1e16, 1e22, -0.0, 0.000001, 123456.789])
@pytest.mark.parametrize("title", ["plain", "ünï", 'a "quoted" \\ one', "\u2028\x7f\x00", "😀", "1e5 and 0.00000"])
def test_a_result_is_written_as_the_standard_library_writes_it(price: float, title: str) -> None:
    """Numbers with exponents, letters beyond ASCII, control characters: the same bytes as `json.dumps`."""
    book = Book(title=title, author="A", price=price, tags={title: ""})
    expected = json.dumps({"title": title, "author": "A", "price": price, "tags": {title: ""}, "lent_to": None})
    assert written(book) == expected
    assert written(title) == title
