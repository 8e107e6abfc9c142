"""New ids for what a booking or a gesture brings into a world: reservations and certificates.

An own world has any number of them. They follow from the world and from what its state already has, so that equal calls
make equal states, and nobody who was not told an id can say it.
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import count

from servers.airline import public
from servers.airline.records import Reservation, User
from servers.domain import ToolRefused
from servers.state import View

_SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def reservation_id(view: View, user: User) -> str:
    """The id of a customer's next reservation: the first of their sequence that no reservation has."""
    own = _codes(view.facts.mint, f"reservation {user.user_id}", 36, 6)
    ids: Iterable[str] = public.RESERVATION_IDS if view.facts.public else own
    for each in ids:
        if view.get("reservations", each, Reservation) is None:
            return each
    raise ToolRefused("Too many reservations")


def certificate_id(view: View, user: User) -> str:
    """The id of a customer's next certificate: the first of their sequence that they do not have.

    In an own world an id is not given a second time either when its certificate has been used up.
    """
    if view.facts.public:
        ids: Iterable[str] = public.CERTIFICATE_IDS
        had = set(user.payment_methods)
    else:
        ids = (f"certificate_{code}" for code in _codes(view.facts.mint, user.user_id, 10, 7))
        had = {*user.payment_methods, *_paid_with(view, user)}
    for each in ids:
        if each not in had:
            return each
    raise ToolRefused("Too many certificates")


def _paid_with(view: View, user: User) -> Iterator[str]:
    for each in user.reservations:
        reservation = view.get("reservations", each, Reservation)
        if reservation is not None:
            yield from (payment.payment_id for payment in reservation.payment_history)


def _codes(mint: str, what: str, base: int, length: int) -> Iterator[str]:
    """Codes of so many symbols, without end; one may come twice."""
    for number in count():
        drawn = int.from_bytes(sha256(f"{mint}\n{what}\n{number}".encode()).digest()[:12], "big")
        code = ""
        for _ in range(length):
            drawn, place = divmod(drawn, base)
            code += _SYMBOLS[place]
        yield code
