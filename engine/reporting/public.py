"""The public benchmark's own tasks, counted as ours are, to stand beside them.

Of τ²-bench 1.0.1, its train tasks. A test counts them again where the public data lies.
"""

from collections.abc import Mapping

import msgspec


class Public(msgspec.Struct, frozen=True, kw_only=True):
    """The tasks of one domain: how many have so many gold writes, and so many reads among their listed actions."""

    writes: Mapping[int, int]
    reads: Mapping[int, int]


PUBLIC: Mapping[str, Public] = {
    "airline": Public(
        writes={0: 17, 1: 5, 2: 4, 3: 3, 4: 1},
        reads={0: 12, 1: 7, 2: 4, 3: 2, 6: 2, 8: 3},
    ),
    "retail": Public(
        writes={0: 7, 1: 35, 2: 17, 3: 11, 4: 3, 5: 1},
        reads={0: 33, 3: 4, 4: 13, 5: 10, 6: 4, 7: 1, 9: 3, 10: 4, 11: 2},
    ),
}
