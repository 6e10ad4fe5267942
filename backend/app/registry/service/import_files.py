"""The uploaded files of imports: where they lie, and opening them as tables.

A file lives in the object store and is copied to a temporary one while it is read. What it holds
beside the rows a person sees is surveyed once and kept with the batch.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from backend.app.platform import storage
from backend.app.registry.errors import FileUnreadable
from backend.app.registry.imports.kinds import KINDS
from backend.app.registry.imports.model import Survey, UnreadableFile
from backend.app.registry.imports.run import Preview, preview
from backend.app.registry.imports.source import Source, open_source
from backend.app.registry.messages import unreadable
from backend.app.registry.models import ImportBatch

PIECE = 1 << 20


def file_key(batch_id: UUID) -> str:
    """Where the uploaded file lies."""
    return f"imports/{batch_id}/file"


def rows_key(batch_id: UUID, run: int, part: int) -> str:
    """Where a part of the checked rows of one run of the check lies."""
    return f"imports/{batch_id}/rows-{run}-{part:04d}.jsonl"


def progress_key(batch_id: UUID) -> str:
    """Where the running job writes how far it is, as "done total"."""
    return f"imports/{batch_id}/progress"


@contextmanager
def spooled(pieces: Iterable[bytes]) -> Iterator[tuple[Path, int, str]]:
    """The pieces as a temporary file: (path, bytes, SHA-256 in hex)."""
    digest = hashlib.sha256()
    size = 0
    with tempfile.NamedTemporaryFile(prefix="evenhand-import-") as file:
        for piece in pieces:
            file.write(piece)
            digest.update(piece)
            size += len(piece)
        file.flush()
        yield Path(file.name), size, digest.hexdigest()


@contextmanager
def named_refusal() -> Iterator[None]:
    """Turn what the readers refuse into the problem a person meets."""
    try:
        yield
    except UnreadableFile as error:
        raise FileUnreadable(unreadable(error.code, error.params)) from error


@contextmanager
def opened(batch: ImportBatch) -> Iterator[Source]:
    """The batch's file as a table, with the encoding, sheet and delimiter chosen. Raises
    FileUnreadable."""
    with spooled(storage.stream(file_key(batch.id))) as (path, _size, _digest), named_refusal():
        yield open_source(
            path, batch.encoding or None, batch.sheet or None, batch.delimiter or None
        )


def look(
    batch: ImportBatch, mapping: Mapping[str, int] | None = None
) -> tuple[Preview, tuple[str, ...]]:
    """The top of the batch's file, read with a mapping (else the batch's), and its sheets."""
    chosen = batch.mapping if mapping is None else mapping
    with opened(batch) as source:
        return preview(source, KINDS[batch.kind], batch.header_row, chosen), source.sheets


def survey_document(survey: Survey) -> dict[str, Any]:
    """A survey as the batch keeps it: hidden_rows, hidden_columns, far_cells, other_sheets
    [{name, rows, hidden}]."""
    return {
        "hidden_rows": survey.hidden_rows,
        "hidden_columns": list(survey.hidden_columns),
        "far_cells": survey.far_cells,
        "other_sheets": [
            {"name": sheet.name[:120], "rows": sheet.rows, "hidden": sheet.hidden}
            for sheet in survey.other_sheets
        ],
    }
