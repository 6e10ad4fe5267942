"""What the world may see of a draw: its page, its JSON, its bundle, the proof of one row. Reads
only; nothing here names a private person.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import drawkit

from ...accounts import service as accounts
from ...disclosure import service as disclosure
from ...ledger import service as ledger
from ...platform import clock, storage
from ...platform.errors import NotFound
from ...platform.pagination import Page, paginate
from ...platform.settings import current_settings
from ...registry import service as registry
from .. import files, rules
from ..models import Draw, DrawRow, DrawSeat
from . import (
    extended,
    hidden,
    lingering,
    parts,
    preparing,
    recording,
    recusing,
    replaced,
    sealing,
    witnessing,
)

PER_PAGE = 50
_ANCHORS = {
    "freeze": "draw.frozen",
    "commits": "draw.commits",
    "transcript": "draw.transcript",
    "result": "draw.result",
}


@dataclass(frozen=True, slots=True)
class PublicStratum:
    """A stratum: what it is called, rows in the frozen pool, how many are drawn."""

    code: str
    name: str
    rows: int
    k: int
    largest_lot: str | None


@dataclass(frozen=True, slots=True)
class PublicRow:
    """A drawn enterprise, in draw order. ``salt`` (hex) opens its row in a sealed draw."""

    lot_number: int
    row: int
    stratum: str
    code: str
    name: str
    lot: str
    salt: str | None = None


@dataclass(frozen=True, slots=True)
class PublicDraw:
    """A draw from its freeze on, cancelled ones too. ``drawn`` is empty before the result.

    ``left_open_since``: the first reveal, of a draw that nobody finishes. ``witness_offices``:
    offices, never names. ``digests``: what is fixed so far, by file.
    """

    id: UUID
    number: str
    name: str
    state: str
    department: str
    departments: Sequence[str]
    items: Sequence[dict[str, str]]
    frozen_at: datetime | None
    left_open_since: datetime | None
    drawn_on: date | None
    last_day: date | None
    pool_rows: int
    strata: Sequence[PublicStratum]
    exclusions: dict[str, Any]
    rosters: dict[str, Any] | None
    seats: int
    vacant: int
    officers: int
    witness_offices: Sequence[str]
    digests: dict[str, str]
    seed: str | None
    reason: str | None
    replacements: Sequence[replaced.PublicBatch]
    extensions: Sequence[extended.PublicExtension]
    drawn: Sequence[PublicRow]


def public_draws(session: Session, page: int = 1) -> Page[PublicDraw]:
    """Every draw that was ever frozen, newest first; without its rows."""
    query = select(Draw).where(Draw.number.is_not(None), Draw.rehearsal.is_(False))
    query = query.order_by(Draw.frozen_at.desc(), Draw.id)
    found = paginate(session, query, page, PER_PAGE)
    shown = [_public(session, draw, with_rows=False) for draw in found.items]
    return Page(shown, found.number, found.per_page, found.total)


def public_draw(session: Session, number: str) -> PublicDraw | None:
    """The frozen draw with this number, if there is one."""
    draw = by_number(session, number)
    return None if draw is None else _public(session, draw, with_rows=True)


def by_number(session: Session, number: str) -> Draw | None:
    """The row of the draw with this number; a rehearsal is none."""
    return session.scalar(select(Draw).where(Draw.number == number, Draw.rehearsal.is_(False)))


def stratum_name(session: Session, draw_id: UUID, code: str) -> str:
    """Return what a stratum of a frozen draw is called, or its code if it has no name."""
    counted = session.get_one(Draw, draw_id).counts.get("strata", ())
    return next((part["label"] for part in counted if part["code"] == code), code) or code


def count_this_year(session: Session) -> int:
    """How many draws were held this year, in China."""
    start = datetime(clock.today().year, 1, 1, tzinfo=clock.CHINA)
    query = select(func.count()).where(Draw.drawn_at >= start, Draw.rehearsal.is_(False))
    return session.scalar(query) or 0


def rows_of(session: Session, draw: Draw) -> Sequence[DrawRow]:
    """Drawn rows in draw order."""
    query = select(DrawRow).where(DrawRow.draw_id == draw.id)
    return session.scalars(query.order_by(DrawRow.lot_number)).all()


def seats_of(session: Session, draw: Draw) -> Sequence[DrawSeat]:
    """Seats in the order of the result."""
    query = select(DrawSeat).where(DrawSeat.draw_id == draw.id)
    return session.scalars(query.order_by(DrawSeat.seat_no)).all()


def document(session: Session, draw: Draw) -> dict[str, Any]:
    """The public JSON of a draw whose result is known: plain values, nothing personal."""
    shown = _public(session, draw, with_rows=True)
    return {
        "v": "evenhand-public/1",
        "number": shown.number,
        "name": shown.name,
        "state": rules.DRAWN,
        "authority": current_settings().authority,
        "mode": "sealed" if draw.sealed else "open",
        "department": shown.department,
        "departments": list(shown.departments),
        "items": list(shown.items),
        "drawn_on": shown.drawn_on.isoformat() if shown.drawn_on else None,
        "last_day": shown.last_day.isoformat() if shown.last_day else None,
        "pool_rows": shown.pool_rows,
        "exclusions": shown.exclusions,
        "seed": shown.seed,
        "digests": shown.digests,
        "strata": [_fields(stratum) for stratum in shown.strata],
        "seats": shown.seats,
        "vacant": shown.vacant,
        "officers": shown.officers,
        "witnesses": len(shown.witness_offices),
        "witness_offices": list(shown.witness_offices),
        "drawn": [_fields(row) for row in shown.drawn],
    }


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}


def _public(session: Session, draw: Draw, *, with_rows: bool) -> PublicDraw:
    names = {row.id: row.name for row in accounts.departments(session)}
    items = registry.items_by_ids(session, preparing.item_ids(session, draw))
    places = witnessing.witnesses(session, draw)
    rows = rows_of(session, draw) if with_rows else ()
    seated = select(func.count(DrawSeat.officer_id.distinct())).where(DrawSeat.draw_id == draw.id)
    return PublicDraw(
        id=draw.id,
        number=draw.number or "",
        name=draw.name,
        state=draw.state,
        department=names.get(draw.department_id, ""),
        departments=[names.get(one, "") for one in parts.taking_part(session, draw)],
        items=[
            {
                "code": item.code,
                "name": item.name,
                "category": item.category,
                "department": names.get(item.department_id, ""),
            }
            for item in items
        ],
        frozen_at=draw.frozen_at,
        left_open_since=lingering.left_open_since(draw),
        drawn_on=None if draw.drawn_at is None else clock.local(draw.drawn_at).date(),
        last_day=draw.last_day,
        pool_rows=draw.pool_rows,
        strata=_strata(session, draw),
        exclusions=hidden.public_exclusions(draw),
        rosters=draw.counts.get("rosters"),
        seats=draw.seats,
        vacant=draw.vacant_seats,
        officers=session.scalar(seated) or 0,
        witness_offices=[place.office for place in places if place.commitment],
        digests=_digests(draw),
        seed=draw.seed,
        reason=draw.end_reason,
        replacements=replaced.published_batches(session, draw),
        extensions=extended.published(session, draw),
        drawn=_open_rows(session, draw, rows),
    )


def _open_rows(session: Session, draw: Draw, rows: Sequence[DrawRow]) -> list[PublicRow]:
    """The drawn rows; of a sealed draw those that are open, each with the salt that opens it."""
    shown = sealing.opened(session, draw.id) if draw.sealed and rows else set()
    return [
        PublicRow(
            lot_number=row.lot_number,
            row=row.row,
            stratum=row.stratum,
            code=row.code or row.object,
            name=disclosure.without_long_numbers(row.enterprise_name),
            lot=row.lot,
            salt=sealing.salt_of(draw, row),
        )
        for row in rows
        if not draw.sealed or row.row in shown
    ]


def _strata(session: Session, draw: Draw) -> list[PublicStratum]:
    largest = largest_lots(session, draw)
    return [
        PublicStratum(
            part["code"], part["label"], part["rows"], part["k"], largest.get(part["code"])
        )
        for part in draw.counts.get("strata", ())
    ]


def _digests(draw: Draw) -> dict[str, str]:
    """Digests of what is fixed so far, by the name of the file."""
    if draw.freeze_json is None or draw.freeze_sha256 is None:
        return {}
    freeze = json.loads(draw.freeze_json)
    found = {"freeze": draw.freeze_sha256, "pool_root": freeze["pool_root"]}
    found |= {
        name: freeze[f"{name}_sha256"]
        for name in ("plan", "pool", "officers", "recusals", "exclusions")
        if f"{name}_sha256" in freeze
    }
    if recusing.ROOT in freeze:
        found[recusing.ROOT] = freeze[recusing.ROOT]
    if draw.transcript_json is not None:
        found["transcript"] = drawkit.digest(draw.transcript_json.encode())
    if draw.result_sha256 is not None:
        found["result"] = draw.result_sha256
    return found


def proof_for_row(session: Session, draw_id: UUID, row: int) -> dict[str, Any]:
    """The package's ``draw`` member for one drawn row; raises NotFound for one not drawn."""
    draw = session.get(Draw, draw_id)
    found = session.get(DrawRow, (draw_id, row))
    if draw is None or found is None:
        raise NotFound
    seats = [seat for seat in seats_of(session, draw) if seat.row == row]
    return row_proof(draw, found, seats, largest_lots(session, draw, found.extension))


