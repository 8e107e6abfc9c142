"""From acts to sentences: the phrase files of a domain and the engine's own, as one book.

A phrase file is TOML: `[agent]` and `[user]` map an act's kind to lines of the grammar, `[macros]` names parts
of lines, used as @name@. `[surfaces.<slot>]` maps a slot's value to the ways it may be said, and
`[surfaces."<slot>:<form>"]` to the ways that lines ask for as {slot:form}; there "*" stands for every other value,
which takes the place of {} in its ways.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from random import Random
from typing import Any

from engine.conversation.events import Act
from engine.speech.grammar import GrammarError, Sequence, along, filters, literals, parse, paths, render, resolved, says, wordings
from servers.domain import Party

Worded = Callable[[str, Any], str]
"""How a domain says a slot's value: (slot, value) to text."""

TRIES = 24
"""How often a wording is drawn before the first one that was not used is looked for."""

AS: Mapping[str, str] = {"still": "refuse", "restate": "request", "correct": "request"}
"""Families of acts about one wish that are said in the words of another: a refusal or a request that comes again."""

_LOOSE = re.compile(r"  |\t|\s(?:[,.!?;:]|'(?:m|d|ll|ve|re|s)\b)")
_BLANKS = re.compile(r"[ \t]+")
_BEFORE_MARK = re.compile(r"\s+([,.!?;:]|'(?:m|d|ll|ve|re|s)\b)")
_BEGINNING = re.compile(r"(^\s*|[.!?]\s+)([a-z])")

_END = re.compile(r"(?<=[.!?])\s+")
_SLOT = "…"
_NOTICED = 3
"""Shorter sentences ("Sure.", "Anything else?") may come again."""

_OPENS = re.compile(
    r"\b(?:I'm (?:writing|messaging|reaching out|getting in touch|contacting you|here (?:to|about|because))|hello|hi|hey"
    r"|quick (?:one|question))\b",
    re.IGNORECASE,
)
"""How a request begins with which a conversation begins: who has asked for something before is in the middle of one."""

_FILTERS = ("a", "cap")
_OTHERS = "*"
_ASKS = "request."


class NoPhrase(LookupError):
    """The phrase files have no line for an act with these slots."""


