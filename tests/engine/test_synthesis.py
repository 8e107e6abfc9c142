"""Scenarios are proven when they are made: gold, evidence, burden and words, each checked against the world itself."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import servers
from engine.checkers.gold import canonical, gold_state
from engine.scenario import Scenario, StoredEdit, encode
from engine.synthesis.case import OpenCase
from engine.synthesis.evidence import answer, meaning
from engine.synthesis.generate import NoScenario, generate
from engine.synthesis.patch import patch, patched
from servers.domain import Domain, ToolCall
from servers.frozen import Record
from servers.recipe import Request
from servers.replay import apply
from servers.state import State
from tests.engine.pack import opened, scenarios

ROOT = Path(__file__).parents[2]
PACK = [scenario for name in servers.names() for scenario in scenarios(name=name)]

domains = pytest.mark.parametrize("name", servers.names())


def edited(domain: Domain, state: State, edit: StoredEdit) -> State:
    """The state as it would be under a stored edit."""
    other = state.fork()
    for change in edit.changes:
        before = msgspec.to_builtins(state.get(change.table, change.key, Record)) or {}
        other.put(change.table, change.key, msgspec.convert(patched(before, change.fields), domain.tables[change.table]))
    return other


def before(scenario: Scenario, request: int) -> State:
    """The state that the gold of the earlier requests leaves."""
    domain, world = opened(scenario.domain)
    state = world.open()
    for place in range(request):
        for decision in solved(scenario, state, scenario.requests[place]):
            if hasattr(decision, "tool"):
                apply(domain, state, ToolCall(name=decision.tool, arguments=decision.arguments))
    return state


def solved(scenario: Scenario, state: State, request: Request) -> tuple:  # type: ignore[type-arg]
    """What a request comes to on a state."""
    domain, _ = opened(scenario.domain)
    recipe = next(recipe for recipe in domain.recipes if recipe.name == request.recipe)
    return recipe.solve(OpenCase(domain, state, scenario.customer, request.params))


@domains
def test_the_same_seed_makes_the_same_scenarios_to_the_byte(name: str) -> None:
    """Nothing but world, count and seed goes into a pack."""
    pack = scenarios(name=name)[:12]
    again = tuple(generate(*opened(name), 12, 5, Counter()))
    assert [encode(scenario) for scenario in again] == [encode(scenario) for scenario in pack]
    other = tuple(generate(*opened(name), 12, 6, Counter()))
    assert [scenario.customer for scenario in other] != [scenario.customer for scenario in pack]


@domains
def test_the_same_seed_makes_the_same_scenarios_in_every_process(name: str, tmp_path: Path) -> None:
    """Nothing depends on the order of a set, which is another one in every process."""
    made = []
    for hashing in ("1", "2"):
        out = tmp_path / f"{hashing}.jsonl"
        options = ["--domain", name, "--count", "25", "--seed", "5", "--plots", "0.5", "--twins", "0.3", "--out", str(out)]
        command = [sys.executable, "-m", "engine", "generate", *options]
        subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": hashing}, cwd=ROOT, check=True, capture_output=True)
        made.append(out.read_bytes())
    assert made[0] == made[1]


@domains
@pytest.mark.parametrize("kind", ["normal", "write-intensive", "read-heavy"])
def test_a_kind_is_what_its_numbers_say(kind: str, name: str) -> None:
    """read-heavy: fresh burden of at least 5; write-intensive: at least 3 gold writes and less burden; else normal."""
    for scenario in generate(*opened(name), 2, 1, Counter(), (kind,)):  # type: ignore[arg-type]
        burden, writes = scenario.burden, len(scenario.gold.writes)
        assert scenario.kind == kind == ("read-heavy" if burden >= 5 else "write-intensive" if writes >= 3 else "normal")


def test_gold_is_what_every_request_comes_to_in_the_state_that_the_earlier_ones_leave() -> None:
    """Solving each request again gives the stored gold, refusals and answers."""
    for scenario in PACK:
        domain, _ = opened(scenario.domain)
        writes, refused, told = [], [], []
        for place, request in enumerate(scenario.requests):
            for decision in solved(scenario, before(scenario, place), request):
                match type(decision).__name__:
                    case "Write":
                        writes.append(canonical(domain, decision.tool, decision.arguments))
                    case "Refusal":
                        refused.append((place, decision.rule))
                    case "Answer":
                        told += decision.tell
                    case "Transfer":
                        assert decision.rule == scenario.answer.transfer
        assert writes == [canonical(domain, write.name, write.arguments) for write in scenario.gold.writes]
        assert refused == [(refusal.request, refusal.rule) for refusal in scenario.answer.refuse]
        assert told == list(scenario.answer.tell)


def test_doing_nothing_never_passes() -> None:
    """Gold changes the world, or something has to be told or refused."""
    for scenario in PACK:
        domain, world = opened(scenario.domain)
        changes = gold_state(domain, world, scenario.gold).digest() != world.open().digest()
        assert changes or scenario.answer.tell or scenario.answer.refuse or scenario.answer.transfer
        assert changes == bool(scenario.gold.writes)


def test_no_listed_world_that_agrees_with_the_certificate_decides_otherwise() -> None:
    """The certificate's reads identify the decision."""
    for scenario in PACK:
        domain, _ = opened(scenario.domain)
        for decision in scenario.decisions:
            if decision.edits:
                state, request = before(scenario, decision.request), scenario.requests[decision.request]
                outcome = meaning(domain, solved(scenario, state, request))
                keys = [
                    (read.name, msgspec.json.encode(read.arguments, order="sorted").decode()) for read in decision.certificate
                ]
                for edit in decision.edits:
                    other = edited(domain, state, edit)
                    decides = meaning(domain, solved(scenario, other, request)) != outcome
                    assert decides == edit.decides
                    assert not decides or any(answer(domain, state, key) != answer(domain, other, key) for key in keys)


