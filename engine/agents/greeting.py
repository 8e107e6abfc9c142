"""An agent whose first words are given, as a public benchmark begins its conversations; then it plays as it would."""

from engine.conversation.converse import Player
from engine.conversation.events import Move, Reply
from engine.conversation.views import View


def greeting_with(words: str, player: Player) -> Player:
    """The agent with these first words; as it is where there are none."""
    return _Greeting(words, player) if words else player


class _Greeting:
    """Says the words before anybody has spoken, without asking the agent; a model finds them among its own."""

    def __init__(self, words: str, player: Player) -> None:
        self._words = words
        self._player = player

    async def move(self, view: View) -> Move | Reply | None:
        return await self._player.move(view) if view.seen or view.move > 1 else Move(text=self._words)
