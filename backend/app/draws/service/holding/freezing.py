"""The freeze 名录封存: it counts everything once more, fixes it by digest, and gives the number.

After it no row can be added or taken away. The operator's random number, the links of both chains
and a sealed draw's key are made here, kept encrypted, and bound by commitments. The program keeps
the supervising body's chain for it, whose links people release.
"""

from __future__ import annotations

import secrets as random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend import drawkit

from ....accounts import service as accounts
from ....platform import clock
from ....platform.access import Actor
from ....platform.settings import current_settings
from ....registry import service as registry
from ... import labels, plan_rules, rules
from ...ceremony_rules import Shape
from ...errors import CannotFreeze, ChangedMeanwhile, ShapeMalformed
from ...models import Draw, DrawSeries, DrawWitness
from .. import planning
from ..ground import finding, frozen_files, hidden_names, recording, vault
from . import grouping, recusing, sealing

ENTERPRISE_INDEX = "index.bin"


@dataclass(frozen=True, slots=True)
class Tables:
    """The frozen tables as bytes; ``index``: enterprise ids (16 bytes each) in pool order."""

    pool: bytes
    officers: bytes
    recusals: bytes
    exclusions: bytes
    index: bytes


def freeze(
    draw_id: UUID,
    revision: int,
    by: Actor,
    *,
    shape: Shape | None = None,
    operator_secret: bytes | None = None,
) -> None:
    """Freeze a plan that ``by`` saw at ``revision``; a second call changes nothing.

    ``shape``: how the draw is held, by default the routine form; ``operator_secret``: 32 random
    bytes, made here by default. Raises NotFound, OutsideYourDepartment, WrongState,
    ChangedMeanwhile, CannotFreeze, ShapeMalformed.
    """
    held = shape or Shape()
    if not held.sound:
        raise ShapeMalformed
    with recording.step() as session:
        draw = finding.get_to_run(session, draw_id, by)
        if not recording.may_step(draw, rules.PLANNED, rules.FROZEN):
            return
        if draw.revision != revision:
            raise ChangedMeanwhile
        draw.form, draw.dice, draw.sealed = held.form, held.dice, held.sealed
        seen = planning.overview(session, draw)
        if seen.refusals:
            raise CannotFreeze(
                labels.sentences(seen.refusals), reasons=[one.code for one in seen.refusals]
            )
        _freeze(session, draw, seen, by, held, operator_secret or random.token_bytes(32))


def _freeze(
    session: Session,
    draw: Draw,
    seen: planning.Overview,
    by: Actor,
    held: Shape,
    secret: bytes,
) -> None:
    now = clock.now()
    authority, day = current_settings().authority, clock.today()
    series = rules.series(authority, day, rehearsal=draw.rehearsal)
    seq = _next_number(session, series)
    draw.number = rules.number(series, seq)
    plan = _plan(session, draw, seq)
    kept = vault.Secrets(secret.hex(), *(random.token_hex(32) for _ in range(3)))
    key = None if held.all_recusals else random.token_bytes(32)
    if draw.sealed:
        seen = replace(seen, pool=sealing.seal(seen.pool, bytes.fromhex(kept.pool_key)))
    tables = _tables(session, draw, seen)
    record = drawkit.freeze_record(
        drawkit.Inputs(plan, tables.pool, tables.officers, tables.recusals, tables.exclusions),
        draw_id=draw.number,
        op_commit=drawkit.operator_commitment(draw.number, secret),
        op_chain=_head(kept.operator_chain),
        sup_chain=_head(kept.supervisor_chain),
        witnesses=held.tokens(),
        quorum=held.quorum,
        public=held.source(),
        recusal_key=key,
    )
    draw.secrets = vault.close(recusing.kept_with(kept, key, tables.recusals))
    draw.plan_json = drawkit.canonical(plan).decode()
    draw.freeze_json = drawkit.canonical(record).decode()
    draw.freeze_sha256 = drawkit.freeze_hash(record).hex()
    draw.index_sha256 = _store(tables)
    draw.pool_rows, draw.drawn_rows = record["pool_rows"], seen.pool.drawn
    draw.seats = seen.pool.drawn * plan_rules.seats_of_team(draw.team)
    hexed = tables.index.hex()
    ids = [hexed[at : at + 32] for at in range(0, len(hexed), 32)]
    groups = grouping.groups_at_freeze(session, ids, record["strata"])
    draw.counts = _counts(seen) | {"groups": groups}
    draw.state, draw.frozen_by, draw.frozen_at = rules.FROZEN, by.account_id, now
    for token in held.tokens():
        session.add(DrawWitness(draw_id=draw.id, token=token))
    body = recording.of_file(draw.freeze_json) | {"groups": grouping.groups_digest(groups)}
    recording.trace(session, draw, "frozen", by, body)


def _next_number(session: Session, series: str) -> int:
    """Raise the series under its row's lock and return the next number, which is given only if the
    caller commits."""
    query = select(DrawSeries).where(DrawSeries.series == series).with_for_update()
    row = session.scalar(query)
    if row is None:
        try:
            with session.begin_nested():
                session.add(DrawSeries(series=series, last=0))
        except IntegrityError:
            session.expire_all()  # somebody else began the series just now: wait for its lock
        row = session.scalars(query.execution_options(populate_existing=True)).one()
    row.last += 1
    return row.last


