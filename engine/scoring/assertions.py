"""Assertions in words about a conversation: the question that a judge is asked, and what its reply says.

Pure; `judging.py` asks. What the parties said stands in JSON, so that no message can pass for a part of the question.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from typing import Any

import msgspec

from engine.conversation.events import Called, Event, Returned, Spoke
from engine.models.wire import Said, Unusable, read
from engine.scenario import Scenario

Row = dict[str, Any]

LONGEST_RESULT = 4_000
"""Letters of a tool's answer that a judge is shown."""

_prompt = files("engine.scoring").joinpath("judging.txt").read_text(encoding="utf-8").strip()
_LIST = re.compile(r"\[[^\[\]]*\](?=[\s`]*$)")
"""The list that a reply ends with; some models cannot help thinking aloud before it, or putting it between fences."""

_decoder = msgspec.json.Decoder(list[bool])


def question(scenario: Scenario, events: Iterable[Event]) -> tuple[Row, ...]:
    """The messages by which a judge is asked about all assertions of a scenario at once."""
    happened = "\n".join(msgspec.json.encode(line).decode() for line in _lines(events))
    stated = "\n".join(f"{number}. {' '.join(text.split())}" for number, text in enumerate(scenario.assertions, 1))
    asked = f"The conversation:\n{happened}\n\nThe statements:\n{stated}"
    return {"role": "system", "content": _prompt}, {"role": "user", "content": asked}


def asked_again(rows: Sequence[Row], told: str) -> tuple[Row, ...]:
    """The question with what was wrong with the last reply to it."""
    return (*rows[:-1], rows[-1] | {"content": f"{rows[-1]['content']}\n\n[{told}]"}) if told else tuple(rows)


def digest(rows: Sequence[Row]) -> str:
    """Names a question: sha256 (hex) over its messages."""
    return hashlib.sha256(msgspec.json.encode(rows)).hexdigest()


def answers(raw: str, count: int) -> tuple[bool, ...] | Unusable:
    """What a reply says of each assertion, or what is wrong with it."""
    said = read(raw)
    if isinstance(said, Unusable):
        return said
    found = _list(said)
    if len(found) == count:
        return found
    told = f"Your last reply was not understood. Answer with nothing but a JSON list of {count} booleans."
    return Unusable(reason="unusable judgement", told=told, detail=said.text[:200])


def _list(said: Said) -> tuple[bool, ...]:
    """The booleans with which a text ends; none where it ends otherwise."""
    if (written := _LIST.search(said.text)) is None:
        return ()
    try:
        return tuple(_decoder.decode(written[0]))
    except msgspec.DecodeError:
        return ()


def _lines(events: Iterable[Event]) -> Iterator[Row]:
    for event in events:
        match event:
            case Spoke(party=party, text=text) if text:
                yield {"agent" if party == "agent" else "customer": text}
            case Called(party=party, name=name, arguments=arguments):
                yield {f"{party} calls" if party == "agent" else "customer calls": name, "arguments": arguments}
            case Returned(text=text):
                yield {"answer": text if len(text) <= LONGEST_RESULT else f"{text[:LONGEST_RESULT]}…"}
