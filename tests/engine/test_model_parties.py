"""Models as agent and as user: what they say is carried out, what cannot be is told to them, and nothing is asked twice."""

import json
import re
from collections import Counter

import pytest
from msgspec.structs import replace

from engine.agents.model import ModelAgent
from engine.casting import Casting
from engine.clock import run_virtual
from engine.conversation.converse import PartyFailed, converse
from engine.conversation.events import Call, Called, Closed, Event, Failed, Move, Replied, Reply, Returned, Spoke
from engine.conversation.views import View
from engine.models.circling import CIRCLES
from engine.models.endpoint import Ask
from engine.models.messages import NOT_CARRIED_OUT
from engine.models.rehearsed import FAULTS, Rehearsed, body_of, completion, due, now_and_then, part_of
from engine.randomness import Randomness
from engine.scenario import Known, Manner
from engine.users.model import FAULT, ModelUser, faults, parting
from servers.domain import Party
from tests.engine import pack, stages
from tests.engine.rehearsals import Answering, Models, always, go_on, nowhere, on_lamps, parts, rehearsed, replies


def failure(events: list[Event]) -> tuple[str, str]:
    last = events[-1]
    assert isinstance(last, Failed), last
    return last.blame, last.reason


@pytest.mark.parametrize("name", ["retail", "airline"])
def test_a_model_agent_and_a_model_user_who_know_their_parts_are_accepted(name: str) -> None:
    """Nothing but text passes between them, and every reply is in the events before what is made of it."""
    wanted = pack.scenarios(12, 5, name)
    endpoint = Rehearsed({f"{scenario.id}#0": part_of(events) for scenario, events, _ in pack.play(wanted)})
    played = pack.play(wanted, Models(endpoint))
    assert Counter(verdict.standing for _, _, verdict in played) == {"accepted": len(wanted)}
    for _, events, _ in played:
        assert not any(event.meaning for event in events if isinstance(event, Spoke))
        moves = {event.move for event in events if isinstance(event, Spoke | Called)}
        assert moves <= {event.move for event in events if isinstance(event, Replied)}


@pytest.mark.parametrize("name", ["retail", "airline"])
def test_faults_of_every_kind_now_and_then_change_no_verdict(name: str) -> None:
    """A good third of all replies is wrong or odd in some way; what is accepted is what is accepted without."""
    wanted = pack.scenarios(12, 5, name)
    known = {f"{scenario.id}#0": part_of(events) for scenario, events, _ in pack.play(wanted)}
    played = pack.play(wanted, Models(Rehearsed(known, fault=now_and_then(0.4, 2))))
    assert Counter(verdict.standing for _, _, verdict in played) == {"accepted": len(wanted)}
    assert sum(isinstance(event, Replied) and event.attempt > 0 for _, events, _ in played for event in events) > len(wanted)


def test_models_do_what_the_parties_do_whom_they_play() -> None:
    """Also with the tools of their own that customers have."""
    plain = on_lamps(Casting())
    endpoint, asked = rehearsed()
    for name, events in on_lamps(Models(endpoint)).items():
        assert part_of(events) == part_of(plain[name])
    assert any(ask.role == "user" and ask.tools is not None for ask in asked)
    assert any(isinstance(event, Called) and event.party == "user" for events in plain.values() for event in events)


ODD = ["two calls with one id", "arguments as an object", "text in parts", "aloud"]


@pytest.mark.parametrize("name", [name for name in FAULTS if name not in ODD])
def test_one_bad_reply_of_any_kind_changes_nothing_that_comes_of_a_conversation(name: str) -> None:
    """It is kept, the model is asked again, and the parts are played to the end; the last word may be left out."""
    endpoint, _ = rehearsed(lambda ask: name if (ask.move, ask.attempt) == (3, 0) else "")
    for conversation, events in on_lamps(Models(endpoint)).items():
        assert isinstance(events[-1], Closed), (conversation, events[-1])
        odd = {event.move for event in events if isinstance(event, Replied) and event.move == 3}
        assert odd
        did, part = part_of(events), parts()[conversation]
        assert [move for move in part["agent"] if move not in did["agent"]] in ([], [part["agent"][-1]])
        assert [move for move in part["user"] if move not in did["user"]] == []


