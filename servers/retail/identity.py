"""How the shop establishes who is asking: by the email on the account, or by name and zip code."""

from servers.recipe import Case, Identification, Slots
from servers.retail.records import User
from servers.state import View

SLOTS = ("email", "first_name", "last_name", "zip")


def known(view: View, customer: str) -> Slots:
    """What a customer may be asked for, with its value."""
    user = view.get("users", customer, User)
    assert user is not None
    name = user.name
    return {"email": user.email, "first_name": name.first_name, "last_name": name.last_name, "zip": user.address.zip}


def solve(case: Case) -> str | None:
    """The customer's user id; None when the shop has nobody by that email or name."""
    user_id = None
    if (email := case.said("email")) is not None:
        user_id = case.read("find_user_id_by_email", email=email)
    if user_id is None:
        case.ask("identity", *SLOTS)
        first, last, code = case.said("first_name"), case.said("last_name"), case.said("zip")
        if first is not None and last is not None and code is not None:
            user_id = case.read("find_user_id_by_name_zip", first_name=first, last_name=last, zip=code)
    return str(user_id) if user_id is not None else None


IDENTIFICATION = Identification(ways=(("email",), ("first_name", "last_name", "zip")), slots=SLOTS, known=known, solve=solve)
