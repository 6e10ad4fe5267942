"""Reading a file of evidence wherever it lies: whole under its SHA-256, or still in pieces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from . import store
from .models import Evidence, EvidencePiece, Upload

_IN_MEMORY = 16 << 20


def keys_of(session: Session, evidence: Evidence | Row[Any]) -> list[str]:
    """Keys of the objects that make up a verified file, in order, by its id, sha256, assembled."""
    if evidence.assembled:
        return [store.final_key(evidence.sha256)]
    rows = session.scalars(
        select(EvidencePiece.key)
        .join(Upload, Upload.id == EvidencePiece.upload_id)
        .where(Upload.evidence_id == evidence.id, Upload.state == "verified")
        .order_by(EvidencePiece.start)
    )
    return list(rows)


@contextmanager
def open_pieces(keys: Sequence[str]) -> Iterator[IO[bytes]]:
    """A seekable file over objects; several are copied to a temporary file on the way."""
    if len(keys) == 1:
        with store.open_object(keys[0]) as file:
            yield file
        return
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as copy:
        for chunk in store.chain(keys):
            copy.write(chunk)
        copy.seek(0)
        yield copy
