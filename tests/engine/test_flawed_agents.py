"""Agents that fail on purpose fail, and are caught; agents that are right in another way are accepted."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from engine.agents.expert import Expert
from engine.agents.flawed import FLAWS, VARIATIONS, Make, deviates
from engine.agents.flawed.siblings import leaves, replaced, siblings
from engine.casting import Casting
from engine.checkers import names as check_names
from engine.checkers.verdict import Verdict
from engine.clock import run_virtual
from engine.conversation.converse import Player
from engine.conversation.events import Called, Closed, Event, Failed, Move, Returned, Spoke
from engine.conversation.views import View
from engine.scenario import Scenario, load
from engine.simulation import Job, Stage, simulate
from engine.speech.phrasebook import Phrasebook
from engine.toolboxes.direct import DirectToolbox
from engine.users.hesitant import Hesitant
from engine.users.scripted import ScriptedUser
from engine.worlds import Worlds
from servers.domain import Domain, Party
from tests.engine import stages
from tests.engine.pack import Kept

PACKS = Path(__file__).parent.parent.parent / "scenarios"
CONTRACT = {"answer", "claims", "evidence", "grounding", "policy", "progress", "state", "user"}
SAMPLE = 12

Played = tuple[Scenario, list[Event], Verdict]


User = Callable[[Domain, Scenario, Phrasebook], Player]
USERS: Mapping[str, User] = {"scripted": ScriptedUser, "hesitant": Hesitant}
WORLDS = Worlds()
"""Opened once for all that is played here, and never changed."""


class Cast(Casting):
    """An agent that is given the world, and the user that it is to be played with; the expert where there is no agent."""

    def __init__(self, make: Make | None, user: str = "scripted") -> None:
        super().__init__()
        self._make = make
        self._with = USERS[user]

    def players(self, domain: Domain, facts: Any, scenario: Scenario) -> Mapping[Party, Player]:
        book, world = self.phrasebook(domain), WORLDS.of(scenario)[1]
        agent = self._make(domain, world, scenario, book) if self._make else Expert(domain, world.facts, book)
        return {"agent": agent, "user": self._with(domain, scenario, book)}


def play(wanted: Sequence[Scenario], casting: Casting) -> list[Played]:
    """Play scenarios in virtual time."""
    kept, verdicts = Kept(), dict[int, Verdict]()
    stage = Stage(casting=casting, worlds=WORLDS, toolbox=DirectToolbox())
    jobs = [Job(place=place, scenario=scenario, trial=0) for place, scenario in enumerate(wanted)]
    run_virtual(simulate, jobs, stage, kept, 1, lambda job, verdict: verdicts.update({job.place: verdict}))
    return [(scenario, kept.events[place], verdicts[place]) for place, scenario in enumerate(wanted)]


class Fresh:
    """A party that is made anew at every move, as after an interruption."""

    def __init__(self, make: Callable[[], Player]) -> None:
        self._make = make

    async def move(self, view: View) -> Move | None:
        return await self._make().move(view)


@cache
def sample() -> tuple[Scenario, ...]:
    """Some scenarios of each shipped domain and of lamps: every recipe, writes that need an order, several requests at once."""
    chosen: list[Scenario] = []
    for domain in ("retail", "airline"):
        whole = list(load([PACKS / domain]))
        seen = Counter[str]()
        ordered = next(each for each in whole if each.gold.order)
        free = next(each for each in whole if len(each.gold.writes) > 1 and not each.gold.order and each.manner.together)
        handed_over = [each for each in whole if each.answer.transfer is not None][:1]
        own = {each.id: each for each in (ordered, free, *handed_over)}
        for each in sorted(whole, key=lambda each: -len(each.requests)):
            if len(own) < SAMPLE and any(seen[request.recipe] < 2 for request in each.requests):
                own[each.id] = each
                seen.update(request.recipe for request in each.requests)
        rest = [each for each in whole if each.id not in own]
        chosen += [*own.values(), *rest[:: len(rest) // max(SAMPLE - len(own), 1)]][:SAMPLE]
    return (*chosen, *stages.scenarios(4))


@cache
def expert(user: str = "scripted") -> tuple[Played, ...]:
    return tuple(play(sample(), Cast(None, user)))


def maker(name: str) -> Make:
    return FLAWS[name].make if name in FLAWS else VARIATIONS[name].make


@cache
def deviating(name: str) -> Sequence[Played]:
    """The conversations with a party that are not the expert's own."""
    user = FLAWS[name].user if name in FLAWS else "scripted"
    played = play(sample(), Cast(maker(name), user))
    return [one for one, own in zip(played, expert(user), strict=True) if deviates(one[1], own[1])]


def told(played: Sequence[Played]) -> list[str]:
    return [f"{scenario.id}: {verdict.standing} {verdict.reason}, blame {verdict.blame}" for scenario, _, verdict in played]


