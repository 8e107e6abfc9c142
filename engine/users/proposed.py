"""Which write a text proposes, of those that were asked for, and what it states of it."""

import math
import re
import tomllib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from engine.reading.ids import loosely
from engine.reading.sentences import plain
from engine.reading.stating import Ways, against, to_pay
from servers.domain import Domain
from servers.recipe import Slots

_STEM = 5
_WORD = re.compile(r"[a-z]{4,}")
_MUCH = 4.0
"""How much more must speak for another write than for one that was asked for."""

_SLOT = re.compile(r"\{(\w+)[^}]*\}|@\w+@")
_FORMS = ("", ":because", ":with", ":noun")


def proposals(domain: Domain) -> Collection[str]:
    """The writes for whose proposal a domain has words."""
    return _weights(domain.phrases).keys()


def likeliest(domain: Domain, text: str, asked: str, expected: Sequence[str]) -> str | None:
    """The write of those asked for that a text proposes, by the words of the domain's own proposals. None: it is another
    one, which the sentences that ask for the yes (`asked`) name."""
    if not expected:
        return None
    weights, said = _weights(domain.phrases), _stems(plain(text))
    scores = {
        kind: math.fsum(sorted(weight for stem, weight in words.items() if stem in said)) for kind, words in weights.items()
    }
    best = max(expected, key=lambda kind: scores.get(kind, 0.0))
    if _is_named(best, said):
        return best
    others = [kind for kind in scores if kind not in expected and _is_named(kind, said)]
    plainly = [kind for kind in others if _is_named(kind, _stems(asked)) and scores[kind] > scores.get(best, 0.0)]
    return None if plainly or any(scores[kind] > _MUCH * (scores.get(best, 0.0) + 0.5) for kind in others) else best


def _is_named(kind: str, said: Collection[str]) -> bool:
    """Are the words of a proposal's own name there?"""
    return all(word[:_STEM] in said for word in kind.split("_"))


def stated(domain: Domain, values: Slots, everything: Mapping[int, Slots], text: str) -> Slots:
    """What a text states otherwise than the customer wants it, by slot, and what is to be paid."""
    found = {}
    others = loosely(msgspec.json.encode(everything).decode())
    for slot, value in values.items():
        if isinstance(value, str) and _is_told_otherwise(domain, slot, values):
            continue
        other = against(slot, value, text, _ways(domain, slot))
        if other is not None and not (isinstance(other, str) and loosely(other) in others):
            found[slot] = domain.cues.stated(slot, other)
    due = to_pay(text) if domain.quotes else None
    return found if due is None else {**found, domain.quotes[0]: due}


def _is_told_otherwise(domain: Domain, slot: str, values: Slots) -> bool:
    """Are there two things of a kind in a wish, so that nobody can tell which of them a text means?"""
    asked = domain.cues.asked
    return slot in asked and any(other != slot and asked.get(other) is asked[slot] for other in values)


def _ways(domain: Domain, slot: str) -> Ways:
    """How each value of a slot that has few is named: by the domain's table, or by the surfaces of its phrases."""
    if slot in domain.cues.meant:
        return domain.cues.meant[slot]
    every = _phrases(domain.phrases).get("surfaces", {})
    surfaces = [every.get(f"{slot}{form}", {}) for form in _FORMS]
    keys = [key for ways in surfaces for key in ways if key != "*" and " " in key]
    return {key: (key, *(way for ways in surfaces for way in ways.get(key, ()))) for key in dict.fromkeys(keys)}


@lru_cache(maxsize=16)
def subjects(phrases: str) -> frozenset[str]:
    """The stems of words in which a domain's answers speak."""
    agent = _phrases(phrases).get("agent", {})
    lines = (line for kind in agent if kind.startswith("answer.") for line in agent[kind])
    return frozenset().union(*(_stems(_SLOT.sub(r" \1 ", line.lower())) for line in lines))


def _stems(said: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in _WORD.findall(said))


@lru_cache(maxsize=16)
def _phrases(text: str) -> Mapping[str, Any]:
    return tomllib.loads(text)


@lru_cache(maxsize=16)
def _weights(phrases: str) -> Mapping[str, Mapping[str, float]]:
    """For each kind of proposal its words: one that most of its lines have, and few other kinds, says much."""
    agent = _phrases(phrases).get("agent", {})
    lines = {
        kind.partition(".")[2]: [_stems(_SLOT.sub(r" \1 ", line.lower())) for line in agent[kind]]
        for kind in agent
        if kind.startswith("propose.")
    }
    spread = Counter(stem for of in lines.values() for stem in frozenset[str]().union(*of))
    return {
        kind: {stem: _weight(stem, of, len(lines), spread[stem]) for stem in frozenset[str]().union(*of)}
        for kind, of in lines.items()
    }


def _weight(stem: str, lines: Sequence[frozenset[str]], kinds: int, spread: int) -> float:
    share = sum(1 for line in lines if stem in line) / len(lines)
    return share * math.log((kinds + 1) / spread)
