"""The instructed user: says its instruction in one message, waits for the answer, leaves. For tasks without requests as data."""

from engine.conversation.events import Move, Spoke
from engine.conversation.views import View
from engine.scenario import Scenario


class InstructedUser:
    """Plays the customer of a scenario by its instruction alone."""

    def __init__(self, scenario: Scenario) -> None:
        self._instruction = scenario.instruction or "Hello."

    async def move(self, view: View) -> Move | None:
        """The instruction first, then goodbye."""
        if any(isinstance(event, Spoke) and event.party == view.party for event in view.seen):
            return Move(text="Thank you, goodbye.", leaves=True)
        return Move(text=self._instruction)
