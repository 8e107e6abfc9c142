"""One thing that a customer did wrong."""

import msgspec


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What, and the number of the message. `certain`: it is so; otherwise it only looks so."""

    event: int
    detail: str
    certain: bool = True
