"""The registry of workspaces without I/O: who may enter, how long they last, how much they may hold."""

import gc
import json
import weakref
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servers.domain import ToolCall
from servers.http.workspaces import Limits, Refused, Role, Workspaces
from servers.mcp import NotServed
from servers.state import World
from servers.worlds import open_world
from tests.servers.shelf import DOMAIN, Book
from tests.servers.web import Hand

ROLES: tuple[Role, ...] = ("agent", "user", "grader")


def _pricing(price: float, book: str = "b1") -> ToolCall:
    return ToolCall(name="set_price", arguments={"book_id": book, "price": price})


@pytest.fixture
def clock() -> Hand:
    return Hand()


def _registry(clock: Hand, **limits: Any) -> Workspaces:
    return Workspaces(Limits(**limits), clock)


def test_a_token_opens_its_workspace_in_its_role_and_nothing_else(library: World, clock: Hand) -> None:
    """Every token of every workspace against every door: two workspaces, three roles, and tokens never given out."""
    registry = _registry(clock)
    one, two = (registry.open(DOMAIN, library) for _ in range(2))
    tokens = {(space.id, role): registry.token(space.id, role) for space in (one, two) for role in ROLES}
    assert len(set(tokens.values())) == 6
    for door in tokens:
        for held, token in tokens.items():
            if held == door:
                assert registry.enter(*door, token).id == door[0]
                continue
            with pytest.raises(Refused) as refusal:
                registry.enter(*door, token)
            assert refusal.value.status == 403
    for token, status in ((None, 401), ("", 403), ("x" * 43, 403), ("\udc80ü", 403), (tokens[one.id, "agent"] + "=", 403)):
        with pytest.raises(Refused) as refusal:
            registry.enter(one.id, "agent", token)
        assert refusal.value.status == status


def test_what_there_never_was_is_not_told_from_what_is_anothers(library: World, clock: Hand) -> None:
    registry = _registry(clock)
    space = registry.open(DOMAIN, library)
    refusals = []
    for name in (space.id, "never", "", "\ud800"):
        with pytest.raises(Refused) as refusal:
            registry.enter(name, "agent", "guessed")
        refusals.append((refusal.value.status, str(refusal.value)))
    assert len(set(refusals)) == 1


def test_another_key_makes_other_tokens(clock: Hand) -> None:
    assert Workspaces(Limits(), clock, key=b"a").token("w", "agent") != Workspaces(Limits(), clock, key=b"b").token("w", "agent")


def test_a_closed_workspace_is_gone_and_says_so(library: World, clock: Hand) -> None:
    """Its memory too: nothing holds it any more."""
    registry = _registry(clock)
    space = registry.open(DOMAIN, library)
    space.carry_out(_pricing(3))
    name, token, gone = space.id, registry.token(space.id, "agent"), weakref.ref(space)
    registry.close(space)
    del space
    gc.collect()
    assert gone() is None
    with pytest.raises(Refused) as refusal:
        registry.enter(name, "agent", token)
    assert (refusal.value.status, len(registry)) == (410, 0)


@pytest.mark.parametrize(("asked", "lives"), [(None, 100.0), (50.0, 50.0), (1e9, 100.0)])
def test_a_workspace_expires_however_busy_it_is(library: World, clock: Hand, asked: float | None, lives: float) -> None:
    registry = _registry(clock, ttl=100.0, idle=1000.0)
    space = registry.open(DOMAIN, library, asked)
    token = registry.token(space.id, "agent")
    clock.now += lives - 1
    assert registry.enter(space.id, "agent", token) is space
    clock.now += 1
    with pytest.raises(Refused, match="expired"):
        registry.enter(space.id, "agent", token)
    assert len(registry) == 0


def test_a_workspace_that_nobody_uses_ends_and_is_swept(library: World, clock: Hand) -> None:
    """Each request begins its idle time anew; those that are over go, the others stay."""
    registry = _registry(clock, idle=10.0)
    used, idle = registry.open(DOMAIN, library), registry.open(DOMAIN, library)
    clock.now += 9
    registry.enter(used.id, "agent", registry.token(used.id, "agent"))
    assert registry.sweep() == 0
    clock.now += 1
    assert registry.sweep() == 1
    assert registry.enter(used.id, "grader", registry.token(used.id, "grader")) is used
    with pytest.raises(Refused):
        registry.enter(idle.id, "agent", registry.token(idle.id, "agent"))


def test_there_are_no_more_than_may_be_and_expired_ones_make_room(library: World, clock: Hand) -> None:
    registry = _registry(clock, workspaces=2, idle=10.0)
    registry.open(DOMAIN, library)
    second = registry.open(DOMAIN, library)
    with pytest.raises(Refused) as refusal:
        registry.open(DOMAIN, library)
    assert (refusal.value.status, refusal.value.retry) == (503, 1)
    registry.close(second)
    registry.open(DOMAIN, library)
    clock.now += 10
    registry.room()
    assert len(registry) == 0


