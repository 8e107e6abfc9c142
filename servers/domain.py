"""What a domain is made of: tools over records, a policy over constants, and what is asked in it.

Above: replay, MCP and the engine, which know domains only through these values.
Below: one folder a domain, whose `DOMAIN` is its table of contents.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import msgspec

from servers.cues import Cues
from servers.frozen import FrozenMap, Record
from servers.kinds import Kind
from servers.recipe import Identification, Recipe
from servers.rules import Rule
from servers.state import Facts, Index, Tables
from servers.variants import Variants

Party = Literal["agent", "user"]
ToolKind = Literal["read", "write", "generic"]


class ToolRefused(Exception):
    """The tool's own 'no', with its reason: an answer that the caller reads, no failure."""


class ToolCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call as it was made. `arguments` are plain JSON values; `requestor` is the party that called."""

    name: str
    arguments: Mapping[str, Any] = FrozenMap[Any]()
    requestor: Party = "agent"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a call came to: the text that the caller reads, whether that is a refusal, whether the state differs."""

    text: str
    error: bool = False
    changed: bool = False


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """Names records: those of a table whose key is the call's argument `argument` (None: any of them)."""

    table: str
    argument: str | None = None


class Detail(msgspec.Struct, frozen=True, kw_only=True):
    """Something of a write that a customer must hear before their yes. `ways`: how it may be said, in lower case; any will do.
    `others`: longer words that contain one of them and mean something else ("basic economy" is no "economy").
    """

    name: str
    ways: tuple[str, ...]
    others: tuple[str, ...] = ()


class Conduct(msgspec.Struct, frozen=True, kw_only=True):
    """What a policy says about calls: only one in a move, and nothing said beside it."""

    one_call: bool = False
    silent_calls: bool = False


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """A tool: a plain function `(view or state, arguments) -> result`, and what may be said about it.

    `arguments` is a Struct whose fields make the JSON schema; `returns` is the type of the result (a
    `str` is sent raw, all else as JSON). `shows` is what a result tells about, `changes` what a
    write may change: a result is out of date after a write that changes what it shows.
    `unordered` names groups of list arguments whose order has no meaning, taken together (item ids
    and their new ids are one group). Of a tool that writes, over the state before it: `details(view, arguments)` are what
    the customer must have heard before their yes, `breaks(view, arguments)` is the rule that forbids it, as far as the
    records alone tell. `claimed` are lower-case verbs by which somebody says that it was done ("cancelled").
    """

    name: str
    description: str
    function: Callable[[Any, Any], Any]
    arguments: type[msgspec.Struct]
    returns: Any
    kind: ToolKind
    owner: Party = "agent"
    terminal: bool = False
    confirmed: bool = False
    identifies: bool = False
    shows: Key | None = None
    changes: tuple[Key, ...] = ()
    unordered: tuple[tuple[str, ...], ...] = ()
    details: Callable[[Any, Any], tuple[Detail, ...]] | None = None
    breaks: Callable[[Any, Any], str | None] | None = None
    claimed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Domain:
    """A folder of `servers/` as a value.

    `tables` gives each table's record type, in file order. `facts` is the domain's own Facts type;
    `public_facts` are those of a file without a header, which is a public world. `generate(size, seed)`
    makes the tables and facts of a synthetic world of `generator` version. `policy(facts)` is the text
    that the agent is told. `phrases` is the text of the domain's phrase file, `worded(slot, value)` says a slot's value.
    `customers` is the table of those who ask. A domain without `identification` lets anybody ask.
    `variants` are other policies that its worlds may have, None for no other than its own. `owners` names, for each table
    whose records belong to a customer, the field that says to whom. `conduct` is what the policy says about calls.
    `quotes` are the slots by which a proposal says what is to be paid, the one that counts first. `rethinks` are the slots that
    customers change their minds about when they are asked for a yes; each of them can be told alone.
    `cues` are the words by which its agents ask and name values in plain text.
    `said_as(view, kind, value)` are other ways to say an argument of a kind (kinds.py): a city for its airport.
    """

    name: str
    title: str
    tables: Mapping[str, type[Record]]
    facts: type[Facts]
    public_facts: Facts | None
    indexes: tuple[Index, ...]
    tools: tuple[Tool, ...]
    policy: Callable[[Any], str]
    generate: Callable[[str, int], tuple[Facts, Tables]]
    generator: str
    sizes: tuple[str, ...]
    rules: tuple[Rule, ...]
    recipes: tuple[Recipe, ...]
    phrases: str
    customers: str = "users"
    identification: Identification | None = None
    worded: Callable[[str, Any], str] = lambda _slot, value: str(value)
    variants: Variants | None = None
    owners: Mapping[str, str] = field(default_factory=FrozenMap[str])
    conduct: Conduct = field(default_factory=Conduct)
    quotes: tuple[str, ...] = ()
    rethinks: tuple[str, ...] = ()
    cues: Cues = Cues()  # noqa: RUF009
    said_as: Callable[[Any, Kind, str], tuple[str, ...]] = lambda _view, _kind, _value: ()

    @cached_property
    def callable(self) -> Mapping[tuple[str, Party], Tool]:
        """Every tool by its name and the party that may call it."""
        return {(tool.name, tool.owner): tool for tool in self.tools}

    def ends(self, name: str, party: Party) -> bool:
        """Does a call of that tool end the conversation?"""
        tool = self.callable.get((name, party))
        return tool is not None and tool.terminal

    def tools_of(self, party: Party) -> tuple[Tool, ...]:
        """The tools that a party may call, in their order."""
        return tuple(tool for tool in self.tools if tool.owner == party)
