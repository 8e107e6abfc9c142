"""Worlds by their references: generated, kept in a file, or the public one, and what is said when there is none."""

import contextlib
import gc
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

import servers
from servers.state import World
from servers.worlds import BadWorld, open_world, save_world
from tests.servers.shelf import DOMAIN, Book, ShelfFacts


def test_a_size_and_a_seed_name_one_world() -> None:
    """The same reference gives the same world, another seed another; it is of the domain's generator."""
    first, again, other = (open_world(DOMAIN, source) for source in ("tiny:7", "tiny:7", "tiny:8"))
    assert first.digest == again.digest != other.digest
    assert (first.source, first.generator, list(first.tables)) == ("tiny:7", "3", ["books", "readers"])
    assert open_world(DOMAIN, "tiny:007@default").source == "tiny:7"


@pytest.mark.parametrize("source", ["tiny:7", "small:0"])
def test_a_saved_world_is_read_back_the_same(tmp_path: Path, source: str) -> None:
    """Digest, facts, generator and the public formula; saving what was read gives a world of the same digest."""
    world = open_world(DOMAIN, source)
    path = tmp_path / "w@home:1.json"
    save_world(world, path)
    read = open_world(DOMAIN, str(path))
    assert (read.digest, read.facts, read.generator) == (world.digest, world.facts, "3")
    assert read.open().public_sha256() == world.open().public_sha256()
    assert json.loads(path.read_text())["source"] == source
    save_world(read, path)
    assert open_world(DOMAIN, f"{path}@default").digest == world.digest
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("name", servers.names())
def test_a_world_means_the_same_however_its_file_is_written(tmp_path: Path, name: str) -> None:
    """Every second record with its fields in another order, all of them wide apart."""
    domain = servers.load(name)
    world, path = open_world(domain, "small:3"), tmp_path / "w.json"
    save_world(world, path)
    content = json.loads(path.read_text())
    for place, rows in enumerate(content["tables"].values()):
        for key in list(rows)[place % 2 :: 2]:
            rows[key] = dict(reversed(rows[key].items()))
    for separators in ((",", ":"), (" , ", " : ")):
        path.write_text(json.dumps(content, separators=separators))
        assert open_world(domain, str(path)).digest == world.digest


def test_parts_that_are_alike_are_one_value_when_a_world_is_read(tmp_path: Path) -> None:
    """An item of many orders, an address of one customer's orders: half a million orders would not fit otherwise."""
    retail, path = servers.load("retail"), tmp_path / "w.json"
    save_world(open_world(retail, "small:7"), path)
    orders: Any = open_world(retail, str(path)).tables["orders"].values()
    items = [item for order in orders for item in order.items]
    assert len({id(item) for item in items}) == len({msgspec.json.encode(item) for item in items}) < len(items)
    assert len({id(order.address) for order in orders}) == len({msgspec.json.encode(order.address) for order in orders})


@pytest.mark.parametrize("source", ["tiny:1", "huge:1", "nowhere.json"])
@pytest.mark.parametrize("collects", [True, False])
def test_opening_a_world_leaves_the_garbage_collector_as_it_was(source: str, collects: bool) -> None:
    """Whatever comes of it: it rests meanwhile."""
    before = gc.isenabled()
    (gc.enable if collects else gc.disable)()
    try:
        with contextlib.suppress(BadWorld):
            open_world(DOMAIN, source)
        assert gc.isenabled() is collects
    finally:
        (gc.enable if before else gc.disable)()


def test_a_file_without_a_header_is_a_public_world(tmp_path: Path) -> None:
    """Its facts are the domain's public ones, its source is its path; a key need not be a field of its record."""
    path = tmp_path / "db.json"
    path.write_text('{"readers": {}, "books": {"any key": {"title": "T", "author": "A", "price": 3}}}')
    world = open_world(DOMAIN, str(path))
    assert world.facts == DOMAIN.public_facts
    assert (world.source, world.generator) == (str(path), "")
    book = world.open().get("books", "any key", Book)
    assert book is not None
    assert msgspec.json.encode(book.price) == b"3.0"
    save_world(world, tmp_path / "kept.json")
    assert open_world(DOMAIN, str(tmp_path / "kept.json")).digest == world.digest


def test_a_domain_without_public_facts_has_no_public_world(tmp_path: Path) -> None:
    """Such a file is refused, and what to do instead is said."""
    path = tmp_path / "db.json"
    path.write_text('{"readers": {}, "books": {}}')
    with pytest.raises(BadWorld, match="has no header"):
        open_world(replace(DOMAIN, public_facts=None), str(path))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("huge:7", "shelf has no size 'huge', choose one of tiny, small"),
        ("tiny:", "the seed must be a whole number"),
        ("tiny:-1", "the seed must be a whole number"),
        ("tiny:1.5", "the seed must be a whole number"),
        ("tiny:٣", "the seed must be a whole number"),
        ("tiny:" + "9" * 5000, "the seed must be a whole number"),
        ("tiny:7@strict", "there is no policy variant 'strict' yet"),
        ("tiny:7@", "there is no policy variant '' yet"),
        ("nowhere.json", "no such file"),
        ("nowhere@there.json", "no such file"),
        ("", "is a folder"),
        (".", "is a folder"),
        ("a\0b", "is not JSON"),
        ("pyproject.toml/x", "cannot be read"),
    ],
)
def test_a_reference_that_leads_nowhere_is_refused_in_one_line(source: str, words: str) -> None:
    """What was asked for, what is wrong, and what could be given."""
    with pytest.raises(BadWorld) as refused:
        open_world(DOMAIN, source)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def _without(*path: str) -> Callable[[dict[str, Any]], None]:
    def spoil(content: dict[str, Any]) -> None:
        for part in path[:-1]:
            content = content[part]
        del content[path[-1]]

    return spoil


