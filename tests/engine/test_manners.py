"""Manners: each clause shows, none changes what a scenario comes to, and any of them go together."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import servers
from engine.checkers.verdict import Verdict
from engine.conversation.events import EVENT_ENCODER, Act, Called, Event, Spoke
from engine.playable import refuse_unplayable
from engine.scenario import BadScenario, Manner, Scenario
from engine.synthesis.instruction import instruction
from engine.synthesis.manner_cases import Applying
from engine.synthesis.manners import SHARE, manners
from engine.users.manner import CLAUSES, PERSONAS, clauses_of, slips
from engine.users.manner.keeping import masked, unmasked
from engine.users.manner.slip import slipped
from tests.engine import pack
from tests.engine.pack import opened, scenarios
from tests.engine.talks import TALKS

Row = tuple[Scenario, list[Event], Verdict]

README = Path(__file__).parent.parent.parent / "scenarios" / "README.md"
ENOUGH, FEW, SEVERAL = 3, 2, 10
"""So many scenarios of a domain a clause is tried on, so few of both it needs, and so many have room for what is drawn often."""

ACTS = [(name, *act) for name, talk in TALKS.items() for act in talk.acts if act[0] == "user"]
WRITTEN = [name for name, clause in CLAUSES.items() if clause.wording is not None]
domains = pytest.mark.parametrize("name", servers.names())
clauses = pytest.mark.parametrize("clause", CLAUSES)


def bare(scenario: Scenario) -> Scenario:
    """The scenario without clauses and persona."""
    return with_manner(scenario)


def with_manner(scenario: Scenario, *named: str, persona: str = "") -> Scenario:
    manner = msgspec.structs.replace(scenario.manner, persona=persona, clauses=named)
    return msgspec.structs.replace(scenario, manner=manner)


@cache
def usual(scenario_id: str) -> Row:
    """A scenario without clauses and persona, played once for all tests."""
    name = scenario_id.partition("-")[0]
    return play([bare(next(each for each in scenarios(name=name) if each.id == scenario_id))])[0]


def play(wanted: Sequence[Scenario]) -> list[Row]:
    """Play scenarios over their worlds, which are opened once for all tests."""
    rows = [
        row
        for name in servers.names()
        for row in pack.play([each for each in wanted if each.domain == name], world=opened(name)[1])
    ]
    places = {id(row[0]): row for row in rows}
    return [places[id(scenario)] for scenario in wanted]


@cache
def room(name: str) -> Mapping[str, tuple[Scenario, ...]]:
    """For each clause the scenarios of a domain's pack in which it shows, with the clause alone."""
    found: dict[str, list[Scenario]] = {clause: [] for clause in CLAUSES}
    for number, scenario in enumerate(map(bare, scenarios(name=name))):
        applying = Applying(*opened(name), scenario)
        for clause, having in found.items():
            if ways := applying.ways(clause):
                having.append(with_manner(scenario, ways[number % len(ways)]))
    return {clause: tuple(having) for clause, having in found.items()}


