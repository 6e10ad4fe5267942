"""Names of states, findings, reasons and rules, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import LazyString

from ..platform import code_lists
from ..platform.code_words import choices, word
from ..platform.i18n import gettext as _
from ..platform.i18n import html_lang
from ..platform.i18n import lazy_gettext as _l
from . import rules
from .rules import Finding

STATES: dict[str, LazyString] = {
    "planned": _l("Being prepared"),
    "frozen": _l("Frozen, waiting for the witness"),
    "committed": _l("Commitments closed"),
    "opened": _l("Being revealed"),
    "revealed": _l("Revealed, not drawn yet"),
    "drawn": _l("Drawn, not sent yet"),
    "dispatched": _l("Sent to the officers"),
    "discarded": _l("Given up before the freeze"),
    "cancelled": _l("Cancelled"),
    "voided": _l("Declared void"),
}
CHIPS = {
    "planned": "",
    "dispatched": "ok",
    "cancelled": "bad",
    "voided": "bad",
    "discarded": "",
}

FINDINGS: dict[str, LazyString] = {
    "no_items": _l("No inspection item is chosen."),
    "item_not_drawable": _l(
        "“%(about)s” cannot be drawn on: it is not on the published list from today to the "
        "visits' last day, or has no checklist."
    ),
    "no_strata": _l("No stratum says which enterprises are drawn from."),
    "ratio_zero": _l("Stratum “%(about)s” draws nothing: its ratio or number is zero."),
    "stratum_empty": _l("Stratum “%(about)s” is empty: no enterprise in the register fits it."),
    "stratum_all_excluded": _l(
        "Stratum “%(about)s” is empty: all %(count)s enterprises are excluded by the rules."
    ),
    "everything_excluded": _l("The exclusions leave no enterprise at all to draw from."),
    "code_unfit": _l(
        "%(count)s enterprises have a code that cannot be published, “%(about)s” first. Correct "
        "them in the register."
    ),
    "team_too_small": _l("A team needs at least two seats: nobody inspects alone."),
    "no_officers": _l("%(about)s has no officer who may be drawn for these visits."),
    "last_day_past": _l("The visits' last day is missing or has passed."),
    "part_not_answered": _l("%(about)s was invited to this joint draw and has not answered yet."),
    "part_declined": _l(
        "%(about)s declined to take part. Take it out of the draw, or change the plan: then it is "
        "asked again."
    ),
    "part_moved": _l(
        "%(about)s, or a department below it, has been moved in the tree of departments since its "
        "part was agreed on. Save the plan once more: whoever is asked then answers anew."
    ),
    "department_ended": _l("%(about)s has ended. Take it out of the draw and its team."),
    "items_without_seats": _l(
        "%(about)s has items here but no seat: each department's items are checked by its own "
        "officers."
    ),
    "rosters_do_not_meet": _l(
        "The rosters of the departments have no enterprise in common: there is nothing to draw "
        "from."
    ),
    "stratum_whole": _l(
        "Stratum “%(about)s” draws all its %(count)s enterprises: nothing is left to chance there."
    ),
    "seats_will_be_vacant": _l(
        "%(about)s has too few officers for one team: %(count)s seats of every visit stay vacant."
    ),
    "recusals_leave_vacant": _l(
        "Recusals leave %(count)s enterprises too few officers: if drawn, their teams have a "
        "vacant seat and are not sent."
    ),
    "cap_too_low": _l(
        "%(about)s: with this limit of visits for each officer at least %(count)s seats stay "
        "vacant."
    ),
}

ANSWERS: dict[str, LazyString] = {
    rules.INVITED: _l("Not answered yet"),
    rules.ACCEPTED: _l("Accepted"),
    rules.DECLINED: _l("Declined"),
}
ANSWER_CHIPS = {rules.INVITED: "warn", rules.ACCEPTED: "ok", rules.DECLINED: "bad"}

REASONS: dict[str, LazyString] = {
    **choices(code_lists.BARS),
    "vacant_seat": _l("A seat is vacant"),
    "too_few_officers": _l("Fewer than two officers"),
}
_HELD: dict[str, LazyString] = {
    "vacant_seat": _l(
        "Not sent: a seat is vacant, because nobody was eligible. Nothing was relaxed; the seat "
        "can only be filled by a recorded re-draw."
    ),
    "too_few_officers": _l("Not sent: the team has fewer than two officers."),
    code_lists.INACTIVE: _l(
        "Not sent: an officer of the team was deactivated after the freeze. The draw stands; the "
        "seat can only be filled by a recorded re-draw."
    ),
    code_lists.CERTIFICATE_EXPIRED: _l(
        "Not sent: an officer's certificate now ends before the last day. The draw stands; the "
        "seat can only be filled by a recorded re-draw."
    ),
    code_lists.ON_LEAVE: _l(
        "Not sent: an officer of the team is on leave now. The draw stands; the seat can only be "
        "filled by a recorded re-draw."
    ),
}
EXCLUSIONS: dict[str, LazyString] = {
    rules.CLOSED: _l("not in business"),
    rules.OTHER: _l("under another draw that is not finished"),
    rules.SEALED: _l("by all rules together"),
}


def state_label(state: str) -> str:
    """Return a state in the reader's language."""
    return str(STATES[state])


def sentence(finding: Finding) -> str:
    """Return a finding as a sentence."""
    return str(FINDINGS[finding.code]) % {"about": finding.about, "count": finding.count}


def sentences(findings: Iterable[Finding]) -> str:
    """Return the findings as one text."""
    return " ".join(sentence(finding) for finding in findings)


def answer_label(answer: str) -> str:
    """Return the name of an invited department's answer."""
    return str(ANSWERS[answer])


def reason_label(reason: str) -> str:
    """Return the sentence that says why an officer may not be drawn."""
    words = str(REASONS[reason])
    return words[:1].lower() + words[1:]


def held_label(reason: str) -> str:
    """Return the sentence that says why a visit is not sent."""
    return str(_HELD[reason])


def cause_label(cause: str) -> str:
    """Return the public cause of a re-drawn seat; a cause that is unknown here as its code."""
    return word(code_lists.CAUSES, cause)


def exclusion_label(rule: str) -> str:
    """Return the public name of an exclusion's rule."""
    if rule.startswith(rules.RECENT):
        return _("inspected in the last %(n)s months", n=rule.split("-")[1].removesuffix("m"))
    if rule.startswith(rules.YEARLY):
        return _("drawn %(n)s times or more this year", n=rule.rsplit("-", 1)[1])
    return str(EXCLUSIONS[rule])


_DIGITS = "〇一二三四五六七八九"


def lot_name(number: int) -> str:
    """Return a lot's number as its slip has it: 第〇七签 in Chinese, Lot 07 in English."""
    digits = f"{number:02d}"
    if html_lang() == "zh-CN":
        digits = "".join(_DIGITS[int(digit)] for digit in digits)
    return _("Lot %(number)s", number=digits)
