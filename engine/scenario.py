"""What is asked: a scenario and its files.

A file is JSON lines, one scenario a line. `load` streams; what does not fit is named by file, line and field.
scenarios/README.md says field by field what a scenario holds.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from servers.domain import ToolCall
from servers.recipe import Request

FORMAT = 1

Kind = Literal["normal", "write-intensive", "read-heavy"]
Outcome = Literal["write", "refusal", "answer", "transfer", "declined"]
"""How a decision ends; `declined`: a write that was proposed as it should be, and that the customer then did not want."""

Role = Literal["identity", "reference", "evidence"]


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class WorldRef(_Part, frozen=True, kw_only=True):
    """The world it holds in: where it comes from, and the digest that it must have."""

    source: str
    digest: str


class Known(_Part, frozen=True, kw_only=True):
    """One thing that the customer knows. `when`: in the opening words of its request, or when asked.

    `request` is the request it belongs to, None for what is about the customer. `via`: the customer finds it out
    with a tool of their own (name and arguments) instead of knowing a value.
    """

    slot: str
    value: Any = None
    when: Literal["opening", "asked"] = "asked"
    request: int | None = None
    via: ToolCall | None = None


class Manner(_Part, frozen=True, kw_only=True):
    """How the customer behaves; never changes the gold. `together`: all requests in the opening words.

    `clauses` name ways of behaving, `persona` a set of them that goes together.
    """

    together: bool = False
    introduces: bool = False
    persona: str = ""
    clauses: tuple[str, ...] = ()


class Reaction(_Part, frozen=True, kw_only=True):
    """One line of a plot: what the customer does when something happens to a request of theirs, once.

    `on`: it is `refused`; its write is `proposed`, which asks for their yes; `quoted`, the same with more than `over` dollars
    to pay; `written`, and they have been told so. Then slots are told otherwise (`change`), or it is taken back
    (`withdraw`), or neither: a proposal then has their yes. `ask` is the place of a request that is made then, and is made
    at no other time.
    """

    request: int
    on: Literal["refused", "proposed", "quoted", "written"]
    over: float | None = None
    change: Mapping[str, Any] | None = None
    withdraw: bool = False
    ask: int | None = None


class GoldWrite(_Part, frozen=True, kw_only=True):
    """A write that has to be made. An argument may be `{"result_of": i, "field": name}`: a field of an earlier write's answer."""

    name: str
    arguments: Mapping[str, Any]


class Gold(_Part, frozen=True, kw_only=True):
    """The writes, and pairs (before, after) of their places where the order matters."""

    writes: tuple[GoldWrite, ...] = ()
    order: tuple[tuple[int, int], ...] = ()


class Refused(_Part, frozen=True, kw_only=True):
    """A request that has to be refused, and the rule that has to be given as the reason."""

    request: int
    rule: str


class Expected(_Part, frozen=True, kw_only=True):
    """What the customer must have heard: texts, and refusals with their reason; `transfer` is the rule for which they
    must be handed over in the end."""

    tell: tuple[str, ...] = ()
    refuse: tuple[Refused, ...] = ()
    transfer: str | None = None


class Read(_Part, frozen=True, kw_only=True):
    """One read of a certificate. `role`: only the policy wants it, it leads to others, or it tells worlds apart."""

    name: str
    arguments: Mapping[str, Any]
    role: Role


class Change(_Part, frozen=True, kw_only=True):
    """What becomes of one record: a JSON merge patch (RFC 7386) of its fields, all of them for a record that is new."""

    table: str
    key: str
    fields: Mapping[str, Any]


class StoredEdit(_Part, frozen=True, kw_only=True):
    """One other way things could be. `decides`: under it the decision is another one."""

    fact: str
    changes: tuple[Change, ...]
    decides: bool = False


class Evidence(_Part, frozen=True, kw_only=True):
    """One decision with its proof: the reads that identify it, the edits that show it, and how many reads it takes.

    `burden`: reference and evidence reads in the worst case over the listed worlds; `fresh` leaves out those that an
    earlier decision already needed. `candidates` were compared at most; `tokens`: what the counted reads of the certificate
    answer, estimated at four letters each.
    """

    request: int
    outcome: Outcome
    certificate: tuple[Read, ...] = ()
    edits: tuple[StoredEdit, ...] = ()
    burden: int = 0
    fresh: int = 0
    candidates: int = 0
    tokens: int = 0


class Measures(_Part, frozen=True, kw_only=True):
    """Figures of a whole task. `union`: the different reads that its decisions need. `shortcuts` are those that were tried
    and found something else wherever the task counts as read-heavy. `state_sharpness`: of all reads that can be left out one
    at a time, the share without which something else would be changed; None where there is none.
    """

    union: int = 0
    shortcuts: tuple[str, ...] = ()
    state_sharpness: float | None = None