@cache
def applied(name: str) -> Mapping[str, tuple[Scenario, ...]]:
    """For each clause some of them, spread over the pack: others for each clause, and the same ones every time."""
    chosen = {}
    for place, (clause, having) in enumerate(room(name).items()):
        apart = max(1, len(having) // ENOUGH)
        chosen[clause] = having[place % apart :: apart][:ENOUGH]
    return chosen


@cache
def played(clause: str) -> tuple[tuple[Row, Row], ...]:
    """Scenarios with a clause, played, each beside itself without."""
    wanted = [scenario for name in servers.names() for scenario in applied(name)[clause]]
    return tuple((mine, usual(mine[0].id)) for mine in play(wanted))


def said(events: Sequence[Event], party: str = "user") -> list[Spoke]:
    return [event for event in events if isinstance(event, Spoke) and event.party == party]


def kinds(events: Sequence[Event], party: str = "user") -> list[str]:
    return [act.kind for event in said(events, party) for act in event.meaning]


def texts(events: Sequence[Event]) -> list[str]:
    return [event.text for event in said(events)]


def writes(row: Row) -> list[tuple[str, str]]:
    tools = opened(row[0].domain)[0].callable
    called = [event for event in row[1] if isinstance(event, Called)]
    return [(each.name, each.arguments) for each in called if tools[each.name, each.party].kind == "write"]


def encoded(rows: Sequence[Row]) -> list[list[bytes]]:
    return [[EVENT_ENCODER.encode(event) for event in events] for _, events, _ in rows]


def wrongs(rows: Sequence[Row]) -> list[tuple[str, Manner, str, list[str]]]:
    """The conversations that were not accepted, and why."""
    return [
        (scenario.id, scenario.manner, verdict.reason, [each.detail for each in verdict.findings if each.result == "fail"])
        for scenario, _, verdict in rows
        if not verdict.accepted
    ]


def results(row: Row) -> dict[str, str]:
    """What each check says. Whether an amount of a proposal that was set right comes from anywhere *claims* may leave open."""
    return {each.check: each.result for each in row[2].findings if (each.check, each.result) != ("claims", "unsure")}


# ------------------------------------------------------------------------------------ one clause after the other


def argument(scenario: Scenario) -> str:
    return scenario.manner.clauses[0].partition(":")[2]


def first(events: Sequence[Event]) -> list[str]:
    return [act.kind.partition(".")[0] for act in said(events)[0].meaning]


def slots(event: Spoke) -> set[str]:
    return {slot for act in event.meaning for slot in act.slots}


def has(*wanted: str, agent: str = "") -> Callable[[Scenario, list[Event]], bool]:
    """The customer says acts of these kinds, and the agent one of a kind (or family) of its own."""

    def shows(_: Scenario, events: list[Event]) -> bool:
        of_agent = kinds(events, "agent")
        answered = any(kind == agent or kind.startswith(f"{agent}.") for kind in of_agent) if agent else True
        mine = kinds(events)
        return all(any(kind == each or kind.startswith(f"{each}.") for kind in mine) for each in wanted) and answered

    return shows


def insists(scenario: Scenario, events: list[Event]) -> bool:
    """So often as it says, and each time the refusal is said again, once, in other words."""
    times, again = int(argument(scenario)), [kind for kind in kinds(events, "agent") if kind.startswith("still.")]
    return sum(kind.startswith("insist.") for kind in kinds(events)) == times == len(again)


def held_back(scenario: Scenario, events: list[Event]) -> bool:
    """Not in the first request, and told later."""
    opening = next(act for event in said(events) for act in event.meaning if act.kind.startswith("request."))
    return argument(scenario) not in opening.slots and any(argument(scenario) in slots(event) for event in said(events))


def misstated(scenario: Scenario, events: list[Event]) -> bool:
    """Wrong first, and right later."""
    ((request, slot), wrong) = next(iter(slips(scenario).items()))
    right = next(known.value for known in scenario.knows if known.request == request and known.slot == slot)
    told = [act.slots[slot] for event in said(events) for act in event.meaning if slot in act.slots]
    return wrong in told and right in told[told.index(wrong) :]


def piecemeal(_: Scenario, events: list[Event]) -> bool:
    """After one thing was told the agent asks for the rest."""
    asks = [act for event in said(events, "agent") for act in event.meaning if act.kind.startswith("ask.")]
    return any(set(one.wants) > set(other.wants) > set() for one, other in pairwise(asks))


def unasked(_: Scenario, events: list[Event]) -> bool:
    """More is told than was asked for."""
    asked: set[str] = set()
    for event in events:
        if isinstance(event, Spoke) and event.party == "agent":
            asked = {slot for act in event.meaning for slot in act.wants}
        elif isinstance(event, Spoke) and asked:
            informed = {slot for act in event.meaning if act.kind == "inform" for slot in act.slots}
            if informed and not informed <= asked:
                return True
    return False


def none_of(pattern: str) -> Callable[[Scenario, list[Event]], bool]:
    """Nothing of the kind stands in what the customer writes, values apart."""

    def shows(scenario: Scenario, events: list[Event]) -> bool:
        book = TALKS[scenario.domain].book
        return not any(re.search(pattern, masked(event.text, event.meaning, book)[0]) for event in said(events))

    return shows


def some(pattern: str) -> Callable[[Scenario, list[Event]], bool]:
    return lambda scenario, events: not none_of(pattern)(scenario, events)


SHOWS: Mapping[str, Callable[[Scenario, list[Event]], bool]] = {
    "puzzled": has("puzzled"),
    "forgets": has("looking.detail", agent="wait"),
    "forgets_account": has("looking.account", agent="wait"),
    "hesitates": has("hedge", "confirm", agent="ask.sure"),
    "asks_why": has("ask_why", agent="still"),
    "claims_loyalty": has("insist.loyal", agent="still"),
    "friend_got_it": has("insist.friend", agent="still"),
    "bargains": has("insist.bargain", agent="still"),
    "insists": insists,
    "hangs_up": lambda _, events: said(events)[-1].meaning[-1].kind == "bye.fed_up" and said(events)[-1].leaves,
    "vague_first": lambda _, events: (
        "vague" in first(events) and "request" not in first(events) and "request" in families(events)
    ),
    "holds_back": held_back,
    "straight_in": lambda _, events: "hello" not in kinds(events),
    "story_first": lambda _, events: first(events).index("story") < first(events).index("request"),
    "name_last": lambda _, events: first(events).index("request") < first(events).index("inform"),
    "one_at_a_time": piecemeal,
    "everything_known": unasked,
    "restates": has("restate"),
    "misstates_self": lambda scenario, events: misstated(scenario, events) and "mistyped" in kinds(events),
    "misstates": lambda scenario, events: misstated(scenario, events) and "correct" in kinds(events),
    "corrects_itself": lambda scenario, events: misstated(scenario, events) and "wrong_before" in kinds(events),
    "asks_aside": has("aside", agent="aside"),
    "asks_offtopic": has("offtopic", agent="off_topic"),
    "chats": has("chat", agent="small_talk"),
    "impatient": has("impatient"),
    "upset": has("upset", agent="sympathy"),
    "hurried": has("hurry", agent="quick"),
    "apologetic": has("apology", agent="reassured"),
    "grateful": lambda _, events: any(kind.startswith("grateful") for kind in kinds(events)),
    "over_polite": has("polite"),
    "terse": lambda _, events: not {"hello", "thanks", "next", "accept"} & set(kinds(events)),
    "formal": none_of(r"(?i)\b(?:I'm|don't|it's|that's|can't|I'd|thanks|hey)\b"),
    "non_native": lambda _, events: True,
    "verbal_tic": some(r"\b(?:Um|Uh|Well|So|Look), |, (?:you know|y'know|you see)\."),
    "abbreviates": none_of(r"(?i)\b(?:please|thanks|you|your)\b"),
    "stresses": some(r"\b[A-Z]{3,}\b"),
    "dots": some(r"\.\.\."),
    "loud": some(r"!!|\?\?"),
    "typos": lambda _, events: True,
    "lower_case": none_of(r"[A-Z]"),
    "no_punctuation": none_of(r"[.,;:!?](?:\s|$)"),
}
"""How each clause can be seen; that the words are others than without it is tested for all of them."""


def families(events: Sequence[Event]) -> set[str]:
    return {kind.partition(".")[0] for kind in kinds(events)}


@clauses
def test_a_clause_shows_and_changes_nothing_that_counts(clause: str) -> None:
    """With it the words differ as described; the writes, the verdict and the score are those without it."""
    rows = played(clause)
    assert len(rows) >= FEW, "no scenario has room for it"
    assert wrongs([mine for mine, _ in rows]) == []
    for mine, plain in rows:
        assert writes(mine) == writes(plain), mine[0].id
        assert mine[2].reward == plain[2].reward, mine[0].id
        assert results(mine).items() <= results(plain).items(), mine[0].id
    shown = [mine for mine, plain in rows if SHOWS[clause](*mine[:2]) and texts(mine[1]) != texts(plain[1])]
    missing = [mine[0].id for mine, _ in rows if mine not in shown]
    assert len(shown) >= 0.8 * len(rows), missing


def test_every_clause_has_its_own_way_of_showing() -> None:
    assert set(SHOWS) == set(CLAUSES)
    assert len(CLAUSES) >= 24 and len(PERSONAS) >= 8


@clauses
def test_the_values_that_a_customer_says_stay_as_they_are(clause: str) -> None:
    """Whatever is done to the sentences around them."""
    for (scenario, events, _), _ in played(clause):
        book = TALKS[scenario.domain].book
        for event in said(events):
            for act in event.meaning:
                for slot, value in act.slots.items():
                    assert book.stands_in(event.text, slot, value), (scenario.id, slot, value, event.text)


@clauses
def test_no_sentence_of_a_clause_comes_twice_in_a_conversation(clause: str) -> None:
    for (scenario, events, _), _ in played(clause):
        for party in ("user", "agent"):
            forms = [act.form for event in said(events, party) for act in event.meaning]
            assert len(forms) == len(set(forms)), scenario.id


@clauses
def test_a_clause_is_played_the_same_every_time(clause: str) -> None:
    """Two plays, equal bytes."""
    once = [mine for mine, _ in played(clause)][:2]
    assert encoded(play([mine[0] for mine in once])) == encoded(once)


def test_whoever_is_terse_leaves_out_openings_and_nothing_in_the_middle() -> None:
    """'Sure' opens an answer; of 'not sure' it is the point."""
    curt = CLAUSES["terse"].wording
    assert curt is not None
    for text, left in (
        ("Sure, my zip is 12345.", "My zip is 12345."),
        ("Yes. Well, do it.", "Yes. Do it."),
        ("Hmm, I'm not sure, to be honest.", "Hmm, I'm not sure, to be honest."),
        ("Add the bags as well, or leave it.", "Add the bags as well, or leave it."),
    ):
        assert curt(text, Random(1), Random(1)) == left


def test_a_stranger_to_the_language_still_has_to_where_nobody_must() -> None:
    """'I'd must look' is nobody's mistake."""
    wording = CLAUSES["non_native"].wording
    assert wording is not None
    for text in ("I'd have to look.", "You don't have to wait.", "I hate to have to ask.", "I'll have to check."):
        assert "must" not in wording(text, Random(1), Random(1))
    assert "must" in wording("I have to look.", Random(1), Random(1))


def test_no_way_of_writing_says_please_twice_in_a_sentence() -> None:
    twice = re.compile(r"\b(?:please|pls)\b[^.!?]*\b(?:please|pls)\b", re.IGNORECASE)
    for name, _, kind, having in ACTS:
        for text, said in TALKS[name].drawn("user", kind, having, 4):
            bare, _ = masked(text, (Act(kind=kind, slots=said),), TALKS[name].book)
            for clause in set(WRITTEN) - {"no_punctuation"}:  # there nobody sees where a sentence ends
                written = CLAUSES[clause].wording(bare, Random(2), Random(2))  # type: ignore[misc]
                assert not twice.search(written), (clause, text, written)


def test_nobody_hurries_an_agent_whom_they_leave() -> None:
    """In a last message it is too late for that."""
    every = (bare(each) for name in servers.names() for each in scenarios(name=name) if len(each.requests) == 1)
    short = [each for each in every if {one.outcome for one in each.decisions} <= {"refusal", "answer"}]
    rows = play([with_manner(each, persona="commuter") for each in short[::4]])
    assert rows
    for scenario, events, _ in rows:
        assert "hurry" in families(events) and not families([said(events)[-1]]) & {"impatient", "hurry"}, scenario.id


def test_no_turn_of_phrase_points_back_in_the_first_words() -> None:
    """Nobody has said anything before them."""
    tic, text = CLAUSES["verbal_tic"].wording, "I need to return the kettle from my last order."
    assert tic is not None
    written = {tic(text, Random(habit), Random(habit)) for habit in range(60)}
    assert len(written) > 4 and not any(re.search(r"I (?:said|told|mentioned)", each) for each in written)


@domains
def test_requests_of_one_message_are_joined_and_not_announced_one_by_one(name: str) -> None:
    """One beginning, and a plain word between them."""
    together = [each for each in scenarios(name=name) if each.manner.together and len(each.requests) > 1 and not each.plot]
    rows = play([bare(each) for each in together])
    assert rows
    for scenario, events, _ in rows:
        first_acts = [act.kind for act in said(events)[0].meaning]
        assert "next" not in first_acts
        assert sum(of.startswith("also") for of in first_acts) == len(scenario.requests) - 1
        assert first_acts.count("also.last") == (len(scenario.requests) > 2)


@domains
def test_nobody_argues_about_what_is_not_there(name: str) -> None:
    """A rule may be bent, they think; an order that nobody finds may not."""
    lacking = {rule.name for rule in opened(name)[0].rules if rule.lacks}
    refused = [each for each in map(bare, scenarios(count=160, name=name)) if Applying(*opened(name), each).last_refused()]
    absent = [each for each in refused if {one.rule for one in each.answer.refuse} <= lacking][:6]
    others = [each for each in refused if not {one.rule for one in each.answer.refuse} & lacking][:6]
    presses = ("asks_why", "claims_loyalty", "friend_got_it", "bargains", "insists")
    assert absent and others
    assert not any(Applying(*opened(name), each).ways(clause) for each in absent for clause in presses)
    for scenario, events, _ in play([with_manner(each, persona="haggler") for each in (*absent, *others)]):
        pressed = {"insist", "ask_why"} & families(events)
        assert bool(pressed) == (scenario.id in {each.id for each in others}), scenario.id


# ------------------------------------------------------------------------------------------- many at a time


@domains
@pytest.mark.parametrize("persona", PERSONAS)
def test_a_persona_is_served_like_anybody(persona: str, name: str) -> None:
    """Whoever asks: the writes are the same, and the conversation is accepted."""
    some = scenarios(name=name)[list(PERSONAS).index(persona) % 7 :: 7]
    rows, plain = play([with_manner(scenario, persona=persona) for scenario in some]), [usual(each.id) for each in some]
    assert wrongs(rows) == []
    assert [writes(row) for row in rows] == [writes(row) for row in plain]
    assert any(texts(mine[1]) != texts(other[1]) for mine, other in zip(rows, plain, strict=True))


CHOSEN = st.tuples(
    st.sampled_from(servers.names()),
    st.integers(0, 63),
    st.frozensets(st.sampled_from(sorted(CLAUSES)), max_size=12),
    st.sampled_from(["", *PERSONAS]),
    st.integers(0, 11),
)
"""A domain, a scenario's place, clauses, a persona, and which of the ways of a clause."""


def mannered(name: str, place: int, wanted: frozenset[str], persona: str, way: int) -> Scenario:
    """The scenario with those of the clauses that show in it; of slips of the tongue one."""
    scenario = bare(scenarios(name=name)[place])
    applying, chosen, slipping = Applying(*opened(name), scenario), list[str](), False
    for clause in sorted(wanted):
        slip = clause in ("misstates", "corrects_itself", "misstates_self")
        if (ways := applying.ways(clause)) and not (slip and slipping):
            chosen.append(ways[way % len(ways)])
            slipping = slipping or slip
    return with_manner(scenario, *chosen, persona=persona)


@settings(max_examples=20, deadline=None)
@given(CHOSEN)
def test_any_clauses_go_together(chosen: tuple[str, int, frozenset[str], str, int]) -> None:
    """However many: the conversation ends, is accepted, and writes what it writes without them."""
    scenario = mannered(*chosen)
    rows = play([scenario])
    assert wrongs(rows) == []
    assert writes(rows[0]) == writes(usual(scenario.id))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(ACTS), st.integers(0, 10_000), st.permutations(WRITTEN), st.integers(1, len(WRITTEN)))
