"""What other features may ask of the ledger.

``append`` belongs into the caller's transaction: the entry exists exactly when the business fact
does. It gets its index after the commit, from the sequencer; until then proofs are None.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..platform import clock, jobs
from ..platform.pagination import Page, paginate
from . import files, merkle, note, proofs, rules, sequencer, stamping, tiles
from .models import Cosignature, LedgerEntry, QueuedEntry, SignedCheckpoint, Witness

LATE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class WitnessView:
    """A witness as pages show it; ``cosigned`` is about the present checkpoint."""

    name: str
    cosigned: bool
    size: int
    problem: str | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The log's name, key and newest checkpoint, what waits, whether it waits too long, who
    co-signs, and the last time stamp (an empty one where none is asked for)."""

    origin: str
    key: str
    checkpoint: str | None
    size: int
    root: str
    signed_at: datetime | None
    waiting: int
    late: bool
    witnesses: Sequence[WitnessView]
    stamp: stamping.Stamp | None


_WOKEN = "evenhand.ledger.woken"


def append(
    session: Session, entry_type: str, *, actor: str, subject: str, body: dict[str, Any]
) -> None:
    """Record a step in the caller's transaction (a row of ``ledger_queue``).

    ``actor`` is an opaque role token (``supervisor:370399-03``), never a name; ``subject`` the
    id or number of the thing. ``body`` (JSON without floats) is committed to by a salted hash
    and kept beside the entry, where it can be erased. For types in ``rules.PUBLIC_BODIES`` the
    body is handed out with the proof, so it must hold nothing personal.
    Raises ValueError for an actor, subject or type of another form.
    """
    at = clock.now()
    salt = secrets.token_bytes(rules.SALT_BYTES)
    text = rules.canonical(body)
    entry = rules.entry_bytes(
        entry_type=entry_type,
        at=at,
        actor=actor,
        subject=subject,
        commitment=rules.commitment(salt, text),
    )
    session.add(
        QueuedEntry(
            leaf_hash=merkle.leaf_hash(entry),
            type=entry_type,
            subject=subject,
            actor=actor,
            at=at,
            entry=entry,
            salt=salt,
            body=text,
        )
    )
    _wake_sequencer(session)


def sequence_now() -> int:
    """Index and publish at once what is committed; call it outside any unit of work.

    For steps that must stand in the log before the next may begin. Returns how many entries got
    an index; raises :class:`~.errors.LogRefuses`.
    """
    return sequencer.sequence()


def index_of(session: Session, entry_type: str, subject: str) -> int | None:
    """Index of the newest published entry of this type about ``subject``, or None."""
    row = _newest(session, entry_type, subject)
    return None if row is None else row.index


def proof_for(session: Session, entry_type: str, subject: str) -> bytes | None:
    """The ``.tlog-proof`` of the newest published entry of this type about ``subject``.

    None when there is none yet.
    """
    row = _newest(session, entry_type, subject)
    return None if row is None else _proof(row)


def proof_of_body(
    session: Session, entry_type: str, subject: str, body: dict[str, Any]
) -> bytes | None:
    """The ``.tlog-proof`` of the published entry that commits to exactly this ``body``.

    For types that come several times about one subject. None when there is none yet.
    """
    query = select(LedgerEntry).where(
        LedgerEntry.type == entry_type,
        LedgerEntry.subject == subject,
        LedgerEntry.body == rules.canonical(body),
        LedgerEntry.index < published_size(),
    )
    row = session.scalar(query.order_by(LedgerEntry.index).limit(1))
    return None if row is None else _proof(row)


def proof_at(session: Session, index: int) -> bytes | None:
    """The ``.tlog-proof`` of entry ``index``, or None when it is not published."""
    if not 0 <= index < published_size():
        return None
    row = session.get(LedgerEntry, index)
    return None if row is None else _proof(row)


def checkpoint_in(proof: bytes) -> str:
    """Return the signed checkpoint at the end of a ``.tlog-proof`` of this log."""
    return proof.decode().partition("\n\n")[2]


def checkpoint() -> str | None:
    """The published checkpoint with all its signatures: what a QR code or a phone carries."""
    return files.read_checkpoint()


