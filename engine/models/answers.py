"""What an endpoint's answer means: pure tables from status and words to what is done about it, and the line a person reads.

Endpoints agree on little: what they mean is in the status, in `error.code`, or in the words alone, which differ from server to
server (vLLM, SGLang, llama.cpp, Ollama, OpenRouter, OpenAI). What is not recognised is refused; too many of those end the run.
"""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Literal

import msgspec

from engine.models.wire import UNPARSED, Unusable, read

Kind = Literal["good", "unparsed", "odd", "turned away", "overloaded", "away", "too slow", "bad", "context full", "refused"]
"""unparsed: a reply of the model's that its server cannot read. odd: a good status without a completion. turned away: too much,
and the endpoint is there. overloaded: too much, and it may be away. away: nobody there, or an error. too slow: no answer in
time. bad: useless to ask again as it is configured. context full, refused: this one request."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A response as it came. Names of headers are in lower case."""

    status: int
    text: str
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)


class NoAnswer(Exception):
    """No response: nobody there, or not in time. `hopeless`: by a name, a certificate or a protocol that time will hardly mend;
    `nobody`: no server listens there, so that none has seen the request.
    """

    def __init__(self, kind: Literal["away", "too slow"], line: str, *, hopeless: bool = False, nobody: bool = False) -> None:
        super().__init__(line)
        self.kind: Literal["away", "too slow"] = kind
        self.line = line
        self.hopeless = hopeless
        self.nobody = nobody


class Meaning(msgspec.Struct, frozen=True, kw_only=True):
    """`line`: what was answered. `advice`: what a person can do."""

    kind: Kind
    line: str = ""
    advice: str = ""
    retry_after: float | None = None


_FILTER = "content_filter"
"""How an endpoint names its own refusal of a conversation: it is there, and has read it."""
_SLOW = {408, 504, 524}
_OVERLOADED = {503, 529}

_CONTEXT = re.compile(
    r"context_length_exceeded|exceed_context_size|maximum context length|context (length|window|size)"
    r"|prompt is too long|input (length|is too long)|longer than the model's",
    re.I,
)
_TOOLS = re.compile(
    r"not support\w*\s(\w+\s){0,3}tool|tool\w*.{0,30}(not support|unsupported|\brequires\b)|support tool use", re.I
)
_MODEL = re.compile(
    r"model_not_found|invalid model|not a valid model|no such model|unknown model|model\b.{0,100}(not found|not exist)", re.I
)
_CREDIT = re.compile(r"insufficient_quota|exceeded your current quota|insufficient (credit|balance|funds)", re.I)
_PARAMETER = re.compile(
    r"(unsupported|unknown|unrecognized|invalid)[ _](parameter|value|argument)|extra_forbidden|extra inputs are not", re.I
)


def meaning(answer: Answer, key: str) -> Meaning:
    """What a response means. `key`: the environment variable of the key, which advice names; empty where none is sent."""
    status = answer.status
    if 200 <= status < 300:
        return _odd(answer) or Meaning(kind="good")
    words = _words(answer.text)
    line = f"answered {status}" + (f": {quoted}" if (quoted := _quoted(answer.text)) else "")
    if UNPARSED.search(words):
        return Meaning(kind="unparsed", line=line)
    if bad := _bad(status, words, key):
        return Meaning(kind="bad", line=line, advice=bad)
    if status == 429:
        return Meaning(kind="turned away", line=line, retry_after=retry_after(answer.headers))
    if status in _OVERLOADED:
        return Meaning(kind="overloaded", line=line, retry_after=retry_after(answer.headers))
    if status >= 400 and _CONTEXT.search(words):
        return Meaning(kind="context full", line=line)
    if status in _SLOW:
        return Meaning(kind="too slow", line=line)
    if status >= 500 or status in (409, 425):
        return Meaning(kind="away", line=line)
    return Meaning(kind="refused", line=line)


def _odd(answer: Answer) -> Meaning | None:
    """What came as if all were well, and is the endpoint's trouble; None for whatever a model may have said."""
    found = read(answer.text)
    if not isinstance(found, Unusable) or found.by != "endpoint" or _FILTER in found.detail:
        return None
    quoted = _quoted(answer.text)
    line = f"answered {answer.status} without a chat completion" + (f": {quoted}" if quoted else "")
    return Meaning(
        kind="odd", line=line, advice="nothing else has ever come from there: correct the base URL (it mostly ends in /v1)"
    )


def _bad(status: int, words: str, key: str) -> str | None:
    """What to do where asking again is useless, None where it may help or only this request is wrong."""
    if status < 400:
        return "that is no address of a chat completion: correct the base URL"
    if _CONTEXT.search(words):
        return None
    if _TOOLS.search(words) and status != 429:
        return "the model cannot be given tools there: take another, or start its server with tools enabled"
    if status == 402 or (status in (403, 429) and _CREDIT.search(words)):
        return "there is no credit left: pay, or take another endpoint"
    if status in (401, 403):
        if not key:
            return "no key is sent there: name the environment variable of its own (--user-key-env, --judge-key-env)"
        return f"the key is taken from the environment variable {key}: set it to one that is allowed to use the model"
    if status in (400, 404) and _MODEL.search(words):
        return "correct the name of the model"
    if status in (404, 405, 410):
        return "correct the base URL (it mostly ends in /v1)"
    if status in (400, 422) and _PARAMETER.search(words):
        return "correct the sampling parameters"
    return None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait. A date counts from the response's own, so that no clock here has to be right; nonsense is None."""
    try:
        if (milliseconds := headers.get("retry-after-ms")) is not None:
            seconds = float(milliseconds) / 1_000
        elif (written := headers.get("retry-after")) is None:
            return None
        elif re.fullmatch(r"\s*[0-9.]+\s*", written):
            seconds = float(written)
        else:
            seconds = (parsedate_to_datetime(written) - parsedate_to_datetime(headers["date"])).total_seconds()
    except (ValueError, TypeError, KeyError, OverflowError):
        return None
    return seconds if 0 <= seconds < float("inf") else None


def _error(text: str) -> Any:
    try:
        body = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return text
    if not isinstance(body, dict):
        return text
    return next((body[name] for name in ("error", "message", "detail") if body.get(name)), text)


def _words(text: str) -> str:
    """All that may say what is meant: code, type and message."""
    error = _error(text[:20_000])
    if isinstance(error, dict):
        return " ".join(str(error.get(name) or "") for name in ("code", "type", "message"))
    return str(error)[:2_000]


def _quoted(text: str) -> str:
    """What it said, in one line that a terminal may be shown."""
    error = _error(text[:20_000])
    said = str(error.get("message") or error) if isinstance(error, dict) else str(error)
    said = re.sub(r"<(style|script|head)\b.*?</\1>|<[^>]*>", " ", said, flags=re.S | re.I)
    said = " ".join("".join(letter if letter.isprintable() else " " for letter in said).split())
    return f'"{said[:200]}{"…" if len(said) > 200 else ""}"' if said else ""
