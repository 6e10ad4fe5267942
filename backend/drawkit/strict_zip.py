"""The one kind of ZIP that a bundle is, so that no two programs read two draws in one file.

Entries follow one another from the first byte on, then the directory, then the end record, which
ends the file. There is nothing in between, nothing before, nothing behind, and whatever is said
twice is said alike. ``docs/specs/draw-v2.md`` §7 lists it; ``frontend/verify/zip.mjs`` is the twin.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_FLAGS = (0, 0x800)
"""No encryption and no sizes behind the data; names may be marked as UTF-8."""
_STORED, _DEFLATED = 0, 8


class NotStrict(ValueError):
    """The bytes are no ZIP of this kind, or damaged."""


class _Entry(NamedTuple):
    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int


def read(data: bytes, most_bytes: int) -> dict[str, bytes]:
    """Return the files of a ZIP by name, in order. Raises :class:`NotStrict`; OverflowError when
    they hold more than ``most_bytes`` together."""
    try:
        count, start = _end(data)
        entries = list(_directory(data, count, start))
    except struct.error as error:
        raise NotStrict("cut short") from error
    if sum(entry.size for entry in entries) > most_bytes:
        raise OverflowError
    files, place = {}, 0
    for entry in entries:
        begun = _begin(data, entry, place)
        place = begun + entry.packed
        if place > start:
            raise NotStrict("entries reach into the directory")
        files[entry.name.decode("ascii")] = _content(data[begun:place], entry)
    if place != start:
        raise NotStrict("bytes between entries and directory")
    return files


def _end(data: bytes) -> tuple[int, int]:
    """Return how many entries there are and where the directory begins."""
    mark, disk, first, here, count, size, start, comment = _END.unpack_from(
        data, max(0, len(data) - _END.size)
    )
    whole = mark == b"PK\5\6" and (disk, first, comment) == (0, 0, 0) and here == count
    if not whole or start + size != len(data) - _END.size:
        raise NotStrict("no end record at the end")
    return count, start


def _directory(data: bytes, count: int, start: int) -> Iterator[_Entry]:
    """Yield the entries of the directory, which fills its place and is in order."""
    place, before = start, b""
    for _ in range(count):
        values = _CENTRAL.unpack_from(data, place)
        mark, flags, method = values[0], values[3], values[4]
        crc, packed, size, length, extra, comment, disk = values[7:14]
        name = data[place + _CENTRAL.size : place + _CENTRAL.size + length]
        if mark != b"PK\1\2" or (extra, comment, disk) != (0, 0, 0):
            raise NotStrict("an entry of the directory says more than a name")
        if flags not in _FLAGS or method not in (_STORED, _DEFLATED):
            raise NotStrict("an entry is packed in another way")
        if name <= before or not name.isascii():
            raise NotStrict("names are not ASCII, or do not increase")
        yield _Entry(name, flags, method, crc, packed, size, values[16])
        place, before = place + _CENTRAL.size + length, name
    if place != len(data) - _END.size:
        raise NotStrict("the directory does not fill its place")


def _begin(data: bytes, entry: _Entry, place: int) -> int:
    """Return where the content of an entry begins, whose head stands at ``place`` and says what the
    directory says."""
    try:
        values = _LOCAL.unpack_from(data, place)
    except struct.error as error:
        raise NotStrict("cut short") from error
    mark, flags, method = values[0], values[2], values[3]
    crc, packed, size, length, extra = values[6:11]
    begun: int = place + _LOCAL.size + length
    found = _Entry(data[place + _LOCAL.size : begun], flags, method, crc, packed, size, place)
    if mark != b"PK\3\4" or extra or found != entry:
        raise NotStrict("an entry's head and the directory differ")
    return begun


def _content(packed: bytes, entry: _Entry) -> bytes:
    if entry.method == _STORED:
        content = packed
    else:
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = stream.decompress(packed, entry.size + 1)
        except zlib.error as error:
            raise NotStrict("an entry cannot be unpacked") from error
        if not stream.eof or stream.unused_data:
            raise NotStrict("a packed entry does not end where it should")
    if len(content) != entry.size or zlib.crc32(content) != entry.crc:
        raise NotStrict("an entry is damaged")
    return content