@pytest.mark.parametrize("name", ODD[1:])
def test_what_is_merely_odd_about_replies_is_understood(name: str) -> None:
    endpoint, _ = rehearsed(lambda ask: name if ask.role == "agent" else "")
    for conversation, events in on_lamps(Models(endpoint)).items():
        assert max(event.attempt for event in events if isinstance(event, Replied)) == 0
        spoken = [event.text for event in events if isinstance(event, Spoke)]
        assert spoken == [move.text for move in _in_turn(conversation)]
        calls = [event.arguments for event in events if isinstance(event, Called) and event.party == "agent"]
        assert calls == [call.arguments for move in parts()[conversation]["agent"] for call in move.calls]


def _in_turn(conversation: str) -> list[Move]:
    part = parts()[conversation]
    users, agents = ([move for move in part[party] if move.text] for party in ("user", "agent"))
    turns = [move for pair in zip(users, agents, strict=False) for move in pair]
    return turns + users[len(agents) :]


@pytest.mark.parametrize(
    ("fault", "blame", "reason"),
    [
        ("no json", "environment", "no completion"),
        ("half a body", "environment", "no completion"),
        ("no choices", "environment", "no completion"),
        ("error", "environment", "no completion"),
        ("empty", "agent", "empty reply"),
        ("only thoughts", "agent", "empty reply"),
        ("truncated", "agent", "truncated reply"),
        ("endless", "agent", "truncated reply"),
        ("call in words", "agent", "call written as text"),
        ("wrong tool", "agent", "unusable calls"),
    ],
)
def test_who_never_replies_usably_has_failed_and_it_is_said_who(fault: str, blame: str, reason: str) -> None:
    endpoint = always(lambda _: FAULTS[fault](Move(text="Hello there, I am here.")))
    (events,) = on_lamps(Models(endpoint), 1).values()
    assert failure(events) == (blame, reason)
    bounded = 5 if reason == "unusable calls" else 3
    assert sum(isinstance(event, Replied) and event.party == "agent" for event in events) == bounded


@pytest.mark.parametrize(
    ("written", "allowed", "move", "blame", "reason"),
    [
        (4, None, 2, "environment", "context full"),
        (4, None, 4, "agent", "context full"),
        (299, 300, 4, "agent", "truncated reply"),
        (40, 40, 4, "agent", "truncated reply"),
        (39, 40, 4, "agent", "context full"),
        (300, 9_000, 4, "agent", "truncated reply"),
    ],
)
def test_replies_that_are_cut_off_before_they_are_long_had_no_room(
    written: int, allowed: int | None, move: int, blame: str, reason: str
) -> None:
    """Nobody is to blame where there was none for a first word."""
    sampling = {} if allowed is None else {"max_tokens": allowed}
    cut = Reply(raw=completion({"role": "assistant", "content": "I"}, "length").decode(), usage={"completion_tokens": written})
    agent = ModelAgent(stages.LIGHTS, "Be kind.", Answering(lambda _: b""), "s#0", sampling)
    replied = tuple(Replied(party="agent", move=move, attempt=each, raw=cut.raw, usage=cut.usage) for each in range(3))
    said = [Spoke(party=party, move=place, text="Hm.") for place, party in enumerate(("user", "agent", "user")[: move - 1], 1)]
    view = View(party="agent", move=move, seen=tuple(said), random=Randomness(seed=0, scenario="s", trial=0, role="agent"))
    with pytest.raises(PartyFailed) as failed:
        run_virtual(agent.move, replace(view, replies=replied, attempt=3))
    assert (failed.value.blame, failed.value.reason) == (blame, reason)


def test_an_agent_that_hands_over_again_and_again_is_through() -> None:
    """It has its last turn after the first time; it would go on to the last move."""
    hand = Call(name="transfer_to_human_agents", arguments='{"summary": "They want a person."}')
    wanted = pack.scenarios(1, 5, "retail")
    part = part_of(pack.play(wanted)[0][1])
    endpoint = Answering(lambda ask: body_of(part["user"][0] if ask.role == "user" else Move(calls=(hand,))))
    ((_, events, _),) = pack.play(wanted, Models(endpoint))
    assert isinstance(events[-1], Closed)
    assert sum(isinstance(event, Called) for event in events) == 2


