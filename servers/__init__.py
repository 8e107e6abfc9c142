"""The world: domains of tools over records, each a folder here; served over MCP by `python -m servers`.

There is no registry: a folder whose package defines `DOMAIN` is a domain.
"""

import importlib
import pkgutil

from servers.domain import Domain


class UnknownDomain(ValueError):
    """No domain goes by that name; the message lists those that there are."""


def names() -> tuple[str, ...]:
    """The domains that are folders here, in alphabetical order."""
    folders = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)
    return tuple(name for name in folders if _defined(f"{__name__}.{name}") is not None)


def load(name: str) -> Domain:
    """The domain of a folder here (`retail`), or of a dotted module (`tests.domains.lights`).

    Raises UnknownDomain. What fails inside a domain's own code is raised as it is.
    """
    domain = None
    if all(part.isidentifier() for part in name.split(".")):
        domain = _defined(name if "." in name else f"{__name__}.{name}")
    if domain is None:
        known = ", ".join(names())
        raise UnknownDomain(f"no domain {name!r}: there is {known}, or name a module that defines DOMAIN (package.module)")
    return domain


def _defined(path: str) -> Domain | None:
    try:
        module = importlib.import_module(path)
    except ModuleNotFoundError as error:
        if error.name is not None and f"{path}.".startswith(f"{error.name}."):
            return None
        raise
    domain = getattr(module, "DOMAIN", None)
    return domain if isinstance(domain, Domain) else None
