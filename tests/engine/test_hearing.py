"""The scripted customer opposite plain text: what they make of an agent's words that have no meaning given."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

import servers
from engine.casting import Casting
from engine.checkers.verdict import Verdict
from engine.conversation.converse import Player
from engine.conversation.events import Act, Event, Failed, Move, Spoke
from engine.conversation.views import View
from engine.course import Course
from engine.reading.stating import against, to_pay
from engine.scenario import FORMAT, Provenance, Scenario, WorldRef
from engine.users.hearing import Ear
from engine.users.scripted import NOTHING_UNDERSTOOD, PUZZLED
from servers.domain import Domain, Party
from servers.recipe import Request
from servers.state import World
from tests.engine.pack import play, plots, scenarios

domains = pytest.mark.parametrize("name", servers.names())

Played = tuple[Scenario, list[Event], Verdict]

KNOWN: Mapping[str, Mapping[str, Any]] = {
    "retail": {
        "order_id": "#W1234567",
        "reason": "no longer needed",
        "payment": "gift card",
        "items": [{"name": "Lamp", "options": {}}],
    },
    "airline": {
        "reservation_id": "OBUT9V",
        "reason": "change of plans",
        "payment": "Visa",
        "cabin": "business",
        "bags": 2,
        "insurance": "no",
        "days": ["2025-06-18"],
        "flight": {"pick": "cheapest", "stops": "direct"},
    },
}
SELF = {"retail": ("email", "first_name", "last_name", "zip"), "airline": ("user_id",)}


def course(domain: Domain, *recipes: str, slots: Mapping[str, Any]) -> Course:
    """A customer's requests, all of them made and none settled."""
    scenario = Scenario(
        id="s",
        format=FORMAT,
        domain=domain.name,
        world=WorldRef(source="", digest=""),
        customer="c",
        requests=tuple(Request(recipe=recipe, params=slots) for recipe in recipes),
        provenance=Provenance(made_by="tests"),
    )
    found = Course(domain, scenario, lambda _: slots)
    found.made = list(range(len(recipes)))
    return found


def heard(
    name: str, recipe: str, text: str, own: Sequence[Act] = (), last: Sequence[Act] = (), asked: str = ""
) -> tuple[Act, ...]:
    """What a customer with one request makes of a text. `asked` are their own words so far."""
    domain = servers.load(name)
    ear = Ear(domain, SELF[name], lambda _: KNOWN[name])
    return ear.hear(text, course(domain, recipe, slots=KNOWN[name]), own, last, [asked])


def kinds(acts: Sequence[Act]) -> list[str]:
    return [act.kind for act in acts]


def wants(acts: Sequence[Act]) -> set[str]:
    return {slot for act in acts for slot in act.wants}


# ------------------------------------------------------------------------------------------- what a text wants


@pytest.mark.parametrize(
    ("name", "recipe", "text", "slots"),
    [
        ("airline", "cancel", "Could you please provide your user ID and the reservation ID?", {"user_id", "reservation_id"}),
        ("airline", "cancel", "I'll need:\n1. Your user ID\n2. The reason for the cancellation", {"user_id", "reason"}),
        ("airline", "flights", "1. HAT1 at 9:00\n2. HAT2 at 11:00\nPlease let me know which flight you'd like.", {"flight"}),
        ("airline", "flights", "To proceed with the change, which card would you like to use?", {"payment"}),
        ("airline", "book", "How many checked bags will you have, and should I add travel insurance?", {"bags", "insurance"}),
        ("retail", "cancel", "May I ask why you want to cancel order #W1234567?", {"reason"}),
        ("retail", "return", "Which payment method should the refund go to?", {"payment"}),
        ("retail", "return", "Which items would you like to return?", {"items"}),
        ("retail", "return", "To get started, may I have your email address?", {"email"}),
        ("retail", "return", "May I have your full name and zip code?", {"first_name", "last_name", "zip"}),
    ],
)
def test_a_question_is_for_what_its_words_name(name: str, recipe: str, text: str, slots: set[str]) -> None:
    assert wants(heard(name, recipe, text)) == slots


