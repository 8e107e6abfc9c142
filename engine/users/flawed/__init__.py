"""Users that fail on purpose, each in one way: what a verdict has to see through, and whom to blame."""

from collections.abc import Mapping

from engine.users.flawed.flaw import Flaw
from engine.users.flawed.leaving import LEAVES_EARLY, NEVER_ENDS
from engine.users.flawed.plotting import FORGETS_ITS_PLOT, REVEALS_ITS_FALLBACK
from engine.users.flawed.saying import CONFIRMS_ANYTHING, PLAYS_THE_AGENT, SAYS_NOTHING
from engine.users.flawed.telling import CONTRADICTS_ITSELF, REVEALS_AT_ONCE, TELLS_WHAT_IT_CANNOT_KNOW
from servers.frozen import FrozenMap

_ALL = (
    *(LEAVES_EARLY, CONTRADICTS_ITSELF, TELLS_WHAT_IT_CANNOT_KNOW, PLAYS_THE_AGENT, REVEALS_AT_ONCE, CONFIRMS_ANYTHING),
    *(SAYS_NOTHING, NEVER_ENDS, REVEALS_ITS_FALLBACK, FORGETS_ITS_PLOT),
)

FLAWS: Mapping[str, Flaw] = FrozenMap({flaw.name: flaw for flaw in _ALL})
"""By name, as `--user flawed:NAME` gives it."""
