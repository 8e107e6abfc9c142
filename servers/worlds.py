"""Opening and keeping worlds: `SIZE:SEED` generates one, a file holds one, and what does not fit is said in one line.

Above: whoever needs a world by its reference (the command line, scenarios, tests). Below: `state.World`.
A file with our header is ours; one without is a world of the public benchmark.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from servers.domain import Domain
from servers.frozen import Record
from servers.state import World

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
    """The world that `SIZE:SEED` or a file's path names; either may end in `@default`.

    Raises BadWorld.
    """
    plain = source
    if named := _policy.fullmatch(source):
        if named["policy"] != "default":
            raise BadWorld(f"{source}: there is no policy variant {named['policy']!r} yet; leave out '@…' or write '@default'")
        plain = named["world"]
    sized = _sized.fullmatch(plain)
    return _generated(domain, sized["size"], sized["seed"]) if sized else _read(domain, plain)


def save_world(world: World, path: Path | str) -> None:
    """Write a world to a file that `open_world` reads back with the same digest; all of it or nothing.

    Raises BadWorld when the file cannot be written.
    """
    path = Path(path)
    content = {
        "format": FORMAT,
        "domain": world.domain,
        "source": world.source,
        "generator": world.generator,
        "facts": world.facts,
        "tables": world.tables,
    }
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        unfinished.write_bytes(msgspec.json.encode(content) + b"\n")
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise BadWorld(f"{path}: cannot be written: {error.strerror or error}") from None


def _generated(domain: Domain, size: str, seed: str) -> World:
    if size not in domain.sizes:
        raise BadWorld(f"{size}:{seed}: {domain.name} has no size {size!r}, choose one of {', '.join(domain.sizes)}")
    if not _seed.fullmatch(seed):
        raise BadWorld(f"{size}:{seed}: the seed must be a whole number of at most 18 digits, e.g. {size}:7")
    facts, tables = domain.generate(size, int(seed))
    return World(
        domain=domain.name,
        source=f"{size}:{int(seed)}",
        facts=facts,
        tables={table: tables.get(table, {}) for table in domain.tables},
        indexes=domain.indexes,
        generator=domain.generator,
    )


def _read(domain: Domain, name: str) -> World:
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
    return World(domain=domain.name, source=name, facts=facts, tables=tables, indexes=domain.indexes, generator=generator)


def _content(name: str) -> Mapping[str, Any]:
    try:
        content = msgspec.json.decode(Path(name).read_bytes())
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
    if not isinstance(content, dict):
        raise BadWorld(f"{name}: is not a world: a JSON object of tables was expected")
    return content


def _ours(domain: Domain, name: str, content: Mapping[str, Any]) -> _File:
    if content["format"] != FORMAT:
        raise BadWorld(f"{name}: has format {content['format']!r}, and only {FORMAT} is known here; generate the world again")
    if content.get("domain") != domain.name:
        raise BadWorld(f"{name}: is a world of {content.get('domain')!r}, not of {domain.name!r}; name that domain instead")
    return _fitting(_File, content, f"{name}: header")


def _tables(domain: Domain, name: str, content: Mapping[str, Any]) -> dict[str, dict[str, Record]]:
    for table in (*domain.tables, *content):
        if table not in content:
            raise BadWorld(f"{name}: has no table {table!r}; is it a world of {domain.name}?")
        if table not in domain.tables:
            raise BadWorld(f"{name}: {domain.name} has no table {table!r}, only {', '.join(domain.tables)}")
        if not isinstance(content[table], dict):
            raise BadWorld(f"{name}: table {table!r} must be an object of records by their keys")
    return {
        table: {key: _fitting(kind, row, f"{name}: {table} {key!r}") for key, row in content[table].items()}
        for table, kind in domain.tables.items()
    }


def _fitting(kind: type[StructT], row: Any, where: str) -> StructT:
    """A row as its type, strictly: nothing missing, nothing of another type, nothing that the type does not know."""
    try:
        value = msgspec.convert(row, kind)
    except msgspec.ValidationError as error:
        found = _misfit.fullmatch(str(error))
        what, field = (found["what"], found["where"]) if found else (str(error), None)
        place = f"{where}, {field.replace('`$.', '').replace('`', '')}" if field else where
        raise BadWorld(f"{place}: {what[0].lower()}{what[1:].replace('`', chr(39))}") from None
    written = msgspec.to_builtins(value)
    if written != row and (field := _dropped(row, written, "")):
        raise BadWorld(f"{where}, {field}: is not a field that it has")
    return value


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
