"""How agents and customers of the shop say a thing in English: items, options, money, payment methods, addresses.

Pure functions. What stands in a result stands there verbatim: every option's value and the product's name
can be found in the words made of them, whatever their case. The wording of options comes from
`catalogue.toml`; products of other shops are worded by the names of their options.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from servers.english import joined
from servers.persons import Address, CreditCard
from servers.retail import catalogue
from servers.retail.records import GiftCard, PaymentMethod

# Where a word stands before the noun, in the order of English adjectives, and how it is said without one.
_BEFORE = {
    "size": "in the {value} size",
    "color": "in {value}",
    "pattern": "in the {value} version",
    "material": "in {value}",
    "kind": "in the {value} version",
}
_ADJECTIVES = tuple(_BEFORE)
_AFTER = len(_ADJECTIVES)
_WITH = _AFTER + 3
_ASIDE = _AFTER + 5
# Phrases after the noun, by their first word; every other one comes third, before those with 'with'.
_AFTER_RANKS = {"in": _AFTER, "by": _AFTER + 1}

_LETTER_OR_NUMBER = re.compile(r"\d*X*[SML]|\d+(\.\d+)?")
_SAYS_NOTHING = re.compile(r"(yes|no|none|not|n/a|true|false)\b", re.IGNORECASE)
_BRANDS = {"amex": "American Express", "mastercard": "Mastercard"}

_QUALITY_OF_PART = re.compile(r"an? (\S+) (\S+)")
_PAIR = re.compile(
    r"\b(shoes|boots|sneakers|glasses|sunglasses|headphones|earbuds|gloves|socks|shorts|scissors|binoculars)\b", re.I
)
_PHRASE_AFTER = re.compile(r" (?:with|in|for|of|by|rated|filled|compatible) | \(")
_SPELLED_OUT = re.compile(r"[A-Z][A-Z0-9]{0,5}\b(?![a-z])")
_READ_AS_WORDS = ("HEPA", "NASA", "NATO", "RAM", "LAN", "SIM", "MIDI", "NAS", "LIDAR")
_SOUNDS_LIKE_A_VOWEL = re.compile(r"8|(11|18)(?!\d)|(11|18),\d{3}(?!,)|[aeiou]|hour|honest|honor|heir|herb\b", re.I)
_SOUNDS_LIKE_A_CONSONANT = re.compile(r"uni(?!n|m)|us[aeu]|ut[ie]|uk|eu|ewe|one\b|once\b|ubiq|ura", re.I)


class _Word(NamedTuple):
    """How an option is said: `rank` is where (adjectives, then what follows), `alone` how it is said without a noun."""

    rank: int
    text: str
    alone: str


def item(name: str, chosen: Mapping[str, str]) -> str:
    """A product with some of its options: 'black Desk Lamp with USB power'."""
    words = sorted([_word(name, option, value) for option, value in chosen.items()], key=_rank)
    before = [word.text for word in words if word.rank < _AFTER]
    after = [word.text for word in words if _AFTER <= word.rank < _WITH]
    return " ".join([*before, name, *after, *_with([word.text for word in words if word.rank >= _WITH])])


def options(chosen: Mapping[str, str], name: str = "") -> str:
    """The options alone: 'in black with USB power'. Read best when the product's name is given."""
    phrases = [word.alone for word in sorted([_word(name, option, value) for option, value in chosen.items()], key=_rank)]
    versions = [phrase[7:-8] for phrase in phrases if phrase.startswith("in the ") and phrase.endswith(" version")]
    plain = [phrase[3:] for phrase in phrases if phrase.startswith("in ") and not phrase.endswith(" version")]
    plain.sort(key=lambda phrase: phrase.startswith("the "))
    inside = [*plain, *([f"the {' '.join(versions)} version"] if versions else [])]
    other = [phrase for phrase in phrases if not phrase.startswith(("in ", "with ", "("))]
    first = [*([f"in {joined(inside)}"] if inside else []), *other]
    last = _with([phrase for phrase in phrases if phrase.startswith(("with ", "("))])
    return (", " if other else " ").join([*first, *last])


def payment(method: PaymentMethod) -> str:
    """A payment method as its owner calls it: 'Visa ending in 7334', 'PayPal account', 'gift card ending in 2841'."""
    if isinstance(method, CreditCard):
        return f"{_BRANDS.get(method.brand, method.brand.title())} ending in {method.last_four}"
    return f"gift card ending in {method.id[-4:]}" if isinstance(method, GiftCard) else "PayPal account"


def days(first: int, last: int) -> str:
    """How long something takes: 'within 5 to 7 business days', 'within 1 business day'."""
    span = str(first) if first == last else f"{first} to {last}"
    return f"within {span} business day{'' if last == 1 else 's'}"


def reasons(accepted: Sequence[str]) -> str:
    """Reasons word for word: '“no longer needed” or “ordered by mistake”'."""
    return joined([f"“{reason}”" for reason in accepted], "or")


def address(where: Address) -> str:
    """An address on one line; the country only where it is not the USA."""
    country = "" if where.country in ("USA", "US", "United States") else where.country
    parts = (where.address1, where.address2, where.city, f"{where.state} {where.zip}", country)
    return ", ".join(part for part in parts if part)