@pytest.mark.parametrize("fault", ["empty", "truncated", "wrong tool"])
def test_a_user_who_never_replies_usably_is_no_fault_of_the_agents(fault: str) -> None:
    endpoint = always(lambda _: FAULTS[fault](Move(text="My lamp is odd, please help.")), "user")
    (events,) = on_lamps(Models(endpoint), 1).values()
    assert failure(events)[0] == "user"


def looking(lamps: int) -> Answering:
    """An agent that looks at so many lamps in turn, for ever."""
    calls = [Call(name="get_lamp", arguments=f'{{"lamp_id": "L{number}"}}') for number in range(lamps)]
    return always(lambda ask: body_of(Move(calls=(calls[ask.move % lamps],))))


@pytest.mark.parametrize(
    ("lamps", "calls", "reason"), [(1, 5, CIRCLES), (2, 9, CIRCLES), (60, 99, "too many moves")], ids=["one", "two", "many"]
)
def test_an_agent_that_only_repeats_its_calls_fails_before_it_costs_more(lamps: int, calls: int, reason: str) -> None:
    """Also where it repeats them in turn. Who goes on with other calls is only cut off in the end."""
    (events,) = on_lamps(Models(looking(lamps)), 1).values()
    assert failure(events) == ("agent", reason)
    assert sum(isinstance(event, Called) and event.party == "agent" for event in events) == calls


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "get_lamp", "arguments": {"lamp_id": "L1"}}',
        '```json\n{ "name": "get_lamp", "parameters": {} }\n```',
        'Let me look. {"name":"get_lamp","arguments":"{}"}',
    ],
)
def test_a_call_written_as_json_is_no_message(text: str) -> None:
    """The model is told so, and asked again."""
    endpoint = always(lambda ask: completion({"role": "assistant", "content": text}, "stop"))
    (events,) = on_lamps(Models(endpoint), 1).values()
    assert failure(events) == ("agent", "call written as text")
    assert "Make a real call" in endpoint.asked[-1].messages[-1]["content"]


def test_calls_that_are_repeated_for_a_customer_who_says_something_new_are_no_circle() -> None:
    def answer(ask: Ask) -> bytes:
        if ask.role == "user":
            return body_of(Move(text=f"And now, for the {ask.move}. time?", leaves=ask.move > 30))
        looked = ask.messages[-1]["role"] == "tool"
        return body_of(
            Move(text=f"It is off, as I said {ask.move} times.")
            if looked
            else Move(calls=(Call(name="get_lamp", arguments='{"lamp_id": "L1"}'),))
        )

    (events,) = on_lamps(Models(Answering(answer)), 1).values()
    assert isinstance(events[-1], Closed)