def test_the_sample_has_every_recipe_and_the_expert_is_right_in_all_of_it() -> None:
    recipes = Counter(scenario.domain for scenario in sample())
    assert recipes == {"retail": SAMPLE, "airline": SAMPLE, "tests.domains.lights": 4}
    assert all(verdict.accepted for _, _, verdict in expert())


@pytest.mark.parametrize("name", FLAWS)
def test_a_flaw_is_shown_and_no_conversation_that_shows_it_is_accepted(name: str) -> None:
    """As far as the checks that are for it exist; the agent is to blame, by one of these checks."""
    flaw, played = FLAWS[name], deviating(name)
    assert played, "it never does anything else than the expert"
    for scenario, events, _ in played:
        assert isinstance(events[-1], Closed | Failed), scenario.id
        assert not isinstance(events[-1], Failed) or events[-1].blame in ("agent", "user"), (scenario.id, events[-1])
    if set(flaw.checks) <= set(check_names()):
        assert told([one for one in played if one[2].accepted or one[2].blame != "agent"]) == []
        unnamed = [one for one in played if not {f.check for f in one[2].findings if f.result == "fail"} & set(flaw.checks)]
        assert told(unnamed) == []


@pytest.mark.parametrize("name", VARIATIONS)
def test_what_is_right_in_another_way_is_accepted(name: str) -> None:
    played = deviating(name)
    assert played, "it never does anything else than the expert"
    assert told([one for one in played if not one[2].accepted]) == []


@pytest.mark.parametrize("name", [*FLAWS, *VARIATIONS])
def test_a_party_that_is_made_anew_at_every_move_makes_the_same_moves(name: str) -> None:
    make = maker(name)
    some, user = sample()[::5], FLAWS[name].user if name in FLAWS else "scripted"
    kept = play(some, Cast(make, user))
    fresh = play(some, Cast(lambda *given: Fresh(lambda: make(*given)), user))
    assert [events for _, events, _ in fresh] == [events for _, events, _ in kept]


def test_every_flaw_is_named_once_and_says_which_checks_are_for_it() -> None:
    assert all(name == flaw.name and flaw.summary and set(flaw.checks) <= CONTRACT for name, flaw in FLAWS.items())
    assert all(flaw.checks and flaw.user in USERS for flaw in FLAWS.values())
    assert all(name == variation.name for name, variation in VARIATIONS.items())


CANNOT: Mapping[str, Callable[[Scenario], bool]] = {
    "wrong_order": lambda scenario: not scenario.gold.order,
    "wrong_payment": lambda scenario: not scenario.gold.writes,
    "one_missing": lambda scenario: not scenario.gold.writes,
    "without_yes": lambda scenario: not scenario.gold.writes,
    "gives_in": lambda scenario: not scenario.answer.refuse and not scenario.answer.transfer,
    "always_transfers": lambda scenario: scenario.domain == stages.LIGHTS.name or scenario.answer.transfer is not None,
    "three_calls": lambda scenario: scenario.domain == stages.LIGHTS.name,
    "reordered_writes": lambda scenario: len(scenario.gold.writes) < 2,
}
"""Where a flaw has nothing to show itself in."""


@pytest.mark.parametrize("name", CANNOT)
def test_where_a_flaw_cannot_be_shown_the_expert_is_played(name: str) -> None:
    cannot = [scenario.id for scenario in sample() if CANNOT[name](scenario)]
    shown = [scenario.id for scenario, _, _ in deviating(name)]
    assert cannot and not set(cannot) & set(shown)


@pytest.mark.parametrize("name", ["guesses", "fishes"])
def test_what_was_read_for_another_request_is_no_guess(name: str) -> None:
    """The last question is about what the first requests have shown: there is nothing left to guess."""
    chosen = [each for each in load([PACKS / "airline", PACKS / "retail"]) if last_was_read_before(each)]
    pairs = zip(play(chosen, Cast(maker(name))), play(chosen, Cast(None)), strict=True)
    assert chosen and [own[0].id for guessed, own in pairs if deviates(guessed[1], own[1])] == []


def last_was_read_before(scenario: Scenario) -> bool:
    """Requests made at once that come to no write, of which the last one's evidence is read for the others anyway."""
    if len(scenario.requests) < 2 or not scenario.manner.together or scenario.gold.writes:
        return False
    before, last = set[tuple[str, str]](), set[tuple[str, str]]()
    for decision in scenario.decisions:
        reads = last if decision.request == len(scenario.requests) - 1 else before
        reads.update((read.name, str(read.arguments)) for read in decision.certificate)
    return last <= before


def calls(events: Sequence[Event]) -> list[Called]:
    return [event for event in events if isinstance(event, Called) and event.party == "agent"]


