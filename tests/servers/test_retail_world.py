"""The synthetic retail world: the same bytes from the same seed, a catalogue and people that could exist."""

import hashlib
import re
from collections import Counter
from itertools import combinations

import msgspec
import pytest

from servers.frozen import Record
from servers.persons import CreditCard
from servers.retail import catalogue
from servers.retail.people import People
from servers.retail.records import GiftCard, Order, PayPal, Product, User
from servers.retail.world import SIZES, generate
from servers.state import Tables
from tests.servers.shop import Shop, one_apart, open_shop

_SMALL_7 = "5d0703a7181b9a3b"
"""The beginning of small:7's sha256: the same on every machine and every Python. A new GENERATOR changes it."""

_ZIPS = {
    "0": "CT MA ME NH NJ RI VT",
    "1": "DE NY PA",
    "2": "DC MD NC SC VA WV",
    "3": "AL FL GA MS TN",
    "4": "IN KY MI OH",
    "5": "IA MN MT ND SD WI",
    "6": "IL KS MO NE",
    "7": "AR LA OK TX",
    "8": "AZ CO ID NM NV UT WY",
    "9": "AK CA HI OR WA",
}


def _sha256(tables: Tables) -> str:
    hasher = hashlib.sha256()
    for rows in tables.values():
        for record in rows.values():
            hasher.update(msgspec.json.encode(record))
    return hasher.hexdigest()


@pytest.fixture(scope="module", params=[7, 11])
def shop(request: pytest.FixtureRequest) -> Shop:
    """A small shop of each of two seeds."""
    return open_shop("small", request.param)


# The bytes


def test_the_same_seed_makes_the_same_bytes_on_every_python() -> None:
    """small:7 twice, and once long ago on another machine."""
    first, again = _sha256(generate("small", 7)[1]), _sha256(generate("small", 7)[1])
    assert first == again
    assert first.startswith(_SMALL_7)


def test_another_seed_makes_another_catalogue_other_people_and_other_orders() -> None:
    """No table is shared by two seeds."""
    one, other = generate("small", 7)[1], generate("small", 8)[1]
    for table in ("products", "users", "orders"):
        assert not set(one[table]) & set(other[table])


def test_a_smaller_world_begins_a_larger_one_of_its_seed() -> None:
    """The catalogue is the same, and the first 200 of 5,000 customers are the small world's."""
    small, medium = generate("small", 7)[1], generate("medium", 7)[1]
    assert (len(small["users"]), len(medium["users"])) == (200, 5_000)
    assert small["products"] == medium["products"]
    assert list(small["users"].items()) == list(medium["users"].items())[:200]
    assert list(small["orders"].items()) == list(medium["orders"].items())[: len(small["orders"])]


def test_an_unknown_size_is_refused_with_the_sizes_that_there_are() -> None:
    """The message names every size."""
    with pytest.raises(ValueError, match="no size 'tiny': choose one of " + ", ".join(SIZES)):
        generate("tiny", 1)


def test_every_record_comes_back_from_its_bytes_as_it_was(shop: Shop) -> None:
    """Strict decoding through the record's own type, under the key that it names itself."""
    kinds: dict[str, type[Record]] = {"products": Product, "users": User, "orders": Order}
    assert list(shop.world.tables) == list(kinds)
    for table, rows in shop.world.tables.items():
        for key, record in rows.items():
            assert msgspec.json.decode(msgspec.json.encode(record), type=kinds[table], strict=True) == record
            assert getattr(record, f"{table[:-1]}_id") == key


# The catalogue


def test_the_catalogue_has_some_fifty_everyday_products_in_eight_categories() -> None:
    """Names are distinct and in Title Case; options have two to six distinct values."""
    types = list(catalogue.TYPES.values())
    assert 45 <= len(types) <= 52 and len({each.category for each in types}) == 8
    for each in types:
        assert re.fullmatch(r"[A-Z][a-z]+( [A-Z][a-z]+)*", each.name), each.name
        assert 2 <= len(each.options) <= 4 and any(option.prices for option in each.options)
        for option in each.options:
            assert 2 <= len(option.values) == len(set(option.values)) <= 6


def test_an_option_with_a_price_for_only_some_values_is_refused() -> None:
    """A slip in the file is found when it is loaded."""
    with pytest.raises(ValueError, match="option size: 2 values but 1 prices"):
        catalogue.Option(name="size", values=("S", "L"), prices=(0.0,), say="size")


def test_variants_are_of_the_catalogues_options_at_prices_of_their_own(shop: Shop) -> None:
    """6 to 18 variants, 60 to 85 % in stock, no two alike or at the same price; options in the file's order."""
    for product in shop.products.values():
        described = catalogue.TYPES[product.name]
        variants = list(product.variants.values())
        assert 6 <= len(variants) <= 18
        assert 0.6 <= len([each for each in variants if each.available]) / len(variants) <= 0.85
        assert len({each.price for each in variants}) == len({tuple(each.options.values()) for each in variants}) == len(variants)
        for each in variants:
            assert list(each.options) == [option.name for option in described.options]
            assert all(each.options[option.name] in option.values for option in described.options)
            assert each.price == round(each.price, 2) > 0.8 * described.price


def test_every_variant_has_a_neighbour_that_differs_in_one_option(shop: Shop) -> None:
    """And of every product at least three such pairs are in stock."""
    for product in shop.products.values():
        variants = list(product.variants.values())
        assert all(any(one_apart(each, other) for other in variants) for each in variants)
        assert len([1 for one, two in combinations(variants, 2) if one.available and two.available and one_apart(one, two)]) >= 3


