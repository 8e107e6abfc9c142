"""Book, and pay as it is described: the certificate first and then the smallest gift card, the one that is just enough."""

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from msgspec.structs import replace

from servers.airline import rules
from servers.airline.recipes import best_trip, book, book_drafts, drafts, edits
from servers.airline.recipes.agreement import contradicted
from servers.airline.recipes.book_drafts import cost
from servers.airline.recipes.paying import covered, shares
from servers.airline.recipes.reservations import profile
from servers.airline.recipes.search import competing, price
from servers.airline.recipes.wallet import (
    ALL_CERTIFICATES,
    ALL_GIFTS,
    CERTIFICATE,
    FULLEST,
    GIFT_CARD,
    JUST_ENOUGH,
    LARGEST_CERTIFICATE,
    OTHER,
    SMALLEST,
    fits,
    is_clear,
    meant,
)
from servers.airline.records import Certificate, GiftCard, PaymentMethod, User
from servers.airline.wording import payment as payment_words
from servers.drafting import chosen
from servers.persons import CreditCard
from servers.recipe import Case, Decision, Draft, Edit, Recipe, Refusal, Request, Slots
from servers.state import View

_TOLD = (SMALLEST, FULLEST, ALL_GIFTS, JUST_ENOUGH, LARGEST_CERTIFICATE)
"""Descriptions of which the profile tells what they mean."""


def solve(case: Case) -> tuple[Decision, ...]:
    return book.decided(case, _described)


def _described(case: Case, total: int, **quoted: Any) -> list[tuple[int, PaymentMethod]] | Refusal:
    """Who pays how much: each description's methods in turn, as far as they go."""
    described: Sequence[str] = case.ask("payments", "paying", total=float(total), **quoted) or ()
    on_file = profile(case).payment_methods
    methods: list[PaymentMethod] = []
    for words in described:
        found = meant(on_file, words, total, case.facts)
        if not found:
            return _missing(on_file, words, total)
        methods += found
    return covered(case, methods, total)


def _missing(on_file: Mapping[str, PaymentMethod], words: str, total: int) -> Refusal:
    """Nothing is what was described: no such method, or no gift card that is enough."""
    gifts = [each for each in on_file.values() if isinstance(each, GiftCard)]
    if words != JUST_ENOUGH or not gifts:
        return Refusal(act="method_on_file", rule="method_on_file", stated={"payment": words})
    fullest = max(gifts, key=lambda each: each.amount)
    stated = {"payment": payment_words(fullest), "balance": fullest.amount, "total": float(total)}
    return Refusal(act="balance_covers", rule="balance_covers", stated=stated)


def draft(view: View, customer: str, random: Random) -> Draft | None:
    methods = drafts.user_of(view, customer).payment_methods
    if len(methods) < 2:
        return None
    draw = best_trip.drawn if random.random() < 0.85 else book_drafts.drawn
    return draw(view, customer, random, "pay_smart", _paying)


def _paying(view: View, user: User, total: int, random: Random, *, affords: bool) -> dict[str, Any]:
    """Descriptions that can pay, or such as cannot, may not, or mean nothing that is there."""
    methods = user.payment_methods
    ways = [each for each in _ways(user, random) if all(is_clear(methods, words) for words in each)]
    pool = [
        each
        for each in ways
        if _pays(view, methods, each, total) == affords and (not affords or _looks_up(methods, each, total, view))
    ]
    if not affords and not any(isinstance(each, Certificate) for each in methods.values()) and random.random() < 0.3:
        pool = [[CERTIFICATE, *each] for each in ways]
    several = [each for each in pool if len(each) > 1]
    picked = chosen(several if several and random.random() < 0.6 else pool, random)
    return {"paying": picked} if picked else {}


def _looks_up(methods: Mapping[str, PaymentMethod], described: Sequence[str], total: int, view: View) -> bool:
    """Is there something that only the profile tells, and not the first of its kind there, or more than two in turn?"""
    firsts = {type(each): each for each in reversed(list(methods.values()))}.values()
    told = [words for words in described if words in _TOLD or words.startswith(OTHER)]
    found = [meant(methods, words, total, view.facts)[:1] for words in told]
    return (len(described) > 2 or bool(told)) and not any(one in firsts for each in found for one in each)


def _ways(user: User, random: Random) -> Iterator[list[str]]:
    """What this customer might say: something first, perhaps something then, and a card for the rest."""
    cards = [each for each in user.payment_methods.values() if isinstance(each, CreditCard)]
    last = [[drafts.method_slot(user, each, random)] for each in cards]
    if len(cards) == 2:
        last += [[f"{OTHER}{drafts.method_slot(user, each, random)}"] for each in cards]
    firsts = [[CERTIFICATE], [LARGEST_CERTIFICATE], [ALL_CERTIFICATES]]
    gifts = [[GIFT_CARD], [SMALLEST], [FULLEST], [ALL_GIFTS], [SMALLEST, FULLEST]]
    kinds = {type(each) for each in user.payment_methods.values()}
    if Certificate not in kinds:
        firsts = []
    if GiftCard not in kinds:
        gifts = []
    starts = [*firsts, *gifts, *([*one, *other] for one in firsts for other in gifts)]
    yield from ([*start, *end] for start in starts for end in ([], *last))
    yield from last[len(cards) :]
    yield from [[JUST_ENOUGH]] if gifts else []


