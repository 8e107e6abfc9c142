"""Users that fail on purpose: none gets away with it, and the fault is named as theirs; harder users who do nothing wrong do."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

import pytest

import servers
from engine.casting import Casting
from engine.checkers.verdict import Verdict
from engine.conversation.converse import Player
from engine.conversation.events import EVENT_ENCODER, Event, Spoke
from engine.reading.consent import read
from engine.scenario import Scenario
from engine.speech.grammar import along, paths, render
from engine.users.flawed import FLAWS
from engine.users.flawed.proposing import ProposesWrong
from engine.users.hesitant import Puzzled
from servers.domain import Domain, Party
from servers.state import World
from tests.engine.pack import opened, play, plots, scenarios

MANY = 10

domains = pytest.mark.parametrize("name", servers.names())
flaws = pytest.mark.parametrize("flaw", [flaw for flaw in FLAWS.values() if flaw.against == "expert"], ids=lambda flaw: flaw.name)

Played = list[tuple[Scenario, list[Event], Verdict]]


class Cast(Casting):
    """The usual players, of whom one or both are replaced."""

    def __init__(self, agent: Any = None, user: Any = None) -> None:
        super().__init__()
        self._agents, self._users = agent, user

    def players(self, domain: Domain, world: World, scenario: Scenario) -> Mapping[Party, Player]:
        players, book = dict(super().players(domain, world, scenario)), self.phrasebook(domain)
        if self._agents is not None:
            players["agent"] = self._agents(domain, world, scenario, book)
        if self._users is not None:
            players["user"] = self._users(domain, scenario, book)
        return players


def apt(flaw: Any, name: str) -> list[Scenario]:
    """Scenarios of a domain in which a flaw can show."""
    domain, _ = opened(name)
    book = Casting().phrasebook(domain)
    pool = plots(name=name) if flaw.name in ("reveals_its_fallback", "forgets_its_plot") else scenarios(name=name)
    return list(islice((each for each in pool if flaw.applies(domain, each, book)), MANY))


def faulted(verdict: Verdict, check: str) -> bool:
    """Did that check find a fault of the user's?"""
    return any((found.check, found.result, found.blame) == (check, "fail", "user") for found in verdict.findings)


@domains
@flaws
def test_no_flaw_of_a_user_is_accepted_or_booked_on_the_agent(flaw: Any, name: str) -> None:
    """Whatever the agent made of it, each check that must find the flaw does, and the user is to blame."""
    played = play(apt(flaw, name), Casting(user=f"flawed:{flaw.name}"))
    assert len(played) == MANY
    assert [(each.id, v.reason, v.blame) for each, _, v in played if (v.standing, v.blame) != ("rejected", "user")] == []
    assert [(each.id, check) for each, _, v in played for check in flaw.checks if not faulted(v, check)] == []


@domains
def test_who_confirms_anything_confirms_what_it_did_not_ask_for(name: str) -> None:
    """Opposite an agent that proposes something else: one who looks at it sets it right, one who does not is at fault."""
    attentive = [
        row for row in play(scenarios(name=name), Cast(ProposesWrong)) if acts_of(row[1], "user") & {"correct", "decline"}
    ]
    assert len(attentive) >= MANY
    assert [each.id for each, _, verdict in attentive if any(found.blame == "user" for found in failing(verdict))] == []
    careless = play([each for each, _, _ in attentive], Cast(ProposesWrong, FLAWS["confirms_anything"].make))
    assert [(each.id, v.blame) for each, _, v in careless if v.accepted or v.blame != "user" or not faulted(v, "user")] == []


def failing(verdict: Verdict) -> list[Any]:
    return [found for found in verdict.findings if found.result == "fail"]


def acts_of(events: list[Event], party: Party) -> set[str]:
    return {act.kind for event in events if isinstance(event, Spoke) and event.party == party for act in event.meaning}


@domains
def test_a_yes_to_everything_is_right_where_only_the_right_thing_is_proposed(name: str) -> None:
    """Nothing is wrong with a conversation in which the flaw never showed."""
    chosen = [each for each in scenarios(name=name) if not each.manner.persona and not each.manner.clauses][:MANY]
    careless, usual = play(chosen, Casting(user="flawed:confirms_anything")), play(chosen)
    assert [bytes_of(row) for row in careless] == [bytes_of(row) for row in usual]
    assert all(verdict.accepted for _, _, verdict in careless)


def bytes_of(row: tuple[Scenario, list[Event], Verdict]) -> list[bytes]:
    return [EVENT_ENCODER.encode(event) for event in row[1]]


@domains
@flaws
def test_a_flawed_user_is_the_same_every_time(flaw: Any, name: str) -> None:
    """Two plays, equal bytes."""
    chosen = apt(flaw, name)[:2]
    first, second = (play(chosen, Casting(user=f"flawed:{flaw.name}")) for _ in range(2))
    assert [bytes_of(row) for row in first] == [bytes_of(row) for row in second]


@domains
def test_a_user_who_hesitates_is_asked_again_and_served(name: str) -> None:
    """'Hmm, maybe' is no yes: the agent asks for one, and nothing is written before it."""
    domain, _ = opened(name)
    hedged = [row for row in play(scenarios(name=name)[:32], Casting(user="hesitant")) if "hedge" in acts_of(row[1], "user")]
    assert len(hedged) >= MANY
    assert [(each.id, v.reason) for each, _, v in hedged if not v.accepted] == []
    for each, events, _ in hedged:
        assert "ask.sure" in acts_of(events, "agent"), each.id
        place = next(n for n, event in enumerate(events) if any(act.kind == "hedge" for act in getattr(event, "meaning", ())))
        after = [
            getattr(event, "name", None) or [act.kind for act in getattr(event, "meaning", ())] for event in events[place + 1 :]
        ]
        assert next(n for n, what in enumerate(after) if "confirm" in what) < next(
            n for n, what in enumerate(after) if isinstance(what, str) and domain.callable[what, "agent"].kind == "write"
        )


@domains
def test_a_user_who_does_not_understand_at_once_is_asked_again_and_served(name: str) -> None:
    """The same question, put another way, is no loop."""
    played = play(scenarios(name=name)[:32], Cast(user=Puzzled))
    assert sum("puzzled" in acts_of(events, "user") for _, events, _ in played) >= MANY
    assert [(each.id, v.reason) for each, _, v in played if not v.accepted] == []


@pytest.mark.parametrize(("party", "kind"), [("user", "hedge"), ("agent", "ask.sure")])
def test_a_maybe_and_the_question_after_it_have_many_wordings(party: Party, kind: str) -> None:
    """Enough of them, each another text; who only reads a hedge takes it for no yes."""
    book = Casting().phrasebook(opened("retail")[0])
    lines = book._fit(party, kind, frozenset())
    texts = [
        render(line, lambda _slot, _rule: "", frozenset(), along(path))[0]
        for _, line in lines
        for path in paths(line, frozenset())
    ]
    assert len(lines) >= 5 and len(texts) >= 60 and len(texts) == len(set(texts))
    if kind == "hedge":
        assert not [text for text in texts if read(text) == "yes"]