def test_no_way_of_writing_touches_a_value(
    act: tuple[str, str, str, tuple[str, ...]], seed: int, order: list[str], count: int
) -> None:
    """Every value of every act, under any wordings one after the other: byte for byte, in its order."""
    name, _, kind, having = act
    talk, random = TALKS[name], Random(seed)
    values = talk.draw("user", having, random)
    text, meant = talk.book.say("user", Act(kind=kind, slots=values), random)
    written, kept = masked(text, (meant,), talk.book)
    for clause in order[:count]:
        wording = CLAUSES[clause].wording
        assert wording is not None
        written = wording(written, Random(seed), random) or written
    done = unmasked(written, kept)
    assert done is not None, (text, written)
    place = 0
    for value in kept:
        place = done.index(value, place) + len(value)
    assert all(talk.book.stands_in(done, slot, value) for slot, value in values.items()), (text, done)


def test_a_value_that_got_lost_is_noticed() -> None:
    """What a wording loses, doubles or moves is not passed on."""
    book = TALKS["retail"].book
    act = Act(kind="inform", slots={"email": "a.b1@example.com", "zip": "12345"})
    written, kept = masked("My email is a.b1@example.com, zip 12345.", (act,), book)
    assert kept == ["a.b1@example.com", "12345"] and unmasked(written, kept) == "My email is a.b1@example.com, zip 12345."
    assert unmasked(written.replace("\ue001", ""), kept) is None
    assert unmasked(written + "\ue001", kept) is None
    assert unmasked(written[::-1], kept) is None


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("12345", "12346"),
        ("a.b19@mail42.com", "a.b10@mail42.com"),
        ("2025-05-31", "2025-06-01"),
        ("#W1234569", "#W1234560"),
        (3, 4),
        (True, None),
        ("no digits", None),
        (["12345"], None),
        ({"city": "Salem", "zip": "97301"}, {"city": "Salem", "zip": "97302"}),
    ],
)
def test_a_slip_is_a_digit_a_day_or_one_too_many(right: object, wrong: object) -> None:
    assert slipped(right) == wrong


