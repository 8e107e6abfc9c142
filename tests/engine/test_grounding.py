"""Where each argument of a call came from, by the time of the call."""

from datetime import date
from functools import cache
from typing import Any

import pytest

import servers
from engine.checkers import grounding
from engine.checkers.finding import Finding
from engine.reading.dates import beside
from servers.state import World
from servers.worlds import open_world
from tests.engine.recorded import Talk
from tests.engine.stages import LIGHTS
from tests.engine.stages import world as lamps

USER, RESERVATION = "rosamond_lee_6415", "OCO7XM"
DIRECT = {"origin": "MHT", "destination": "DFW"}


@cache
def _world(name: str) -> World:
    return open_world(servers.load(name), "small:7")


def _airline(*said: str) -> Talk:
    talk = Talk(servers.load("airline"), _world("airline"))
    for text in said:
        talk.user(text)
    return talk


def _retail(*said: str) -> Talk:
    talk = Talk(servers.load("retail"), _world("retail"))
    for text in said:
        talk.user(text)
    return talk


def _found(talk: Talk) -> Finding:
    return grounding.check(talk.recording())


def test_an_id_that_was_said_and_one_that_was_shown_are_grounded() -> None:
    """The profile that the customer's id opens shows the reservation."""
    talk = _airline(f"I'm {USER}.").calls("get_user_details", user_id=USER)
    assert _found(talk.calls("get_reservation_details", reservation_id=RESERVATION)).result == "pass"


def test_an_invented_id_fails_with_its_call_path_and_value() -> None:
    """Also when the tool refused it, and its refusal, which says the id again, does not make it known."""
    talk = _airline("Hi, my trip please.").calls("get_reservation_details", reservation_id="ZZZ999")
    found = _found(talk.calls("get_reservation_details", reservation_id="ZZZ999"))
    assert (found.result, found.blame, found.events) == ("fail", "agent", (2, 4))
    assert "get_reservation_details reservation_id 'ZZZ999'" in found.detail and "1 more" in found.detail


def test_what_is_shown_after_a_call_does_not_ground_it() -> None:
    """A right guess is a guess; the same id later is known."""
    talk = _airline("Hi.").calls("get_reservation_details", reservation_id=RESERVATION)
    found = _found(talk.calls("get_user_details", user_id=USER).calls("cancel_reservation", reservation_id=RESERVATION))
    assert found.result == "fail" and found.events == (2,)


def test_a_part_of_a_longer_id_is_another_id() -> None:
    """Whole words only."""
    for said in ("XOCO7XM", "OCO7XM1"):
        assert _found(_airline(said).calls("get_reservation_details", reservation_id=RESERVATION)).result == "fail"


@pytest.mark.parametrize("said", ["order #w8289158", "order W 828 9158", "it's w-8289158", "8289158"])
def test_an_id_in_another_spelling_is_unsure(said: str) -> None:
    """In another case, with blanks or dashes; a number without its letter is none of them."""
    found = _found(_retail(said).calls("get_order_details", order_id="#W8289158"))
    assert found.result == ("fail" if said.isdigit() else "unsure")


def test_what_a_customers_own_tool_shows_counts_once_it_is_said() -> None:
    """The agent does not see it."""
    shown = Talk(LIGHTS, lamps()).user("My lamp blinks.").calls("look_at_lamp", party="user", answer="L1: red", lamp_id="L1")
    assert _found(shown.calls("get_lamp", lamp_id="L1")).result == "fail"
    said = Talk(LIGHTS, lamps()).user("My lamp L1 blinks.").calls("get_lamp", lamp_id="L1")
    assert _found(said).result == "pass"


def test_a_conversation_without_calls_is_not_judged() -> None:
    """Nothing had to come from anywhere."""
    assert _found(_airline("Hi.").agent("Hello.")).result == "not judged"


def _renamed(first: str = "Rosamond", dob: str = "1992-02-27") -> dict[str, Any]:
    return {"reservation_id": RESERVATION, "passengers": [{"first_name": first, "last_name": "Lee", "dob": dob}]}


