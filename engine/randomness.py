"""Randomness as an argument: every draw of a party is keyed by who draws, where, and which time."""

from random import Random

import msgspec


class Randomness(msgspec.Struct, frozen=True, kw_only=True):
    """The randomness of one party in one conversation.

    Keyed by names and numbers alone, never by hidden facts, so that a conversation is the same at any
    concurrency and every part of it can be drawn again on its own.
    """

    seed: int
    scenario: str
    trial: int
    role: str

    def at(self, turn: int, attempt: int = 0) -> Random:
        """For one move; `attempt` counts samples of the same move anew."""
        return Random(f"{self.seed}/{self.scenario}/{self.trial}/{self.role}/{turn}/{attempt}")

    def throughout(self, what: str) -> Random:
        """For a habit that holds for the whole conversation, such as an order of reading."""
        return Random(f"{self.seed}/{self.scenario}/{self.trial}/{self.role}/{what}")
