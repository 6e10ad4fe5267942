"""Tiles: names, growth in any steps, and reading back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from backend.app.ledger import merkle, tiles

ENTRIES = [b"entry %d" % number for number in range(70_000)]


def grow(files: dict[str, bytes], size: int, target: int) -> None:
    """Bring a log in ``files`` from ``size`` to ``target`` entries."""
    edge = tiles.TileTree(size, files.__getitem__).edge()
    for tile in tiles.grow(size, edge, ENTRIES[size - size % 256 : target]):
        assert files.setdefault(tile.name, tile.data) == tile.data, "a name has two contents"


@pytest.mark.parametrize(
    ("level", "place", "width", "name"),
    [
        (0, 0, 256, "0/000"),
        (0, 0, 12, "0/000.p/12"),
        (1, 1234067, 256, "1/x001/x234/067"),
        ("entries", 1000, 1, "entries/x001/000.p/1"),
    ],
)
def test_tile_names_are_those_of_the_format(
    level: int | str, place: int, width: int, name: str
) -> None:
    assert tiles.tile_name(level, place, width) == name
    assert tiles.is_tile_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "0",
        "0/0",
        "0/0000",
        "64/000",
        "00/000",
        "0/x000/001",
        "0/001/002",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/../checkpoint",
        "entries/000/",
        "data/000",
        "0/000\n",
    ],
)
def test_other_names_are_no_tiles(name: str) -> None:
    assert not tiles.is_tile_name(name)


def test_the_tree_of_70000_entries_has_the_tiles_the_format_says() -> None:
    files: dict[str, bytes] = {}
    grow(files, 0, 70_000)
    names = [name for name in files if not name.startswith("entries")]
    assert sum(name.startswith("0/") and ".p/" not in name for name in names) == 273
    assert {name for name in names if ".p/" in name} == {
        "0/273.p/112",
        "1/001.p/17",
        "2/000.p/1",
    }
    assert len(files["1/000"]) == 8192
    assert tiles.unpack(files["entries/273.p/112"]) == ENTRIES[-112:]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 700), min_size=1, max_size=8))
def test_a_log_grown_in_any_steps_has_the_root_of_pymerkle(steps: list[int]) -> None:
    files: dict[str, bytes] = {}
    oracle, size = InmemoryTree(algorithm="sha256"), 0
    for step in steps:
        grow(files, size, size + step)
        for entry in ENTRIES[size : size + step]:
            oracle.append_entry(entry)
        size += step
        assert tiles.TileTree(size, files.__getitem__).root() == oracle.get_root()


def test_growth_across_the_second_level_equals_growth_at_once() -> None:
    slowly: dict[str, bytes] = {}
    for start, end in ((0, 65_535), (65_535, 65_536), (65_536, 65_537), (65_537, 66_000)):
        grow(slowly, start, end)
    at_once: dict[str, bytes] = {}
    grow(at_once, 0, 66_000)
    assert at_once.items() <= slowly.items()
    hashes = [merkle.leaf_hash(entry) for entry in ENTRIES[:66_000]]
    tree = tiles.TileTree(66_000, at_once.__getitem__)
    assert tree.root() == merkle.root(66_000, merkle.nodes_of(hashes))


def test_an_older_size_is_read_from_the_full_tile_when_the_partial_one_is_gone() -> None:
    files: dict[str, bytes] = {}
    grow(files, 0, 100)
    before = tiles.TileTree(100, files.__getitem__).root()
    grow(files, 100, 256)
    del files["0/000.p/100"], files["entries/000.p/100"]
    assert tiles.TileTree(100, files.__getitem__).root() == before
    assert tiles.read_bundle(files.__getitem__, 0, 100) == ENTRIES[:100]


def test_a_missing_or_short_tile_is_named_with_its_first_index() -> None:
    files: dict[str, bytes] = {}
    grow(files, 0, 600)
    files["0/001"] = files["0/001"][:-1]
    with pytest.raises(tiles.DamagedTile) as damage:
        tiles.TileTree(600, files.__getitem__).tile(0, 1)
    assert (damage.value.name, damage.value.index) == ("0/001", 256)
    del files["0/001"]
    with pytest.raises(tiles.DamagedTile):
        tiles.TileTree(600, files.__getitem__).tile(0, 1)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_bundles_give_back_their_entries(entries: list[bytes]) -> None:
    assert tiles.unpack(tiles.pack(entries)) == entries


def test_a_bundle_that_ends_early_is_refused() -> None:
    with pytest.raises(ValueError, match="too early"):
        tiles.unpack(b"\x00\x05abcd")
