"""The worlds that workspaces stand on: opened once, shared, the latest few kept and those in use always."""

import re
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

import anyio
import anyio.to_thread

from servers.domain import Domain
from servers.http.workspaces import Refused
from servers.state import World
from servers.worlds import BadWorld, open_world

WITHHELD = ("large",)
"""Sizes of world that are not made for clients unless whoever serves allows it: anybody may ask, and one costs half a minute."""

_GENERATED = re.compile(r"(?P<size>[A-Za-z][\w-]*):[0-9]{1,18}(@[\w-]*)?")
_FILE = re.compile(r"(?!\.)(?P<name>[\w.-]+?)(?P<policy>@[\w-]*)?")


class Atlas:
    """Opens worlds of these domains. At most `kept` are held; `in_use` says which of them may not be let go.

    A client names a world SIZE:SEED, or a file of `folder` by its bare name: it never names a path. `sizes` are those
    of WITHHELD that it may name; a file may have any.
    """

    def __init__(
        self,
        domains: Mapping[str, Domain],
        kept: int,
        in_use: Callable[[], Iterable[World]],
        folder: Path | None = None,
        sizes: Collection[str] = (),
    ) -> None:
        self.domains = domains
        self._kept = kept
        self._in_use = in_use
        self._folder = folder
        self._withheld = set(WITHHELD).difference(sizes)
        self._open: OrderedDict[tuple[str, str], World] = OrderedDict()
        self._opening = anyio.Lock()

    def __len__(self) -> int:
        return len(self._open)

    def sizes(self, domain: Domain) -> tuple[str, ...]:
        """The sizes of world that a client may name."""
        return tuple(size for size in domain.sizes if size not in self._withheld)

    async def world(self, domain: str, source: str) -> tuple[Domain, World]:
        """The domain and world of these names. Worlds are made in a thread, one at a time.

        Raises Refused: 400 for what there is not, 403 for what is withheld, 503 when as many other worlds as can be kept
        are in use.
        """
        known = self.domains.get(domain)
        if known is None:
            raise Refused(400, f"no domain {domain!a}: there is {', '.join(self.domains)}")
        place, name = self._place(source), (domain, source)
        async with self._opening:
            world = self._open.get(name)
            if world is None:
                self._make_room()
                world = await anyio.to_thread.run_sync(_opened, known, place, source)
                self._open[name] = world
            self._open.move_to_end(name)
        return known, world

    def _place(self, source: str) -> str:
        """What `open_world` is to open."""
        if generated := _GENERATED.fullmatch(source):
            if (size := generated["size"]) in self._withheld:
                raise Refused(403, f"no world of size {size} is made for clients here; whoever serves may --allow-size {size}")
            return source
        file = _FILE.fullmatch(source)
        if file and self._folder is not None and (self._folder / file["name"]).is_file():
            return f"{self._folder / file['name']}{file['policy'] or ''}"
        raise Refused(400, f"no world {source[:80]!a}: name one as SIZE:SEED, such as small:7, or a file that is served here")

    def _make_room(self) -> None:
        used = {id(world) for world in self._in_use()}
        for name in [name for name, world in self._open.items() if id(world) not in used]:
            if len(self._open) < self._kept:
                return
            del self._open[name]
        if len(self._open) >= self._kept:
            raise Refused(503, f"{self._kept} other worlds are in use; use one of those, or try again", 1)


def _opened(domain: Domain, place: str, source: str) -> World:
    try:
        world = open_world(domain, place)
    except BadWorld as error:
        raise Refused(400, str(error).replace(place, source)) from None
    world.source = source
    _ = world.digest
    return world
