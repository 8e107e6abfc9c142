"""What is asked in a domain, as data: a request, how it is decided, and what could have been otherwise.

A recipe decides from a Case: what the customer said and what tools showed, and nothing else. The same
`solve` therefore makes the gold (over a case that may read everything) and drives the expert agent (over
a case made of its own conversation, where a missing read or a missing word is raised as what to do next).
Knows nothing of conversations.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any, Protocol, TypeVar

import msgspec
from msgspec.structs import replace

from servers.frozen import FrozenMap
from servers.state import View

Item = TypeVar("Item")
Slots = Mapping[str, Any]


class Unread(Exception):
    """The decision needs a read that has not been made: tool name and arguments."""

    def __init__(self, tool: str, arguments: Mapping[str, Any]) -> None:
        super().__init__(tool, arguments)
        self.tool = tool
        self.arguments = arguments


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A choice among candidates that was made on the way to a decision, and is said: what was compared, and why this one.

    `replies`: it compares nothing, but answers an argument of the customer's, each time that they bring it up.
    """

    act: str
    stated: Slots
    replies: bool = False


class Unsaid(Exception):
    """The decision needs something that only the customer can say.

    `question` names what is asked (`order`, `payment`, …); `wants` are the slots of which any would do.
    `slots` is what the question mentions; `chose` what was compared before it could be asked, which is said first.
    """

    def __init__(self, question: str, wants: tuple[str, ...], slots: Slots | None = None) -> None:
        super().__init__(question, wants)
        self.question = question
        self.wants = wants
        self.slots: Slots = slots or {}
        self.chose: tuple[Choice, ...] = ()


@contextmanager
def saying(choices: Sequence[Choice]) -> Iterator[None]:
    """What has to be asked within comes after what was compared."""
    try:
        yield
    except Unsaid as missing:
        missing.chose = (*choices, *missing.chose)
        raise


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """A choice among candidates, as far as it has been read: for the worksheet and for saying why.

    `candidates` are (what it is, how it measures) in words, `best` one of them or empty, `unread` what is still to be read.
    """

    question: str
    candidates: tuple[tuple[str, str], ...] = ()
    best: str = ""
    unread: tuple[str, ...] = ()


class Case(Protocol):
    """All that a decision may be made from. Two kinds: everything readable, and one conversation's."""

    @property
    def facts(self) -> Any:
        """The constants of the policy, which every agent is told."""

    @property
    def customer(self) -> str:
        """The key of the customer who asks: always established before a request is decided."""

    def said(self, slot: str) -> Any:
        """What the customer said for a slot, None when they have not or do not know."""

    def ask(self, question: str, *wants: str, **slots: Any) -> Any:
        """The first of the wanted slots that was said; None when it was asked and is not known. Raises Unsaid."""

    def read(self, tool: str, /, **arguments: Any) -> Any:
        """The result of a read, typed as the tool returns it; None when the tool refused. Raises Unread."""

    def seen(self, tool: str, /, **arguments: Any) -> bool:
        """Has this read been made (and is it still true)?"""

    def order(self, items: Sequence[Item]) -> Sequence[Item]:
        """The items in the order in which they will be read: one of the sensible ones."""

    def note(self, comparison: Comparison) -> None:
        """Keep a comparison for the worksheet."""


