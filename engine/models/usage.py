"""What replies used: read from a response's body, added up by role, conversation and run."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from engine.conversation.events import Event, Replied
from engine.models.prices import Price

LETTERS = 4
"""Bytes that count as a token where an endpoint does not say how many there were."""


class _Body(msgspec.Struct, frozen=True):
    usage: Any = None
    choices: Any = None


_decoder = msgspec.json.Decoder(_Body)


def used(raw: str, asked: int, price: Price | None) -> dict[str, Any]:
    """`prompt_tokens`, `completion_tokens`, maybe `cached_tokens` and `cost` of a reply; `asked`: the request's bytes.

    An endpoint that answers without usage is estimated by length, and that is said (`estimated`): a budget has to hold there
    too. What is no completion used nothing that anybody knows of. Without a price, the endpoint's own cost counts.
    """
    try:
        body = _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return {}
    told = body.usage if isinstance(body.usage, dict) else {}
    prompt, completion = _count(told.get("prompt_tokens")), _count(told.get("completion_tokens"))
    if prompt is None or completion is None:
        if not body.choices:
            return {}
        counted = {"prompt_tokens": -(-asked // LETTERS), "completion_tokens": -(-len(raw) // LETTERS), "estimated": True}
        return counted | _cost(price, counted["prompt_tokens"], counted["completion_tokens"], 0, None)
    details = told.get("prompt_tokens_details")
    cached = _count(details.get("cached_tokens")) if isinstance(details, dict) else None
    counted = {"prompt_tokens": prompt, "completion_tokens": completion}
    if cached is not None:
        counted["cached_tokens"] = cached
    return counted | _cost(price, prompt, completion, cached or 0, told.get("cost"))


def _cost(price: Price | None, prompt: int, completion: int, cached: int, told: Any) -> dict[str, Any]:
    if price is not None:
        return {"cost": price.cost(prompt, completion, cached)}
    return {"cost": float(told)} if isinstance(told, int | float) and not isinstance(told, bool) and told >= 0 else {}


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """A sum. `cost` is of the replies whose cost is known; `unpriced` counts the others, `estimated` those without usage."""

    replies: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    cost: float = 0.0
    unpriced: int = 0
    estimated: int = 0
    seconds: float = 0.0

    @property
    def tokens(self) -> int:
        """Of prompts and completions."""
        return self.prompt_tokens + self.completion_tokens

    def plus(self, usage: Mapping[str, Any]) -> "Spent":
        """With one more reply. Replies that used nothing known have no price to miss."""
        counted = usage.get("prompt_tokens") is not None
        return Spent(
            replies=self.replies + 1,
            prompt_tokens=self.prompt_tokens + (usage.get("prompt_tokens") or 0),
            completion_tokens=self.completion_tokens + (usage.get("completion_tokens") or 0),
            cached_tokens=self.cached_tokens + (usage.get("cached_tokens") or 0),
            cost=self.cost + (usage.get("cost") or 0.0),
            unpriced=self.unpriced + (counted and usage.get("cost") is None),
            estimated=self.estimated + bool(usage.get("estimated")),
            seconds=self.seconds + (usage.get("seconds") or 0.0),
        )


class Ledger:
    """What a run has spent, all of it and by role; a conversation's own share is in its events (`by_party`)."""

    def __init__(self) -> None:
        self.run = Spent()
        self.roles: dict[str, Spent] = {}

    def add(self, role: str, usage: Mapping[str, Any]) -> None:
        """One reply more."""
        self.run = self.run.plus(usage)
        self.roles[role] = self.roles.get(role, Spent()).plus(usage)


def by_party(events: Iterable[Event]) -> dict[str, Spent]:
    """What the replies in a conversation used, by the party that they were made for."""
    spent: dict[str, Spent] = {}
    for event in events:
        if isinstance(event, Replied):
            spent[event.party] = spent.get(event.party, Spent()).plus(event.usage)
    return spent
