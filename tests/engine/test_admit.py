"""What a draft must be for a scenario to be made of it: a sale of the cheapest of some books, drafted right and wrong."""

from collections.abc import Callable, Iterator
from dataclasses import replace as domain_with
from functools import partial
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

from engine.scenario import Gold, GoldWrite, Known
from engine.synthesis.admit import is_undone, of_request, unknown
from engine.synthesis.case import OpenCase
from engine.synthesis.claims import Claims
from engine.synthesis.evidence import Identity, Proof, prove
from engine.synthesis.settling import Settled
from engine.synthesis.sharpness import Hurry
from servers.domain import Domain, Key
from servers.recipe import Case, Decision, Edit, Recipe, Refusal, Request, Write
from servers.state import View, World
from tests.engine.writ import scenario
from tests.servers import shelf

BOOK = Key(table="books", argument="book_id")


class Copy(NamedTuple):
    """A book to look at, and the room that it stands in."""

    book: str
    room: str


def solve(case: Case) -> tuple[Decision, ...]:
    """The cheapest of the books is set to a price."""
    read = [(case.read("get_book", book_id=_id(each)).price, _id(each)) for each in case.order(case.said("books"))]
    return (_sale(min(read, key=lambda each: each[0])[1]),)


def _id(item: Any) -> str:
    return item.book if isinstance(item, Copy) else item


def _sale(book: str, **more: Any) -> Write:
    return Write(act="sale", tool="set_price", arguments={"book_id": book, "price": 0.5, **more})


def otherwise(view: View, _customer: str, request: Request) -> Iterator[Edit]:
    """Each book could be the cheapest, and the cheapest could be dear."""
    books = {_id(each): view.get("books", _id(each), shelf.Book) for each in request.params["books"]}
    priced = {key: book for key, book in books.items() if book is not None}
    cheapest = min(priced, key=lambda key: priced[key].price)
    for key, book in priced.items():
        price = 20.0 if key == cheapest else 1.0
        yield Edit(fact=f"{key} costs {price}", puts=(("books", key, replace(book, price=price)),))


def titled(view: View, _customer: str, request: Request) -> Iterator[Edit]:
    """Each book could have another title."""
    for key in request.params["books"]:
        if (book := view.get("books", key, shelf.Book)) is not None:
            yield Edit(fact=f"{key} is called otherwise", puts=(("books", key, replace(book, title="Else")),))


SALE = Recipe(
    name="sale",
    contradicted=lambda _params, _stated, _refused: None,
    draft=lambda _view, _customer, _random: None,
    solve=solve,
    edits=otherwise,
    holds=lambda _view, _customer, _request: True,
)


def shop(**changes: Any) -> Domain:
    """The shelf, whose tool that sets a price says what it changes."""
    declared = {"changes": (BOOK,)} | changes
    tools = tuple(replace(tool, **declared) if tool.name == "set_price" else tool for tool in shelf.DOMAIN.tools)
    return domain_with(shelf.DOMAIN, tools=tools, recipes=(SALE,))


def world(*prices: float) -> World:
    books = {f"b{place}": shelf.Book(title="T", author="A", price=price) for place, price in enumerate(prices, 1)}
    return World(
        domain="shelf", source="hand", facts=shelf.ShelfFacts(now="2025-01-01T10:00:00"), tables={"readers": {}, "books": books}
    )


FIVE = (7.0, 6.0, 5.0, 8.0, 9.0)
"""The third is the cheapest."""


def proven(
    *prices: float, recipe: Recipe = SALE, domain: Domain | None = None, params: Any = None
) -> tuple[Proof, Hurry, list[str]]:
    """The proof of a sale of one of books at these prices, and what speaks against it."""
    domain, state = domain or shop(), world(*prices).open()
    request = Request(recipe="sale", params=params or {"books": [f"b{place}" for place in range(1, len(prices) + 1)]})
    proof = prove(domain, recipe, state, "r", request, Identity())
    decisions = proof.worlds[0].decisions
    case = OpenCase(domain, state, "r", request.params)
    settled = Settled(place=0, request=request, recipe=recipe, before=state, decisions=decisions, case=case)
    hurry = Hurry(recipe, proof.worlds[0], proof.counted, "r", request)
    return proof, hurry, list(of_request(domain, "r", settled, proof, hurry))


