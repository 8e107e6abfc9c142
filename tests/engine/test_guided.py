"""A guided party: decided by the script, worded by a model, and no word of the model's changes what it means."""

from collections.abc import Callable, Mapping

import pytest
from msgspec.structs import replace

from engine.agents.expert import Expert
from engine.agents.guided import GuidedAgent
from engine.casting import Casting, phrasebook
from engine.clock import run_virtual
from engine.conversation.events import Act, Event, Move, Replied, Spoke
from engine.conversation.views import View
from engine.models.endpoint import Ask, Endpoint
from engine.models.rehearsed import completion
from engine.randomness import Randomness
from engine.rewording.faults import Draft, faults, kept
from engine.scenario import Scenario
from engine.users.guided import GuidedUser
from engine.users.scripted import ScriptedUser
from servers.domain import Domain, Party
from servers.state import World
from tests.engine import pack
from tests.engine.rehearsals import Answering
from tests.engine.rewordings import TABLE, Worded
from tests.engine.stages import Listed, written

MARK = "The message to put into your words:\n"


class Guides(Casting):
    """The expert and the scripted user, worded through an endpoint."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__()
        self._endpoint = endpoint

    def players(self, domain: Domain, world: World, scenario: Scenario) -> Mapping[Party, GuidedAgent | GuidedUser]:
        book, name = self.phrasebook(domain), f"{scenario.id}#0"
        agent, user = Expert(domain, world.facts, book), ScriptedUser(domain, scenario, book)
        return {
            "agent": GuidedAgent(agent, domain, book, self._endpoint, name, {}),
            "user": GuidedUser(user, domain, scenario, book, self._endpoint, name, {}),
        }


def wording(word: Callable[[str, Ask], str]) -> Answering:
    """A model that words the message that it is given so."""

    def answer(ask: Ask) -> bytes:
        draft = ask.messages[-1]["content"].partition(MARK)[2].partition("\n\nWhat it does:")[0]
        return completion({"role": "assistant", "content": word(draft, ask)}, "stop")

    return Answering(answer)


def spoken(events: list[Event]) -> list[Spoke]:
    return [event for event in events if isinstance(event, Spoke)]


def bare(events: list[Event]) -> list[Event]:
    return [event for event in events if not isinstance(event, Replied)]


@pytest.mark.parametrize("name", ["retail", "airline"])
def test_the_models_words_are_taken_with_the_partys_meaning_and_calls(name: str) -> None:
    """All exact checks hold: as accepted as without a model, in other words."""
    wanted = pack.scenarios(12, 5, name)
    endpoint = wording(lambda draft, _: f"Well now. {draft}")
    for (_, before, _), (_, after, verdict) in zip(pack.play(wanted), pack.play(wanted, Guides(endpoint)), strict=True):
        assert verdict.standing == "accepted"
        assert [(said.party, said.meaning, said.leaves) for said in spoken(before)] == [
            (said.party, said.meaning, said.leaves) for said in spoken(after)
        ]
        said = zip(spoken(before), spoken(after), strict=True)
        assert all(new.text == f"Well now. {old.text}" for old, new in said if not is_set(old))
        assert [type(event) for event in bare(after)] == [type(event) for event in before]


def is_set(said: Spoke) -> bool:
    """Has the policy its words?"""
    return any(act.kind == "transfer" for act in said.meaning)


def test_what_the_policy_has_said_word_by_word_is_not_worded_otherwise() -> None:
    """The model is not even asked."""
    domain, _ = pack.retail()
    endpoint, move = wording(lambda draft, _: f"Well now. {draft}"), Move(text="HOLD ON.", meaning=(Act(kind="transfer"),))
    agent = GuidedAgent(Listed(move), domain, phrasebook(domain), endpoint, "s#0", {})
    random = Randomness(seed=0, scenario="s", trial=0, role="agent")
    assert run_virtual(agent.move, View(party="agent", move=1, seen=(), random=random)) == move
    assert endpoint.asked == []


def test_what_changes_the_meaning_is_worded_again_and_the_model_is_told_why() -> None:
    wanted = pack.scenarios(4, 5, "retail")
    endpoint = wording(lambda draft, ask: f"{draft} That is $3 more." if ask.attempt == 0 else f"Well now. {draft}")
    for (_, before, _), (_, after, _) in zip(pack.play(wanted), pack.play(wanted, Guides(endpoint)), strict=True):
        assert [said.text for said in spoken(after)] == [f"Well now. {said.text}" for said in spoken(before)]
    again = [ask for ask in endpoint.asked if ask.attempt == 1]
    assert again and all("brings in '3'" in ask.messages[-1]["content"] for ask in again)


@pytest.mark.parametrize("word", [lambda _draft, _ask: "", lambda draft, _ask: f"{draft} It is #W0000001.", lambda _d, _a: "Ok?"])
def test_where_no_words_are_found_the_partys_own_stay(word: Callable[[str, Ask], str]) -> None:
    """After a bounded number of replies, and nobody has failed."""
    wanted = pack.scenarios(4, 5, "retail")
    endpoint = wording(word)
    for (_, before, _), (_, after, verdict) in zip(pack.play(wanted), pack.play(wanted, Guides(endpoint)), strict=True):
        assert written(bare(after)) == written(before)
        assert verdict.standing == "accepted"
    assert {ask.attempt for ask in endpoint.asked} == {0, 1, 2}


def test_the_model_sees_no_more_than_the_party_may_say() -> None:
    """Neither the brief nor what tools have shown: the conversation, the message, what has to stay."""
    wanted = pack.scenarios(4, 5, "retail")
    endpoint = wording(lambda draft, _: draft)
    pack.play(wanted, Guides(endpoint))
    for ask in endpoint.asked:
        assert ask.tools is None and [row["role"] for row in ask.messages] == ["system", "user"]
        assert "get_order_details" not in str(ask.messages) and "payment_history" not in str(ask.messages)


PROPOSAL = Draft(
    party="agent",
    text="I'd cancel order #W2082637 because it's no longer needed, and $54.20 goes back to your Visa ending in 7334. "
    "Shall I go ahead, yes or no?",
    meaning=(Act(kind="propose.cancel", slots={"order_id": "#W2082637", "reason": "no longer needed"}),),
    answers="Please cancel it, I no longer need it.",
)
REFUSAL = Draft(
    party="agent",
    text="I'm sorry, but I can't cancel order #W2082637, only pending orders can be canceled. Is there anything else?",
    meaning=(Act(kind="refuse.cancel_pending", slots={"order_id": "#W2082637"}), Act(kind="offer_more")),
)
REPORT = Draft(
    party="agent",
    text="Done: order #W2082637 has been canceled. Anything else I can do for you today?",
    meaning=(Act(kind="report.cancel", slots={"order_id": "#W2082637"}), Act(kind="offer_more")),
)
YES = Draft(party="user", text="Yes, go ahead.", meaning=(Act(kind="confirm"),), answers=PROPOSAL.text)
THANKS = Draft(
    party="user",
    text="Thank you, that's great. I'm all set then. Take care.",
    meaning=(Act(kind="thanks"), Act(kind="bye")),
    answers=REPORT.text,
)
ASKING = Draft(
    party="agent",
    text="Welcome! To open your account, I need your user ID.",
    meaning=(Act(kind="greet"), Act(kind="ask.identity", wants=("user_id",))),
    answers="Good morning! I'd like to change my booking REZKZQ to business.",
)
OPENING = Draft(
    party="user",
    text="Hi. My name is Mia Garcia, zip 90032. I'd like to cancel order #W2082637.",
    meaning=(
        Act(kind="hello"),
        Act(kind="inform", slots={"first_name": "Mia", "last_name": "Garcia", "zip": "90032"}),
        Act(kind="request.cancel", slots={"order_id": "#W2082637"}),
    ),
)


def wrong(draft: Draft, text: str) -> list[str]:
    domain, _ = pack.retail()
    return list(faults(draft, text, domain, phrasebook(domain)))


@pytest.mark.parametrize(
    ("draft", "text"),
    [
        (
            PROPOSAL,
            "Okay, so here's what I'd do: cancel order #W2082637, as it's no longer needed, and return the $54.20 to the Visa "
            "ending in 7334. Would you like me to go ahead? Just say yes.",
        ),
        (
            REFUSAL,
            "Unfortunately I can't cancel order #W2082637: only pending orders can be canceled. Can I help with anything else?",
        ),
        (REPORT, "All right, order #W2082637 has been canceled for you. Is there something else that I can do today?"),
        (YES, "Yes please, go ahead!"),
        (THANKS, "Thank you, I'm all set then. Take care."),
        (ASKING, "Good morning! Before we change your booking I need your user ID to open your account."),
        (OPENING, "Hello there, Mia Garcia here, my zip is 90032. Could you please cancel my order #W2082637?"),
    ],
)
def test_a_wording_that_says_the_same_is_taken(draft: Draft, text: str) -> None:
    assert wrong(draft, text) == []


NO_YES = "does not end by asking for a yes"


@pytest.mark.parametrize(
    ("draft", "text", "why"),
    [
        (PROPOSAL, PROPOSAL.text.replace("#W2082637", "your order"), "leaves out '#W2082637'"),
        (PROPOSAL, PROPOSAL.text.replace("no longer needed", "what you want"), "leaves out 'it's no longer needed'"),
        (PROPOSAL, PROPOSAL.text.replace("$54.20", "the money"), "leaves out '54.20'"),
        (PROPOSAL, PROPOSAL.text.replace("$54.20", "$45.20"), "brings in '45.20'"),
        (PROPOSAL, PROPOSAL.text.replace("2082637", "2082673"), "brings in 'w2082673'"),
        (PROPOSAL, PROPOSAL.text.replace("7334", "7343"), "brings in '7343'"),
        (PROPOSAL, PROPOSAL.text.replace("Visa", "Visa within 5 days"), "brings in 'days'"),
        (PROPOSAL, PROPOSAL.text.replace("goes back", "goes back on Monday"), "brings in 'monday'"),
        (PROPOSAL, PROPOSAL.text.replace("your Visa", "your Mastercard"), "brings in 'Mastercard'"),
        (PROPOSAL, f"Anna, {PROPOSAL.text}", "brings in 'Anna'"),
        (PROPOSAL, PROPOSAL.text.replace(" Shall I go ahead, yes or no?", ""), NO_YES),
        (
            PROPOSAL,
            PROPOSAL.text.replace("Shall I go ahead, yes or no?", "How does that sound?"),
            "does not end by asking for a yes",
        ),
        (PROPOSAL, PROPOSAL.text.replace("I'd cancel", "I have canceled"), "says that something was done"),
        (PROPOSAL, f"**Note** {PROPOSAL.text}", "has '*' in it"),
        (PROPOSAL, PROPOSAL.text.replace("your Visa", "your [card]"), "has '[' in it"),
        (PROPOSAL, PROPOSAL.text * 4, "is too long"),
        (PROPOSAL, "", "is empty"),
        (
            REFUSAL,
            "Order #W2082637: that is a no from me. I can't cancel it. Anything else I can help with?",
            "does not give the reason",
        ),
        (REFUSAL, "Orders like #W2082637 are canceled while they are pending. Is there anything else?", "does not turn it down"),
        (
            REPORT,
            "Order #W2082637: I will see to it. Anything else I can do for you today?",
            "does not say any more that it was done",
        ),
        (REPORT, REPORT.text.replace("Anything", "Unfortunately I can't refund it. Anything"), "turns something down"),
        (REPORT, "Done: order #W2082637 has been canceled. Have a great day.", "asks nothing any more"),
        (PROPOSAL, f"We will also waive any fees for you. {PROPOSAL.text}", "brings in 'waive'"),
        (PROPOSAL, PROPOSAL.text.replace("goes back", "was charged"), "says that money was paid"),
        (REPORT, REPORT.text.replace("Anything", "The refund comes soon. Anything"), "promises: 'refund'"),
        (REPORT, REPORT.text.replace("Anything", "You do not have to send it. Anything"), "says that something is not so"),
        (REPORT, REPORT.text.replace("Anything", "Let me check one more thing. Anything"), "asks for patience"),
        (YES, "Yes, go ahead. Actually never mind.", "wants more: 'never mind'"),
        (YES, "Yes, go ahead. Also cancel my other order.", "wants more: 'also'"),
        (YES, "Sure, maybe, let me think about it.", "does not answer as clearly any more"),
        (YES, "You: Yes, please go ahead.", "has words about the message"),
        (REPORT, f"Agent: {REPORT.text}", "has words about the message"),
        (OPENING, f"Sure, here's the message as the customer would type it:\n\n{OPENING.text}", "has words about the message"),
        (PROPOSAL, f"Here is a reworded version of the message: {PROPOSAL.text}", "has words about the message"),
        (YES, "Yes", "says too little"),
        (YES, "Yes, go ahead. What happens then?", "asks a question"),
        (YES, "No, leave it.", "does not answer as clearly any more"),
        (YES, "Yes, go ahead. How can I help you today", "sounds like the agent"),
        (YES, "Yes, go ahead. ###STOP###", "has '##' in it"),
        (replace(THANKS, text="Thank you so much. Have a lovely day."), "Yes, sure, you can go ahead.", "answers otherwise"),
        (THANKS, "Thank you, that's great. Anything else I can do for you today, bye.", "says what the other said"),
        (REPORT, f"Thank you, I appreciate your help. {REPORT.text}", "sounds like the customer"),
        (ASKING, f"Good morning! I'd like to change my booking to business. {ASKING.text}", "says what the other said"),
        (OPENING, OPENING.text.replace("Mia", "Ana"), "leaves out 'Mia'"),
        (OPENING, OPENING.text.replace("90032", "9003"), "leaves out '90032'"),
        (OPENING, f"{OPENING.text} And order #W1111111 too.", "brings in 'w1111111'"),
        (OPENING, f"{OPENING.text} I bought two of them.", "brings in '2'"),
    ],
)
def test_a_wording_that_says_less_or_more_or_something_else_is_not_taken(draft: Draft, text: str, why: str) -> None:
    assert any(each.startswith(why) for each in wrong(draft, text)), wrong(draft, text)


def refused(worded: Worded, text: str) -> bool:
    domain, _ = pack.opened(worded.domain)
    return bool(list(faults(worded.draft, text, domain, phrasebook(domain))))


def test_most_good_wordings_are_taken_and_no_bad_one() -> None:
    """Written by hand over messages of both domains: eight in ten of what says the same at least, all of what brings in a
    promise, a further wish, a doubt, another matter, or turns money round."""
    good = [refused(each, text) for each in TABLE for text in each.good]
    bad = [text for each in TABLE for text in each.bad if not refused(each, text)]
    assert len(good) >= 30 and sum(good) <= 0.2 * len(good)
    assert sum(len(each.bad) for each in TABLE) >= 30 and bad == []


def test_every_message_of_the_table_is_a_wording_of_itself() -> None:
    assert [each.draft.text for each in TABLE if refused(each, each.draft.text)] == []


def test_what_has_to_stay_is_how_it_was_said() -> None:
    domain, _ = pack.retail()
    assert kept(PROPOSAL, phrasebook(domain)) == ["#W2082637", "it's no longer needed"]


@pytest.mark.parametrize("name", ["retail", "airline"])
def test_every_message_of_the_parties_is_a_wording_of_itself(name: str) -> None:
    """What the checks of a wording ask for, the templates have."""
    domain, _ = pack.opened(name)
    book = phrasebook(domain)
    for _, events, _ in pack.play([*pack.scenarios(24, 5, name), *pack.plots(12, name)]):
        heard = ""
        for said in spoken(events):
            draft = Draft(party=said.party, text=said.text, meaning=said.meaning, answers=heard)
            assert list(faults(draft, said.text, domain, book)) == [], said.text
            heard = said.text
