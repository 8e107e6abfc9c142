"""What a run may spend. When it is spent nothing new is admitted, and what runs comes to its end: it is paid for already."""

from collections.abc import Iterable, Mapping
from typing import Any

from engine.models.prices import Prices
from engine.models.usage import Spent


class Budget:
    """At most so many tokens (prompts and completions) and so many USD; None: any."""

    def __init__(self, max_tokens: int | None = None, max_cost: float | None = None) -> None:
        self.max_tokens = max_tokens
        self.max_cost = max_cost
        self.so_far = Spent()

    def spent(self, usage: Mapping[str, Any]) -> None:
        """One reply more: also those of a resumed run's journal."""
        self.so_far = self.so_far.plus(usage)

    def admits(self) -> bool:
        """May another conversation begin?"""
        return not self.why()

    def why(self) -> str:
        """Why none may, in one line; empty when one may. A cost that nobody knows is more than any limit."""
        if self.max_tokens is not None and self.so_far.tokens >= self.max_tokens:
            return f"--max-tokens is reached: {self.so_far.tokens:,} of {self.max_tokens:,} tokens are spent"
        if self.max_cost is not None and self.so_far.cost >= self.max_cost:
            return f"--max-cost is reached: {self.so_far.cost:.2f} of {self.max_cost:.2f} USD are spent"
        if self.max_cost is not None and self.so_far.unpriced:
            return f"--max-cost cannot be held: the cost of {self.so_far.unpriced:,} replies is unknown; give a table of prices"
        return ""


def unpriced(models: Iterable[str], known: Prices) -> list[str]:
    """The models that no table has a price for, each once: what is said at the beginning."""
    return [model for model in dict.fromkeys(models) if known.of(model) is None]
