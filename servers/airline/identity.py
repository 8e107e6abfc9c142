"""How the airline establishes who is asking: by the user id, which the customer must give."""

from servers.airline.records import User
from servers.recipe import Case, Identification, Slots
from servers.state import View

SLOTS = ("user_id",)


def known(view: View, customer: str) -> Slots:
    """What a customer may be asked for, with its value."""
    user = view.get("users", customer, User)
    assert user is not None
    return {"user_id": user.user_id}


def solve(case: Case) -> str | None:
    """The customer's user id; None when they do not say one or the airline has nobody by it."""
    user_id = case.ask("identity", *SLOTS)
    if user_id is None:
        return None
    user = case.read("get_user_details", user_id=user_id)
    return user.user_id if isinstance(user, User) else None


IDENTIFICATION = Identification(ways=(SLOTS,), slots=SLOTS, known=known, solve=solve)
