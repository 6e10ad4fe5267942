"""Bytes of evidence in the object store: pieces, whole files, and when they are safe.

Knows keys and bytes, no rows and no requests. A piece counts only after ``make_durable``.
"""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import IO, Any
from uuid import UUID

import obstore
from flask import current_app
from obstore.store import ObjectStore

from ..platform import ids, storage
from .errors import StorageFull, StorageUnavailable

SEGMENT = 8 << 20
READ = 128 << 10
PATIENCE = 2.0
LEAST_SEGMENT = 64 << 10
RESERVE = 64 << 20
_LOCAL_BUFFER = 1 << 20
_REMOTE_BUFFER = 5 << 20

Read = Callable[[int], bytes]
_FAILURES = (obstore.exceptions.BaseError, OSError)


def final_key(digest: str) -> str:
    """Where the file with this SHA-256 lies."""
    return f"evidence/{digest[:2]}/{digest[2:4]}/{digest}"


def derivative_key(digest: str, variant: str) -> str:
    """Where a picture made from the file with this SHA-256 lies."""
    return f"derivatives/{digest[:2]}/{digest}.{variant}"


def new_part_key(digest: str) -> str:
    """A key beside the place of a file whose SHA-256 is still to be checked; nobody else's."""
    return f"{final_key(digest)}.{ids.new_id().hex}.part"


def new_piece_key(upload_id: UUID, start: int) -> str:
    """A key no other connection writes to, even at the same offset."""
    return f"pieces/{upload_id}/{start:015d}-{ids.new_id().hex}"


def free_bytes() -> int | None:
    """Room left below the store; None where that cannot be known."""
    ask = current_app.extensions.get("evenhand.free_bytes", _free_on_disk)
    left: int | None = ask()
    return left


def _free_on_disk() -> int | None:
    root = storage.folder()
    return shutil.disk_usage(root).free if root is not None else None


def refuse_when_full(wanted: int) -> None:
    """Raise StorageFull when ``wanted`` bytes would eat into the reserve."""
    left = free_bytes()
    if left is not None and left < wanted + RESERVE:
        raise StorageFull


def read_whole(read: Read, size: int) -> bytes:
    """Up to ``size`` bytes, fewer when the line breaks or patience runs out."""
    started, parts, had = monotonic(), [], 0
    while had < size and (data := read(min(READ, size - had))):
        parts.append(data)
        had += len(data)
        if monotonic() - started > PATIENCE:
            break
    return b"".join(parts)


def write_segment(key: str, read: Read, limit: int) -> int:
    """Store bytes from ``read`` at ``key`` until ``limit``, the end, or patience runs out.

    Returns how many bytes are durable there; 0 means that nothing came and nothing is stored.
    At most two buffers are held in memory. Raises StorageFull, StorageUnavailable.
    """
    first = read(min(READ, limit))
    if not first:
        return 0
    try:
        size = _write(key, first, read, limit)
        make_durable(key)
    except _FAILURES as error:
        refuse_when_full(limit)
        raise StorageUnavailable from error
    return size


def _write(key: str, first: bytes, read: Read, limit: int) -> int:
    buffer = _LOCAL_BUFFER if storage.folder() is not None else _REMOTE_BUFFER
    started, size = monotonic(), len(first)
    with obstore.open_writer(storage.store(), key, buffer_size=buffer, max_concurrency=2) as writer:
        writer.write(first)
        while size < limit:
            if size >= LEAST_SEGMENT and monotonic() - started > PATIENCE:
                break
            data = read(min(READ, limit - size))
            if not data:
                break
            writer.write(data)
            size += len(data)
    return size


def make_durable(key: str) -> None:
    """Return only when the object survives a power cut; an object store's reply says so itself."""
    root = storage.folder()
    if root is None:
        return
    path = root / key
    _sync(path)
    _sync(path.parent)
    _known_folder(root, path.parent)


@lru_cache(maxsize=70_000)
def _known_folder(root: Path, folder: Path) -> None:
    """Folders are made on the way; each new one is entered durably in the one above, once."""
    if folder != root:
        _sync(folder.parent)
        _known_folder(root, folder.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def become_final(piece: str, digest: str) -> None:
    """Move a piece that is the whole file to its place; the same bytes there are replaced.

    Raises StorageUnavailable.
    """
    target = final_key(digest)
    try:
        obstore.rename(storage.store(), piece, target, overwrite=True)
        make_durable_entry(target)
    except _FAILURES as error:
        raise StorageUnavailable from error


def keep_whole(data: bytes, digest: str) -> None:
    """Store a file under its SHA-256, durable when this returns.

    What has this name already may be of a process that died before its bytes were durable: it is
    replaced, and only by bytes that are. Raises StorageFull, StorageUnavailable.
    """
    target = final_key(digest)
    try:
        if storage.put_new(target, data):
            make_durable(target)
            return
        part = new_part_key(digest)
        storage.put_bytes(part, data)
        make_durable(part)
    except _FAILURES as error:
        refuse_when_full(len(data))
        raise StorageUnavailable from error
    become_final(part, digest)


def make_durable_entry(key: str) -> None:
    """The name of an object whose bytes are durable already survives a power cut."""
    root = storage.folder()
    if root is not None:
        _sync((root / key).parent)
        _known_folder(root, (root / key).parent)


def assemble(pieces: Iterable[str], digest: str) -> bool:
    """Write the whole file under its SHA-256 from its pieces; False when they hash otherwise."""
    hasher = sha256()
    target = final_key(digest)
    part = new_part_key(digest)
    with obstore.open_writer(storage.store(), part, buffer_size=_REMOTE_BUFFER) as writer:
        for chunk in chain(pieces):
            hasher.update(chunk)
            writer.write(chunk)
    make_durable(part)
    if hasher.hexdigest() != digest:
        storage.delete([part])
        return False
    obstore.rename(storage.store(), part, target, overwrite=True)
    make_durable_entry(target)
    return True


def chain(keys: Iterable[str]) -> Iterator[bytes]:
    """The bytes of objects one after the other; reading needs no application context."""
    return _chain(storage.store(), list(keys))


def _chain(opened: ObjectStore, keys: list[str]) -> Iterator[bytes]:
    for key in keys:
        for chunk in obstore.get(opened, key).stream(min_chunk_size=_LOCAL_BUFFER):
            yield bytes(chunk)


def feed(hasher: Any, key: str) -> None:
    """Hash what is stored at ``key``, read back from the store."""
    root = storage.folder()
    if root is None:
        for chunk in storage.stream(key):
            hasher.update(chunk)
        return
    with (root / key).open("rb", buffering=0) as stored:
        buffer = bytearray(1 << 20)
        view = memoryview(buffer)
        while count := stored.readinto(buffer):
            hasher.update(view[:count])


def open_object(key: str) -> IO[bytes]:
    """An object as a seekable file, to be closed by the caller."""
    root = storage.folder()
    if root is not None:
        return (root / key).open("rb")
    return io.BufferedReader(_Remote(key), 1 << 16)


class _Remote(io.RawIOBase):
    """An object in a store that is no folder as a raw seekable file."""

    def __init__(self, key: str) -> None:
        self._reader = obstore.open_reader(storage.store(), key)

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill ``buffer`` as far as the object goes."""
        data = bytes(self._reader.read(len(buffer)))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a byte."""
        return self._reader.seek(offset, whence)

    def tell(self) -> int:
        """The byte reached."""
        return self._reader.tell()
