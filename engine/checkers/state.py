"""Does the conversation leave the world as gold does? With the differences, and the call that caused each."""

from engine.checkers.finding import Cause, Finding
from engine.checkers.gold import GoldFailed, gold_state
from engine.checkers.recording import Recording
from servers.replay import apply
from servers.state import State, diff


def check(recording: Recording) -> Finding:
    """Pass when the final state's digest equals gold's. Gold that does not replay is `unsure`: the scenario's fault."""
    scenario = recording.scenario
    writes = [played.call for played in recording.writes if played.call is not None and played.call.requestor == "agent"]
    try:
        gold = gold_state(recording.domain, recording.world, scenario.gold, writes)
    except GoldFailed as failure:
        return Finding(check="state", result="unsure", detail=f"scenario: {failure}")
    if gold.digest() == recording.final.digest():
        return Finding(check="state", result="pass", events=tuple(played.event for played in recording.writes))
    causes = _causes(recording, gold)
    events = tuple(dict.fromkeys(cause.event for cause in causes if cause.event is not None))
    return Finding(check="state", result="fail", detail=_in_words(causes), events=events, causes=causes)


def _causes(recording: Recording, gold: State) -> tuple[Cause, ...]:
    written = _written_by(recording)
    return tuple(
        Cause(
            table=found.table,
            key=found.key,
            field=found.field,
            expected=found.before,
            found=found.after,
            event=written.get((found.table, found.key)),
        )
        for found in diff(gold, recording.final)
    )


def _written_by(recording: Recording) -> dict[tuple[str, str], int]:
    """For every record that the conversation changed, the last call that did."""
    state, written = recording.world.open(), dict[tuple[str, str], int]()
    for played in recording.calls:
        if played.call is not None:
            before = state.fork()
            apply(recording.domain, state, played.call)
            written.update({(found.table, found.key): played.event for found in diff(before, state)})
    return written


def _in_words(causes: tuple[Cause, ...]) -> str:
    if not causes:
        return "the states differ in their order only"
    first = causes[0]
    more = f" and {len(causes) - 1} more" if len(causes) > 1 else ""
    by = f"written by event {first.event}" if first.event is not None else "never written"
    return f"{first.table} {first.key} {first.field}: {first.found!r} instead of {first.expected!r} ({by}){more}"
