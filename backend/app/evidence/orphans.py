"""Bytes that nobody counts: what a process killed between a stored object and its row left behind.

Looks at segments and at parts whose hash was never compared. Must not touch a file in its place
under its SHA-256, nor anything that a row names, nor anything young enough to be under way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import obstore
import structlog
from sqlalchemy import select

from ..platform import clock, jobs, storage
from ..platform.transactions import read_session
from .models import EvidencePiece

log = structlog.get_logger(__name__)
AGE = timedelta(days=30)
"""As long as an upload waits for its phone; no request lasts so long, so none is under way."""
_CHUNK = 500
_SHELVES = ("pieces", *(f"evidence/{number:02x}" for number in range(256)))
_LOOSE = re.compile(
    r"pieces/[^/]+/[^/]+"
    r"|evidence/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{64}(?:\.[0-9a-f]{32}\.part(?:#\d+)?|#\d+)"
)
"""A folder's store writes beside the key, under the key with a number, until all bytes are there;
it neither lists nor deletes such names itself."""


@jobs.handler("evidence.orphans")
def drop_orphans(job_id: UUID, payload: dict[str, Any]) -> None:
    """Delete what is loose, older than AGE, and named by no row."""
    del payload
    before = clock.now() - AGE
    dropped = 0
    for done, shelf in enumerate(_SHELVES, 1):
        for keys in _old_and_loose(shelf, before):
            dropped += _drop(keys)
        jobs.report_progress(job_id, done, len(_SHELVES))
    if dropped:
        log.info("evidence.orphans_dropped", objects=dropped)


def _drop(keys: list[str]) -> int:
    with read_session() as session:
        named = set(session.scalars(select(EvidencePiece.key).where(EvidencePiece.key.in_(keys))))
    orphans = [key for key in keys if key not in named]
    root = storage.folder()
    if root is None:
        storage.delete(orphans)
    else:
        for key in orphans:
            (root / key).unlink(missing_ok=True)
    return len(orphans)


def _old_and_loose(shelf: str, before: datetime) -> Iterator[list[str]]:
    """Keys below ``shelf`` written before ``before`` that are no file in its place, in chunks."""
    chunk: list[str] = []
    root = storage.folder()
    for key, written in _remote(shelf) if root is None else _local(root, shelf):
        if written < before and _LOOSE.fullmatch(key):
            chunk.append(key)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _remote(shelf: str) -> Iterator[tuple[str, datetime]]:
    for found in obstore.list(storage.store(), prefix=shelf):
        for one in found:
            yield one["path"], one["last_modified"]


def _local(root: Path, shelf: str) -> Iterator[tuple[str, datetime]]:
    for path in (root / shelf).rglob("*"):
        try:
            seconds = path.stat().st_mtime
        except FileNotFoundError:  # moved to its place since it was listed
            continue
        if path.is_file():
            yield path.relative_to(root).as_posix(), datetime.fromtimestamp(seconds, UTC)
