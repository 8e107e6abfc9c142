"""Estimators, as pure functions of counts: pass^k, intervals, the exact sign test.

Scenarios are the units everywhere: trials of one scenario are alike, and say less together than as many scenarios would.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import comb, fsum, sqrt
from operator import mul
from random import Random
from typing import Literal

import msgspec

RESAMPLES = 1_000
_Z = 1.959963984540054


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """A mean over `scenarios` with its interval of 95 %, and by which method that was made."""

    value: float
    low: float
    high: float
    method: Literal["bootstrap", "wilson"]
    scenarios: int


def pass_hat(trials: int, right: int, k: int) -> float:
    """How likely k trials of a scenario are all right, without bias: C(right, k) / C(trials, k) (arXiv 2406.12045).

    Raises ValueError for more than there are trials.
    """
    if k > trials:
        raise ValueError(f"pass^{k} needs {k} trials, there are {trials}")
    return comb(right, k) / comb(trials, k)


def wilson(share: float, count: int) -> tuple[float, float]:
    """Wilson's score interval of 95 % for a share of `count`; too wide, never too narrow, for a mean of values from 0 to 1."""
    spread = _Z * sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2))
    middle, scale = share + _Z**2 / (2 * count), 1 + _Z**2 / count
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def bootstrap(values: Sequence[float], counts: Sequence[int]) -> tuple[float, float]:
    """The Bayesian bootstrap's interval of 95 % for a mean (Rubin 1981), where so many units have each value.

    Units weigh as Dirichlet(1, …, 1) wants; those with one value weigh together as much as a gamma variate of their count,
    so that it takes no longer for more of them. The same every time.
    """
    means = sorted(fsum(map(mul, weights, values)) for weights in _weights(tuple(counts)))
    tail = RESAMPLES // 40
    return means[tail], means[-tail - 1]


@lru_cache(maxsize=8)
def _weights(counts: tuple[int, ...]) -> tuple[tuple[float, ...], ...]:
    """For each resample the weights of the values, 1 together: the same for every k of a group."""
    random, drawn = Random("scores"), []
    for _ in range(RESAMPLES):
        weights = [random.gammavariate(count, 1.0) for count in counts]
        total = fsum(weights)
        drawn.append(tuple(weight / total for weight in weights))
    return tuple(drawn)


def mean(values: Sequence[float], counts: Sequence[int]) -> float:
    """The mean where so many units have each value."""
    total = fsum(value * count for value, count in zip(values, counts, strict=True))
    return total / fsum(counts)


def estimate(values: Sequence[float], counts: Sequence[int], *, single: bool) -> Estimate:
    """The mean of values from 0 to 1. Wilson's interval where every unit is one trial (`single`), or where all have one value,
    in which a bootstrap sees no spread."""
    share, scenarios = mean(values, counts), round(fsum(counts))
    plain = single or len(set(values)) == 1
    low, high = wilson(share, scenarios) if plain else bootstrap(values, counts)
    return Estimate(value=share, low=low, high=high, method="wilson" if plain else "bootstrap", scenarios=scenarios)


def difference(values: Sequence[float], counts: Sequence[int]) -> Estimate:
    """The mean of paired differences, from -1 to 1. Where all are the same, a bootstrap sees no spread: then Wilson says how many
    others there may be at most, and each of those is as far off as can be.
    """
    share, scenarios = mean(values, counts), round(fsum(counts))
    if len(set(values)) == 1:
        others = wilson(0.0, scenarios)[1]
        low, high = share - (share + 1) * others, share + (1 - share) * others
        return Estimate(value=share, low=low, high=high, method="wilson", scenarios=scenarios)
    low, high = bootstrap(values, counts)
    return Estimate(value=share, low=low, high=high, method="bootstrap", scenarios=scenarios)


def sign_test(better: int, worse: int) -> float:
    """The exact two-sided p of so many better and worse, if either were as likely; McNemar's, where each is one trial."""
    count, fewer = better + worse, min(better, worse)
    tail = ways = 1
    for place in range(fewer):
        ways = ways * (count - place) // (place + 1)
        tail += ways
    p: float = 2 * tail / 2**count
    return min(1.0, p)
