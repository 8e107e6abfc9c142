"""What customers and agents of the shop say: enough of it, every slot in it, and nothing that a person would not write."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from random import Random
from typing import Any

import pytest

import servers
from engine.casting import phrasebook
from engine.conversation.events import Act
from engine.speech.grammar import along, paths, render
from engine.speech.phrasebook import _tidy
from engine.synthesis.case import OpenCase
from servers.domain import Party
from servers.recipe import Answer, Refusal, Write
from servers.retail import recipes
from servers.retail.rules import RULES
from servers.retail.slots import worded
from tests.engine.acts import ACTS, Slots, spoken, values
from tests.servers.shop import open_shop

OFTEN = {"greet", "ask.identity", "verified", "offer_more", "farewell", "hello", "thanks", "bye", "confirm", "next"}
IDENTITY = {("email",), ("first_name", "last_name", "zip")}

DOMAIN = servers.load("retail")
BOOK = phrasebook(DOMAIN)
FAMILIES = {Write: "propose", Refusal: "refuse", Answer: "answer"}
SHOP = open_shop("small", 11)

# What no text may have: doubled words and blanks, blanks before or no blank after a mark, what the language left over.
UGLY = re.compile(
    r"  | [,.;:!?]|\b(the|a|an|to|my|your|for|in|of|is|it|and|with|order) \1\b|\ba the\b|\bthe (a|an|my|your) "
    r"|[<>{}\[\]|@]|[,;:][.!?,;:]|[.!?]{2}|[.!?;:,][A-Za-z]{2}|cancelling|(?<!expensive )(?<!cheapest )cancelled|→",
    re.IGNORECASE,
)
CANNOT = re.compile(r"can't|cannot|not able|unable|not possible|isn't|only|couldn't|wasn't|don't|no |nothing")
ROBOT = re.compile(r"apologi|rest assured|as per|inconvenience|kindly|valued|do not hesitate|I am an AI", re.IGNORECASE)
VALUES = re.compile(r"\S+@\S+|“[^”]*”|#W\d+|\d[\d,.:]*")

every_act = pytest.mark.parametrize(
    ("party", "kind", "slots"), ACTS, ids=[f"{party}:{kind}({','.join(slots)})" for party, kind, slots in ACTS]
)


def drawn(party: Party, kind: str, slots: Slots, draws: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Texts for an act with the slots that they say; as in a conversation, no wording comes twice."""
    random, used = Random(f"{party}/{kind}/{slots}"), frozenset[str]()
    for _ in range(draws):
        said = spoken(SHOP, party, slots, random)
        text, act = BOOK.say(party, Act(kind=kind, slots=said), random, used)
        used |= {act.form}
        yield text, said


@every_act
def test_there_are_many_wordings(party: Party, kind: str, slots: Slots):
    enough = 120 if kind in OFTEN or (kind == "inform" and slots in IDENTITY) else 60
    assert BOOK.wordings(party, kind, frozenset(slots)) >= enough


@every_act
def test_wordings_are_all_different_texts(party: Party, kind: str, slots: Slots):
    seen: dict[str, str] = {}
    for place, line in BOOK._fit(party, kind, frozenset(slots)):
        for path in islice(paths(line, frozenset(slots)), 3000):
            text = _tidy(render(line, lambda slot, rule: f"⟨{slot}:{rule}⟩", frozenset(slots), along(path))[0])
            assert text not in seen, f"'{text}' is said by {seen[text]} and by {place}.{path}"
            seen[text] = f"{place}.{path}"


@every_act
def test_every_slot_stands_in_the_text(party: Party, kind: str, slots: Slots):
    for text, said in drawn(party, kind, slots, 60):
        for slot, value in said.items():
            assert BOOK.stands_in(text, slot, value), f"{slot}={value!r} is not in: {text}"


@every_act
def test_texts_are_written_as_a_person_writes(party: Party, kind: str, slots: Slots):
    for text, said in drawn(party, kind, slots, 60):
        plain = text
        for value in map(str, _leaves(said)):
            plain = plain.replace(value, "Q") if " " in value else plain
        assert (ugly := UGLY.search(VALUES.sub("X", plain))) is None, f"'{ugly and ugly[0]}' in: {text}"
        assert text[-1] in ".!?”" and text[0] == text[0].upper(), text
        assert text.count("(") == text.count(")") and text.count("“") == text.count("”"), text
        assert text.count("!") <= 1, text


