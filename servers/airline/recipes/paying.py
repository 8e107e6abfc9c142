"""Who pays what, and what comes back: the customer's words for payment methods, found in their profile."""

from collections.abc import Mapping, Sequence
from typing import Any

from servers.airline import rules
from servers.airline.policy import payment_mix, refund_time
from servers.airline.recipes.reservations import profile
from servers.airline.records import Certificate, PaymentMethod, Reservation, User
from servers.airline.wording import payment as payment_words
from servers.english import joined
from servers.persons import CreditCard
from servers.recipe import Case, Refusal


def named(methods: Mapping[str, PaymentMethod], words: str) -> PaymentMethod | None:
    """The first payment method that a customer's words fit ("gift card", "Visa ending in 7334")."""
    wanted = words.casefold()
    return next((each for each in methods.values() if wanted in payment_words(each).casefold()), None)


def for_change(case: Case, question: str, reservation_id: str, due: float) -> PaymentMethod | Refusal:
    """The one method that pays what a change costs (below 0: that receives it); asked for with the amount."""
    words = case.ask(question, "payment", reservation_id=reservation_id, **difference(due))
    method = named(profile(case).payment_methods, words or "")
    if words is None or method is None:
        return Refusal(act="method_on_file", rule="method_on_file", stated={"payment": words or "payment method"})
    rule = rules.pays_change(method, due)
    if rule == "change_method":
        return Refusal(act=rule, rule=rule, stated={"payment": payment_words(method)})
    if rule:
        short = {"payment": payment_words(method), "balance": _left(method), "extra": float(due)}
        return Refusal(act=rule, rule=rule, stated=short)
    return method


def difference(due: float) -> dict[str, float]:
    """What a change costs or brings back, as it is stated: nothing where it is nothing."""
    if due == 0:
        return {}
    return {"extra" if due > 0 else "refund": abs(float(due))}


def for_booking(case: Case, total: int, **quoted: Any) -> list[tuple[int, PaymentMethod]] | Refusal:
    """Who pays how much of a booking: the methods in the customer's order, each as far as it goes, in whole dollars."""
    words: Sequence[str] = case.ask("payments", "payments", total=float(total), **quoted) or ()
    methods = []
    for each in words:
        method = named(profile(case).payment_methods, each)
        if method is None:
            return Refusal(act="method_on_file", rule="method_on_file", stated={"payment": each})
        methods.append(method)
    return covered(case, methods, total)


def covered(case: Case, methods: Sequence[PaymentMethod], total: int) -> list[tuple[int, PaymentMethod]] | Refusal:
    """What each of the methods pays in its turn, where they may and together can pay a booking."""
    if rule := rules.payment_mix(methods, case.facts):
        return Refusal(act=rule, rule=rule, stated={"allowed": payment_mix(case.facts)})
    parts = shares(methods, total)
    paid = 0
    for amount, _ in parts:
        paid += amount
    if paid < total:
        together = joined([payment_words(each).partition(" (")[0] for each in methods]) or "payment method"
        stated = {"payment": together, "balance": float(paid), "total": float(total)}
        return Refusal(act="balance_covers", rule="balance_covers", stated=stated)
    return parts


def shares(methods: Sequence[PaymentMethod], total: int) -> list[tuple[int, PaymentMethod]]:
    """What each method pays of a total, in turn, as far as it goes; those that are not needed pay nothing and are left out."""
    parts, left = [], total
    for method in methods:
        amount = left if isinstance(method, CreditCard) else min(int(method.amount), left)
        if amount > 0:
            parts.append((amount, method))
            left -= amount
    return parts


def paid_part(amount: int, method: PaymentMethod) -> dict[str, Any]:
    """What a method pays of a booking, as it is stated; what a certificate leaves over is lost."""
    lost = method.amount - amount if isinstance(method, Certificate) else 0.0
    return {"amount": float(amount), "method": payment_words(method), **({"lost": lost} if lost > 0 else {})}


def refund_of(case: Case, reservation: Reservation) -> dict[str, Any]:
    """What comes back when a reservation is cancelled, to what, and when, as it is stated."""
    user = profile(case)
    net: dict[str, int] = {}
    total = 0
    for line in reservation.payment_history:
        net[line.payment_id] = net.get(line.payment_id, 0) + line.amount
        total += line.amount
    paid = [payer(user, method) for method, amount in net.items() if amount > 0]
    return {"refund": float(total), "refund_to": paid, "refund_time": refund_time(case.facts)}


def payer(user: User, payment_id: str) -> str:
    """A payment method by its id, in words, also one that the profile does not have any more (a used certificate)."""
    method = user.payment_methods.get(payment_id)
    if method is not None and not isinstance(method, Certificate):
        return payment_words(method)
    kind = payment_id.rpartition("_")[0].replace("_", " ")
    return f"{'certificate' if kind == 'certificate' else kind} ending in {payment_id[-4:]}"


def _left(method: PaymentMethod) -> float:
    return 0.0 if isinstance(method, CreditCard) else float(method.amount)
