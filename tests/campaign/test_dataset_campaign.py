"""The whole dataset at its final size: all right, all proven, and nobody gets through who should not. Minutes long.

It is made once, by the command that people type, and looked at by every test here.
"""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import anyio
import msgspec
import pytest

from engine.auditing import Audit
from engine.casting import Casting
from engine.scenario import Scenario, load
from engine.synthesis.soundness import problems
from engine.worlds import Worlds
from tests.campaign.commands import ROOT, clean
from tests.engine.omitting import calls, evidence, is_necessary, played, without

pytestmark = pytest.mark.campaign

COUNT, EVERY = 2_000, 10


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the dataset."""
    out = tmp_path_factory.mktemp("dataset") / "out"
    words = [sys.executable, "-m", "engine", "dataset", "--out", str(out), "--count", str(COUNT)]
    done = subprocess.run(words, cwd=ROOT, env=clean(), capture_output=True, text=True, timeout=3_600, check=False)
    assert done.returncode == 0, done.stderr
    return out


def sample(made: Path) -> list[Scenario]:
    """Of every ten of its scenarios one, in turn the first to the tenth: the kinds come round in tens as well."""
    every = enumerate(load([made / "scenarios"]))
    return [scenario for place, scenario in every if place % EVERY == place // EVERY % EVERY]


def rows(made: Path, name: str) -> list[dict[str, object]]:
    """What a row says beside its messages."""
    with (made / name).open("rb") as lines:
        return [{**msgspec.json.decode(line), "messages": (), "tools": ()} for line in lines]


def test_all_of_it_is_accepted_half_a_domain_and_by_its_kinds(made: Path) -> None:
    """2,000 rows, a tenth of them held out; 40, 30 and 30 of a hundred; nothing of one part in the other."""
    train, held_out = rows(made, "train.jsonl"), rows(made, "held_out.jsonl")
    assert (len(train), len(held_out)) == (COUNT * 9 // 10, COUNT // 10)
    assert Counter(row["domain"] for row in train + held_out) == {"airline": COUNT // 2, "retail": COUNT // 2}
    kinds = Counter(row["trajectory_type"] for row in train + held_out)
    wanted = {"normal": 0.4 * COUNT, "write-intensive": 0.3 * COUNT, "read-heavy": 0.3 * COUNT}
    assert all(abs(kinds[kind] - count) <= 4 for kind, count in wanted.items())
    report = msgspec.json.decode((made / "report.json").read_bytes())
    common = {name: count for name, count in report["leakage"].items() if name != "words"}
    assert common == {"held_out": COUNT // 10, "customers": 0, "recipes": 0, "golds": 0}
    assert report["figures"]["all"]["most_of_one_customer"] <= 3 and report["figures"]["all"]["most_of_one_gold"] <= 2


def test_all_that_it_claims_is_proven_again(made: Path) -> None:
    worlds, found = Worlds(), list[str]()
    for scenario in load([made / "scenarios"]):
        found += [f"{scenario.id}: {problem.what}" for problem in problems(scenario, worlds) if problem.weight == "error"]
    assert found == []


def test_no_flawed_party_is_accepted_on_it(made: Path) -> None:
    """Prints the table of the audit over a tenth of the scenarios."""
    audit = Audit()
    anyio.run(_audited, audit, sample(made))
    for row in audit.rows.values():
        counts = (row.applies, row.accepted, row.harmless, row.check_named, row.fault_named)
        print(f"| {row.party} | {row.flaw} | {' | '.join(map(str, counts))} |")
    for varied in audit.varied.values():
        print(f"| {varied.variation} | {varied.applies} | {varied.accepted} |")
    assert audit.unexpected == []
    assert all(varied.accepted == varied.applies for varied in audit.varied.values())


async def _audited(audit: Audit, scenarios: list[Scenario]) -> None:
    for scenario in scenarios:
        await audit.take(scenario)


def test_nobody_is_accepted_who_makes_one_necessary_read_less(made: Path) -> None:
    """For every evidence read of every certificate of the sample: an agent that knows all the same what it would have shown.

    Prints by domain and kind: the reads, how many could be left out, how many of these nothing else shows, and what was
    accepted of these; last what was accepted where another answer shows the same, which is another way to be right.
    """
    counts, accepted = anyio.run(omitted, sample(made))
    for kind, count in counts.items():
        print(f"| {kind} | {' | '.join(str(count[name]) for name in COLUMNS)} |")
    assert accepted == [] and len(counts) == 6
    assert Counter({kind: count["necessary"] for kind, count in counts.items()}).total() > len(sample(made))


COLUMNS = ("reads", "left out", "necessary", "accepted", "accepted otherwise")


async def omitted(scenarios: list[Scenario]) -> tuple[dict[str, Counter[str]], list[str]]:
    """The counts by domain and kind, and every necessary read without which an agent was accepted."""
    counts, accepted, worlds, expert = dict[str, Counter[str]](), list[str](), Worlds(), Casting()
    for scenario in scenarios:
        count = counts.setdefault(f"{scenario.domain} {scenario.kind}", Counter())
        made = calls((await played(scenario, expert, worlds))[0])
        for read in evidence(scenario):
            count["reads"] += 1
            if (verdict := await without(scenario, read, worlds)) is None:
                continue
            needed = is_necessary(scenario, read, made, worlds)
            count.update({"left out": 1, "necessary": needed, "accepted" if needed else "accepted otherwise": verdict.accepted})
            if needed and verdict.accepted:
                accepted.append(f"{scenario.id} without {read}")
    return counts, accepted
