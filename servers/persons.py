"""What is on record of any customer, in the layout that the public benchmark's domains share."""

from servers.frozen import Record


class Name(Record, frozen=True, kw_only=True):
    first_name: str
    last_name: str


class Address(Record, frozen=True, kw_only=True):
    address1: str
    address2: str
    city: str
    country: str
    state: str
    zip: str


class CreditCard(Record, frozen=True, kw_only=True, tag_field="source", tag="credit_card"):
    id: str
    brand: str
    last_four: str
