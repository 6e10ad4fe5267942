"""Reading a file of evidence wherever it lies: whole under its SHA-256, or still in pieces."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import obstore
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..platform import storage
from . import store
from .models import Evidence, EvidencePiece, Upload

_IN_MEMORY = 16 << 20


def keys_of(session: Session, evidence: Evidence) -> list[str]:
    """Keys of the objects that make up a verified file, in order."""
    if evidence.assembled:
        return [store.final_key(evidence.sha256)]
    rows = session.scalars(
        select(EvidencePiece.key)
        .join(Upload, Upload.id == EvidencePiece.upload_id)
        .where(Upload.evidence_id == evidence.id, Upload.state == "verified")
        .order_by(EvidencePiece.start)
    )
    return list(rows)


class _Stored(io.RawIOBase):
    """An object in the store as a raw seekable file."""

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


@contextmanager
def open_pieces(keys: Sequence[str]) -> Iterator[IO[bytes]]:
    """A seekable file over objects; several are copied to a temporary file on the way."""
    if len(keys) == 1:
        with io.BufferedReader(_Stored(keys[0]), 1 << 16) as file:
            yield file
        return
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as copy:
        for chunk in store.chain(keys):
            copy.write(chunk)
        copy.seek(0)
        yield copy
