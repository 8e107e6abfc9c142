"""A request decided as in a conversation: the customer says some of it, and the rest when it is asked for."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.synthesis.case import OpenCase
from servers.domain import Domain
from servers.recipe import Decision, Recipe, Request, Unsaid
from servers.state import State

Tells = Callable[[Sequence[str]], Sequence[str]]
"""Which of the slots that were asked for are told at once."""

ROUNDS = 20

NEVER_WITHOUT = (TypeError, ValueError, LookupError, AttributeError, AssertionError)
"""What a recipe raises that relies on a detail being among a customer's first words: without it there is no such request."""


class _Told(OpenCase):
    """A case in which only what was told is known."""

    def __init__(self, domain: Domain, state: State, customer: str, params: Mapping[str, Any], told: set[str]) -> None:
        super().__init__(domain, state, customer, params)
        self._told = told

    def said(self, slot: str) -> Any:
        return super().said(slot) if slot in self._told else None

    def ask(self, question: str, *wants: str, **slots: Any) -> Any:
        for slot in wants:
            if (value := self.said(slot)) is not None:
                return value
        if all(super(_Told, self).said(slot) is None for slot in wants):
            return None
        raise Unsaid(question, wants, slots)


def interview(
    domain: Domain, state: State, customer: str, recipe: Recipe, request: Request, told: set[str], tells: Tells
) -> tuple[tuple[Decision, ...], tuple[tuple[str, ...], ...]] | None:
    """What a request comes to, and the slots asked for on the way, by question; None when it never comes to anything."""
    asked: list[tuple[str, ...]] = []
    told = set(told)
    for _ in range(ROUNDS):
        try:
            return recipe.solve(_Told(domain, state, customer, request.params, told)), tuple(asked)
        except NEVER_WITHOUT:
            return None
        except Unsaid as missing:
            known = [slot for slot in missing.wants if slot in request.params and slot not in told]
            if not known:
                return None
            asked.append(tuple(known))
            told |= set(tells(known)) or set(known)
    return None
