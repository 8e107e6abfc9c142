"""A person is demanded for what the agent can do or what a rule forbids: neither is out of reach, nobody is handed over."""

from random import Random

from msgspec.structs import replace

from servers.recipe import Case, Choice, Draft, Recipe, Request, saying_first
from servers.retail.recipes.cancel import CANCEL
from servers.retail.recipes.returns import RETURN
from servers.state import View


def _answered(_case: Case) -> tuple[Choice, ...]:
    """What the agent says to the demand: the matter stays with it."""
    return (Choice(act="person", stated={}, replies=True),)


def _demanding(recipe: Recipe) -> Recipe:
    """The same request of somebody who wants to talk to a person about it."""
    name = f"demand_{recipe.name}"

    def draft(view: View, customer: str, random: Random) -> Draft | None:
        plain = recipe.draft(view, customer, random)
        return None if plain is None else replace(plain, request=Request(recipe=name, params=plain.request.params))

    return replace(
        recipe,
        name=name,
        draft=draft,
        solve=saying_first(recipe.solve, _answered),
        proposes=lambda _params: (recipe.name,),
        plainly=lambda _view, _customer, request: (Request(recipe=recipe.name, params=request.params),),
    )


DEMAND_CANCEL, DEMAND_RETURN = _demanding(CANCEL), _demanding(RETURN)
