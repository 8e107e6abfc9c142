"""How things are said: every value stands in the words, and the words read as a person would write them."""

import json
from collections.abc import Mapping
from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servers.persons import Address, CreditCard
from servers.retail import catalogue, wording
from servers.retail.records import GiftCard, PaymentMethod, PayPal

_WORDS = st.text(st.sampled_from("abcdefgXYZ0129 -"), min_size=1, max_size=12).map(str.strip).filter(bool)
_NAMES = _WORDS | st.builds("{} {}".format, _WORDS, st.sampled_from(["color", "material", "type", "size", "features"]))


def _said(text: str, name: str, options: Mapping[str, str]) -> bool:
    return name in text and all(value.lower() in text.lower() for value in options.values())


def test_every_combination_of_the_catalogue_says_its_name_and_all_of_its_values() -> None:
    """Exhaustively: every subset of the options of every product, with every value."""
    for described in catalogue.TYPES.values():
        for count in range(len(described.options) + 1):
            for some in combinations(described.options, count):
                for values in product(*(option.values for option in some)):
                    options = {option.name: value for option, value in zip(some, values, strict=True)}
                    assert _said(wording.item(described.name, options), described.name, options)
                    assert _said(wording.options(options, described.name), "", options)
                    assert _said(wording.options(options), "", options)


def test_the_public_shops_products_say_all_of_their_values_too(tau2: Path) -> None:
    """Their options are worded by their names alone."""
    products = json.loads((tau2 / "retail" / "db.json").read_text())["products"]
    for each in products.values():
        for variant in each["variants"].values():
            assert _said(wording.item(each["name"], variant["options"]), each["name"], variant["options"])
            assert _said(wording.options(variant["options"]), "", variant["options"])


@given(name=_WORDS, options=st.dictionaries(_NAMES, _WORDS | st.sampled_from(["yes", "none"]), max_size=4))
def test_whatever_another_shop_sells_its_values_are_said(name: str, options: dict[str, str]) -> None:
    """Names and values that nobody has thought of."""
    assert _said(wording.item(name, options), name, options)
    assert _said(wording.options(options), "", options)
    assert bool(wording.options(options)) == bool(options)


def test_two_variants_of_a_product_are_never_said_alike() -> None:
    """Otherwise a customer's words would not tell which one is meant."""
    for described in catalogue.TYPES.values():
        every = list(product(*(option.values for option in described.options)))
        names = [option.name for option in described.options]
        assert len({wording.item(described.name, dict(zip(names, values, strict=True))) for values in every}) == len(every)


@pytest.mark.parametrize(
    ("name", "options", "text"),
    [
        ("Desk Lamp", {}, "Desk Lamp"),
        ("Desk Lamp", {"color": "black", "power": "USB"}, "black Desk Lamp with USB power"),
        ("Desk Lamp", {"power": "USB", "color": "black"}, "black Desk Lamp with USB power"),
        ("Rain Jacket", {"zipper": "half", "size": "M", "color": "red"}, "red Rain Jacket in size M with a half zipper"),
        ("Plush Toy", {"color": "brown", "animal": "bear", "size": "large"}, "large brown bear Plush Toy"),
        (
            "Studio Monitor",
            {"woofer": "8-inch", "amplifier": "80 W"},
            "Studio Monitor with an 8-inch woofer and an 80 W amplifier",
        ),
        ("Dollhouse", {"roof": "mint", "scale": "1:12"}, "Dollhouse in 1:12 scale with a mint roof"),
        ("Bed Pillow", {"filling": "latex", "size": "king"}, "Bed Pillow in king size filled with latex"),
    ],
)
def test_an_item_reads_as_a_person_would_write_it(name: str, options: dict[str, str], text: str) -> None:
    """Adjectives in their English order whatever the order of the options, then 'in', then 'with'."""
    assert wording.item(name, options) == text


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"size": "XL", "colour": "blue"}, "blue Hat in size XL"),
        ({"size": "large", "material": "felt", "color": "grey"}, "large grey felt Hat"),
        ({"size": "full size"}, "full size Hat"),
        ({"waterproof": "no"}, "Hat (waterproof: no)"),
        ({"waterproof": "yes", "lining": "none", "ribbon color": "red"}, "Hat with a red ribbon (waterproof: yes, lining: none)"),
        ({"brim material": "straw", "brim color": "white"}, "Hat with a white straw brim"),
        ({"clasp type": "two clasps"}, "Hat with two clasps"),
        ({"hat type": "bowler"}, "bowler Hat"),
        ({"screen size": "11-inch"}, "Hat with an 11-inch screen"),
        ({"features": "foldable"}, "foldable Hat"),
        ({"features": "timer"}, "Hat with a timer"),
        ({"features": "night mode"}, "Hat with night mode"),
        ({"feathers": "3"}, "Hat with 3 feathers"),
        ({"gender": "women"}, "Hat for women"),
        ({"gender": "unisex"}, "unisex Hat"),
    ],
)
def test_an_unknown_product_is_worded_by_the_names_of_its_options(options: dict[str, str], text: str) -> None:
    """Colours, materials and sizes before the noun, parts after it, yes and no in parentheses."""
    assert wording.item("Hat", options) == text


