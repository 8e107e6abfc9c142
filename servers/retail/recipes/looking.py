"""A Case over a view in which everything may be looked at: for what a draft or a predicate has to know beforehand.

It answers records as they are, without a tool's text between, and so costs next to nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from servers.recipe import Case, Comparison, Decision, Item
from servers.retail.records import Order, Product, User
from servers.state import View

_TABLES: Mapping[str, tuple[str, type[Any], str]] = {
    "get_user_details": ("users", User, "user_id"),
    "get_order_details": ("orders", Order, "order_id"),
    "get_product_details": ("products", Product, "product_id"),
}


class Looking:
    """Decides as an agent would who has read all of it."""

    def __init__(self, view: View, customer: str, params: Mapping[str, Any]) -> None:
        self.customer = customer
        self._view = view
        self._params = params

    @property
    def facts(self) -> Any:
        return self._view.facts

    def said(self, slot: str) -> Any:
        return self._params.get(slot)

    def ask(self, question: str, *wants: str, **slots: Any) -> Any:
        return next((self._params[slot] for slot in wants if slot in self._params), None)

    def read(self, tool: str, /, **arguments: Any) -> Any:
        table, kind, key = _TABLES[tool]
        return self._view.get(table, arguments[key], kind)

    def seen(self, tool: str, /, **arguments: Any) -> bool:
        return True

    def order(self, items: Sequence[Item]) -> Sequence[Item]:
        return items

    def note(self, comparison: Comparison) -> None:
        """Nobody reads this worksheet."""


def first(decisions: Sequence[Decision], kind: type[Any]) -> Any:
    """The first decision of a kind, None where there is none."""
    return next((each for each in decisions if isinstance(each, kind)), None)


def looking(view: View, customer: str, params: Mapping[str, Any]) -> Case:
    """A case over this view."""
    return Looking(view, customer, params)
