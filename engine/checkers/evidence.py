"""Had the agent read what tells its decision apart from another one, before it decided?

Every stored edit that decides otherwise is made true where each of its calls was made: some answer before the decision must
differ then. An edit is one of the state that earlier requests leave, so it cannot be made true once and for all at the
beginning. Which reads were made, in which order and how many more, is nobody's business here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from engine.checkers.decided import decided
from engine.checkers.finding import Finding, Result
from engine.checkers.recording import Played, Recording
from engine.scenario import Change, StoredEdit
from engine.synthesis.patch import alters, patched
from servers.domain import Domain, Tool
from servers.frozen import Record
from servers.replay import apply
from servers.state import State


def check(recording: Recording) -> Finding:
    """`fail` where a decision was made that a fact which was never shown could have turned; `unsure` where only a model's
    text says when it was made, and the fact was shown at some time."""
    made = [one for one in decided(recording) if one.edits]
    if not made:
        return Finding(check="evidence", result="not judged", detail="no decision was made that depends on what is read")
    shown = _Shown(recording)
    events, unsure = set[int](), ""
    for one in made:
        told_by = {edit.fact: shown.by(edit) for edit in one.edits}
        late = [fact for fact, event in told_by.items() if event is None or event >= one.event]
        if late and (one.certain or any(told_by[fact] is None for fact in late)):
            detail = f"decided without having been shown: {late[0]}{f' and {len(late) - 1} more' if len(late) > 1 else ''}"
            return Finding(check="evidence", result="fail", detail=detail, events=(one.event,))
        unsure = unsure or (f"perhaps decided before it was shown: {late[0]}" if late else "")
        events |= {event for event in told_by.values() if event is not None}
    result: Result = "unsure" if unsure else "pass"
    return Finding(check="evidence", result=result, detail=unsure, events=tuple(sorted(events)))


class _Shown:
    """What the calls of one conversation have shown: whole records by their keys, and the answers of all other looks."""

    def __init__(self, recording: Recording) -> None:
        self._domain = recording.domain
        self._records: dict[tuple[str, str], list[tuple[int, State]]] = {}
        self._looks: list[tuple[Played, Tool]] = []
        self._plain: dict[int, Mapping[str, Any]] = {}
        calls = recording.calls
        afters = [*(later.before for later in calls[1:]), recording.final]
        for played, after in zip(calls, afters, strict=False):  # of a conversation without calls nothing is left over
            tool = self._domain.callable.get((played.call.name, played.call.requestor)) if played.call else None
            if tool is None or played.call is None:
                continue
            if (record := _whole(self._domain, tool, played.call.arguments)) is None:
                self._looks.append((played, tool))
            elif tool.kind == "read" or not played.outcome.error:
                self._records.setdefault(record, []).append((played.event, after))

    def by(self, edit: StoredEdit) -> int | None:
        """The first call that would have shown something else if the edit held; None when there is none."""
        found = [self._record(change) for change in edit.changes]
        events = [event for event in found if event is not None]
        return min(events) if events else self._look(edit)

    def _record(self, change: Change) -> int | None:
        shown = self._records.get((change.table, change.key), ())
        return next((event for event, state in shown if alters(self._as_shown(state, change), change.fields)), None)

    def _as_shown(self, state: State, change: Change) -> Mapping[str, Any]:
        """The record as plain values, each made once: many edits are of the same."""
        record = state.get(change.table, change.key, Record)
        if record is None:
            return {}
        if id(record) not in self._plain:
            self._plain[id(record)] = msgspec.to_builtins(record)
        return self._plain[id(record)]

    def _look(self, edit: StoredEdit) -> int | None:
        tables, made = {change.table for change in edit.changes}, dict[int, State | None]()
        for played, tool in self._looks:
            if played.call is None or (tool.shows is not None and tool.shows.table not in tables):
                continue
            if id(played.before) not in made:
                made[id(played.before)] = _edited(self._domain, played.before, edit.changes)
            state = made[id(played.before)]
            if state is not None and apply(self._domain, state.fork(), played.call).text != played.outcome.text:
                return played.event
        return None


def _whole(domain: Domain, tool: Tool, arguments: Mapping[str, Any]) -> tuple[str, str] | None:
    """The record that a call's answer is, None when it is something else."""
    if tool.shows is None or tool.shows.argument is None or tool.returns is not domain.tables.get(tool.shows.table):
        return None
    return tool.shows.table, str(arguments.get(tool.shows.argument))


def _edited(domain: Domain, state: State, changes: Sequence[Change]) -> State | None:
    """The state with the edit made true in it; None where there is nothing yet that it could be true of."""
    edited = state.fork()
    for change in changes:
        record = msgspec.to_builtins(state.get(change.table, change.key, Record)) or {}
        try:
            put = msgspec.convert(patched(record, change.fields), domain.tables[change.table])
        except msgspec.ValidationError:  # part of a record that a later call makes
            return None
        edited.put(change.table, change.key, put)
    return edited