@pytest.mark.parametrize(
    ("name", "options", "text"),
    [
        ("", {}, ""),
        ("", {"color": "black"}, "in black"),
        ("", {"size": "L"}, "in size L"),
        ("Desk Lamp", {"power": "USB", "color": "black"}, "in black with USB power"),
        ("", {"power": "USB", "color": "black"}, "in black with USB power"),
        ("Plush Toy", {"animal": "fox"}, "as a fox"),
        ("Plush Toy", {"animal": "fox", "size": "giant"}, "in the giant size, as a fox"),
        ("Hoodie", {"closure": "zip-up", "weight": "heavyweight", "size": "S"}, "in size S and the heavyweight zip-up version"),
        ("Area Rug", {"size": "3 x 5 ft", "color": "ivory"}, "in ivory and the 3 x 5 ft size"),
        ("Keyboard", {"size": "full size"}, "in full size"),
        ("Speaker", {"color": "red", "waterproof": "yes"}, "in red (waterproof: yes)"),
    ],
)
def test_options_alone_finish_the_sentence_the_same_one_but(name: str, options: dict[str, str], text: str) -> None:
    """What reads well after 'the same one but'."""
    assert wording.options(options, name) == text


@pytest.mark.parametrize(
    ("method", "text"),
    [
        (CreditCard(id="credit_card_1", brand="visa", last_four="7334"), "Visa ending in 7334"),
        (CreditCard(id="credit_card_1", brand="amex", last_four="0042"), "American Express ending in 0042"),
        (CreditCard(id="credit_card_1", brand="mastercard", last_four="1111"), "Mastercard ending in 1111"),
        (PayPal(id="paypal_1234567"), "PayPal account"),
        (GiftCard(id="gift_card_1232841", balance=3.5), "gift card ending in 2841"),
    ],
)
def test_a_payment_method_is_called_what_its_owner_calls_it(method: PaymentMethod, text: str) -> None:
    """Never by its id."""
    assert wording.payment(method) == text


def test_an_address_is_one_line_without_what_is_empty() -> None:
    """The country is left out at home, and said abroad."""
    home = Address(address1="12 Elm St", address2="Apt 4", city="Denver", country="USA", state="CO", zip="80203")
    assert wording.address(home) == "12 Elm St, Apt 4, Denver, CO 80203"
    abroad = Address(address1="3 Rue X", address2="", city="Laval", country="Canada", state="QC", zip="H7A")
    assert wording.address(abroad) == "3 Rue X, Laval, QC H7A, Canada"


@pytest.mark.parametrize(
    "phrase",
    [
        *("a Desk Lamp", "an oak top", "an hour", "a unisex Hat", "a USB cable", "an LED lamp", "a HEPA filter", "an 8 gal bin"),
        *(
            "an 11-inch rim",
            "an 18,000 lb load",
            "a 110 V plug",
            "a 1,100 W heater",
            "an $80.00 refund",
            "a one-piece",
            "an M",
            "a V-neck",
        ),
        *(
            "an XS Hoodie",
            "an RGB mouse",
            "a European plug",
            "an uneven edge",
            "an A4 pad",
            "an E-Reader",
            "a pair of black Boots",
        ),
        *("a pair of in-ear Headphones with USB power", "a Case with gloves"),
    ],
)
def test_the_article_goes_by_the_sound(phrase: str) -> None:
    """Letters that are spelled out, numbers, silent h; a pair where the thing is two."""
    bare = phrase.removeprefix("a pair of ") if phrase.startswith("a pair of ") else phrase.partition(" ")[2]
    assert wording.with_article(bare) == phrase
