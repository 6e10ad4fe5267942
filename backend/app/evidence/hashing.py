"""SHA-256 of what is stored, piece by piece, so that the end of an upload does not wait for all.

A hash in the making is kept by the process for uploads it has served lately. It is a shortcut:
another process, or this one after a restart, reads the pieces again from the store.
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

    def advance(self, upload_id: UUID, start: int, size: int, key: str) -> None:
        """Hash a durable piece if it continues what was hashed here; else leave it for the end."""
        with self._lock:
            done, hasher = self._kept.pop(upload_id, (0, None))
        if done != start:
            return
        hasher = hasher or sha256()
        store.feed(hasher, key)
        with self._lock:
            self._kept[upload_id] = (start + size, hasher)
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)

    def digest(self, upload_id: UUID, pieces: Sequence[tuple[int, int, str]]) -> str:
        """SHA-256 over all pieces (start, size, key) in order, hex."""
        with self._lock:
            done, hasher = self._kept.pop(upload_id, (0, None))
        if hasher is None or done not in {start + size for start, size, _ in pieces}:
            done, hasher = 0, sha256()
        for start, _, key in pieces:
            if start >= done:
                store.feed(hasher, key)
        return str(hasher.hexdigest())

    def forget(self, upload_id: UUID) -> None:
        """Drop what was hashed of an upload."""
        with self._lock:
            self._kept.pop(upload_id, None)
