"""What stands in the minutes of a draw: every step with its time, what was frozen, who took part,
what came out. Reads only.

The office's copy names operator, witnesses and officers. The public copy names nobody: offices,
counts and digests say the same.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ...accounts import service as accounts
from ...disclosure import service as disclosure
from ...ledger import service as ledger
from ...platform import clock
from ...platform.i18n import gettext as _
from ...platform.i18n import html_lang
from ...platform.settings import current_settings
from ...registry import service as registry
from .. import files, labels, rules
from ..models import Draw, DrawWitness
from ..service import (
    extended,
    history,
    parts,
    preparing,
    publishing,
    recording,
    replaced,
    witnessing,
)
from .sheet import Block, Row, Sheet, Table, mono

RECORDED = frozenset({rules.DRAWN, rules.DISPATCHED, rules.CANCELLED, rules.VOIDED})
"""States in which there is something to take minutes of."""


@dataclass(frozen=True, slots=True)
class Facts:
    """A draw with what its minutes look up. ``officers`` are names by token; empty names in the
    public copy are shown as nobody's."""

    draw: Draw
    freeze: Mapping[str, Any]
    transcript: Mapping[str, Any]
    departments: Mapping[UUID, str]
    by_token: Mapping[str, str]
    places: Sequence[DrawWitness]
    teams: Mapping[str, Sequence[tuple[str, str, str]]]
    officers: Mapping[str, str]
    with_names: bool


def sheet(session: Session, draw: Draw, qr: str, checkpoint: str, *, with_names: bool) -> Sheet:
    """The minutes in the language of the request."""
    facts = _facts(session, draw, with_names=with_names)
    blocks = [
        _head(session, facts),
        _steps(session, facts),
        _register(facts),
        _randomness(session, facts),
        _result(session, facts),
        _replacements(session, facts),
        _extensions(session, facts),
        _digests(facts),
    ]
    return Sheet(
        lang=html_lang()[:2],
        title=_("Minutes of a draw"),
        subtitle=draw.name,
        number=draw.number or "",
        made=clock.local(draw.ended_at or draw.drawn_at or clock.now()),
        blocks=[one for one in blocks if one is not None],
        signers=_signers(facts),
        signing=_("Signatures"),
        day=_("Name, date"),
        qr=qr,
        qr_text=checkpoint,
        qr_title=_("Checkpoint of the public ledger"),
        footer=f"{current_settings().county_name} · {draw.number} · " + _copy(facts),
    )


def _copy(facts: Facts) -> str:
    return _("copy for the office") if facts.with_names else _("public copy")


def _facts(session: Session, draw: Draw, *, with_names: bool) -> Facts:
    departments = {one.id: one.name for one in accounts.departments(session)}
    tokens = history.department_tokens(session)
    teams = _teams(draw)
    people = registry.officers_by_ids(session, _seated(session, draw, teams)) if with_names else []
    return Facts(
        draw=draw,
        freeze=recording.frozen(draw),
        transcript=json.loads(draw.transcript_json or "{}"),
        departments=departments,
        by_token={token: departments[one] for one, token in tokens.items()},
        places=witnessing.witnesses(session, draw),
        teams=teams,
        officers={one.id.hex: f"{one.name} {one.certificate}" for one in people},
        with_names=with_names,
    )


def _seated(session: Session, draw: Draw, teams: Mapping[str, Any]) -> list[UUID]:
    """Everybody the minutes name: who was drawn, and who came or left in a batch."""
    tokens = {officer for team in teams.values() for _dept, _spec, officer in team}
    for batch in replaced.batches(session, draw):
        for seat in replaced.entry_of(batch)["vacated"]:
            tokens |= {seat["left"], seat["officer"]}
    return sorted(UUID(hex=token) for token in tokens - {"-", None})


def _teams(draw: Draw) -> dict[str, list[tuple[str, str, str]]]:
    """(department, speciality, officer or "-") of each seat as it was drawn, by object."""
    found: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)
    if draw.result_sha256 is not None:
        for line in files.get("result.tsv", draw.result_sha256).decode().splitlines():
            kind, *fields = line.split("\t")
            if kind == "seat":
                _number, target, department, speciality, officer = fields
                found[target].append((department, speciality, officer))
    return found


