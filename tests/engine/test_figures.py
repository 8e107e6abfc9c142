"""A dataset's figures: counted from scenarios, events and verdicts, told as a page, and what its parts have in common."""

from collections import Counter
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

import servers
from engine.imports.tau2 import scenarios as public_tasks
from engine.reporting.aims import aims
from engine.reporting.figures import Figures, burden_class, chances, quantile
from engine.reporting.leakage import common
from engine.reporting.page import page
from engine.reporting.public import PUBLIC
from engine.reporting.report import ALL, Report
from engine.scenario import Measures, Provenance, Reaction, Scenario
from tests.engine import pack
from tests.engine.writ import written


@pytest.fixture(scope="module")
def played() -> list[tuple[Scenario, Figures]]:
    """Figures of each of some conversations alone."""
    domain, world = pack.retail()
    found = []
    for scenario, events, verdict in pack.play(pack.scenarios(16)):
        figures = Figures()
        figures.take(scenario, events, verdict, domain, chances(scenario, domain, world))
        found.append((scenario, figures))
    return found


def test_a_conversation_is_counted_by_both_axes_and_by_what_its_scenario_says(played: list[tuple[Scenario, Figures]]) -> None:
    for scenario, figures in played:
        assert figures.axes == {(burden_class(scenario.burden), min(6, len(scenario.gold.writes))): 1}
        assert figures.names["kinds"] == {scenario.kind: 1} and figures.sizes["union"] == {scenario.measures.union: 1}
        assert figures.names["requested"].total() == len(scenario.requests)
        assert figures.unchanged == (not scenario.gold.writes) == figures.scores()["always refuses"]
        assert set(figures.names["rules"]) >= {f"retail: {refusal.rule}" for refusal in scenario.answer.refuse}
        assert figures.sizes["read_heavy"].total() == (scenario.kind == "read-heavy")


def test_what_is_not_accepted_is_counted_by_its_reason_alone() -> None:
    domain, _ = pack.retail()
    ((scenario, events, verdict),) = pack.play(pack.scenarios(16)[:1])
    figures = Figures()
    figures.take(scenario, events, replace(verdict, standing="rejected", reason="state"), domain, {})
    assert figures.reasons == {"state": 1} and figures.accepted == 0 and not figures.axes and not figures.names["tools"]


def test_customers_and_golds_are_counted_across_conversations() -> None:
    """Twice the same scenario is two of its customer and two of its gold."""
    domain, world = pack.retail()
    figures = Figures()
    for scenario, events, verdict in pack.play(pack.scenarios(16)[:2]) * 2:
        figures.take(scenario, events, verdict, domain, chances(scenario, domain, world))
    assert (figures.as_dict()["most_of_one_customer"], figures.as_dict()["most_of_one_gold"]) == (2, 2)


@pytest.mark.parametrize(
    ("reaction", "name"),
    [
        (Reaction(request=0, on="refused", ask=1), "when refused: asks for something more"),
        (Reaction(request=0, on="proposed", change={"a": 1}), "when proposed: changes their mind"),
        (Reaction(request=0, on="quoted", over=5.0, withdraw=True), "when quoted: takes it back"),
        (Reaction(request=0, on="quoted", withdraw=True, ask=1), "when quoted: takes it back, asks for something else"),
    ],
)
def test_a_plot_is_told_in_words(reaction: Reaction, name: str, played: list[tuple[Scenario, Figures]]) -> None:
    assert _counts(replace(played[0][0], plot=(reaction,)))["plots"] == {name: 1}


@pytest.mark.parametrize(("share", "tenth"), [(None, "none"), (0.0, "0.0"), (0.29, "0.2"), (0.999, "0.9"), (1.0, "1.0")])
def test_sharpness_is_counted_by_tenths(share: float | None, tenth: str, played: list[tuple[Scenario, Figures]]) -> None:
    """Of what is read-heavy; of nothing else."""
    scenario = replace(played[0][0], kind="read-heavy", measures=Measures(state_sharpness=share))
    assert _counts(scenario)["sharpness"] == {tenth: 1}
    assert _counts(replace(scenario, kind="normal"))["sharpness"] == {}


