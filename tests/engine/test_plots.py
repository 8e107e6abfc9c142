"""Plots: what happens to a request decides what the customer does next, and gold is what policy and plot come to together."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import islice, pairwise
from random import Random
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

import servers
from engine.agents.expert import Expert
from engine.casting import Casting
from engine.checkers.verdict import Verdict
from engine.conversation.converse import Player
from engine.conversation.events import Act, Event, Move, Spoke
from engine.conversation.views import View
from engine.playable import refuse_unplayable
from engine.scenario import BadScenario, Provenance, Reaction, Scenario, encode
from engine.synthesis.compose import Making, NotAdmitted, finished
from engine.synthesis.instruction import instruction
from engine.synthesis.plot import Plots
from engine.synthesis.settling import Settled, Unsettled, quote, settle
from engine.synthesis.soundness import problems
from engine.worlds import Worlds
from servers.domain import Domain, Party
from servers.recipe import Refusal, Write
from servers.state import World
from tests.engine.pack import drawn_plots, opened, play, plots

domains = pytest.mark.parametrize("name", servers.names())

Played = tuple[Scenario, list[Event], Verdict]

KINDS = (
    "refused ask",
    "proposed change",
    "proposed withdraw",
    "proposed ask",
    "proposed withdraw ask",
    "quoted withdraw",
    "written ask",
)

FAR = 1000
"""How many scenarios are looked through for a plot that is rarely drawn."""


def kind(reaction: Reaction) -> str:
    """What a reaction waits for and does: 'refused ask'."""
    does = {"change": reaction.change is not None, "withdraw": reaction.withdraw, "ask": reaction.ask is not None}
    return " ".join([reaction.on, *(name for name, given in does.items() if given)])


def settled(scenario: Scenario, plot: Sequence[Reaction] | None = None) -> list[Settled]:
    """What the requests of a scenario come to, by its own plot or another one."""
    domain, world = opened(scenario.domain)
    return list(settle(domain, world.open(), scenario.customer, scenario.requests, scenario.plot if plot is None else plot))


@cache
def of_kind(name: str, wanted: str) -> tuple[Scenario, ...]:
    """The scenarios of the pack whose only reaction is of a kind, and happens; where it has none, the next one that is drawn."""
    found = tuple(each for each in plots(name=name) if has_alone(each, wanted))
    return found or tuple(islice((each for each in islice(drawn_plots(name), FAR) if has_alone(each, wanted)), 1))


def has_alone(scenario: Scenario, wanted: str) -> bool:
    """Is a reaction of this kind the only one, and does it happen?"""
    return [kind(reaction) for reaction in scenario.plot] == [wanted] and happened(scenario)


def happened(scenario: Scenario) -> bool:
    """Does the plot make a difference to what the requests come to?"""
    places = [each.place for each in settled(scenario)]
    reaction = scenario.plot[0]
    declined = any(decision.outcome == "declined" for decision in scenario.decisions)
    return reaction.change is not None or declined or reaction.ask in places


@cache
def played(name: str) -> list[Played]:
    return play(plots(name=name))


def acts(events: Sequence[Event], party: Party) -> list[str]:
    return [act.kind for event in events if isinstance(event, Spoke) and event.party == party for act in event.meaning]


# ---------------------------------------------------------------------------------------------- all goes right


@domains
def test_every_plot_is_played_and_accepted(name: str) -> None:
    """The expert and the scripted user carry out each reaction as gold has it."""
    assert [
        (each.id, v.reason, [f.detail for f in v.findings if f.result == "fail"]) for each, _, v in played(name) if not v.accepted
    ] == []


@domains
def test_plots_of_every_kind_are_drawn(name: str) -> None:
    counted = Counter(kind(reaction) for each in plots(name=name) for reaction in each.plot)
    assert [each for each in KINDS if not counted[each]] == []


@domains
def test_a_scenario_with_a_plot_is_sound(name: str) -> None:
    """What it claims is proven again through the plot."""
    worlds = Worlds()
    found = [(each.id, problem.what) for each in plots(name=name)[:40] for problem in problems(each, worlds)]
    assert found == []


@domains
def test_no_plots_are_drawn_from_nothing(name: str) -> None:
    """A share of 0 draws no random number: what is made is what was made before there were plots."""
    domain, world = opened(name)

    def made(plots: Plots | None) -> list[bytes]:
        found = []
        for number in range(20):
            random, more = Random(f"same/{number}"), {} if plots is None else {"plots": plots}
            making = Making(domain, world, list(world.tables["users"])[number], random, **more)
            try:
                making.add(domain.recipes[number % 4])
                found.append(encode(finished(making, Provenance(made_by="tests"), f"s{number}")))
            except NotAdmitted:
                continue
        return found

    assert made(None) == made(Plots(share=0.0)) != []
    assert made(Plots(share=1.0)) != made(None)


# ---------------------------------------------------------------------------------------------- what gold is


@domains
def test_a_fallback_is_gold_only_when_the_first_wish_is_refused(name: str) -> None:
    """Where it is refused the fallback is decided as well; where it is not, its request is never made."""
    fallen, kept = [], []
    for each in plots(name=name):
        if [kind(reaction) for reaction in each.plot] == ["refused ask"]:
            first, *rest = settled(each)
            refused = any(isinstance(decision, Refusal) for decision in first.decisions)
            (fallen if refused else kept).append(each)
            assert [other.place for other in rest] == ([1] if refused else [])
            assert {decision.request for decision in each.decisions} == ({0, 1} if refused else {0})
    assert fallen and kept


@domains
def test_what_was_taken_back_is_not_written_and_was_heard(name: str) -> None:
    """Gold is empty for it, and the customer must have heard what it costs or what it is about."""
    for each in of_kind(name, "proposed withdraw"):
        assert [decision.outcome for decision in each.decisions] == ["declined"]
        assert not each.gold.writes and len(each.answer.tell) == 1
    assert of_kind(name, "proposed withdraw")


@domains
def test_a_change_of_mind_makes_gold_what_the_new_words_come_to(name: str) -> None:
    for each in of_kind(name, "proposed change"):
        change = each.plot[0].change
        assert change is not None
        otherwise = replace(each.requests[0], params={**each.requests[0].params, **change})
        plain = settled(replace(each, requests=(otherwise,)), [])
        assert [one.decisions for one in settled(each)] == [one.decisions for one in plain]
        assert settled(each)[0].decisions != settled(each, [])[0].decisions
    assert of_kind(name, "proposed change")


@domains
@pytest.mark.parametrize("wanted", ["proposed ask", "written ask"])
def test_what_is_asked_on_top_is_decided_in_the_state_after_the_first(name: str, wanted: str) -> None:
    """Both are gold, in this order."""
    for each in of_kind(name, wanted):
        first, second = settled(each)[:2]
        assert (first.place, second.place) == (0, 1)
        writes = [decision.tool for one in settled(each) for decision in one.decisions if isinstance(decision, Write)]
        assert [write.name for write in each.gold.writes] == writes
    assert of_kind(name, wanted)


@domains
def test_a_threshold_just_under_the_price_declines_and_one_at_it_does_not(name: str) -> None:
    """More than so much: the amount itself is not more."""
    for each in of_kind(name, "quoted withdraw"):
        domain, _ = opened(name)
        write = settled(each, [])[0].decisions[0]
        assert isinstance(write, Write)
        amount = quote(domain, write.stated)
        assert amount is not None
        for over, declined in ((amount - 0.01, True), (amount, False), (amount + 0.01, False)):
            assert settled(each, [replace(each.plot[0], over=over)])[0].declined is declined
    assert of_kind(name, "quoted withdraw")


@domains
def test_thresholds_are_drawn_on_both_sides_of_the_price(name: str) -> None:
    outcomes = {
        decision.outcome for each in plots(name=name) for decision in each.decisions if [r.on for r in each.plot] == ["quoted"]
    }
    assert outcomes >= {"declined", "write"}


@domains
def test_a_write_that_replaces_the_one_taken_back_is_gold_alone(name: str) -> None:
    for each in of_kind(name, "proposed withdraw ask"):
        outcomes = [(decision.request, decision.outcome) for decision in each.decisions]
        assert outcomes[0] == (0, "declined") and outcomes[1][0] == 1
    assert of_kind(name, "proposed withdraw ask")


# ---------------------------------------------------------------------------------------------- wrong agents


class Deaf:
    """An expert who hears something else than some acts of the customer: what they say instead, None for nothing at all."""

    def __init__(self, expert: Expert, hears: Mapping[str, str | None]) -> None:
        self._expert = expert
        self._hears = hears

    async def move(self, view: View) -> Move | None:
        """As the expert, by what was heard."""
        seen = tuple(self._heard(each) if isinstance(each, Spoke) and each.party == "user" else each for each in view.seen)
        return await self._expert.move(replace(view, seen=seen))

    def _heard(self, event: Spoke) -> Spoke:
        """A message with one of the acts is only what is heard for it, and what does not belong to it."""
        meant = [name for act in event.meaning for name in (act.kind, act.kind.partition(".")[0]) if name in self._hears]
        if not meant:
            return event
        named = [self._hears[name] for name in dict.fromkeys(meant)]
        rest = [act for act in event.meaning if act.kind in ("confirm", "hello", "thanks")]
        return replace(event, meaning=(*rest, *(Act(kind=each) for each in named if each is not None)))


class Unwilling:
    """An expert who never says that something cannot be done, and only asks what else they can do."""

    def __init__(self, expert: Expert, book: Any) -> None:
        self._expert = expert
        self._book = book

    async def move(self, view: View) -> Move | None:
        """As the expert, without its refusals."""
        move = await self._expert.move(view)
        if move is None or not any(act.kind.startswith("refuse.") for act in move.meaning):
            return move
        kept = [act for act in move.meaning if not act.kind.startswith("refuse.")]
        return replace(move, text="Let me see.", meaning=tuple(kept))


class Cast(Casting):
    """The usual customer and an agent that is deaf to something, or unwilling."""

    def __init__(self, hears: Mapping[str, str | None] | None) -> None:
        super().__init__()
        self._hears = hears

    def players(self, domain: Domain, world: World, scenario: Scenario) -> Mapping[Party, Player]:
        players, book = dict(super().players(domain, world, scenario)), self.phrasebook(domain)
        expert = Expert(domain, world.facts, book)
        players["agent"] = Unwilling(expert, book) if self._hears is None else Deaf(expert, self._hears)
        return players


WRONG: Mapping[str, tuple[str, Mapping[str, str | None] | None, set[str]]] = {
    "writes what was taken back": ("proposed withdraw", {"withdraw": "confirm"}, {"policy", "state"}),
    "writes what costs too much": ("quoted withdraw", {"withdraw.price": "confirm"}, {"policy", "state"}),
    "writes the first wish and not the changed one": ("proposed change", {"rethink": "confirm"}, {"policy"}),
    "forgets what was asked beside the yes": ("proposed ask", {"besides": None}, {"answer", "state"}),
    "forgets what was asked afterwards": ("written ask", {"next": None, "again": None}, {"answer", "state"}),
    "never says no": ("refused ask", None, {"answer"}),
    "hears no fallback": ("refused ask", {"instead": None}, {"answer", "state"}),
}
"""By what is wrong with an agent: the plot, what it hears instead, and the checks of which one finds it."""


@domains
@pytest.mark.parametrize("wrong", WRONG)
def test_an_agent_that_does_not_go_along_is_rejected(name: str, wrong: str) -> None:
    """And by a check that looks at just that."""
    wanted, hears, checks = WRONG[wrong]
    rows = play(of_kind(name, wanted)[:8], Cast(hears))
    assert rows
    assert [each.id for each, _, verdict in rows if verdict.accepted] == []
    found = [{each.check for each in verdict.findings if each.result == "fail"} for _, _, verdict in rows]
    assert [(rows[place][0].id, failed) for place, failed in enumerate(found) if not failed & checks] == []


# ---------------------------------------------------------------------------------------------- what is said


@domains
def test_a_customer_says_nothing_of_what_they_keep_before_it_happens(name: str) -> None:
    """Up to the refusal, the conversation is the same whatever the fallback is."""
    for each in of_kind(name, "refused ask")[:6]:
        without = replace(each, plot=(replace(each.plot[0], on="quoted", over=1e9, withdraw=True),))
        rows = play([each, without])
        until = [next(n for n, e in enumerate(events) if _refuses(e)) for _, events, _ in rows]
        assert until[0] == until[1] and rows[0][1][: until[0]] == rows[1][1][: until[1]]


def _refuses(event: Event) -> bool:
    return isinstance(event, Spoke) and any(act.kind.startswith("refuse.") for act in event.meaning)


@domains
def test_every_reaction_has_its_words(name: str) -> None:
    """Taking back, changing one's mind, asking instead, asking beside a yes."""
    said = Counter(act for _, events, _ in played(name) for act in acts(events, "user"))
    said.update({act.partition(".")[0]: count for act, count in said.items() if "." in act})
    assert [each for each in ("withdraw", "withdraw.price", "rethink", "instead", "besides", "rather") if not said[each]] == []
    assert Counter(act for _, events, _ in played(name) for act in acts(events, "agent"))["adjusted"]


