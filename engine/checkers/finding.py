"""What a check says: pass, fail, unsure or not judged, with the events and the difference that show it."""

import re
from typing import Any, Literal

import msgspec

from engine.conversation.events import Blame

_PARTICULARS = re.compile(r" \(|: |'| and \d+ more| \d+ times")
"""Where the particulars of a detail begin."""

Result = Literal["pass", "fail", "unsure", "not judged"]


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """One field that differs from what gold makes of it.

    `event`: the number of the call that wrote the record last, None if it was never written.
    """

    table: str
    key: str
    field: str
    expected: Any
    found: Any
    event: int | None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One check's answer. `events` are the numbers of the events that broke it, or earned it; `detail` is one line for a
    person; `blame` says whose fault a failure is.
    """

    check: str
    result: Result
    detail: str = ""
    events: tuple[int, ...] = ()
    causes: tuple[Cause, ...] = ()
    blame: Blame = "agent"

    @property
    def cause(self) -> str:
        """What went wrong in a few words, the same for every conversation in which it did: `detail` without its particulars."""
        if self.causes:
            left_out = all(cause.event is None for cause in self.causes)
            return "a change was not made" if left_out else "a change is not the one that was due"
        return _PARTICULARS.split(self.detail, maxsplit=1)[0].strip()
