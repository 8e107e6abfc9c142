"""Opening and keeping worlds: `SIZE:SEED` generates one, a file holds one, `@POLICY` puts it under another policy, and
what does not fit is said in one line.

Above: whoever needs a world by its reference (the command line, scenarios, tests). Below: `state.World`.
A file with our header is ours; one without is a world of the public benchmark.
"""

import gc
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from servers.domain import Domain
from servers.frozen import Record
from servers.rows import Rows
from servers.state import Facts, World
from servers.variants import DEFAULT, UnknownVariant

FORMAT = 1
"""Version of the file's layout."""

StructT = TypeVar("StructT", bound=msgspec.Struct)

_sized = re.compile(r"(?P<size>[A-Za-z][\w-]*):(?P<seed>[^/\\]*)")
_policy = re.compile(r"(?P<world>.*)@(?P<policy>[\w-]*)", re.DOTALL)
_seed = re.compile(r"[0-9]{1,18}")
_misfit = re.compile(r"(?P<what>.*?)(?: - at (?P<where>.*))?", re.DOTALL)


class BadWorld(ValueError):
    """A reference to a world that does not lead to one: where, what is wrong, what to do, in one line."""


class _File(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    format: int
    domain: str
    source: str
    generator: str
    facts: dict[str, Any]
    tables: dict[str, dict[str, Any]]


def open_world(domain: Domain, source: str) -> World:
    """The world that `SIZE:SEED` or a file's path names; either may end in `@POLICY`, a variant's name or a seed.

    A policy replaces the constants of the domain's policy and leaves all else as it is. The records are those of the
    world without it: what they tell of was agreed under other terms (prices, free bags, reasons), and what a history
    comes to is certain for the domain's own policy only. From now on the new terms hold. A file keeps the constants
    that it was saved with, also where they are a variant's; `@default` puts the domain's own in their place.

    The world's `source` leads to it again. Raises BadWorld.
    """
    plain, policy = source, None
    if named := _policy.fullmatch(source):
        plain, policy = named["world"], _known(domain, source, named["policy"])
    sized = _sized.fullmatch(plain)
    with _uncollected():
        return _generated(domain, sized["size"], sized["seed"], policy) if sized else _read(domain, plain, policy)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the garbage collector, which would look at all records again and again as they become more: half of the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def save_world(world: World, path: Path | str) -> None:
    """Write a world to a file that `open_world` reads back with the same digest; all of it or nothing.

    Raises BadWorld when the file cannot be written.
    """
    path = Path(path)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        with unfinished.open("wb") as file:
            file.writelines(_written(world))
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise BadWorld(f"{path}: cannot be written: {error.strerror or error}") from None


def _written(world: World) -> Iterator[bytes]:
    """The file's text, piece by piece: as a whole it would take more room than the world."""
    begun = {"format": FORMAT, "domain": world.domain, "source": world.source, "generator": world.generator, "facts": world.facts}
    yield msgspec.json.encode(begun)[:-1] + b',"tables":{'
    for place, (table, rows) in enumerate(world.tables.items()):
        yield (b"," if place else b"") + msgspec.json.encode(table) + b":{"
        for number, (key, record) in enumerate(rows.items()):
            yield (b"," if number else b"") + msgspec.json.encode(key) + b":" + msgspec.json.encode(record)
        yield b"}"
    yield b"}}\n"


def _known(domain: Domain, source: str, policy: str) -> str:
    """The policy's name as a world's source has it."""
    if domain.variants is None:
        if policy != DEFAULT:
            raise BadWorld(f"{source}: there is no policy variant {policy!r} yet; leave out '@…' or write '@default'")
        return policy
    try:
        return domain.variants.canonical(policy)
    except UnknownVariant as error:
        raise BadWorld(f"{source}: {error}") from None


def _under(domain: Domain, policy: str | None, facts: Facts, plain: str) -> tuple[Facts, str]:
    """A world's facts under a policy (None: its own), and the reference that leads there from the plain one."""
    if policy is None or domain.variants is None:
        return facts, plain
    changed = domain.variants.apply(facts, policy)
    return changed, plain if policy == DEFAULT and changed == facts else f"{plain}@{policy}"


def _generated(domain: Domain, size: str, seed: str, policy: str | None) -> World:
    if size not in domain.sizes:
        raise BadWorld(f"{size}:{seed}: {domain.name} has no size {size!r}, choose one of {', '.join(domain.sizes)}")
    if not _seed.fullmatch(seed):
        raise BadWorld(f"{size}:{seed}: the seed must be a whole number of at most 18 digits, e.g. {size}:7")
    own, tables = domain.generate(size, int(seed))
    facts, source = _under(domain, policy, own, f"{size}:{int(seed)}")
    return World(
        domain=domain.name,
        source=source,
        facts=facts,
        tables={table: tables.get(table, {}) for table in domain.tables},
        indexes=domain.indexes,
        generator=domain.generator,
    )


def _read(domain: Domain, name: str, policy: str | None) -> World:
    facts: Facts
    content = _content(name)
    if "format" in content:
        file = _ours(domain, name, content)
        facts, generator = _fitting(domain.facts, file.facts, f"{name}: facts"), file.generator
        content = file.tables
    elif domain.public_facts is None:
        raise BadWorld(f"{name}: has no header, and {domain.name} has no public world; write files with 'world … --out'")
    else:
        facts, generator = domain.public_facts, ""
    tables = _tables(domain, name, content)
    facts, source = _under(domain, policy, facts, name)
    return World(domain=domain.name, source=source, facts=facts, tables=tables, indexes=domain.indexes, generator=generator)


def _content(name: str) -> Mapping[str, Any]:
    """What is in a file, with the rows of its tables as the text that they are written in."""
    try:
        content = _parts(Path(name).read_bytes())
    except FileNotFoundError:
        raise BadWorld(f"{name}: no such file; give an existing one, or SIZE:SEED such as small:7") from None
    except IsADirectoryError:
        raise BadWorld(f"{name or repr(name)}: is a folder; give a file, or SIZE:SEED such as small:7") from None
    except OSError as error:
        raise BadWorld(f"{name}: cannot be read: {error.strerror or error}") from None
    except RecursionError:
        raise BadWorld(f"{name}: is nested too deeply to be a world") from None
    except ValueError as error:
        raise BadWorld(f"{name!r}: is not JSON: {error}") from None
    if content is None:
        raise BadWorld(f"{name}: is not a world: a JSON object of tables was expected")
    return content


def _parts(text: bytes) -> Mapping[str, Any] | None:
    """None for JSON that is no object. Raises ValueError and RecursionError."""
    try:
        parts = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    except msgspec.ValidationError:
        return None
    shapes = {"tables": dict[str, dict[str, msgspec.Raw]]} if "format" in parts else dict.fromkeys(parts, dict[str, msgspec.Raw])
    return {name: _shaped(part, shapes.get(name, Any)) for name, part in parts.items()}


def _shaped(part: msgspec.Raw, shape: Any) -> Any:
    """JSON in the shape that is expected, or in its own: what is wrong with that is said later."""
    try:
        return msgspec.json.decode(part, type=shape)
    except msgspec.ValidationError:
        return msgspec.json.decode(part)


def _ours(domain: Domain, name: str, content: Mapping[str, Any]) -> _File:
    if content["format"] != FORMAT:
        raise BadWorld(f"{name}: has format {content['format']!r}, and only {FORMAT} is known here; generate the world again")
    if content.get("domain") != domain.name:
        raise BadWorld(f"{name}: is a world of {content.get('domain')!r}, not of {domain.name!r}; name that domain instead")
    return _converted(_File, content, f"{name}: header")


def _tables(domain: Domain, name: str, content: Mapping[str, Any]) -> dict[str, dict[str, Record]]:
    for table in (*domain.tables, *content):
        if table not in content:
            raise BadWorld(f"{name}: has no table {table!r}; is it a world of {domain.name}?")
        if table not in domain.tables:
            raise BadWorld(f"{name}: {domain.name} has no table {table!r}, only {', '.join(domain.tables)}")
        if not isinstance(content[table], dict):
            raise BadWorld(f"{name}: table {table!r} must be an object of records by their keys")
    return {table: _records(kind, content[table], f"{name}: {table}") for table, kind in domain.tables.items()}


def _records(kind: type[Record], rows: Mapping[str, msgspec.Raw], where: str) -> dict[str, Record]:
    ours = Rows(kind)
    return {key: ours.taken(row) or _as_it_is(kind, row, f"{where} {key!r}") for key, row in rows.items()}


def _as_it_is(kind: type[Record], row: msgspec.Raw, where: str) -> Record:
    """A row that somebody else wrote, or that is none."""
    try:
        plain = msgspec.json.decode(row)
    except (ValueError, RecursionError) as error:
        raise BadWorld(f"{where}: is not JSON: {error}") from None
    return _fitting(kind, plain, where)


def _fitting(kind: type[StructT], row: Any, where: str) -> StructT:
    """A row as its type, strictly: nothing missing, nothing of another type, nothing that the type does not know."""
    value = _converted(kind, row, where)
    written = msgspec.to_builtins(value)
    if written != row and (field := _dropped(row, written, "")):
        raise BadWorld(f"{where}, {field}: is not a field that it has")
    return value


def _converted(kind: type[StructT], row: Any, where: str) -> StructT:
    try:
        return msgspec.convert(row, kind)
    except msgspec.ValidationError as error:
        found = _misfit.fullmatch(str(error))
        what, field = (found["what"], found["where"]) if found else (str(error), None)
        place = f"{where}, {field.replace('`$.', '').replace('`', '')}" if field else where
        raise BadWorld(f"{place}: {what[0].lower()}{what[1:].replace('`', chr(39))}") from None


def _dropped(row: Any, written: Any, path: str) -> str:
    """The path of the first field of a row that its type did not take over, '' where there is none."""
    if isinstance(row, dict) and isinstance(written, dict):
        for name, part in row.items():
            inner = f"{path}.{name}" if path else name
            if name not in written:
                return inner
            if found := _dropped(part, written[name], inner):
                return found
    elif isinstance(row, list) and isinstance(written, list | tuple):
        for place, (part, kept) in enumerate(zip(row, written, strict=True)):
            if found := _dropped(part, kept, f"{path}[{place}]"):
                return found
    return ""
