"""Soundness: what a scenario claims is proven again, and every false claim is found."""

import json
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from engine.scenario import Evidence, Expected, Gold, GoldWrite, Measures, Provenance, Scenario, WorldRef
from engine.synthesis.generate import Wanted, generate, groups
from engine.synthesis.pack import Pack
from engine.synthesis.soundness import problems
from engine.synthesis.twins import are_twins
from engine.worlds import Worlds
from servers import load as domain_of
from servers.recipe import Request
from servers.worlds import open_world
from tests.engine.writ import DIGEST, PRICE, scenario, writ, written

WORLDS = Worlds()
AGAIN = "make the scenario again, or use the world's own file"
CHEAP = GoldWrite(name="set_price", arguments={"book_id": "b1", "price": 3})


@cache
def made() -> tuple[Scenario, ...]:
    """A few scenarios of the shop, read back from their lines."""
    domain = domain_of("retail")
    pack = generate(domain, open_world(domain, "small:7"), 8, 1, Counter())
    return tuple(msgspec.json.decode(msgspec.json.encode(each), type=Scenario) for each in pack)


def _with(wanted: Callable[[Scenario], object]) -> Scenario:
    return next(each for each in made() if wanted(each))


def _said(wrong: Scenario) -> list[str]:
    return [f"{problem.weight}: {problem.what}" for problem in problems(wrong, WORLDS)]


@pytest.mark.parametrize("place", range(8))
def test_what_the_generator_makes_is_sound(place: int) -> None:
    """Gold, answer, certificates, edits, burdens and kind are proven again from the stored requests alone."""
    assert _said(made()[place]) == []


def _decided(change: Callable[[Evidence], Evidence]) -> Scenario:
    """A scenario whose first decision, one with evidence, claims something else."""
    right = _with(lambda each: each.decisions[0].burden and each.decisions[0].edits)
    return replace(right, decisions=(change(right.decisions[0]), *right.decisions[1:]))


def _other(outcome: str) -> str:
    return "write" if outcome == "answer" else "answer"


def _writing() -> Scenario:
    return _with(lambda each: each.gold.writes and len(each.requests) == 1)


def _other_customer() -> Scenario:
    right = _writing()
    return replace(right, customer=next(each.customer for each in made() if each.customer != right.customer))


def _asking_nothing() -> Scenario:
    right = _writing()
    return replace(right, requests=(replace(right.requests[0], params={}),))


def _knowing_more() -> Scenario:
    right = _writing()
    return replace(right, knows=(*right.knows, replace(right.knows[-1], slot="mood", request=0)))


def _knowing_otherwise() -> Scenario:
    right = _with(lambda each: any(known.request == 0 for known in each.knows))
    wrong = [replace(known, value="else") if known.request == 0 else known for known in right.knows]
    return replace(right, knows=tuple(wrong))


def _behaving(*clauses: str, persona: str = "") -> Scenario:
    """One in which something is refused, and the customer behaves so."""
    right = _with(lambda each: each.answer.refuse)
    return replace(right, manner=replace(right.manner, clauses=clauses, persona=persona))


def _naming(table: str) -> Scenario:
    """The customer is told a key that they do not know."""
    right = _writing()
    key = next(key for key in WORLDS.of(right)[1].tables[table] if key not in right.instruction)
    return replace(right, instruction=f"{right.instruction} It is not {key}.")