def writes(scenario: Scenario, events: Sequence[Event]) -> list[str]:
    """The tools of the gold writes that were called and did not refuse, in order."""
    tools = {write.name for write in scenario.gold.writes}
    refused = {event.call for event in events if isinstance(event, Returned) and event.party == "agent" and event.error}
    return [called.name for called in calls(events) if called.name in tools and called.call not in refused]


def of_agent(events: Sequence[Event]) -> list[str]:
    said = (event for event in events if isinstance(event, Spoke) and event.party == "agent")
    return [act.kind for event in said for act in event.meaning]


def test_one_missing_reports_what_it_did_not_write() -> None:
    for scenario, events, _ in deviating("one_missing"):
        assert len(writes(scenario, events)) < len(scenario.gold.writes), scenario.id
        reports = [kind for kind in of_agent(events) if kind.startswith("report.")]
        assert len(reports) > len(writes(scenario, events)), scenario.id


def test_one_too_many_makes_every_gold_write_and_another_one() -> None:
    for scenario, events, _ in deviating("one_too_many"):
        tools = WORLDS.of(scenario)[0].callable
        assert sum(tools[called.name, "agent"].kind == "write" for called in calls(events)) == len(scenario.gold.writes) + 1, (
            scenario.id
        )


def proposals(events: Sequence[Event]) -> int:
    return sum(kind.startswith("propose.") for kind in of_agent(events))


def test_without_yes_leaves_out_proposals_and_makes_the_writes() -> None:
    """Where nothing is to happen at a proposal; with such a plot what is written is what was to be taken back or changed."""
    own = {scenario.id: events for scenario, events, _ in expert()}
    played = [one for one in deviating("without_yes") if not one[0].plot]
    assert played
    for scenario, events, _ in played:
        assert proposals(events) < proposals(own[scenario.id]), scenario.id
        assert writes(scenario, events) == writes(scenario, own[scenario.id]), scenario.id


def test_a_guess_reads_less_and_writes_the_same() -> None:
    own = {scenario.id: events for scenario, events, _ in expert()}
    for scenario, events, _ in deviating("guesses"):
        assert len(calls(events)) < len(calls(own[scenario.id])), scenario.id
        assert writes(scenario, events) == writes(scenario, own[scenario.id]), scenario.id


def test_a_maybe_is_taken_for_a_yes() -> None:
    """The write follows the hedge without another word."""
    for scenario, events, _ in deviating("maybe_as_yes"):
        hedge = next(n for n, e in enumerate(events) if isinstance(e, Spoke) and any(a.kind == "hedge" for a in e.meaning))
        assert isinstance(events[hedge + 1], Called), scenario.id


def test_three_calls_are_made_in_one_move_and_talk_stands_beside_a_call() -> None:
    for scenario, events, _ in deviating("three_calls"):
        assert max(Counter(called.move for called in calls(events)).values()) == 3, scenario.id
    for scenario, events, _ in deviating("talks_and_calls"):
        spoke = {event.move for event in events if isinstance(event, Spoke)}
        assert len(spoke & {called.move for called in calls(events)}) == 1, scenario.id


def test_an_invented_id_and_another_account_are_asked_about_once() -> None:
    for name in ("invents_id", "other_account"):
        own = {scenario.id: {(c.name, c.arguments) for c in calls(events)} for scenario, events, _ in expert()}
        for scenario, events, _ in deviating(name):
            strange = [called for called in calls(events) if (called.name, called.arguments) not in own[scenario.id]]
            assert len(strange) == 1, (name, scenario.id)
            answer = next(e for e in events if isinstance(e, Returned) and e.call == strange[0].call)
            assert answer.error == (name == "invents_id"), (name, scenario.id)


SHOWN = [
    {"orders": ["#1", "#2"], "methods": {"card_1": {"brand": "Visa"}, "card_2": {"brand": "Visa"}}},
    [{"number": "F1", "day": "Monday"}, {"number": "F2", "day": "Monday"}],
]


@pytest.mark.parametrize(
    ("value", "others"),
    [("#1", ["#2"]), ("card_2", ["card_1"]), ("F1", ["F2"]), ("Monday", []), ("methods", []), ("unheard of", [])],
)
def test_siblings_are_the_other_elements_keys_and_values_of_a_field(value: str, others: list[str]) -> None:
    assert siblings(SHOWN, value) == others


def test_every_text_of_arguments_can_be_replaced_in_its_place() -> None:
    arguments = {"order": "#1", "items": ["a", {"id": "b"}]}
    assert [path for path, _ in leaves(arguments)] == [("order",), ("items", 0), ("items", 1, "id")]
    assert replaced(arguments, ("items", 1, "id"), "c") == {"order": "#1", "items": ["a", {"id": "c"}]}
