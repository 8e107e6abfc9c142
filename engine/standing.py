"""How a run stands with its models: what whoever watches it is told, every second."""

from collections.abc import Callable

import msgspec

from engine.models.meter import Meter
from engine.models.usage import Spent


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How endpoints stand now, and what the run has spent in all its sessions."""

    meter: Meter
    spent: Spent


Watch = Callable[[Standing], object]
