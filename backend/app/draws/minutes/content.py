"""The content of a draw's minutes: its course, what was frozen, what was drawn. Reads only.

The minutes end at the result; of later events they tell only a void, in minutes of its own. The
office's copy names operator, witnesses and officers. The public copy names nobody: offices, counts
and digests say the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy.orm import Session

from ...disclosure import service as disclosure
from ...ledger import service as ledger
from ...platform import clock
from ...platform.i18n import gettext as _
from ...platform.i18n import html_lang
from ...platform.settings import current_settings
from .. import labels, rules
from ..models import Draw
from ..service import outcome, planning, telling
from ..service.ground import hidden_names
from . import course
from .facts import VACANT, Facts, gather
from .sheet import Block, Row, Sheet, Table, mono

RECORDED = frozenset({rules.DRAWN, rules.DISPATCHED, rules.CANCELLED, rules.VOIDED})
"""States in which there is something to take minutes of."""


def sheet(session: Session, draw: Draw, qr: str, checkpoint: str, *, with_names: bool) -> Sheet:
    """Return the minutes in the language of the request, as plain values for the typesetter."""
    facts = gather(session, draw, with_names=with_names)
    blocks = [
        _head(session, facts),
        course.steps(facts),
        _register(facts),
        course.randomness(facts),
        course.throws(facts),
        _result(session, facts),
        _digests(facts),
    ]
    return Sheet(
        lang=html_lang()[:2],
        title=_("Minutes of a rehearsal") if draw.rehearsal else _("Minutes of a draw"),
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


def _head(session: Session, facts: Facts) -> Block:
    draw = facts.draw
    taking_part = [facts.departments.get(one, "") for one in planning.taking_part(session, draw)]
    chosen = planning.items_of(session, draw)
    rows: list[Row] = [
        (_("State"), labels.state_label(_state(draw))),
        (_("Leading department"), facts.departments.get(draw.department_id, "")),
        (_("Taking part"), "、".join(taking_part)),
        (_("Items"), "；".join(f"{one.name}（{one.code}）" for one in chosen)),
        (_("Visits until"), draw.last_day.isoformat() if draw.last_day else "—"),
    ]
    if draw.end_reason:
        reason = draw.end_reason
        rows.append((_("Reason"), reason))
    return Block(_("The draw"), facts=rows)


def _state(draw: Draw) -> str:
    """Return the draw's state as of its result, since visits are sent after the minutes."""
    return rules.DRAWN if draw.state == rules.DISPATCHED else draw.state


def _register(facts: Facts) -> Block:
    counts = facts.draw.counts
    exclusions = hidden_names.public_exclusions(facts.draw)
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


def _result(session: Session, facts: Facts) -> Block | None:
    draw = facts.draw
    if draw.result_sha256 is None:
        return None
    names = {part["code"]: part["label"] for part in draw.counts.get("strata", ())}
    rows = [
        (
            str(row.lot_number),
            _enterprise(facts, row.enterprise_name),
            mono(row.object[:18]),
            names.get(row.stratum) or row.stratum,
            _team(facts, facts.teams.get(row.object, ())),
        )
        for row in outcome.rows_of(session, draw)
        if not row.extension
    ]
    vacant = sum(officer == VACANT for team in facts.teams.values() for _dept, officer in team)
    notes = []
    if vacant:
        notes.append(
            _("%(n)s seats are vacant: nobody was eligible, and nothing was relaxed.", n=vacant)
        )
    head = (_("Lot"), _("Enterprise"), _("Code"), _("Stratum"), _("Officers as drawn"))
    return Block(
        _("Result of the draw"),
        facts=[
            (_("Enterprises drawn"), str(len(rows))),
            (_("Officers' seats"), str(sum(map(len, facts.teams.values())))),
        ],
        table=Table(head, rows, ("auto", "2.2", "auto", "1", "1.8")),
        notes=notes,
    )


def _enterprise(facts: Facts, name: str) -> str:
    if facts.draw.sealed:
        return _("sealed until after the visit")
    return name if facts.with_names else disclosure.without_long_numbers(name)


def _team(facts: Facts, team: Sequence[tuple[str, str]]) -> str:
    """Return a line for each officer of a team, or for each department in the public copy."""
    shown = [
        f"{office}: " + _("vacant") if officer == VACANT else facts.officers.get(officer, office)
        for office, officer in ((facts.by_token.get(one[0], one[0]), one[1]) for one in team)
    ]
    counted = Counter(shown)
    return "\n".join(f"{one} × {n}" if n > 1 else one for one, n in counted.items())


def _digests(facts: Facts) -> Block:
    freeze = facts.freeze
    named = (
        (_("Freeze record"), facts.draw.freeze_sha256),
        (_("Plan"), freeze["plan_sha256"]),
        (_("Register of enterprises"), freeze["pool_sha256"]),
        (_("Root of the register's tree"), freeze["pool_root"]),
        (_("Register of officers"), freeze["officers_sha256"]),
        (_("Recusals"), freeze.get("recusals_sha256")),
        (_("Root of the recusals' tree"), freeze.get("recusals_root")),
        (_("Exclusions"), freeze["exclusions_sha256"]),
        (_("Result"), facts.draw.result_sha256),
        (_("Key of the public ledger"), ledger.verifier_key()),
    )
    return Block(
        _("Digests (SHA-256) and the ledger's key"),
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
    """Return the ledger checkpoint that first covered the whole draw, or "" while there is none.

    It is the one in the kept proof of the result, so that minutes made again carry the same.
    """
    if draw.result_sha256 is None:
        return ""
    proofs = telling.proofs_of_files(session, draw.number or "")
    proof = proofs.get("proofs/result.tlog-proof")
    return "" if proof is None else ledger.checkpoint_in(proof)
