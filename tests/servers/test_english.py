"""Amounts of money and lists, as every domain says them."""

import pytest

from servers.english import joined, money


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0.0, "$0.00"),
        (-0.001, "$0.00"),
        (5, "$5.00"),
        (1234.5, "$1,234.50"),
        (-12.346, "-$12.35"),
        (0.04999999999999716, "$0.05"),
    ],
)
def test_money_has_two_places_and_thousands(amount: float, text: str) -> None:
    """Negative amounts carry their sign before the dollar."""
    assert money(amount) == text


@pytest.mark.parametrize(("parts", "text"), [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")])
def test_a_list_is_joined_with_commas_and_one_and(parts: list[str], text: str) -> None:
    """No comma before the 'and'."""
    assert joined(parts) == text


def test_a_list_may_end_with_an_or() -> None:
    """For days and airports to choose from."""
    assert joined(["May 25", "May 26"], "or") == "May 25 or May 26" and joined([]) == ""
