"""A state is a world plus what one conversation changed: isolation, digests, differences and look-ups."""

import hashlib
import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servers.frozen import Record
from servers.state import TEXTS, Index, State, View, World, diff
from tests.servers.shelf import DOMAIN, Book, Reader, ShelfFacts

_KEYS = st.sampled_from(["b1", "b2", "b3", "n1", "n2"])
_BOOKS = st.builds(
    Book,
    title=st.sampled_from(["T", "U"]),
    author=st.sampled_from("AB"),
    price=st.sampled_from([0.0, -0.0, 1.5]),
    tags=st.dictionaries(st.sampled_from("xy"), st.sampled_from(["", "z"]), max_size=2),
    lent_to=st.none() | st.just("r"),
)
_STEPS = st.lists(st.tuples(_KEYS, st.none() | _BOOKS), max_size=12)
"""Puts, and drops where there is no record."""

_WORLD = World(
    domain="shelf",
    source="test",
    facts=ShelfFacts(now="2025-01-01T10:00:00"),
    tables={
        "books": {f"b{n}": Book(title="T", author="AB"[n % 2], price=1.5, tags={"x": ""}) for n in (1, 2, 3)},
        "readers": {"r": Reader(name="Ro")},
    },
    indexes=DOMAIN.indexes,
)


def _after(steps: list[tuple[str, Book | None]], state: State | None = None) -> State:
    state = _WORLD.open() if state is None else state
    for key, book in steps:
        if book is None:
            state.drop("books", key)
        else:
            state.put("books", key, book)
    return state


def _records(view: View) -> dict[str, Record]:
    return {key: book for key in ("b1", "b2", "b3", "n1", "n2") if (book := view.get("books", key, Book))}


def test_a_record_is_written_once_as_long_as_not_too_many_others_are() -> None:
    """In a world of more records than texts are kept, those of a conversation that has just begun are kept like the first."""
    books = {f"b{number}": Book(title=f"T{number}", author="A", price=1.5) for number in range(TEXTS + 2)}
    world, written = World(domain="shelf", source="test", facts=_WORLD.facts, tables={"books": books}), list[str]()

    def write(record: Record) -> str:
        assert isinstance(record, Book)
        written.append(record.title)
        return record.title

    for key, book in books.items():
        assert world.text_of("books", key, book, write) == book.title
    late = f"b{TEXTS + 1}"
    assert world.text_of("books", late, books[late], write) == f"T{TEXTS + 1}"
    assert len(written) == TEXTS + 2
    assert world.text_of("books", "b0", books["b0"], write) == "T0"
    assert len(written) == TEXTS + 3


@given(_STEPS, _STEPS)
def test_a_fork_and_its_origin_do_not_see_each_others_changes(
    before: list[tuple[str, Book]], after: list[tuple[str, Book]]
) -> None:
    """Whatever is done to one of them leaves the other's records and digest as they were."""
    state = _after(before)
    records, digest = _records(state), state.digest()
    fork = state.fork()
    _after(after, fork)
    assert (_records(state), state.digest()) == (records, digest)
    changed = _records(fork)
    _after([("b1", None), ("n1", None)], state)
    assert _records(fork) == changed


@given(_STEPS, _STEPS)
def test_an_adopted_fork_does_not_reach_into_the_state_afterwards(
    before: list[tuple[str, Book]], after: list[tuple[str, Book]]
) -> None:
    """Adopting copies: the fork lives on without effect."""
    state = _WORLD.open()
    fork = _after(before, state.fork())
    changed = state.adopt(fork)
    assert changed == (_records(state) != _records(_WORLD.open()))
    digest = state.digest()
    _after(after, fork)
    assert state.digest() == digest


@given(_STEPS)
def test_putting_the_worlds_records_back_forgets_every_change(steps: list[tuple[str, Book]]) -> None:
    """A state with the world's records again is in no way different from a fresh one."""
    state = _after(steps)
    for key in ("n1", "n2"):
        state.drop("books", key)
    for key, book in _WORLD.tables["books"].items():
        state.put("books", key, book)
    assert state.digest() == _WORLD.open().digest()
    assert diff(_WORLD.open(), state) == ()
    assert state._changes == {}


@settings(max_examples=200)
@given(_STEPS, _STEPS)
def test_digests_are_equal_exactly_when_the_records_are(first: list[tuple[str, Book]], second: list[tuple[str, Book]]) -> None:
    """However two states came to be, equality of digests, of records and an empty difference are one thing."""
    one, other = _after(first), _after(second)
    equal = _records(one) == _records(other)
    assert (one.digest() == other.digest()) is equal
    assert (diff(one, other) == ()) is equal


def test_zero_has_no_sign() -> None:
    """A price that came out as -0.0 equals one of 0.0, in digest as in difference; a text that looks like it does not."""
    zero, negative, text = (
        _after([("b1", Book(title=title, author="A", price=price))]) for title, price in (("T", 0.0), ("T", -0.0), ("-0.0", 0.0))
    )
    assert zero.digest() == negative.digest() != text.digest()
    assert diff(zero, negative) == ()
    looks_like_it = _after([("b1", Book(title="0.0", author="A", price=0.0))])
    assert text.digest() != looks_like_it.digest()


