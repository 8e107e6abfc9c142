"""What a scenario claims, collected request by request: gold, what has to be heard, the proof of each decision."""

from collections.abc import Set
from copy import copy

from engine.scenario import Evidence, Expected, GoldWrite, Kind, Measures, Refused
from engine.synthesis.case import ReadKey
from engine.synthesis.evidence import Proof
from engine.synthesis.meaning import changes, outcome
from engine.synthesis.settling import Settled
from engine.synthesis.sharpness import Sharpness
from servers.domain import Domain
from servers.recipe import Answer, Decision, Refusal, Transfer, Write

READ_HEAVY, WRITE_INTENSIVE = 5, 3
"""From this fresh burden a scenario is read-heavy; otherwise from this many writes write-intensive (WRIT, arXiv 2606.02908)."""


class Claims:
    """Composing a scenario fills one; so does proving it again, to be compared."""

    def __init__(self) -> None:
        self.writes: list[GoldWrite] = []
        self.evidence: list[Evidence] = []
        self.transfer: str | None = None
        self._tell: list[str] = []
        self._refuse: list[Refused] = []
        self._needed: set[ReadKey] = set()
        self._shortcuts: set[str] = set()
        self._omitted: list[bool] = []

    def fork(self) -> "Claims":
        """The same so far, which may go its own way."""
        fork = copy(self)
        fork.writes, fork.evidence = [*self.writes], [*self.evidence]
        fork._tell, fork._refuse, fork._needed = [*self._tell], [*self._refuse], {*self._needed}
        fork._shortcuts, fork._omitted = {*self._shortcuts}, [*self._omitted]
        return fork

    @property
    def needed(self) -> Set[ReadKey]:
        """The reads that the decisions so far needed."""
        return self._needed

    @property
    def burden(self) -> int:
        """The largest fresh burden so far."""
        return max((evidence.fresh for evidence in self.evidence), default=0)

    def take(self, domain: Domain, settled: Settled, proof: Proof, sharpness: Sharpness) -> None:
        """One request with its proof, after those that come before it."""
        for number, decision in enumerate(settled.decisions):
            first = number == 0
            declined = settled.declined and isinstance(decision, Write)
            self.evidence.append(
                Evidence(
                    request=settled.place,
                    outcome="declined" if declined else outcome(decision),
                    certificate=proof.certificate,
                    edits=proof.edits if first else (),
                    burden=proof.burden,
                    fresh=proof.fresh if first else 0,
                    candidates=proof.candidates if first else 0,
                    tokens=proof.tokens if first else 0,
                )
            )
            if not declined:
                self._decide(settled.place, decision)
        self._tell += settled.quoted
        self._needed |= proof.needed
        self._shortcuts |= {name for name, _ in sharpness.shortcuts}
        gold = changes(domain, settled.decisions)
        self._omitted += [changes(domain, found) != gold for found in sharpness.omitted]

    def _decide(self, place: int, decision: Decision) -> None:
        match decision:
            case Write(tool=tool, arguments=arguments):
                self.writes.append(GoldWrite(name=tool, arguments=arguments))
            case Refusal(rule=rule):
                self._refuse.append(Refused(request=place, rule=rule))
            case Answer(tell=tell):
                self._tell += tell
            case Transfer(rule=rule):
                self.transfer = rule

    @property
    def answer(self) -> Expected:
        """What the customer must have heard."""
        return Expected(tell=tuple(self._tell), refuse=tuple(self._refuse), transfer=self.transfer)

    @property
    def measures(self) -> Measures:
        """How much the whole of it takes to read, and how much hangs on each read."""
        turned = self._omitted.count(True)
        return Measures(
            union=len(self._needed),
            shortcuts=tuple(sorted(self._shortcuts)),
            state_sharpness=round(turned / len(self._omitted), 3) if self._omitted else None,
        )

    @property
    def kind(self) -> Kind:
        """By its largest fresh burden, then by its writes."""
        if self.burden >= READ_HEAVY:
            return "read-heavy"
        return "write-intensive" if len(self.writes) >= WRITE_INTENSIVE else "normal"
