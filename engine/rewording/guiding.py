"""A model that only words what a deterministic party has decided. What comes out has the party's meaning and calls, and the
model's text as long as that says the same; otherwise the party's own text stays.

Above: guided agents and users. Below: the party, and the endpoint. A pure function of the view, as every model's party.
"""

from collections.abc import Iterator, Sequence

import msgspec

from engine.conversation.converse import Player
from engine.conversation.events import Act, Move, Reply, Spoke
from engine.conversation.views import View
from engine.models.asking import Asking
from engine.models.messages import Row
from engine.models.wire import Said, read
from engine.rewording.faults import Draft, faults, kept
from engine.speech.phrasebook import Phrasebook
from servers.domain import Domain

TAIL = 6
"""Messages of the conversation that the model sees before the one that it words."""

_AS_IT_IS = frozenset(("transfer",))
"""Acts whose words the policy sets."""

_QUOTES = "\"'“”‘’ \n"


class Guided:
    """A party whose texts a model words. `system` is the model's prompt."""

    def __init__(self, player: Player, domain: Domain, book: Phrasebook, asking: Asking, system: str) -> None:
        self._player = player
        self._domain = domain
        self._book = book
        self._asking = asking
        self._system = system

    async def move(self, view: View) -> Move | Reply | None:
        """The party's move, worded by the model; or the model's reply on the way to it. Raises PartyFailed."""
        made = await self._player.move(msgspec.structs.replace(view, replies=(), attempt=0))
        if not isinstance(made, Move) or not made.text or any(act.kind in _AS_IT_IS for act in made.meaning):
            return made
        draft = Draft(party=view.party, text=made.text, meaning=made.meaning, answers=_heard(view))
        told: list[str] = []
        for reply in view.replies:
            text, wrong = self._worded(draft, reply.raw)
            if not wrong:
                return msgspec.structs.replace(made, text=text)
            told.append(f'"{text}" cannot be sent: it {"; it ".join(wrong)}.' if text else "Your reply was empty.")
        if len(view.replies) >= self._asking.attempts:
            return made
        content = "\n\n".join([*_described(view, draft, kept(draft, self._book)), *told])
        rows: tuple[Row, ...] = ({"role": "system", "content": self._system}, {"role": "user", "content": content})
        return await self._asking.reply_to(rows, view)

    def _worded(self, draft: Draft, raw: str) -> tuple[str, list[str]]:
        """The new text, and what is wrong with it."""
        said = read(raw)
        if not isinstance(said, Said) or said.calls:
            return "", ["is empty"]
        text = said.text
        if draft.text[:1] not in _QUOTES:
            text = text.strip(_QUOTES) if text[:1] in _QUOTES else text
        return text, list(faults(draft, text, self._domain, self._book))


def _heard(view: View) -> str:
    """What the other said last, when nothing was said since."""
    last = next((event for event in reversed(view.seen) if isinstance(event, Spoke)), None)
    return last.text if last is not None and last.party != view.party else ""


def _described(view: View, draft: Draft, keep: Sequence[str]) -> Iterator[str]:
    """The task: what was said, what is to be said, and what has to stand in it."""
    said = [event for event in view.seen if isinstance(event, Spoke) and event.text][-TAIL:]
    if said:
        names = {view.party: "You", "agent" if view.party == "user" else "user": "They"}
        yield "The conversation so far:\n" + "\n".join(f"{names[event.party]}: {event.text}" for event in said)
    yield f"The message to put into your words:\n{draft.text}"
    yield f"What it does: {', '.join(_act(act) for act in draft.meaning)}."
    if keep:
        yield "These have to stand in it exactly as they are here:\n" + "\n".join(f"- {each}" for each in keep)


def _act(act: Act) -> str:
    return act.kind.replace(".", " ").replace("_", " ")
