"""Amounts of money and keys in plain text, and what can be reckoned from what was shown."""

import json
from collections import Counter
from pathlib import Path

import pytest

import servers
from engine.checkers import claims
from engine.reading.amounts import amounts, computable, conceivable, shown
from engine.reading.ids import endings, ids
from servers.worlds import open_world
from tests.engine.recorded import Talk

LABELLED = Path(__file__).parent / "labelled" / "amounts.jsonl"


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("It's $1,234.50 in all.", (123450,)),
        ("1234.5 dollars", (123450,)),
        ("USD 30 or 30 USD", (3000, 3000)),
        ("30 bucks", (3000,)),
        ("-$5.00", (500,)),
        ("($142.00),", (14200,)),
        ("10,000 dollars", (1000000,)),
        ("$1.5k", ()),
        ("20% of 3 bags at 8:30", ()),
    ],
)
def test_amounts_are_read_exactly(text: str, cents: tuple[int, ...]) -> None:
    """In cents; what only looks like money is none."""
    assert amounts(text) == cents


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("order #W1234567, item 5830214477", ["#W1234567", "5830214477"]),
        ("**OBUT9V** with HAT023.", ["OBUT9V", "HAT023"]),
        ("mia_li_3668 pays with credit_card_4421486", ["mia_li_3668", "credit_card_4421486"]),
        ("on 2024-05-20 at 10:30AM for $1,234.50", []),
        ("a 512GB drive, 1080P, 100% cotton, zip 85710", []),
        ("call 8005551234 or 800-555-1234", []),
        ("card ending in 7334", []),
    ],
)
def test_keys_are_told_from_other_numbers(text: str, keys: list[str]) -> None:
    """By their shape."""
    assert list(ids(text)) == keys


def test_the_last_digits_of_a_card_are_read() -> None:
    """In the ways in which people say them."""
    assert list(endings("Visa ending in 7334, the one that ends with 0012, last four digits 4821")) == ["7334", "0012", "4821"]


def test_a_list_adds_up_whole_and_in_part() -> None:
    """Prices of an order; the two flights of a connection, cabin by cabin, but not flights that stand beside each other."""
    order = shown('{"items": [{"price": 10.5}, {"price": 20}, {"price": 0.25}]}')
    assert {1050, 2000, 25} <= order.single and {3075, 3050, 1075, 2025} <= order.total
    flight = '{"prices": {"economy": %d}}'
    assert 30000 in shown(f"[[{flight % 100}, {flight % 200}]]").total
    assert 30000 not in shown(f"[{flight % 100}, {flight % 200}]").total


@pytest.mark.parametrize(
    ("value", "plainly", "somehow"),
    [
        (10000, True, True),
        (15000, True, True),  # three times a price
        (17500, True, True),  # two amounts of the message together
        (35000, True, True),  # and twice that
        (7555, True, True),  # a total less a fee
        (33300, False, True),  # two shown amounts together
        (66600, False, True),  # twice what two others come to
        (12345, False, False),
    ],
)
def test_what_can_be_reckoned(value: int, plainly: bool, somehow: bool) -> None:
    """Plainly: by what the customer can follow. Somehow: from any two amounts."""
    known, totals, prices = {10000, 12500, 20800}, {12555}, {5000}
    beside = {7500, 10000}
    assert computable(value, known, totals=totals, prices=prices, beside=beside) is plainly
    if not plainly:
        assert conceivable(value, known, totals=totals, prices=prices) is somehow


def test_two_inventions_do_not_ground_each_other() -> None:
    """'A fee of $7, so $28.45 is left' of $35.45."""
    assert not computable(700, {3545}, beside=[]) and not computable(2845, {3545}, beside=[])


def test_the_labelled_messages_are_told_apart() -> None:
    """Precision of a failure at least 0.98, and most of what is wrong found."""
    rows = [json.loads(line) for line in LABELLED.read_text().splitlines()]
    counts: Counter[tuple[bool, str]] = Counter((row["label"], _judged(row)) for row in rows)
    assert counts[True, "fail"] <= 0.02 * (counts[True, "fail"] + counts[False, "fail"]), counts
    assert counts[False, "fail"] >= 0.75 * sum(count for (label, _), count in counts.items() if not label), counts
    assert counts[False, "pass"] == 0, counts


def _judged(row: dict[str, str]) -> str:
    domain = servers.load(row["domain"])
    talk = Talk(domain, open_world(domain, "small:7")).user("Hi.")
    for text in row["shown"]:
        if text[:1] in "{[":
            talk.calls(domain.tools[0].name, answer=text)
        else:
            talk.user(text)
    recording = talk.agent(row["text"]).recording()
    found = list(claims.things(recording, recording.said_by_agent))
    return "fail" if any(result == "fail" for result, _, _ in found) else "unsure" if found else "pass"


def test_a_difference_of_two_amounts_that_were_told_is_reckoned_before_the_customers_eyes() -> None:
    """Of what is quoted; what was done stands in what was done."""
    assert computable(3800, (), named={17400, 13600})
    assert not computable(3800, (), named={17400, 13600}, quoted=False)
    assert not computable(3900, (), named={17400, 13600})