@pytest.mark.parametrize(
    ("user", "agent", "blame"),
    [
        (["I will wait."], ["One moment."], "user"),
        (["My lamp blinks.", "Well?", "It still blinks."], ["One moment."], "agent"),
        (["My lamp blinks.", "It still blinks."], ["Which one?", "Which lamp?", "Is it the red one?"], "user"),
    ],
)
def test_parties_that_only_repeat_their_words_come_to_an_end(user: list[str], agent: list[str], blame: str) -> None:
    """By the failure of who was the first to do so, whoever notices."""

    def answer(ask: Ask) -> bytes:
        texts = user if ask.role == "user" else agent
        return body_of(Move(text=texts[min((ask.move - 1) // 2, len(texts) - 1)]))

    ((_, events, verdict),) = pack.play(stages.scenarios(1), Models(Answering(answer)))
    assert failure(events) == (blame, CIRCLES) and verdict.blame == blame
    assert sum(isinstance(event, Spoke) for event in events) < 20


def said_for_ever(text: str) -> list[Event]:
    """A model with one sentence, opposite a customer who never says the same twice."""
    customer = stages.Listed(*(Move(text=f"It still blinks, and this is day {day}.") for day in range(60)))
    agent = ModelAgent(stages.LIGHTS, "Be kind.", Answering(lambda _: body_of(Move(text=text))), "s#0", {})
    events = list[Event]()

    async def keep(event: Event) -> None:
        events.append(event)

    run_virtual(converse, stages.begun(), stages.table(customer, agent), keep)
    return events


def test_an_agent_that_says_one_thing_for_ever_is_stopped_whatever_the_customer_says() -> None:
    """The customer's words are never the same, which tells nobody anything new."""
    events = said_for_ever("I see. Let me check that for you.")
    assert failure(events) == ("agent", CIRCLES)
    assert sum(isinstance(event, Spoke) and event.party == "agent" for event in events) == 8


def test_a_model_is_told_what_was_wrong_with_its_reply_and_an_endpoints_trouble_is_not_told_to_it() -> None:
    names = ["no json", "empty", "truncated"]
    endpoint, asked = rehearsed(lambda ask: names[ask.attempt] if ask.move == 4 and ask.attempt < 3 else "", 1)
    on_lamps(Models(endpoint), 1)
    first, second, third, fourth = (ask.messages[-1]["content"] for ask in asked if ask.move == 4)
    assert second == first
    assert third.startswith(first) and "was empty" in third
    assert fourth.startswith(third) and "fewer words" in fourth


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (Call(name="no_such_tool"), "not found"),
        (Call(name="get_lamp", arguments='{"lamp_id": "L'), "not a JSON object"),
        (Call(name="get_lamp", arguments="[1]"), "not a JSON object"),
        (Call(name="get lamp!"), "not found"),
        (Call(name=""), "not found"),
        (Call(name="get_lamp", arguments=""), "lamp_id"),
    ],
)
def test_a_call_that_no_tool_understands_is_an_answer_to_the_model_in_a_form_that_any_server_takes(call: Call, told: str) -> None:
    """Every call has a name that may be one, and an object as its arguments, whatever the model wrote."""
    wrong = body_of(Move(calls=(call,)))
    endpoint = always(lambda ask: wrong if ask.move == 2 else body_of(Move(text="Sorry, my mistake.")))
    (events,) = on_lamps(Models(endpoint), 1).values()
    answer = next(event for event in events if isinstance(event, Returned))
    assert answer.error and told in answer.text
    later = next(ask for ask in endpoint.asked if ask.role == "agent" and ask.move == 3)
    shown, tool = later.messages[-2:]
    assert (tool["role"], tool["content"]) == ("tool", answer.text)
    valid(later)
    assert shown["role"] == "assistant"


def valid(ask: Ask) -> None:
    """What the strictest servers want of messages."""
    roles = [row["role"] for row in ask.messages]
    assert roles[:2] == ["system", "user"] and roles[-1] != "assistant"
    open_calls: list[str] = []
    for before, row in zip([{}, *ask.messages], ask.messages, strict=False):
        if row["role"] == "tool":
            assert open_calls.pop(0) == row["tool_call_id"]
            continue
        assert not open_calls
        assert before.get("role") != row["role"] or row.get("tool_calls") or before.get("tool_calls")
        assert row["content"] or row.get("tool_calls")
        for call in row.get("tool_calls", ()):
            assert re.fullmatch(r"[A-Za-z0-9]{9}", call["id"])
            assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", call["function"]["name"])
            assert isinstance(json.loads(call["function"]["arguments"]), dict)
            open_calls.append(call["id"])
    assert not open_calls


@pytest.mark.parametrize("first", ["user", "agent"])
def test_every_request_of_a_run_full_of_faults_is_one_that_strict_servers_take(first: Party) -> None:
    """Whoever begins."""
    endpoint, asked = rehearsed(now_and_then(0.3, 1), first=first)
    on_lamps(Models(endpoint), first=first)
    assert len(asked) > 50 and any(ask.attempt for ask in asked)
    for ask in asked:
        valid(ask)


def two_at_once(ask: Ask) -> bytes:
    """Two different looks at once, then words."""
    if any(row["role"] == "tool" for row in ask.messages):
        return body_of(Move(text="So that is how it is."))
    calls = tuple(Call(name="get_lamp", arguments=f'{{"lamp_id": "L{number}"}}') for number in (1, 2))
    return body_of(Move(text="One moment.", calls=calls, reasoning="look"))


def test_calls_made_at_once_are_carried_out_in_their_order() -> None:
    endpoint = always(two_at_once)
    (events,) = on_lamps(Models(endpoint), 1).values()
    called = [event for event in events if isinstance(event, Called) and event.party == "agent"]
    assert [event.arguments for event in called] == ['{"lamp_id": "L1"}', '{"lamp_id": "L2"}']
    assert called[0].move == called[1].move and called[0].reasoning == "look"


def test_where_the_policy_wants_one_call_the_others_are_not_carried_out_and_the_model_is_told_so() -> None:
    """And where a call stands alone, what is written beside it reaches nobody; it is kept as a thought."""
    wanted = pack.scenarios(1, 5, "retail")
    part = part_of(pack.play(wanted)[0][1])
    look = Call(name="get_order_details", arguments='{"order_id": "#W0"}')
    both = body_of(Move(text="Let me look.", calls=(look, Call(name="list_all_product_types")), reasoning="hm"))
    say = body_of(Move(text="There is nothing that I can do."))

    def answer(ask: Ask) -> bytes:
        if ask.role == "user":
            return body_of(part["user"][0] if ask.move == 1 else Move(text="Bye.", leaves=True))
        return both if ask.move == 2 else say

    endpoint = Answering(answer)
    ((_, events, _),) = pack.play(wanted, Models(endpoint))
    (called,) = [event for event in events if isinstance(event, Called)]
    assert called.name == "get_order_details" and called.reasoning == "hm\nLet me look."
    assert not any(isinstance(event, Spoke) and event.text == "Let me look." for event in events)
    asked = next(ask for ask in endpoint.asked if ask.role == "agent" and ask.move == 3)
    valid(asked)
    assistant, first, second = asked.messages[-3:]
    assert [call["function"]["name"] for call in assistant["tool_calls"]] == ["get_order_details", "list_all_product_types"]
    assert "not found" in first["content"] and second["content"] == NOT_CARRIED_OUT


def test_killed_at_any_event_a_conversation_ends_with_the_same_bytes_and_nothing_is_asked_again() -> None:
    endpoint, _ = rehearsed(now_and_then(0.25, 3), 4)
    whole = on_lamps(Models(endpoint), 4)
    for scenario, (name, events) in zip(stages.scenarios()[:4], whole.items(), strict=True):
        for cut in range(1, len(events)):
            again, asked = rehearsed(now_and_then(0.25, 3), 4)
            resumed = go_on(scenario, events[:cut], Models(again))
            assert stages.written(resumed) == stages.written(events), (name, cut)
            assert replies(events[:cut]).isdisjoint((ask.role, ask.move, ask.attempt) for ask in asked)


def test_an_agent_that_has_nothing_more_to_say_passes_its_last_turn() -> None:
    """After the customer has left, also without a word."""
    gone = [Move(text="My lamp blinks."), Move(leaves=True)]

    def answer(ask: Ask) -> bytes:
        if ask.role == "user":
            return body_of(gone[0] if ask.move == 1 else gone[1])
        return completion({"role": "assistant", "content": ""}, "stop") if ask.move > 3 else body_of(Move(text="Which one?"))

    endpoint = Answering(answer)
    (events,) = on_lamps(Models(endpoint), 1).values()
    assert isinstance(events[-1], Closed)
    last = endpoint.asked[-1]
    assert last.role == "agent" and "has left" in last.messages[-1]["content"]
    valid(last)


@pytest.mark.parametrize(
    ("text", "said", "leaves"),
    [
        ("Thanks! ###STOP###", "Thanks!", True),
        ("###TRANSFER###", "", True),
        ("I do not know.\n###OUT-OF-SCOPE###.", "I do not know.", True),
        ("I will not say ###STOP### before it is done.", "I will not say  before it is done.", False),
        ("Bye **###STOP###**", "Bye", True),
        ("Stop it, order #W1 ## is mine", "Stop it, order #W1 ## is mine", False),
        ("bye ###stop###", "bye", True),
    ],
)
def test_words_that_end_a_conversation_are_not_said_and_only_the_last_word_ends_it(text: str, said: str, leaves: bool) -> None:
    assert parting(text) == (said, leaves)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("How can I help you today?", "seems to play the agent"),
        ("It is order #W9999999.", "told '#W9999999'"),
        ("Bye. ###STOP###", "left before anybody answered"),
        ("I'm sorry, but I don't know what you're asking.", "answered before anybody had written"),
        ("I'm here to help with your reservation.", "seems to play the agent"),
        ("I'm sorry, but as a customer, I cannot assist with that.", "seems to play the agent"),
        ("...", "said nothing"),
    ],
)
def test_what_no_customer_would_write_is_not_sent_and_in_the_end_the_users_fault(text: str, why: str) -> None:
    """Never the agent's: it has not said a word."""
    endpoint = always(lambda _: completion({"role": "assistant", "content": text}, "stop"), "user")
    (events,) = on_lamps(Models(endpoint), 1).values()
    assert failure(events) == ("user", FAULT)
    assert isinstance(events[-1], Failed) and why in events[-1].detail
    assert not any(isinstance(event, Spoke) for event in events)
    first, *_, last = (ask.messages[-1]["content"] for ask in endpoint.asked)
    assert why in last and why not in first


