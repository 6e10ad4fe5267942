"""Witnesses: outsiders who co-sign a checkpoint after seeing that it goes on from the last.

Speaks the client's side of C2SP ``tlog-witness`` (``add-checkpoint``). Nothing a witness answers
is believed before its cosignature verifies with the key that an administrator stored. One answer
is a warning even unsigned: a witness that has seen a longer log stops this one from signing.
"""

from __future__ import annotations

import http.client
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..platform import clock
from ..platform.transactions import read_session
from . import files, merkle, note, tiles
from .errors import UnknownWitness
from .models import Cosignature, SignedCheckpoint, Witness
from .posting import Post, http_post
from .sequencer import AHEAD, exclusive

CLOCK_SKEW = timedelta(minutes=5)
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class _Answer:
    """The outcome of asking a witness once: a verified line, or the code of why there is none."""

    line: str | None = None
    at: datetime | None = None
    problem: str | None = None
    seen: int | None = None


def add(session: Session, key: str, url: str) -> Witness:
    """Store a witness by its verifier key (cosignature/v1) and submission address.

    Raises UnknownWitness unless the key is one and the address https (http on this machine).
    """
    try:
        parsed = note.parse_key(key)
    except note.BadNote as error:
        raise UnknownWitness from error
    address = urlsplit(url)
    safe = address.scheme == "https" or (address.scheme == "http" and address.hostname in _LOOPBACK)
    if parsed.algorithm != note.COSIGNATURE or not safe or not address.hostname:
        raise UnknownWitness
    known = session.scalar(select(Witness).where(Witness.name == parsed.name))
    witness = known or Witness(name=parsed.name)
    witness.key, witness.url, witness.active = parsed.text(), url.rstrip("/"), True
    witness.problem, witness.cosigned_size = None, 0
    session.add(witness)
    return witness


def retire(session: Session, name: str) -> bool:
    """Stop asking a witness; its signatures stay. Return True if there was such a witness."""
    witness = session.scalar(select(Witness).where(Witness.name == name, Witness.active))
    if witness is None:
        return False
    witness.active = False
    return True


def all_of(session: Session) -> list[Witness]:
    """Every witness, by name."""
    return list(session.scalars(select(Witness).order_by(Witness.name)))


def ask_all(post: Post | None = None) -> dict[str, str]:
    """Ask each active witness to co-sign the published checkpoint.

    Returns what came of it by the witness's name: ``cosigned`` or the code of a problem. The
    network is used outside of any transaction.
    """
    with read_session() as session:
        known = [(w.id, w.key, w.url, w.cosigned_size) for w in all_of(session) if w.active]
    signed = files.read_checkpoint()
    if signed is None:
        return {}
    outcome = {}
    for witness_id, key_text, url, seen in known:
        key = note.parse_key(key_text)
        answer = _ask(post or http_post, url, key, signed, seen)
        _store(witness_id, signed, answer)
        outcome[key.name] = answer.problem or "cosigned"
    return outcome


def request_body(signed: str, old: int, path: list[bytes]) -> bytes:
    """The body of ``add-checkpoint``: old size, consistency proof, empty line, checkpoint."""
    lines = [f"old {old}", *(note.encode(hash_) for hash_ in path)]
    return ("\n".join(lines) + "\n\n" + signed).encode()


def _ask(post: Post, url: str, key: note.VerifierKey, signed: str, seen: int) -> _Answer:
    """Ask once, and once more when the witness says that it knows another size."""
    checkpoint = note.open_checkpoint(signed, files.verifier_key())
    tree = tiles.TileTree(checkpoint.size, files.fetch_tile)
    old = min(seen, checkpoint.size)
    for _attempt in range(2):
        path = merkle.consistency_path(old, checkpoint.size, tree.node)
        try:
            status, reply = post(f"{url}/add-checkpoint", request_body(signed, old, path))
        except (OSError, http.client.HTTPException):
            return _Answer(problem="unreachable")
        if status != 409:
            return _read(status, reply, key, note.parse(signed).text)
        size = reply.strip()
        if not size.isdigit() or len(size) > 19 or int(size) == old:
            return _Answer(problem="conflict")
        if int(size) > checkpoint.size:
            return _Answer(problem=AHEAD, seen=int(size))
        old = int(size)
    return _Answer(problem="conflict")


def _read(status: int, reply: bytes, key: note.VerifierKey, text: str) -> _Answer:
    if status != 200:
        return _Answer(problem=f"status_{status}")
    try:
        cosigned = note.parse(text + "\n" + reply.decode())
    except (note.BadNote, UnicodeDecodeError):
        return _Answer(problem="malformed")
    line, at = note.verified_line(cosigned, key), note.cosigned_at(cosigned, key)
    if line is None or at is None:
        return _Answer(problem="bad_signature")
    limit = clock.now() + CLOCK_SKEW
    if at > limit.timestamp():
        return _Answer(problem="clock_ahead")
    return _Answer(line=line, at=datetime.fromtimestamp(at, UTC))


def _store(witness_id: UUID, signed: str, answer: _Answer) -> None:
    """Keep the answer, and put a new cosignature under the checkpoint if it is still the newest."""
    text = note.parse(signed).text
    size = note.parse_checkpoint(text).size
    with exclusive() as session:
        witness = session.get_one(Witness, witness_id)
        witness.asked_at = clock.now()
        witness.problem = answer.problem
        if answer.line is None or answer.at is None:
            witness.cosigned_size = answer.seen or witness.cosigned_size
            return
        witness.cosigned_size = size
        if session.get(SignedCheckpoint, size) is None:
            return
        session.merge(Cosignature(size=size, witness_id=witness_id, line=answer.line, at=answer.at))
        session.flush()
        _republish(session, size, text)


def _republish(session: Session, size: int, text: str) -> None:
    published = files.read_checkpoint()
    row = session.get_one(SignedCheckpoint, size)
    if published is None or note.parse(published).text != text:
        return
    lines = session.scalars(
        select(Cosignature.line).where(Cosignature.size == size).order_by(Cosignature.witness_id)
    )
    files.write_checkpoint(row.note + "".join(f"{line}\n" for line in lines))