class Phrasebook:
    """All lines of a domain. `worded(slot, value)` says a value; surfaces in the files come first."""

    def __init__(self, files: Iterable[str], worded: Worded) -> None:
        self._worded = worded
        self._lines: dict[tuple[str, str], list[Sequence]] = {}
        self._fitting: dict[tuple[str, str, frozenset[str]], list[tuple[int, Sequence]]] = {}
        self._literal: dict[tuple[str, str], str] = {}
        self.surfaces: dict[str, Mapping[str, list[str]]] = {}
        for text in files:
            content = tomllib.loads(text)
            self.surfaces.update(content.pop("surfaces", {}))
            macros: Mapping[str, str] = content.pop("macros", {})
            for party, kinds in content.items():
                for kind, lines in kinds.items():
                    with_macros = [_expanded(line, macros) for line in lines]
                    self._lines[party, kind] = [self._parsed(line, f"{party} '{kind}'") for line in with_macros]

    def kinds(self, party: Party) -> tuple[str, ...]:
        """The acts that a party has words for."""
        return tuple(kind for owner, kind in self._lines if owner == party)

    def wordings(self, party: Party, kind: str, having: frozenset[str]) -> int:
        """How many masked realisations an act with these slots has."""
        count = 0
        for _, line in self._fit(party, _in_words(kind), having):
            count += wordings(line, having)
        return count

    def literally(self, party: Party, kind: str) -> str:
        """All that the lines of an act have between their slots, one beside the other."""
        known = self._literal.get((party, kind))
        if known is None:
            lines = self._lines.get((party, _in_words(kind)), ())
            known = self._literal[party, kind] = " ".join(text for line in lines for text in literals(line))
        return known

    def say(
        self, party: Party, act: Act, random: Random, used: frozenset[str] = frozenset(), said: frozenset[str] = frozenset()
    ) -> tuple[str, Act]:
        """A sentence for an act, and the act with its wording's name.

        Lines of which nothing was used come first, then wordings that were not; of those drawn, the first that repeats
        nothing of what was `said` (`sentences`, and `told` of texts), or the one that repeats least. Raises NoPhrase.
        """
        having = frozenset(act.slots)
        kind = _in_words(act.kind)
        lines = self._fit(party, kind, having)
        if not lines:
            raise NoPhrase(f"no phrase for {party} '{act.kind}' with slots {sorted(having)}")

        def say(slot: str, rule: str) -> str:
            return self._slot(slot, act.slots[slot], rule, random)

        place, line, path = self._wording(kind, lines, having, random, used, said)
        for _ in range(TRIES if said else 1):  # a value may be said as a sentence of its own: "It was ordered by mistake."
            text = _tidy(render(line, say, having, along(path))[0])
            if not said & told(text):
                break
        return text, Act(kind=act.kind, slots=act.slots, wants=act.wants, form=f"{kind}.{place}.{path}")

    def sentences(self, party: Party, act: Act) -> frozenset[str]:
        """The sentences in which an act was said, without what its slots say; none where its wording is not named."""
        kind, having = _in_words(act.kind), frozenset(act.slots)
        number, _, path = act.form.removeprefix(f"{kind}.").partition(".")
        line = next((line for place, line in self._fit(party, kind, having) if str(place) == number), None)
        return told(_tidy(render(line, _unsaid, having, along(path))[0])) if line is not None else frozenset()

    def _wording(
        self,
        kind: str,
        lines: list[tuple[int, Sequence]],
        having: frozenset[str],
        random: Random,
        used: frozenset[str],
        said: frozenset[str],
    ) -> tuple[int, Sequence, str]:
        """A line with its place, and a path through it: by chance, else the first unused one, else whatever comes."""
        fresh = _fresh(kind, lines, used)
        late = kind.startswith(_ASKS) and any(form.startswith(_ASKS) for form in used)

        def by_chance(count: int) -> int:
            return int(random.random() * count)

        best, fewest = None, len(said) + 2
        for _ in range(TRIES):
            place, line = fresh[by_chance(len(fresh))]
            bare, path = render(line, _unsaid, having, by_chance)
            repeats = len(told(_tidy(bare)) & said) if said else 0
            repeats += late and _OPENS.search(bare) is not None
            if repeats < fewest and f"{kind}.{place}.{path}" not in used:
                best, fewest = (place, line, path), repeats
            if not fewest:
                break
        if best is not None:
            return best
        for place, line in fresh:
            unused = next((path for path in paths(line, having) if f"{kind}.{place}.{path}" not in used), None)
            if unused is not None:
                return place, line, unused
        place, line = fresh[by_chance(len(fresh))]
        return place, line, render(line, _unsaid, having, by_chance)[1]

    def _parsed(self, line: str, where: str) -> Sequence:
        try:
            tree = parse(line)
        except GrammarError as error:
            raise GrammarError(f"phrases for {where}: {error}") from None
        for slot in filters(tree):
            rule = slot.filter
            if rule not in _FILTERS and "/" not in rule and f"{slot.name}:{rule}" not in self.surfaces:
                raise GrammarError(f"phrases for {where}: there is no filter or surface '{slot.name}:{rule}' for: {line}")
        return tree

    def _fit(self, party: str, kind: str, having: frozenset[str]) -> list[tuple[int, Sequence]]:
        """The lines whose needed slots are given and that say every given one."""
        known = self._fitting.get((party, kind, having))
        if known is None:
            lines = enumerate(self._lines.get((party, kind), ()))
            known = self._fitting[party, kind, having] = [
                (place, resolved(line, having)) for place, line in lines if says(line, having) == having
            ]
        return known

    def _slot(self, slot: str, value: Any, rule: str, random: Random) -> str:
        if "/" in rule:
            one, _, many = rule.partition("/")
            count = len(value) if isinstance(value, list | tuple) else value if isinstance(value, int) else 1
            return one if count == 1 else many
        ways = self._ways(slot, value, rule if rule not in _FILTERS else "")
        text = ways[int(random.random() * len(ways))] if len(ways) > 1 else ways[0]
        if rule == "a":
            return f"{'an' if re.match('[aeiou]', text, re.IGNORECASE) else 'a'} {text}"
        return text[:1].upper() + text[1:] if rule == "cap" else text

    def _ways(self, slot: str, value: Any, form: str) -> list[str]:
        """How a value may be said, in a form: as the surfaces have it, else as the domain words it."""
        surfaces = self.surfaces.get(f"{slot}:{form}" if form else slot, {})
        ways = surfaces.get(value) if isinstance(value, str) and value != _OTHERS else None
        return ways or [way.replace("{}", self._worded(slot, value)) for way in surfaces.get(_OTHERS, ["{}"])]

    def stands_in(self, text: str, slot: str, value: Any) -> bool:
        """Is a slot's value said in a text, in one of its surfaces?"""
        plain = text.casefold()
        return any(way.casefold() in plain for way in self.ways(slot, value))

    def ways(self, slot: str, value: Any) -> Iterator[str]:
        """All ways in which a slot's value may be said, in whatever form."""
        forms = [name.partition(":")[2] for name in self.surfaces if name.startswith(f"{slot}:")]
        for form in ("", *forms):
            yield from self._ways(slot, value, form)


def _fresh(kind: str, lines: list[tuple[int, Sequence]], used: frozenset[str]) -> list[tuple[int, Sequence]]:
    """The lines of which nothing was used; all of them where there is none."""
    mine = f"{kind}."
    used_lines = {form.rpartition(".")[0] for form in used if form.startswith(mine)}
    return [line for line in lines if f"{mine}{line[0]}" not in used_lines] or lines if used_lines else lines


def told(text: str) -> frozenset[str]:
    """The sentences of a text of which it would be noticed that they come again."""
    return frozenset(each for each in _END.split(text.lower()) if len(each.split()) >= _NOTICED)


def _unsaid(slot: str, rule: str) -> str:
    return "" if rule == "/" else _SLOT  # neither word of `{slot:/}` is any: it only asks whether the slot is given


def _in_words(kind: str) -> str:
    family, _, name = kind.partition(".")
    return f"{AS[family]}.{name}" if name and family in AS else kind


def _expanded(line: str, macros: Mapping[str, str]) -> str:
    def part(match: re.Match[str]) -> str:
        if match[1] not in macros:
            raise GrammarError(f"no macro '{match[1]}' (or one that uses itself) for: {line}")
        return _expanded(macros[match[1]], {name: macro for name, macro in macros.items() if name != match[1]})

    return re.sub(r"@(\w+)@", part, line)


def _tidy(text: str) -> str:
    """One blank between words, none before a mark or a short verb ('m), a capital at the beginning of every sentence."""
    if _LOOSE.search(text):
        text = _BEFORE_MARK.sub(r"\1", _BLANKS.sub(" ", text))
    return _BEGINNING.sub(lambda match: match[1] + match[2].upper(), text.strip())
