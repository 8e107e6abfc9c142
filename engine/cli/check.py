"""`check`: are scenarios sound?"""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer

import servers
from engine.scenario import BadScenario, Scenario, files, load
from engine.synthesis.coverage import coverage
from engine.synthesis.soundness import Problem, problems
from engine.synthesis.twins import are_twins
from engine.worlds import Worlds


def add(app: typer.Typer) -> None:
    """Make it a command."""
    app.command()(check)


def check(
    paths: Annotated[list[Path], typer.Argument(help="Scenario files, or folders of them.", metavar="PATH…")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    by_rule: Annotated[bool, typer.Option("--rules", help="Count instead how each rule is met: forbidden and allowed.")] = False,
) -> int:
    """Prove again what scenarios claim: world, gold, order, evidence, and that doing nothing does not pass.

    Exit status 2 when one is not sound; a warning does not make it so.
    """
    if by_rule:
        return _by_rule(paths, as_json)
    rows, counts, unsound = [], Counter[str](), set[str]()
    for file, name, problem in _found(paths, counts):
        counts[problem.weight] += 1
        if problem.weight == "error":
            unsound.add(name)
        if as_json:
            rows.append({"file": str(file), "scenario": name, "weight": problem.weight, "what": problem.what})
        else:
            sys.stdout.write(f"{file} {name}: {'' if problem.weight == 'error' else 'warning: '}{problem.what}\n")
    total, bad = counts["scenarios"], len(unsound)
    if as_json:
        summary = {"scenarios": total, "sound": total - bad, "unsound": bad, "warnings": counts["warning"], "problems": rows}
        sys.stdout.write(msgspec.json.encode(summary).decode() + "\n")
    else:
        sys.stdout.write(f"{total} scenarios: {total - bad} sound, {bad} not, {counts['warning']} warnings\n")
    return 2 if bad else 0


def _by_rule(paths: list[Path], as_json: bool) -> int:
    """A line for every rule of the domains that the scenarios are of."""
    found = coverage(load(files(paths)), Worlds())
    if as_json:
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
        return 0
    for domain, rules in found.items():
        for rule, sides in rules.items():
            counts = f"{sides.forbidden:5} forbidden {sides.allowed:5} allowed {sides.apart:5} of them a fact apart"
            sys.stdout.write(f"{domain} {rule:<22} {counts}\n")
    return 0


def _found(paths: list[Path], counts: Counter[str]) -> Iterator[tuple[Path, str, Problem]]:
    """Every problem with its file and scenario. Raises BadScenario for a line that is none, and where there is no line."""
    worlds, seen = Worlds(), dict[str, Path]()
    before: Scenario | None = None
    for file in files(paths):
        for scenario in load([file]):
            counts["scenarios"] += 1
            if scenario.id in seen:
                yield file, scenario.id, Problem(what=f"the id was used before, in {seen[scenario.id]}")
            seen[scenario.id] = file
            for problem in problems(scenario, worlds):
                yield file, scenario.id, problem
            yield from ((file, scenario.id, problem) for problem in _twinned(scenario, before))
            before = scenario
    if not seen:
        raise BadScenario(f"{', '.join(map(str, paths))}: no scenarios in these files")


def _twinned(scenario: Scenario, before: Scenario | None) -> Iterator[Problem]:
    """Is a twin one? It stands behind its original."""
    name = scenario.provenance.twin_of
    if name is None:
        return
    if before is None or before.id != name:
        yield Problem(what=f"twin_of: '{name}' does not stand before it, so that they are twins is not proven", weight="warning")
    elif scenario.domain not in servers.names() or not are_twins(servers.load(scenario.domain), before, scenario):
        yield Problem(what=f"twin_of: it is no twin of '{name}': neither the same gold for fewer reads, nor one thing apart")
