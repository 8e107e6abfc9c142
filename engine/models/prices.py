"""What tokens cost, by model: a table in TOML, ours or a person's own. What is in no table has no known cost, never none."""

import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

_DATED = re.compile(r"-20\d\d-?\d\d-?\d\d$")
_MILLION = 1_000_000


class Price(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """USD per million tokens. `cached`: of a prompt's tokens that the endpoint's cache already knew (None: as any other)."""

    prompt: float
    completion: float
    cached: float | None = None

    def __post_init__(self) -> None:
        if min(self.prompt, self.completion, self.cached or 0.0) < 0:
            raise ValueError("prices are 0 or more")

    def cost(self, prompt: int, completion: int, cached: int = 0) -> float:
        """USD; `cached` tokens are among the prompt's."""
        cached = min(cached, prompt)
        known = self.prompt if self.cached is None else self.cached
        return ((prompt - cached) * self.prompt + cached * known + completion * self.completion) / _MILLION


class Prices:
    """A table. A model's dated name (`gpt-4o-2024-08-06`) has the price of the undated one unless it has its own."""

    def __init__(self, table: Mapping[str, Price]) -> None:
        self._table = dict(table)

    def of(self, model: str) -> Price | None:
        """None: unknown."""
        return self._table.get(model) or self._table.get(_DATED.sub("", model))


def prices(own: Path | None = None) -> Prices:
    """Our table, and over it a person's own. Raises ValueError, in one line, for a file that is none."""
    table = _read(files("engine.models").joinpath("prices.toml").read_text(encoding="utf-8"))
    if own is not None:
        try:
            table.update(_read(own.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
            raise ValueError(
                f"{own}: no table of prices ({error}); each model is ['NAME'] with prompt, completion and maybe cached, in USD "
                "per million tokens"
            ) from None
    return Prices(table)


def priced(usage: Mapping[str, Any], known: Prices) -> Mapping[str, Any]:
    """What a reply used, with its cost where that was unknown when it came and its model has a price now."""
    price, prompt = known.of(usage.get("model") or ""), usage.get("prompt_tokens")
    if price is None or prompt is None or usage.get("cost") is not None:
        return usage
    return {**usage, "cost": price.cost(prompt, usage.get("completion_tokens") or 0, usage.get("cached_tokens") or 0)}


def _read(text: str) -> dict[str, Price]:
    return msgspec.convert(tomllib.loads(text), dict[str, Price])