def test_who_is_to_get_a_detail_wrong_may_say_what_they_do_not_know() -> None:
    """Not what only an agent says."""
    view = View(party="user", move=1, seen=(), random=Randomness(seed=0, scenario="s", trial=0, role="user"))
    known = Known(slot="order_id", value="#W2082637")
    exact = replace(stages.scenarios()[0], knows=(known,), manner=Manner())
    slips = replace(exact, manner=Manner(clauses=("misstates_self:order_id",)))
    for text, wrong in {
        "It is #W2082638.": [True, False],
        "It is #W2082637.": [False, False],
        "I can help you.": [True, True],
    }.items():
        assert [any(faults(each, view, text, leaves=False)) for each in (exact, slips)] == wrong


def test_a_users_fault_is_sampled_again() -> None:
    odd, known = completion({"role": "assistant", "content": "How can I help you today?"}, "stop"), parts(1)

    def answer(ask: Ask) -> bytes:
        return odd if (ask.role, ask.attempt) == ("user", 0) else body_of(due(known[ask.conversation][ask.role], ask.messages))

    (events,) = on_lamps(Models(Answering(answer)), 1).values()
    assert isinstance(events[-1], Closed)
    assert part_of(events) == next(iter(known.values()))


def test_the_user_model_sees_no_more_than_a_customer() -> None:
    """Neither the agent's calls, nor what they showed, nor the policy."""
    endpoint, asked = rehearsed()
    on_lamps(Models(endpoint))
    seen = [ask.messages for ask in asked if ask.role == "user"]
    assert seen and all("<brief>" in messages[0]["content"] for messages in seen)
    assert not any("get_lamp" in str(messages) or "firmware" in str(messages) for messages in seen)


def test_a_seed_is_another_one_for_every_reply_and_the_same_when_it_is_asked_for_again() -> None:
    scenario = stages.scenarios()[0]

    def seeds() -> list[int]:
        endpoint = always(lambda _: FAULTS["empty"](None), "user")
        user = ModelUser(stages.LIGHTS, scenario, endpoint, "s#0", {"seed": 11, "temperature": 0.5})
        agent = Models(endpoint).players(stages.LIGHTS, stages.world(), scenario)["agent"]
        run_virtual(converse, stages.begun(), stages.table(user, agent), nowhere)
        assert all(ask.sampling["temperature"] == 0.5 for ask in endpoint.asked)
        return [ask.sampling["seed"] for ask in endpoint.asked]

    assert len(set(seeds())) == 3 and seeds() == seeds()