@every_act
def test_emails_and_numbers_keep_their_case(party: Party, kind: str, slots: Slots):
    for text, said in drawn(party, kind, slots, 60):
        for slot in {"email", "order_id", "zip"} & said.keys():
            assert said[slot] in text


@every_act
def test_no_wording_comes_twice_while_another_is_left(party: Party, kind: str, slots: Slots):
    random, used = Random(3), frozenset[str]()
    said = spoken(SHOP, party, slots, random)
    for count in range(1, min(BOOK.wordings(party, kind, frozenset(slots)), 150) + 1):
        used |= {BOOK.say(party, Act(kind=kind, slots=said), random, used)[1].form}
        assert len(used) == count


@pytest.mark.parametrize(("party", "kind", "slots"), [act for act in ACTS if act[1].startswith("propose.")])
def test_a_proposal_asks_for_a_yes(party: Party, kind: str, slots: Slots):
    for text, _ in drawn(party, kind, slots, 80):
        assert re.search(r"\byes\b", text[-120:].lower()), text


@pytest.mark.parametrize("kind", ["propose.exchange", "propose.modify"])
def test_what_can_be_done_only_once_is_said_to_be_so(kind: str):
    for text, _ in drawn("agent", kind, ("order_id", "swaps", "payment"), 80):
        assert re.search(r"only once|just once|one-time", text), text


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_refusal_gives_its_rule_as_the_reason_and_says_that_it_cannot_be_done(rule):
    sets = [slots for party, kind, slots in ACTS if kind == f"refuse.{rule.name}"]
    assert sets
    for slots in sets:
        for text, said in drawn("agent", f"refuse.{rule.name}", slots, 120):
            bare = text
            for value in map(str, _leaves(said)):
                bare = bare.replace(value, "")
            own = text if rule.name in ("refund_method",) else bare
            assert any(surface in own.lower() for surface in rule.surfaces), text
            assert CANNOT.search(bare), text


def test_a_confirmation_has_a_plain_yes():
    for text, _ in drawn("user", "confirm", (), 200):
        assert re.search(r"\b(yes|yeah|yep)\b", text.lower()), text


def test_no_two_acts_share_a_whole_sentence():
    owner: dict[str, str] = {}
    for party, kind, slots in ACTS:
        if not slots:
            for text, _ in drawn(party, kind, slots, 150):
                assert owner.setdefault(text, f"{party} {kind}") == f"{party} {kind}", text


def test_no_phrase_of_a_robot_is_used():
    for party, kind, slots in ACTS:
        for text, _ in drawn(party, kind, slots, 20):
            assert not ROBOT.search(text), text


@pytest.mark.parametrize("seed", range(300))
def test_every_piece_of_a_value_stands_in_its_words(seed: int):
    every = tuple(sorted({slot for _, _, slots in ACTS for slot in slots}))
    for draw in (values(SHOP, every, Random(seed)), spoken(SHOP, "agent", every, Random(seed))):
        for slot, value in draw.items():
            words = worded(slot, value)
            for leaf in _leaves(value):
                said = f"{leaf:,.2f}" if isinstance(leaf, float) else str(leaf)
                assert said.casefold() in words.casefold(), f"{leaf!r} of {slot} is not in: {words}"


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


def test_whatever_recipes_decide_has_words():
    """Every draft's request and decisions, over generated customers."""
    random, state, said = Random(5), SHOP.state(), Counter[str]()
    for customer in islice(SHOP.users, 40):
        for recipe in recipes.RECIPES:
            draft = recipe.draft(state, customer, random)
            if draft is None:
                continue
            opening = {slot: draft.request.params[slot] for slot in draft.opening}
            BOOK.say("user", Act(kind=f"request.{recipe.name}", slots=opening), random)
            for slot in draft.request.params.keys() - opening:
                BOOK.say("user", Act(kind="inform", slots={slot: draft.request.params[slot]}), random)
            for decision in recipe.solve(OpenCase(DOMAIN, state, customer, draft.request.params)):
                stated = [(FAMILIES[type(decision)], decision.stated)]
                stated += [("report", decision.told)] if isinstance(decision, Write) else []
                for family, slots in stated:
                    BOOK.say("agent", Act(kind=f"{family}.{decision.act}", slots=slots), random)
                    said[family] += 1
    assert all(said[family] > 10 for family in ("propose", "report", "refuse", "answer")), said


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for part in value.values():
            yield from _leaves(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _leaves(part)
    else:
        yield value
