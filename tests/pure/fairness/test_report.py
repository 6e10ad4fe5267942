"""The whole report over draws made by the real kit, and over kits that are bent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from hashlib import sha256

import pytest

from backend.app.fairness import pictures, report
from backend.app.fairness.report import DrawFacts, StratumFacts
from backend.drawkit import lot

ROWS, K = 60, 12
Pick = Callable[[bytes], list[int]]


def fairly(seed: bytes) -> list[int]:
    return sorted(range(ROWS), key=lambda row: lot(seed, row))[:K]


def with_short_lots(seed: bytes) -> list[int]:
    """Lots cut to three bits: ties go to whoever stands first on the register."""
    return sorted(range(ROWS), key=lambda row: lot(seed, row)[0] >> 5)[:K]


def sparing_friends(seed: bytes) -> list[int]:
    """Two of class D are looked over whenever their lot comes up."""
    return [row for row in sorted(range(ROWS), key=lambda row: lot(seed, row)) if row % 20][:K]


def facts(number: int, pick: Pick, **changes: object) -> DrawFacts:
    seed = sha256(f"seed {number}".encode()).digest()
    drawn = pick(seed)
    divided = {
        "risk": lambda row: "D" if row % 20 == 0 else "A",
        "half": lambda row: "first" if row < ROWS // 2 else "second",
    }
    groups = {}
    for name, of in divided.items():
        codes = sorted({of(row) for row in range(ROWS)})
        groups[name] = {
            code: (
                sum(of(row) == code for row in range(ROWS)),
                sum(of(row) == code for row in drawn),
            )
            for code in codes
        }
    values: dict[str, object] = {
        "number": f"370399-2026-1-{number}",
        "name": "抽查",
        "state": "dispatched",
        "office": "SC",
        "joint": False,
        "day": date(2025 + number % 2, 1 + number % 12, 3),
        "pool_rows": ROWS,
        "drawn": K,
        "seats": 2 * K,
        "vacant": number % 2,
        "eligible": 6 + number % 3,
        "replaced": 0,
        "reason": None,
        "sealed": False,
        "left_open": False,
        "strata": [StratumFacts(ROWS, K, groups)],
    }
    return DrawFacts(**(values | changes))  # type: ignore[arg-type]


def history(pick: Pick, draws: int = 120) -> list[DrawFacts]:
    return [facts(number, pick) for number in range(draws)]


def test_the_real_draw_deviates_by_no_more_than_chance():
    found = report.build(history(fairly))
    assert not found.odd
    assert found.compared == 4
    assert found.p is not None and found.p > 0.05


@pytest.mark.parametrize(
    ("bent", "dimension"), [(with_short_lots, "half"), (sparing_friends, "risk")]
)
def test_a_bent_draw_is_called_out_where_it_is_bent(bent: Pick, dimension: str):
    found = report.build(history(bent))
    assert found.odd
    least = min(found.dimensions, key=lambda one: one.p if one.p is not None else 1)
    assert least.code == dimension


def test_half_years_add_up_to_the_totals():
    found = report.build(history(fairly, 30))
    assert [(one.year, one.half) for one in found.periods] == [
        (2025, 1), (2025, 2), (2026, 1), (2026, 2),
    ]  # fmt: skip
    assert sum(one.draws for one in found.periods) == found.totals.with_result == 30
    assert sum(one.vacant for one in found.periods) == found.totals.vacant == 15
    groups = [group for one in found.periods for group in one.groups.values()]
    drawn = sum(one.drawn for one in groups)
    expected = sum(one.expected for one in groups)
    assert all(one.p is not None for one in groups)
    assert drawn == found.totals.drawn == pytest.approx(expected)
    assert found.totals.eligible == (6, 8)


def test_a_void_result_counts_and_a_cancelled_draw_has_nothing_to_count():
    void = facts(1, fairly, state="voided", reason="当场误操作")
    cancelled = facts(2, fairly, state="cancelled", reason="停电", day=None, drawn=0, strata=[])
    waiting = facts(3, fairly, state="frozen", day=None, drawn=0, strata=[])
    found = report.build([void, cancelled, waiting])
    assert found.totals.drawn == K
    assert (found.totals.voided, found.totals.cancelled, found.totals.waiting) == (1, 1, 1)
    assert found.compared == 4


def test_no_draw_at_all_gives_an_empty_report():
    found = report.build([])
    assert (found.p, found.odd, found.compared) == (None, False, 0)
    assert found.periods == [] and found.dimensions == []
    assert pictures.chart(found.periods).blocks == []


def test_every_mark_of_a_picture_lies_in_its_box():
    found = report.build(history(with_short_lots))
    chart = pictures.chart(found.periods)
    for block in chart.blocks:
        for pair in block.pairs:
            for bar in (pair.expected, pair.drawn):
                assert 0 <= bar.x <= chart.width - pictures.BAR
                assert bar.y >= 0 and bar.y + bar.height == pytest.approx(pictures.CHART_HEIGHT)
    for one in found.dimensions:
        for line in one.lines:
            marks = pictures.strip(line.found)
            assert 0 <= marks.band <= marks.band + marks.band_width <= pictures.STRIP_WIDTH
            assert 0 <= marks.dot <= pictures.STRIP_WIDTH
            assert marks.band <= marks.tick <= marks.band + marks.band_width
            assert marks.outside is not (line.found.low <= line.found.drawn <= line.found.high)


def test_the_most_loaded_officer_has_the_highest_bar():
    bars = pictures.loads([1, 2, 4])
    assert [bar.height for bar in bars] == [18, 36, 72]
    assert report.loads([1, 2, 4]).middle == 2
