"""Both ways to a tool answer alike, whatever is called with whatever; and no conversation sees another's state."""

import json
import logging
from collections.abc import Iterator, Sequence
from typing import Any

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import servers
from engine.conversation.converse import EnvironmentFailed, Tools
from engine.conversation.events import Called, Event, Returned
from engine.toolboxes.calls import DEEPEST, LONGEST, tool_call
from engine.toolboxes.direct import DirectToolbox
from engine.toolboxes.mcp import McpToolbox, mcp_toolbox
from engine.toolboxes.toolbox import Toolbox
from servers.arguments import schema
from servers.domain import Domain, Outcome, Party, Tool, ToolCall
from servers.state import World
from servers.worlds import open_world
from tests.domains.lights import DOMAIN as LIGHTS
from tests.servers.shelf import DOMAIN as SHELF

Tried = tuple[Party, str, str]

RETAIL = servers.load("retail")


@pytest.fixture(scope="module")
def worlds() -> dict[str, World]:
    return {domain.name: open_world(domain, "small:1" if domain is not SHELF else "tiny:1") for domain in (LIGHTS, RETAIL, SHELF)}


MALFORMED = (
    *("", "{}", "null", "[]", "7", '"a"', "{", "{} x", "\ufeff{}", "{'a': 1}", "not json", "[" * 3_000, '{"a":' * 3_000),
    *('{"§": NaN}', '{"§": Infinity}', '{"§": 1e999}', '{"§": -0.0}', '{"§": 9223372036854775807}'),
    *('{"§": ' + "9" * 30 + "}", '{"§": ' + "9" * 5_000 + "}", '{"§": 25}', '{"§": 25.0}', '{"§": null}', '{"§": true}'),
    *('{"§": "\\ud800"}', '{"§": "\ud800"}', '{"\\udc80": 1}', '{"\udc80x": 1}', '{"§": "\\u0000"}', '{"§": "ü 😀"}'),
    *('{"§": []}', '{"§": {"§": 1}}', '{"§": [[1], {"a": null}]}', '{"": 1}', '{"_meta": {"a": 1}}'),
    *('{"§": 1, "§": "two"}', '{"§": "x", "surplus": 1}'),
)
"""Arguments that should not be sent; § stands for the name of the tool's first argument."""


def malformed(tool: Tool) -> Iterator[str]:
    """Arguments that a model might send and should not have."""
    first = next(iter(schema(tool).get("properties", {})), "x")
    yield from (template.replace("§", first) for template in MALFORMED)
    yield from ((f'{{"{first}": ' + "[" * levels + "1" + "]" * levels + "}") for levels in (DEEPEST - 1, DEEPEST, 200, 2_000))
    yield from ((f'{{"{first}": "' + "x" * size + '"}') for size in (16_300, 16_500, 90_000, LONGEST, 300_000))


def fitting(domain: Domain, world: World, tool: Tool) -> Iterator[str]:
    """Arguments made of the world's own keys, so that some are answered and some refused."""
    tables = world.tables
    known: dict[str, Sequence[Any]] = {
        **{f"{table.removesuffix('s')}_id": list(rows)[:3] for table, rows in tables.items()},
        "mode": ["full", "gentle", "loud"],
        "expression": ["1 + 2", "1 /"],
        "summary": ["all is well"],
        "email": [next((record.email for record in tables.get("users", {}).values()), "")],  # type: ignore[attr-defined]
        "reason": ["no longer needed", "bored"],
    }
    for place in range(3):
        names = schema(tool).get("properties", {})
        yield json.dumps({name: known[name][min(place, len(known[name]) - 1)] for name in names if name in known})


def tried(domain: Domain, world: World) -> Iterator[Tried]:
    """Every tool as either party, and tools that there are not."""
    for tool in domain.tools:
        for arguments in (*fitting(domain, world, tool), *malformed(tool)):
            yield tool.owner, tool.name, arguments
        yield "agent" if tool.owner == "user" else "user", tool.name, next(fitting(domain, world, tool))
    for name in ("nothing", "", "büch", "\ud800", "x\udc80y", "a" * 300, "get_lamp\n", "tools/call", "NaN"):
        for arguments in ("{}", "[", '{"a": 1}'):
            yield "agent", name, arguments
            yield "user", name, arguments


async def both(domain: Domain, world: World, calls: Sequence[Tried]) -> list[tuple[Any, Any]]:
    """What each toolbox answers to the same calls in the same order."""
    async with mcp_toolbox() as mcp:
        tools = [toolbox.open("c", domain, world, ()) for toolbox in (DirectToolbox(), mcp)]
        return [(await answered(tools[0], call), await answered(tools[1], call)) for call in calls]