def largest_lots(session: Session, draw: Draw, extension: int = 0) -> dict[str, str]:
    """The largest winning lot (hex) of each stratum, after the draw or an extension of it."""
    query = select(DrawRow.stratum, func.max(DrawRow.lot)).where(
        DrawRow.draw_id == draw.id, DrawRow.extension <= extension
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(DrawRow.stratum))}


def row_proof(
    draw: Draw, row: DrawRow, seats: Sequence[DrawSeat], largest: dict[str, str]
) -> dict[str, Any]:
    """What a phone needs to see offline that this row was drawn and these officers assigned."""
    freeze = json.loads(draw.freeze_json or "{}")
    stratum = next(part for part in freeze["strata"] if part["code"] == row.stratum)
    return {
        "id": str(draw.id),
        "number": draw.number,
        "name": draw.name,
        "freeze_sha256": draw.freeze_sha256,
        "pool_root": freeze["pool_root"],
        "pool_rows": freeze["pool_rows"],
        "row": row.row,
        "line": f"{row.stratum}\t{row.object}",
        **({"salt": sealing.salt_of(draw, row)} if draw.sealed else {}),
        "path": list(row.path),
        "seed": draw.seed,
        "lot": row.lot,
        "stratum": {**stratum, "largest_lot": largest[row.stratum]},
        "seats": [
            {"no": seat.position, "officer": str(seat.officer_id) if seat.officer_id else None}
            for seat in seats
        ],
        "drawn_on": clock.local(draw.drawn_at).date().isoformat() if draw.drawn_at else None,
    }