class Write(msgspec.Struct, frozen=True, kw_only=True):
    """A decision to change something. `act` names its sentences, `stated` is what is said of it before the yes,
    `told` what is said when it is done, with `echoes`, the fields of the tool's answer that are told beside it (a new id).
    `chose`: what was compared on the way, said first.
    """

    act: str
    tool: str
    arguments: Mapping[str, Any]
    stated: Slots = FrozenMap[Any]()
    told: Slots = FrozenMap[Any]()
    echoes: tuple[str, ...] = ()
    chose: tuple[Choice, ...] = ()


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that a rule forbids what was asked. `stated` is what the sentence names."""

    act: str
    rule: str
    stated: Slots = FrozenMap[Any]()
    chose: tuple[Choice, ...] = ()


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that needs no change: what was asked is told. `stated` are the facts, `tell` what must be heard."""

    act: str
    stated: Slots = FrozenMap[Any]()
    tell: tuple[str, ...] = ()
    chose: tuple[Choice, ...] = ()


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that the rule wants somebody else to take: `tool` hands the customer over and ends the conversation."""

    rule: str
    tool: str
    arguments: Mapping[str, Any]
    chose: tuple[Choice, ...] = ()


Decision = Write | Refusal | Answer | Transfer


def saying_first(
    solve: Callable[[Case], tuple[Decision, ...]], compared: Callable[[Case], Sequence[Choice]]
) -> Callable[[Case], tuple[Decision, ...]]:
    """The same decisions, and the same questions, after what was compared on the way to them."""

    def decide(case: Case) -> tuple[Decision, ...]:
        try:
            decisions = solve(case)
        except Unsaid as missing:
            missing.chose = (*compared(case), *missing.chose)
            raise
        if not decisions:
            return ()
        first = decisions[0]
        return (replace(first, chose=(*compared(case), *first.chose)), *decisions[1:])

    return decide


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """A coherent change of what the customer cannot know: records to put, by table and key.

    `fact` says in a few words what is different.
    """

    fact: str
    puts: tuple[tuple[str, str, Any], ...]


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A wish as data: the recipe that it follows and its parameters, which are the slots a customer may say."""

    recipe: str
    params: Mapping[str, Any]


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """How a customer finds something out: a call of a tool of their own, whose answer's text is the value."""

    tool: str
    arguments: Slots = FrozenMap[Any]()


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A sampled request with how it is revealed: slots in the opening words, the others when asked.

    `via`: slots that the customer does not know but looks up when asked. They are parameters all the same, with
    the value that the look shows, and never stand in the opening words.
    """

    request: Request
    opening: tuple[str, ...]
    via: Mapping[str, Look] = FrozenMap[Any]()


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """A family of requests.

    `draft(view, customer, random)` samples one that this customer could make, or None. `solve(case)` decides it.
    `edits(view, customer, request)` are the listed other ways things could be. `holds(view, customer, request)`
    is K's predicate: does what the customer says or presupposes fit that state? `contradicted(params, stated, refused)` names
    a slot in which what an agent states goes against the customer's words, None where the customer cannot tell;
    `refused` counts the parts of the request that were refused before, and so may be missing. `proposes(params)` are the
    acts of the writes that the customer has asked for by it; without it that is the recipe's own name.

    `plainly(view, customer, request)` is the same wish in words that leave nothing to look for or compare (ids for
    descriptions, an hour for an extreme), as one request or several; nothing where it cannot be said so. `shortcuts(view,
    customer, request)` are what somebody in a hurry takes the request for: a name, and the request as they would carry it
    out. `instead(view, customer, request, random)` is what this customer would ask for if it were refused.
    `regret(before, after, customer, request, random)`: what they would ask for once it was done, to have it undone or otherwise.
    `rethought(view, customer, request, random)`: slots as they would tell them otherwise before it is done, where another
    draft's would be strange from the same person.
    """

    name: str
    contradicted: Callable[[Slots, Slots, int], str | None]
    draft: Callable[[View, str, Random], Draft | None]
    solve: Callable[[Case], tuple[Decision, ...]]
    edits: Callable[[View, str, Request], Iterator[Edit]]
    holds: Callable[[View, str, Request], bool]
    proposes: Callable[[Slots], tuple[str, ...]] | None = None
    plainly: Callable[[View, str, Request], Sequence[Request]] = lambda _view, _customer, _request: ()
    shortcuts: Callable[[View, str, Request], Iterator[tuple[str, Request]]] = lambda _view, _customer, _request: iter(())
    instead: Callable[[View, str, Request, Random], Draft | None] = lambda _view, _customer, _request, _random: None
    regret: Callable[[View, View, str, Request, Random], Draft | None] = lambda _before, _after, _who, _request, _random: None
    rethought: Callable[[View, str, Request, Random], Slots] = lambda _view, _customer, _request, _random: {}

    def asks_for(self, params: Slots, act: str) -> bool:
        """Has a customer with these words asked for a write that is proposed as `act`?"""
        return act in (self.proposes(params) if self.proposes else (self.name,))


class Identification(msgspec.Struct, frozen=True, kw_only=True):
    """How a domain establishes who is asking: `slots` are what a customer may be asked for, `known(view, customer)`
    their values, `solve(case)` answers the customer's key (None: nobody by that name). `ways` are the sets of slots
    of which any one is enough.
    """

    ways: tuple[tuple[str, ...], ...]
    slots: tuple[str, ...]
    known: Callable[[View, str], Slots]
    solve: Callable[[Case], str | None]