async def answered(tools: Tools, call: Tried) -> tuple[str, bool, bool] | str:
    try:
        outcome, ends = await tools.call(*call)
    except EnvironmentFailed as failure:
        return f"failed: {failure}"
    return outcome.text, outcome.error, ends


@pytest.mark.parametrize("domain", [LIGHTS, RETAIL], ids=["lights", "retail"])
async def test_both_toolboxes_answer_alike_whatever_is_called(domain: Domain, worlds: dict[str, World]) -> None:
    """Good, refused and malformed calls of every tool, in order on one state."""
    calls = list(tried(domain, worlds[domain.name]))
    answers = await both(domain, worlds[domain.name], calls)
    different = [
        (call[:2], call[2][:80], ours, theirs) for call, (ours, theirs) in zip(calls, answers, strict=True) if ours != theirs
    ]
    assert different == []
    fine = {call[1] for call, (ours, _) in zip(calls, answers, strict=True) if not isinstance(ours, str) and not ours[1]}
    assert len(fine) >= 3
    assert not any(isinstance(ours, str) for ours, _ in answers)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sent=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    ),
    name=st.sampled_from(("lamp_id", "mode")),
)
def test_any_json_is_answered_alike(worlds: dict[str, World], sent: object, name: str) -> None:
    call: Tried = ("agent", "reset_lamp", json.dumps({"lamp_id": "L1", "mode": "full", name: sent}))
    ((ours, theirs),) = anyio.run(both, LIGHTS, worlds[LIGHTS.name], [call])
    assert ours == theirs


async def test_the_tools_of_one_party_are_not_there_for_the_other(worlds: dict[str, World]) -> None:
    """Found by nobody else, by either way; their owners find them."""
    calls: list[Tried] = [
        ("agent", "look_at_lamp", '{"lamp_id": "L1"}'),
        ("user", "get_lamp", '{"lamp_id": "L1"}'),
        ("user", "reset_lamp", '{"lamp_id": "L1", "mode": "full"}'),
        ("user", "look_at_lamp", '{"lamp_id": "L1"}'),
        ("agent", "get_lamp", '{"lamp_id": "L1"}'),
    ]
    answers = await both(LIGHTS, worlds[LIGHTS.name], calls)
    for (_, name, _), answer in list(zip(calls, answers, strict=True))[:3]:
        assert answer == ((f"Error: Tool '{name}' not found.", True, False),) * 2
    assert [ours[1] for ours, _ in answers[3:]] == [False, False]
    assert json.loads(answers[4][1][0])["mode"] == "as delivered"


async def test_a_terminal_tool_ends_the_conversation_unless_it_refuses(worlds: dict[str, World]) -> None:
    calls: list[Tried] = [
        ("agent", "close", '{"x": 1}'),
        ("user", "close", "{}"),
        ("agent", "close", "{}"),
        ("agent", "tag", "{}"),
    ]
    answers = await both(SHELF, worlds["shelf"], calls)
    assert [(ours[2], theirs[2]) for ours, theirs in answers] == [(False, False), (False, False), (True, True), (False, False)]


async def test_a_crash_is_told_in_the_same_words_and_changes_nothing(
    worlds: dict[str, World], caplog: pytest.LogCaptureFixture
) -> None:
    """The events of a conversation do not tell which toolbox it had; the cause is in the log, by both."""
    calls: list[Tried] = [("agent", "break_shelf", "{}"), ("agent", "get_book", '{"book_id": "b1"}')]
    with caplog.at_level(logging.ERROR):
        crash, after = await both(SHELF, worlds["shelf"], calls)
    assert crash == ("failed: shelf.break_shelf crashed",) * 2
    assert after[0] == after[1]
    assert not after[0][1]
    assert sum("fell down" in record.getMessage() for record in caplog.records) == 2


async def test_two_hundred_conversations_share_a_client_and_see_nothing_of_each_other(worlds: dict[str, World]) -> None:
    """Their calls interleave; each reads back its own writes alone, with both parties' tools."""
    order: list[int] = []

    async def converse(toolbox: McpToolbox, number: int) -> None:
        tools = toolbox.open(f"c{number}", LIGHTS, worlds[LIGHTS.name], ())
        lamps = [f"L{number % 5 + 1 + step}" for step in range(3)]
        for lamp in lamps:
            outcome, _ = await tools.call("agent", "reset_lamp", json.dumps({"lamp_id": lamp, "mode": "gentle"}))
            order.append(number)
            seen, _ = await tools.call("user", "look_at_lamp", json.dumps({"lamp_id": lamp}))
            assert seen.text == "white" or outcome.error
        for other in (f"L{place}" for place in range(1, 9)):
            outcome, _ = await tools.call("agent", "get_lamp", json.dumps({"lamp_id": other}))
            assert (json.loads(outcome.text)["mode"] == "as delivered") or other in lamps
        toolbox.close(f"c{number}")

    async with mcp_toolbox() as toolbox:
        async with anyio.create_task_group() as tasks:
            for number in range(200):
                tasks.start_soon(converse, toolbox, number)
        assert len(toolbox._clients) == 2
        assert toolbox._states == {}
    assert order[:200] == list(range(200))