FALSE: dict[str, tuple[Callable[[], Scenario], str]] = {
    "another world": (lambda: replace(made()[0], world=WorldRef(source="small:8", digest=made()[0].world.digest)), "has digest"),
    "no such world": (lambda: replace(made()[0], world=WorldRef(source="nowhere.json", digest="")), "nowhere.json: no such file"),
    "no such domain": (lambda: replace(made()[0], domain="nowhere"), "no domain 'nowhere'"),
    "no such recipe": (
        lambda: replace(made()[0], requests=(Request(recipe="wish", params={}),)),
        "has no recipe 'wish'; from it on, gold, answer, certificates and burdens cannot be proven",
    ),
    "params of nobody": (_asking_nothing, "error: request 0: "),
    "a write left out": (lambda: replace(_writing(), gold=Gold()), "gold write 0 is nothing, the requests make"),
    "a write too many": (lambda: replace(_writing(), gold=Gold(writes=_writing().gold.writes * 2)), "gold write 1"),
    "another customer": (_other_customer, "what the customer says about themselves leads to"),
    "nobody": (lambda: replace(_writing(), customer="nobody"), "the world has no customer 'nobody'"),
    "a burden too large": (lambda: _decided(lambda it: replace(it, burden=it.burden + 1)), "decision 0: burden is"),
    "a burden called fresh": (lambda: _decided(lambda it: replace(it, fresh=it.fresh + 1)), "decision 0: fresh is"),
    "a read left out": (lambda: _decided(lambda it: replace(it, certificate=it.certificate[:-1])), "0: certificate is"),
    "an edit left out": (lambda: _decided(lambda it: replace(it, edits=it.edits[1:])), "decision 0: edits is"),
    "another outcome": (lambda: _decided(lambda it: replace(it, outcome=_other(it.outcome))), "decision 0: outcome is"),
    "a decision of no request": (lambda: _decided(lambda it: replace(it, request=9)), "belongs to request 9"),
    "no decisions": (lambda: replace(made()[0], decisions=()), "decision 0 is missing"),
    "another kind": (lambda: replace(_writing(), kind="write-intensive"), "kind is write-intensive, by its burden and writes"),
    "more candidates": (lambda: _decided(lambda it: replace(it, candidates=99)), "decision 0: candidates is 99"),
    "other measures": (lambda: replace(_writing(), measures=Measures(union=99)), 'measures are {"union":99}'),
    "an order that nobody knows": (lambda: _naming("orders"), "which is in no knows"),
    "words that nobody has": (_knowing_more, "request 0: 'mood' stands in knows alone"),
    "other words": (_knowing_otherwise, "request 0: the customer knows another"),
    "another answer": (lambda: replace(_writing(), answer=Expected(tell=("blue",))), "answer: the requests make another one"),
    "a clause that nobody plays": (lambda: _behaving("sings"), "manner: there is no clause 'sings'"),
    "a clause with an odd argument": (lambda: _behaving("insists:99"), "manner: 'insists:99' is not possible here"),
    "a slip in what is not told": (lambda: _behaving("misstates:mood"), "manner: 'misstates:mood' "),
    "a persona that nobody is": (lambda: _behaving(persona="pirate"), "manner: there is no persona 'pirate'"),
    "an unknown gate": (lambda: replace(_writing(), gates=("stat",)), "there is no check 'stat', only answer,"),
}


@pytest.mark.parametrize("case", FALSE)
def test_a_false_claim_is_found(case: str) -> None:
    """One claim of a sound scenario is changed; the check says which."""
    wrong, line = FALSE[case]
    found = _said(wrong())
    assert any(line in said for said in found if said.startswith("error: ")), found


def test_other_instructions_are_not_proven() -> None:
    """A person may have worded them anew: it is a warning."""
    wrong = replace(_writing(), instruction="Ask for a refund of everything. Nothing else.")
    assert _said(wrong) == [
        "warning: instruction: is not how this version words requests, plot and manner; what it says is not proven"
    ]


def test_a_twin_is_proven_beside_its_original(tmp_path: Path) -> None:
    """The same gold for fewer reads, or one thing apart and decided the other way; elsewhere it cannot be proven."""
    domain = domain_of("retail")
    found = groups(domain, open_world(domain, "small:7"), Wanted(count=20, seed=5, twins=1.0), Pack(Counter()))
    original, twin = next(group for group in found if len(group) == 2)
    assert are_twins(domain, original, twin) and not are_twins(domain, twin, twin)
    told = writ("check", written(tmp_path / "pair.jsonl", [original, twin]), cwd=tmp_path)
    assert told.returncode == 0 and "2 sound, 0 not, 0 warnings" in told.stdout, told.stdout
    told = writ("check", written(tmp_path / "alone.jsonl", [twin]), cwd=tmp_path)
    assert told.returncode == 0 and "so that they are twins is not proven" in told.stdout, told.stdout
    stranger = replace(made()[0], id=original.id)
    told = writ("check", written(tmp_path / "strangers.jsonl", [stranger, twin]), cwd=tmp_path)
    assert told.returncode == 2 and f"it is no twin of '{original.id}'" in told.stdout, told.stdout


