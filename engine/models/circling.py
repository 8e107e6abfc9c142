"""When a model goes round in circles: the same call with the same answer, or the same words, with nothing new in between; an
agent also with the same words again and again, whatever a customer says to that.

Such a conversation is lost already (the check of *progress* rejects it); played on, it would cost tokens to the last move.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from engine.conversation.converse import PartyFailed
from engine.conversation.events import Called, Returned, Spoke
from engine.conversation.views import View
from servers.domain import Domain, Party

AGAIN = 5
"""How often the same must come before its party has failed: more often than makes it a loop for the check."""

ALWAYS = 8
"""How often an agent says the same before it has failed, whatever a customer says to that, unless it found something new."""

CIRCLES = "goes round in circles"


def refuse_circling(domain: Domain, view: View) -> None:
    """Raises PartyFailed when a party has done the same too often since the other said something new, or a write changed
    something."""
    _refuse_same_words(view)
    _refuse_same_answer(view)
    _refuse_same_calls(domain, view)


def _refuse_same_words(view: View) -> None:
    """Where both only repeat themselves it is the failure of who was the first to do so."""
    if not _often(_texts(view)):
        return
    said, again, first = set[tuple[Party, str]](), Counter[str](), list[Party]()
    for event in view.seen:
        if not isinstance(event, Spoke):
            continue
        words = event.text.casefold()
        if (event.party, words) in said:
            first.append(event.party)
        else:
            said.add((event.party, words))
            first.clear()
            if event.party != view.party:
                again.clear()
        again[words] += event.party == view.party
        if again[words] >= AGAIN:
            raise PartyFailed(first[0], CIRCLES, f"the {view.party} said {AGAIN} times: {event.text[:160]}")


def _refuse_same_answer(view: View) -> None:
    """An agent that answers everything with the same words, and finds nothing new in between."""
    if view.party != "agent" or not _often(_texts(view), ALWAYS):
        return
    calls = {event.call: event for event in view.seen if isinstance(event, Called)}
    said, found = Counter[str](), set[tuple[str, str, str]]()
    for event in view.seen:
        if isinstance(event, Returned):
            call = calls[event.call]
            if (answer := (call.name, call.arguments, event.text)) not in found and not event.error:
                found.add(answer)
                said.clear()
        elif isinstance(event, Spoke) and event.party == view.party:
            words = event.text.casefold()
            said[words] += 1
            if said[words] >= ALWAYS:
                raise PartyFailed(view.party, CIRCLES, f"the {view.party} said {ALWAYS} times: {event.text[:160]}")


def _texts(view: View) -> Iterator[str]:
    """What a party said itself."""
    return (event.text.casefold() for event in view.seen if isinstance(event, Spoke) and event.party == view.party)


def _refuse_same_calls(domain: Domain, view: View) -> None:
    if not _often(event.text for event in view.seen if isinstance(event, Returned)):
        return
    calls = {event.call: event for event in view.seen if isinstance(event, Called)}
    heard, made = set[str](), Counter[tuple[str, str, str]]()
    for event in view.seen:
        if isinstance(event, Spoke) and event.party != view.party and event.text not in heard:
            heard.add(event.text)
            made.clear()
        elif isinstance(event, Returned):
            call = calls[event.call]
            same = (call.name, call.arguments, event.text)
            if same not in made and not event.error and _writes(domain, call):
                made.clear()
            made[same] += 1
            if made[same] >= AGAIN:
                detail = f"the {view.party} called {AGAIN} times with the same answer: {call.name} {call.arguments[:120]}"
                raise PartyFailed(view.party, CIRCLES, detail)


def _often(texts: Iterable[str], times: int = AGAIN) -> bool:
    """Does one of them come often enough at all? Nearly always not, and this is asked at every reply."""
    return max(Counter(texts).values(), default=0) >= times


def _writes(domain: Domain, call: Called) -> bool:
    tool = domain.callable.get((call.name, call.party))
    return tool is not None and tool.kind == "write"
