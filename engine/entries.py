"""What a journal is given: events, verdicts, and that a conversation is begun anew."""

from collections.abc import Sequence

import msgspec

from engine.checkers.verdict import Verdict
from engine.conversation.events import Event


class Happened(msgspec.Struct, frozen=True):
    """An event of a conversation, with its number."""

    conversation: int
    number: int
    event: Event


class Judged(msgspec.Struct, frozen=True):
    """A conversation's verdict."""

    conversation: int
    verdict: Verdict


class Retried(msgspec.Struct, frozen=True):
    """A conversation is begun anew, because the environment failed: what has happened in it goes, but for its first events."""

    conversation: int
    reason: str
    detail: str = ""
    kept: int = 0


Entry = Happened | Judged | Retried


def surviving(entries: Sequence[Entry]) -> Sequence[Entry]:
    """The entries without those of conversations that a later one of them begins anew, but for the events that it keeps."""
    if not any(isinstance(entry, Retried) for entry in entries):
        return entries
    kept: dict[int, int] = {}
    found = []
    for entry in reversed(entries):
        left = kept.get(entry.conversation)
        if isinstance(entry, Retried):
            kept[entry.conversation] = min(entry.kept, entry.kept if left is None else left)
        elif left is None or (isinstance(entry, Happened) and entry.number < left):
            found.append(entry)
    return found[::-1]
