"""The customers of a synthetic retail world: who they are, where they live, how they pay.

`world` draws their orders.
"""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

import mimesis

from servers.retail.records import Address, CreditCard, GiftCard, Name, PaymentMethod, PayPal, User

_BRANDS = ("visa", "mastercard", "amex", "discover")
# The payment methods of a customer (credit card, PayPal, gift card) with how many of a hundred have them.
_WALLETS = ("c", "p", "cc", "cp", "cg", "pg", "cgg", "pgg", "ccp", "ccg", "cpg", "ccpg", "cpgg")
_WALLET_SHARES = (13, 8, 8, 13, 13, 9, 5, 3, 6, 6, 9, 3, 4)
# Percent of gift cards, and their balance in cents: nearly nothing … more than most orders cost.
_BALANCES = ((15, 37, 999), (35, 1_000, 9_999), (30, 10_000, 39_999), (20, 40_000, 150_000))
_STREETS = ("Street", "Avenue", "Road", "Lane", "Drive", "Court", "Boulevard", "Way", "Place", "Terrace")
_DOMAINS = ("example.com", "example.org", "example.net")
_PLACES = """
Albany NY 122|Albuquerque NM 871|Anchorage AK 995|Atlanta GA 303|Austin TX 787|Baltimore MD 212|Baton Rouge LA 708
Billings MT 591|Birmingham AL 352|Boise ID 837|Boston MA 021|Buffalo NY 142|Burlington VT 054|Charleston SC 294
Charlotte NC 282|Cheyenne WY 820|Chicago IL 606|Cincinnati OH 452|Cleveland OH 441|Columbus OH 432|Dallas TX 752
Denver CO 802|Des Moines IA 503|Detroit MI 482|Fargo ND 581|Fresno CA 937|Hartford CT 061|Honolulu HI 968|Houston TX 770
Indianapolis IN 462|Jackson MS 392|Jacksonville FL 322|Kansas City MO 641|Las Vegas NV 891|Little Rock AR 722
Los Angeles CA 900|Louisville KY 402|Madison WI 537|Manchester NH 031|Memphis TN 381|Miami FL 331|Milwaukee WI 532
Minneapolis MN 554|Nashville TN 372|New Orleans LA 701|Newark NJ 071|Norfolk VA 235|Oakland CA 946|Oklahoma City OK 731
Omaha NE 681|Orlando FL 328|Philadelphia PA 191|Phoenix AZ 850|Pittsburgh PA 152|Portland ME 041|Portland OR 972
Providence RI 029|Raleigh NC 276|Richmond VA 232|Sacramento CA 958|Salt Lake City UT 841|San Antonio TX 782
San Diego CA 921|Savannah GA 314|Seattle WA 981|Sioux Falls SD 571|Spokane WA 992|Tampa FL 336|Toledo OH 436
Tucson AZ 857|Tulsa OK 741|Wichita KS 672|Wilmington DE 198
"""
# City, state, and the first three digits of a zip code there.
_CITIES = tuple(place.rsplit(" ", 2) for line in _PLACES.split("\n") if line for place in line.split("|"))


class Customer(NamedTuple):
    """A user without orders, and another address that they have things sent to."""

    user: User
    elsewhere: Address


class People:
    """One world's customers as they are drawn: what no two of them may share."""

    def __init__(self, name: str) -> None:
        self.random = Random(name)
        self.names = mimesis.Person(mimesis.Locale.EN, seed=name)
        self.streets = mimesis.Address(mimesis.Locale.EN, seed=name)
        self.taken: set[str] = set()

    def customer(self) -> Customer:
        home = self.address()
        first, last = self.name()
        while self.is_taken(f"{first} {last} {home.zip}"):
            home = self.address()
        stem = f"{first}_{last}".lower()
        user = User(
            user_id=self.numbered(f"{stem}_{{}}", 4),
            name=Name(first_name=first, last_name=last),
            address=home,
            email=self.numbered(f"{stem.replace('_', '.')}{{}}@{self.random.choice(_DOMAINS)}", 4),
            payment_methods={method.id: method for method in self.wallet()},
            orders=(),
        )
        return Customer(user, self.address())

    def name(self) -> tuple[str, str]:
        """Letters only: an apostrophe would have to be asked for when a customer is looked up."""
        while True:
            first, last = self.names.first_name(), self.names.last_name()
            if (first + last).isascii() and (first + last).isalpha():
                return first, last

    def address(self) -> Address:
        city, state, area = self.random.choice(_CITIES)
        return Address(
            address1=f"{self.random.randint(3, 990)} {self.streets.street_name()} {self.random.choice(_STREETS)}",
            address2=self.door(),
            city=city,
            country="USA",
            state=state,
            zip=f"{area}{self.random.randint(1, 99):02d}",
        )

    def door(self) -> str:
        kind = self.random.choice(("", "", "Apt", "Apt", "Suite"))
        number = self.random.randint(1, 60)
        return kind and f"{kind} {number if kind == 'Apt' else number * 10}"

    def wallet(self) -> list[PaymentMethod]:
        kinds = list(self.random.choices(_WALLETS, _WALLET_SHARES)[0])
        self.random.shuffle(kinds)
        methods: list[PaymentMethod] = []
        for kind in kinds:
            if kind == "c":
                methods.append(self.credit_card([method.last_four for method in methods if isinstance(method, CreditCard)]))
            elif kind == "p":
                methods.append(PayPal(id=self.numbered("paypal_{}", 7)))
            else:
                methods.append(self.gift_card([method.id[-4:] for method in methods if isinstance(method, GiftCard)]))
        return methods

    def credit_card(self, last_fours: list[str]) -> CreditCard:
        while (last_four := f"{self.random.randrange(10_000):04d}") in last_fours:
            pass
        return CreditCard(id=self.numbered("credit_card_{}", 7), brand=self.random.choice(_BRANDS), last_four=last_four)

    def gift_card(self, last_fours: list[str]) -> GiftCard:
        while (card_id := self.numbered("gift_card_{}", 7))[-4:] in last_fours:
            pass
        return GiftCard(id=card_id, balance=self.balance())

    def balance(self) -> float:
        _, least, most = self.random.choices(_BALANCES, [percent for percent, _, _ in _BALANCES])[0]
        cents = self.random.randint(least, most)
        if self.random.random() < 0.25 and cents > 500:
            cents -= cents % 500
        return cents / 100

    def numbered(self, pattern: str, digits: int) -> str:
        """The pattern with a number of so many digits that makes it a text that nobody has yet."""
        while self.is_taken(text := pattern.format(self.random.randrange(10 ** (digits - 1), 10**digits))):
            pass
        return text

    def is_taken(self, text: str) -> bool:
        """Takes it, when it was free."""
        if text in self.taken:
            return True
        self.taken.add(text)
        return False


def people(stream: str) -> Iterator[Customer]:
    """Customers without end, drawn from streams of that name; no two share an id, an email, or a name and zip code."""
    drawn = People(stream)
    while True:
        yield drawn.customer()
