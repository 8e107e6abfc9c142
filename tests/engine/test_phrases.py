"""What customers and agents say, of a shop and of an airline: enough of it, every slot in it, nothing that no person writes."""

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from itertools import islice
from random import Random
from typing import Any

import pytest

from engine.conversation.events import Act
from engine.reading.refusing import refusals
from engine.speech.grammar import along, paths, render
from engine.speech.phrasebook import _tidy
from engine.synthesis.case import OpenCase
from servers.domain import Party
from servers.recipe import Answer, Refusal, Transfer, Write
from servers.retail.slots import worded
from servers.rules import Rule
from servers.state import State
from tests.engine.acts import Slots
from tests.engine.airline_acts import COUNTED
from tests.engine.talks import TALKS, Talk, leaves

OFTEN = {"greet", "ask.identity", "verified", "offer_more", "farewell", "hello", "thanks", "bye", "confirm", "next"}
IDENTITY = {("email",), ("first_name", "last_name", "zip"), ("user_id",)}
HANDED_OVER = {"cancel_flown", "out_of_reach"}
"""Rules for which an agent never refuses: the customer is handed over. What is said then is a fixed sentence of the interface
(`transfer`), which is no phrase and has one wording.
"""
FAMILIES = {Write: "propose", Refusal: "refuse", Answer: "answer"}
OWN = {"retail": {"email", "order_id", "zip"}, "airline": {"user_id", "reservation_id"}}

PARTIES: tuple[Party, ...] = ("agent", "user")

# What no text may have: doubled words and blanks, blanks before or no blank after a mark, what the language left over.
UGLY = re.compile(
    r"  | [,.;:!?]|\b(the|a|an|to|my|your|for|in|of|is|it|and|with|on|order|reservation) \1\b|\ba the\b|\bthe (a|an|my|your) "
    r"| '(?:m|d|ll|ve|re|s)\b"
    r"|[<>{}\[\]|@]|[,;:][.!?,;:]|[.!?]{2}|[.!?;:,][A-Za-z]{2}|cancelling|(?<!expensive )(?<!cheapest )cancelled|→",
    re.IGNORECASE,
)
CANNOT = re.compile(r"can't|cannot|not able|unable|not possible|isn't|only|couldn't|wasn't|don't|no |nothing")
ROBOT = re.compile(r"apologi|rest assured|as per|inconvenience|kindly|valued|do not hesitate|I am an AI", re.IGNORECASE)
TWICE = re.compile(r"\bplease\b[^.!?]*\bplease\b", re.IGNORECASE)
VALUES = re.compile(r"\S+@\S+|“[^”]*”|#W\d+|\d[\d,.:]*")

ACTS = [(name, *act) for name, talk in TALKS.items() for act in talk.acts]
REFUSED = [(name, rule) for name, talk in TALKS.items() for rule in talk.domain.rules if rule.name not in HANDED_OVER]


def _called(name: str, party: Party, kind: str, slots: Slots) -> str:
    return f"{name}:{party}:{kind}({','.join(slots)})"


def of_acts(chosen: list[tuple[str, Party, str, Slots]]) -> pytest.MarkDecorator:
    """One test for each of these acts."""
    return pytest.mark.parametrize(("name", "party", "kind", "slots"), chosen, ids=[_called(*act) for act in chosen])


every_act = of_acts(ACTS)
every_talk = pytest.mark.parametrize("name", TALKS)


@cache
def texts(name: str, party: Party, kind: str, slots: Slots) -> tuple[tuple[str, dict[str, Any]], ...]:
    """Some texts of an act, drawn once for all tests that only look."""
    return tuple(TALKS[name].drawn(party, kind, slots, 40))


@every_act
def test_there_are_many_wordings(name: str, party: Party, kind: str, slots: Slots):
    enough = 120 if kind in OFTEN or (kind == "inform" and slots in IDENTITY) else 60
    assert TALKS[name].book.wordings(party, kind, frozenset(slots)) >= enough


