"""Is a finished conversation right? Every module here that has a `check` is one: adding a check adds a file.

A check is a pure function `check(recording) -> Finding`. They run in the order of their names.
"""

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache

from engine.checkers.credit import placed
from engine.checkers.finding import Finding
from engine.checkers.gates import STRICT, Gates
from engine.checkers.recording import Recording
from engine.checkers.verdict import Verdict, verdict

Check = Callable[[Recording], Finding]


@cache
def _by_name() -> dict[str, Check]:
    modules = {module.name: importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)}
    return {name: module.check for name, module in sorted(modules.items()) if hasattr(module, "check")}


def checks() -> tuple[Check, ...]:
    """Every check there is."""
    return tuple(_by_name().values())


def names() -> tuple[str, ...]:
    """What the checks are called: in findings, and as gates of a scenario."""
    return tuple(_by_name())


def judge(recording: Recording, gates: Gates = STRICT) -> Verdict:
    """All checks over one conversation; none when it could not be carried out. A check that crashes leaves it unjudged."""
    findings: list[Finding] = []
    try:
        for check in () if recording.broke_down else checks():
            findings.append(placed(check(recording), recording))
        return verdict(recording, tuple(findings), gates)
    except Exception as error:  # a bug in a checker must not cost the trajectory: it is kept to be judged again
        reason = f"{type(error).__name__}: {error}"
        crash = Finding(check="crash", result="unsure", detail=reason)
        return Verdict(standing="unjudged", reason="a checker crashed", findings=(*findings, crash))
