"""What judges replied about a run's conversations, kept in its journal as it comes: asked once, paid for once.

One note for each judge and conversation. It belongs to the question that was asked: a conversation that was begun anew, or whose
assertions are others now, has another question, and what was said of the old one counts no more.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from engine.checkers.verdict import Verdict
from engine.conversation.events import Event, Reply
from engine.folder import BadRun
from engine.journal import Journal, JournalFailed
from engine.scenario import Scenario
from engine.scoring.assertions import answers, digest, question
from engine.scoring.outcome import Outcome
from engine.scoring.public import Met, public_reward

_BEGINNING = "judged "
JUDGE = "judge"
"""The note that names the judge who was asked last."""
_SAMPLING = "sampling of the judge "
"""How notes begin that say with which parameters a judge is asked."""


class _Kept(msgspec.Struct):
    question: str
    replies: list[Reply]


_decoder = msgspec.json.Decoder(_Kept)


class Judgements:
    """The replies of one judge: the one who is named, or who was asked last (`judge` is empty: nobody was)."""

    def __init__(self, journal: Journal, judge: str | None = None) -> None:
        self._journal = journal
        self.judge = (journal.note(JUDGE) or "") if judge is None else judge

    def name(self) -> None:
        """Note that this judge is the one who is asked now."""
        self._journal.set_note(JUDGE, self.judge)

    def replies(self, conversation: int, asked: str) -> list[Reply]:
        """What was replied to a question (its digest) about a conversation (its key)."""
        kept = self._journal.note(self._note(conversation))
        try:
            found = _decoder.decode(kept) if kept is not None else None
        except msgspec.DecodeError as error:
            raise JournalFailed(f"the journal is damaged: {self._note(conversation)}: {error}") from None
        return found.replies if found is not None and found.question == asked else []

    def keep(self, conversation: int, asked: str, replies: Sequence[Reply]) -> None:
        """Keep all that was replied so far; committed when this returns."""
        kept = _Kept(question=asked, replies=list(replies))
        self._journal.set_note(self._note(conversation), msgspec.json.encode(kept).decode())

    def met(self, conversation: int, scenario: Scenario, events: Sequence[Event]) -> Met | None:
        """What the judge said of each assertion; None where there is nothing usable."""
        if not self.judge or not scenario.assertions:
            return None
        for reply in reversed(self.replies(conversation, digest(question(scenario, events)))):
            found = answers(reply.raw, len(scenario.assertions))
            if isinstance(found, tuple):
                return found
        return None

    def reward(self, conversation: int, scenario: Scenario, verdict: Verdict | None, events: Sequence[Event]) -> Outcome | None:
        """Was the public benchmark's reward 1? None for a task of ours."""
        if not scenario.basis:
            return None
        return public_reward(scenario, verdict, events, self.judge, self.met(conversation, scenario, events))

    def _note(self, conversation: int) -> str:
        return f"{_BEGINNING}{conversation} by {self.judge}"


def usages(journal: Journal) -> Iterator[Mapping[str, Any]]:
    """What every reply of a judge used."""
    for kept in journal.notes(_BEGINNING).values():
        yield from (reply.usage for reply in _decoder.decode(kept).replies)


def claim(journal: Journal, name: str, judge: str, sampling: Mapping[str, Any]) -> None:
    """The judge is asked with these parameters in this run. Raises BadRun where others stand behind answers that it gave."""
    note, asked = f"{_SAMPLING}{judge}", msgspec.json.encode(sampling, order="sorted").decode()
    before = journal.note(note)
    if before is not None and before != asked and any(kept.endswith(f" by {judge}") for kept in journal.notes(_BEGINNING)):
        raise BadRun(f"{name}: the judge {judge} has answered here with --judge-sampling {before}, not {asked}; keep it")
    journal.set_note(note, asked)


def copied(there: Journal, here: Journal) -> None:
    """What judges said of the conversations of another run, which has the same questions; and who was asked last.

    What was said here stands.
    """
    for name, kept in (there.notes(_BEGINNING) | there.notes(_SAMPLING)).items():
        if here.note(name) is None:
            here.set_note(name, kept)
    if (judge := there.note(JUDGE)) is not None:
        here.set_note(JUDGE, judge)
