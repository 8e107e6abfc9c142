"""The customers of a synthetic airline world: who they are, whom they travel with, how they pay.

`world` draws their reservations. Names, addresses and numbers come from `residents`.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from servers.airline.records import Certificate, GiftCard, Membership, Passenger, PaymentMethod, User
from servers.persons import Address, CreditCard, Name
from servers.residents import Residents

# The payment methods of a customer (credit card, gift card, certificate) with their weights. Some have more gift cards
# or certificates than one booking takes; everybody has a credit or a gift card, by which a change can be paid.
_WALLETS = {
    "c": 10, "g": 8, "cc": 8, "cg": 12, "gg": 4, "ct": 11, "gt": 7, "cgt": 11, "cct": 5, "ctt": 6, "ccg": 5, "cggt": 4,
    "ggtt": 2, "ccgtt": 2, "ggg": 2, "cgggg": 2, "ggggt": 1,
}  # fmt: skip
_TIERS: dict[Membership, int] = {"regular": 42, "silver": 31, "gold": 27}
_CERTIFICATES = (50, 75, 100, 100, 125, 150, 150, 200, 200, 250, 250, 300, 400, 500)
# Weights of gift cards, and their balance in dollars: used up, nearly so … more than most journeys cost.
_BALANCES = {(0, 0): 6, (3, 40): 17, (41, 160): 32, (161, 450): 28, (451, 1_200): 12, (1_201, 3_000): 5}
_COMPANIONS = (9, 20, 24, 20, 15, 12)
_ADULTS = (date(1944, 1, 1).toordinal(), date(2004, 12, 31).toordinal())
_CHILDREN = (date(2009, 1, 1).toordinal(), date(2021, 12, 31).toordinal())


class Customer(NamedTuple):
    """A user without reservations, and those whom they take along: some of them saved in the profile."""

    user: User
    companions: tuple[Passenger, ...]


class People(Residents):
    """One world's customers as they are drawn."""

    def customer(self) -> Customer:
        resident = self.resident()
        name = Name(first_name=resident.first_name, last_name=resident.last_name)
        companions = self.companions(name)
        user = User(
            user_id=resident.user_id,
            name=name,
            address=Address(**resident.home._asdict()),
            email=resident.email,
            dob=self.born(_ADULTS),
            payment_methods={method.id: method for method in self.wallet()},
            saved_passengers=tuple(each for each in companions if self.random.random() < 0.7),
            membership=self.random.choices(tuple(_TIERS), tuple(_TIERS.values()))[0],
            reservations=(),
        )
        return Customer(user, companions)

    def companions(self, name: Name) -> tuple[Passenger, ...]:
        """Family, of the same last name, and friends; no two people of one name."""
        count = self.random.choices(range(len(_COMPANIONS)), _COMPANIONS)[0]
        names = {(name.first_name, name.last_name)}
        companions: list[Passenger] = []
        while len(companions) < count:
            first, last = self.name()
            last = name.last_name if self.random.random() < 0.6 else last
            if (first, last) not in names:
                names.add((first, last))
                born = self.born(_CHILDREN if self.random.random() < 0.3 else _ADULTS)
                companions.append(Passenger(first_name=first, last_name=last, dob=born))
        return tuple(companions)

    def born(self, between: tuple[int, int]) -> str:
        return date.fromordinal(self.random.randint(*between)).isoformat()

    def wallet(self) -> list[PaymentMethod]:
        """No two methods of one kind end in the same four digits: by these their owner tells them apart."""
        kinds = list(self.random.choices(tuple(_WALLETS), tuple(_WALLETS.values()))[0])
        self.random.shuffle(kinds)
        methods: list[PaymentMethod] = []
        for kind in kinds:
            endings = [method.id[-4:] for method in methods if not isinstance(method, CreditCard)]
            if kind == "c":
                card = self.card([method.last_four for method in methods if isinstance(method, CreditCard)])
                methods.append(CreditCard(**card._asdict()))
            elif kind == "g":
                methods.append(GiftCard(id=self.numbered("gift_card_{}", 7, endings), amount=self.balance()))
            else:
                worth = float(self.random.choice(_CERTIFICATES))
                methods.append(Certificate(id=self.numbered("certificate_{}", 7, endings), amount=worth))
        return methods

    def balance(self) -> float:
        """Whole dollars, like everything that can be paid here; one in three is round."""
        dollars = self.random.randint(*self.random.choices(tuple(_BALANCES), tuple(_BALANCES.values()))[0])
        return float(dollars - dollars % 25 if dollars >= 25 and self.random.random() < 0.33 else dollars)


def people(stream: str) -> Iterator[Customer]:
    """Customers without end, drawn from streams of that name; no two share an id, an email, or a name and zip code."""
    drawn = People(stream)
    while True:
        yield drawn.customer()
