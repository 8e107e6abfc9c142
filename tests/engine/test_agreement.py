"""A customer says yes to what they asked for, and to nothing that goes against their words."""

from typing import Any

import pytest

from servers.retail.recipes.agreement import contradicted

BOOTS = {"name": "Hiking Boots", "options": {"color": "brown", "size": "9", "sole": "hard"}}
SNEAKERS = {"name": "Sneakers", "options": {"color": "red", "size": "9"}}


def variant(thing: dict[str, Any], **options: str) -> dict[str, Any]:
    return {"name": thing["name"], "options": {**thing["options"], **options}}


def swap(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    return {"item": old, "new": new}


WHITE = {"item": {"name": "Hiking Boots", "options": {}}, "wanted": {"color": "white"}}
CHEAPEST = {**WHITE, "pick": "cheapest"}
BLUE = {"item": {"name": "Sneakers", "options": {}}, "wanted": {"color": "blue"}}
BOTH = [swap(BOOTS, variant(BOOTS, color="white")), swap(SNEAKERS, variant(SNEAKERS, color="blue"))]
A, B = {"name": "Kettle", "options": {}}, {"name": "Kite", "options": {}}

AGREES: dict[str, tuple[dict[str, Any], dict[str, Any], int]] = {
    "the same one in white": ({"swaps": [WHITE]}, {"swaps": BOTH[:1]}, 0),
    "a pick may differ elsewhere": ({"swaps": [CHEAPEST]}, {"swaps": [swap(BOOTS, variant(BOOTS, color="white", size="8"))]}, 0),
    "both swaps, in another order": ({"swaps": [WHITE, BLUE]}, {"swaps": BOTH[::-1]}, 0),
    "one of two swaps, the other refused": ({"swaps": [WHITE, BLUE]}, {"swaps": BOTH[1:]}, 1),
    "items with more options than were said": ({"items": [A, B]}, {"items": [variant(B, color="red"), A]}, 0),
    "a method by its kind": ({"payment": "Visa"}, {"payment": "Visa ending in 1111"}, 0),
    "what cannot be told apart": ({"payment": "original payment method"}, {"payment": "PayPal account"}, 0),
}
CONTRADICTS: dict[str, tuple[dict[str, Any], dict[str, Any], int]] = {
    "another size beside": ({"swaps": [WHITE]}, {"swaps": [swap(BOOTS, variant(BOOTS, color="white", size="8"))]}, 0),
    "another color": ({"swaps": [WHITE]}, {"swaps": [swap(BOOTS, variant(BOOTS, color="green"))]}, 0),
    "a pick without what was asked for": ({"swaps": [CHEAPEST]}, {"swaps": [swap(BOOTS, variant(BOOTS, size="8"))]}, 0),
    "another product": ({"swaps": [CHEAPEST]}, {"swaps": [swap(BOOTS, variant(SNEAKERS, color="white"))]}, 0),
    "one of two swaps missing": ({"swaps": [WHITE, BLUE]}, {"swaps": BOTH[:1]}, 0),
    "no swap at all": ({"swaps": [WHITE, BLUE]}, {"swaps": []}, 0),
    "an item missing": ({"items": [A, B]}, {"items": [A]}, 0),
    "one item twice instead of two": ({"items": [A, B]}, {"items": [A, variant(A, color="red")]}, 0),
    "an item too many": ({"items": [A]}, {"items": [A, B]}, 0),
    "another order": ({"order_id": "#W1"}, {"order_id": "#W2"}, 0),
    "another method": ({"payment": "Visa"}, {"payment": "PayPal account"}, 0),
    "another reason": ({"reason": "no longer needed"}, {"reason": "ordered by mistake"}, 0),
    "another street": ({"address": {"address1": "1 Elm St"}}, {"address": {"address1": "2 Elm St"}}, 0),
    "an order without what was named": ({"order_with": ["Kite"]}, {"order_with": ["Kettle"]}, 0),
}


@pytest.mark.parametrize("case", AGREES)
def test_a_statement_that_fits_is_agreed_to(case: str) -> None:
    """Also where the customer could not tell a wrong option from the right one."""
    assert contradicted(*AGREES[case]) is None


@pytest.mark.parametrize("case", CONTRADICTS)
def test_a_statement_that_does_not_fit_is_named(case: str) -> None:
    """By the slot in which it goes against the customer's words."""
    params, stated, refused = CONTRADICTS[case]
    assert contradicted(params, stated, refused) == next(iter(params))
