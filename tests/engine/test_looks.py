"""What reads answer on edited states: as good as asking each of them again."""

from random import Random

import pytest

import servers
from engine.synthesis.evidence import answer
from engine.synthesis.listed import listed
from engine.synthesis.looks import Looks
from servers.recipe import Edit
from tests.engine.pack import opened


@pytest.mark.parametrize("name", servers.names())
def test_a_read_is_asked_again_wherever_an_edit_could_change_it(name: str) -> None:
    """Over the listed worlds of drafts of every recipe each read answers what it answers on a state of its own."""
    domain, world = opened(name)
    customers, random, compared, told_apart = list(world.tables[domain.customers]), Random("looks"), 0, 0
    for recipe in domain.recipes:
        for _ in range(12):
            customer = customers[int(random.random() * len(customers))]
            draft = recipe.draft(world.open().view(), customer, random)
            if draft is None:
                continue
            worlds = listed(domain, recipe, world.open(), customer, draft.request)
            reads = {read for each in worlds for read in each.reads}
            for each in worlds:
                for read in reads:
                    assert each.looks.text(read) == answer(domain, each.looks.state, read)
                    compared += 1
                    told_apart += each.looks.text(read) != worlds[0].looks.text(read)
    assert compared > 1000 and told_apart > 100


def test_what_an_edit_does_not_touch_is_not_asked_again() -> None:
    """The answer is the very same."""
    domain, world = opened("retail")
    looks = Looks(domain, world.open())
    user, order = next(iter(world.tables["users"])), next(iter(world.tables["orders"]))
    read = ("get_user_details", f'{{"user_id":"{user}"}}')
    edit = Edit(fact="the same", puts=(("orders", order, world.tables["orders"][order]),))
    assert looks.under(edit).see(read) is looks.see(read)
