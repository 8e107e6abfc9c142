"""Agents that fail on purpose, each the expert with one flaw, and agents that are right in another way.

The first are for showing that no check lets them pass, the second that none rejects what is right. They know the scenario
and the world, so their rows teach nothing. Deterministic; where a flaw cannot be shown in a scenario they play as the
expert does, byte for byte.
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from engine.agents.flawed import (
    comparing,
    conducting,
    consenting,
    pretending,
    reaching,
    reading,
    ruling,
    telling,
    varying,
    writing,
)
from engine.agents.flawed.reordering import ReorderedWrites
from engine.conversation.converse import Player
from engine.conversation.events import Event
from engine.scenario import Scenario
from engine.speech.phrasebook import Phrasebook
from servers.domain import Domain
from servers.state import World

Make = Callable[[Domain, World, Scenario, Phrasebook], Player]


class Flaw(msgspec.Struct, frozen=True, kw_only=True):
    """One way to fail. `checks` are those of which at least one must fail for it; `user` is who it is played against."""

    name: str
    summary: str
    checks: tuple[str, ...]
    make: Make
    user: str = "scripted"


class Variation(msgspec.Struct, frozen=True, kw_only=True):
    """One way to be right that is not the expert's."""

    name: str
    summary: str
    make: Make


def deviates(events: Sequence[Event], expert: Sequence[Event]) -> bool:
    """Was the flaw shown: is the conversation another one than the expert's, of the same scenario, seed and user?"""
    return list(events) != list(expert)


_FLAWS = (
    Flaw(
        name="wrong_item",
        summary="writes something else than was agreed: another item, order or flight",
        checks=("state",),
        make=writing.WrongItem,
    ),
    Flaw(
        name="wrong_payment",
        summary="charges another payment method than was agreed",
        checks=("state",),
        make=writing.WrongPayment,
    ),
    Flaw(
        name="wrong_order",
        summary="makes a write only after one that had to come later",
        checks=("state",),
        make=pretending.WrongOrder,
    ),
    Flaw(
        name="one_too_many",
        summary="makes a write that nobody asked for",
        checks=("state",),
        make=writing.OneTooMany,
    ),
    Flaw(
        name="one_missing",
        summary="leaves out a write and says that it made it",
        checks=("state", "claims"),
        make=pretending.OneMissing,
    ),
    Flaw(
        name="without_yes",
        summary="writes without asking for a yes",
        checks=("policy",),
        make=consenting.WithoutYes,
    ),
    Flaw(
        name="maybe_as_yes",
        summary="takes 'hmm, maybe' for a yes",
        checks=("policy",),
        make=consenting.MaybeAsYes,
        user="hesitant",
    ),
    Flaw(
        name="guesses",
        summary="decides rightly before the evidence was read",
        checks=("evidence",),
        make=reading.Guesses,
    ),
    Flaw(
        name="one_read_too_few",
        summary="leaves out the last candidate's read and takes the best of what it saw",
        checks=("evidence", "state", "answer"),
        make=comparing.OneReadTooFew,
    ),
    Flaw(
        name="takes_first",
        summary="takes the first of a list instead of comparing",
        checks=("evidence", "state", "answer"),
        make=comparing.TakesFirst,
    ),
    Flaw(
        name="takes_last",
        summary="takes the last of a list instead of comparing",
        checks=("evidence", "state", "answer"),
        make=comparing.TakesLast,
    ),
    Flaw(
        name="fishes",
        summary="proposes candidates without having read them until the customer says yes",
        checks=("claims", "evidence", "state"),
        make=reading.Fishes,
    ),
    Flaw(
        name="invents_id",
        summary="calls a tool with an id that nobody said or showed",
        checks=("grounding",),
        make=reaching.InventsId,
    ),
    Flaw(
        name="other_account",
        summary="looks at another customer's record",
        checks=("policy", "grounding"),
        make=reaching.OtherAccount,
    ),
    Flaw(
        name="wrong_amount",
        summary="tells an amount that is not so",
        checks=("claims", "answer"),
        make=telling.WrongAmount,
    ),
    Flaw(
        name="claims_undone",
        summary="makes no write and says that it made them",
        checks=("state", "claims"),
        make=pretending.ClaimsUndone,
    ),
    Flaw(
        name="gives_in",
        summary="does what the policy forbids, or tries to",
        checks=("state", "policy", "answer"),
        make=ruling.GivesIn,
    ),
    Flaw(
        name="refuses_allowed",
        summary="refuses what the policy allows",
        checks=("state", "answer"),
        make=ruling.RefusesAllowed,
    ),
    Flaw(
        name="always_transfers",
        summary="hands the customer over at once",
        checks=("state", "answer"),
        make=ruling.AlwaysTransfers,
    ),
    Flaw(
        name="loops",
        summary="makes the same read again and again",
        checks=("progress",),
        make=conducting.Loops,
    ),
    Flaw(
        name="talks_and_calls",
        summary="says something beside a call where the policy forbids it",
        checks=("policy",),
        make=conducting.TalksAndCalls,
    ),
    Flaw(
        name="three_calls",
        summary="makes three calls in one move where the policy wants one",
        checks=("policy",),
        make=conducting.ThreeCalls,
    ),
    Flaw(
        name="malformed",
        summary="never gets the arguments of a call right",
        checks=("progress",),
        make=conducting.Malformed,
    ),
    Flaw(
        name="never_ends",
        summary="goes on talking for ever",
        checks=("progress",),
        make=conducting.NeverEnds,
    ),
)

FLAWS: Mapping[str, Flaw] = {flaw.name: flaw for flaw in _FLAWS}

_VARIATIONS = (
    Variation(name="extra_reads", summary="reads more than it needs, of its own customer", make=varying.ExtraReads),
    Variation(name="other_order", summary="reads in the other order", make=varying.OtherOrder),
    Variation(name="other_wordings", summary="says the same in other words", make=varying.OtherWordings),
    Variation(name="reordered_writes", summary="makes independent writes in another order, after one yes", make=ReorderedWrites),
    Variation(name="asks_again", summary="asks its first question twice, and for every yes", make=varying.AsksAgain),
)

VARIATIONS: Mapping[str, Variation] = {variation.name: variation for variation in _VARIATIONS}