@domains
def test_a_question_that_is_left_after_a_refusal_is_called_one(name: str) -> None:
    """To ask how it stands is no other way to have it done."""
    for each, events, _ in played(name):
        said = [act.kind for event in events if isinstance(event, Spoke) and event.party == "user" for act in event.meaning]
        for leads, asks in pairwise(said):
            assert (asks == "request.question") == (leads == "instead.question") or not leads.startswith("instead"), each.id


def test_who_is_sorry_for_a_cancellation_says_so_before_they_want_it_otherwise() -> None:
    """'Oh, wait, about that one' is no way to speak of what one has just given up."""
    for name in servers.names():
        for each, events, _ in played(name):
            if each.requests[0].recipe == "cancel" and any(reaction.on == "written" for reaction in each.plot):
                assert "again" not in acts(events, "user"), each.id


def test_nobody_moves_to_another_city_in_the_middle_of_a_conversation() -> None:
    """What is told otherwise of one's own address is the number of the house, and it is said that it was wrong."""
    moved = [
        each for each in plots(name="retail") if each.requests[0].recipe == "profile_address" and "change" in kind(each.plot[0])
    ]
    rows = play(moved)
    assert rows
    for each, events, verdict in rows:
        before, change = each.requests[0].params["address"], each.plot[0].change
        assert verdict.accepted and change is not None
        assert {part for part, value in change["address"].items() if value != before[part]} == {"address1"}
        assert change["address"]["address1"].partition(" ")[2] == before["address1"].partition(" ")[2]
        assert "rethink.slip" in acts(events, "user") and "rethink" not in acts(events, "user")