@pytest.mark.parametrize(
    ("name", "recipe", "text", "kind"),
    [
        ("airline", "cancel", "I can cancel OBUT9V for you. Please confirm if you would like to proceed.", "propose.cancel"),
        ("airline", "bags", "That would make 4 checked bags. Shall I go ahead?", "propose.bags"),
        ("airline", "flights", "Would you like me to check the availability of flights?", "ask.leave"),
        ("airline", "flights", "Please hold on while I check the availability.", "ask.time"),
        ("airline", "cancel", "What can I help you with today?", "ask.wish"),
        ("retail", "cancel", "Order #W1234567 would be cancelled. Is that okay, yes or no?", "propose.cancel"),
        (
            "retail",
            "return",
            "I would cancel order #W1234567 and refund $20. Do you want me to cancel the order?",
            "propose.more",
        ),
        ("retail", "cancel", "Your order #W1234567 has been cancelled. Is there anything else?", "report.done"),
        ("retail", "cancel", "Unfortunately I can't cancel it. Only pending orders can be cancelled.", "refuse.cancel_pending"),
        ("retail", "question", "It came to $45.20 in total. Anything else I can do?", "answer.told"),
    ],
)
def test_what_a_message_is(name: str, recipe: str, text: str, kind: str) -> None:
    """A proposal, leave to look, patience, the wish itself, what was done, refused or answered."""
    assert kind in kinds(heard(name, recipe, text))


TOTAL = "Hi, I'd like to know how much order #W9092961 came to."
STATUS = "What is the status of order #W9092961, please?"
MANY = "How many versions of the Camp Chair do you have in stock?"
TRACKING = "I need the tracking number of order #W9092961."
PARCEL = "Nothing has come of order #W9092961, and my neighbors don't have the parcel."


@pytest.mark.parametrize(
    ("recipe", "asked", "text"),
    [
        ("question", TOTAL, "Order #W9092961 came to $45.20 in all."),
        (
            "question",
            TOTAL,
            "Let me check that for you. The total of order #W9092961 is $45.20, let me know if I can do anything else.",
        ),
        ("question", STATUS, "I've checked: order #W9092961 is delivered. Anything else?"),
        ("question", TRACKING, "The tracking number of order #W9092961 is 380651429."),
        ("versions", MANY, "Right now, 7 versions of the Camp Chair are available."),
        ("versions", MANY, "There are no versions of it available at the moment."),
    ],
)
def test_what_tells_what_was_asked_for_is_an_answer(recipe: str, asked: str, text: str) -> None:
    assert "answer.told" in kinds(heard("retail", recipe, text, asked=asked))


@pytest.mark.parametrize(
    ("recipe", "asked", "text", "kind"),
    [
        ("handover", PARCEL, "Of course! Let me look up order #W9092961 for you. One moment, please.", "ask.time"),
        ("question", TOTAL, "I understand. I'll check that for you now, it takes 2 minutes.", "ask.time"),
        ("question", TOTAL, "I am checking the 3 orders of your account, please hold on.", "ask.time"),
        ("question", TOTAL, "Bananas 1.", ""),
        ("question", TOTAL, "Thank you, I have order #W9092961 open.", ""),
        ("question", TOTAL, "Order #W9092961 has 3 items.", ""),
        ("question", TRACKING, "Order #W9092961 is on its way.", ""),
        ("versions", MANY, "No problem, I have your account here.", ""),
        ("question", TOTAL, "If you need anything else, 24 hours a day, I'm happy to help.", "ask.wish"),
    ],
)
def test_what_puts_off_or_tells_something_else_is_no_answer(recipe: str, asked: str, text: str, kind: str) -> None:
    """Whatever numbers stand in it: the customer waits, asks back or says once more what they want, and does not leave."""
    assert kinds(heard("retail", recipe, text, asked=asked)) == ([kind] if kind else [])


def test_nothing_is_made_of_what_says_nothing() -> None:
    assert heard("retail", "cancel", "The lamps of our spring collection are particularly bright.") == ()


def test_a_fact_beside_a_yes_is_asked_for_only_until_it_was_told() -> None:
    """ "Please confirm, and which card?" is answered by the card, then by the yes."""
    text = "The change costs $20. Please confirm if you'd like to proceed, and let me know which payment method to use."
    told = [Act(kind="inform", slots={"payment": "Visa"})]
    assert kinds(heard("airline", "flights", text)) == ["ask.details", "propose.flights"]
    assert kinds(heard("airline", "flights", text, told)) == ["propose.flights"]