def _with(value: Any, *path: str) -> Callable[[dict[str, Any]], None]:
    def spoil(content: dict[str, Any]) -> None:
        for part in path[:-1]:
            content = content[part]
        content[path[-1]] = value

    return spoil


SPOILT: list[tuple[Callable[[dict[str, Any]], None], str]] = [
    (_with("attic", "domain"), "is a world of 'attic', not of 'shelf'"),
    (_without("domain"), "is a world of None, not of 'shelf'"),
    (_with(2, "format"), "has format 2, and only 1 is known here"),
    (_without("facts"), "header: object missing required field 'facts'"),
    (_with([], "tables"), "header, tables: expected 'object', got 'array'"),
    (_with(1, "extra"), "header: object contains unknown field 'extra'"),
    (_with("dear", "facts", "dearest"), "facts, dearest: expected 'float', got 'str'"),
    (_without("facts", "now"), "facts: object missing required field 'now'"),
    (_with(1, "facts", "cheapest"), "facts, cheapest: is not a field that it has"),
    (_without("tables", "readers"), "has no table 'readers'"),
    (_with({}, "tables", "shelves"), "shelf has no table 'shelves', only books, readers"),
    (_with([], "tables", "books"), "header, tables[...]: expected 'object', got 'array'"),
    (_with("1", "tables", "books", "b2", "price"), "books 'b2', price: expected 'float', got 'str'"),
    (_without("tables", "books", "b2", "price"), "books 'b2': object missing required field 'price'"),
    (_with(1, "tables", "books", "b2", "pages"), "books 'b2', pages: is not a field that it has"),
    (_with(1, "tables", "books", "b2", "tags", "n"), "books 'b2', tags[...]: expected 'str', got 'int'"),
    (_with(["x", 1], "tables", "readers", "r", "lent"), "readers 'r', lent[1]: expected 'str', got 'int'"),
]


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")], ids=["compact", "spaced"])
@pytest.mark.parametrize(("spoil", "words"), SPOILT, ids=[words for _, words in SPOILT])
def test_a_file_that_does_not_fit_is_refused_by_file_and_place(
    tmp_path: Path, spoil: Callable[[Any], None], words: str, separators: tuple[str, str]
) -> None:
    """Table, key and field of the first thing that is wrong, whether the rest is written as we write it or otherwise."""
    path = tmp_path / "w.json"
    save_world(open_world(DOMAIN, "tiny:1"), path)
    content = json.loads(path.read_text())
    spoil(content)
    path.write_text(json.dumps(content, separators=separators, ensure_ascii=False), encoding="utf-8")
    with pytest.raises(BadWorld) as refused:
        open_world(DOMAIN, str(path))
    assert str(refused.value).startswith(f"{path}: {words}")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff", b"nul", b"[" * 100_000, b'{"books": NaN}', b'{"books": {"\\ud800": {}}}']
)
def test_a_file_that_is_no_json_object_is_refused(tmp_path: Path, content: bytes) -> None:
    """Half a file, another encoding, nesting without end: one line each."""
    path = tmp_path / "w.json"
    path.write_bytes(content)
    with pytest.raises(BadWorld) as refused:
        open_world(DOMAIN, str(path))
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_world_that_cannot_be_written_leaves_the_old_file_alone(tmp_path: Path, library: World) -> None:
    """A folder that does not exist, a folder in the file's place: refused, and no half of a file is left."""
    with pytest.raises(BadWorld, match="cannot be written"):
        save_world(library, tmp_path / "missing" / "w.json")
    (tmp_path / "w.json").mkdir()
    with pytest.raises(BadWorld, match="cannot be written"):
        save_world(library, tmp_path / "w.json")
    assert [entry.name for entry in tmp_path.iterdir()] == ["w.json"]


def test_the_facts_are_in_the_file(tmp_path: Path) -> None:
    """A world with other constants of the policy is another world, from a file as well."""
    world = open_world(DOMAIN, "tiny:1")
    dearer = World(
        domain="shelf", source="x", facts=ShelfFacts(now="2025", dearest=5.0), tables=world.tables, indexes=DOMAIN.indexes
    )
    save_world(dearer, tmp_path / "w.json")
    read = open_world(DOMAIN, str(tmp_path / "w.json"))
    assert read.facts == dearer.facts
    assert read.digest == dearer.digest != world.digest


def test_domains_are_the_folders_that_define_one() -> None:
    """Names are found, not registered; each loads under its own name, and so does a dotted module."""
    assert "retail" in servers.names()
    assert [servers.load(name).name for name in servers.names()] == list(servers.names())
    assert servers.load("tests.servers.shelf").name == "shelf"


@pytest.mark.parametrize(
    "name", ["attic", "", ".", "..", "state", "domain", "retail.records", "tests.servers", "no.such.module", "a b", "é/"]
)
def test_an_unknown_domain_is_refused_with_the_known_ones(name: str) -> None:
    """One line that lists what there is."""
    with pytest.raises(servers.UnknownDomain, match="retail") as refused:
        servers.load(name)
    assert "\n" not in str(refused.value)


def test_a_mistake_inside_a_domain_is_not_taken_for_an_unknown_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A domain that imports something that does not exist is broken, and says so itself."""
    (tmp_path / "broken_domain").mkdir()
    (tmp_path / "broken_domain" / "here.py").write_text("import surely_not_installed\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ModuleNotFoundError, match="surely_not_installed"):
        servers.load("broken_domain.here")
