"""RFC 3161 time stamps of checkpoints: an outsider's word for when the log had this size.

Optional (``EVENHAND_TIMESTAMP_URL``). What is stamped is the checkpoint's text without its
signatures: origin, size, root. A reply is kept only when it verifies against the certificates
that the operator trusts; it is kept as it came, so that any tool can verify it again.
"""

from __future__ import annotations

import http.client
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)
from sqlalchemy.orm import Session

from ..platform import clock, jobs, storage
from ..platform.settings import current_settings
from . import der, files, note
from .errors import NoTimestamp
from .posting import http_post

Post = Callable[[str, bytes, str], tuple[int, bytes]]

STAMP = "ledger.stamp"
QUERY = "application/timestamp-query"
_FOLDER = "ledger/timestamp/"
_NEWEST = _FOLDER + "newest"


@dataclass(frozen=True, slots=True)
class Stamp:
    """The authority's word that the checkpoint of ``size`` entries existed at the moment ``at``."""

    size: int
    at: datetime


def plan(session: Session) -> None:
    """Have the newest checkpoint stamped once the last stamp is old enough; one job waits at most.

    Called whenever the log has grown, in that transaction.
    """
    if not current_settings().timestamp_url or jobs.is_planned(session, STAMP):
        return
    last, now = newest(), clock.now()
    due = now if last is None else last.at + _pause()
    jobs.enqueue(session, STAMP, {}, run_at=due if due > now else None)


def plan_next(session: Session, last: Stamp) -> None:
    """Plan another stamp if the log grew while the last one was fetched."""
    signed = files.read_checkpoint()
    if signed is not None and note.parse_checkpoint(signed).size > last.size:
        jobs.enqueue(session, STAMP, {}, run_at=last.at + _pause())


def _pause() -> timedelta:
    return timedelta(minutes=current_settings().timestamp_minutes)


def stamp_newest(post: Post = http_post) -> Stamp | None:
    """Stamp the published checkpoint unless it is stamped already; None without a setting.

    Raises NoTimestamp when the authority does not answer, or answers what does not verify.
    """
    settings, signed = current_settings(), files.read_checkpoint()
    if not settings.timestamp_url or settings.timestamp_roots is None or signed is None:
        return None
    text = note.parse(signed).text
    size = note.parse_checkpoint(text).size
    known = newest()
    if known is not None and known.size == size:
        return known
    data, at = _asked(post, settings.timestamp_url, text.encode(), settings.timestamp_roots)
    storage.put_bytes(f"{_FOLDER}{size}.txt", text.encode())
    storage.put_bytes(f"{_FOLDER}{size}.tsr", data)
    storage.put_bytes(_NEWEST, f"{size} {int(at.timestamp())}\n".encode())
    return Stamp(size, at)


def newest() -> Stamp | None:
    """Return the last stamp that was kept, or None."""
    try:
        size, _blank, seconds = storage.get_bytes(_NEWEST).decode().partition(" ")
    except storage.MissingObject:
        return None
    return Stamp(int(size), datetime.fromtimestamp(int(seconds), UTC))


def stamped() -> note.Checkpoint | None:
    """The checkpoint of the last stamp; raises NoTimestamp when the kept reply does not vouch for
    it (any more, by the roots that are trusted now)."""
    known = newest()
    if known is None:
        return None
    text, reply = file(f"{known.size}.txt") or b"", file(f"{known.size}.tsr") or b""
    roots = current_settings().timestamp_roots
    if roots is not None:
        verify(reply, text, roots)
    try:
        return note.parse_checkpoint(text.decode())
    except (note.BadNote, UnicodeDecodeError) as error:
        raise NoTimestamp(problem="not_valid") from error


def file(name: str) -> bytes | None:
    """``<size>.tsr``, the authority's reply, or ``<size>.txt``, what it stamped."""
    stem, _dot, ending = name.partition(".")
    if not stem.isdigit() or not stem.isascii() or ending not in {"tsr", "txt"}:
        return None
    try:
        return storage.get_bytes(_FOLDER + name)
    except storage.MissingObject:
        return None


def verify(reply: bytes, message: bytes, roots: Path, nonce: int | None = None) -> datetime:
    """Return when ``message`` existed by a valid ``reply``; raises NoTimestamp otherwise."""
    try:
        response = decode_timestamp_response(der.with_sorted_certificates(reply))
        _verify(response, message, roots, nonce)
    except (VerificationError, ValueError) as error:
        raise NoTimestamp(problem="not_valid") from error
    return response.tst_info.gen_time


def _verify(response: TimeStampResponse, message: bytes, roots: Path, nonce: int | None) -> None:
    trusted = x509.load_pem_x509_certificates(roots.read_bytes())
    VerifierBuilder(roots=trusted, nonce=nonce).build().verify_message(response, message)


def _asked(post: Post, url: str, message: bytes, roots: Path) -> tuple[bytes, datetime]:
    request = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256).build()
    try:
        status, reply = post(url, request.as_bytes(), QUERY)
    except (OSError, http.client.HTTPException) as error:
        raise NoTimestamp(problem="unreachable") from error
    if status != 200:
        raise NoTimestamp(problem=f"status_{status}")
    return reply, verify(reply, message, roots, request.nonce)