def published_size() -> int:
    """Return how many entries the published checkpoint covers."""
    text = files.read_checkpoint()
    return 0 if text is None else note.parse_checkpoint(text).size


def verifier_key() -> str:
    """The log's C2SP verifier key, one line."""
    return files.verifier_key().text()


def erase_body(session: Session, index: int) -> bool:
    """Erase salt and body of an entry, which itself stays. Return True if there was a body."""
    row = session.get(LedgerEntry, index)
    if row is None or row.body is None:
        return False
    row.salt = row.body = None
    return True


def entries(session: Session, *, entry_type: str, subject: str, page: int) -> Page[LedgerEntry]:
    """Newest entries first; empty ``entry_type`` and ``subject`` mean all."""
    query = select(LedgerEntry).order_by(LedgerEntry.index.desc())
    if entry_type:
        query = query.where(LedgerEntry.type == entry_type)
    if subject:
        query = query.where(LedgerEntry.subject == subject)
    return paginate(session, query, page)


def published(session: Session, count: int) -> Sequence[LedgerEntry]:
    """The newest ``count`` entries that the published checkpoint covers, newest first."""
    return session.scalars(
        select(LedgerEntry)
        .where(LedgerEntry.index < published_size())
        .order_by(LedgerEntry.index.desc())
        .limit(count)
    ).all()


def tile(name: str) -> bytes | None:
    """Bytes of a public tile or bundle by its canonical name, or None."""
    if not tiles.is_tile_name(name):
        return None
    try:
        return files.fetch_tile(name)
    except KeyError:
        return None


def timestamp_file(name: str) -> bytes | None:
    """A kept time stamp (``<size>.tsr``) or what it stamps (``<size>.txt``), or None."""
    return stamping.file(name)


def overview(session: Session) -> Overview:
    """Return the present state of the log."""
    text = files.read_checkpoint()
    seen = None if text is None else note.parse_checkpoint(text)
    signed = None if seen is None else session.get(SignedCheckpoint, seen.size)
    return Overview(
        origin=files.origin(),
        key=verifier_key(),
        checkpoint=text,
        size=seen.size if seen else 0,
        root=seen.root.hex() if seen else "",
        signed_at=signed.signed_at if signed else None,
        waiting=sequencer.waiting(session),
        late=_late(session),
        witnesses=_witnesses(session, seen.size if seen else 0),
        stamp=stamping.newest(),
    )


def _newest(session: Session, entry_type: str, subject: str) -> LedgerEntry | None:
    return session.scalar(
        select(LedgerEntry)
        .where(
            LedgerEntry.type == entry_type,
            LedgerEntry.subject == subject,
            LedgerEntry.index < published_size(),
        )
        .order_by(LedgerEntry.index.desc())
        .limit(1)
    )


def _late(session: Session) -> bool:
    oldest = session.scalar(select(QueuedEntry.at).order_by(QueuedEntry.position).limit(1))
    return oldest is not None and clock.now() - oldest > LATE


def _witnesses(session: Session, size: int) -> list[WitnessView]:
    signed = set(session.scalars(select(Cosignature.witness_id).where(Cosignature.size == size)))
    rows = session.scalars(select(Witness).where(Witness.active).order_by(Witness.name))
    return [WitnessView(row.name, row.id in signed, row.cosigned_size, row.problem) for row in rows]


def _proof(row: LedgerEntry) -> bytes:
    text = files.read_checkpoint() or ""
    size = note.parse_checkpoint(text).size
    tree = tiles.TileTree(size, files.fetch_tile)
    shown = row.type in rules.PUBLIC_BODIES and row.salt is not None and row.body is not None
    return proofs.build(
        entry=row.entry,
        opening=(row.salt or b"", row.body or b"") if shown else None,
        index=row.index,
        path=merkle.inclusion_path(row.index, size, tree.node),
        checkpoint=text,
    )


def _wake_sequencer(session: Session) -> None:
    """Enqueue the sequencer's job once for a transaction, however many entries it writes."""
    transaction = session.get_transaction()
    if session.info.get(_WOKEN) is not transaction:
        session.info[_WOKEN] = transaction
        jobs.enqueue(session, sequencer.SEQUENCE, {})