class Provenance(_Part, frozen=True, kw_only=True):
    """Where a scenario comes from."""

    made_by: str
    seed: int | None = None
    generator: str = ""
    twin_of: str | None = None
    idle_passes: bool = False


class Scenario(_Part, frozen=True, kw_only=True):
    """A scenario. `actions` are a listed agent's calls in order, reads included, where somebody else made the task.

    `gates` are the checks that can hold for it; None: all of them. `greeting`: the agent's first words, before the customer's.
    `basis` and `assertions` are a public benchmark's: what its reward is made of, and what must be true in words.
    """

    id: str
    format: int
    domain: str
    world: WorldRef
    customer: str
    requests: tuple[Request, ...] = ()
    knows: tuple[Known, ...] = ()
    manner: Manner = Manner()
    plot: tuple[Reaction, ...] = ()
    gold: Gold = Gold()
    answer: Expected = Expected()
    decisions: tuple[Evidence, ...] = ()
    measures: Measures = Measures()
    kind: Kind = "normal"
    instruction: str = ""
    actions: tuple[ToolCall, ...] = ()
    gates: tuple[str, ...] | None = None
    greeting: str = ""
    basis: tuple[str, ...] = ()
    assertions: tuple[str, ...] = ()
    provenance: Provenance

    @property
    def has_user_script(self) -> bool:
        """Does the user follow a script: a plot, or a manner that is set?"""
        return bool(self.plot) or self.manner != Manner()

    @property
    def burden(self) -> int:
        """The largest fresh burden of its decisions."""
        return max((decision.fresh for decision in self.decisions), default=0)


class BadScenario(ValueError):
    """A scenario file that cannot be used: file, line and field, and what to do."""


_decoder = msgspec.json.Decoder(Scenario)
_encoder = msgspec.json.Encoder()


def load(paths: Iterable[Path]) -> Iterator[Scenario]:
    """The scenarios of files and folders (their *.jsonl, sorted), in order, one at a time.

    Raises BadScenario, also for an id that comes twice. What it keeps of an id is a number: 70 MB for a million.
    """
    seen: set[int] = set()
    for place, (where, scenario) in enumerate(_placed(paths)):
        if (number := hash(scenario.id)) in seen:  # of two ids with one number, too: so it is looked for
            earlier = ((at, there) for at, (there, other) in enumerate(_placed(paths)) if other.id == scenario.id)
            at, first = next(earlier, (place, where))
            if at != place:
                raise BadScenario(f"{where}: the id '{scenario.id}' was used before, at {first}")
        seen.add(number)
        yield scenario


def stream(paths: Iterable[Path]) -> Iterator[Scenario]:
    """The scenarios of files that `load` has been through, in order: keeps nothing, however many there are."""
    return (scenario for _, scenario in _placed(paths))


def _placed(paths: Iterable[Path]) -> Iterator[tuple[str, Scenario]]:
    """Scenarios, each with its file and line."""
    for path in files(paths):
        try:
            with path.open("rb") as lines:
                for number, line in enumerate(lines, 1):
                    if line.strip():
                        where = f"{path}:{number}"
                        yield where, _decoded(line, where)
        except OSError as error:
            raise BadScenario(f"{path}: cannot be read ({error.strerror or error})") from None


def files(paths: Iterable[Path]) -> list[Path]:
    """The scenario files that paths name. Raises BadScenario for one that is not there, has none, or is a pipe."""
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise BadScenario(f"{path}: no such file or folder")
        if not path.is_dir() and not path.is_file():
            kind = "a pipe" if path.is_fifo() else "no file"
            raise BadScenario(f"{path}: is {kind}; a run reads its scenarios several times, give a file")
        inside = sorted(path.rglob("*.jsonl")) if path.is_dir() else [path]
        if not inside:
            raise BadScenario(f"{path}: the folder has no scenario files (*.jsonl)")
        found += inside
    return found


def encode(scenario: Scenario) -> bytes:
    """A scenario as one line of its file."""
    return _encoder.encode(scenario) + b"\n"


def _decoded(line: bytes, where: str) -> Scenario:
    try:
        scenario = _decoder.decode(line)
    except msgspec.ValidationError as error:
        what, _, field = str(error).partition(" - at ")
        raise BadScenario(f"{where}: {field.strip('`$.') or 'the scenario'}: {what}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadScenario(f"{where}: not a line of JSON ({error})") from None
    if scenario.format != FORMAT:
        raise BadScenario(f"{where}: format: {scenario.format} is not known here, this version reads format {FORMAT}")
    if not scenario.id or "#" in scenario.id:
        raise BadScenario(f"{where}: id: must not be empty or contain '#'")
    for known in scenario.knows:
        if known.request is not None and not 0 <= known.request < len(scenario.requests):
            raise BadScenario(
                f"{where}: knows: '{known.slot}' belongs to request {known.request}, there are {len(scenario.requests)}"
            )
    return scenario
