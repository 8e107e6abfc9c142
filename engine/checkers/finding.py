"""What a check says: pass, fail, unsure or not judged, with the events and the difference that show it."""

from typing import Any, Literal

import msgspec

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
    """One check's answer. `events` are numbers of events in the conversation; `detail` is one line for a person."""

    check: str
    result: Result
    detail: str = ""
    events: tuple[int, ...] = ()
    causes: tuple[Cause, ...] = ()