def _plan(session: Session, draw: Draw, seq: int) -> dict[str, Any]:
    """Return the draw's plan.json."""
    departments = {row.id: row for row in accounts.departments(session)}
    team = [
        {
            "dept": rules.token(departments[UUID(part["department_id"])].code),
            "spec": rules.token(part["speciality"]) if part["speciality"] else "",
            "n": part["n"],
        }
        for part in draw.team
    ]
    return plan_rules.plan_document(
        version=drawkit.REHEARSAL if draw.rehearsal else drawkit.VERSION,
        sealed=draw.sealed,
        authority=rules.token(current_settings().authority),
        seq=seq,
        name=draw.name,
        strata=draw.strata,
        team=team,
        stands_for=_meaning(session, draw, departments),
    )


def _meaning(session: Session, draw: Draw, departments: Mapping[UUID, Any]) -> dict[str, Any]:
    chosen = planning.items_of(session, draw)
    named = {part["speciality"] for part in draw.team if part["speciality"]}
    tags = {str(tag.id): tag.name for tag in registry.all_tags(session)}
    return plan_rules.meaning(
        strata=[_tags_named(stratum, tags) for stratum in draw.strata],
        items=[{"code": item.code, "name": item.name} for item in chosen],
        departments=[
            _department(departments[row.department_id], row.roster, tags)
            for row in planning.parts_of(session, draw)
        ],
        exclusions=draw.exclusions | {"year_cap": planning.effective_cap(draw.exclusions)},
        specialities={rules.token(name): name for name in sorted(named)},
        last_day=draw.last_day or clock.today(),
    )


def _tags_named(conditions: Mapping[str, Any], tags: Mapping[str, str]) -> dict[str, Any]:
    return {**conditions, "tags": [tags[tag] for tag in conditions["tags"] if tag in tags]}


def _department(row: Any, roster: Mapping[str, Any], tags: Mapping[str, str]) -> dict[str, Any]:
    """Return a department that takes part, with its roster's conditions if they leave any
    enterprise out."""
    made: dict[str, Any] = {"code": rules.token(row.code), "name": row.name}
    if plan_rules.narrows(roster):
        made["roster"] = _tags_named({"tags": [], **roster}, tags)
    return made


def _tables(session: Session, draw: Draw, seen: planning.Overview) -> Tables:
    rows = sorted(seen.pool.pool, key=itemgetter(0, 2))
    eligible = seen.team.eligible
    codes = {row.id: rules.token(row.code) for row in accounts.departments(session)}
    named = {part["speciality"] for part in draw.team if part["speciality"]}
    officers: list[tuple[str, ...]] = [
        (
            one.id.hex,
            codes[one.department_id],
            ",".join(sorted(rules.token(name) for name in named.intersection(one.specialities))),
            str(draw.cap),
            "0",
        )
        for one in eligible
    ]
    grounds = registry.grounds_of(session, [one.id for one in eligible])
    recused = {enterprise.hex for _officer, enterprise in grounds}
    objects = {row[1]: row[2] for row in rows if row[1] in recused}
    return Tables(
        pool=drawkit.write_table([(row[0], row[2]) for row in rows], "pool.tsv"),
        officers=drawkit.write_table(officers, "officers.tsv"),
        recusals=drawkit.write_table(
            [
                (officer.hex, objects[enterprise.hex])
                for officer, enterprise in grounds
                if enterprise.hex in objects
            ],
            "recusals.tsv",
        ),
        exclusions=drawkit.write_table(list(seen.pool.excluded), "exclusions.tsv"),
        index=bytes.fromhex("".join(row[1] for row in rows)),
    )


def _store(tables: Tables) -> str:
    """Write the tables under their digests and return the index's digest. Files that a rollback
    leaves behind are never read."""
    frozen_files.put("pool.tsv", tables.pool)
    frozen_files.put("officers.tsv", tables.officers)
    frozen_files.put("recusals.tsv", tables.recusals)
    frozen_files.put("exclusions.tsv", tables.exclusions)
    return frozen_files.put(ENTERPRISE_INDEX, tables.index)


def _head(first_link: str) -> str:
    return drawkit.chain(bytes.fromhex(first_link), rules.CHAIN_LENGTH)[-1].hex()


def _counts(seen: planning.Overview) -> dict[str, Any]:
    """Return the freeze's counts for the office; reasons are counted without names."""
    fields = ("code", "label", "fitting", "overlap", "excluded", "rows", "k")
    reasons = Counter(one.reason for one in seen.team.excluded)
    return {
        "strata": [{name: getattr(one, name) for name in fields} for one in seen.pool.strata],
        "exclusions": seen.pool.by_rule,
        hidden_names.LEFT_OUT: seen.pool.left_out,
        "eligible": len(seen.team.eligible),
        "excluded": dict(sorted(reasons.items())),
        "rosters": None if seen.common is None else _rosters(seen.common),
    }


def _rosters(common: planning.RostersInCommon) -> dict[str, Any]:
    pairs = [[one, two, n] for (one, two), n in common.pairs.items()]
    return {
        "departments": list(common.names),
        "sizes": list(common.sizes),
        "pairs": pairs,
        "everywhere": common.everywhere,
    }
