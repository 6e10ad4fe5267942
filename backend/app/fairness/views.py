"""What the pages and the open data show of the report: plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import labels, pictures, rules
from .report import DimensionReport, DrawFacts, Report
from .rules import Comparison
from .service import County, Office

LISTED = 60


def words() -> dict[str, Any]:
    """The names that every template of this feature uses."""
    return {
        "dimension_label": labels.dimension_label,
        "group_label": labels.group_label,
        "period_label": labels.period_label,
        "p_label": labels.p_label,
        "strip": pictures.strip,
        "load_bars": pictures.loads,
        "significant": rules.SIGNIFICANT,
        "load_height": pictures.LOAD_HEIGHT,
        "chart_height": pictures.CHART_HEIGHT,
        "strip_width": pictures.STRIP_WIDTH,
        "bar_width": pictures.BAR,
    }


def county_view(county: County) -> dict[str, Any]:
    """Return the values of the county's page."""
    return {
        "county_report": county,
        "report": county.report,
        "chart": pictures.chart(county.report.periods),
        "ended": [draw for draw in county.draws if draw.reason],
        "left_open": [draw for draw in county.draws if draw.left_open],
        "odd_offices": [office.name for office in county.offices if office.report.odd],
        **words(),
    }


def office_view(office: Office) -> dict[str, Any]:
    """Return the values of one office's page."""
    return {
        "office": office,
        "report": office.report,
        "chart": pictures.chart(office.report.periods),
        "draws": office.draws[:LISTED],
        **words(),
    }


def document(county: County) -> dict[str, Any]:
    """The open data: every number from which the report can be computed again."""
    return {
        "v": "evenhand-fairness/1",
        "county": _report(county.report),
        "offices": [
            {
                "code": office.code,
                "name": office.name,
                **_report(office.report),
                "seats_by_officer": list(office.loads.seats) if office.loads else [],
                "vacant_seats": office.vacant_seats,
            }
            for office in county.offices
        ],
        "series": [
            {"series": one.series, "last": one.last, "missing": list(one.missing)}
            for one in county.series
        ],
        "draws": [_draw(draw) for draw in county.draws],
    }


def _report(found: Report) -> dict[str, Any]:
    return {
        "draws": found.totals.draws,
        "cancelled": found.totals.cancelled,
        "voided": found.totals.voided,
        "left_open": found.totals.left_open,
        "drawn": found.totals.drawn,
        "seats": found.totals.seats,
        "vacant": found.totals.vacant,
        "replaced": found.totals.replaced,
        "comparisons": found.compared,
        "least_p_adjusted": _decimal(found.p),
        "groups": _groups(found.dimensions),
        "half_years": [
            {
                "year": period.year,
                "half": period.half,
                "draws": period.draws,
                "drawn": period.drawn,
                "vacant": period.vacant,
                "replaced": period.replaced,
                "voided": period.ended,
                "risk": {code: _numbers(one) for code, one in period.groups.items()},
            }
            for period in found.periods
        ],
    }


def _groups(dimensions: Sequence[DimensionReport]) -> list[dict[str, Any]]:
    return [
        {
            "by": dimension.code,
            "group": line.code,
            **_numbers(line.found),
        }
        for dimension in dimensions
        for line in dimension.lines
    ]


def _numbers(found: Comparison) -> dict[str, Any]:
    return {
        "rows": found.rows,
        "drawn": found.drawn,
        "expected": _decimal(found.expected),
        "low": found.low,
        "high": found.high,
        "p": _decimal(found.p),
        "p_adjusted": _decimal(found.adjusted),
    }


def _draw(draw: DrawFacts) -> dict[str, Any]:
    return {
        "number": draw.number,
        "office": draw.office,
        "state": draw.state,
        "sealed": draw.sealed,
        "joint": draw.joint,
        "left_open": draw.left_open,
        "drawn_on": draw.day.isoformat() if draw.day else None,
        "rows": draw.pool_rows,
        "drawn": draw.drawn,
        "seats": draw.seats,
        "vacant": draw.vacant,
        "eligible_officers": draw.eligible,
        "replaced": draw.replaced,
        "strata": [
            {
                "rows": stratum.rows,
                "k": stratum.k,
                "groups": {
                    by: {group: list(pair) for group, pair in groups.items() if pair[0]}
                    for by, groups in stratum.groups.items()
                },
            }
            for stratum in draw.strata
        ],
    }


def _decimal(value: float | None) -> str | None:
    """Return a decimal as text of six digits, as all open data has them, or None."""
    return None if value is None else f"{value:.6g}"
