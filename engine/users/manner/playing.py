"""A customer's manner, played: what the script would say goes through the clauses, one after the other."""

from collections.abc import Iterator, Mapping, Sequence

from engine.conversation.events import Act
from engine.conversation.views import View
from engine.scenario import Manner, Scenario
from engine.speech.phrasebook import Phrasebook
from engine.users.manner import aside, beginning, deciding, slipping, telling, writing
from engine.users.manner.clause import Clause, Turn
from engine.users.manner.keeping import masked, unmasked
from engine.users.manner.personas import PERSONAS
from servers.domain import Domain

_PLAYED = (
    *(clause for clause in telling.CLAUSES if clause.name in ("puzzled", "forgets", "forgets_account")),
    *deciding.CLAUSES,
    *beginning.CLAUSES,
    *(clause for clause in telling.CLAUSES if clause.name not in ("puzzled", "forgets", "forgets_account")),
    *slipping.CLAUSES,
    *aside.CLAUSES,
    *writing.WORDINGS,
)
"""In the order in which they are applied: what stands in for an answer, what is done with it, what is said beside it, how it
is written. The order in which a manner names them does not matter."""

CLAUSES: Mapping[str, Clause] = {clause.name: clause for clause in _PLAYED}
"""Every clause by its name."""


def clauses_of(manner: Manner) -> Mapping[str, str]:
    """The clauses of a manner and of its persona, each with its argument, in the order in which they are applied.

    What this version does not know is left out: `refuse_unplayable` says so before anything is played.
    """
    persona = PERSONAS.get(manner.persona)
    named = dict(_split(each) for each in (*(persona.clauses if persona else ()), *manner.clauses))
    return {name: named[name] for name in CLAUSES if name in named}


def unknown(manner: Manner) -> Iterator[str]:
    """What of a manner nobody knows how to play."""
    if manner.persona and manner.persona not in PERSONAS:
        yield f"there is no persona '{manner.persona}', only {', '.join(PERSONAS)}"
    for clause in manner.clauses:
        name, argument = _split(clause)
        if name not in CLAUSES:
            yield f"there is no clause '{name}', only {', '.join(CLAUSES)}"
        elif bool(argument) != ("{}" in CLAUSES[name].told):
            yield f"the clause '{name}' {'takes no argument' if argument else 'needs an argument behind a colon'}"


def _split(clause: str) -> tuple[str, str]:
    name, _, argument = clause.partition(":")
    return name, argument


def behave(domain: Domain, scenario: Scenario, phrasebook: Phrasebook, view: View, acts: Sequence[Act]) -> Sequence[Act]:
    """What a customer with this scenario's manner says where the script would say `acts`."""
    for name, argument in clauses_of(scenario.manner).items():
        shape = CLAUSES[name].shape
        if shape is not None:
            random = view.random.throughout(f"{name}/{view.move}/{view.attempt}")
            turn = Turn(domain=domain, scenario=scenario, phrasebook=phrasebook, view=view, random=random, argument=argument)
            acts = shape(turn, acts) or acts
    return deciding.gives_in(view, acts)


def worded(scenario: Scenario, phrasebook: Phrasebook, view: View, text: str, meaning: Sequence[Act]) -> str:
    """A message as a customer with this scenario's manner writes it. Every value of its acts stays as it is."""
    wordings = {name: wording for name in clauses_of(scenario.manner) if (wording := CLAUSES[name].wording) is not None}
    if not wordings:
        return text
    written, kept = masked(text, meaning, phrasebook)
    for name, wording in wordings.items():
        random = view.random.throughout(f"{name}/{view.move}/{view.attempt}")
        written = wording(written, view.random.throughout(name), random) or written
    return unmasked(written, kept) or text
