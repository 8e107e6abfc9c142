"""What was paid for the reservations of a synthetic world, and what became of them: histories as the tools leave them.

A booking's payments come to its price; a change adds a line with the difference, a cancellation the negation of
every line. So a history always comes to what the reservation costs, and to nothing once it is cancelled. All this is
under the airline's own policy: a variant of it (variants.py) holds for what is done from now on, not for what was paid.
"""

from collections.abc import Sequence
from random import Random

from msgspec.structs import replace

from servers.airline import pricing
from servers.airline.facts import AirlineFacts
from servers.airline.records import Certificate, GiftCard, Payment, PaymentMethod, Reservation, User
from servers.persons import CreditCard

_CERTIFICATES = (50, 75, 100, 150, 200, 250, 300)
_SPLIT, _WITH_CERTIFICATE = 0.12, 0.14
_CHANGED, _BAGS_ADDED, _CANCELLED = 0.13, 0.25, 0.075


class Ledger:
    """Draws the payments of one world."""

    def __init__(self, random: Random, facts: AirlineFacts) -> None:
        self.random = random
        self.facts = facts

    def settled(self, reservation: Reservation, user: User) -> Reservation:
        """The reservation with its payments: booked, perhaps changed, perhaps cancelled."""
        later = self.changes(reservation, user)
        due = self.price(reservation)
        for line in later:
            due -= line.amount
        history = (*self.booked(due, user), *later)
        if self.random.random() < _CANCELLED:
            refunds = tuple(Payment(payment_id=line.payment_id, amount=-line.amount) for line in history)
            return replace(reservation, payment_history=history + refunds, status="cancelled")
        return replace(reservation, payment_history=history)

    def price(self, reservation: Reservation) -> int:
        fares = [flight.price for flight in reservation.flights]
        insured = reservation.insurance == "yes"
        return pricing.booking(fares, len(reservation.passengers), insured, reservation.nonfree_baggages, self.facts)

    def changes(self, reservation: Reservation, user: User) -> list[Payment]:
        """What was paid or refunded after the booking: for other flights or another cabin, for more bags."""
        methods = [method for method in user.payment_methods.values() if not isinstance(method, Certificate)]
        lines: list[Payment] = []
        if self.random.random() < _CHANGED:
            most = reservation.flights[0].price // 2
            difference = self.random.choice((-1, 1)) * self.random.randint(1, max(1, most)) * len(reservation.passengers)
            lines.append(Payment(payment_id=self.random.choice(methods).id, amount=difference))
        if reservation.nonfree_baggages and self.random.random() < _BAGS_ADDED:
            before = self.random.randrange(reservation.nonfree_baggages)
            added = pricing.bags(before, reservation.nonfree_baggages, self.facts)
            lines.append(Payment(payment_id=self.random.choice(methods).id, amount=added))
        return lines

    def booked(self, due: int, user: User) -> tuple[Payment, ...]:
        """One method for all, or a mix that the policy allows. A certificate is gone from the profile once it has paid."""
        methods = list(user.payment_methods.values())
        cards = [method for method in methods if isinstance(method, CreditCard)]
        gifts = [method for method in methods if isinstance(method, GiftCard)]
        drawn = self.random.random()
        last = self.one(cards, gifts)
        if drawn < _WITH_CERTIFICATE:
            worth = self.random.choice(_CERTIFICATES)
            first = Payment(payment_id=self.spent_certificate(user), amount=min(worth, due))
            return (first, Payment(payment_id=last.id, amount=due - worth)) if worth < due else (first,)
        others = [method for method in gifts if method != last][: self.facts.max_gift_cards - 1]
        if drawn < _WITH_CERTIFICATE + _SPLIT and others and due >= 40:
            part = self.random.randint(10, min(400, due // 2))
            gift = self.random.choice(others)
            return Payment(payment_id=gift.id, amount=part), Payment(payment_id=last.id, amount=due - part)
        return (Payment(payment_id=last.id, amount=due),)

    def one(self, cards: Sequence[PaymentMethod], gifts: Sequence[PaymentMethod]) -> PaymentMethod:
        """A credit card rather than a gift card."""
        return self.random.choice(cards if cards and (not gifts or self.random.random() < 0.7) else gifts)

    def spent_certificate(self, user: User) -> str:
        """An id that the customer's profile does not have (any more)."""
        while (spent := f"certificate_{self.random.randrange(10**6, 10**7)}") in user.payment_methods:
            pass
        return spent
