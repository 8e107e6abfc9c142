"""What an agent knows in the middle of a conversation, folded from its view.

A notebook that was read on is equal to one made anew from the same view: keeping it saves time and nothing else.
Requests in the order in which the customer made them, each with what was said for it and how far it has come;
results of tools by what they show, forgotten when a later write made them out of date.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.agents.results import Results
from engine.conversation.events import Act, Called, Returned, Spoke
from engine.conversation.views import Seen, View
from engine.randomness import Randomness
from servers.domain import Domain
from servers.recipe import Comparison, Decision, Recipe, Unsaid


class Heard:
    """One request of the customer: its recipe, what was said for it, what came of it so far.

    `decided` is what it came to when it was first acted upon: its decisions stay those, whatever is written later.
    """

    def __init__(self, recipe: Recipe, slots: Mapping[str, Any]) -> None:
        self.recipe = recipe
        self.slots = dict(slots)
        self.unknown: set[str] = set()
        self.settled = 0
        self.proposed = 0
        self.confirmed = False
        self.written: tuple[Called, Returned] | None = None
        self.dropped = False
        self.decided: tuple[Decision, ...] | None = None

    def changed(self, slots: Mapping[str, Any]) -> None:
        """The customer said more or otherwise: what was proposed no longer stands."""
        self.slots.update(slots)
        self.unknown -= set(slots)
        self.confirmed = False
        self.proposed = 0
        if not self.settled:
            self.decided = None


class Notebook:
    """The fold of a view. `requests` in order, `about_customer` what was said of who they are, `unreported` the writes
    that the customer has not heard of yet. Of the customer's last message: `withdrawn`: it took a request back; `rethought`: it
    wants one otherwise than it was asked for; `hedged`: it was neither a yes nor a no. `handed_over`: a tool of the agent's has
    ended the conversation."""

    def __init__(self, domain: Domain, facts: Any, view: View) -> None:
        self.domain = domain
        self.facts = facts
        self.seen: Sequence[Seen] = ()
        self.random: Randomness = view.random
        self.requests: list[Heard] = []
        self.about_customer: dict[str, Any] = {}
        self.unknown_of_customer: set[str] = set()
        self.unreported: list[tuple[Heard, Called, Returned]] = []
        self.comparisons: list[Comparison] = []
        self.withdrawn = self.rethought = self.hedged = False
        self.handed_over = False
        self._identifying = domain.identification.slots if domain.identification else ()
        self._recipes = {recipe.name: recipe for recipe in domain.recipes}
        self._results = Results(domain, (), {})
        self._customer: str | None = None
        self._open: Called | None = None
        self._forwards: bool | None = None
        self.read_on(view)

    def read_on(self, view: View) -> bool:
        """Take in what has happened since. False, and nothing is taken in, when the view does not go on from what was read."""
        read = len(self.seen)
        if view.random != self.random or view.seen[:read] != self.seen:
            return False
        self.seen = view.seen
        self.comparisons = []
        for event in view.seen[read:]:
            self._take(event, view.party)
        return True

    @property
    def current(self) -> Heard | None:
        """The first request that is not finished."""
        return next((heard for heard in self.requests if not self.finished(heard)), None)

    def finished(self, heard: Heard) -> bool:
        """Every decision of the request was settled, or the customer dropped it."""
        return heard.dropped or (heard.settled > 0 and heard.settled >= max(1, len(self.decisions(heard))))

    def decisions(self, heard: Heard) -> tuple[Decision, ...]:
        """What the request comes to, from what was known when it was acted upon, or now. Raises Unread and Unsaid."""
        if heard.decided is not None:
            return heard.decided
        return heard.recipe.solve(HeardCase(self, heard, self._results))

    def customer(self) -> str | None:
        """Who is asking, None when nobody by that name was found. Raises Unread and Unsaid."""
        if self._customer is None and self.domain.identification is not None:
            self._customer = self.domain.identification.solve(HeardCase(self, None, self._results))
        return self._customer

    @property
    def identified(self) -> bool:
        """Is it known who is asking?"""
        return self._customer is not None

    def forwards(self) -> bool:
        """Does this agent read several records from the first to the last? A habit that it keeps."""
        if self._forwards is None:
            self._forwards = self.random.throughout("order").random() < 0.5
        return self._forwards

    def _take(self, event: Seen, me: str) -> None:
        self._results.take(event)
        match event:
            case Spoke(party=party, meaning=meaning):
                self.withdrawn = self.rethought = self.hedged = False
                for act in meaning:
                    self._said(act) if party == me else self._heard(act)
            case Called():
                self._open = event
            case Returned():
                called, self._open = self._open, None
                self.handed_over = self.handed_over or event.ends
                heard = self._meant(called) if called is not None and self._is_write(called.name) else None
                if called is not None and heard is not None and heard.confirmed and not event.error:
                    heard.written = (called, event)
                    self.unreported.append((heard, called, event))

    def _meant(self, called: Called) -> Heard | None:
        """The request that a write was made for."""
        return self.current

    def _is_write(self, name: str) -> bool:
        tool = self.domain.callable.get((name, "agent"))
        return tool is not None and tool.kind == "write"

    def _said(self, act: Act) -> None:
        family = act.kind.partition(".")[0]
        if family not in ("propose", "report", "refuse", "answer"):
            return
        heard = self.current
        if family == "report" and self.unreported:
            heard, self.unreported = self.unreported[0][0], self.unreported[1:]
        if heard is None:
            return
        if heard.decided is None:
            heard.decided = self.decisions(heard)
        if family == "propose":
            heard.proposed += 1
        else:
            heard.settled += 1
            heard.proposed, heard.confirmed, heard.written = 0, False, None

    def _heard(self, act: Act) -> None:
        family, _, name = act.kind.partition(".")
        current = self.current
        if family == "request" and name in self._recipes:
            self.requests.append(Heard(self._recipes[name], act.slots))
        elif family in ("inform", "correct"):
            about = {slot: value for slot, value in act.slots.items() if slot in self._identifying}
            if about:
                self.about_customer.update(about)
                self._customer = None
            rest = {slot: value for slot, value in act.slots.items() if slot not in about}
            if rest and current is not None:
                current.changed(rest)
        elif family == "unknown":
            self.unknown_of_customer.update(slot for slot in act.wants if slot in self._identifying)
            if current is not None:
                current.unknown.update(act.wants)
        elif current is not None:
            self._answered(family, current)

    def _answered(self, family: str, heard: Heard) -> None:
        """What the customer says to a proposal."""
        match family:
            case "confirm":
                heard.confirmed = heard.proposed > 0
            case "hedge":
                self.hedged = heard.proposed > 0
            case "decline" | "withdraw":
                heard.dropped = self.withdrawn = True
            case "rethink":  # what is to be otherwise is told beside it
                self.rethought = True
                heard.changed({})


class HeardCase:
    """A Case made of one conversation: what was said and shown in it, up to a place."""

    def __init__(self, book: Notebook, heard: Heard | None, results: Results) -> None:
        self._book = book
        self._heard = heard
        self._results = results

    @property
    def facts(self) -> Any:
        return self._book.facts

    @property
    def customer(self) -> str:
        """Who is asking; only a request's case has one, and it is established first."""
        return self._book.customer() or ""

    def said(self, slot: str) -> Any:
        if self._heard is None:
            return self._book.about_customer.get(slot)
        return self._heard.slots.get(slot)

    def ask(self, question: str, *wants: str, **slots: Any) -> Any:
        for slot in wants:
            if (value := self.said(slot)) is not None:
                return value
        unknown = self._book.unknown_of_customer if self._heard is None else self._heard.unknown
        if set(wants) <= unknown:
            return None
        raise Unsaid(question, tuple(slot for slot in wants if slot not in unknown), slots)

    def read(self, tool: str, /, **arguments: Any) -> Any:
        return self._results.read(tool, arguments)

    def seen(self, tool: str, /, **arguments: Any) -> bool:
        return self._results.has(tool, arguments)

    def order(self, items: Sequence[Any]) -> Sequence[Any]:
        return items if self._book.forwards() else items[::-1]

    def note(self, comparison: Comparison) -> None:
        self._book.comparisons.append(comparison)