def bundle(session: Session, number: str) -> bytes:
    """The published zip of a draw whose result is known; raises NotFound before.

    Once the ledger's proofs are in it, it is kept and made again only for a new batch of
    replacements or a new extension.
    """
    draw = by_number(session, number)
    if draw is None or draw.result_sha256 is None:
        raise NotFound
    later = replaced.files(session, draw) | extended.files(session, draw)
    kept_as = drawkit.digest(b"".join(later.values())) if later else draw.result_sha256
    key = f"draws/bundles/{number}-{kept_as}.zip"
    if storage.exists(key):
        return storage.get_bytes(key)
    proofs, all_there = _proofs(session, draw)
    made = drawkit.write_bundle(_content(session, draw) | later | proofs)
    if all_there:
        storage.put_bytes(key, made)
    return made


def whole_bundle(session: Session, draw: Draw) -> bytes:
    """The auditors' copy of a draw whose result is known, with every recusal; raises NotFound
    before. It is never kept: what is personal stays in one place."""
    if draw.result_sha256 is None or draw.rehearsal:
        raise NotFound
    later = replaced.files(session, draw) | extended.files(session, draw)
    proofs, _ = _proofs(session, draw)
    return drawkit.write_bundle(_content(session, draw, whole=True) | later | proofs)


def _proofs(session: Session, draw: Draw) -> tuple[dict[str, bytes], bool]:
    """The ledger's proofs of a draw, its batches and extensions, or none of them while one is
    still to come: a bundle is anchored as a whole or says that it is not. Whether it is."""
    anchors = anchored(session, draw.number or "")
    moved, added = replaced.proofs(session, draw), extended.proofs(session, draw)
    if not anchors or moved is None or added is None:
        return {}, False
    return anchors | moved | added, True


def _content(session: Session, draw: Draw, *, whole: bool = False) -> dict[str, bytes]:
    """The files of a draw's bundle without proofs, with all recusals or those of drawn rows."""
    freeze = recording.frozen(draw)
    frozen = recusing.tables(draw, freeze)
    if whole:
        recusals = recusing.all_files(draw, freeze, frozen)
    else:
        recusals = recusing.public_files(session, draw, freeze, frozen)
    del frozen[recusing.WHOLE]
    return (
        frozen
        | recusals
        | {
            "freeze.json": (draw.freeze_json or "").encode(),
            "plan.json": (draw.plan_json or "").encode(),
            "commits.json": (draw.commits_json or "").encode(),
            "transcript.json": (draw.transcript_json or "").encode(),
            "result.tsv": files.get("result.tsv", draw.result_sha256 or ""),
        }
    )


def anchored(session: Session, number: str) -> dict[str, bytes]:
    """Ledger proofs of the draw's four files by their names in the bundle: all or none, and the
    first ones made are kept, so that the bundle's bytes stay the same while the ledger grows."""
    kept: dict[str, bytes] = {}
    for name, kind in _ANCHORS.items():
        key = f"draws/proofs/{number}/{name}.tlog-proof"
        if not storage.exists(key):
            proof = ledger.proof_for(session, kind, number)
            if proof is None:
                return {}
            storage.put_new(key, proof)
        kept[f"proofs/{name}.tlog-proof"] = storage.get_bytes(key)
    return kept
