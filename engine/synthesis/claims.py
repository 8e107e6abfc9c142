"""What a scenario claims, collected request by request: gold, what has to be heard, the proof of each decision."""

from engine.scenario import Evidence, Expected, GoldWrite, Kind, Refused
from engine.synthesis.case import ReadKey
from engine.synthesis.evidence import Proof, outcome
from engine.synthesis.settling import Settled
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

    def take(self, settled: Settled, proof: Proof) -> None:
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
                    fresh=len(proof.needed - self._needed) if first else 0,
                )
            )
            if not declined:
                self._decide(settled.place, decision)
        self._tell += settled.quoted
        self._needed |= proof.needed

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
    def kind(self) -> Kind:
        """By its largest fresh burden, then by its writes."""
        if max((evidence.fresh for evidence in self.evidence), default=0) >= READ_HEAVY:
            return "read-heavy"
        return "write-intensive" if len(self.writes) >= WRITE_INTENSIVE else "normal"