def test_a_fair_draft_is_admitted_with_what_was_tried_and_measured() -> None:
    """Five reads, each needed; of the five only the one of the cheapest book changes what is sold when it is left out."""
    proof, hurry, objections = proven(*FIVE)
    assert objections == []
    assert (proof.burden, proof.fresh, proof.candidates) == (5, 5, 5)
    assert [read.role for read in proof.certificate] == ["evidence"] * 5
    claims, domain = Claims(), shop()
    request = Request(recipe="sale", params={})
    state = world(*FIVE).open()
    case, decisions = OpenCase(domain, state, "r", {}), proof.worlds[0].decisions
    settled = Settled(place=0, request=request, recipe=SALE, before=state, decisions=decisions, case=case)
    claims.take(domain, settled, proof, hurry.sharpness)
    assert claims.measures.union == 5
    assert claims.measures.state_sharpness == 0.2
    assert claims.measures.shortcuts == ("the first alone", "the first that fits", "the last alone")
    assert claims.kind == "read-heavy"


def test_an_axis_can_be_dropped() -> None:
    """Of things with several fields the first value of each field alone is what somebody in a hurry looks at."""
    rooms = [Copy("b1", "hall"), Copy("b2", "hall"), Copy("b3", "attic"), Copy("b4", "attic")]
    _, hurry, _ = proven(7, 6, 5, 8, params={"books": rooms})
    found = {name: decisions for name, decisions in hurry.sharpness.shortcuts if "first that fits" not in name}
    assert {name: decisions[0].arguments["book_id"] for name, decisions in found.items() if isinstance(decisions[0], Write)} == {
        "the first book alone": "b1",
        "the first room alone": "b2",
    }


def _kinds(case: Case) -> tuple[Decision, ...]:
    """As it is sold it says a kind that changes nothing: which one hangs on what is read."""
    (decision,) = solve(case)
    assert isinstance(decision, Write)
    return (_sale("b1", kind="sale" if decision.arguments["book_id"] == "b1" else "regular"),)


def _hasty(view: View, customer: str, request: Request) -> Iterator[tuple[str, Request]]:
    yield "the newest", replace(request, params={"books": ["b3"]})


def _no_rule(_case: Case) -> tuple[Decision, ...]:
    return (Refusal(act="no", rule="no such rule"),)


WRONG: dict[str, tuple[Callable[[], tuple[Proof, Hurry, list[str]]], str]] = {
    "the first is right": (partial(proven, 4, 6, 5, 8, 9), "a shortcut finds it: the first alone"),
    "the last is right": (partial(proven, 7, 6, 5, 8, 4), "a shortcut finds it: the last alone"),
    "a shortcut of the recipe is right": (partial(proven, *FIVE, recipe=replace(SALE, shortcuts=_hasty)), "it: the newest"),
    "two are equally good": (partial(proven, 7, 5, 5), "another reading order decides otherwise"),
    "nothing hangs on what is read": (
        partial(proven, *FIVE, recipe=replace(SALE, edits=titled)),
        "the words give the answer away",
    ),
    "it is forbidden": (
        partial(proven, *FIVE, domain=shop(breaks=lambda _view, sent: "odd" if sent.price < 1 else None)),
        "gold is forbidden by odd",
    ),
    "it is refused by nothing": (partial(proven, *FIVE, recipe=replace(SALE, solve=_no_rule)), "no such rule, which is no rule"),
    "it changes what it does not say": (partial(proven, *FIVE, domain=shop(changes=())), "set_price changes books beyond"),
    "something else is as good": (partial(proven, *FIVE, recipe=replace(SALE, solve=_kinds)), "a near miss ends where gold does"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_draft_is_not(case: str) -> None:
    make, words = WRONG[case]
    found = make()[2]
    assert any(words in objection for objection in found), found


def test_a_short_request_may_be_found_by_a_shortcut() -> None:
    """It does not count as read-heavy."""
    proof, _, objections = proven(4, 6, 5)
    assert (proof.burden, objections) == (3, [])


def test_an_instruction_names_nothing_that_the_customer_does_not_know() -> None:
    """A key of the world that stands in the text stands in what is known."""
    told = scenario("a", instruction="Set b1, and not b2, to 3.", knows=(Known(slot="book", value={"book_id": "b1"}, request=0),))
    assert unknown(told, world(*FIVE)) == ["b2"]


def test_a_write_that_a_later_one_takes_back_is_found() -> None:
    """The price is what it was; of another price it is not."""
    there, back, on = (GoldWrite(name="set_price", arguments={"book_id": "b1", "price": price}) for price in (3.0, 7.0, 4.0))
    undone = [is_undone(Gold(writes=writes), shop(), world(*FIVE)) for writes in ((there, back), (there, on), (there,))]
    assert undone == [True, False, False]
