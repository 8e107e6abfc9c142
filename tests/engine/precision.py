"""Precision and recall of what reads text, over messages that a person labelled: `python -m tests.engine.precision`.

`labelled/README.md` says what the labels mean. Real messages are read where TAU2_DATA has them, and left out elsewhere.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec

from engine.reading.claiming import claims
from engine.reading.consent import read
from engine.reading.posing import poses_as_agent
from engine.reading.refusing import refuses
from servers import load

LABELLED = Path(__file__).parent / "labelled"
TAU2 = Path(os.environ.get("TAU2_DATA", Path(__file__).parents[3] / "shared" / "tau2"))

Row = dict[str, Any]
Source = Literal["own", "real"]


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
    judged = [(row, found(row), there(row)) for row in rows]
    return Count(
        len(rows),
        sum(1 for _, yes, true in judged if yes and true),
        tuple(row for row, yes, true in judged if yes and not true),
        tuple(row for row, yes, true in judged if true and not yes),
    )


def rows(kind: str, source: Source) -> list[Row]:
    """The labelled messages of a kind: consent, refusals, claims or customers."""
    if source == "own":
        return [msgspec.json.decode(line) for line in (LABELLED / f"{kind}.jsonl").read_bytes().splitlines()]
    return [row for row in _real() if row["kind"] == kind.removesuffix("s")]


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


def _surfaces(row: Row) -> tuple[str, ...]:
    return next(rule.surfaces for rule in load(row["domain"]).rules if rule.name == row["rule"])


COUNTS: dict[str, tuple[str, Callable[[list[Row]], Count]]] = {
    "a yes": ("consent", lambda of: count(of, lambda row: _consent(row) == "yes", lambda row: row["label"] == "yes")),
    "not a yes": (
        "consent",
        lambda of: count(of, lambda row: _consent(row) not in ("yes", "unsure"), lambda row: row["label"] != "yes"),
    ),
    "a refusal": ("refusals", lambda of: count(of, lambda row: refuses(row["text"]) == "yes", lambda row: bool(row["label"]))),
    "no refusal": ("refusals", lambda of: count(of, lambda row: refuses(row["text"]) == "no", lambda row: not row["label"])),
    "a refusal for its rule": (
        "refusals",
        lambda of: count(
            [row for row in of if row.get("rule")], lambda row: refuses(row["text"], _surfaces(row)) == "yes", lambda _: True
        ),
    ),
    "a claim": ("claims", lambda of: count(of, lambda row: bool(_claims(row)), lambda row: bool(row["label"]))),
    "a claim that names its tool": (
        "claims",
        lambda of: count(
            [row for row in of if row["label"] and _claims(row)],
            lambda row: True,
            lambda row: all(claim & set(row["tools"]) for claim in _claims(row)),
        ),
    ),
    "an agent's words of a customer": (
        "customers",
        lambda of: count(of, lambda row: poses_as_agent(row["text"]), lambda row: bool(row["label"])),
    ),
}


def counted(name: str, source: Source = "own") -> Count:
    """A line of the table."""
    kind, of = COUNTS[name]
    return of(rows(kind, source))


def table() -> Iterator[str]:
    yield f"{'read as':32} {'from':5} {'messages':>8} {'found':>6} {'precision':>9} {'recall':>7}"
    for name in COUNTS:
        for source in ("own", "real"):
            line = counted(name, source)
            if line.of:
                found = line.right + len(line.wrong)
                yield f"{name:32} {source:5} {line.of:8} {found:6} {line.precision:9.3f} {line.recall:7.3f}"


if __name__ == "__main__":
    print("\n".join(table()))
