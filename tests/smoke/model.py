"""`python -m tests.smoke.model`: a few short scenarios with a small real model in every part.

Never for scores: a small model fails most of them. Each failure must be named: whose it is, by which check, in which words.
The table says so; the trajectories lie beside it, to be read: would a person agree? A quarter of an hour on one core.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from engine.checkers.verdict import Verdict
from engine.cli.screen import screen, table
from engine.conversation.events import Opened
from engine.deploying import JOURNAL
from engine.journal import Journal
from engine.models.usage import by_party
from engine.scenario import Scenario, encode, load
from tests.conftest import ROOT
from tests.smoke.serving import Missing, Model, found, serving

PARTIES = (("openai", "scripted"), ("openai", "openai"), ("guided", "guided"))
"""Who plays agent and customer: a model in each part, in both, and in the wording alone."""

BUDGET = 400_000
"""Tokens after which a pair begins no further conversation."""

_PLAYING = ("--tools", "direct", "--concurrency", "1", "--max-moves", "40")
_SAMPLING = ("--temperature", "0.7", "--sampling-seed", "7", "--max-tokens-a-reply", "300")
_BUDGET_STOPPED = 130


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One conversation in the table."""

    pair: str
    conversation: str
    verdict: Verdict | None
    tokens: int


def chosen(scenarios: Iterable[Scenario]) -> list[Scenario]:
    """Of each domain the shortest question, the shortest refusal and the shortest single write, without manner and plot."""
    shortest: dict[tuple[str, str], Scenario] = {}
    for scenario in scenarios:
        if len(scenario.requests) > 1 or scenario.plot or scenario.manner.clauses or scenario.manner.persona:
            continue
        if len(scenario.gold.writes) > 1:
            continue
        kind = "refusal" if scenario.answer.refuse else "write" if scenario.gold.writes else "question"
        other = shortest.get((scenario.domain, kind))
        if other is None or len(scenario.instruction) < len(other.instruction):
            shortest[scenario.domain, kind] = scenario
    return [shortest[key] for key in sorted(shortest)]


def played(pack: Path, out: Path, parties: tuple[str, str], model: Model, budget: int) -> int:
    """Play a pair; the exit status of the run."""
    agent, user = (f"{each}:{model.name}" if each in ("openai", "guided") else each for each in parties)
    words = ["run", pack, "--out", out, "--agent", agent, "--user", user, "--base-url", model.url, "--max-tokens", budget]
    words += [*_PLAYING, *_SAMPLING, "--quiet"]
    environ = {"OPENAI_API_KEY": "none"} | os.environ
    return subprocess.run([sys.executable, "-m", "engine", *map(str, words)], cwd=ROOT, env=environ).returncode


def rows(pair: str, out: Path) -> Iterator[Row]:
    """What became of a pair's conversations."""
    with Journal(out / JOURNAL, read_only=True) as journal:
        for number, opened, verdict in journal.begun():
            assert isinstance(opened, Opened)
            tokens = 0
            for spent in by_party(journal.events(number)).values():
                tokens += spent.tokens
            yield Row(pair=pair, conversation=opened.scenario, verdict=verdict, tokens=tokens)


def unnamed(verdict: Verdict | None) -> str:
    """What a verdict leaves open, empty where everything is said: whatever a model does, a party is to blame for it."""
    if verdict is None:
        return "came to no verdict"
    if verdict.accepted:
        return ""
    if verdict.standing != "rejected":
        return f"is {verdict.standing}: {verdict.reason}"
    if not verdict.reason or verdict.blame is None:
        return "is rejected for no reason"
    return "is blamed on the scenario" if verdict.blame == "scenario" else ""


def shown(conversations: Sequence[Row]) -> None:
    """Print the table, and the failing checks of each conversation below it."""
    console, made = screen(), table("agent × customer", "scenario", "standing", "reason", "blame", "fails", "#tokens")
    for row in conversations:
        verdict = row.verdict or Verdict(standing="unjudged")
        failing = ", ".join(each.check for each in verdict.findings if each.result == "fail")
        made.add_row(
            row.pair, row.conversation, verdict.standing, verdict.reason, verdict.blame or "", failing, f"{row.tokens:,}"
        )
    console.print(made)
    for row in conversations:
        for finding in row.verdict.findings if row.verdict else ():
            if finding.result in ("fail", "unsure"):
                console.print(
                    f"{row.pair}, {row.conversation}: {finding.check} {finding.result}, {finding.detail} ({finding.blame})"
                )


def told(out: Path, conversations: Sequence[Row]) -> None:
    """Write the trajectories of a pair, to be read."""
    for row in conversations:
        words = [sys.executable, "-m", "engine", "show", str(out), row.conversation]
        text = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        (out / f"{row.conversation}.txt").write_text(text, encoding="utf-8")


def smoke(pack: Path, out: Path, pairs: Sequence[tuple[str, str]], model: Model, budget: int) -> int:
    """Play every pair, print the table. 1 where a run broke down, or a failure has no name."""
    made, wrong = list[Row](), list[str]()
    for parties in pairs:
        pair, folder = " × ".join(parties), out / "-".join(parties)
        print(f"{pair} …", file=sys.stderr, flush=True)
        status = played(pack, folder, parties, model, budget)
        wrong += [f"{pair}: the run ended with {status}"] * (status not in (0, _BUDGET_STOPPED))
        if (folder / JOURNAL).is_file():
            mine = list(rows(pair, folder))
            told(folder, mine)
            made += mine
    shown(made)
    wrong += [f"{row.pair}, {row.conversation}: {open_}" for row in made if (open_ := unnamed(row.verdict))]
    print(f"The trajectories: {out}/*/*.txt", *wrong, sep="\n")
    return 1 if wrong else 0


def main(words: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.smoke.model", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("pairs", nargs="*", metavar="AGENT-CUSTOMER", help=f"only these: {', '.join(map('-'.join, PARTIES))}")
    parser.add_argument("--scenarios", type=Path, help="where the shortest are taken from (the first pack of each domain)")
    parser.add_argument("--budget", type=int, default=BUDGET, help=f"tokens for each pair ({BUDGET:,})")
    parser.add_argument("--out", type=Path, help="an empty folder for the runs")
    asked = parser.parse_args(words)
    pairs = [each for each in PARTIES if not asked.pairs or "-".join(each) in asked.pairs]
    try:
        found(os.environ)
        out = asked.out or _folder()
        out.mkdir(parents=True, exist_ok=True)
        pack = out / "scenarios.jsonl"
        paths = [asked.scenarios] if asked.scenarios else sorted((ROOT / "scenarios").glob("*/first.jsonl"))
        pack.write_bytes(b"".join(map(encode, chosen(load(paths)))))
        with serving(os.environ, out / "server.log") as model:
            return smoke(pack, out, pairs, model, asked.budget)
    except Missing as missing:
        print(f"make smoke-model: skipped: {missing}")
        return 0
    except KeyboardInterrupt:
        return 130


def _folder() -> Path:
    """A new one for every run: what lies there was another's reading."""
    (ROOT / "runs").mkdir(exist_ok=True)
    return Path(tempfile.mkdtemp(prefix="smoke-model-", dir=ROOT / "runs"))


if __name__ == "__main__":
    sys.exit(main())