@pytest.mark.parametrize(
    ("said", "arguments", "result"),
    [
        ("Please make it ZOË Lee.", _renamed("Zoe"), "pass"),
        ("Please make it Zoe Lee.", _renamed("Zoë"), "pass"),
        ("Please make it Zoe Lee.", _renamed("Chloe"), "fail"),
        ("She was born on May 5, 1990.", _renamed(dob="1990-05-05"), "pass"),
        ("She was born on 05/05/1990.", _renamed(dob="1990-05-05"), "pass"),
        ("She was born on May 5, 1990.", _renamed(dob="1991-05-05"), "fail"),
        ("She is ten.", _renamed(dob="2015-05-05"), "fail"),
    ],
)
def test_names_and_dates_of_a_write_are_said_in_some_way(said: str, arguments: dict[str, Any], result: str) -> None:
    """Case and accents do not count, and dates are written in many ways."""
    talk = _airline(f"I'm {USER}.", said).calls("get_user_details", user_id=USER)
    assert _found(talk.calls("update_reservation_passengers", **arguments)).result == result


@pytest.mark.parametrize(
    ("said", "day", "grounded"),
    [
        ("tomorrow", "2025-06-13", True),
        ("the day after tomorrow", "2025-06-14", True),
        ("next Friday", "2025-06-20", True),
        ("on Friday", "2025-06-13", True),
        ("on the 25th", "2025-06-25", True),
        ("June 22 or 23", "2025-06-23", True),
        ("between June 20 and 24", "2025-06-21", False),
        ("June 20 to 24", "2025-06-21", True),
        ("the 22nd of June", "2025-06-22", True),
        ("06/22/2025", "2025-06-22", True),
        ("6/22", "2025-06-22", True),
        ("2025-06-22", "2025-06-22", True),
        ("June 22", "2025-06-21", False),
        ("June 22, 2024", "2025-06-22", False),
        ("$22.50 for bag 6", "2025-06-22", False),
    ],
)
def test_relative_dates_are_resolved_against_the_worlds_now(said: str, day: str, grounded: bool) -> None:
    """It is June 12, 2025, a Thursday. What a read looks for is never worse than unsure."""
    talk = _airline(f"MHT to DFW, {said}.").calls("search_direct_flight", **DIRECT, date=day)
    assert _found(talk).result == ("pass" if grounded else "unsure")


@pytest.mark.parametrize(
    ("said", "origin", "grounded"),
    [
        ("New York", "EWR", True),
        ("NYC", "LGA", True),
        ("la guardia", "LGA", True),
        ("new york", "JFK", True),
        ("Boston", "JFK", False),
    ],
)
def test_a_place_has_several_names(said: str, origin: str, grounded: bool) -> None:
    """An area stands for each of its airports."""
    talk = _airline(f"From {said} to DFW on June 22.").calls(
        "search_direct_flight", origin=origin, destination="DFW", date="2025-06-22"
    )
    assert _found(talk).result == ("pass" if grounded else "unsure")


@pytest.mark.parametrize(
    ("said", "result"),
    [
        ("12 Elm St., Apartment 4, Austin, Texas 78701", "pass"),
        ("12 Elm Street, Apt 4, Austin, TX, zip code 78701", "pass"),
        ("12 Elm Street, Apt 4, Austin, 78701", "unsure"),
        ("12 Oak Street, Apt 4, Austin, TX, 78701", "unsure"),
        ("the one in Austin, TX, please", "fail"),
    ],
)
def test_an_address_may_be_written_in_short(said: str, result: str) -> None:
    """A code of two letters follows from the rest; a street out of nowhere does not."""
    talk = _retail(f"My id is hung_estrada_7101. {said}").calls("get_user_details", user_id="hung_estrada_7101")
    address = {
        "address1": "12 Elm Street",
        "address2": "Apt 4",
        "city": "Austin",
        "state": "TX",
        "country": "USA",
        "zip": "78701",
    }
    if "Oak" in said:
        talk.agent("Is it 12 Elm Street?").user("Yes.")
    assert _found(talk.calls("modify_user_address", user_id="hung_estrada_7101", **address)).result == result


def test_malformed_and_unknown_calls_have_no_arguments_to_look_at() -> None:
    """What has the wrong shape is refused by the tool, and nothing is said about it here."""
    talk = _airline("Hi.").calls("no_such_tool", x="Q1W2E3").calls("book_reservation", flights="all", passengers=[3])
    assert _found(talk).result == "pass"


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("the day after my flight", [date(2024, 5, 23)]),
        ("one day later, please", [date(2024, 5, 23)]),
        ("the day before", [date(2024, 5, 25)]),
        ("the next day or the day before", [date(2024, 5, 23), date(2024, 5, 25)]),
        ("back by one day", []),
    ],
)
def test_a_day_may_be_told_from_the_one_beside_it(said: str, days: list[date]) -> None:
    """`beside` names the days that would have to be known for it."""
    assert list(beside(said, date(2024, 5, 24))) == days
