"""What reads text, against a person's labels: no wrong rejection in a hundred, and little that is missed."""

import pytest

from tests.engine.precision import COUNTS, REJECTING, TAU2, Source, counted, table

PRECISION = 0.98
"""Of whatever can reject a trajectory."""
PASSING = 0.95
"""Of whatever lets one pass, or only counts."""
RECALL = {
    "a yes": (0.82, 0.75),
    "not a yes": (0.70, 0.55),
    "a change of wish": (0.60, 0.0),
    "a refusal": (0.86, 0.88),
    "no refusal": (0.10, 0.73),
    "a refusal for its rule": (0.73, 0.70),
    "a claim": (0.71, 0.95),
    "a claim that names its tool": (0.71, 0.95),
    "amounts from nowhere": (0.78, 0.0),
    "an agent's words of a customer": (0.88, 0.0),
}
"""Of the labelled messages and of real ones: a little below what is reached, so that losing it is seen."""
LABELLED: tuple[Source, ...] = ("first", "held_out")


@pytest.mark.parametrize("name", COUNTS)
def test_what_is_read_as_certain_is_right(name: str) -> None:
    """On messages whose wording is none of the project's own."""
    found = counted(name, *LABELLED)
    assert found.of > 0 and found.right > 0
    assert found.precision >= (PRECISION if name in REJECTING else PASSING), [row["id"] for row in found.wrong]
    assert found.recall >= RECALL[name][0], [row["id"] for row in found.missed]


@pytest.mark.parametrize("name", [name for name in COUNTS if RECALL[name][1]])
def test_it_is_right_about_real_conversations_too(name: str) -> None:
    """Messages of real models, read where they lie."""
    if not (TAU2 / "conversations" / "gpt4o_airline.jsonl").is_file():
        pytest.skip(f"no recorded conversations in {TAU2}; set TAU2_DATA to the folder of the public data")
    found = counted(name, "real")
    assert found.of > 0 and found.right > 0
    assert found.precision >= (PRECISION if name in REJECTING else PASSING), [row["id"] for row in found.wrong]
    assert found.recall >= RECALL[name][1], [row["id"] for row in found.missed]


def test_the_figures_are_printed() -> None:
    """One line a reader and source."""
    lines = list(table())
    print("\n".join(lines))
    assert len(lines) > len(COUNTS)