async def test_a_closed_conversation_is_forgotten_and_its_tools_answer_no_more(worlds: dict[str, World]) -> None:
    async with mcp_toolbox() as toolbox:
        tools = toolbox.open("c", LIGHTS, worlds[LIGHTS.name], ())
        await tools.call("agent", "get_lamp", '{"lamp_id": "L1"}')
        toolbox.close("c")
        toolbox.close("never opened")
        with pytest.raises(EnvironmentFailed, match="no conversation 'c' here"):
            await tools.call("agent", "get_lamp", '{"lamp_id": "L1"}')
        again = toolbox.open("c", LIGHTS, worlds[LIGHTS.name], ())
        outcome, _ = await again.call("agent", "get_lamp", '{"lamp_id": "L1"}')
        assert not outcome.error


@pytest.mark.parametrize("kind", ["direct", "mcp"])
async def test_opened_with_a_past_the_state_is_what_its_answered_calls_have_made(kind: str, worlds: dict[str, World]) -> None:
    """Refused and malformed ones among them; the call that was still open has not been made."""
    sent = [("L4", "full"), ("L5", "loud"), ("L6", "gentle")]
    past: list[Event] = []
    for number, (lamp, mode) in enumerate(sent, 1):
        arguments = json.dumps({"lamp_id": lamp, "mode": mode})
        past.append(Called(party="agent", move=number, call=number, name="reset_lamp", arguments=arguments))
        past.append(Returned(party="agent", move=number, call=number, text="whatever was answered"))
    past.append(Called(party="agent", move=4, call=4, name="reset_lamp", arguments="{"))
    past.append(Returned(party="agent", move=4, call=4, text="Error", error=True))

    async def modes(toolbox: Toolbox, events: Sequence[Event]) -> list[str]:
        tools = toolbox.open("c", LIGHTS, worlds[LIGHTS.name], events)
        answers = [await tools.call("agent", "get_lamp", json.dumps({"lamp_id": lamp})) for lamp, _ in sent]
        return [json.loads(outcome.text)["mode"] for outcome, _ in answers]

    async def check(toolbox: Toolbox) -> None:
        recalled = [
            json.loads(outcome.text)["recalled"] for outcome in await looks(toolbox.open("c", LIGHTS, worlds[LIGHTS.name], ()))
        ]
        whole = [mode if not gone and mode != "loud" else "as delivered" for (_, mode), gone in zip(sent, recalled, strict=True)]
        assert await modes(toolbox, past) == whole
        assert await modes(toolbox, past[:5]) == [*whole[:2], "as delivered"]

    async def looks(tools: Tools) -> list[Outcome]:
        return [(await tools.call("agent", "get_lamp", json.dumps({"lamp_id": lamp})))[0] for lamp, _ in sent]

    if kind == "direct":
        await check(DirectToolbox())
    else:
        async with mcp_toolbox() as toolbox:
            await check(toolbox)


def test_what_is_malformed_is_refused_in_words_and_what_is_not_is_decoded_once() -> None:
    assert tool_call("agent", "t", "") == ToolCall(name="t", arguments={})
    assert tool_call("user", "t", '{"a": [1.5]}') == ToolCall(name="t", arguments={"a": [1.5]}, requestor="user")
    for arguments, why in [
        ("[]", "are not a JSON object"),
        ("{" * 5_000, "are not a JSON object"),
        ('{"a": NaN}', "are not a JSON object"),
        ('{"a": "\\ud800"}', "are not a JSON object"),
        ('{"a": ' + "[" * DEEPEST + "]" * DEEPEST + "}", "are nested too deeply"),
        ('{"a": ' + "[" * 5_000 + "]" * 5_000 + "}", "are nested too deeply"),
        ("x" * (LONGEST + 1), f"are too long: {LONGEST + 1} characters, at most {LONGEST} are accepted"),
    ]:
        assert tool_call("agent", "t", arguments) == Outcome(text=f"Error: The arguments of t {why}.", error=True)
    refusal = tool_call("agent", "\udc80", "[")
    assert isinstance(refusal, Outcome)
    assert refusal.text == "Error: The arguments of \\udc80 are not a JSON object."
