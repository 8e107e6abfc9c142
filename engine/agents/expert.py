"""The expert: a very good human agent as a pure function of the policy, the tools and its side of the conversation.

It establishes who the customer is, asks for what is missing, reads what the decision needs and nothing else,
states details and asks for a yes, writes, reports and offers more help; it refuses what a rule forbids and says
which. It never sees the scenario. All that it knows of a domain stands in the domain's recipes.
"""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from engine.agents.courtesy import courteous, parting
from engine.agents.notebook import Heard, Notebook
from engine.agents.worksheet import worksheet
from engine.conversation.events import Act, Call, Move, Returned, Spoke
from engine.conversation.views import View
from engine.speech.phrasebook import Phrasebook
from engine.speech.speaking import speak
from servers.domain import Domain
from servers.recipe import Answer, Choice, Refusal, Transfer, Unread, Unsaid, Write

Reasoning = Literal["none", "brief", "full"]
Step = Call | tuple[Act, ...]

_json = msgspec.json.Encoder()
_sorted = msgspec.json.Encoder(order="sorted")


class Expert:
    """Plays the agent. `facts` are the constants of the policy that it is told."""

    def __init__(self, domain: Domain, facts: Any, phrasebook: Phrasebook, reasoning: Reasoning = "none") -> None:
        self._domain = domain
        self._facts = facts
        self._phrasebook = phrasebook
        self._reasoning: Reasoning = reasoning
        self._book: Notebook | None = None

    async def move(self, view: View) -> Move | None:
        """The next move. Never fails: what it cannot do it says."""
        book = self._read(view)
        step = self._next(book, view)
        thoughts = worksheet(book, step, self._reasoning)
        if isinstance(step, Call):
            return Move(calls=(step,), reasoning=thoughts)
        if not step:
            return None
        text, meaning = self._say((*_courtesies(book, step), *courteous(view, step), *parting(view, step)), view)
        return Move(text=text, meaning=meaning, reasoning=thoughts)

    def _next(self, book: Notebook, view: View) -> Step:
        """What comes next, by the notebook."""
        return _next_step(book, last=view.last)

    def _say(self, acts: Sequence[Act], view: View) -> tuple[str, tuple[Act, ...]]:
        return speak(self._phrasebook, acts, view)

    def _open(self, view: View) -> Notebook:
        return Notebook(self._domain, self._facts, view)

    def _read(self, view: View) -> Notebook:
        """The notebook for this view: the last one read on, or a new one. Equal either way."""
        if self._book is None or not self._book.read_on(view):
            self._book = self._open(view)
        return self._book


def _courtesies(book: Notebook, step: tuple[Act, ...]) -> tuple[Act, ...]:
    """What opens the agent's first message, and the one after it has found out who is asking.

    Before a refusal nothing is promised.
    """
    if book.handed_over:
        return ()
    said = {act.kind for event in book.seen if isinstance(event, Spoke) and event.party == "agent" for act in event.meaning}
    asked = any(kind.startswith("ask.identity") for kind in said)
    refuses = any(act.kind.startswith("refuse.") for act in step)
    greeting = () if said else (Act(kind="greet.plain" if refuses else "greet"),)
    if not asked or "verified" in said or not book.identified:
        return greeting
    name = {slot: value for slot, value in book.about_customer.items() if slot == "first_name"}
    return (*greeting, Act(kind="verified", slots=name))


def _next_step(book: Notebook, *, last: bool) -> Step:
    """What comes next: reports of what was done, then the first thing that a request still needs."""
    if book.handed_over:
        return (Act(kind="transfer"),)
    says = [_report(book, heard, answer) for heard, _, answer in book.unreported]
    if book.withdrawn:
        says.append(Act(kind="noted"))
    if book.rethought:
        says.append(Act(kind="adjusted"))
    try:
        if book.domain.identification is not None and book.customer() is None:
            return (*says, _unidentified(book))
        return _through_requests(book, says, last=last)
    except Unread as missing:
        return _call(missing.tool, missing.arguments)
    except Unsaid as missing:
        question = Act(kind=f"ask.{missing.question}", slots=missing.slots, wants=missing.wants)
        return (*says, Act(kind="farewell")) if last else (*says, *compared(book, missing.chose), question)


def _through_requests(book: Notebook, says: list[Act], *, last: bool) -> Step:
    """Goes through the open requests until one has to be answered by the customer; `says` grows on the way."""
    subject = book.unreported[-1][0] if book.unreported else None
    for heard in book.requests:
        if heard.dropped or book.finished(heard):
            continue
        if subject not in (None, heard):
            says.append(Act(kind="turn"))
        about = list[Act]()
        step = _about(book, heard, about)
        if isinstance(step, Call):
            return step
        subject = heard
        says += [act for act in about if not act.kind.startswith("chose.") or act not in says]
        if step:
            return tuple(says)
    if last:
        return (*says, Act(kind="farewell"))
    return (*says, Act(kind="offer_more" if book.requests else "ask.help"))


def _about(book: Notebook, heard: Heard, says: list[Act]) -> Call | bool:
    """One request's next step: a call, or True when what is put into `says` has to be answered first."""
    decisions = book.decisions(heard)
    if not decisions:
        says.append(Act(kind="refuse.unclear"))
    pending = decisions[heard.settled + (1 if heard.written else 0) :]
    for decision in pending:
        says += compared(book, decision.chose)
        match decision:
            case Refusal(act=act, stated=stated):
                says.append(Act(kind=f"refuse.{act}", slots=stated))
            case Answer(act=act, stated=stated):
                says.append(Act(kind=f"answer.{act}", slots=stated))
            case Transfer(tool=tool, arguments=arguments):
                return _call(tool, arguments)
            case Write(tool=tool, arguments=arguments) if heard.confirmed and heard.written is None:
                return _call(tool, arguments)
            case Write() if book.hedged and heard.proposed:
                says.append(Act(kind="ask.sure"))
                return True
            case Write(act=act, stated=stated):
                says.append(Act(kind=f"propose.{act}", slots=stated))
                return True
    return False


def compared(book: Notebook, choices: Sequence[Choice]) -> list[Act]:
    """What was compared, as far as the customer has not heard it; a reply, as far as not since they last asked for something."""
    due = list[Act]()
    for choice in choices:
        act = Act(kind=f"chose.{choice.act}", slots=choice.stated)
        since = _last_request(book) if choice.replies else 0
        spoke = (event for event in book.seen[since:] if isinstance(event, Spoke) and event.party == "agent")
        said = {(each.kind, _sorted.encode(each.slots)) for event in spoke for each in event.meaning}
        due += [] if (act.kind, _sorted.encode(act.slots)) in said else [act]
    return due


def _last_request(book: Notebook) -> int:
    """Where the customer last asked for something."""
    places = (
        place
        for place, event in enumerate(book.seen)
        if isinstance(event, Spoke) and any(act.kind.startswith("request.") for act in event.meaning)
    )
    return max(places, default=0)


def _report(book: Notebook, heard: Heard, answer: Returned) -> Act:
    decision = book.decisions(heard)[heard.settled]
    assert isinstance(decision, Write)
    shown = msgspec.json.decode(answer.text) if decision.echoes else {}
    return Act(kind=f"report.{decision.act}", slots={**decision.told, **{name: shown[name] for name in decision.echoes}})


def _unidentified(book: Notebook) -> Act:
    return Act(kind="ask.identity_again", wants=book.domain.identification.slots if book.domain.identification else ())


def _call(tool: str, arguments: Any) -> Call:
    return Call(name=tool, arguments=_json.encode(arguments).decode())
