"""The report's words in the reader's language."""

from __future__ import annotations

from ..platform.i18n import gettext as _
from ..platform.regions import region_name
from ..platform.settings import current_settings
from ..registry import service as registry
from .report import Period

_EXACT = 0.0001


def dimension_label(code: str) -> str:
    """Return the name of a way to divide the register."""
    return {
        "risk": _("Risk class"),
        "kind": _("Kind of enterprise"),
        "region": _("Region"),
        "before": _("Drawn in the twelve months before"),
        "half": _("Place on the register"),
    }[code]


def group_label(dimension: str, code: str) -> str:
    """Return the name of one group of a division."""
    if dimension == "risk":
        return str(registry.RISK_CLASSES["" if code == "-" else code])
    if dimension == "kind":
        return str(registry.ENTERPRISE_KINDS[code])
    names = {
        "*": _("All smaller regions"),
        "again": _("Drawn before"),
        "fresh": _("Not drawn before"),
        "first": _("First half of its stratum"),
        "second": _("Second half of its stratum"),
    }
    return names.get(code) or region_name(current_settings().regions, code)


def period_label(period: Period) -> str:
    """Return the name of a half-year."""
    if period.half == 1:
        return _("%(year)s, first half", year=period.year)
    return _("%(year)s, second half", year=period.year)


def p_label(p: float | None) -> str:
    """Return a probability with two digits, four below 0.01, or a dash for None."""
    if p is None:
        return "—"
    if p < _EXACT:
        return f"< {_EXACT}"
    return f"{p:.4f}" if p < 0.01 else f"{p:.2f}"
