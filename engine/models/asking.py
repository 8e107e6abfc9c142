"""How a party asks its model: again while a reply cannot be used, and not for ever. No state: the replies are in the view."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from engine.conversation.converse import PartyFailed
from engine.conversation.events import Called, Reply
from engine.conversation.views import View
from engine.models.answers import Answer, meaning
from engine.models.endpoint import Ask, Endpoint
from engine.models.messages import Row, Written, messages
from engine.models.wire import TRUNCATED, Said, Unusable
from engine.toolboxes.calls import tool_call
from servers.arguments import decode
from servers.domain import Domain, ToolCall, ToolRefused

ATTEMPTS = 3
"""Replies for one move that cannot be used, before whoever wrote them has failed."""

MISUNDERSTOOD = 5
"""Calls in a row that no tool understands, before their party has failed."""

CONTEXT_FULL = "context full"
"""Why a conversation ends that its model cannot be told any more."""

_ROOM = 256
"""Tokens after which a reply that is cut off may well have been too long."""

Judge = Callable[[str], Said | Unusable]
"""What a response's body says, or why nothing can be made of it."""


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """One party of one conversation, and the model that it asks. `conversation` is `scenario#trial`; a `seed` in `sampling`
    is mixed with the place of the reply, so that none comes out as the one before it.
    """

    endpoint: Endpoint
    conversation: str
    sampling: Mapping[str, Any]
    tools: msgspec.Raw | None = None
    attempts: int = ATTEMPTS
    recalls: bool = False
    written: Written = msgspec.field(default_factory=Written)

    async def reply(self, system: str, view: View, notes: Iterable[str] = ()) -> Reply:
        """The model's reply to all that a view shows."""
        return await self.reply_to(messages(system, view, notes, recalls=self.recalls, written=self.written), view)

    async def reply_to(self, rows: tuple[Row, ...], view: View) -> Reply:
        """The model's reply to messages."""
        sampling = dict(self.sampling)
        if isinstance(sampling.get("seed"), int):
            sampling["seed"] = (sampling["seed"] + view.random.at(view.move, view.attempt).getrandbits(31)) % 2**31
        return await self.endpoint.complete(
            Ask(
                role=view.party,
                conversation=self.conversation,
                move=view.move,
                attempt=view.attempt,
                messages=rows,
                tools=self.tools,
                sampling=sampling,
            )
        )

    def usable(self, view: View, judge: Judge) -> Said | tuple[str, ...]:
        """What the last reply says, or what the model is to be told when it is asked again.

        Raises PartyFailed when it was asked often enough: the environment's failure where no chat completion came.
        """
        found = [judge(reply.raw) for reply in view.replies]
        if not found:
            return ()
        last = found[-1]
        if isinstance(last, Said):
            return last
        wrong = [each for each in found if isinstance(each, Unusable)]
        if sum(each.by == last.by for each in wrong) >= self.attempts:
            raise self._failed(view, last)
        return tuple(each.told for each in wrong if each.told)

    def _failed(self, view: View, last: Unusable) -> PartyFailed:
        """Whose failure it is that no reply can be used, and why none can. Who has no room to begin with has not failed."""
        usage = view.replies[-1].usage
        if last == TRUNCATED and self._had_no_room(usage):
            begun = any(event.party == view.party for event in view.seen)
            detail = (
                f"{self.attempts} times cut off, the last after {usage['completion_tokens']} tokens: there was no room for more"
            )
            return PartyFailed(view.party if begun else "environment", CONTEXT_FULL, detail)
        if last.by == "endpoint":
            said = meaning(Answer(status=200, text=view.replies[-1].raw), "").line or last.detail
            where = f"{usage['endpoint']} (model {usage.get('model')}) " if usage.get("endpoint") else ""
            return PartyFailed("environment", last.reason, f"{self.attempts} times, the last: {where}{said}")
        return PartyFailed(view.party, last.reason, f"{self.attempts} times, the last: {last.detail or last.told}")

    def _had_no_room(self, usage: Mapping[str, Any]) -> bool:
        """Was a reply cut off before it was as long as it might have been? Then the model's context is full."""
        allowed = self.sampling.get("max_tokens") or self.sampling.get("max_completion_tokens") or _ROOM
        written = usage.get("completion_tokens")
        return isinstance(written, int) and not usage.get("estimated") and written < min(allowed, _ROOM)


def refuse_misunderstood(domain: Domain, view: View) -> None:
    """Raises PartyFailed when a party has called nothing but what no tool understands for too long."""
    calls = (event for event in reversed(view.seen) if isinstance(event, Called))
    for row, event in enumerate(calls, 1):
        if _is_understood(domain, event):
            return
        if row == MISUNDERSTOOD:
            detail = f"{row} in a row, the last: {event.name[:80]} {event.arguments[:120]}"
            raise PartyFailed(view.party, "unusable calls", detail)


def _is_understood(domain: Domain, event: Called) -> bool:
    """Is it a call of a tool that there is, with arguments of its kind? Whether the tool then refuses is another matter."""
    call = tool_call(event.party, event.name, event.arguments)
    tool = domain.callable.get((event.name, event.party))
    if tool is None or not isinstance(call, ToolCall):
        return False
    try:
        decode(tool, call.arguments)
    except ToolRefused:
        return False
    return True
