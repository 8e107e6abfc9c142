"""What a text names that somebody could have made up: numbers, keys, days, spans of time, and names."""

import re
from collections.abc import Iterator

_TOKEN = re.compile(r"\S+@\S+\w|#?[\w@+-]*\d[\w@+-]*(?:\.\d+)?")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)$")
_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_FIGURES = {name: str(number) for number, name in enumerate(_NUMBERS, 2)}
"""Numbers in words, from two: "one" is a word like others."""
_COUNTED = re.compile(
    rf"\b(?:{'|'.join(_NUMBERS)}|hundreds?|thousands?|dozens?|half|twice|double|days|weeks?|hours?|minutes?|months?|tomorrow"
    r"|yesterday|tonight|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|april|june|july|august|september|october"
    r"|november|december)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_][\w'’&-]*")
_BEGINNING = re.compile(r"(?:^|[.!?:;\n\"“”(–—-])\s*$")
_OPENER = re.compile(
    r"absolutely|actually|again|ah|ahh|alright|also|anyway|apologies|certainly|cool|correct|done|exactly"
    r"|excellent|fine|first|fantastic|good|goodbye|got|great|greetings|hello|hey|hi|hmm|honestly|however|indeed"
    r"|just|lastly|lovely|next|nice|no|nope|now|of|oh|ok|okay|oops|perfect|please|right|roger|so|sorry|still"
    r"|sure|thanks|then|understood|unfortunately|wait|welcome|well|wonderful|wow|yeah|yep|yes|bye|cheers|finally"
    r"|noted",
    re.IGNORECASE,
)
"""Words with a comma behind them at the beginning of a sentence that are no names."""


def things(text: str) -> set[str]:
    """Numbers and whatever has a digit in it, addresses, days and spans of time, as a set of words."""
    found = {_ORDINAL.sub("", each.casefold().strip(".-+#")) for each in _TOKEN.findall(text)}
    counted = (each.casefold() for each in _COUNTED.findall(text))
    return {each for each in found if each} | {_FIGURES.get(each, each) for each in counted}


def names(text: str, known: str) -> Iterator[str]:
    """Words that stand there as names do, and nowhere in the text that is known: with a capital in the middle of a sentence, or
    addressing somebody at its beginning."""
    before = {each.casefold() for each in _words(known)}
    for found in _WORD.finditer(text):
        word = found[0]
        if not word[0].isupper() or {word.casefold(), *map(str.casefold, _words(word))} & before or _is_i(word):
            continue
        begins = _BEGINNING.search(text, 0, found.start()) is not None
        if not begins or (text[found.end() : found.end() + 1] == "," and _OPENER.fullmatch(word) is None):
            yield word


def _words(text: str) -> Iterator[str]:
    """Words, without what stands behind an apostrophe."""
    return (re.split(r"['’]", found[0])[0] for found in _WORD.finditer(text))


def _is_i(word: str) -> bool:
    return re.split(r"['’]", word)[0] in ("I", "OK")
