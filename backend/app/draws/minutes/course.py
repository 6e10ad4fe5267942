"""The course of a draw for its minutes: each step with its time and who took it, each throw of the
dice as it was typed, and whose randomness went in. Pure but for the language of the request.
"""

from __future__ import annotations

from datetime import datetime

from ...disclosure import service as disclosure
from ...platform.i18n import gettext as _
from .. import labels
from ..models import DrawThrow, DrawWitness
from .facts import Facts, moment
from .sheet import Block, Row, Table, mono

Step = tuple[datetime | None, str, str]


def steps(facts: Facts) -> Block:
    """Every step in the order of time."""
    draw, office = facts.draw, facts.departments.get(facts.draw.department_id, "")
    known: list[Step] = [
        (draw.frozen_at, _("Registers frozen"), facts.person(draw.frozen_by)),
        *((one.joined_at, _("Witness joined"), facts.witness(one)) for one in facts.places),
        *(
            (one.committed_at, _("Witness's commitment"), facts.witness(one))
            for one in facts.places
        ),
        (draw.committed_at, _("List of witnesses closed"), office),
        (draw.opened_at, _("Operator's secret revealed"), office),
        *((one.revealed_at, _revealed(one), facts.witness(one)) for one in facts.places),
        (draw.revealed_at, _("Dice entered, transcript closed"), office),
        (draw.drawn_at, _("Lots and officers drawn"), ""),
        (draw.dispatched_at, _("Visits sent to the officers"), office),
        (draw.ended_at, labels.state_label(draw.state), facts.person(draw.ended_by)),
    ]
    timed = [(at, name, who) for at, name, who in known if at is not None]
    rows = [(moment(at), name, who) for at, name, who in sorted(timed, key=lambda one: one[0])]
    head = (_("Time (China)"), _("Step"), _("Who"))
    return Block(_("Course"), table=Table(head, rows, ("auto", "1", "1")))


def _revealed(place: DrawWitness) -> str:
    if place.from_slip:
        return _("Witness's secret typed in from the paper slip")
    return _("Witness's secret revealed")


def randomness(facts: Facts) -> Block:
    """Commitments, the texts of the witnesses, the dice, the seed."""
    secrets = {one["id"]: one["text"] for one in facts.transcript.get("witnesses", ())}
    rows = []
    for place in facts.places:
        if place.commitment:
            text = " ".join(secrets.get(place.token, "").split())
            shown = disclosure.without_long_numbers(text) or "—"
            rows.append((facts.witness(place), shown, mono(place.commitment)))
    public = facts.transcript.get("public", {}).get("value")
    found: list[Row] = [(_("Operator's commitment"), mono(facts.freeze["op_commit"]))]
    if public:
        found.append((_("Dice, in the order thrown"), mono(" ".join(public))))
    if facts.draw.seed:
        found.append((_("Seed"), mono(facts.draw.seed)))
    head = (_("Witness"), _("Text of the witness"), _("Commitment of the witness"))
    return Block(
        _("Whose randomness went in"),
        facts=found,
        table=Table(head, rows, ("1", "1", "auto")) if rows else None,
    )


def throws(facts: Facts) -> Block | None:
    """Each throw as it was typed, also those that the second person refused."""
    if not facts.throws:
        return None
    rows = [
        (
            str(throw.number),
            mono(" ".join(throw.digits)),
            moment(throw.typed_at),
            facts.person(throw.typed_by),
            _decision(facts, throw),
        )
        for throw in facts.throws
    ]
    head = (_("Throw"), _("Dice"), _("Time (China)"), _("Typed by"), _("Second person"))
    widths = ("auto", "1.4", "auto", "1", "1.2")
    return Block(_("Dice, throw by throw"), table=Table(head, rows, widths))


def _decision(facts: Facts, throw: DrawThrow) -> str:
    places = {place.token: facts.witness(place) for place in facts.places}
    who = places.get(throw.witness or "", "") or facts.person(throw.confirmed_by)
    said = {"confirmed": _("seen and confirmed"), "refused": _("seen and refused")}.get(
        throw.state, _("not seen yet")
    )
    return f"{said} {who}".rstrip()
