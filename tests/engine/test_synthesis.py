"""Scenarios are proven when they are made: gold, evidence, burden and words, each checked against the world itself."""

from collections import Counter

import msgspec
import pytest

from engine.checkers.gold import canonical, gold_state
from engine.scenario import Scenario, StoredEdit, encode
from engine.synthesis.case import OpenCase
from engine.synthesis.evidence import answer, meaning
from engine.synthesis.generate import NoScenario, generate
from servers.domain import ToolCall
from servers.frozen import Record
from servers.recipe import Request
from servers.replay import apply
from servers.state import State
from tests.engine.pack import retail, scenarios

PACK = scenarios()


def edited(state: State, edit: StoredEdit) -> State:
    """The state as it would be under a stored edit."""
    domain, _ = retail()
    other = state.fork()
    for change in edit.changes:
        before = msgspec.to_builtins(state.get(change.table, change.key, Record)) or {}
        other.put(change.table, change.key, msgspec.convert({**before, **change.fields}, domain.tables[change.table]))
    return other


def before(scenario: Scenario, request: int) -> State:
    """The state that the gold of the earlier requests leaves."""
    domain, world = retail()
    state = world.open()
    for place in range(request):
        for decision in solved(scenario, state, scenario.requests[place]):
            if hasattr(decision, "tool"):
                apply(domain, state, ToolCall(name=decision.tool, arguments=decision.arguments))
    return state


def solved(scenario: Scenario, state: State, request: Request) -> tuple:  # type: ignore[type-arg]
    """What a request comes to on a state."""
    domain, _ = retail()
    recipe = next(recipe for recipe in domain.recipes if recipe.name == request.recipe)
    return recipe.solve(OpenCase(domain, state, scenario.customer, request.params))


def test_the_same_seed_makes_the_same_scenarios_to_the_byte() -> None:
    """Nothing but world, count and seed goes into a pack."""
    again = tuple(generate(*retail(), 12, 5, Counter()))
    assert [encode(scenario) for scenario in again] == [encode(scenario) for scenario in PACK[:12]]
    other = tuple(generate(*retail(), 12, 6, Counter()))
    assert [scenario.customer for scenario in other] != [scenario.customer for scenario in PACK[:12]]


@pytest.mark.parametrize("kind", ["normal", "write-intensive", "read-heavy"])
def test_a_kind_is_what_its_numbers_say(kind: str) -> None:
    """read-heavy: fresh burden of at least 5; write-intensive: at least 3 gold writes and less burden; else normal."""
    for scenario in generate(*retail(), 2, 1, Counter(), (kind,)):  # type: ignore[arg-type]
        burden, writes = scenario.burden, len(scenario.gold.writes)
        assert scenario.kind == kind == ("read-heavy" if burden >= 5 else "write-intensive" if writes >= 3 else "normal")


def test_gold_is_what_every_request_comes_to_in_the_state_that_the_earlier_ones_leave() -> None:
    """Solving each request again gives the stored gold, refusals and answers."""
    domain, _ = retail()
    for scenario in PACK:
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
        assert writes == [canonical(domain, write.name, write.arguments) for write in scenario.gold.writes]
        assert refused == [(refusal.request, refusal.rule) for refusal in scenario.answer.refuse]
        assert told == list(scenario.answer.tell)


def test_doing_nothing_never_passes() -> None:
    """Gold changes the world, or something has to be told or refused."""
    domain, world = retail()
    for scenario in PACK:
        changes = gold_state(domain, world, scenario.gold).digest() != world.open().digest()
        assert changes or scenario.answer.tell or scenario.answer.refuse
        assert changes == bool(scenario.gold.writes)


def test_no_listed_world_that_agrees_with_the_certificate_decides_otherwise() -> None:
    """The certificate's reads identify the decision."""
    domain, _ = retail()
    for scenario in PACK:
        for decision in scenario.decisions:
            if decision.edits:
                state, request = before(scenario, decision.request), scenario.requests[decision.request]
                outcome = meaning(domain, solved(scenario, state, request))
                keys = [
                    (read.name, msgspec.json.encode(read.arguments, order="sorted").decode()) for read in decision.certificate
                ]
                for edit in decision.edits:
                    other = edited(state, edit)
                    decides = meaning(domain, solved(scenario, other, request)) != outcome
                    assert decides == edit.decides
                    assert not decides or any(answer(domain, state, key) != answer(domain, other, key) for key in keys)


def test_every_evidence_read_has_an_edit_that_it_alone_shows() -> None:
    """Each read of the certificate that counts as evidence is proven to be needed."""
    domain, _ = retail()
    proven = 0
    for scenario in PACK:
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
                    [other for other in keys if answer(domain, state, other) != answer(domain, edited(state, edit), other)]
                    for edit in decision.edits
                    if edit.decides
                ]
                assert [key] in shown
                proven += 1
    assert proven > 50


def test_a_customers_words_fit_exactly_one_thing() -> None:
    """K holds in the world as it is."""
    domain, world = retail()
    for scenario in PACK:
        for request in scenario.requests:
            recipe = next(recipe for recipe in domain.recipes if recipe.name == request.recipe)
            assert recipe.holds(world.open().view(), scenario.customer, request)


def test_what_cannot_be_made_is_said_with_its_reasons() -> None:
    """A kind that this world cannot yield ends in one line with counts, not in a loop."""
    domain, world = retail()
    nobody = type(world)(
        domain=world.domain, source="none", facts=world.facts, tables={**world.tables, "orders": {}}, indexes=domain.indexes
    )
    with pytest.raises(NoScenario, match="no draft of"):
        list(generate(domain, nobody, 2, 1, Counter(), ("read-heavy",)))
