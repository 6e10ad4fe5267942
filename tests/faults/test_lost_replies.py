"""The reply is lost after the server has committed: the phone asks again, nothing is doubled."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.app.visits.models import Visit, VisitEvent
from tests.fakes.fault_proxy import FaultProxy
from tests.faults.conftest import Officer


def test_a_reply_cut_after_the_commit_and_asked_again_from_two_tabs_is_one_visit(
    officer: Officer, proxy: FaultProxy, look: Session
) -> None:
    officer.phone.fills(officer.package)
    officer.phone.seals(officer.package, officer.officer)
    call = officer.phone.call(have={str(officer.visit): 0})
    proxy.swallow_replies = 1
    through = officer.client(f"http://127.0.0.1:{proxy.port}")
    with through as client, pytest.raises(httpx.TransportError):
        client.post("/api/v1/sync", json=call)

    def again(_tab: int) -> dict[str, object]:
        with officer.client(f"http://127.0.0.1:{proxy.port}") as tab:
            reply = tab.post("/api/v1/sync", json=call)
            reply.raise_for_status()
            answer: dict[str, object] = reply.json()
            return answer

    with ThreadPoolExecutor(2) as tabs:
        one, other = tabs.map(again, range(2))
    assert one["receipts"] == other["receipts"]
    assert one["receipt_signature"] == other["receipt_signature"]
    assert {receipt["state"] for receipt in one["receipts"]} == {"applied"}  # type: ignore[attr-defined]
    row = look.execute(select(Visit.state, Visit.revision).where(Visit.id == officer.visit)).one()
    assert tuple(row) == ("complete", 1), "the first call was the one that counted"
    assert look.scalar(select(func.count()).select_from(VisitEvent)) == len(call["events"])


def test_the_same_call_from_four_tabs_at_once_is_taken_once(
    officer: Officer, look: Session
) -> None:
    officer.phone.fills(officer.package)
    call = officer.phone.call()

    def send(_tab: int) -> object:
        with officer.client() as tab:
            reply = tab.post("/api/v1/sync", json=call)
            reply.raise_for_status()
            return reply.json()["receipts"]

    with ThreadPoolExecutor(4) as tabs:
        answers = list(tabs.map(send, range(4)))
    assert all(answer == answers[0] for answer in answers)
    assert look.scalar(select(Visit.revision).where(Visit.id == officer.visit)) == 1
    assert look.scalar(select(func.count()).select_from(VisitEvent)) == len(call["events"])