def _head(session: Session, facts: Facts) -> Block:
    draw = facts.draw
    taking_part = [facts.departments.get(one, "") for one in parts.taking_part(session, draw)]
    chosen = registry.items_by_ids(session, preparing.item_ids(session, draw))
    rows: list[Row] = [
        (_("State"), labels.state_label(draw.state)),
        (_("Leading department"), facts.departments.get(draw.department_id, "")),
        (_("Taking part"), "、".join(taking_part)),
        (_("Items"), "；".join(f"{one.name}（{one.code}）" for one in chosen)),
        (_("Visits until"), draw.last_day.isoformat() if draw.last_day else "—"),
    ]
    if draw.end_reason:
        reason = draw.end_reason
        rows.append((_("Reason"), reason))
    return Block(_("The draw"), facts=rows)


def _steps(session: Session, facts: Facts) -> Block:
    draw = facts.draw
    steps: list[tuple[datetime | None, str, str]] = [
        (draw.frozen_at, _("Registers frozen"), _person(session, facts, draw.frozen_by)),
        *(
            (place.committed_at, _("Witness's commitment"), _witness(session, facts, place))
            for place in facts.places
        ),
        (draw.committed_at, _("List of witnesses closed"), ""),
        (draw.opened_at, _("Operator's secret revealed"), _person(session, facts, draw.frozen_by)),
        *(
            (place.revealed_at, _("Witness's secret revealed"), _witness(session, facts, place))
            for place in facts.places
        ),
        (draw.revealed_at, _("Dice entered, transcript closed"), ""),
        (draw.drawn_at, _("Lots and officers drawn"), ""),
        (draw.dispatched_at, _("Visits sent to the officers"), ""),
        (draw.ended_at, labels.state_label(draw.state), _person(session, facts, draw.ended_by)),
    ]
    rows = [(_moment(at), name, who) for at, name, who in steps if at is not None]
    return Block(
        _("Course"),
        table=Table((_("Time (China)"), _("Step"), _("Who")), rows, ("auto", "1", "1")),
    )


def _moment(at: datetime) -> str:
    return clock.local(at).strftime("%Y-%m-%d %H:%M:%S")


def _person(session: Session, facts: Facts, account_id: UUID | None) -> str:
    if account_id is None:
        return ""
    account = accounts.account(session, account_id)
    office = facts.departments.get(account.department_id, "")
    return f"{office} {account.name}" if facts.with_names else office


def _witness(session: Session, facts: Facts, place: DrawWitness) -> str:
    name = ""
    if facts.with_names and place.account_id is not None:
        name = accounts.account(session, place.account_id).name
    return " ".join(part for part in (place.token, place.office, name) if part)


def _register(facts: Facts) -> Block:
    counts = facts.draw.counts
    exclusions = counts.get("exclusions", {})
    left_out = [f"{labels.exclusion_label(rule)} {n}" for rule, n in exclusions.items()]
    reasons = counts.get("excluded", {})
    barred = [f"{labels.reason_label(reason)} {n}" for reason, n in reasons.items()]
    rows = [
        (part["label"] or part["code"], str(part["rows"]), str(part["k"]))
        for part in counts.get("strata", ())
    ]
    return Block(
        _("The frozen registers"),
        facts=[
            (_("Left out by rule"), " · ".join(left_out) or _("nobody")),
            (_("Eligible officers"), str(counts.get("eligible", 0))),
            (_("Officers left out"), " · ".join(barred) or _("nobody")),
        ],
        table=Table((_("Stratum"), _("On the register"), _("To draw")), rows, ("3", "1", "1")),
    )


def _randomness(session: Session, facts: Facts) -> Block | None:
    secrets = {one["id"]: one for one in facts.transcript.get("witnesses", ())}
    rows = []
    for place in facts.places:
        if place.commitment:
            text = secrets.get(place.token, {}).get("text", "")
            shown = disclosure.without_long_numbers(" ".join(text.split()))
            who = _witness(session, facts, place)
            rows.append((who, shown or "—", mono(place.commitment)))
    dice = facts.transcript.get("public", {}).get("value")
    found: list[Row] = [(_("Operator's commitment"), mono(facts.freeze["op_commit"]))]
    if dice:
        found.append((_("Dice, in the order thrown"), mono(" ".join(dice))))
    if facts.draw.seed:
        found.append((_("Seed"), mono(facts.draw.seed)))
    head = (_("Witness"), _("Text of the witness"), _("Commitment"))
    return Block(
        _("Whose randomness went in"),
        facts=found,
        table=Table(head, rows, ("1", "1", "auto")) if rows else None,
    )


