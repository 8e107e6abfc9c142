"""What an endpoint's answer means, and what a person reads of it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.models.answers import Answer, meaning, retry_after

DATED = {"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}


def _error(message: str, code: str | None = None) -> str:
    return json.dumps({"error": {"message": message, "code": code, "type": "invalid_request_error"}})


TABLE = [
    (200, '{"choices": [{"message": {"content": ""}}]}', "good"),
    (200, '{"choices": [{"message": {"content": "no"}, "finish_reason": "content_filter"}]}', "good"),
    (200, '{"choices": [{"message": {"content": "no"}, "finish_reason": "error"}]}', "odd"),
    (200, _error("Failed to parse input at pos 12: </tool_call>"), "good"),
    (200, "<html>welcome</html>", "odd"),
    (200, _error("Provider overloaded"), "odd"),
    (200, '{"choices": []}', "odd"),
    (200, "", "odd"),
    (401, _error("Incorrect API key provided"), "bad"),
    (403, "Forbidden", "bad"),
    (404, _error("The model `x` does not exist", "model_not_found"), "bad"),
    (404, '{"detail":"Not Found"}', "bad"),
    (400, _error("x is not a valid model ID"), "bad"),
    (404, _error('model "x" not found, try pulling it first'), "bad"),
    (307, "", "bad"),
    (405, "", "bad"),
    (402, "", "bad"),
    (429, _error("You exceeded your current quota", "insufficient_quota"), "bad"),
    (429, _error("Rate limit reached for requests"), "turned away"),
    (429, "", "turned away"),
    (503, "", "overloaded"),
    (529, _error("Overloaded"), "overloaded"),
    (500, "", "away"),
    (502, "<html><head><title>502</title></head><body>Bad Gateway</body></html>", "away"),
    (504, "", "too slow"),
    (408, "", "too slow"),
    (400, _error("registry/library/x does not support tools"), "bad"),
    (400, _error('"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'), "bad"),
    (404, _error("No endpoints found that support tool use"), "bad"),
    (500, _error("tools param requires --jinja flag"), "bad"),
    (400, _error("This model's maximum context length is 4096 tokens. However, you requested 5000"), "context full"),
    (500, _error("Failed to parse input at pos 12: </tool_call>", "server_error"), "unparsed"),
    (500, _error("The model produced output that does not match the expected peg-native format"), "unparsed"),
    (500, _error("Failed to parse tool call arguments as JSON"), "away"),
    (400, _error("too long", "context_length_exceeded"), "context full"),
    (400, json.dumps({"error": {"type": "exceed_context_size_error", "message": "exceeds"}}), "context full"),
    (400, _error("The input (5000 tokens) is longer than the model's context length (4096 tokens)."), "context full"),
    (400, _error("Unsupported parameter: 'max_tokens'", "unsupported_parameter"), "bad"),
    (400, _error("messages with role 'tool' must be a response to a message with 'tool_calls'"), "refused"),
    (400, _error("The response was filtered", "content_filter"), "refused"),
    (413, "", "refused"),
]


@pytest.mark.parametrize(("status", "text", "kind"), TABLE)
def test_what_an_answer_means(status: int, text: str, kind: str) -> None:
    assert meaning(Answer(status=status, text=text), "KEY").kind == kind


def test_a_bad_one_says_what_was_answered_and_what_to_do() -> None:
    told = meaning(Answer(status=401, text=_error("Incorrect API key")), "MY_KEY")
    assert told.line == 'answered 401: "Incorrect API key"'
    assert "MY_KEY" in told.advice
    assert "--user-key-env" in meaning(Answer(status=401, text=""), "").advice
    odd = meaning(Answer(status=200, text="<html><title>Welcome</title></html>"), "MY_KEY")
    assert odd.line == 'answered 200 without a chat completion: "Welcome"' and "correct the base URL" in odd.advice


@given(st.text(max_size=400) | st.recursive(st.none() | st.text(), lambda each: st.lists(each) | st.dictionaries(
    st.sampled_from(["error", "message", "code", "detail"]), each)).map(json.dumps), st.integers(300, 599))  # fmt: skip
def test_whatever_it_says_is_one_short_printable_line(text: str, status: int) -> None:
    line = meaning(Answer(status=status, text=text), "KEY").line
    assert line.isprintable()
    assert len(line) < 250


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        (DATED, 30.0),
        ({**DATED, "date": "Wed, 21 Oct 2026 08:28:00 GMT"}, None),
        ({"retry-after": DATED["retry-after"]}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "1.2.3"}, None),
        ({"retry-after": "inf"}, None),
    ],
)
def test_how_long_it_asks_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    """A date counts from the response's own, so no clock here has to be right."""
    assert retry_after(headers) == seconds
