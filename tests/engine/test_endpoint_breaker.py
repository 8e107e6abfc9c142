"""An endpoint that seems to be away: everybody pauses, one tries, and only patience comes to an end."""

import pytest

from engine.models.breaker import IN_A_ROW, LONGEST_PAUSE, Breaker
from engine.models.pacing import NEVER, NOW


def _opened(patience: float = 600, at: float = 10) -> Breaker:
    breaker = Breaker(patience)
    for number in range(IN_A_ROW):
        breaker.bad(at - IN_A_ROW + 1 + number, False, "500")
    assert breaker.is_open
    return breaker


def test_failures_in_a_row_open_it_and_an_answer_between_them_does_not() -> None:
    breaker = Breaker(600)
    for now in range(50):
        breaker.bad(now, False, "500")
        if now % (IN_A_ROW - 1) == 0:
            breaker.good(now)
        assert breaker.opens() == NOW
    _opened()


def test_a_burst_of_one_moment_is_no_absence() -> None:
    breaker = Breaker(600)
    for _ in range(1_000):
        breaker.bad(7.0, False, "refused")
    assert not breaker.is_open
    assert breaker.bad(7.6, False, "refused")


def test_one_probe_at_a_time_after_pauses_that_grow() -> None:
    breaker = _opened()
    pauses = []
    now = 10.0
    for _ in range(9):
        pauses.append(breaker.opens() - now)
        now = breaker.opens()
        assert breaker.begin()
        assert breaker.opens() == NEVER
        assert breaker.bad(now, True, "500")
    assert pauses == [0.5, 1, 2, 4, 8, 16, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]


def test_the_probes_answer_lets_everybody_through_again_and_pauses_begin_anew() -> None:
    breaker = _opened()
    breaker.begin()
    breaker.good(10.5)
    assert (breaker.is_open, breaker.opens(), breaker.begin()) == (False, NOW, False)
    for now in range(20, 20 + IN_A_ROW):
        breaker.bad(now, False, "500")
    assert breaker.opens() == 20 + IN_A_ROW - 1 + 0.5


def test_answers_and_failures_of_before_say_nothing_about_now() -> None:
    breaker = _opened()
    until = breaker.opens()
    breaker.good(9.0)
    assert not breaker.bad(10.2, False, "500")
    assert breaker.opens() == until


def test_a_probe_that_was_given_up_is_followed_by_another() -> None:
    breaker = _opened()
    until = breaker.opens()
    breaker.begin()
    breaker.given_up()
    assert breaker.opens() == until


@pytest.mark.parametrize(("now", "over"), [(16.9, False), (17.0, True), (99.0, True)])
def test_patience_counts_from_the_first_failure_of_the_row(now: float, over: bool) -> None:
    assert _opened(patience=10).is_exhausted(now) is over


def test_how_long_it_is_away_counts_from_the_first_failure_of_the_row() -> None:
    """7 is the time of the first; while it is not open nobody is away."""
    assert _opened(at=10).away_for(30) == 23
    assert Breaker(600).away_for(30) == 0


def test_the_last_probe_is_made_when_patience_ends() -> None:
    breaker = _opened(patience=11)
    times = []
    while not times or not breaker.is_exhausted(times[-1]):
        times.append(breaker.opens())
        breaker.begin()
        breaker.bad(times[-1], True, "500")
    assert times[-1] == 18.0


def test_what_never_answers_is_never_exhausted_where_patience_has_no_end() -> None:
    assert not _opened(patience=float("inf")).is_exhausted(1e12)
