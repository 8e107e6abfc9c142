"""What a response's body says: whatever real servers have sent, it is a message, the model's trouble or the endpoint's."""

from typing import Any

import msgspec
import pytest

from engine.models.wire import LONGEST, Said, Unusable, read


def body(message: Any, ended: str | None = "stop") -> str:
    return msgspec.json.encode({"choices": [{"message": message, "finish_reason": ended}]}).decode()


def call(name: Any = "f", arguments: Any = "{}") -> dict[str, Any]:
    return {"id": "1", "type": "function", "function": {"name": name, "arguments": arguments}}


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"content": " Hello. "}, Said(text="Hello.")),
        ({"content": [{"type": "text", "text": "Hel"}, {"type": "text", "text": "lo."}, {"type": "image"}]}, Said(text="Hello.")),
        ({"content": None, "tool_calls": [call()]}, Said(calls=(("f", "{}"),))),
        ({"content": "", "tool_calls": [call(arguments={"a": 1})]}, Said(calls=(("f", '{"a":1}'),))),
        ({"tool_calls": [call(arguments=None)]}, Said(calls=(("f", "{}"),))),
        ({"tool_calls": [call(arguments='{"a": ')]}, Said(calls=(("f", '{"a": '),))),
        ({"tool_calls": [call(), call("g")]}, Said(calls=(("f", "{}"), ("g", "{}")))),
        ({"content": "Hi.", "reasoning_content": "hm"}, Said(text="Hi.", reasoning="hm")),
        ({"content": "Hi.", "reasoning": "hm"}, Said(text="Hi.", reasoning="hm")),
        ({"content": "Hi.", "reasoning": {"tokens": 3}}, Said(text="Hi.")),
        ({"content": "<think>hm</think>\n\nHi."}, Said(text="Hi.", reasoning="hm")),
        ({"content": "hm</think>Hi."}, Said(text="Hi.", reasoning="hm")),
        ({"content": None, "refusal": "I will not."}, Said(text="I will not.")),
        ({"content": "Hi.", "tool_calls": []}, Said(text="Hi.")),
    ],
)
def test_a_usable_message_is_read_in_every_form_in_which_servers_send_it(message: Any, said: Said) -> None:
    assert read(body(message)) == said


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (body({"content": ""}), "empty reply"),
        (body({"content": None}), "empty reply"),
        (body({}), "empty reply"),
        (body({"content": "<think>hm"}), "empty reply"),
        (body({"content": "Hello, I wou"}, "length"), "truncated reply"),
        (body({"tool_calls": [call()]}, "length"), "truncated reply"),
        (body({"content": "x" * (LONGEST + 1)}), "truncated reply"),
        (body({"content": '<tool_call>{"name": "f"}</tool_call>'}), "call written as text"),
        (body({"content": '[TOOL_CALLS] [{"name": "f"}]'}), "call written as text"),
    ],
)
def test_a_message_of_which_nothing_can_be_made_is_the_models_trouble_and_it_is_told(raw: str, reason: str) -> None:
    found = read(raw)
    assert isinstance(found, Unusable)
    assert (found.by, found.reason) == ("model", reason) and found.told


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "null",
        "[]",
        "<html>",
        body({"content": "Hi."})[:-5],
        '{"choices": null}',
        '{"choices": []}',
        '{"choices": [{}]}',
        '{"choices": [{"message": null}]}',
        '{"error": {"message": "busy"}}',
        body({"content": 7}),
        body({"content": "Hi.", "tool_calls": "none"}),
        body({"content": "Hi."}, "error"),
        body({"content": ""}, "content_filter"),
        '{"choices":' * 100_000,
    ],
)
def test_what_is_no_chat_completion_is_the_endpoints_trouble_and_not_told_to_the_model(raw: str) -> None:
    found = read(raw)
    assert isinstance(found, Unusable)
    assert (found.by, found.told) == ("endpoint", "") and found.detail
