"""Keeps values as they are while a text around them is written otherwise: each is one character until that is done."""

import re
from collections.abc import Iterator, Sequence

from engine.conversation.events import Act
from engine.speech.phrasebook import Phrasebook

_FIRST, _MOST = 0xE000, 6000
_KEPT = re.compile(r"[\ue000-\uf7ff]")
_EXACT = re.compile(r"“[^”]*”|\([A-Z]{3}\)|[^\s“”]*[\d@#$_][^\s“”]*[^\s“”.,;:!?)]|\d")
"""What has a letter's exactness by its looks: what is quoted, codes, and words with digits, an address's sign or a dollar's."""


def masked(text: str, meaning: Sequence[Act], phrasebook: Phrasebook) -> tuple[str, list[str]]:
    """The text with one character for each value, and the values in their order."""
    kept: list[str] = []

    def keep(start: int, end: int) -> str:
        kept.append(text[start:end])
        return chr(_FIRST + len(kept) - 1)

    place, parts = 0, []
    for start, end in _merged(sorted(_spans(text, meaning, phrasebook)))[:_MOST]:
        parts += [text[place:start], keep(start, end)]
        place = end
    return "".join([*parts, text[place:]]), kept


def unmasked(text: str, kept: Sequence[str]) -> str | None:
    """The text with its values; None when one of them is missing, comes twice or elsewhere."""
    if [ord(sign) - _FIRST for sign in _KEPT.findall(text)] != list(range(len(kept))):
        return None
    return _KEPT.sub(lambda sign: kept[ord(sign[0]) - _FIRST], text)


def _spans(text: str, meaning: Sequence[Act], phrasebook: Phrasebook) -> Iterator[tuple[int, int]]:
    for found in _EXACT.finditer(text):
        yield found.span()
    for act in meaning:
        for slot, value in act.slots.items():
            for way in phrasebook.ways(slot, value):
                yield from (found.span() for found in re.finditer(re.escape(way), text, re.IGNORECASE) if way)


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that overlap as one."""
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