def _pays(view: View, methods: Mapping[str, PaymentMethod], described: Sequence[str], total: int) -> bool:
    """Do the descriptions mean methods that may pay together, cover all, and are all needed?"""
    found = [meant(methods, words, total, view.facts) for words in described]
    used = [method for each in found for method in each]
    if not all(found) or len({each.id for each in used}) < len(used) or rules.payment_mix(used, view.facts):
        return False
    parts, paid = shares(used, total), 0
    for amount, _ in parts:
        paid += amount
    needed = [method for _, method in parts]
    return paid == total and all(any(method in needed for method in each) for each in found)


def other_ways(view: View, customer: str, request: Request) -> Iterator[Edit]:
    params = request.params
    yield from book.other_ways(view, customer, request)
    if rules.passengers(len(params["passengers"]), view.facts):
        return
    best = [(wish, competing(wish, found)[:1]) for wish, found in book.planned(view, params)]
    if not all(each for _, each in best):
        return
    fares = 0
    for wish, each in best:
        fares += price(each[0], wish.cabin)
    user = drafts.user_of(view, customer)
    yield from _otherwise(view, user, params["paying"], cost(view, user, params, fares))


def _otherwise(view: View, user: User, described: Sequence[str], total: int) -> Iterator[Edit]:
    """What is described holds more or less, or is another one; what is not there is."""
    for words in described:
        found = meant(user.payment_methods, words, total, view.facts)
        for method in found[:1]:
            yield from edits.refiled(view, user.user_id, method.id)
            yield from edits.balance(view, user.user_id, method.id, total)
        if words in (SMALLEST, FULLEST, JUST_ENOUGH, ALL_GIFTS):
            yield from _another(user, words, total)
        if not found and words == CERTIFICATE:
            given = Certificate(id="certificate_9000417", amount=100.0)
            methods = {**user.payment_methods, given.id: given}
            yield Edit(fact="a certificate is on file", puts=(("users", user.user_id, replace(user, payment_methods=methods)),))


def _another(user: User, words: str, total: int) -> Iterator[Edit]:
    """Another gift card is the smallest, the fullest, or the one that is just enough."""
    gifts = sorted((each for each in user.payment_methods.values() if isinstance(each, GiftCard)), key=lambda each: each.amount)
    if words == SMALLEST:
        method, amount = gifts[-1], gifts[0].amount - 1
    elif words == JUST_ENOUGH:
        method, amount = gifts[0], float(total)
    else:
        method, amount = gifts[0], gifts[-1].amount + 1
    if amount > 0 and amount != method.amount:
        methods = {**user.payment_methods, method.id: replace(method, amount=amount)}
        yield Edit(fact=f"{method.id} holds {amount}", puts=(("users", user.user_id, replace(user, payment_methods=methods)),))


def holds(view: View, customer: str, request: Request) -> bool:
    """As for any booking, and every description is clear."""
    methods = drafts.user_of(view, customer).payment_methods
    described = request.params["paying"]
    return all(is_clear(methods, each) for each in described) and book.holds(view, customer, request)


def _contradicted(params: Slots, stated: Slots, refused: int = 0) -> str | None:
    """The payments by their kinds and their turn: what each holds the customer does not know."""
    place, described = 0, params["paying"]
    if stated.get("payments") == []:
        return "paying"
    for part in stated.get("payments", ()):
        while place < len(described) and not fits(described[place], part["method"]):
            place += 1
        if place == len(described):
            return "paying"
    return contradicted(params, stated, refused)


def plainly(view: View, customer: str, request: Request) -> Sequence[Request]:
    """The flights by what they are, and the methods by their names."""
    methods = drafts.user_of(view, customer).payment_methods
    found = [meant(methods, words, 0, view.facts) for words in request.params["paying"]]
    if JUST_ENOUGH in request.params["paying"] or not all(found):
        return ()
    names = [payment_words(method).partition(" (")[0] for each in found for method in each]
    rest = {slot: value for slot, value in request.params.items() if slot != "paying"}
    return (Request(recipe="book", params={**rest, "payments": names}),)


def hurried(view: View, customer: str, request: Request) -> Iterator[tuple[str, Request]]:
    """All on the first card; the first gift card on file for the one that is described."""
    user = drafts.user_of(view, customer)
    cards = [payment_words(each) for each in user.payment_methods.values() if isinstance(each, CreditCard)]
    if cards:
        yield "all on the first card", Request(recipe=request.recipe, params={**request.params, "paying": cards[:1]})
    gifts = [payment_words(each) for each in user.payment_methods.values() if isinstance(each, GiftCard)]
    first = [gifts[0] if words in _TOLD and "gift card" in words and gifts else words for words in request.params["paying"]]
    if first != request.params["paying"]:
        yield "the first gift card", Request(recipe=request.recipe, params={**request.params, "paying": first})


PAY_SMART = Recipe(
    name="pay_smart",
    contradicted=_contradicted,
    draft=draft,
    solve=solve,
    edits=other_ways,
    holds=holds,
    proposes=lambda _params: ("book",),
    plainly=plainly,
    shortcuts=hurried,
)
