"""The audit: what fails on purpose is seen through, what is right in another way is accepted, and both are counted."""

import json
from pathlib import Path

import pytest

from engine.agents import flawed
from engine.auditing import Audit, Row, trials
from engine.clock import run_virtual
from engine.scenario import encode
from engine.toolboxes.faulty import FAULTS
from engine.users import flawed as users
from tests.engine import pack, stages
from tests.engine.writ import writ


async def _audited(audit: Audit, count: int, name: str) -> Audit:
    for scenario in pack.scenarios(64, name=name)[:count]:
        await audit.take(scenario)
    return audit


@pytest.mark.parametrize("name", ["retail", "airline"])
def test_every_flaw_is_seen_through_and_every_variation_accepted(name: str) -> None:
    """Over the first scenarios of a pack: nothing that applies is accepted, the right check and the right party are named."""
    audit = run_virtual(_audited, Audit(), 9, name)
    assert audit.unexpected == []
    assert all(row.seen_through for row in audit.rows.values())
    assert all(varied.accepted == varied.applies for varied in audit.varied.values())
    assert sum(row.applies > 0 for row in audit.rows.values()) > 0.8 * len(audit.rows)


def test_there_is_a_row_for_every_flaw_of_every_party() -> None:
    """Whoever adds a flaw finds it in the table."""
    rows = {(trial.party, trial.flaw) for trial in trials()}
    expected = {("agent", name) for name in flawed.FLAWS} | {("user", name) for name in users.FLAWS}
    assert rows == expected | {("environment", name) for name in FAULTS}


def test_somebodys_own_domain_is_audited_without_an_edit() -> None:
    """Lamps have a user with tools and hardly anything else; what cannot be shown there does not apply.

    Of one lamp after the other: numbers are next to each other, so that a wrong one may be the other that was asked about.
    """
    apart = [scenario for scenario in stages.scenarios() if not scenario.manner.together or len(scenario.requests) == 1]

    async def audited() -> Audit:
        audit = Audit()
        for scenario in apart[:6]:
            await audit.take(scenario)
        return audit

    audit = run_virtual(audited)
    assert audit.unexpected == []
    assert audit.rows["agent", "guesses"].applies > 0
    assert audit.rows["agent", "wrong_payment"].applies == 0


@pytest.mark.parametrize(
    ("row", "seen_through"),
    [
        (Row(party="agent", flaw="x", applies=3, check_named=3, fault_named=3), True),
        (Row(party="agent", flaw="x", applies=3, accepted=1, check_named=2, fault_named=2), False),
        (Row(party="agent", flaw="x", applies=3, accepted=1, harmless=1, check_named=2, fault_named=2), True),
        (Row(party="agent", flaw="x", applies=3, check_named=2, fault_named=3), False),
        (Row(party="agent", flaw="x", applies=3, check_named=3, fault_named=2), False),
        (Row(party="agent", flaw="x"), True),
    ],
)
def test_a_flaw_is_seen_through_when_what_did_harm_was_rejected_for_it(row: Row, seen_through: bool) -> None:
    """Not accepted, by the right check, with the right party to blame; what left everything right is harmless."""
    assert row.seen_through is seen_through


def test_the_command_prints_the_table_and_its_json(tmp_path: Path) -> None:
    """Status 0 when all was seen through; the JSON has the counts of conversations and nothing else."""
    path = tmp_path / "pack.jsonl"
    path.write_bytes(b"".join(map(encode, pack.scenarios(8)[:3])))
    told = writ("audit", path, "--flaw", "without_yes", "--flaw", "raises", "--json", cwd=tmp_path)
    assert (told.returncode, told.stderr) == (0, "")
    rows = json.loads(told.stdout)["rows"]
    assert [(row["party"], row["flaw"]) for row in rows] == [("agent", "without_yes"), ("environment", "raises")]
    assert list(rows[0]) == ["party", "flaw", "applies", "accepted", "harmless", "check_named", "fault_named"]
    assert rows[1]["applies"] == rows[1]["check_named"] == rows[1]["fault_named"] == 3
    shown = writ("audit", path, "--flaw", "without_yes", "--limit", 1, cwd=tmp_path)
    assert "without_yes" in shown.stdout and shown.returncode == 0
    wrong = writ("audit", path, "--flaw", "nothing", cwd=tmp_path)
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1) and "there is no flaw 'nothing'" in wrong.stderr
