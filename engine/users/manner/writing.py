"""How a customer writes: letters, marks, short forms, the turns of speech of a stranger or of somebody very correct."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from random import Random

from engine.users.manner.clause import Clause

_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
_LONG = re.compile(r"\b[a-z]{4,}\b(?!')")
_SENTENCE = re.compile(r"(?:^|(?<=[.!?] ))(?=\S)")
_ANSWERS = frozenset(("yes", "yeah", "yep", "no", "nope", "not"))

_FORMAL: Mapping[str, str] = {
    r"\b(it|that)'s been\b": r"\1 has been",
    r"\b(I)'m\b": r"\1 am",
    r"\b(I|you|we|they|it|that)'d\b": r"\1 would",
    r"\b(I|you|we|they|it|that|there)'ll\b": r"\1 will",
    r"\b(I|you|we|they)'ve\b": r"\1 have",
    r"\b(you|we|they)'re\b": r"\1 are",
    r"\b(it|that|there|here|what|where|who|how|name|he|she|everything|nothing|something)'s\b": r"\1 is",
    r"\bcan't\b": "cannot",
    r"\bwon't\b": "will not",
    r"\b(do|does|did|is|are|was|were|could|would|should|have|has|had)n't\b": r"\1 not",
    r"\b[Ll]et's\b": "let us",
    r"\b(?:Yeah|Yep)\b": "Yes",
    r"\bNope\b": "No",
    r"\b(?:Hey there|Hi there|Hey|Hi)\b": "Good day",
    r"\bthanks a (?:lot|million)\b|\bmany thanks\b|\bthanks so much\b": "thank you very much",
    r"\bthanks\b(?! to\b)": "thank you",
}
_NATIVE_ELSEWHERE: Mapping[str, str] = {
    r"\bI'd like\b": "I want",
    r"\bI'm looking for\b": "I search",
    r"\bI'm (trying|looking) to\b": "I try to",
    r"(?<!'d )(?<!'ll )(?<!n't )(?<!to )\bhave to\b": "must",
    r"(?<!please )(?<!please, )\bCould you\b(?![^.!?]*\bplease\b)": "Please can you",
    r"\bI'm writing because\b": "I write because",
    r"\bI've got\b": "I have",
    r"\bIs it too late to\b": "Is it possible still to",
    r"\banything else\b": "other thing",
    r"\bone more thing\b": "one thing more",
    r"\bI don't\b": "I not",
    r"\bI was hoping for\b": "I hoped for",
    r"\bthanks a (?:lot|million)\b|\bmany thanks\b": "thank you very much",
    r"\bthanks\b": "thank you",
    r"\bhelp with\b": "help for",
    r"\bright now\b": "in this moment",
}
_SHORT: Mapping[str, str] = {
    r"\bI don't know\b": "idk",
    r"\bto be honest\b": "tbh",
    r"\b(?:thank you so much|thanks so much|thanks a lot|thank you)\b": "ty",
    r"\bthanks\b": "thx",
    r"\bplease\b": "pls",
    r"\byou're\b": "ur",
    r"\byour\b": "ur",
    r"\byou\b": "u",
    r"\bbecause\b": "bc",
    r"\bthough\b": "tho",
    r"\bokay\b": "ok",
    r"\bright now\b": "rn",
    r"\bsomething\b": "smth",
    r"\bprobably\b": "prob",
    r"\bgoing to\b": "gonna",
    r"\bwant to\b": "wanna",
    r"\breservation\b": "res",
}
_CURT: Mapping[str, str] = {
    r"(?:^|(?<=[.!?] ))(?:So )?I(?:'d like to|'d love to| want to| need to| have to| would like to) (?=\w)": "",
    r"(?:^|(?<=[.!?] ))(?:So )?I(?:'m| was) (?:looking|hoping|trying) to (?=\w)": "",
    r", (?:please|thanks|thank you|sorry|if that helps|if that's okay|if I may|if you don't mind)(?=[.!?])": "",
    r"(?:^|(?<=[.!?] ))(?:Could|Can|Would) you (?:please |help me )?(?=[a-z])(?![^.!?]*\bplease\b)(?=[^?]*\.)": "Please ",
    r"(?:^|(?<=[.!?] ))(?:Hi|Hello|Hey|Hi there|Thanks|Thank you|Thanks a lot|Many thanks)[.!] ": "",
    r"(?:^|(?<=[.!?] ))(?:Sure|Of course|Let me see|Well|Honestly|Actually), (?=\w)": "",
}
_STRONG = re.compile(r"\b(?:please|really|never|need|today|only|very|again|still|want|just|not|have)\b")
_TICS = (
    ("Um, ", ""),
    ("Well, ", ""),
    ("So, ", ""),
    ("Look, ", ""),
    ("", ", you know"),
    ("", ", y'know"),
    ("Uh, ", ""),
    ("", ", you see"),
)
_BEGINS = re.compile(
    r"(?:um|uh|well|so|look|oh|hm+|ah|and|also|hi|hello|hey|good|yes|yeah|yep|no|nope|sorry|okay)\b", re.IGNORECASE
)


def _replaced(text: str, table: Mapping[str, str]) -> str:
    for pattern, other in table.items():
        text = re.sub(pattern, partial(_as_written, other), text, flags=re.IGNORECASE)
    return _capitals(text)


def _as_written(other: str, found: re.Match[str]) -> str:
    """The replacement, with a capital where the original had one."""
    new = found.expand(other)
    if found[0][:1].isupper() or new.startswith("I "):
        return new[:1].upper() + new[1:]
    return new[:1].lower() + new[1:]


def _capitals(text: str) -> str:
    return re.sub(r"(^|[.!?] )([a-z])", lambda found: found[1] + found[2].upper(), text)


def _formal(text: str, _habit: Random, _random: Random) -> str:
    return _replaced(text, _FORMAL)


def _elsewhere(text: str, _habit: Random, random: Random) -> str:
    """Some articles are missing, some turns are those of another language."""
    text = _replaced(text, _NATIVE_ELSEWHERE)
    article = re.compile(r"(?<=[a-z,] )(?:the|a|an) (?!(?:lot|few|bit|little|one|ones|same|rest|second|moment|hand)\b)")
    return article.sub(lambda found: "" if random.random() < 0.6 else found[0], text)


def _shortens(text: str, _habit: Random, _random: Random) -> str:
    return _replaced(text, _SHORT)


def _curt(text: str, _habit: Random, _random: Random) -> str:
    return _replaced(text, _CURT)


def _lower(text: str, _habit: Random, _random: Random) -> str:
    return text.lower()


def _unpunctuated(text: str, _habit: Random, _random: Random) -> str:
    return re.sub(r"\s+", " ", re.sub(r" [–-] |[.,;:!?]+(?=\s|$)", " ", text)).strip()


def _mistypes(text: str, _habit: Random, random: Random) -> str:
    """One to three words with a slip of the finger; a short message may have none."""
    words = [found for found in _LONG.finditer(text) if found[0] not in _ANSWERS]
    count = 1 + (random.random() < 0.5) + (random.random() < 0.2) if len(text) > 60 or random.random() < 0.5 else 0
    chosen = sorted(random.sample(words, min(count, len(words))), key=lambda found: -found.start())
    for found in chosen:
        text = text[: found.start()] + _mistyped(found[0], random) + text[found.end() :]
    return text


def _mistyped(word: str, random: Random) -> str:
    place, how = 1 + int(random.random() * (len(word) - 2)), random.random()
    before, letter, after = word[:place], word[place], word[place + 1 :]
    if how < 0.4 and letter != after[0]:
        return before + after[0] + letter + after[1:]
    if how < 0.75:
        return before + after
    return before + letter + letter + after


def _dots(text: str, _habit: Random, random: Random) -> str:
    """Three dots for a full stop, certainly for the first."""
    stops = [found.start() for found in re.finditer(r"(?<![.])\.(?=\s|$)", text)]
    chosen = [place for number, place in enumerate(stops) if number == 0 or random.random() < 0.4]
    for place in reversed(chosen):
        text = text[:place] + "..." + text[place + 1 :]
    return text


def _loud(text: str, _habit: Random, random: Random) -> str:
    """Marks twice and thrice, and a mark where there was a full stop."""
    text = re.sub(r"(?<![!?])([!?])(?=\s|$)", lambda mark: mark[1] * (2 if random.random() < 0.6 else 3), text)
    return re.sub(r"(?<=\w)\.$", "!!", text) if random.random() < 0.7 else text


def _stresses(text: str, _habit: Random, random: Random) -> str:
    """One word in capitals."""
    words = list(_STRONG.finditer(text))
    if not words:
        return text
    found = words[int(random.random() * len(words))]
    return text[: found.start()] + found[0].upper() + text[found.end() :]


def _tic(text: str, habit: Random, random: Random) -> str:
    """The same few words again and again, in one sentence of most messages."""
    first, last = _TICS[int(habit.random() * len(_TICS))]
    sentences = _sentences(text)
    apt = [number for number, each in enumerate(sentences) if len(each.split()) > 3 and not _BEGINS.match(each)]
    apt = [number for number in apt if not last or re.search(r"\w\.$", sentences[number])]
    if not apt or random.random() < 0.15:
        return text
    number = apt[int(random.random() * len(apt))]
    said = sentences[number]
    sentences[number] = first + _lowered(said) if first else f"{said[:-1]}{last}."
    return " ".join(sentences)


def _sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?]) ", text) if part]


def _lowered(sentence: str) -> str:
    """Without the capital of its beginning, where that is none of its own."""
    word = _WORD.match(sentence)
    if word is None or word[0] == "I" or word[0].startswith("I'") or word[0].isupper():
        return sentence
    return sentence[0].lower() + sentence[1:]


WORDINGS: Sequence[Clause] = (
    Clause(name="formal", told="Write formally, without contractions.", wording=_formal),
    Clause(name="non_native", told="English is not your first language; it shows in small mistakes.", wording=_elsewhere),
    Clause(name="verbal_tic", told="You have a turn of phrase that comes up again and again.", wording=_tic),
    Clause(name="abbreviates", told="Abbreviate as in text messages (pls, thx, u).", wording=_shortens),
    Clause(name="stresses", told="Write a word in CAPITALS now and then.", wording=_stresses),
    Clause(name="dots", told="Let your sentences trail off with three dots.", wording=_dots),
    Clause(name="loud", told="Use several exclamation or question marks in a row.", wording=_loud),
    Clause(name="typos", told="Make a typo now and then, never in names, numbers or ids.", wording=_mistypes),
    Clause(name="lower_case", told="Write in lower case.", wording=_lower),
    Clause(name="no_punctuation", told="Leave out punctuation.", wording=_unpunctuated),
)

CURT = _curt
"""How somebody terse writes."""
