"""Arithmetic for tools: right where it is arithmetic, refused where it is anything else, and never `eval`."""

import time

import pytest

from servers.calculator import LARGEST, LONGEST, calculate

SUMS: list[tuple[str, float]] = [
    ("2 + 2", 4),
    ("(129.5 - 80) * 2", 99),
    ("7 // 2", 3),
    ("2 ** 10", 1024),
    ("-2 ** 2", -4),
    ("2 ** -1", 0.5),
    ("--3", 3),
    ("+3", 3),
    ("1 / 4", 0.25),
    (" 5 ", 5),
    ("10 - 2 - 3", 5),
]

NASTY = [
    "",
    " ",
    "(",
    "1 +",
    "1 2",
    "1(2)",
    "()",
    "(1, 2)",
    "[1]",
    "1 if 1 else 2",
    "True + 1",
    "None",
    "'1' * 9",
    "b'1'",
    "1j",
    "...",
    "x",
    "x := 1",
    "abs(1)",
    "__import__('os').system('true')",
    "(1).__class__",
    "(lambda: 1)()",
    "[x for x in (1,)]",
    "5 % 2",
    "1 << 99",
    "1 < 2",
    "not 1",
    "~1",
    "0 / 0",
    "1 // 0",
    "0 ** -1",
    "9 ** 9 ** 9",
    "9 ** 99",
    "10 ** 15 * 10",
    "1e308 * 10",
    "1e400",
    "-(8) ** 0.5 ** 99 ** 99",
    "(0 - 8) ** 0.5",
    "9" * LONGEST,
    "(" * 99 + "1" + ")" * 99 + "1",
    "1" + "+1" * LONGEST,
    "(1)\n(2)",
    "1\0",
    "\ud800",
    "１ + １",
]
"""None of these has a value; the last is written in full-width digits."""


@pytest.mark.parametrize(("expression", "value"), SUMS, ids=[expression for expression, _ in SUMS])
def test_arithmetic_has_its_value(expression: str, value: float) -> None:
    """Precedence, signs, floor division and powers are those of Python."""
    assert calculate(expression) == value


@pytest.mark.filterwarnings("default::SyntaxWarning")
@pytest.mark.parametrize("expression", NASTY, ids=[ascii(expression)[:40] for expression in NASTY])
def test_what_is_no_bounded_arithmetic_is_refused_in_words_and_at_once(expression: str) -> None:
    """No name is looked up, nothing is called, nothing large is computed; the words end without a full stop."""
    began = time.perf_counter()
    with pytest.raises(ValueError, match=r"^(The|Division).*[^.]$"):
        calculate(expression)
    assert time.perf_counter() - began < 0.5


def test_the_longest_expression_is_still_worked_out() -> None:
    """The limits are inclusive: that many characters, that large a number."""
    longest = "1+" * (LONGEST // 2 - 1) + "10"
    assert len(longest) == LONGEST
    assert calculate(longest) == LONGEST // 2 - 1 + 10
    assert calculate(f"{LARGEST:.0f}") == LARGEST
    with pytest.raises(ValueError, match="too large"):
        calculate(f"{LARGEST:.0f} + 1")