@every_act
def test_wordings_are_all_different_texts(name: str, party: Party, kind: str, slots: Slots):
    seen: dict[str, str] = {}
    for place, line in TALKS[name].book._fit(party, kind, frozenset(slots)):
        for path in islice(paths(line, frozenset(slots)), 1000):
            text = _tidy(render(line, lambda slot, rule: f"⟨{slot}:{rule}⟩", frozenset(slots), along(path))[0])
            assert text not in seen, f"'{text}' is said by {seen[text]} and by {place}.{path}"
            seen[text] = f"{place}.{path}"


@every_act
def test_every_slot_stands_in_the_text(name: str, party: Party, kind: str, slots: Slots):
    talk = TALKS[name]
    for text, said in texts(name, party, kind, slots):
        for slot, value in said.items():
            assert talk.book.stands_in(text, slot, value), f"{slot}={value!r} is not in: {text}"


@every_act
def test_texts_are_written_as_a_person_writes(name: str, party: Party, kind: str, slots: Slots):
    for text, said in texts(name, party, kind, slots):
        plain = text
        for value in map(str, leaves(said)):
            plain = plain.replace(value, "Q") if " " in value or value == "cancelled" else plain
        assert (ugly := UGLY.search(VALUES.sub("X", plain))) is None, f"'{ugly and ugly[0]}' in: {text}"
        assert text[-1] in ".!?”" and text[0] == text[0].upper(), text
        assert text.count("(") == text.count(")") and text.count("“") == text.count("”"), text
        assert text.count("!") <= 1, text


@every_act
def test_nobody_says_please_twice_in_a_sentence(name: str, party: Party, kind: str, slots: Slots):
    """In whatever wording, with whatever value."""
    having, often = frozenset(slots), [text for text, _ in texts(name, party, kind, slots)]
    for _, line in TALKS[name].book._fit(party, kind, having):
        if str(line).lower().count("please") > 1:
            often += [
                _tidy(render(line, lambda slot, rule: "X", having, along(path))[0]) for path in islice(paths(line, having), 3000)
            ]
    assert [text for text in often if TWICE.search(text)] == []


@every_act
def test_emails_and_numbers_keep_their_case(name: str, party: Party, kind: str, slots: Slots):
    for text, said in texts(name, party, kind, slots):
        for slot in OWN[name] & said.keys():
            assert said[slot] in text


@every_act
def test_no_wording_comes_twice_while_another_is_left(name: str, party: Party, kind: str, slots: Slots):
    random, used, talk = Random(3), frozenset[str](), TALKS[name]
    said = talk.draw(party, slots, random)
    for count in range(1, min(talk.book.wordings(party, kind, frozenset(slots)), 60) + 1):
        used |= {talk.book.say(party, Act(kind=kind, slots=said), random, used)[1].form}
        assert len(used) == count


@of_acts([act for act in ACTS if act[2].startswith("propose.")])
def test_a_proposal_asks_for_a_yes(name: str, party: Party, kind: str, slots: Slots):
    for text, _ in TALKS[name].drawn(party, kind, slots, 80):
        assert re.search(r"\byes\b", text[-120:].lower()), text


@pytest.mark.parametrize("kind", ["propose.exchange", "propose.modify"])
def test_what_can_be_done_only_once_is_said_to_be_so(kind: str):
    for text, _ in TALKS["retail"].drawn("agent", kind, ("order_id", "swaps", "payment"), 80):
        assert re.search(r"only once|just once|one-time", text), text


@pytest.mark.parametrize(("name", "rule"), REFUSED, ids=[f"{name}:{rule.name}" for name, rule in REFUSED])
def test_a_refusal_gives_its_rule_as_the_reason_and_says_that_it_cannot_be_done(name: str, rule: Rule):
    talk, kind = TALKS[name], f"refuse.{rule.name}"
    sets = [slots for _, told, slots in talk.acts if told == kind]
    assert sets
    for slots in sets:
        for text, said in talk.drawn("agent", kind, slots, 120):
            bare = _bare(talk, text, said)
            own = text if rule.name in ("refund_method",) else bare
            assert any(surface in own.lower() for surface in rule.surfaces), text
            assert CANNOT.search(bare), text