def test_after_a_yes_a_message_that_asks_for_nothing_says_that_it_is_done() -> None:
    text = "Your refund will arrive within 5 to 7 business days."
    assert "report.done" in kinds(heard("retail", "cancel", text, last=[Act(kind="confirm")]))
    assert "report.done" not in kinds(heard("retail", "cancel", text))


def test_a_refusal_on_which_somebody_insisted_is_the_same_refusal() -> None:
    text = "I understand, but unfortunately I can't cancel a delivered order."
    found = heard("retail", "cancel", text, last=[Act(kind="insist.plain")])
    assert [kind.partition(".")[0] for kind in kinds(found)] == ["still", "offer_more"]


# ------------------------------------------------------------------------------------------- what a proposal states


@pytest.mark.parametrize(
    ("name", "recipe", "text", "wrong"),
    [
        ("retail", "cancel", "I'd cancel order #W1234567 as no longer needed. Shall I go ahead?", None),
        ("retail", "cancel", "I'd cancel order #W7654321 as no longer needed. Shall I go ahead?", "order_id"),
        ("retail", "cancel", "I'd cancel order #W1234567 as ordered by mistake. Shall I go ahead?", "reason"),
        ("retail", "return", "For the Lamp in #W1234567, $20 would go to your PayPal account. Shall I go ahead?", "payment"),
        ("retail", "return", "The Lamp in #W1234567 goes back, $20 to your gift card. Shall I go ahead?", None),
        ("airline", "cabin", "I'd move OBUT9V to basic economy. Shall I go ahead?", "cabin"),
        ("airline", "cabin", "I'd move OBUT9V from economy to business. Shall I go ahead?", None),
        ("airline", "flights", "The new flight HAT123 on June 20 costs $10 more. Shall I go ahead?", "days"),
        ("airline", "flights", "The new flight HAT123 on June 18 costs $10 more. Shall I go ahead?", None),
    ],
)
def test_a_plain_contradiction_is_heard_and_nothing_else_is_one(name: str, recipe: str, text: str, wrong: str | None) -> None:
    domain = servers.load(name)
    followed = course(domain, recipe, slots=KNOWN[name])
    found = heard(name, recipe, text)
    proposal = next(act for act in found if act.kind.startswith("propose."))
    assert followed.against(followed.wishes[0], proposal) == wrong


@pytest.mark.parametrize(
    ("value", "text", "other"),
    [
        ("Visa ending in 2227", "on your Visa ending in 2227", None),
        ("Visa ending in 2227", "on your Visa ending in 1111", "credit card ending in 1111"),
        ("Visa", "on your credit card ending in 1111", None),
        ("original payment method", "on your PayPal account", None),
        ("gift card", "on your Mastercard", "credit card"),
        ({"address1": "1 Elm Street", "zip": "10001"}, "to 7 Oak Street, 94110", {"address1": "1 Elm Street", "zip": "94110"}),
        ([{"name": "Lamp"}, {"name": "Desk"}], "the Lamp goes back", [{"name": "Lamp"}]),
        ([{"name": "Lamp"}, {"name": "Desk"}], "everything goes back, the Lamp too", None),
    ],
)
def test_another_value_is_one_only_where_the_right_one_is_not_named(value: Any, text: str, other: Any) -> None:
    assert against("slot", value, text, {}) == other


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("The difference of $30.00 would be charged to your Visa.", 30.0),
        ("Total: $450, that is: $450.00 with your Visa", 450.0),
        ("The new flight costs $300, and the difference is $120 to pay.", 300.0),
        ("A refund of $55 would go back to your card.", None),
        ("There is nothing to pay.", None),
    ],
)
def test_what_is_to_be_paid_is_not_what_comes_back(text: str, amount: float | None) -> None:
    assert to_pay(text) == amount


# ------------------------------------------------------------------------------------------- whole conversations


class Plain:
    """An agent whose meanings nobody is told: it keeps them to itself."""

    def __init__(self, player: Player) -> None:
        self._player = player
        self._meant: dict[int, tuple[Act, ...]] = {}

    async def move(self, view: View) -> Any:
        mine = (isinstance(event, Spoke) and event.party == view.party for event in view.seen)
        seen = [
            replace(event, meaning=self._meant.get(event.move, ())) if own else event
            for own, event in zip(mine, view.seen, strict=True)
        ]
        move = await self._player.move(replace(view, seen=tuple(seen)))
        if not isinstance(move, Move):
            return move
        self._meant[view.move] = move.meaning
        return replace(move, meaning=())


