"""Small things of English that every domain says alike: amounts of money, numbers of things, lists."""

from collections.abc import Sequence


def money(amount: float) -> str:
    """Dollars: '$1,234.50', '-$5.00'."""
    rounded = round(amount, 2)
    return f"-${-rounded:,.2f}" if rounded < 0 else f"${abs(rounded):,.2f}"


def counted(number: int, thing: str) -> str:
    """'1 passenger', '3 passengers'."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def joined(parts: Sequence[str], last: str = "and") -> str:
    """A list in a sentence: 'A', 'A and B', 'A, B and C'; '' for none. `last` may be 'or'."""
    return f" {last} ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
