"""Files: one interface over a folder or an S3-compatible store.

Keys are relative paths. Types and names of files live in the database, never in the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import obstore
from flask import Flask, current_app
from obstore.store import LocalStore, ObjectStore, from_url

from .settings import Settings


class MissingObject(Exception):
    """No object has this key."""


def open_store(settings: Settings) -> ObjectStore:
    """Return the store that the settings name; a missing folder is made."""
    url = settings.evidence_url
    if url.startswith("file://"):
        folder = Path(url.removeprefix("file://"))
        folder.mkdir(parents=True, exist_ok=True)
        return LocalStore(folder)
    return from_url(url)


def install(app: Flask, settings: Settings) -> None:
    """Open the store once for the application."""
    opened = open_store(settings)
    folder = opened.prefix if isinstance(opened, LocalStore) else None
    app.extensions["evenhand.store"] = opened
    app.extensions["evenhand.store_folder"] = Path(folder) if folder else None


def store() -> ObjectStore:
    """Return the running application's store."""
    opened: ObjectStore = current_app.extensions["evenhand.store"]
    return opened


def folder() -> Path | None:
    """Return the folder of a local store, or None for a bucket."""
    kept: Path | None = current_app.extensions["evenhand.store_folder"]
    return kept


def put_bytes(key: str, data: bytes) -> None:
    """Write ``data`` at ``key``, replacing what was there."""
    obstore.put(store(), key, data)


def put_new(key: str, data: bytes | Iterable[bytes]) -> bool:
    """Write at ``key`` unless an object is there; returns True if it wrote."""
    try:
        obstore.put(store(), key, data, mode="create", use_multipart=False)
    except obstore.exceptions.AlreadyExistsError:
        return False
    return True


def get_bytes(key: str) -> bytes:
    """Return the whole object; raises :class:`MissingObject`."""
    try:
        return bytes(obstore.get(store(), key).bytes())
    except FileNotFoundError as error:
        raise MissingObject(key) from error


def stream(key: str, chunk: int = 1 << 20) -> Iterator[bytes]:
    """Return the object in pieces of at least ``chunk`` bytes; raises :class:`MissingObject` before
    the first."""
    try:
        found = obstore.get(store(), key)
    except FileNotFoundError as error:
        raise MissingObject(key) from error
    return (bytes(piece) for piece in found.stream(min_chunk_size=chunk))


def exists(key: str) -> bool:
    """Return True if an object has this key."""
    try:
        obstore.head(store(), key)
    except FileNotFoundError:
        return False
    return True


def delete(keys: list[str]) -> None:
    """Remove objects; absent ones are no error."""
    for key in keys:
        try:
            obstore.delete(store(), key)
        except FileNotFoundError:
            continue