def test_who_got_their_own_address_wrong_says_that_they_did() -> None:
    """Right after it was changed they do not tell that they have moved as if for the first time."""
    sorry = [row for row in played("retail") if row[0].requests[0].recipe.endswith("_address") and row[0].plot[0].on == "written"]
    again = [row for row in sorry if row[0].requests[1].recipe == row[0].requests[0].recipe]
    assert again
    for _, events, _ in again:
        assert "again.slip" in acts(events, "user") and "next" not in acts(events, "user")


@domains
def test_the_brief_of_a_model_user_tells_the_plot(name: str) -> None:
    """Each reaction is a sentence of its instruction, with the request that it leads to beside it."""
    domain, _ = opened(name)
    tells = {
        "refused ask": "cannot be done",
        "proposed change": "change your mind, once",
        "proposed withdraw": "you do not want it after all",
        "quoted withdraw": "If it would cost you more than $",
        "proposed ask": "say yes and",
        "written ask": "you have been told that it is done",
    }
    for each in plots(name=name):
        text = instruction(domain, each)
        for reaction in each.plot:
            assert tells[kind(reaction).replace("withdraw ask", "withdraw")] in text, text


# ---------------------------------------------------------------------------------------------- what cannot be played

BAD: Mapping[str, tuple[dict[str, Any], str]] = {
    "a request that is not there": ({"request": 7, "on": "refused", "ask": 1}, "names a request that is not there"),
    "asks for what is not there": ({"request": 0, "on": "refused", "ask": 9}, "names a request that is not there"),
    "asks for itself": ({"request": 0, "on": "refused", "ask": 0}, "it must lead to a later one"),
    "does nothing": ({"request": 0, "on": "proposed"}, "does nothing"),
    "a price without a limit": ({"request": 0, "on": "quoted", "withdraw": True}, "'over' belongs to 'quoted'"),
    "a limit without a price": ({"request": 0, "on": "proposed", "over": 5.0, "withdraw": True}, "'over' belongs to 'quoted'"),
    "takes back what was refused": ({"request": 0, "on": "refused", "withdraw": True}, "only ask is possible"),
    "changes what it takes back": (
        {"request": 0, "on": "proposed", "change": {}, "withdraw": True},
        "changes what it takes back",
    ),
    "changes what nobody says": ({"request": 0, "on": "proposed", "change": {"moon": 1}}, "changes 'moon'"),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_plot_that_cannot_be_played_is_refused_in_one_line(bad: str) -> None:
    fields, why = BAD[bad]
    scenario = of_kind("retail", "refused ask")[0]
    with pytest.raises(BadScenario) as raised:
        refuse_unplayable(replace(scenario, plot=(Reaction(**fields),)), *opened("retail"))
    assert why in str(raised.value) and "\n" not in str(raised.value)


def test_a_request_that_two_reactions_ask_for_is_refused() -> None:
    scenario = of_kind("retail", "refused ask")[0]
    twice = replace(scenario, plot=(scenario.plot[0], Reaction(request=0, on="written", ask=1)))
    with pytest.raises(BadScenario, match="asked by two reactions"):
        refuse_unplayable(twice, *opened("retail"))
    with pytest.raises(Unsettled, match="asked by two reactions"):
        settled(twice)


def test_a_wish_that_is_kept_cannot_be_named_at_once() -> None:
    scenario = of_kind("retail", "refused ask")[0]
    together = replace(scenario, manner=replace(scenario.manner, together=True))
    with pytest.raises(BadScenario, match="names all requests at once"):
        refuse_unplayable(together, *opened("retail"))


def test_a_plot_survives_its_file() -> None:
    scenario = of_kind("airline", "proposed change")[0]
    assert msgspec.json.decode(encode(scenario), type=Scenario).plot == scenario.plot