def with_article(phrase: str) -> str:
    """The phrase with 'a' or 'an', by its sound; 'a pair of' where the thing is two."""
    if _PAIR.search(_PHRASE_AFTER.split(phrase, maxsplit=1)[0]):
        return f"a pair of {phrase}"
    return f"{'an' if _starts_like_a_vowel(phrase.lstrip('$#(')) else 'a'} {phrase}"


def _starts_like_a_vowel(phrase: str) -> bool:
    letters = _SPELLED_OUT.match(phrase)
    if letters and letters[0] != "A" and not letters[0].startswith(_READ_AS_WORDS):
        return letters[0][0] in "AEFHILMNORSX"
    return bool(_SOUNDS_LIKE_A_VOWEL.match(phrase)) and not _SOUNDS_LIKE_A_CONSONANT.match(phrase)


def _with(phrases: list[str]) -> list[str]:
    """Phrases with 'with' as one ('with a hood and a full zipper'), then what stands in parentheses as one."""
    things = [phrase[5:] for phrase in phrases if phrase.startswith("with ")]
    asides = [phrase[1:-1] for phrase in phrases if phrase.startswith("(")]
    if len({thing.rpartition(" ")[2] for thing in things}) < len(things):
        things = _one_of_each(things)
    return [*([f"with {joined(things)}"] if things else []), *([f"({', '.join(asides)})"] if asides else [])]


def _one_of_each(things: list[str]) -> list[str]:
    """Two qualities of one part said together: 'a black frame' and 'a metal frame' are 'a black metal frame'."""
    merged: dict[tuple[bool, str], str] = {}
    for thing in things:
        part = _QUALITY_OF_PART.fullmatch(thing)
        key = (part is not None, part[2] if part else thing)
        if part and key in merged:
            merged[key] = f"{merged[key].removesuffix(part[2])}{part[1]} {part[2]}"
        else:
            merged[key] = thing
    return list(merged.values())


def _rank(word: _Word) -> int:
    return word.rank


def _word(name: str, option: str, value: str) -> _Word:
    return _CATALOGUE.get((name, option, value)) or _other_word(name, option, value)


@lru_cache(maxsize=4096)
def _other_word(name: str, option: str, value: str) -> _Word:
    return _made(*_generic(name, option, value), option, value)


def _made(say: str, alone: str, option: str, value: str) -> _Word:
    """The word of a template; `say` is a place before the noun or a phrase after it."""
    without = _filled(alone or _BEFORE.get(say, say), option, value)
    if say in _BEFORE:
        return _Word(_ADJECTIVES.index(say), value, without)
    text = _filled(say, option, value)
    if text.startswith("with "):
        return _Word(_WITH if option.endswith("color") else _WITH + 1, text, without)
    return _Word(_AFTER_RANKS.get(text.partition(" ")[0], _ASIDE if text[0] == "(" else _AFTER + 2), text, without)


def _filled(template: str, option: str, value: str) -> str:
    named = template.replace("{a-option}", with_article(option)).replace("{option}", option)
    return named.replace("{a}", with_article(value)) if "{a}" in template else named.replace("{value}", value)


def _generic(name: str, option: str, value: str) -> tuple[str, str]:
    """Template and its form without a noun for an option that the catalogue does not have, by the option's name."""
    lower = option.lower()
    if _SAYS_NOTHING.match(value):
        return "({option}: {value})", ""
    for wording in _BY_NAME.get(lower, ()):
        if not wording.values or value in wording.values:
            return wording.say, ""
    part, _, head = lower.rpartition(" ")
    if head in ("feature", "features"):
        return _feature(value), ""
    if head == "size":
        return _sized(name, part, value)
    if part and head in ("color", "colour", "material", "type"):
        return _of_part(name, part, value), ""
    return "with {value} {option}", ""


def _sized(name: str, part: str, value: str) -> tuple[str, str]:
    """The size of the thing ('large', 'size M') or of a part of it ('with a 15-inch screen')."""
    if part and part not in name.lower():
        return f"with {{a}} {part}", ""
    if _LETTER_OR_NUMBER.fullmatch(value):
        return "in size {value}", ""
    return "size", "in {value}" if value.lower().endswith("size") else ""


def _of_part(name: str, part: str, value: str) -> str:
    """What a part is like ('with a leather strap'), unless the part is the thing itself ('adjustable … Set')."""
    if part in name.lower():
        return "pattern"
    if part not in value.lower() and part[:-1] not in value.lower():
        return f"with {{a}} {part}"
    return "with {value}" if value.endswith("s") else "with {a}"


def _feature(value: str) -> str:
    """A quality stands before the noun ('cordless'); a thing comes with it ('with a timer', 'with night mode')."""
    if value.endswith(("less", "able", "proof", "resistant", "ed")):
        return "kind"
    return "with {a}" if value.endswith(("er", "or", "filter")) else "with {value}"


_BY_NAME: dict[str, list[catalogue.Wording]] = {}
for _wording in catalogue.WORDINGS:
    for _option in _wording.options:
        _BY_NAME.setdefault(_option, []).append(_wording)


def _catalogue_words() -> dict[tuple[str, str, str], _Word]:
    """Every value of the catalogue, under its product's name and, as the first product says it, under none."""
    words: dict[tuple[str, str, str], _Word] = {}
    for product in catalogue.TYPES.values():
        for option in product.options:
            for value in option.values:
                word = _made(option.say, option.alone, option.name, value)
                words[product.name, option.name, value] = word
                words.setdefault(("", option.name, value), word)
    return words


_CATALOGUE = _catalogue_words()
