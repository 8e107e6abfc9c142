"""What reads text, against a person's labels: no wrong rejection in a hundred, and little that is missed."""

import pytest

from tests.engine.precision import COUNTS, TAU2, counted, table

PRECISION = 0.98
"""Of whatever can reject a trajectory, or lets it pass."""
RECALL = {
    "a yes": (0.92, 0.85),
    "not a yes": (0.90, 0.60),
    "a refusal": (0.93, 0.85),
    "no refusal": (0.86, 0.83),
    "a refusal for its rule": (0.74, 0.85),
    "a claim": (0.73, 0.95),
    "a claim that names its tool": (1.0, 1.0),
    "an agent's words of a customer": (0.95, 0.0),
}
"""Of the labelled messages and of real ones: a little below what is reached, so that losing it is seen."""


@pytest.mark.parametrize("name", COUNTS)
def test_what_is_read_as_certain_is_right(name: str) -> None:
    """On messages whose wording is none of the project's own."""
    found = counted(name)
    assert found.of > 0 and found.right > 0
    assert found.precision >= PRECISION, [row["id"] for row in found.wrong]
    assert found.recall >= RECALL[name][0], [row["id"] for row in found.missed]


@pytest.mark.parametrize("name", [name for name in COUNTS if RECALL[name][1]])
def test_it_is_right_about_real_conversations_too(name: str) -> None:
    """Messages of real models, read where they lie."""
    if not (TAU2 / "conversations" / "gpt4o_airline.jsonl").is_file():
        pytest.skip(f"no recorded conversations in {TAU2}; set TAU2_DATA to the folder of the public data")
    found = counted(name, "real")
    assert found.of > 0 and found.right > 0
    assert found.precision >= PRECISION, [row["id"] for row in found.wrong]
    assert found.recall >= RECALL[name][1], [row["id"] for row in found.missed]


def test_the_figures_are_printed() -> None:
    """One line a reader and source."""
    lines = list(table())
    print("\n".join(lines))
    assert len(lines) > len(COUNTS)
