"""What a pack must not share with tasks that somebody will be tested on."""

from pathlib import Path

import pytest
from msgspec.structs import replace

import servers
from engine.scenario import Known, Scenario, encode
from engine.synthesis.avoid import Avoided, scenarios_of
from engine.synthesis.generate import Wanted, groups
from engine.synthesis.pack import Pack
from servers.recipe import Request
from servers.worlds import open_world
from tests.engine.pack import opened, scenarios

domains = pytest.mark.parametrize("name", ["retail", "airline"])
RECORD = "a customer or a record of theirs is in the tasks to be avoided"


def avoided(name: str, *tasks: Scenario) -> Avoided:
    domain, world = opened(name)
    return Avoided(domain, [world], tasks)


def bare(name: str, **others: object) -> Scenario:
    """A task of nobody, without a word."""
    first = scenarios(4, 5, name)[0]
    empty = {"customer": "", "requests": (), "knows": (), "decisions": (), "instruction": ""}
    return replace(first, gold=replace(first.gold, writes=()), **{**empty, **others})


@domains
def test_a_scenario_touches_itself_and_hardly_any_other(name: str) -> None:
    """Four customers have nothing to do with each other."""
    domain, _ = opened(name)
    first, *others = scenarios(4, 5, name)
    keep = avoided(name, first)
    assert keep.touched_by(domain, first) == RECORD
    assert [keep.touched_by(domain, each) for each in others if each.customer != first.customer] == [""] * len(others)


@domains
def test_a_record_of_a_task_is_touched_whoever_asks_and_so_is_its_owner(name: str) -> None:
    """A task names an order, in its data or in its words; its customer is the one whose order it is."""
    domain, world = opened(name)
    table = next(table for table in domain.owners if table != domain.customers)
    key, record = next(iter(world.tables[table].items()))
    owner, stranger = record.user_id, next(each for each in world.keys(domain.customers) if each != record.user_id)
    asking = bare(name, customer=stranger, requests=(Request(recipe="x", params={"items": [{"of": key}]}),))
    for task in (
        bare(name, requests=(Request(recipe="y", params={"id": key}),)),
        bare(name, instruction=f"About {key}, please."),
    ):
        keep = avoided(name, task)
        assert keep.touched_by(domain, asking) == RECORD
        assert keep.touched_by(domain, bare(name, customer=owner)) == RECORD
        assert keep.touched_by(domain, bare(name, customer=stranger)) == ""


def test_eight_words_in_a_row_of_what_a_customer_knows_may_not_stand_in_a_task() -> None:
    """Seven may, and the sentences that all our instructions have."""
    domain, _ = opened("retail")
    words = "one two three four five six seven eight"
    keep = avoided("retail", bare("retail", instruction=f"You want: zero {words} nine."))
    assert keep.touched_by(domain, bare("retail", knows=(Known(slot="x", value=words.upper()),))).startswith("8 words in a row")
    assert keep.touched_by(domain, bare("retail", knows=(Known(slot="x", value=words.removesuffix(" eight")),))) == ""
    assert keep.touched_by(domain, bare("retail", instruction=f"{words}")) == ""


@domains
def test_a_pack_keeps_clear_of_the_tasks_it_is_given(name: str, tmp_path: Path) -> None:
    """Of a file of its own scenarios no customer comes again, and the drafts are counted."""
    domain, world = opened(name)
    first = [group[0] for group in groups(domain, world, Wanted(count=6, seed=1), Pack())]
    (tmp_path / "tasks.jsonl").write_bytes(b"".join(map(encode, first)))
    keep, pack = Avoided(domain, [world], scenarios_of([tmp_path / "tasks.jsonl"], domain)), Pack()
    again = [group[0] for group in groups(domain, world, Wanted(count=6, seed=1, avoided=keep), pack)]
    assert {each.customer for each in first}.isdisjoint({each.customer for each in again})
    assert pack.rejected[RECORD] > 0


@domains
def test_a_pack_on_a_public_world_keeps_clear_of_its_tasks(name: str, tau2: Path) -> None:
    """τ²-bench's tasks name their customers by id or by what they order."""
    folder = tau2 / name
    domain = servers.load(name)
    world = open_world(domain, str(folder / "db.json"))
    keep = Avoided(domain, [world], scenarios_of([folder / "tasks.json"], domain))
    tasks = list(scenarios_of([folder / "tasks.json"], domain))
    made = [group[0] for group in groups(domain, world, Wanted(count=8, seed=1, avoided=keep), Pack())]
    assert {each.customer for each in made}.isdisjoint({task.customer for task in tasks})
    assert all(keep.touched_by(domain, task) for task in tasks if task.gold.writes)