@of_acts([act for act in ACTS if act[0] == "airline" and act[2].startswith("refuse.") and act[2] != "refuse.unclear"])
def test_a_refusal_is_found_by_a_reader_of_words(name: str, party: Party, kind: str, slots: Slots):
    surfaces = next(rule.surfaces for rule in TALKS[name].domain.rules if kind == f"refuse.{rule.name}")
    for text, said in TALKS[name].drawn(party, kind, slots, 120):
        near = refusals(_bare(TALKS[name], text, said))
        assert any(surface in each for each in near for surface in surfaces), text


def test_a_customer_is_handed_over_with_the_sentence_of_the_policy():
    text, _ = TALKS["airline"].book.say("agent", Act(kind="transfer", slots={}), Random(1))
    assert text == "YOU ARE BEING TRANSFERRED TO A HUMAN AGENT. PLEASE HOLD ON."
    assert text in TALKS["airline"].domain.policy(TALKS["airline"].world.facts)
    assert TALKS["airline"].book.wordings("agent", "transfer", frozenset()) == 1


def test_a_reply_to_chatter_fits_any_chatter():
    """Whether it was about the weather, a dog or a long walk: it takes up nothing of it, and consoles nobody."""
    named = re.compile(
        r"quite a day|full|busy|relate|happens to|not alone|days like|stress|take it easy|knows? the feeling", re.IGNORECASE
    )
    for wording in paths_of("agent", "small_talk"):
        assert not named.search(wording), wording


def test_what_joins_the_requests_of_a_message_opens_no_second_one():
    """A word or three and a colon, more of them than anybody has requests."""
    for kind, enough in (("also", 10), ("also.last", 5)):
        joins = list(paths_of("user", kind))
        assert len(set(joins)) >= enough
        assert all(re.fullmatch(r"[A-Z][a-z]+(?: [a-z]+){0,3}(?::| –)", each) for each in joins), joins


def test_a_request_is_opened_like_a_conversation_only_at_its_beginning():
    """'I'm writing because' is said once: whoever has asked for something before is in the middle of one."""
    opening = re.compile(r"\bI'm (?:writing|getting in touch|contacting you)|\b[Hh]ello\b|\bquick (?:one|question)")
    for name, talk in TALKS.items():
        acts = [act for act in talk.acts if act[0] == "user" and act[1].startswith("request.")]
        before, after = Counter[bool](), Counter[bool]()
        for place, (party, kind, slots) in enumerate(acts):
            for seed in range(6):
                random = Random(f"{place}/{seed}")
                act = Act(kind=kind, slots=talk.draw(party, slots, random))
                before[opening.search(talk.book.say(party, act, random)[0]) is not None] += 1
                after[opening.search(talk.book.say(party, act, random, frozenset({"request.other.0.a"}))[0]) is not None] += 1
        assert before[True] > 5 and not after[True], (name, before, after)


def paths_of(party: Party, kind: str) -> list[str]:
    """Every wording of an act without slots."""
    book, none = TALKS["retail"].book, frozenset[str]()
    lines = [line for _, line in book._fit(party, kind, none)]
    return [_tidy(render(line, lambda slot, rule: "", none, along(path))[0]) for line in lines for path in paths(line, none)]


def test_a_confirmation_has_a_plain_yes():
    for text, _ in TALKS["retail"].drawn("user", "confirm", (), 200):
        assert re.search(r"\b(yes|yeah|yep)\b", text.lower()), text


@every_talk
def test_no_two_acts_share_a_whole_sentence(name: str):
    owner: dict[str, str] = {}
    for party, kind, slots in TALKS[name].acts:
        if not slots:
            for text, _ in TALKS[name].drawn(party, kind, slots, 150):
                assert owner.setdefault(text, f"{party} {kind}") == f"{party} {kind}", text


