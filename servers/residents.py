"""Made-up people of the USA for the synthetic worlds of any domain: names, addresses, ids, emails, card numbers.

A domain's `people` makes customers of them. What it draws comes from the same streams, so that no two
of a world share what must differ.
"""

from collections.abc import Container
from random import Random
from typing import NamedTuple

import mimesis

_BRANDS = ("visa", "mastercard", "amex", "discover")
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


class Residence(NamedTuple):
    """An address, field by field as the records of every domain have it."""

    address1: str
    address2: str
    city: str
    country: str
    state: str
    zip: str


class Resident(NamedTuple):
    """Somebody who can become a customer."""

    first_name: str
    last_name: str
    home: Residence
    user_id: str
    email: str


class Card(NamedTuple):
    """A credit card, field by field as the records of every domain have it."""

    id: str
    brand: str
    last_four: str


class Residents:
    """One world's people as they are drawn, and what no two of them may share."""

    def __init__(self, name: str) -> None:
        self.random = Random(name)
        self.names = mimesis.Person(mimesis.Locale.EN, seed=name)
        self.streets = mimesis.Address(mimesis.Locale.EN, seed=name)
        self.taken: set[str] = set()

    def resident(self) -> Resident:
        """Of an id, an email, and a name and zip code that nobody else has."""
        home = self.residence()
        first, last = self.name()
        while self.is_taken(f"{first} {last} {home.zip}"):
            home = self.residence()
        stem = f"{first}_{last}".lower()
        user_id = self.numbered(f"{stem}_{{}}", 4)
        email = self.numbered(f"{stem.replace('_', '.')}{{}}@{self.random.choice(_DOMAINS)}", 4)
        return Resident(first, last, home, user_id, email)

    def name(self) -> tuple[str, str]:
        """Letters only: an apostrophe would have to be asked for when a customer is looked up."""
        while True:
            first, last = self.names.first_name(), self.names.last_name()
            if (first + last).isascii() and (first + last).isalpha():
                return first, last

    def residence(self) -> Residence:
        city, state, area = self.random.choice(_CITIES)
        return Residence(
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

    def card(self, last_fours: Container[str]) -> Card:
        """A credit card whose last four digits are none of those."""
        while (last_four := f"{self.random.randrange(10_000):04d}") in last_fours:
            pass
        return Card(self.numbered("credit_card_{}", 7), self.random.choice(_BRANDS), last_four)

    def numbered(self, pattern: str, digits: int, last_fours: Container[str] = ()) -> str:
        """The pattern with a number of so many digits that makes a text that nobody has yet; it ends in none of those."""
        while True:
            text = pattern.format(self.random.randrange(10 ** (digits - 1), 10**digits))
            if not self.is_taken(text) and text[-4:] not in last_fours:
                return text

    def is_taken(self, text: str) -> bool:
        """Takes it, when it was free."""
        if text in self.taken:
            return True
        self.taken.add(text)
        return False
