"""The course of a draw for its minutes: each step with its time and who took it, each throw of the
dice as typed, and the randomness that went in. Pure but for the language of the request."""

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
    """Return every step up to the result, and the end of a draw, in the order of time."""
    draw = facts.draw
    known: list[Step] = [
        (draw.frozen_at, _("Registers frozen"), facts.person(draw.frozen_by)),
        (draw.began_at, _("Ceremony begun, witnesses let in"), facts.step_taker("begun")),
        *((one.joined_at, _("Witness joined"), facts.witness(one)) for one in facts.places),
        *(
            (one.committed_at, _("Witness's commitment"), facts.witness(one))
            for one in facts.places
        ),
        (draw.committed_at, _("List of witnesses closed"), facts.step_taker("commits")),
        (draw.opened_at, _("Operator's secret revealed"), facts.step_taker("revealed")),
        *((one.revealed_at, _revealed(one), _who_revealed(facts, one)) for one in facts.places),
        (draw.revealed_at, _("Dice entered, transcript closed"), _who_closed(facts)),
        (draw.drawn_at, _("Lots and officers drawn"), facts.step_taker("result")),
        (draw.ended_at, labels.state_label(draw.state), facts.person(draw.ended_by)),
    ]
    timed = [(at, name, who) for at, name, who in known if at is not None]
    rows = [(moment(at), name, who) for at, name, who in sorted(timed, key=lambda one: one[0])]
    head = (_("Time (China)"), _("Step"), _("Who"))
    return Block(_("Course"), table=Table(head, rows, ("auto", "1", "1")))


def _who_revealed(facts: Facts, place: DrawWitness) -> str:
    """Return the witness; for a paper slip the person who typed it in, and for which witness."""
    if not place.from_slip or place.revealed_at is None:
        return facts.witness(place)
    typed = facts.typed_slip(place.revealed_at)
    return f"{typed} ({place.token} {place.office}".rstrip() + ")"


def _who_closed(facts: Facts) -> str:
    """Return who confirmed the last throw, since that throw closes the transcript."""
    counted = [throw for throw in facts.throws if throw.state == "confirmed"]
    places = {place.token: facts.witness(place) for place in facts.places}
    last = places.get(counted[-1].witness or "", "") if counted else ""
    return last or facts.step_taker("transcript")


def exact(text: str) -> str:
    """Return ``text`` with every blank that paper would swallow written as its number: all blanks
    but a single plain one between two signs."""
    shown = []
    for at, one in enumerate(text):
        beside = text[at - 1 : at] + text[at + 1 : at + 2]
        alone = one == " " and len(beside) == 2 and not any(map(str.isspace, beside))
        shown.append(f"〔U+{ord(one):04X}〕" if one.isspace() and not alone else one)
    return "".join(shown)


def _revealed(place: DrawWitness) -> str:
    if place.from_slip:
        return _("Witness's secret typed in from the paper slip")
    return _("Witness's secret revealed")


def randomness(facts: Facts) -> Block:
    """Return the block of commitments, witnesses' texts, dice and seed."""
    secrets = {one["id"]: one["text"] for one in facts.transcript.get("witnesses", ())}
    rows = []
    for place in facts.places:
        if place.commitment:
            text = secrets.get(place.token, "")
            shown = exact(disclosure.without_long_numbers(text)) or "—"
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
    """Return the table of all throws as typed, refused ones too; None without throws."""
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
