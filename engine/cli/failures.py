"""Every failure that a person can mend, in one line, with its exit status."""

from collections.abc import Iterator

import servers
from engine.config import BadSettings
from engine.imports.listed import BadTasks
from engine.models.endpoint import BadEndpoint
from engine.outside import BadConversation
from engine.rejudging import BadLabels
from engine.run import BadRun
from engine.scenario import BadScenario
from engine.synthesis.generate import NoScenario
from servers.worlds import BadWorld

BAD_INPUT = (BadLabels, BadScenario, BadRun, BadSettings, BadTasks, BadConversation, BadWorld, servers.UnknownDomain, NoScenario)


def explained(error: BaseException) -> tuple[str, int]:
    """The line and the exit status of a failure. Raises it again when it is none of these: then it is a bug."""
    leaves = list(_leaves(error))
    known = [leaf for leaf in leaves if isinstance(leaf, (*BAD_INPUT, BadEndpoint, OSError))]
    if not known or len(known) < len(leaves):
        raise error
    first = known[0]
    if isinstance(first, BAD_INPUT):
        return str(first), 2
    if isinstance(first, BadEndpoint):
        return f"{first}; what has happened is kept, the same command goes on", 2
    if isinstance(first, OSError) and first.strerror:
        return f"{first.filename or 'standard output'}: {first.strerror}", 1
    return str(first), 1


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from _leaves(part)
    else:
        yield error
