"""How a party says which model it is: `openai:MODEL` plays it, `guided:MODEL` gives a deterministic one its words."""

import re

OPENAI, GUIDED = "openai", "guided"

_NAMED = re.compile(rf"({OPENAI}|{GUIDED}):([A-Za-z0-9][^\s\x00-\x1f]*)")
"""Names of models have slashes, colons, dots and more in them."""


def way_of(party: str) -> str:
    """How a model takes part, empty where none does."""
    found = _NAMED.fullmatch(party)
    return found[1] if found else ""


def model_of(party: str) -> str:
    """The name of its model, empty where it has none."""
    found = _NAMED.fullmatch(party)
    return found[2] if found else ""
