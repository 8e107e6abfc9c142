"""The audit over everything that is shipped: minutes long."""

import pytest
from msgspec import json

from tests.campaign.commands import PACK, ROOT
from tests.engine.writ import writ


@pytest.mark.campaign
def test_no_flaw_gets_through_over_every_shipped_scenario() -> None:
    """Prints the table: what applies, what is accepted of it, whether the right check and the right party were named."""
    told = writ("audit", ROOT / PACK, "--json", cwd=ROOT)
    found = json.decode(told.stdout)
    for row in found["rows"]:
        print(" ".join(f"{value!s:>12}" for value in row.values()))
    for varied in found["variations"]:
        print(f"{varied['variation']:>20}: {varied['accepted']} of {varied['applies']} accepted")
    assert told.returncode == 0
    assert all(row["accepted"] == row["harmless"] for row in found["rows"])
    assert all(row["applies"] > 0 for row in found["rows"])
    assert all(varied["accepted"] == varied["applies"] > 0 for varied in found["variations"])