@every_talk
def test_no_phrase_of_a_robot_is_used(name: str):
    for party, kind, slots in TALKS[name].acts:
        for text, _ in TALKS[name].drawn(party, kind, slots, 20):
            assert not ROBOT.search(text), text


@every_talk
@pytest.mark.parametrize("seed", range(60))
def test_every_piece_of_a_value_stands_in_its_words(name: str, seed: int):
    talk = TALKS[name]
    for party in PARTIES:
        every = tuple(sorted({slot for owner, _, slots in talk.acts for slot in slots if owner == party} - COUNTED))
        for slot, value in talk.draw(party, every, Random(seed)).items():
            words = talk.domain.worded(slot, value)
            for leaf in leaves(value):
                assert any(said.casefold() in words.casefold() for said in talk.leaf(leaf)), (
                    f"{leaf!r} of {slot} is not in: {words}"
                )


def test_lists_of_things_are_said_with_articles():
    lamp, kettle = {"name": "Desk Lamp", "options": {}}, {"name": "Kettle", "options": {}}
    assert worded("items", [lamp, kettle, lamp]) == "Desk Lamp, the Kettle and the Desk Lamp"
    assert worded("order_with", ["Desk Lamp", "Kettle"]) == "Desk Lamp and the Kettle"
    assert worded("which", {"pick": "cheapest", "status": "delivered"}) == "cheapest delivered order"
    assert worded("swaps", [{"item": lamp, "wanted": {}, "pick": "cheapest"}, {"item": kettle, "new": kettle}]) == (
        "Desk Lamp for the cheapest one available, and the Kettle for the Kettle"
    )
    shoes = {"item": {"name": "Running Shoes"}, "wanted": {"color": "red"}}
    assert worded("swaps", [shoes]) == "Running Shoes for the same ones in red"
    assert worded("refund", 1234.5) == "$1,234.50" and worded("weighed", 7) == "7"


@every_talk
def test_whatever_recipes_decide_has_words(name: str):
    """Every draft's request, the questions on the way and the decisions, over generated customers."""
    talk, random, said = TALKS[name], Random(5), Counter[str]()
    state, book = talk.world.open(), talk.book
    for customer in islice(talk.world.tables[talk.domain.customers], 40):
        for recipe in talk.domain.recipes:
            draft = recipe.draft(state, customer, random)
            if draft is None:
                continue
            opening = {slot: draft.request.params[slot] for slot in draft.opening}
            book.say("user", Act(kind=f"request.{recipe.name}", slots=opening), random)
            for decision in recipe.solve(Asking(talk, state, customer, draft.request.params)):
                for choice in decision.chose:
                    book.say("agent", Act(kind=f"chose.{choice.act}", slots=choice.stated), random)
                if isinstance(decision, Transfer):
                    continue
                stated = [(FAMILIES[type(decision)], decision.stated)]
                stated += [("report", decision.told)] if isinstance(decision, Write) and not decision.echoes else []
                for family, slots in stated:
                    book.say("agent", Act(kind=f"{family}.{decision.act}", slots=slots), random)
                    said[family] += 1
    assert all(said[family] > 10 for family in ("propose", "report", "refuse", "answer")), said


class Asking(OpenCase):
    """A case in which every question of a recipe, and the customer's answer to it, has words."""

    def __init__(self, talk: Talk, state: State, customer: str, params: Mapping[str, Any]) -> None:
        super().__init__(talk.domain, state, customer, params)
        self.talk = talk

    def ask(self, question: str, *wants: str, **slots: Any) -> Any:
        self.talk.book.say("agent", Act(kind=f"ask.{question}", slots=slots), Random(1))
        known = next((slot for slot in wants if self.said(slot) is not None), None)
        if known is not None:
            self.talk.book.say("user", Act(kind="inform", slots={known: self.said(known)}), Random(1))
        return super().ask(question, *wants, **slots)


def _bare(talk: Talk, text: str, said: dict[str, Any]) -> str:
    """A text without the values that it says."""
    for slot, value in said.items():
        for words in (talk.domain.worded(slot, value), *map(str, leaves(value))):
            text = text.replace(words, "")
    return text
