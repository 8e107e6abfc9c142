"""What a text says has become of requests, sentence by sentence: done or refused, and what it goes on with after that."""

from collections.abc import Sequence
from functools import lru_cache

import msgspec

from engine.reading.claiming import claims
from engine.reading.reasons import reason
from engine.reading.refusing import refusals
from engine.reading.sentences import sentences
from servers.domain import Tool
from servers.rules import Rule

REPORT, REFUSE, UNCLEAR = "report.done", "refuse", "refuse.unclear"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """`kinds` are the acts that settle something, in order, none twice in a row; `rest` is the text behind the last."""

    kinds: tuple[str, ...] = ()
    rest: str = ""


def outcome(text: str, tools: Sequence[Tool], rules: Sequence[Rule]) -> Outcome:
    """What a text says was done and what it refuses."""
    return _read(text, tuple(tools), tuple(rules))


_MOST = 4000


@lru_cache(maxsize=256)
def _read(text: str, tools: tuple[Tool, ...], rules: tuple[Rule, ...]) -> Outcome:
    text = text[:_MOST]
    whole = [_refusal(near, rules) for near in refusals(text)]
    done = bool(claims(text, tools))
    kinds, last, parts = list[str](), -1, sentences(text)
    for place, part in enumerate(parts):
        kind = _of_sentence(part, tools, whole if whole else [], done=done)
        if kind is not None:
            last = place
            kinds += [kind] if not kinds or kinds[-1] != kind else []
    if not kinds:
        kinds = [REPORT] if done else whole[:1]
    return Outcome(kinds=tuple(kinds), rest=" ".join(parts[last + 1 :]) if last >= 0 else text)


def _of_sentence(part: str, tools: tuple[Tool, ...], refused: Sequence[str], *, done: bool) -> str | None:
    if done and claims(part, tools):
        return REPORT
    if refused and any(True for _ in refusals(part)):
        return next((kind for kind in refused if kind != UNCLEAR), UNCLEAR)
    return None


def _refusal(near: str, rules: tuple[Rule, ...]) -> str:
    name = reason(near, rules)
    return UNCLEAR if name is None else f"{REFUSE}.{name}"
