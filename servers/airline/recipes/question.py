"""A question about a reservation or an account: nothing is changed, something has to be told."""

from collections.abc import Iterator
from random import Random
from typing import Any

from msgspec.structs import replace

from servers.airline.recipes import drafts, edits, repriced
from servers.airline.recipes.agreement import contradicted
from servers.airline.recipes.reservations import profile, reservation_of, saying_which, status_of
from servers.airline.records import GiftCard, Reservation, User
from servers.airline.wording import payment as payment_words
from servers.drafting import chosen, revealed
from servers.recipe import Answer, Case, Decision, Draft, Edit, Recipe, Refusal, Request
from servers.state import View

STATUS, PRICE, BALANCE = "flight status", "total price", "gift card balance"
_DEARER = 40


def solve(case: Case) -> tuple[Decision, ...]:
    about = case.ask("question", "about")
    if about == BALANCE:
        return (_balance(case),)
    reservation = reservation_of(case)
    if isinstance(reservation, Refusal):
        return (reservation,)
    number = {"reservation_id": reservation.reservation_id}
    if about == PRICE:
        total = _total(reservation)
        return (Answer(act="price", stated={**number, "total": total}, tell=(_heard(total),)),)
    statuses = [{"number": each.flight_number, "day": each.date, "status": status_of(case, each)} for each in reservation.flights]
    tell = tuple(dict.fromkeys(each["status"] for each in statuses))
    return (Answer(act="flight_status", stated={**number, "statuses": statuses}, tell=tell),)


def _balance(case: Case) -> Answer:
    cards = _cards(profile(case))
    if not cards:
        return Answer(act="no_balance", tell=("gift card",))
    balances = [{"method": payment_words(each), "amount": each.amount} for each in cards]
    return Answer(act="balance", stated={"balances": balances}, tell=tuple(_heard(each.amount) for each in cards))


def _cards(user: User) -> list[GiftCard]:
    return [each for each in user.payment_methods.values() if isinstance(each, GiftCard)]


def _heard(amount: float) -> str:
    """What must be heard of an amount: nobody needs to say the cents where there are none."""
    return f"{amount:.2f}".removesuffix(".00")


def _total(reservation: Reservation) -> float:
    """What was paid for a reservation and not given back."""
    total = 0
    for line in reservation.payment_history:
        total += line.amount
    return float(total)


def draft(view: View, customer: str, random: Random) -> Draft | None:
    about = chosen((STATUS, STATUS, PRICE, BALANCE), random) or STATUS
    params: dict[str, Any] = {"about": about}
    if about == BALANCE and not _cards(drafts.user_of(view, customer)):
        return None
    if about != BALANCE:
        today = view.facts.now[:10]
        pool = [each for each in drafts.reservations_of(view, customer) if each.status is None]
        reservation = chosen((each for each in pool if about == PRICE or each.flights[-1].date >= today), random)
        if random.random() < 0.03:
            reservation = drafts.somebody_elses(view, customer, random)
        if reservation is None:
            return None
        params |= drafts.reservation_slots(view, customer, reservation, random)
        if random.random() < 0.04 and (number := drafts.misremembered(view, random)):
            params = {"about": about, "reservation_id": number}
    opening = revealed(params, {"about", "trip", "which"}, random)
    return Draft(request=Request(recipe="question", params=params), opening=opening)


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    params = request.params
    user = drafts.user_of(view, customer)
    if params["about"] == BALANCE:
        for method_id, method in user.payment_methods.items():
            if isinstance(method, GiftCard):
                methods = {**user.payment_methods, method_id: replace(method, amount=method.amount + 15)}
                yield Edit(
                    fact=f"there is more on {method_id}", puts=(("users", customer, replace(user, payment_methods=methods)),)
                )
        return
    yield from edits.of_reservation(view, customer, params)
    reservation = drafts.presupposed(view, customer, params)
    if reservation is not None and params["about"] == PRICE:
        dearer = repriced.dearer(view, reservation, _DEARER)
        if dearer is not None:
            yield Edit(fact="more was paid", puts=(("reservations", reservation.reservation_id, dearer),))
    elif reservation is not None:
        yield from edits.flights(view, reservation)


def holds(view: View, customer: str, request: Request) -> bool:
    return request.params["about"] == BALANCE or drafts.is_meant(view, customer, request.params)


QUESTION = Recipe(
    name="question", contradicted=contradicted, draft=draft, solve=saying_which(solve), edits=other_ways, holds=holds
)
