"""What one role has had of one base URL: when so little of it was good that it is the configuration, and no bad moment.

Decides and knows no clock. Above: the client, which ends the run, or does without that URL.
"""

REFUSALS = 10
"""Requests refused in a row, without an answer between them, after which it is the configuration and not the conversation; …"""
UNPROVEN = 3
"""… conversations that were refused, and odd bodies in a row, where nothing good has ever come."""
UNANSWERED = 10.0
"""Seconds for which an endpoint that has never been good may be none, before a person is told."""


class Proof:
    """`known`: it has given a completion, now or in an earlier session of the run."""

    def __init__(self, known: bool = False, patience: float = UNANSWERED) -> None:
        self.known = known
        self._bears = min(UNANSWERED, patience)
        self._refusals = 0
        self._refused = set[str]()
        self._odd = 0
        self._odd_since = 0.0

    def good(self) -> None:
        """A completion came."""
        self.known = True
        self._refusals = self._odd = 0
        self._refused.clear()

    def refused(self, conversation: str) -> bool:
        """A request was refused for a reason of its own: has that become everybody's?"""
        self._refusals += 1
        if not self.known:
            self._refused.add(conversation)
        return self._refusals >= REFUSALS or len(self._refused) >= UNPROVEN

    def odd(self, now: float) -> bool:
        """Something came that is no completion: is that all that this URL has to give?"""
        if not self._odd:
            self._odd_since = now
        self._odd += 1
        return not self.known and self._odd >= UNPROVEN and now - self._odd_since >= self._bears