LISTED: dict[str, tuple[Scenario, list[str]]] = {
    "sound": (scenario("a", PRICE, instruction="x"), []),
    "idle": (scenario("a", instruction="x"), ["error: passes when nothing is done and nothing is said"]),
    "idle, and marked": (
        scenario("a", instruction="x", provenance=Provenance(made_by="hand", idle_passes=True)),
        ["warning: passes when nothing is done and nothing is said"],
    ),
    "marked for nothing": (
        scenario("a", PRICE, instruction="x", provenance=Provenance(made_by="hand", idle_passes=True)),
        ["warning: is marked as passing when nothing is done, and does not"],
    ),
    "told": (scenario("a", tell=("Title 3",), instruction="x"), []),
    "nothing to say": (scenario("a", PRICE), ["error: has neither requests nor an instruction: its customer has nothing to say"]),
    "a tool that reads": (
        scenario("a", GoldWrite(name="get_book", arguments={"book_id": "b1"}), instruction="x"),
        ["error: gold write 0: shelf has no tool 'get_book' that writes"],
    ),
    "a refused write": (
        scenario("a", GoldWrite(name="set_price", arguments={"book_id": "b9", "price": 1}), instruction="x"),
        ["error: gold write 0 (set_price) is refused: Error: Book not found"],
    ),
    "an order that is not said": (
        scenario("a", PRICE, CHEAP, instruction="x"),
        ["error: gold.order: writes 0 and 1 end elsewhere the other way round; it must say so"],
    ),
    "an order that is said": (scenario("a", gold=Gold(writes=(PRICE, CHEAP), order=((0, 1),)), instruction="x"), []),
    "an order backwards": (
        scenario("a", gold=Gold(writes=(PRICE, CHEAP), order=((0, 1), (1, 0))), instruction="x"),
        ["error: gold.order: [1, 0] is not (before, after) in the order in which the writes are listed"],
    ),
    "another digest": (
        scenario("a", PRICE, instruction="x", world=WorldRef(source="tiny:1", digest="f" * 64)),
        [f"error: the world tiny:1 has digest {DIGEST[:12]}…, the scenario was made for ffffffffffff…; {AGAIN}"],
    ),
}


@pytest.mark.parametrize("case", LISTED)
def test_a_listed_task_is_sound_when_its_gold_is(case: str) -> None:
    """Tasks without requests claim their gold, their answer and that doing nothing does not pass; no more and no less."""
    task, found = LISTED[case]
    assert _said(task) == found


def test_the_command_prints_a_line_a_problem_and_exits_2(tmp_path: Path) -> None:
    """File, id, what is wrong; warnings alone are exit 0; an id that comes twice is a problem."""
    marked = scenario("idle", instruction="x", provenance=Provenance(made_by="hand", idle_passes=True))
    good = written(tmp_path / "good.jsonl", [scenario("fine", PRICE, instruction="x"), marked])
    told = writ("check", good, cwd=tmp_path)
    assert told.returncode == 0 and told.stdout.splitlines()[-1] == "2 scenarios: 2 sound, 0 not, 1 warnings"
    bad = written(tmp_path / "bad.jsonl", [scenario("fine", PRICE, instruction="x"), scenario("odd", instruction="x")])
    told = writ("check", good, bad, cwd=tmp_path)
    assert told.returncode == 2
    assert f"{bad} fine: the id was used before, in {good}" in told.stdout
    assert f"{bad} odd: passes when nothing is done and nothing is said" in told.stdout
    rows = json.loads(writ("check", bad, "--json", cwd=tmp_path).stdout)
    assert (rows["scenarios"], rows["sound"], rows["unsound"]) == (2, 1, 1)
    assert [row["scenario"] for row in rows["problems"]] == ["odd"]


def test_a_file_of_scenarios_that_are_none_is_bad_input(tmp_path: Path) -> None:
    """One line with file and line, as for a run."""
    path = tmp_path / "bad.jsonl"
    path.write_text("{}\n")
    told = writ("check", path, cwd=tmp_path)
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.startswith(f"{path}:1: the scenario: Object missing required field")
    none = written(tmp_path / "none.jsonl", [])
    told = writ("check", none, cwd=tmp_path)
    assert (told.returncode, told.stderr) == (2, f"{none}: no scenarios in these files\n")