# ------------------------------------------------------------------------------------------------- drawing


@domains
def test_most_scenarios_have_a_manner_that_shows_in_them(name: str) -> None:
    """About the share that it says; what is drawn beside a persona applies to the scenario."""
    pack = scenarios(name=name)
    having = [scenario for scenario in pack if scenario.manner.persona or scenario.manner.clauses]
    assert abs(len(having) / len(pack) - SHARE) < 0.15
    for scenario in having:
        applying = Applying(*opened(name), bare(scenario))
        for clause in scenario.manner.clauses:
            assert clause in applying.ways(clause.partition(":")[0]), (scenario.id, clause)


@domains
def test_a_manner_is_drawn_by_the_scenario_s_randomness_alone(name: str) -> None:
    domain, world = opened(name)
    plain = [bare(scenario) for scenario in scenarios(name=name)[:24]]
    drawn = [[manners(domain, world, each, Random(f"{seed}/{each.id}"), 1.0) for each in plain] for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert all(manner.persona or manner.clauses for manner in drawn[0])
    assert [manners(domain, world, each, Random(1), 0.0) for each in plain] == [each.manner for each in plain]


@domains
def test_every_clause_and_persona_comes_up(name: str) -> None:
    """In a domain that has room for it."""
    domain, world = opened(name)
    random, found = Random(4), Counter[str]()
    for _ in range(6):
        for scenario in scenarios(name=name):
            manner = manners(domain, world, bare(scenario), random, 1.0)
            found.update([*clauses_of(manner), manner.persona])
    often = {clause for clause, having in room(name).items() if len(having) >= SEVERAL}
    assert set(PERSONAS) | often <= set(found)


# ------------------------------------------------------------------------------- files, instructions, documents


@pytest.mark.parametrize(
    ("manner", "what"),
    [
        (Manner(clauses=("sings",)), "no clause 'sings'"),
        (Manner(persona="nobody"), "no persona 'nobody'"),
        (Manner(clauses=("chats:2",)), "takes no argument"),
        (Manner(clauses=("insists",)), "needs an argument"),
    ],
)
def test_a_manner_that_nobody_can_play_is_refused_before_anything_is_played(manner: Manner, what: str) -> None:
    scenario = msgspec.structs.replace(scenarios()[0], manner=manner)
    with pytest.raises(BadScenario, match=what):
        refuse_unplayable(scenario, *opened("retail"))


@domains
def test_a_model_is_told_each_clause_in_a_sentence(name: str) -> None:
    for clause, having in applied(name).items():
        for scenario in having[:1]:
            told = instruction(opened(name)[0], scenario)
            assert CLAUSES[clause].told.split("{}")[0] in told and "{}" not in told
            assert told != instruction(opened(name)[0], bare(scenario))


def test_the_documents_name_every_clause_and_persona() -> None:
    """As a table, in the words that a model is told."""
    rows = dict(_rows(README.read_text(encoding="utf-8")))
    assert {name: clause.told for name, clause in CLAUSES.items()}.items() <= rows.items()
    for name, persona in PERSONAS.items():
        assert rows[f"{name} (persona)"] == f"{persona.told} {', '.join(f'`{clause}`' for clause in persona.clauses)}"
    assert {name for name in rows if name.endswith(" (persona)")} == {f"{name} (persona)" for name in PERSONAS}


def _rows(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        if found := re.fullmatch(r"\| `([a-z_]+)`( \(persona\))? \| (.*) \|", line):
            yield found[1] + (found[2] or ""), found[3]
