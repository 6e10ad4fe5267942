"""Opening a workbook's archive within bounds: .xlsx and .ods are zip files of XML parts.

Nothing is unpacked to disk or held whole. An archive is refused before its directory is read when
that directory is too large, and before a part is read when all parts together are.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from backend.app.registry.imports.model import UnreadableFile

UNPACKED_LIMIT = 400 << 20
_DIRECTORY_LIMIT = 4 << 20
_END = b"PK\x05\x06"
_END_LENGTH = 22
_COMMENT = 1 << 16


def open_package(path: Path) -> zipfile.ZipFile:
    """The archive. Raises UnreadableFile("not_a_workbook" | "too_large" | "password_protected")."""
    if _directory_size(path) > _DIRECTORY_LIMIT:
        raise UnreadableFile("too_large")
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFile("not_a_workbook") from error
    parts = archive.infolist()
    if sum(part.file_size for part in parts) > UNPACKED_LIMIT:
        archive.close()
        raise UnreadableFile("too_large")
    if any(part.flag_bits & 1 for part in parts):
        archive.close()
        raise UnreadableFile("password_protected")
    return archive


def _directory_size(path: Path) -> int:
    """Bytes of the archive's directory as its end record says, 0 when there is no such record.

    An archive of the 64-bit kind says 0xFFFFFFFF here and so counts as too large: no workbook of
    the size that can be uploaded needs that kind.
    """
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - _END_LENGTH - _COMMENT))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_LENGTH:
        return 0
    return int.from_bytes(tail[at + 12 : at + 16], "little")
