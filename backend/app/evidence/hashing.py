"""SHA-256 of an upload while it goes into the store, so that its end does not wait for all of it.

A hash in the making is kept by the process for uploads it has served lately, and only over pieces
whose offset has moved. It is a shortcut: another process, or this one after a restart, reads the
pieces again from the store.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from hashlib import sha256
from threading import Lock
from typing import Any
from uuid import UUID

from . import store

_MOST = 256


class Hashes:
    """Hashes in the making: upload → (bytes hashed, hash). Safe between threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[UUID, tuple[int, Any]] = OrderedDict()
        self._lock = Lock()

    def until(self, upload_id: UUID, start: int) -> Any:
        """The hash of the first ``start`` bytes, to be gone on with; None where it is not known."""
        if start == 0:
            return sha256()
        with self._lock:
            done, hasher = self._kept.get(upload_id, (0, None))
            if done != start:
                return None
            del self._kept[upload_id]
            return hasher

    def keep(self, upload_id: UUID, done: int, hasher: Any) -> None:
        """Keep the hash of the first ``done`` bytes, all of them stored and counted."""
        if hasher is None:
            return
        with self._lock:
            self._kept[upload_id] = (done, hasher)
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)

    def digest(self, upload_id: UUID, pieces: Sequence[tuple[int, int, str]]) -> str:
        """SHA-256 over all pieces (start, size, key) in order, hex; what is not hashed is read."""
        with self._lock:
            done, hasher = self._kept.pop(upload_id, (0, None))
        if hasher is None or done not in {start + size for start, size, _ in pieces}:
            done, hasher = 0, sha256()
        for start, _, key in pieces:
            if start >= done:
                store.feed(hasher, key)
        return str(hasher.hexdigest())


def hashed(read: store.Read, hasher: Any) -> store.Read:
    """``read``, whose bytes go through ``hasher`` on their way; None hashes nothing."""
    if hasher is None:
        return read

    def through(size: int) -> bytes:
        data = read(size)
        hasher.update(data)
        return data

    return through
