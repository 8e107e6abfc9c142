"""The customers of a synthetic retail world: who they are, where they live, how they pay.

`world` draws their orders. Names, addresses and numbers come from `residents`.
"""

from collections.abc import Iterator
from typing import NamedTuple

from servers.persons import Address, CreditCard, Name
from servers.residents import Residents
from servers.retail.records import GiftCard, PaymentMethod, PayPal, User

# The payment methods of a customer (credit card, PayPal, gift card) with how many of a hundred have them.
_WALLETS = ("c", "p", "cc", "cp", "cg", "pg", "cgg", "pgg", "ccp", "ccg", "cpg", "ccpg", "cpgg")
_WALLET_SHARES = (13, 8, 8, 13, 13, 9, 5, 3, 6, 6, 9, 3, 4)
# Percent of gift cards, and their balance in cents: nearly nothing … more than most orders cost.
_BALANCES = ((15, 37, 999), (35, 1_000, 9_999), (30, 10_000, 39_999), (20, 40_000, 150_000))


class Customer(NamedTuple):
    """A user without orders, and another address that they have things sent to."""

    user: User
    elsewhere: Address


class People(Residents):
    """One world's customers as they are drawn."""

    def customer(self) -> Customer:
        resident = self.resident()
        user = User(
            user_id=resident.user_id,
            name=Name(first_name=resident.first_name, last_name=resident.last_name),
            address=Address(**resident.home._asdict()),
            email=resident.email,
            payment_methods={method.id: method for method in self.wallet()},
            orders=(),
        )
        return Customer(user, Address(**self.residence()._asdict()))

    def wallet(self) -> list[PaymentMethod]:
        kinds = list(self.random.choices(_WALLETS, _WALLET_SHARES)[0])
        self.random.shuffle(kinds)
        methods: list[PaymentMethod] = []
        for kind in kinds:
            if kind == "c":
                card = self.card([method.last_four for method in methods if isinstance(method, CreditCard)])
                methods.append(CreditCard(**card._asdict()))
            elif kind == "p":
                methods.append(PayPal(id=self.numbered("paypal_{}", 7)))
            else:
                card_id = self.numbered("gift_card_{}", 7, [method.id[-4:] for method in methods if isinstance(method, GiftCard)])
                methods.append(GiftCard(id=card_id, balance=self.balance()))
        return methods

    def balance(self) -> float:
        _, least, most = self.random.choices(_BALANCES, [percent for percent, _, _ in _BALANCES])[0]
        cents = self.random.randint(least, most)
        if self.random.random() < 0.25 and cents > 500:
            cents -= cents % 500
        return cents / 100


def people(stream: str) -> Iterator[Customer]:
    """Customers without end, drawn from streams of that name; no two share an id, an email, or a name and zip code."""
    drawn = People(stream)
    while True:
        yield drawn.customer()