def test_every_evidence_read_has_an_edit_that_it_alone_shows() -> None:
    """Each read of the certificate that counts as evidence is proven to be needed."""
    proven = 0
    for scenario in PACK:
        domain, _ = opened(scenario.domain)
        for decision in scenario.decisions:
            if not decision.edits:
                continue
            state = before(scenario, decision.request)
            keys = {
                (read.name, msgspec.json.encode(read.arguments, order="sorted").decode()): read.role
                for read in decision.certificate
            }
            for key in [key for key, role in keys.items() if role == "evidence"]:
                shown = [
                    [
                        other
                        for other in keys
                        if answer(domain, state, other) != answer(domain, edited(domain, state, edit), other)
                    ]
                    for edit in decision.edits
                    if edit.decides
                ]
                assert [key] in shown
                proven += 1
    assert proven > 50


def test_a_customers_words_fit_exactly_one_thing() -> None:
    """K holds in the world as it is."""
    for scenario in PACK:
        domain, world = opened(scenario.domain)
        for request in scenario.requests:
            recipe = next(recipe for recipe in domain.recipes if recipe.name == request.recipe)
            assert recipe.holds(world.open().view(), scenario.customer, request)


def test_what_cannot_be_made_is_said_with_its_reasons() -> None:
    """A kind that this world cannot yield ends in one line with counts, not in a loop."""
    domain, world = opened("retail")
    nobody = type(world)(
        domain=world.domain, source="none", facts=world.facts, tables={**world.tables, "orders": {}}, indexes=domain.indexes
    )
    with pytest.raises(NoScenario, match="no draft of"):
        list(generate(domain, nobody, 2, 1, Counter(), ("read-heavy",)))


VALUES = st.recursive(
    st.integers() | st.text() | st.lists(st.integers()), lambda inner: st.dictionaries(st.text(), inner), max_leaves=8
)


@given(st.dictionaries(st.text(), VALUES), st.dictionaries(st.text(), VALUES))
def test_a_patch_makes_one_record_of_the_other_and_says_only_what_differs(before: dict[str, Any], after: dict[str, Any]) -> None:
    """A merge patch of what has no nulls."""
    change = patch(before, after)
    assert patched(before, change) == after
    assert (change == {}) == (before == after)
    assert set(change) <= {*before, *after}