def test_too_many_requests_a_second_are_refused_and_others_are_not(library: World, clock: Hand) -> None:
    """Five at once, then one each fifth of a second; another workspace has its own five."""
    registry = _registry(clock, requests=5.0)
    one, two = registry.open(DOMAIN, library), registry.open(DOMAIN, library)

    def requests(name: str, count: int) -> int:
        passed = 0
        for _ in range(count):
            try:
                registry.enter(name, "agent", registry.token(name, "agent"))
                passed += 1
            except Refused as refusal:
                assert (refusal.status, refusal.retry) == (429, 1)
        return passed

    assert requests(one.id, 9) == 5
    assert requests(two.id, 9) == 5
    clock.now += 0.45
    assert requests(one.id, 9) == 2
    clock.now += 60
    assert requests(one.id, 9) == 5


def test_what_the_grader_sees_is_what_was_done(library: World, clock: Hand) -> None:
    """Calls in order with what was refused, the digest of a state made alone, the difference by table, key, field."""
    registry = _registry(clock)
    space = registry.open(DOMAIN, library, 60.0)
    for call in (_pricing(3), _pricing(101), ToolCall(name="get_book", arguments={"book_id": "b1"})):
        space.carry_out(call)
    clock.now += 1.5
    seen = registry.graded(space)
    assert [(call.name, call.error, call.changed) for call in seen.calls] == [
        ("set_price", False, True),
        ("set_price", True, False),
        ("get_book", False, False),
    ]
    assert json.loads(bytes(seen.calls[0].arguments)) == {"book_id": "b1", "price": 3}
    book = library.tables["books"]["b1"]
    assert isinstance(book, Book)
    assert [(part.table, part.key, part.field, part.before, part.after) for part in seen.diff] == [
        ("books", "b1", "price", book.price, 3.0)
    ]
    assert (seen.expires, seen.domain, seen.world, seen.world_digest) == (58.5, "shelf", "tiny:1", library.digest)
    assert seen.digest != library.open().digest()


@pytest.mark.parametrize("limits", [{"calls": 3}, {"kept": 70}])
def test_a_workspace_takes_so_many_calls_and_no_more(library: World, clock: Hand, limits: dict[str, Any]) -> None:
    """By their number, and by the bytes of their arguments; what was done stays."""
    space = _registry(clock, **limits).open(DOMAIN, library)
    for price in (1, 2, 3):
        space.carry_out(_pricing(price))
    before = space.graded(clock()).digest
    with pytest.raises(NotServed, match="3 calls"):
        space.carry_out(_pricing(4))
    assert (space.graded(clock()).digest, len(space.graded(clock()).calls)) == (before, 3)


def test_arguments_that_no_tool_takes_are_not_kept(library: World, clock: Hand) -> None:
    """Too large, endlessly nested, half a letter: refused, and remembered without them."""
    nested: Any = []
    for _ in range(5000):
        nested = [nested]
    space = _registry(clock).open(DOMAIN, library)
    for odd in ("x" * 20_000, nested, "\ud800", 1 << 90):
        assert space.carry_out(ToolCall(name="get_book", arguments={"book_id": odd})).error
    assert [bytes(call.arguments) for call in space.graded(clock()).calls[:3]] == [b"null"] * 3
    assert len(msgspec.json.encode(space.graded(clock()))) < 5000


OPS = st.lists(
    st.tuples(st.sampled_from(("open", "price", "close", "wait", "look")), st.integers(0, 5), st.integers(0, 200)), max_size=40
)


@settings(max_examples=150, deadline=None)
@given(ops=OPS)
def test_whatever_happens_each_workspace_is_as_its_own_calls_made_it(ops: list[tuple[str, int, int]]) -> None:
    """Against a model: at most four, idle after 100 seconds, and every state that of its own calls alone."""
    library, clock = open_world(DOMAIN, "tiny:1"), Hand()
    registry = _registry(clock, workspaces=4, idle=100.0)
    known: list[tuple[str, list[int], float]] = []
    for op, place, number in ops:
        known = [each for each in known if clock.now - each[2] < 100]
        if op == "open" and len(known) < 4:
            known.append((registry.open(DOMAIN, library).id, [], clock.now))
        elif op == "open":
            with pytest.raises(Refused):
                registry.open(DOMAIN, library)
        elif op == "wait":
            clock.now += number
        elif known:
            name, prices, _ = known.pop(place % len(known))
            space = registry.enter(name, "grader", registry.token(name, "grader"))
            if op == "close":
                registry.close(space)
                continue
            if op == "price":
                space.carry_out(_pricing(number))
                prices.append(number)
            state = library.open()
            for price in (price for price in prices if price <= 100):
                book = state.get("books", "b1", Book)
                assert book is not None
                state.put("books", "b1", msgspec.structs.replace(book, price=float(price)))
            assert registry.graded(space).digest == state.digest()
            known.append((name, prices, clock.now))
        assert len(registry) <= 4
