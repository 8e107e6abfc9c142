"""Conversations made elsewhere: read from chat messages, replayed, judged."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from engine.checkers import judge, names
from engine.checkers.gates import STRICT, Gates
from engine.checkers.gold import order_that_matters
from engine.checkers.recording import Recording
from engine.checkers.verdict import Verdict
from engine.conversation.events import Called, Returned, Spoke
from engine.outside import BadConversation, events, read
from engine.scenario import Expected, Gold, GoldWrite, Refused, Scenario, WorldRef
from engine.worlds import Worlds
from servers import load
from servers.worlds import open_world
from tests.engine.writ import PRICE, scenario, writ, written

PRICED = scenario("price", PRICE)
TOLD = scenario("title", tell=("Title 3",))
KNOWN = {each.id: each for each in (PRICED, TOLD)}


def _calls(*arguments: Any, name: str = "set_price") -> dict[str, Any]:
    made = [{"id": f"c{place}", "function": {"name": name, "arguments": each}} for place, each in enumerate(arguments)]
    return {"role": "assistant", "content": None, "tool_calls": made}


def _answered(text: str, call: str | None = None) -> dict[str, Any]:
    return {"role": "tool", "content": text} | ({"tool_call_id": call} if call else {})


ASKS = {"role": "user", "content": "Make it 12.50."}
PRICES: Mapping[str, Any] = {"book_id": "b1", "price": 12.5}


def _line(tmp_path: Path, messages: Any, **fields: Any) -> Path:
    path = tmp_path / "made.jsonl"
    path.write_text(json.dumps({"scenario": "price", "messages": messages} | fields) + "\n")
    return path


def _judged(path: Path, known: Mapping[str, Scenario] = KNOWN, gates: Gates = STRICT) -> list[Verdict]:
    worlds, verdicts = Worlds(), []
    for conversation in read(path, known):
        domain, world = worlds.of(conversation.scenario)
        verdicts.append(judge(Recording(conversation.scenario, domain, world, events(conversation, domain, world)), gates))
    return verdicts


@pytest.mark.parametrize("arguments", [dict(PRICES), json.dumps(PRICES), '{"price": 12.50, "book_id": "b1"}'])
def test_arguments_may_be_text_or_an_object_and_results_may_be_missing(tmp_path: Path, arguments: Any) -> None:
    """The call is made on the scenario's world in any case, and its end compared with gold's."""
    (verdict,) = _judged(_line(tmp_path, [{"role": "system", "content": "Be kind."}, ASKS, _calls(arguments)]))
    assert (verdict.standing, verdict.writes, verdict.calls) == ("accepted", 1, 1)


@pytest.mark.parametrize(
    "fields", [{"scenario": "price"}, {"scenario": None, "scenario_id": "price"}, {"scenario": 3, "id": "price#4"}]
)
def test_a_scenario_is_named_in_one_of_several_ways(tmp_path: Path, fields: dict[str, Any]) -> None:
    """The first name that is known counts; a trial may stand behind '#'."""
    (conversation,) = read(_line(tmp_path, [ASKS], **fields), KNOWN)
    assert (conversation.scenario, conversation.trial) == (PRICED, 4 if "id" in fields else 0)


def test_a_trial_and_a_task_id_are_understood(tmp_path: Path) -> None:
    """As in recordings of the public benchmark: `traj`, `task_id`, `trial`."""
    row = {"task_id": 7, "trial": 2, "traj": [ASKS]}
    (tmp_path / "made.jsonl").write_text(json.dumps(row))
    (conversation,) = read(tmp_path / "made.jsonl", {"7": PRICED})
    assert (conversation.trial, list(conversation.messages)) == (2, [ASKS])


def test_answers_are_matched_by_id_and_otherwise_in_order(tmp_path: Path) -> None:
    """Two calls in one message, answered the other way round; a third answer without an id goes to the call that is left."""
    look = _calls({"author": "A"}, {"author": "B"}, {"author": "C"}, name="books_by")
    path = _line(tmp_path, [ASKS, look, _answered("of C", "c2"), _answered("of A"), _answered("of B", "c1")])
    (conversation,) = read(path, KNOWN)
    found = [event.text for event in events(conversation, *Worlds().of(PRICED)) if isinstance(event, Returned)]
    assert found == ["of A", "of B", "of C"]


def test_any_order_of_speaking_is_taken(tmp_path: Path) -> None:
    """The assistant greets, speaks twice in a row, and says something beside its call, which is heard after the answer."""
    beside = _calls(dict(PRICES)) | {"content": [{"type": "text", "text": "One moment."}]}
    greeting = [{"role": "assistant", "content": "Hi!"}, {"role": "assistant", "content": "How can I help?"}]
    (conversation,) = read(_line(tmp_path, [*greeting, ASKS, beside]), KNOWN)
    made = events(conversation, *Worlds().of(PRICED))
    kinds = [type(event).__name__ for event in made]
    assert kinds == ["Opened", "Spoke", "Spoke", "Spoke", "Called", "Returned", "Spoke", "Closed"]
    assert made[-2] == Spoke(party="agent", move=4, text="One moment.")
    assert [event.move for event in made if isinstance(event, Called)] == [4]


def test_a_recorded_answer_that_does_not_replay_is_found_and_shown(tmp_path: Path) -> None:
    """Such a conversation is neither right nor wrong; the finding says where recording and replay part."""
    (verdict,) = _judged(_line(tmp_path, [ASKS, _calls(dict(PRICES)), _answered("Done, 13.5", "c0")]))
    assert (verdict.standing, verdict.reason, verdict.blame) == ("failed", "a tool's answer does not replay", "environment")
    (found,) = [finding for finding in verdict.findings if finding.check == "replay"]
    assert found.events == (2,) and 'recorded \'Done, 13.5\', the replay answers \'{"title": "Title 1"' in found.detail


def test_a_wrong_write_is_rejected_with_the_difference_and_its_event(tmp_path: Path) -> None:
    """The diff names table, key and field, what gold makes of it, what was found, and the call that did it."""
    (verdict,) = _judged(_line(tmp_path, [ASKS, _calls({"book_id": "b1", "price": 3})]))
    assert (verdict.standing, verdict.reason, verdict.blame) == ("rejected", "state", "agent")
    (cause,) = next(finding for finding in verdict.findings if finding.check == "state").causes
    assert (cause.table, cause.key, cause.field) == ("books", "b1", "price")
    assert (cause.expected, cause.found, cause.event) == (12.5, 3.0, 2)


def test_gold_follows_the_agents_order_only_where_it_is_not_refused(tmp_path: Path) -> None:
    """Two writes in the other order: their end differs, and it is the agent's fault, never 'gold does not replay'."""
    domain = load("retail")
    world = open_world(domain, "small:7")
    order = next(order for order in world.tables["orders"].values() if order.status == "pending")
    address = dict.fromkeys(("address1", "address2", "city", "state", "country", "zip"), "1 Elm Street")
    writes = [
        GoldWrite(name="modify_pending_order_address", arguments={"order_id": order.order_id, **address}),
        GoldWrite(name="cancel_pending_order", arguments={"order_id": order.order_id, "reason": "no longer needed"}),
    ]
    task = scenario(
        "both", gold=Gold(writes=tuple(writes)), world=WorldRef(source="small:7", digest=world.digest), gates=("state",)
    )
    backwards = [_calls(dict(write.arguments), name=write.name) for write in reversed(writes)]
    known = {"both": replace(task, domain="retail")}
    (verdict,) = _judged(_line(tmp_path, [ASKS, *backwards], scenario="both"), known)
    assert (verdict.standing, verdict.reason, verdict.blame) == ("rejected", "state", "agent")
    assert order_that_matters(domain, world, writes) == ((0, 1),)
    assert [each.standing for each in _judged(_line(tmp_path, [ASKS, *backwards[::-1]], scenario="both"), known)] == ["accepted"]


