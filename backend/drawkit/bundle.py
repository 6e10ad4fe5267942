"""The published bundle: a zip whose bytes depend on its content alone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from . import strict_zip
from .names import ONE, TWO, Version, version_in

REQUIRED = (
    "freeze.json",
    "plan.json",
    "pool.tsv",
    "officers.tsv",
    "exclusions.tsv",
    "commits.json",
    "transcript.json",
    "result.tsv",
)
WHOLE, PART, KEY = "recusals.tsv", "recusals.json", "recusals-key.json"
RECUSALS = (WHOLE, PART, KEY)
PROOFS = "proofs/"
CHECKPOINTS = "proofs/checkpoints.json"
LATER = {ONE: ("replacements.json", "extensions.json"), TWO: ("rounds.json", CHECKPOINTS)}
"""What a bundle of each version may have besides."""
MAX_BYTES = 1 << 30
_EPOCH = (1980, 1, 1, 0, 0, 0)


class Unreadable(ValueError):
    """The file is no bundle; the message says why."""


def write(files: Mapping[str, bytes]) -> bytes:
    """A zip of ``files`` with fixed order, times and modes. ValueError for a foreign name."""
    buffer, version = io.BytesIO(), version_in(files.get("freeze.json", b""))
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(files):
            if not _is_known(name, version):
                raise ValueError(f"{name} does not belong into a bundle")
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return buffer.getvalue()


def read(data: bytes) -> dict[str, bytes]:
    """Files of a bundle by name. Raises :class:`Unreadable`."""
    try:
        files = strict_zip.read(data, MAX_BYTES)
    except OverflowError as error:
        raise Unreadable("the bundle is larger than one gibibyte") from error
    except strict_zip.NotStrict as error:
        raise Unreadable("the file is no zip of the one kind of bundles, or damaged") from error
    missing = [name for name in _needed(files) if name not in files]
    if missing:
        raise Unreadable(f"the bundle lacks {missing[0]}")
    version = version_in(files["freeze.json"])
    foreign = [name for name in files if not _is_known(name, version) or _is_double(name, files)]
    if foreign:
        raise Unreadable(f"the bundle holds {foreign[0]}, which does not belong there")
    return files


def _needed(files: Mapping[str, bytes]) -> list[str]:
    """Every bundle has its recusals, as a whole or in part."""
    names = [*REQUIRED] if PART in files else [*REQUIRED, WHOLE]
    return sorted(names)


def _is_double(name: str, files: Mapping[str, bytes]) -> bool:
    """Return True if a file about recusals stands beside one that excludes it."""
    return (name == PART and WHOLE in files) or (name == KEY and WHOLE not in files)


def _is_known(name: str, version: Version) -> bool:
    proof = name.startswith(PROOFS) and name.endswith(".tlog-proof") and name.count("/") == 1
    return name in (*REQUIRED, *RECUSALS, *LATER[version]) or proof
