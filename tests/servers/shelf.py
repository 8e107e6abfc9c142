"""A domain of a few books, small enough to know by heart: what the tests of the servers run on.

Beside what every domain has it owns a tool of the user's, a terminal one, and one that breaks.
"""

from random import Random
from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from servers.domain import Domain, Key, Tool, ToolRefused
from servers.frozen import Record, freeze
from servers.state import Facts, Index, State, Tables, View


class ShelfFacts(Facts, frozen=True, kw_only=True):
    """`dearest` is the highest price that may be asked."""

    dearest: float = 100.0


class Book(Record, frozen=True, kw_only=True):
    title: str
    author: str
    price: float
    tags: dict[str, str] = {}  # noqa: RUF012 (a default of a Struct is copied)
    lent_to: str | None = None

    def __post_init__(self) -> None:
        freeze(self, "tags")


class Reader(Record, frozen=True, kw_only=True):
    name: str
    lent: tuple[str, ...] = ()


class _Arguments(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class OfBook(_Arguments, frozen=True, kw_only=True):
    book_id: Annotated[str, Meta(description="Such as 'b1'.")]


class OfAuthor(_Arguments, frozen=True, kw_only=True):
    author: str


class Pricing(_Arguments, frozen=True, kw_only=True):
    book_id: str
    price: float
    kind: Literal["sale", "regular"] = "regular"


class Tagging(_Arguments, frozen=True, kw_only=True):
    book_ids: tuple[str, ...]
    copies: int = 1


class Nothing(_Arguments, frozen=True, kw_only=True):
    pass


def get_book(view: View, sent: OfBook) -> Book:
    book = view.get("books", sent.book_id, Book)
    if book is None:
        raise ToolRefused("Book not found")
    return book


def books_by(view: View, sent: OfAuthor) -> str:
    return ", ".join(book.title for book in view.find("author", sent.author, Book))


def set_price(state: State, sent: Pricing) -> Book:
    book = replace(get_book(state, OfBook(book_id=sent.book_id)), price=sent.price)
    state.put("books", sent.book_id, book)
    if sent.price > state.facts.dearest:
        raise ToolRefused("Too dear")
    return book


def break_shelf(state: State, _sent: Nothing) -> str:
    state.drop("books", "b1")
    raise RuntimeError("the shelf\nfell down")


def tag(_state: State, sent: Tagging) -> str:
    return f"{len(sent.book_ids)} x {sent.copies}"


def say(_view: View, _sent: Nothing) -> str:
    return "said"


def by_author(book: Book) -> tuple[str, ...]:
    return (book.author,)


def generate(size: str, seed: int) -> tuple[Facts, Tables]:
    random = Random(f"shelf:{size}:{seed}")
    books = {
        f"b{number}": Book(
            title=f"Title {number}", author=random.choice("ABC"), price=random.randrange(5000) / 100, tags={"n": "ü"}
        )
        for number in range(1, 6)
    }
    return ShelfFacts(now="2025-01-01T10:00:00"), {"readers": {"r": Reader(name="Ro")}, "books": books}


_BOOK = Key(table="books", argument="book_id")

DOMAIN = Domain(
    name="shelf",
    title="Book shelf",
    tables={"books": Book, "readers": Reader},
    facts=ShelfFacts,
    public_facts=ShelfFacts(now="2024-01-01T00:00:00", public=True),
    indexes=(Index(name="author", table="books", keys=by_author),),
    tools=(
        Tool(name="get_book", description="Look.", function=get_book, arguments=OfBook, returns=Book, kind="read", shows=_BOOK),
        Tool(name="books_by", description="Find.", function=books_by, arguments=OfAuthor, returns=str, kind="read"),
        Tool(name="set_price", description="Price.", function=set_price, arguments=Pricing, returns=Book, kind="write"),
        Tool(name="tag", description="Tag.", function=tag, arguments=Tagging, returns=str, kind="write"),
        Tool(name="break_shelf", description="Break.", function=break_shelf, arguments=Nothing, returns=str, kind="write"),
        Tool(name="close", description="End.", function=say, arguments=Nothing, returns=str, kind="generic", terminal=True),
        Tool(name="look_up", description="Mine.", function=say, arguments=Nothing, returns=str, kind="read", owner="user"),
    ),
    policy=lambda facts: f"# Policy\nNo book is dearer than {facts.dearest}.",
    generate=generate,
    generator="3",
    sizes=("tiny", "small"),
    rules=(),
    recipes=(),
    phrases="",
)