@given(_STEPS, _STEPS)
def test_a_difference_names_exactly_the_fields_that_differ(first: list[tuple[str, Book]], second: list[tuple[str, Book]]) -> None:
    """Comparing record by record and field by field by hand finds the same table, key, field and values."""
    one, other = _after(first), _after(second)
    expected = {}
    for key in ("b1", "b2", "b3", "n1", "n2"):
        old, new = one.get("books", key, Book), other.get("books", key, Book)
        if old is None or new is None:
            if old != new:
                expected[key, ""] = (msgspec.to_builtins(old), msgspec.to_builtins(new))
            continue
        for field in ("title", "author", "price", "lent_to"):
            if getattr(old, field) != getattr(new, field):
                expected[key, field] = (getattr(old, field), getattr(new, field))
        for tag in old.tags.keys() | new.tags.keys():
            if old.tags.get(tag) != new.tags.get(tag):
                expected[key, f"tags.{tag}"] = (old.tags.get(tag), new.tags.get(tag))
    found = {(difference.key, difference.field): (difference.before, difference.after) for difference in diff(one, other)}
    assert found == expected


@settings(max_examples=200)
@given(_STEPS, st.sampled_from("ABC"))
def test_an_index_answers_as_a_scan_of_the_table_does(steps: list[tuple[str, Book]], author: str) -> None:
    """After any puts and drops: the same records in the same order, changed and new ones included."""
    state = _after(steps)
    assert state.find("author", author, Book) == tuple(book for book in state.rows("books", Book) if book.author == author)


def test_an_index_lists_a_record_once_however_often_it_names_a_value() -> None:
    """A record that has a value twice is one answer, before and after it was changed."""
    twice = Index(name="twice", table="books", keys=lambda book: (book.author, book.author))
    world = World(domain="shelf", source="test", facts=_WORLD.facts, tables=_WORLD.tables, indexes=(twice,))
    assert len(world.open().find("twice", "A", Book)) == 1


def test_a_view_has_nothing_with_which_to_change_a_state() -> None:
    """What a read tool is handed can look and no more; nor can the records' mappings be changed."""
    view = _WORLD.open().view()
    assert not [name for name in ("put", "drop", "adopt", "fork") if hasattr(view, name)]
    book = view.get("books", "b1", Book)
    assert book is not None
    with pytest.raises(TypeError, match="cannot be changed"):
        book.tags["x"] = "y"


def test_a_views_answers_follow_the_state_it_was_taken_from() -> None:
    """A view is a window, not a copy."""
    state = _WORLD.open()
    view = state.view()
    state.drop("books", "b1")
    assert view.get("books", "b1", Book) is None


def test_states_of_different_worlds_are_not_compared() -> None:
    """Records of two worlds have nothing to do with each other; those of two equal worlds do."""
    same = World(domain="shelf", source="other", facts=_WORLD.facts, tables=_WORLD.tables, indexes=DOMAIN.indexes)
    other = World(
        domain="shelf", source="test", facts=_WORLD.facts, tables={**_WORLD.tables, "readers": {}}, indexes=DOMAIN.indexes
    )
    assert diff(_WORLD.open(), same.open()) == ()
    with pytest.raises(ValueError, match="different worlds"):
        diff(_WORLD.open(), other.open())


def test_a_key_that_comes_to_hold_nothing_is_a_difference() -> None:
    """A mapping with a key whose value is null differs from one without it, and the key is named."""

    class Note(Record, frozen=True, kw_only=True):
        lines: dict[str, str | None]

    world = World(domain="d", source="", facts=_WORLD.facts, tables={"notes": {"n": Note(lines={})}})
    state = world.open()
    state.put("notes", "n", Note(lines={"a": None}))
    assert [difference.field for difference in diff(world.open(), state)] == ["lines.a"]


@given(_STEPS)
def test_the_public_digest_is_that_of_the_whole_database_as_json(steps: list[tuple[str, Book]]) -> None:
    """The public formula, worked out by hand over every table."""
    state = _after(steps)
    database = {
        "books": {key: msgspec.to_builtins(book) for key, book in _records(state).items()},
        "readers": {"r": {"name": "Ro", "lent": []}},
    }
    written = json.dumps(database, sort_keys=True, separators=(",", ":"))
    assert state.public_sha256() == hashlib.sha256(written.encode()).hexdigest()


def test_the_digest_of_a_world_knows_its_facts_and_the_order_of_its_records() -> None:
    """Facts and order decide what tools answer; where a world came from does not."""
    backwards = {**_WORLD.tables, "books": dict(reversed(_WORLD.tables["books"].items()))}

    def made(**changed: object) -> World:
        parts = {"domain": "shelf", "source": "test", "facts": _WORLD.facts, "tables": _WORLD.tables, **changed}
        return World(**parts)  # type: ignore[arg-type]

    assert made(source="elsewhere", generator="9").digest == _WORLD.digest
    others = {made(tables=backwards).digest, made(facts=ShelfFacts(now="2026")).digest, made(domain="attic").digest}
    assert len({_WORLD.digest, *others}) == 4
