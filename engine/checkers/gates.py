"""Which checks decide whether a trajectory is kept. All of them run and are recorded, whatever these say."""

import msgspec

from engine.checkers.finding import Finding
from engine.scenario import Scenario


class Gates(msgspec.Struct, frozen=True, kw_only=True):
    """`failing`: the checks whose `fail` rejects, None for all. `unsure`: those whose `unsure` rejects too, by default none."""

    failing: frozenset[str] | None = None
    unsure: frozenset[str] = frozenset()

    def hold(self, finding: Finding, scenario: Scenario) -> bool:
        """Does this check decide here? A scenario may leave some out: a task that was made elsewhere promises less."""
        named = self.failing is None or finding.check in self.failing
        return named and (scenario.gates is None or finding.check in scenario.gates)

    def rejects(self, finding: Finding) -> bool:
        """Is this what a trajectory is rejected for, if the check decides?"""
        return finding.result == "fail" or (finding.result == "unsure" and finding.check in self.unsure)


STRICT = Gates()
"""Every check decides; what is unsure does not."""
