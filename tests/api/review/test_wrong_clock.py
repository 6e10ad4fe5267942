"""A hand-in by a clock that cannot be right: claim and bounds are shown, and nothing of the claim
is published."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.app.disclosure.models import PublishedResult
from backend.app.disclosure.service import document
from backend.app.platform import clock
from tests.conftest import Browser
from tests.factories.field import Field, make_field, seal, upload, work


def handed_in_at(claimed: datetime) -> tuple[Field, str]:
    field = make_field()
    data = work(field)
    digest = seal(field, claimed)
    upload(field, data)
    return field, digest


@pytest.mark.parametrize("year", [2, 2016, 9998])
def test_what_a_wrong_clock_claims_is_shown_as_a_claim_and_never_published(
    year: int, session: Session, client: Browser, sign_in: Any
) -> None:
    field, digest = handed_in_at(datetime(year, 3, 1, 1, tzinfo=UTC))
    today = clock.today()
    sign_in(client, department=field.department, stepped_up=True)
    page = client.get(f"/office/review/{field.visit}").get_data(as_text=True)
    assert f"检查结束于 {today}" in page
    assert f"{year}-03-01" in page or f"{year:04d}-03-01" in page
    assert "不可能成立" in page
    assert "剩 20 个工作日" in page
    client.post(f"/api/v1/reviews/{field.visit}/confirm", json={"revision": 1, "digest": digest})
    result = session.scalars(select(PublishedResult)).one()
    assert (result.ended_on, result.late) == (today, False)
    assert result.minutes_taken < 2 * 24 * 60
    public = document(session, result.publication_id)
    assert public is not None
    assert public.body["end_source"] == "receipt"
    assert f"{year}-03" not in public.text
    shown = client.get(f"/results/{result.publication_id}").get_data(as_text=True)
    assert "手机所报时间不可能成立" in shown


def test_a_possible_claim_is_the_end_of_the_visit(client: Browser, sign_in: Any) -> None:
    field, _digest = handed_in_at(clock.now() + timedelta(seconds=30))
    sign_in(client, department=field.department)
    page = client.get(f"/office/review/{field.visit}").get_data(as_text=True)
    assert "按手机自报" in page
    assert "不可能成立" not in page
