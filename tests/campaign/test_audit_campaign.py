"""The audit over everything that is shipped: minutes long."""

import anyio
import pytest

from engine.auditing import Audit
from engine.scenario import load
from tests.campaign.commands import PACK


@pytest.mark.campaign
def test_no_flaw_gets_through_over_every_shipped_scenario() -> None:
    """Prints the table: what applies, what is accepted of it, whether the right check and the right party were named."""
    audit = Audit()
    anyio.run(_take_all, audit)
    for row in audit.rows.values():
        counts = (row.applies, row.accepted, row.harmless, row.check_named, row.fault_named)
        print(f"| {row.party} | {row.flaw} | {' | '.join(map(str, counts))} |")
    for varied in audit.varied.values():
        print(f"| {varied.variation} | {varied.applies} | {varied.accepted} |")
    assert audit.unexpected == []
    assert all(row.seen_through and row.applies > 0 for row in audit.rows.values())
    assert all(varied.accepted == varied.applies > 0 for varied in audit.varied.values())


async def _take_all(audit: Audit) -> None:
    for scenario in load([PACK]):
        await audit.take(scenario)
