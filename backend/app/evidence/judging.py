"""What a whole file turned out to be, told from its bytes and never from what was said."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from hashlib import sha256
from typing import IO, Any

import structlog
from flask import current_app

from . import media, store
from .begin import Progress
from .errors import Damaged, TooManyPixels, WrongType
from .hashing import Hashes
from .objects import open_pieces

log = structlog.get_logger(__name__)

Piece = tuple[int, int, str]
"""Where a run of bytes starts in the file, its size, its key in the store."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``state``: verified | damaged | refused. ``problem`` is a refusal's code."""

    state: str
    media_type: str | None = None
    width: int | None = None
    height: int | None = None
    problem: str | None = None


def hashes() -> Hashes:
    """The hashes in the making of this application."""
    kept: Hashes = current_app.extensions.setdefault("evenhand.evidence_hashes", Hashes())
    return kept


def judge(upload: Progress, pieces: Sequence[Piece], hasher: Any) -> Verdict:
    """Compare the hash, and look whether the stored bytes are of a kind that is taken.

    ``hasher`` has seen all of them; None has them read again.
    """
    digest = hasher.hexdigest() if hasher else hashes().digest(upload.id, pieces)
    if digest != upload.sha256:
        return Verdict("damaged")
    keys = [key for _, _, key in pieces]
    return _of_a_kind(_head(keys), lambda: open_pieces(keys))


def judge_whole(announced: str, data: bytes) -> Verdict:
    """The same of a whole file in memory, announced with this SHA-256."""
    if sha256(data).hexdigest() != announced:
        return Verdict("damaged")
    return _of_a_kind(data[: media.HEAD_BYTES], lambda: io.BytesIO(data))


def _head(keys: Sequence[str]) -> bytes:
    head = b""
    for chunk in store.chain(keys):
        head += chunk[: media.HEAD_BYTES]
        if len(head) >= media.HEAD_BYTES:
            break
    return head[: media.HEAD_BYTES]


def _of_a_kind(head: bytes, whole: Callable[[], AbstractContextManager[IO[bytes]]]) -> Verdict:
    """Only a picture is opened; a film of many pieces is not read once more."""
    media_type: str | None = None
    try:
        media_type = media.sniff(head)
        if media_type not in media.PICTURES:
            return Verdict("verified", media_type)
        with whole() as file:
            width, height = media.measure(file, media_type)
    except (WrongType, TooManyPixels) as refusal:
        return Verdict("refused", media_type, problem=refusal.code)
    return Verdict("verified", media_type, width, height)


def refuse(upload: Progress, verdict: Verdict) -> None:
    """Raise what is wrong with a file: Damaged, TooManyPixels or WrongType."""
    log.warning(
        "evidence.not_taken",
        evidence=str(upload.evidence),
        attempt=upload.attempt,
        state=verdict.state,
        problem=verdict.problem,
    )
    if verdict.state == "damaged":
        raise Damaged
    if verdict.problem == TooManyPixels.code:
        raise TooManyPixels(most=media.MOST_PIXELS)
    raise WrongType(found=verdict.media_type)
