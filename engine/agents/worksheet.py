"""What the expert thinks beside what it says: candidates, the best so far, what is still unread."""

from typing import Literal

from engine.agents.notebook import Notebook
from engine.conversation.events import Act, Call
from servers.recipe import Comparison


def worksheet(book: Notebook, step: Call | tuple[Act, ...], detail: Literal["none", "brief", "full"]) -> str:
    """The reasoning of a move: nothing, a line, or the whole table of what was compared."""
    if detail == "none":
        return ""
    latest = {comparison.question: comparison for comparison in book.comparisons}
    lines = [_line(comparison, detail) for comparison in latest.values()]
    lines.append(_next(step))
    return "\n".join(line for line in lines if line)


def _line(comparison: Comparison, detail: str) -> str:
    known = f"{comparison.question}: best so far {comparison.best}." if comparison.best else f"{comparison.question}:"
    left = f" Still to read: {', '.join(comparison.unread)}." if comparison.unread else ""
    if detail == "brief":
        return known + left
    rows = "".join(f"\n- {name}: {measure}" for name, measure in comparison.candidates)
    return known + rows + (f"\n{left.strip()}" if left else "")


def _next(step: Call | tuple[Act, ...]) -> str:
    if isinstance(step, Call):
        return f"Next: {step.name} {step.arguments}"
    kinds = {
        "ask": "I need to ask the customer",
        "propose": "The details are settled; I state them and ask for a yes",
        "refuse": "A rule of the policy stands against this; I say which",
        "report": "Done; I tell the customer",
        "answer": "I have what was asked; I tell the customer",
        "transfer": "Only a person can go on here; I have handed over and say so",
    }
    families = [act.kind.partition(".")[0] for act in step]
    return "; ".join(dict.fromkeys(kinds[family] for family in families if family in kinds)) + "." if families else ""
