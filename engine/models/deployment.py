"""Where a role's model is, and how it is to be asked: all that a person configures of it. The key itself is never in here."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from engine.models.pacing import Limits

OURS = {"model", "messages", "tools", "stream", "n"}
"""Fields of a request that are no matter of sampling."""

_URL = re.compile(r"https?://[^/?#@\s]+(/[^?#@\s]*)?")


class Deployment(msgspec.Struct, frozen=True, kw_only=True):
    """A model behind one URL or several, which then are replicas of each other. Raises ValueError.

    `key`: the environment variable that holds the key, empty for none; `seconds`: how long a request may take from its first
    byte to its last; `attempts`: failures of one request before its conversation has failed; `patience`: seconds that an
    endpoint may be away before it is bad; `pauses`: a bad endpoint is tried again from time to time, for ever, instead of ending
    the run.
    """

    model: str
    urls: tuple[str, ...] = ("https://api.openai.com/v1",)
    key: str = "OPENAI_API_KEY"
    sampling: Mapping[str, Any] = msgspec.field(default_factory=dict)
    limits: Limits = Limits()
    seconds: float = 600.0
    attempts: int = 6
    patience: float = 1_800.0
    pauses: bool = False

    def __post_init__(self) -> None:
        if not self.model or not self.urls:
            raise ValueError("an endpoint needs the name of a model and a base URL")
        for url in self.urls:
            if not _URL.fullmatch(url):
                raise ValueError(
                    "a base URL is http://HOST:PORT/v1 or https://HOST/v1, without user, password or query: "
                    "keys come from the environment"
                )
        if wrong := sorted(OURS & set(self.sampling)):
            raise ValueError(f"no sampling parameters: {', '.join(wrong)}")
        if self.attempts < 1 or self.seconds <= 0 or self.patience < 0:
            raise ValueError("attempts must be 1 or more, seconds more than 0, patience 0 or more")