class Saying:
    """An agent who says one thing after the other, whatever it hears."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts

    async def move(self, view: View) -> Move:
        spoken = sum(isinstance(event, Spoke) and event.party == view.party for event in view.seen)
        return Move(text=self._texts[spoken % len(self._texts)])


class Instead(Casting):
    """The same customer as ever, opposite an agent made of the expert or of nothing."""

    def __init__(self, make: Any) -> None:
        super().__init__()
        self._make = make

    def players(self, domain: Domain, world: World, scenario: Scenario) -> Mapping[Party, Player]:
        players = super().players(domain, world, scenario)
        return {"agent": self._make(players["agent"]), "user": players["user"]}


@cache
def in_plain_words(name: str) -> list[Played]:
    return play([*scenarios(50, 23, name), *plots(50, name)], Instead(Plain))


@domains
def test_the_experts_words_alone_are_enough(name: str) -> None:
    """Without its meanings nine of ten conversations and more come to the same end, those with plots among them."""
    rejected = Counter((verdict.reason, verdict.blame) for *_, verdict in in_plain_words(name) if not verdict.accepted)
    assert rejected.total() <= len(in_plain_words(name)) // 10, rejected


@domains
def test_who_acted_on_what_they_heard_is_not_blamed(name: str) -> None:
    found = [
        finding.detail
        for *_, verdict in in_plain_words(name)
        if verdict.reason != NOTHING_UNDERSTOOD
        for finding in verdict.findings
        if finding.check == "user" and finding.result == "fail"
    ]
    assert found == []


@domains
def test_who_understands_nothing_asks_back_and_gives_up(name: str) -> None:
    """It is the customer's failure and nobody else's, also where the agent only says the same again and again."""
    for texts in (["Lamps are bright."], ["Lamps are bright.", "Rain is wet.", "Snow is cold.", "Grass is green."]):
        [(_, events, verdict)] = play(scenarios(1, 23, name), Instead(lambda _, texts=texts: Saying(texts)))
        asked = [event for event in events if isinstance(event, Spoke) and [act.kind for act in event.meaning] == ["puzzled"]]
        assert len(asked) == len({event.text for event in asked}) == PUZZLED
        assert isinstance(events[-1], Failed) and events[-1].reason == NOTHING_UNDERSTOOD
        assert (verdict.standing, verdict.reason, verdict.blame) == ("rejected", NOTHING_UNDERSTOOD, "user")


@domains
def test_a_message_with_a_meaning_is_heard_as_it_was_meant(name: str) -> None:
    """Not one word of it is read."""
    domain = servers.load(name)
    meant = (Act(kind="ask.sure"), Act(kind="offer_more"))
    seen = (Spoke(party="agent", move=1, text="Your order has been cancelled.", meaning=meant),)
    view = View(party="user", move=2, seen=seen, random=None)  # type: ignore[arg-type]
    ear = Ear(domain, SELF[name], lambda _: KNOWN[name])
    assert ear.understood(view, course(domain, "cancel", slots=KNOWN[name])) == view


# ------------------------------------------------------------------------------------------- real models' words

WRITES = {
    "book_reservation": "book",
    "update_reservation_flights": "flights",
    "update_reservation_baggages": "bags",
    "update_reservation_passengers": "passengers",
}


def test_hardly_any_message_of_a_real_model_says_nothing(tau2: Path) -> None:
    """Of the agent's messages in 100 recorded conversations, each heard by a customer who still wants all of it."""
    path = tau2 / "conversations" / "gpt4o_airline.jsonl"
    if not path.is_file():
        pytest.skip(f"no recorded conversations at {path}")
    found = Counter[str]()
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        wanted = next((WRITES[each["name"]] for each in row["info"]["task"]["actions"] if each["name"] in WRITES), "cancel")
        for message in row["traj"]:
            if message["role"] == "assistant" and message.get("content"):
                acts = heard("airline", wanted, message["content"])
                found[acts[0].kind.partition(".")[0] if acts else "nothing"] += 1
    assert found["nothing"] <= 0.05 * found.total(), found
    assert min(found[kind] for kind in ("ask", "propose", "refuse", "report")) > 20, found
