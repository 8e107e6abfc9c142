"""The little language of phrase files: one line is many ways to say one thing.

    (a|b|c)            one of these
    [a]                this or nothing
    {slot}             what the slot says; {slot:it/them} one of two words by its number (of a list, or an int),
                       {slot:cap} with a capital, {slot:a} with its article, {slot:form} as the surfaces of that form say it
    <a {slot}>         this, exactly when the slot is given
    <a {x}|b {y}|c>    the first whose slots are given; a line where none can stand does not fit
    \\(                 a character that would otherwise mean something

`parse` makes a tree of frozen values; `render` walks it with a source of choices and answers the text and the
path of choices, which names the wording whatever the slots were.
"""

from collections.abc import Callable, Iterator

import msgspec


class GrammarError(ValueError):
    """A line that does not parse: what is wrong and where."""


class Text(msgspec.Struct, frozen=True):
    """Literal text."""

    text: str


class Slot(msgspec.Struct, frozen=True):
    """What a slot says, through an optional filter."""

    name: str
    filter: str = ""


class Choice(msgspec.Struct, frozen=True):
    """One of several branches."""

    branches: tuple["Sequence", ...]


class Given(msgspec.Struct, frozen=True):
    """The first branch whose slots are given. `<a>` has a second branch, which is empty."""

    branches: tuple["Sequence", ...]


class Sequence(msgspec.Struct, frozen=True):
    """Parts, one after the other."""

    parts: tuple["Text | Slot | Choice | Given", ...]


_NAMES = "0123456789abcdefghijklmnopqrstuvwxyz"
_CLOSERS = {"(": ")", "[": "]", "<": ">"}

Say = Callable[[str, str], str]
"""(slot, filter) to text."""

Choose = Callable[[int], int]
"""How many branches there are, to the place of one of them."""


def parse(line: str) -> Sequence:
    """The tree of a line. Raises GrammarError."""
    return _sequence(line, 0, "")[0]


def _sequence(line: str, place: int, closers: str) -> tuple[Sequence, int]:
    parts: list[Text | Slot | Choice | Given] = []
    text = ""
    while place < len(line) and line[place] not in closers:
        character = line[place]
        if character == "\\" and place + 1 < len(line):
            text += line[place + 1]
            place += 2
        elif character in "([<{":
            if text:
                parts.append(Text(text))
                text = ""
            part, place = _bracket(line, place)
            parts.append(part)
        elif character in ")]>}|":
            raise GrammarError(f"unexpected '{character}' at {place} in: {line}")
        else:
            text += character
            place += 1
    if text:
        parts.append(Text(text))
    return Sequence(tuple(parts)), place


def _bracket(line: str, place: int) -> tuple[Slot | Choice | Given, int]:
    opener = line[place]
    if opener == "{":
        return _slot(line, place)
    branches: list[Sequence] = []
    start = place
    closer = _CLOSERS[opener]
    while True:
        branch, place = _sequence(line, place + 1, "|" + closer)
        if place >= len(line):
            raise GrammarError(f"'{opener}' at {start} is never closed in: {line}")
        branches.append(branch)
        if line[place] == closer:
            break
    if opener == "[" or (opener == "<" and len(branches) == 1):
        branches.append(Sequence(()))
    if len(branches) > len(_NAMES):
        raise GrammarError(f"'{opener}' at {start} has more than {len(_NAMES)} branches in: {line}")
    return (Given if opener == "<" else Choice)(tuple(branches)), place + 1


def _slot(line: str, place: int) -> tuple[Slot, int]:
    end = line.find("}", place)
    if end < 0:
        raise GrammarError(f"'{{' at {place} is never closed in: {line}")
    name, _, rule = line[place + 1 : end].partition(":")
    if not name.isidentifier():
        raise GrammarError(f"'{name}' at {place} is no name of a slot in: {line}")
    return Slot(name, rule), end + 1


def literals(tree: Sequence) -> Iterator[str]:
    """All literal texts of a tree, whatever its choices and slots."""
    for part in tree.parts:
        if isinstance(part, Text):
            yield part.text
        elif isinstance(part, Choice | Given):
            for branch in part.branches:
                yield from literals(branch)


