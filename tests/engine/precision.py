"""Precision and recall of what reads text, over messages that a person labelled: `python -m tests.engine.precision`.

`labelled/README.md` says what the labels mean, and which sets the readers were made with. Real messages are read where
TAU2_DATA has them, and left out elsewhere.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec

from engine.checkers.claims import things
from engine.reading.claiming import claims
from engine.reading.consent import read
from engine.reading.posing import poses_as_agent
from engine.reading.refusing import refuses
from servers import load
from servers.worlds import open_world
from tests.engine.recorded import Talk

LABELLED = Path(__file__).parent / "labelled"
TAU2 = Path(os.environ.get("TAU2_DATA", Path(__file__).parents[3] / "shared" / "tau2"))

Row = dict[str, Any]
Source = Literal["first", "held_out", "third", "real"]
SOURCES: tuple[Source, ...] = get_args(Source)


class Count(msgspec.Struct, frozen=True):
    """What a reader found among labelled messages: rightly, wrongly, and what it missed."""

    of: int
    right: int
    wrong: tuple[Row, ...]
    missed: tuple[Row, ...]

    @property
    def precision(self) -> float:
        found = self.right + len(self.wrong)
        return self.right / found if found else 1.0

    @property
    def recall(self) -> float:
        there = self.right + len(self.missed)
        return self.right / there if there else 1.0


def count(rows: list[Row], found: Callable[[Row], bool], there: Callable[[Row], bool]) -> Count:
    """Messages in which something is found, against those in which it is."""
    return counted_pairs(rows, lambda row: {True} if found(row) else set(), lambda row: {True} if there(row) else set())


def counted_pairs(rows: list[Row], found: Callable[[Row], Iterable[Any]], there: Callable[[Row], set[Any]]) -> Count:
    """Pairs of a message and what it is said to have, against those that it has."""
    judged = [(row, frozenset(found(row)), there(row)) for row in rows]
    return Count(
        len(rows),
        sum(len(said & true) for _, said, true in judged),
        tuple(row for row, said, true in judged for _ in said - true),
        tuple(row for row, said, true in judged for _ in true - said),
    )


def rows(kind: str, *sources: Source) -> list[Row]:
    """The labelled messages of a kind: consent, refusals, claims, customers or amounts."""
    return [row for source in sources for row in _rows(kind, source)]


def _rows(kind: str, source: Source) -> list[Row]:
    if source == "real":
        return [row for row in _real() if row["kind"] == kind.removesuffix("s")]
    path = (LABELLED if source == "first" else LABELLED / source) / f"{kind}.jsonl"
    return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()] if path.is_file() else []


def _real() -> Iterator[Row]:
    """The messages of real conversations, with their texts; none where the data is missing."""
    path = TAU2 / "conversations" / "gpt4o_airline.jsonl"
    if not path.is_file():
        return
    recorded = [msgspec.json.decode(line)["traj"] for line in path.read_bytes().splitlines()]
    for line in (LABELLED / "real.jsonl").read_bytes().splitlines():
        row = msgspec.json.decode(line)
        said = recorded[row["line"]]
        before = next(
            (m["content"] for m in reversed(said[: row["message"]]) if m["role"] == "assistant" and m.get("content")), ""
        )
        yield {**row, "domain": "airline", "text": said[row["message"]]["content"], "proposal": before}


def _consent(row: Row) -> str:
    return read(row["text"], row["proposal"])


def _claims(row: Row) -> tuple[frozenset[str], ...]:
    return claims(row["text"], load(row["domain"]).tools)


def _claims_rightly(row: Row) -> bool:
    return bool(row["label"]) and all(claim & set(row["tools"]) for claim in _claims(row))


def _rules(row: Row) -> Iterator[str]:
    """Every rule of the domain for which a message is certainly a refusal."""
    rules = load(row["domain"]).rules
    return (rule.name for rule in rules if refuses(row["text"], rules, rule.name) == "yes")


def _amounts(row: Row) -> str:
    """What becomes of the amounts and keys in a message, after what was shown."""
    domain = load(row["domain"])
    talk = Talk(domain, open_world(domain, "small:7")).user("Hi.")
    for text in row["shown"]:
        talk = talk.calls(domain.tools[0].name, answer=text) if text[:1] in "{[" else talk.user(text)
    recording = talk.agent(row["text"]).recording()
    found = [result for result, _, _ in things(recording, recording.said_by_agent)]
    return "fail" if "fail" in found else "unsure" if found else "pass"


Counting = Callable[[list[Row]], Count]
COUNTS: dict[str, tuple[str, Counting]] = {
    "a yes": ("consent", lambda of: count(of, lambda row: _consent(row) == "yes", lambda row: row["label"] == "yes")),
    "not a yes": (
        "consent",
        lambda of: count(of, lambda row: _consent(row) not in ("yes", "unsure"), lambda row: row["label"] != "yes"),
    ),
    "a change of wish": (
        "consent",
        lambda of: count(of, lambda row: _consent(row) == "change", lambda row: row["label"] == "change"),
    ),
    "a refusal": ("refusals", lambda of: count(of, lambda row: refuses(row["text"]) == "yes", lambda row: bool(row["label"]))),
    "no refusal": ("refusals", lambda of: count(of, lambda row: refuses(row["text"]) == "no", lambda row: not row["label"])),
    "a refusal for its rule": (
        "refusals",
        lambda of: counted_pairs(of, _rules, lambda row: {row["rule"]} if row.get("rule") else set()),
    ),
    "a claim": ("claims", lambda of: count(of, lambda row: bool(_claims(row)), lambda row: bool(row["label"]))),
    "a claim that names its tool": (
        "claims",
        lambda of: Count(
            len(of),
            sum(1 for row in of if _claims(row) and _claims_rightly(row)),
            tuple(row for row in of if _claims(row) and not _claims_rightly(row)),
            tuple(row for row in of if row["label"] and not _claims(row)),
        ),
    ),
    "amounts from nowhere": ("amounts", lambda of: count(of, lambda row: _amounts(row) == "fail", lambda row: not row["label"])),
    "an agent's words of a customer": (
        "customers",
        lambda of: count(of, lambda row: poses_as_agent(row["text"]), lambda row: bool(row["label"])),
    ),
}
REJECTING = ("not a yes", "no refusal", "a claim", "a claim that names its tool", "amounts from nowhere")
"""What can reject a trajectory."""


def counted(name: str, *sources: Source) -> Count:
    """A line of the table, over the messages of these sources."""
    kind, of = COUNTS[name]
    return of(rows(kind, *sources))


def table() -> Iterator[str]:
    yield f"{'read as':32} {'from':8} {'messages':>8} {'found':>6} {'precision':>9} {'recall':>7}"
    for name in COUNTS:
        for source in SOURCES:
            line = counted(name, source)
            if line.of:
                found = line.right + len(line.wrong)
                yield f"{name:32} {source:8} {line.of:8} {found:6} {line.precision:9.3f} {line.recall:7.3f}"


if __name__ == "__main__":
    print("\n".join(table()))