def _counts(scenario: Scenario) -> dict[str, Counter[str]]:
    """The names that a scenario counts by."""
    domain, _ = pack.retail()
    ((_, events, verdict),) = pack.play(pack.scenarios(16)[:1])
    figures = Figures()
    figures.take(scenario, events, verdict, domain, {})
    return figures.names


def test_twins_are_counted_by_what_they_are() -> None:
    twin = replace(
        pack.scenarios(16)[0], id="retail-1-0001-plain", provenance=Provenance(made_by="tests", twin_of="retail-1-0001")
    )
    assert _counts(twin)["twins"] == {"plain": 1}


@pytest.mark.parametrize(("part", "value"), [(0, 1), (0.5, 2), (0.75, 2), (0.9, 9), (1, 9)])
def test_a_quantile_is_a_value_that_was_counted(part: float, value: int) -> None:
    assert quantile(Counter({9: 1, 1: 1, 2: 2}), part) == value and quantile({}, part) == "–"


@pytest.mark.parametrize(
    ("burden", "row"), [(0, "0"), (1, "1-4"), (4, "1-4"), (5, "5-8"), (16, "9-16"), (17, "17+"), (60, "17+")]
)
def test_a_burden_stands_in_one_row(burden: int, row: str) -> None:
    assert burden_class(burden) == row


def test_the_page_tells_every_figure_beside_its_aim(played: list[tuple[Scenario, Figures]]) -> None:
    """One domain: one column, its own aims, and the public tasks beside it. No cell is cut by a bar in what is counted."""
    figures = played[0][1]
    figures.names["clauses"]["a | b"] += 1
    report = Report(figures={ALL: figures, "retail": figures}, words={})
    text = page(report, ["axes.png"])
    assert "| burden of the read-heavy: median | retail ≥ 7 |" in text and "τ²-bench retail" in text
    assert "![axes](axes.png)" in text and "a \\| b" in text and "airline" not in text
    assert [aim.values for aim in aims(report) if aim.measure == "conversations"] == [["1"]]


def test_the_public_tasks_are_counted_as_they_are(tau2: Path) -> None:
    """The figures beside ours, counted again from the files."""
    for name, public in PUBLIC.items():
        domain, writes, reads = servers.load(name), Counter[int](), Counter[int]()
        for task in public_tasks(tau2, name):
            writes[len(task.gold.writes)] += 1
            reads[[domain.callable[call.name, "agent"].kind for call in task.actions].count("read")] += 1
        assert (public.writes, public.reads) == (writes, reads)


def test_parts_that_share_nothing_leak_nothing_and_equal_ones_everything(tmp_path: Path) -> None:
    """Of the same scenarios every one shares customer, recipes and gold; of other customers and recipes none."""
    scenarios = pack.scenarios(64)
    ours = written(tmp_path / "ours.jsonl", scenarios[:8])
    same = common([ours], [ours])
    assert (same.held_out, same.customers, same.recipes, same.golds) == (8, 8, 8, 8)
    customers = {scenario.customer for scenario in scenarios[:8]}
    recipes = {request.recipe for scenario in scenarios[:8] for request in scenario.requests}
    others = [
        each
        for each in scenarios
        if each.customer not in customers and not recipes & {request.recipe for request in each.requests}
    ]
    assert others
    apart = common([ours], [written(tmp_path / "others.jsonl", others)])
    assert (apart.customers, apart.recipes, apart.golds) == (0, 0, 0)
    assert common([ours], []).held_out == 0


def test_eight_words_of_what_a_customer_knows_are_shared_and_seven_are_not(tmp_path: Path) -> None:
    (first, *_) = (each for each in pack.scenarios(16) if each.knows)
    eight = "one two three four five six seven eight"
    told = [
        replace(first, id=str(place), knows=(replace(first.knows[0], slot="note", value=text, via=None),))
        for place, text in enumerate((f"zero {eight}", f"{eight} nine", eight.replace("one", "ten")))
    ]
    files = [written(tmp_path / f"{each.id}.jsonl", [each]) for each in told]
    assert [common(files[:1], [other]).words for other in files[1:]] == [1, 0]


def test_the_figures_are_plain_values(played: list[tuple[Scenario, Figures]]) -> None:
    """Whole in JSON and back."""
    values = played[0][1].as_dict()
    assert msgspec.json.decode(msgspec.json.encode(values)) == values
