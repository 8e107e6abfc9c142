"""Payment methods that a customer describes instead of naming them: the smallest gift card, the one that is just enough.

A description is a few words; what it means depends on what is on file and on what is to be paid.
"""

from collections.abc import Mapping, Sequence

from servers.airline.facts import AirlineFacts
from servers.airline.recipes.paying import named
from servers.airline.records import Certificate, GiftCard, PaymentMethod
from servers.persons import CreditCard

GIFT_CARD, SMALLEST, FULLEST = "gift card", "smallest gift card", "fullest gift card"
ALL_GIFTS, JUST_ENOUGH = "gift cards", "gift card that is just enough"
CERTIFICATE, LARGEST_CERTIFICATE, ALL_CERTIFICATES = "certificate", "largest certificate", "certificates"
OTHER = "credit card that isn't the "


def meant(methods: Mapping[str, PaymentMethod], words: str, total: int, facts: AirlineFacts) -> Sequence[PaymentMethod]:
    """The methods that a description means, in the order of their turn; nothing where there are none."""
    gifts = sorted((each for each in methods.values() if isinstance(each, GiftCard)), key=_amount)
    certificates = sorted((each for each in methods.values() if isinstance(each, Certificate)), key=_amount)
    match words:
        case "gift card" | "smallest gift card":
            return gifts[:1]
        case "fullest gift card":
            return gifts[-1:]
        case "gift cards":
            return gifts[::-1][: facts.max_gift_cards]
        case "gift card that is just enough":
            return [each for each in gifts if each.amount >= total][:1]
        case "certificate":
            return certificates[:1]
        case "largest certificate":
            return certificates[-1:]
        case "certificates":
            return certificates[::-1]
    if words.startswith(OTHER):
        known = named(methods, words.removeprefix(OTHER))
        return [each for each in methods.values() if isinstance(each, CreditCard) and each != known][:1]
    method = named(methods, words)
    return [method] if method is not None else []


def is_clear(methods: Mapping[str, PaymentMethod], words: str) -> bool:
    """Does a description leave no choice: one of the kind, no two that hold the same, no empty one among them?"""
    gifts = [each.amount for each in methods.values() if isinstance(each, GiftCard)]
    certificates = [each.amount for each in methods.values() if isinstance(each, Certificate)]
    cards = [each for each in methods.values() if isinstance(each, CreditCard)]
    match words:
        case "gift card":
            return len(gifts) < 2 and 0 not in gifts
        case "certificate":
            return len(certificates) < 2
        case "largest certificate" | "certificates":
            return len(set(certificates)) == len(certificates) > 1
        case "smallest gift card" | "fullest gift card" | "gift cards" | "gift card that is just enough":
            return len(set(gifts)) == len(gifts) > 1 and 0 not in gifts
    if words.startswith(OTHER):
        return len(cards) == 2 and named(methods, words.removeprefix(OTHER)) in cards
    return True


def fits(words: str, stated: str) -> bool:
    """Can a method that an agent states be one that was described, as far as its owner sees without looking?"""
    for kind in ("gift card", "certificate"):
        if kind in words:
            return stated.startswith(kind)
    if words.startswith(OTHER):
        return words.removeprefix(OTHER).casefold() not in stated.casefold() and not stated.startswith(
            ("gift card", "certificate")
        )
    return words.casefold() in stated.casefold()


def _amount(method: GiftCard | Certificate) -> float:
    return method.amount
