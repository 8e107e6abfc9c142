"""How long an answer takes: distributions by name, in seconds."""

from collections.abc import Callable, Mapping
from math import log
from random import Random

Latency = Callable[[Random], float]

_KINDS: Mapping[str, tuple[str, Callable[..., Latency]]] = {
    "fixed": ("SECONDS", lambda seconds: lambda _: seconds),
    "uniform": ("LOW,HIGH", lambda low, high: lambda random: random.uniform(low, high)),
    "exponential": ("MEAN", lambda mean: lambda random: random.expovariate(1 / mean)),
    "lognormal": ("MEDIAN,SIGMA", lambda median, sigma: lambda random: random.lognormvariate(log(median), sigma)),
}

FORMS = ", ".join(f"{name}:{form}" for name, (form, _) in _KINDS.items())


def latency(written: str) -> Latency:
    """A distribution as it is written: `fixed:1`, `lognormal:0.8,0.4`. Raises ValueError."""
    name, _, numbers = written.partition(":")
    try:
        form, made = _KINDS[name]
        values = [float(number) for number in numbers.split(",")]
    except (KeyError, ValueError):
        raise ValueError(f"{written}: a latency is one of {FORMS}") from None
    if len(values) != form.count(",") + 1 or not all(0 <= value < float("inf") for value in values):
        raise ValueError(f"{written}: {name} is written {name}:{form}, in seconds")
    if name in ("exponential", "lognormal") and values[0] == 0:
        raise ValueError(f"{written}: a {name} latency of 0 is none; leave it out, or take fixed:0")
    return made(*values)
