"""The C2SP tlog-tiles layout: names, cutting a growing tree into tiles, reading them back. Pure.

A tile holds up to 256 neighbouring hashes of one level; level L counts subtrees of 256^L leaves.
Entry bundles hold the entries themselves. A tile that is not full has its width in its name, so
a name never stands for two contents.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from .merkle import HASH_BYTES, leaf_hash, node_hash, root

WIDTH = 256
ENTRIES = "entries"
_NAME = re.compile(
    r"(?P<level>entries|[0-9]|[1-5][0-9]|6[0-3])/"
    r"(?P<place>(?:x[0-9]{3}/)*[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)

Fetch = Callable[[str], bytes]


class DamagedTile(Exception):
    """A tile is missing, or its content does not fit its name."""

    def __init__(self, name: str, index: int) -> None:
        self.name, self.index = name, index
        super().__init__(name)


@dataclass(frozen=True, slots=True)
class Tile:
    """One file of the log: its name below ``tile/`` and its bytes."""

    name: str
    data: bytes


def tile_name(level: int | str, place: int, width: int = WIDTH) -> str:
    """``0/x001/x234/067`` or ``0/000.p/12``: level, number in groups of three, width."""
    groups = [f"{place % 1000:03d}"]
    while place >= 1000:
        place //= 1000
        groups.append(f"x{place % 1000:03d}")
    path = f"{level}/" + "/".join(reversed(groups))
    return path if width == WIDTH else f"{path}.p/{width}"


def is_tile_name(name: str) -> bool:
    """Return True if ``name`` is the canonical name of a tile."""
    found = _NAME.fullmatch(name)
    if found is None:
        return False
    groups = found["place"].replace("x", "").split("/")
    return not (len(groups) > 1 and groups[0] == "000") and int(found["width"] or 1) < WIDTH


def pack(entries: Sequence[bytes]) -> bytes:
    """An entry bundle: each entry after its length in two bytes."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def unpack(bundle: bytes) -> list[bytes]:
    """Entries of a bundle; raises ValueError when the lengths do not add up."""
    found, at = [], 0
    while at < len(bundle):
        length = int.from_bytes(bundle[at : at + 2], "big")
        if at + 2 + length > len(bundle):
            raise ValueError("an entry bundle that ends too early")
        found.append(bundle[at + 2 : at + 2 + length])
        at += 2 + length
    return found


def hashes_of(tile: bytes) -> list[bytes]:
    """Return the hashes of a tile in order."""
    return [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]


def tile_root(hashes: Sequence[bytes]) -> bytes:
    """Hash of a full tile: one entry of the level above."""
    level = list(hashes)
    while len(level) > 1:
        level = [node_hash(level[i], level[i + 1]) for i in range(0, len(level), 2)]
    return level[0]


def grow(size: int, edge: dict[int, list[bytes]], entries: Sequence[bytes]) -> Iterator[Tile]:
    """Tiles that change when the log grows past ``size``, lower levels first.

    ``entries`` begin at the last multiple of 256 at or below ``size``, so that the first bundle
    is whole. ``edge`` holds the hashes of each level's unfinished tile, without level 0, and is
    brought forward in place; it becomes the edge of the grown tree.
    """
    first = size // WIDTH
    touched: set[int] = set()
    for at in range(0, len(entries), WIDTH):
        batch = entries[at : at + WIDTH]
        place = first + at // WIDTH
        hashes = [leaf_hash(entry) for entry in batch]
        yield Tile(tile_name(ENTRIES, place, len(batch)), pack(batch))
        yield Tile(tile_name(0, place, len(batch)), b"".join(hashes))
        if len(batch) == WIDTH:
            yield from _lift(1, place, tile_root(hashes), edge, touched)
    grown = size - size % WIDTH + len(entries)
    for level in sorted(touched):
        if edge[level]:
            place = grown // WIDTH ** (level + 1)
            yield Tile(tile_name(level, place, len(edge[level])), b"".join(edge[level]))


def _lift(
    level: int, place: int, value: bytes, edge: dict[int, list[bytes]], touched: set[int]
) -> Iterator[Tile]:
    """Put the hash of a finished tile into the level above, which may finish one there."""
    hashes = edge.setdefault(level, [])
    hashes.append(value)
    touched.add(level)
    if len(hashes) == WIDTH:
        yield Tile(tile_name(level, place // WIDTH), b"".join(hashes))
        edge[level] = []
        yield from _lift(level + 1, place // WIDTH, tile_root(hashes), edge, touched)


class TileTree:
    """Subtree hashes of a log of ``size`` entries, read from its tiles.

    ``fetch(name)`` gives a tile's bytes or raises KeyError. Tiles are kept once read, so one
    object serves one proof or one growth step and is then dropped.
    """

    def __init__(self, size: int, fetch: Fetch) -> None:
        self.size = size
        self._fetch = fetch
        self._kept: dict[tuple[int, int], list[bytes]] = {}

    def node(self, height: int, place: int) -> bytes:
        """Hash over leaves ``[place·2^height, (place+1)·2^height)``; raises DamagedTile."""
        level, inner = divmod(height, 8)
        first = place << inner
        hashes = self.tile(level, first // WIDTH)
        at = first % WIDTH
        return tile_root(hashes[at : at + (1 << inner)])

    def tile(self, level: int, place: int) -> list[bytes]:
        """Hashes of one tile as wide as it is in a log of this size; raises DamagedTile."""
        kept = self._kept.get((level, place))
        if kept is None:
            kept = self._kept[level, place] = self._read(level, place)
        return kept

    def edge(self) -> dict[int, list[bytes]]:
        """Hashes of the unfinished tile of every level above 0."""
        found: dict[int, list[bytes]] = {}
        level = 1
        while count := self.size // WIDTH**level:
            found[level] = list(self.tile(level, count // WIDTH)) if count % WIDTH else []
            level += 1
        return found

    def root(self) -> bytes:
        """Root of the log as its tiles have it; raises DamagedTile."""
        return root(self.size, self.node)

    def _read(self, level: int, place: int) -> list[bytes]:
        width = min(WIDTH, self.size // WIDTH**level - place * WIDTH)
        data = read_tile(self._fetch, level, place, width)
        if len(data) != width * HASH_BYTES:
            raise DamagedTile(tile_name(level, place, width), place * WIDTH ** (level + 1))
        return hashes_of(data)


def read_tile(fetch: Fetch, level: int, place: int, width: int) -> bytes:
    """Bytes of a hash tile, cut from the full one when the partial one has been cleared away.

    Raises DamagedTile when neither is there.
    """
    try:
        return _partial_or_full(fetch, level, place, width)[: width * HASH_BYTES]
    except KeyError:
        raise DamagedTile(tile_name(level, place, width), place * WIDTH ** (level + 1)) from None


def read_bundle(fetch: Fetch, place: int, width: int) -> list[bytes]:
    """The ``width`` first entries of a bundle; raises DamagedTile when it cannot be read."""
    try:
        entries = unpack(_partial_or_full(fetch, ENTRIES, place, width))
    except (KeyError, ValueError):
        raise DamagedTile(tile_name(ENTRIES, place, width), place * WIDTH) from None
    return entries[:width]


def _partial_or_full(fetch: Fetch, level: int | str, place: int, width: int) -> bytes:
    if width == WIDTH:
        return fetch(tile_name(level, place))
    try:
        return fetch(tile_name(level, place, width))
    except KeyError:
        return fetch(tile_name(level, place))
