"""By which words somebody asks for a customer's facts in a domain, and by which they name a value: for reading plain text.

A small table beside a domain's phrases. What it does not have is known by its own name alone.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from servers.frozen import FrozenMap


class Cues(msgspec.Struct, frozen=True, kw_only=True):
    """`asked` are pieces of lower-case patterns that stand in a question for a slot, `meant` the ways to name each value of a
    slot that has few; of ways within one another the longest counts. `stated(slot, value)`: a value as a proposal has it.
    """

    asked: Mapping[str, tuple[str, ...]] = FrozenMap[tuple[str, ...]]()
    meant: Mapping[str, Mapping[str, tuple[str, ...]]] = FrozenMap[Mapping[str, tuple[str, ...]]]()
    stated: Callable[[str, Any], Any] = lambda _slot, value: value
