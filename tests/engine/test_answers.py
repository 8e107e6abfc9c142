"""What must have been heard: texts anywhere in a message, numbers as numbers."""

import msgspec
import pytest

from engine.checkers import answer
from engine.checkers.recording import Recording
from engine.conversation.events import Closed, Spoke
from engine.scenario import Expected
from tests.engine.stages import LIGHTS, opened, scenarios, world


@pytest.mark.parametrize(
    ("said", "wanted", "heard"),
    [
        ("It comes to $1,232.00 in all.", "1232", True),
        ("It is $1232.", "1232", True),
        ("That's $11,232.", "1232", False),
        ("The total is $140.00.", "40.00", False),
        ("You paid $40.00.", "40.00", True),
        ("Its status is “Delayed”.", "delayed", True),
    ],
)
def test_a_number_is_not_heard_in_the_middle_of_another(said: str, wanted: str, heard: bool) -> None:
    """Amounts stand between what is no digit; other texts may stand anywhere."""
    scenario = msgspec.structs.replace(scenarios(1)[0], answer=Expected(tell=(wanted,)))
    events = [
        opened(),
        Spoke(party="user", move=1, text="What is it?"),
        Spoke(party="agent", move=2, text=said),
        Spoke(party="user", move=3, text="Bye.", leaves=True),
        Closed(reason="user left"),
    ]
    found = answer.check(Recording(scenario, LIGHTS, world(), events))
    assert found.result == ("pass" if heard else "fail")
