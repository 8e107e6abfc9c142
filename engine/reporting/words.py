"""How varied a dataset is in its words and its course, counted conversation by conversation.

What is counted is masked (masking.py): two openings are the same when nothing but names, ids, dates and amounts differs.
Sentences are counted by hashes, and only those that came twice are kept as text.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence

import msgspec

from engine.conversation.events import Called, Event, Spoke
from engine.reporting.masking import masked, names_in
from engine.scenario import Scenario

OFTEN = 0.05
"""A masked sentence in more than this share of the conversations is one that is said too often."""

REPEATS = 40
"""Sentences said twice in a conversation that are named; how many such conversations there are is counted in any case."""

_END = re.compile(r"(?<=[.!?])[\"')]*\s+")

SHORT = 4
"""Sentences of fewer words than this ("Hi there!", "Anything else?") are nobody's in particular and are not counted."""


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What was found. `openings` and `courses`: how many different ones there are, by the number of conversations; `often`: the
    sentences beyond OFTEN with their shares; `repeated`: the share of conversations in which a party says one masked sentence
    twice, `repeats` the sentences with their numbers; `duplicates`, `masked_duplicates`: conversations that are like an
    earlier one, to the letter or masked.
    """

    conversations: int
    openings: float
    courses: float
    often: tuple[tuple[str, float], ...]
    repeated: float
    repeats: tuple[tuple[str, int], ...]
    duplicates: int
    masked_duplicates: int


class Wording:
    """Counts the words of conversations as they come."""

    def __init__(self) -> None:
        self._conversations = 0
        self._openings = set[bytes]()
        self._courses = set[bytes]()
        self._whole = Counter[bytes]()
        self._masked = Counter[bytes]()
        self._in = Counter[bytes]()
        self._texts: dict[bytes, str] = {}
        self._repeated = 0
        self._repeats = Counter[str]()

    def take(self, scenario: Scenario, events: Sequence[Event], policy: str = "") -> None:
        """One conversation. A sentence that stands in the policy (in small letters) is prescribed, and counts nowhere."""
        names = names_in(scenario, events)
        said = [(event.party, event.text) for event in events if isinstance(event, Spoke) and event.text]
        plain = [(party, masked(text, names)) for party, text in said]
        self._conversations += 1
        self._openings.add(_hash(next((text for party, text in plain if party == "user"), "")))
        self._courses.add(_hash(" ".join(_course(events))))
        self._whole[_hash(repr(said))] += 1
        self._masked[_hash(repr(plain))] += 1
        self._sentences(plain, policy)

    def _sentences(self, plain: Sequence[tuple[str, str]], policy: str) -> None:
        found = Counter[tuple[str, str]]()
        for party, text in plain:
            for sentence in _END.split(text.lower()):
                if len(sentence.split()) >= SHORT and sentence not in policy:
                    found[party, sentence] += 1
        for sentence in {sentence for _, sentence in found}:
            self._in[number := _hash(sentence)] += 1
            if self._in[number] == 2:
                self._texts[number] = sentence
        twice = [sentence for (_, sentence), count in found.items() if count > 1]
        self._repeated += bool(twice)
        self._repeats.update(twice)

    def found(self) -> Words:
        """The figures so far."""
        count = max(self._conversations, 1)
        often = [(self._texts[name], number / count) for name, number in self._in.items() if number > max(1, OFTEN * count)]
        often.sort(key=lambda each: (-each[1], each[0]))
        return Words(
            conversations=self._conversations,
            openings=round(len(self._openings) / count, 4),
            courses=round(len(self._courses) / count, 4),
            often=tuple((sentence, round(share, 4)) for sentence, share in often),
            repeated=round(self._repeated / count, 4),
            repeats=tuple(sorted(self._repeats.items(), key=lambda each: (-each[1], each[0]))[:REPEATS]),
            duplicates=count - len(self._whole) if self._conversations else 0,
            masked_duplicates=count - len(self._masked) if self._conversations else 0,
        )


def _course(events: Sequence[Event]) -> list[str]:
    """A conversation as its acts and tools, in their order; of a model's message that it spoke."""
    course = []
    for event in events:
        if isinstance(event, Spoke):
            course.append(f"{event.party}:" + ("+".join(act.kind for act in event.meaning) or "speaks"))
        elif isinstance(event, Called):
            course.append(event.name)
    return course


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()
