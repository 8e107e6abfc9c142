"""The worlds that are served: opened once, shared, bounded, and named by clients without a path."""

from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from servers.http.atlas import Atlas
from servers.http.workspaces import Refused
from servers.state import World
from servers.worlds import open_world, save_world
from tests.servers.shelf import DOMAIN
from tests.servers.web import DOMAINS


async def _atlas_refuses(atlas: Atlas, domain: str, source: str) -> int:
    with pytest.raises(Refused) as refusal:
        await atlas.world(domain, source)
    return refusal.value.status


async def test_a_world_is_opened_once_and_shared(library: World) -> None:
    """Also when many ask for it at the same time."""
    atlas, found = Atlas(DOMAINS, 2, lambda: ()), []

    async def ask() -> None:
        found.append((await atlas.world("shelf", "tiny:1"))[1])

    async with anyio.create_task_group() as tasks:
        for _ in range(8):
            tasks.start_soon(ask)
    assert len({id(world) for world in found}) == 1
    assert (found[0].digest, len(atlas)) == (library.digest, 1)


async def test_worlds_are_let_go_but_never_those_in_use() -> None:
    used: list[World] = []
    atlas = Atlas(DOMAINS, 2, lambda: used)
    first = (await atlas.world("shelf", "tiny:1"))[1]
    used.append(first)
    for seed in range(2, 6):
        await atlas.world("shelf", f"tiny:{seed}")
    assert len(atlas) == 2
    assert (await atlas.world("shelf", "tiny:1"))[1] is first
    used.append((await atlas.world("shelf", "tiny:9"))[1])
    assert await _atlas_refuses(atlas, "shelf", "tiny:10") == 503
    assert (await atlas.world("shelf", "tiny:9"))[1] is used[1]


async def test_a_size_that_costs_much_is_made_only_where_it_is_allowed(tmp_path: Path) -> None:
    """It is not listed and not made; what lies there as a file may have any size."""
    dear = replace(DOMAIN, sizes=("tiny", "large"), generate=lambda _size, seed: DOMAIN.generate("tiny", seed))
    save_world(open_world(dear, "large:1"), tmp_path / "mine.json")
    strict, generous = (Atlas({"shelf": dear}, 8, lambda: (), tmp_path, sizes) for sizes in ((), ["large"]))
    assert (strict.sizes(dear), generous.sizes(dear)) == (("tiny",), ("tiny", "large"))
    for source in ("large:1", "large:1@default"):
        assert await _atlas_refuses(strict, "shelf", source) == 403
        assert (await generous.world("shelf", source))[1].digest == open_world(dear, "large:1").digest
    assert len(strict) == 0
    await strict.world("shelf", "mine.json")
    await strict.world("shelf", "tiny:1")


async def test_a_client_names_no_path(tmp_path: Path, library: World) -> None:
    """What is generated, or a file of the one folder by its name; the folder's own path is not told."""
    save_world(library, tmp_path / "worlds" if (tmp_path / "worlds").mkdir() else tmp_path / "worlds" / "mine.json")
    (tmp_path / "worlds" / "other.json").write_text("rubbish")
    save_world(library, tmp_path / "outside.json")
    atlas = Atlas(DOMAINS, 8, lambda: (), tmp_path / "worlds")
    assert (await atlas.world("shelf", "mine.json"))[1].digest == library.digest
    assert (await atlas.world("shelf", "mine.json@default"))[1].source == "mine.json@default"
    for source in (
        *("../outside.json", str(tmp_path / "outside.json"), "worlds/mine.json", "..", ".", "", "mine.json/", "\0", "x.json"),
        *(
            "tiny:x",
            "tiny:-1",
            "huge:1",
            "tiny:1/..",
            "tiny:1@strange",
            "tiny:1\n",
            "tiny:" + "9" * 19,
            ".hidden",
            "mine.json@no",
        ),
    ):
        assert await _atlas_refuses(atlas, "shelf", source) == 400
    with pytest.raises(Refused) as refusal:
        await atlas.world("shelf", "other.json")
    assert str(tmp_path) not in str(refusal.value)
    assert await _atlas_refuses(atlas, "tests.servers.shelf", "tiny:1") == 400
    assert await _atlas_refuses(Atlas(DOMAINS, 8, lambda: ()), "shelf", "mine.json") == 400