def _result(session: Session, facts: Facts) -> Block | None:
    draw = facts.draw
    if draw.result_sha256 is None:
        return None
    names = {part["code"]: part["label"] for part in draw.counts.get("strata", ())}
    rows = [
        (
            str(row.lot_number),
            _enterprise(facts, row.enterprise_name),
            mono(row.object),
            names.get(row.stratum) or row.stratum,
            "\n".join(_seat(facts, seat[0], seat[2]) for seat in facts.teams.get(row.object, ())),
        )
        for row in publishing.rows_of(session, draw)
        if not row.extension
    ]
    notes = []
    if draw.vacant_seats:
        vacant = draw.vacant_seats
        notes.append(
            _("%(n)s seats are vacant: nobody was eligible, and nothing was relaxed.", n=vacant)
        )
    head = (_("Lot"), _("Enterprise"), _("Code"), _("Stratum"), _("Officers as drawn"))
    return Block(
        _("What was drawn"),
        facts=[
            (_("Enterprises drawn"), str(len(rows))),
            (_("Officers' seats"), str(draw.seats)),
        ],
        table=Table(head, rows, ("auto", "2.2", "auto", "1", "1.8")),
        notes=notes,
    )


def _enterprise(facts: Facts, name: str) -> str:
    return name if facts.with_names else disclosure.without_long_numbers(name)


def _seat(facts: Facts, department: str, officer: str) -> str:
    office = facts.by_token.get(department, department)
    if officer == "-":
        return f"{office}: " + _("vacant")
    return facts.officers.get(officer, office)


def _replacements(session: Session, facts: Facts) -> Block | None:
    rows = []
    for batch in replaced.batches(session, facts.draw):
        for seat in replaced.entry_of(batch)["vacated"]:
            rows.append(
                (
                    str(batch.batch),
                    _moment(batch.drawn_at),
                    str(seat["seat"] + 1),
                    labels.cause_label(seat["reason"]),
                    _left(facts, seat["left"]),
                    _left(facts, seat["officer"]),
                )
            )
    if not rows:
        return None
    head = (_("Batch"), _("Time (China)"), _("Seat"), _("Cause"), _("Left"), _("Came"))
    return Block(
        _("Replacements"),
        table=Table(head, rows, ("auto", "auto", "auto", "1", "1", "1")),
    )


def _extensions(session: Session, facts: Facts) -> Block | None:
    rows = [
        (str(one.number), _moment(one.extended_at), str(one.rows), one.reason)
        for one in extended.rows(session, facts.draw)
    ]
    if not rows:
        return None
    head = (_("Extension"), _("Time (China)"), _("Enterprises added"), _("Reason"))
    return Block(_("Extensions"), table=Table(head, rows, ("auto", "auto", "auto", "1")))


def _left(facts: Facts, token: str | None) -> str:
    if token is None:
        return _("vacant")
    return facts.officers.get(token, _("an officer"))


def _digests(facts: Facts) -> Block:
    freeze = facts.freeze
    named = (
        (_("Freeze record"), facts.draw.freeze_sha256),
        (_("Plan"), freeze["plan_sha256"]),
        (_("Register of enterprises"), freeze["pool_sha256"]),
        (_("Root of the register's tree"), freeze["pool_root"]),
        (_("Register of officers"), freeze["officers_sha256"]),
        (_("Recusals"), freeze["recusals_sha256"]),
        (_("Exclusions"), freeze["exclusions_sha256"]),
        (_("Result"), facts.draw.result_sha256),
    )
    return Block(
        _("Digests (SHA-256)"),
        facts=[(name, mono(value)) for name, value in named if value],
        notes=[
            _(
                "Anyone can re-compute this draw from the published bundle, in the browser or with "
                "“python -m backend.drawkit verify”. The signatures attest the course in the room; "
                "the result is proven by re-computing it."
            )
        ],
    )


def _signers(facts: Facts) -> list[str]:
    witnesses = [
        _("Witness") + f" {place.token} {place.office}".rstrip()
        for place in facts.places
        if place.commitment
    ]
    return [_("Operator"), *witnesses, _("Supervisor present")]


def checkpoint_of(session: Session, draw: Draw) -> str:
    """The ledger checkpoint that first covered the whole draw; empty while there is none.

    It is the one in the kept proof of the result, so that minutes made again carry the same.
    """
    if draw.result_sha256 is None:
        return ""
    anchors = publishing.anchored(session, draw.number or "")
    proof = anchors.get("proofs/result.tlog-proof")
    return "" if proof is None else ledger.checkpoint_in(proof)