def test_what_costs_more_by_the_catalogue_is_mostly_but_not_always_dearer(shop: Shop) -> None:
    """So 'the cheapest with …' has to be looked up."""
    dearer = []
    for product in shop.products.values():
        options = catalogue.TYPES[product.name].options
        for one, two in combinations(product.variants.values(), 2):
            by_file = [
                option.adds(two.options[option.name]) - option.adds(one.options[option.name])
                for option in options
                if one.options[option.name] != two.options[option.name]
            ]
            if len(by_file) == 1 and by_file[0]:
                dearer.append((two.price > one.price) == (by_file[0] > 0))
    share = len([1 for each in dearer if each]) / len(dearer)
    assert 0.75 < share < 0.99


def test_ids_look_as_they_should_and_none_is_used_twice(shop: Shop) -> None:
    """Products and items share ten digits, so they must differ from each other too."""
    items = [item_id for product in shop.products.values() for item_id in product.variants]
    assert all(re.fullmatch(r"[1-9]\d{9}", each) for each in [*items, *shop.products])
    assert len({*items, *shop.products}) == len(items) + len(shop.products)
    assert all(re.fullmatch(r"#W\d{7}", each) for each in shop.orders)
    tracking = [each for order in shop.orders.values() for parcel in order.fulfillments for each in parcel.tracking_id]
    assert all(re.fullmatch(r"\d{12}", each) for each in tracking) and len(set(tracking)) == len(tracking)
    for user in shop.users.values():
        assert re.fullmatch(f"{user.name.first_name}_{user.name.last_name}".lower() + r"_\d{4}", user.user_id)


# The people


def test_customers_can_be_told_apart_by_email_and_by_name_and_zip(shop: Shop) -> None:
    """Names are plain letters, so that they can be said and typed."""
    users = list(shop.users.values())
    assert len({user.email for user in users}) == len(users)
    assert len({(user.name.first_name, user.name.last_name, user.address.zip) for user in users}) == len(users)
    for user in users:
        assert (user.name.first_name + user.name.last_name).isascii() and (user.name.first_name + user.name.last_name).isalpha()
        assert re.fullmatch(r"[a-z]+\.[a-z]+\d{4}@example\.(com|org|net)", user.email)


class Namesakes(People):
    """People who all have the same name, so that all else has to tell them apart."""

    def name(self) -> tuple[str, str]:
        return "Robin", "Hale"


def test_namesakes_differ_in_id_email_and_zip_code() -> None:
    """Five hundred of one name among some 7,600 zip codes and 9,000 numbers: chance alone would repeat some."""
    drawn = Namesakes("test")
    users = [drawn.customer().user for _ in range(500)]
    for shared in ([user.user_id for user in users], [user.email for user in users], [user.address.zip for user in users]):
        assert len(set(shared)) == 500


def test_zip_codes_belong_to_the_state_they_stand_with(shop: Shop) -> None:
    """By their first digit; every address, also the ones that orders were sent to."""
    addresses = [user.address for user in shop.users.values()] + [order.address for order in shop.orders.values()]
    for address in addresses:
        assert re.fullmatch(r"\d{5}", address.zip) and address.state in _ZIPS[address.zip[0]].split()
        assert re.fullmatch(r"\d+ .+", address.address1) and re.fullmatch(r"((Apt|Suite) \d+)?", address.address2)
        assert address.city.isascii() and address.country == "USA"
    assert {address.address2 == "" for address in addresses} == {True, False}


def test_wallets_hold_one_to_four_methods_that_their_owner_can_tell_apart(shop: Shop) -> None:
    """At most one PayPal account and two gift cards, no two cards with the same last four digits; ids are unique."""
    ids: list[str] = []
    for user in shop.users.values():
        methods = list(user.payment_methods.values())
        ids += user.payment_methods
        assert 1 <= len(methods) <= 4 and [method.id for method in methods] == list(user.payment_methods)
        fours = [method.last_four for method in methods if isinstance(method, CreditCard)]
        gifts = [method for method in methods if isinstance(method, GiftCard)]
        assert len(set(fours)) == len(fours) and all(re.fullmatch(r"\d{4}", four) for four in fours)
        assert len({gift.id[-4:] for gift in gifts}) == len(gifts) <= 2
        assert len([method for method in methods if isinstance(method, PayPal)]) <= 1
        assert all(gift.balance == round(gift.balance, 2) > 0 for gift in gifts)
    assert all(re.fullmatch(r"(credit_card|paypal|gift_card)_\d{7}", each) for each in ids) and len(set(ids)) == len(ids)


def test_wallets_differ_in_every_way_that_a_request_may_hang_on(shop: Shop) -> None:
    """One method only, two cards, two gift cards; balances below and above what orders cost, some of them round."""
    wallets = [list(user.payment_methods.values()) for user in shop.users.values()]
    kinds = [Counter(type(method) for method in wallet) for wallet in wallets]
    assert any(kind.total() == 1 for kind in kinds)
    assert any(kind[CreditCard] == 2 for kind in kinds) and any(kind[GiftCard] == 2 for kind in kinds)
    balances = [method.balance for wallet in wallets for method in wallet if isinstance(method, GiftCard)]
    totals = sorted(order.payment_history[0].amount for order in shop.orders.values())
    assert min(balances) < totals[0] and max(balances) > totals[len(totals) * 8 // 10]
    assert {balance % 5 == 0 for balance in balances} == {True, False}
