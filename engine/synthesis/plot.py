"""Plots: what a customer does when something happens to their request, drawn for a draft."""

from random import Random

from engine.scenario import Reaction
from servers.domain import Domain
from servers.recipe import Draft, Recipe
from servers.state import State

Plotted = tuple[tuple[Reaction, ...], tuple[Draft, ...]]
"""The reactions to what becomes of a request, and the drafts of those requests that are made only then."""


def plotted(domain: Domain, state: State, customer: str, place: int, recipe: Recipe, draft: Draft, random: Random) -> Plotted:
    """A plot for the request that will stand at `place`, over the state that it meets; mostly none."""
    return (), ()
