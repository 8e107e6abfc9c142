"""What an agent still knows from its tools: reads, what a write's own answer shows, and what a write has made out of date."""

import dataclasses
import json
from typing import Any

import msgspec
import pytest

from engine.agents.results import Results
from engine.conversation.events import Called, Returned
from engine.conversation.views import Seen
from servers.domain import Domain, Key
from servers.recipe import Unread
from tests.domains.lights.records import Lamp
from tests.domains.lights.tools import TOOLS
from tests.engine.stages import LIGHTS

LAMP = Key(table="lamps", argument="lamp_id")
GET = next(tool for tool in TOOLS if tool.name == "get_lamp")
RESET = next(tool for tool in TOOLS if tool.name == "reset_lamp")


def edition(**others: dict[str, Any]) -> Domain:
    """The lamps' domain with more tools: each `get_lamp` or `reset_lamp`, said otherwise."""
    made = tuple(
        msgspec.structs.replace(RESET if how.get("kind") == "write" else GET, name=name, **how) for name, how in others.items()
    )
    return dataclasses.replace(LIGHTS, tools=(*TOOLS, *made))


def lamp(lamp_id: str = "L1", **fields: Any) -> str:
    return json.dumps({"lamp_id": lamp_id, "room": "hall", "firmware": 1, "recalled": False, "mode": "as delivered", **fields})


def results(*calls: tuple[str, str, str, bool], domain: Domain = LIGHTS) -> Results:
    """After these calls: tool, arguments, answer, was it an error."""
    seen: list[Seen] = []
    for number, (name, arguments, answer, error) in enumerate(calls, 1):
        seen.append(Called(party="agent", move=number, call=number, name=name, arguments=arguments))
        seen.append(Returned(party="agent", move=number, call=number, text=answer, error=error))
    return Results(domain, seen, {})


L1, L2 = '{"lamp_id": "L1"}', '{"lamp_id":"L2"}'
RESET_L1 = ("reset_lamp", '{"lamp_id": "L1", "mode": "full"}', lamp(mode="full"), False)


def test_a_read_is_answered_typed_and_another_is_unread() -> None:
    known = results(("get_lamp", L1, lamp(firmware=4), False))
    assert known.read("get_lamp", {"lamp_id": "L1"}) == Lamp(lamp_id="L1", room="hall", firmware=4)
    assert known.has("get_lamp", {"lamp_id": "L1"})
    assert not known.has("get_lamp", {"lamp_id": "L2"})
    with pytest.raises(Unread) as unread:
        known.read("get_lamp", {"lamp_id": "L2"})
    assert (unread.value.tool, unread.value.arguments) == ("get_lamp", {"lamp_id": "L2"})


def test_a_read_that_was_refused_was_made_and_shows_nothing() -> None:
    known = results(("get_lamp", L1, "Error: Lamp not found", True))
    assert known.has("get_lamp", {"lamp_id": "L1"})
    assert known.read("get_lamp", {"lamp_id": "L1"}) is None


def test_the_answer_of_a_write_is_as_good_as_a_read_and_newer() -> None:
    known = results(("get_lamp", L1, lamp(), False), RESET_L1)
    assert known.read("get_lamp", {"lamp_id": "L1"}).mode == "full"
    assert results(RESET_L1).read("get_lamp", {"lamp_id": "L1"}).mode == "full"


def test_a_write_that_was_refused_changes_nothing_that_is_known() -> None:
    refused = ("reset_lamp", '{"lamp_id": "L1", "mode": "full"}', "Error: A recalled lamp cannot be reset", True)
    known = results(("get_lamp", L1, lamp(firmware=4), False), refused)
    assert known.read("get_lamp", {"lamp_id": "L1"}).firmware == 4


def test_a_write_makes_out_of_date_what_it_changes_and_nothing_else() -> None:
    domain = edition(wipe={"kind": "write", "shows": None, "returns": str})
    wiped = ("wipe", '{"lamp_id": "L1", "mode": "full"}', "wiped", False)
    known = results(("get_lamp", L1, lamp(), False), ("get_lamp", L2, lamp("L2"), False), wiped, domain=domain)
    assert not known.has("get_lamp", {"lamp_id": "L1"})
    assert known.read("get_lamp", {"lamp_id": "L2"}).lamp_id == "L2"


def test_a_write_to_any_record_makes_the_whole_table_out_of_date() -> None:
    domain = edition(wipe_all={"kind": "write", "shows": None, "returns": str, "changes": (Key(table="lamps"),)})
    wiped = ("wipe_all", '{"lamp_id": "L9", "mode": "full"}', "wiped", False)
    known = results(("get_lamp", L1, lamp(), False), wiped, domain=domain)
    assert not known.has("get_lamp", {"lamp_id": "L1"})


def test_a_look_at_a_table_at_large_is_out_of_date_after_a_write_to_any_of_its_records() -> None:
    domain = edition(list_lamps={"shows": Key(table="lamps"), "returns": str}, weather={"shows": None, "returns": str})
    reads = (("list_lamps", L2, "L1, L2", False), ("weather", L2, "rain", False))
    before, after = results(*reads, domain=domain), results(*reads, RESET_L1, domain=domain)
    assert before.read("list_lamps", {"lamp_id": "L2"}) == "L1, L2"
    assert not after.has("list_lamps", {"lamp_id": "L2"})
    assert after.read("weather", {"lamp_id": "L2"}) == "rain"


def test_two_tools_that_show_one_record_in_two_ways_do_not_answer_for_each_other() -> None:
    """One that shows it in the same way does."""
    domain = edition(describe_lamp={"returns": str}, find_lamp={})
    known = results(("describe_lamp", L1, "a lamp in the hall", False), domain=domain)
    assert known.read("describe_lamp", {"lamp_id": "L1"}) == "a lamp in the hall"
    assert not known.has("get_lamp", {"lamp_id": "L1"})
    assert results(("find_lamp", L1, lamp(), False), domain=domain).has("get_lamp", {"lamp_id": "L1"})


@pytest.mark.parametrize("arguments", ["", "[", "[]", '{"a": "\\ud800"}', '{"a":' * 3_000])
def test_a_call_that_was_malformed_is_no_hindrance(arguments: str) -> None:
    """Some other agent may have made it before; what else was shown is still known."""
    refusal = "Error: no JSON"
    known = results(
        ("get_lamp", L1, lamp(), False), ("get_lamp", arguments, refusal, True), ("nothing", arguments, refusal, True)
    )
    assert known.has("get_lamp", {"lamp_id": "L1"})


def test_arguments_are_the_same_in_any_order_and_spacing() -> None:
    domain = edition(compare={"shows": None, "returns": str})
    known = results(("compare", '{"b": 1,  "a": "x"}', "same", False), domain=domain)
    assert known.read("compare", {"a": "x", "b": 1}) == "same"
    assert not known.has("compare", {"a": "x", "b": 2})