def needs(tree: Sequence) -> frozenset[str]:
    """The slots that a tree names outside of parts for given slots."""
    found: set[str] = set()
    for part in tree.parts:
        match part:
            case Slot(name=name):
                found.add(name)
            case Choice(branches=branches):
                found.update(*(needs(branch) for branch in branches))
            case _:
                pass
    return frozenset(found)


def says(tree: Sequence, having: frozenset[str]) -> frozenset[str] | None:
    """The slots that are said in every wording of a tree; None when it needs one that is not given."""
    said: set[str] = set()
    for part in tree.parts:
        match part:
            case Slot(name=name, filter=rule):
                if name not in having:
                    return None
                said.update(() if "/" in rule else (name,))
            case Choice(branches=branches):
                inner = [found for branch in branches if (found := says(branch, having)) is not None]
                if len(inner) < len(branches):
                    return None
                said |= inner[0].intersection(*inner)
            case Given():
                branch = _standing(part, having)
                found = says(branch, having) if branch is not None else None
                if found is None:
                    return None
                said |= found
            case Text():
                pass
    return frozenset(said)


def filters(tree: Sequence) -> Iterator[Slot]:
    """Every slot of a tree that goes through a filter."""
    for part in tree.parts:
        match part:
            case Slot() if part.filter:
                yield part
            case Choice(branches=branches) | Given(branches=branches):
                for branch in branches:
                    yield from filters(branch)
            case _:
                pass


def wordings(tree: Sequence, having: frozenset[str]) -> int:
    """In how many ways a tree that fits can be worded (differently written branches count once each)."""
    count = 1
    for part in tree.parts:
        if isinstance(part, Choice):
            ways = 0
            for branch in part.branches:
                ways += wordings(branch, having)
            count *= ways
        elif isinstance(part, Given) and (standing := _standing(part, having)) is not None:
            count *= wordings(standing, having)
    return count


def paths(tree: Sequence, having: frozenset[str]) -> Iterator[str]:
    """The path of every wording, as `render` names them."""
    yield from _paths(tree.parts, having)


def _paths(parts: tuple[Text | Slot | Choice | Given, ...], having: frozenset[str]) -> Iterator[str]:
    if not parts:
        yield ""
        return
    match parts[0]:
        case Choice(branches=branches):
            heads = (name + path for name, branch in zip(_NAMES, branches, strict=False) for path in paths(branch, having))
        case Given() as part if (standing := _standing(part, having)) is not None:
            heads = (path for path in paths(standing, having))
        case _:
            heads = (path for path in ("",))
    for head in heads:
        for rest in _paths(parts[1:], having):
            yield head + rest


def resolved(tree: Sequence, having: frozenset[str]) -> Sequence:
    """The tree for these slots: parts for given slots are replaced by the branch that stands. The paths stay the same."""
    parts: list[Text | Slot | Choice | Given] = []
    for part in tree.parts:
        match part:
            case Choice(branches=branches):
                parts.append(Choice(tuple(resolved(branch, having) for branch in branches)))
            case Given():
                standing = _standing(part, having)
                parts += resolved(standing, having).parts if standing is not None else ()
            case _:
                parts.append(part)
    return Sequence(tuple(parts))


def render(tree: Sequence, say: Say, having: frozenset[str], choose: Choose) -> tuple[str, str]:
    """A text, and the path of choices that led to it."""
    text, path = "", ""
    for part in tree.parts:
        if isinstance(part, Text):
            text += part.text
        elif isinstance(part, Slot):
            text += say(part.name, part.filter)
        else:
            name = ""
            if isinstance(part, Choice):
                number = choose(len(part.branches))
                standing, name = part.branches[number], _NAMES[number]
            else:
                standing = _standing(part, having) or _NOTHING
            inner, choices = render(standing, say, having, choose)
            text, path = text + inner, path + name + choices
    return text, path


_NOTHING = Sequence(())


def along(path: str) -> Choose:
    """The choices that a path names."""
    names = iter(path)
    return lambda _: _NAMES.index(next(names))


def _standing(part: Given, having: frozenset[str]) -> Sequence | None:
    return next((branch for branch in part.branches if needs(branch) <= having), None)