def test_arguments_that_are_no_json_are_a_refused_call(tmp_path: Path) -> None:
    """The model's mistake is part of the conversation: what the engine's own tools answer to it."""
    (verdict,) = _judged(_line(tmp_path, [ASKS, _calls('{"book_id": '), _calls(dict(PRICES))]))
    assert (verdict.standing, verdict.calls, verdict.writes) == ("accepted", 2, 1)


def test_what_had_to_be_told_must_stand_in_a_message_of_the_agent(tmp_path: Path) -> None:
    """Case and commas aside; the customer's own words do not count."""
    said = [ASKS | {"content": "Is it Title 3?"}, {"role": "assistant", "content": "It is TITLE 3."}]
    assert [verdict.standing for verdict in _judged(_line(tmp_path, said, scenario="title"))] == ["accepted"]
    (silent,) = _judged(_line(tmp_path, said[:1], scenario="title"))
    assert (silent.standing, silent.reason) == ("rejected", "answer")


def test_a_refusal_whose_reason_is_not_clear_is_unsure_and_rejects_only_where_that_is_wanted(tmp_path: Path) -> None:
    """Something was refused, but not for certain what had to be: by default nobody is rejected for it; silence is no refusal."""
    refused = {"price": scenario("price", answer=Expected(refuse=(Refused(request=0, rule="too_dear"),)))}
    sure = Gates(unsure=frozenset({"answer"}))
    for text, gates, became in (
        ("I'm afraid I cannot do that.", STRICT, ("accepted", "")),
        ("I'm afraid I cannot do that.", sure, ("rejected", "answer")),
        ("Sure!", STRICT, ("rejected", "answer")),
    ):
        (verdict,) = _judged(_line(tmp_path, [ASKS, {"role": "assistant", "content": text}]), refused, gates)
        assert (verdict.standing, verdict.reason) == became


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "not a line of JSON"),
        ("[]", "has no 'messages'"),
        ('{"scenario": "price", "messages": "hello"}', "has no 'messages'"),
        ('{"messages": []}', "has no 'messages'"),
        ('{"messages": [{"role": "user", "content": "x"}]}', "does not name its scenario"),
        ('{"scenario": "nothing", "messages": [{"role": "user", "content": "x"}]}', "no scenario 'nothing' among those given"),
        ('{"scenario": "price", "messages": [{"role": "robot"}]}', "message 1 has the unknown role 'robot'"),
        ('{"scenario": "price", "messages": [{"role": "tool", "content": "x"}]}', "message 1 has an answer without a call"),
        ('{"scenario": "price", "messages": [{"role": "user", "content": 3}]}', "the content of a message must be text"),
        ('{"scenario": "price", "messages": [{"role": "assistant", "tool_calls": [{"id": "c"}]}]}', "a call without the name"),
        ('{"scenario": "price", "messages": [{"role": "assistant", "tool_calls": "c"}]}', "must be a list of calls"),
        (
            '{"scenario": "price", "messages": [{"role": "assistant", "content": "x"}, {"role": "tool", "content": "x"}]}',
            "more answers than calls (1 to 0)",
        ),
    ],
)
def test_a_line_that_is_no_conversation_is_named(tmp_path: Path, line: str, said: str) -> None:
    """By file and line, in one line."""
    path = tmp_path / "made.jsonl"
    path.write_text(json.dumps({"scenario": "price", "messages": [ASKS]}) + "\n\n" + line + "\n")
    with pytest.raises(BadConversation) as raised:
        _judged(path)
    assert str(raised.value).startswith(f"{path}:3: ") and said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_our_own_rows_are_judged_as_they_were(tmp_path: Path) -> None:
    """A run's rows, judged as if somebody else had made them, come to the same."""
    pack = written(tmp_path / "pack.jsonl", [PRICED, TOLD, scenario("again", PRICE)])
    assert writ("run", pack, "--agent", "gold", "--tools", "direct", "--trials", 2, "--out", "out", cwd=tmp_path).returncode == 0
    told = writ("judge", "out/accepted.jsonl", "--scenarios", pack, "--json", cwd=tmp_path)
    totals = json.loads(told.stdout)["totals"]
    assert told.returncode == 0 and {*totals["checks"]} == {*names()}
    assert (totals["conversations"], totals["accepted"], totals["reasons"], totals["causes"]) == (6, 6, {}, [])
    assert (totals["checks"]["answer"], totals["checks"]["state"]) == ({"not judged": 4, "pass": 2}, {"pass": 6})
    lines = writ("judge", "out/accepted.jsonl", "--scenarios", pack, cwd=tmp_path).stdout.splitlines()
    assert lines[0] == "price#0: accepted"
    assert lines[-1].startswith("6 conversations, 6 accepted; answer: 4 not judged, 2 pass; claims: ")


def test_the_exit_status_says_whether_all_could_be_judged(tmp_path: Path) -> None:
    """0: all, whatever became of them; 1: some could not; 2: bad input."""
    pack = written(tmp_path / "pack.jsonl", [PRICED])
    rejected = _line(tmp_path, [ASKS]).rename(tmp_path / "rejected.jsonl")
    strange = _line(tmp_path, [ASKS, _calls(dict(PRICES)), _answered("Done", "c0")]).rename(tmp_path / "strange.jsonl")
    broken = _line(tmp_path, [ASKS, _calls({}, name="break_shelf")]).rename(tmp_path / "broken.jsonl")
    unknown = _line(tmp_path, [ASKS], scenario="nothing").rename(tmp_path / "unknown.jsonl")
    for path, status in ((rejected, 0), (strange, 1), (broken, 1), (unknown, 2), (tmp_path / "no.jsonl", 2)):
        told = writ("judge", path, "--scenarios", pack, cwd=tmp_path)
        assert told.returncode == status, told
        assert "Traceback" not in told.stderr
