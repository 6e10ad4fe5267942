"""POST /api/v1/sync: what is applied, what is kept in quarantine, what is refused."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend.app.accounts.models import Device
from backend.app.platform import clock
from backend.app.sync.models import QuarantinedEvent, SyncHead
from backend.app.visits import service as visits
from backend.app.visits.models import Visit, VisitEvent
from tests.api.sync.conftest import Field, enrol
from tests.factories.visits import make_team, make_visit
from tests.fakes.phone import Phone

InField = Callable[..., Field]


def states(answer: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(receipt["state"], receipt.get("reason")) for receipt in answer["receipts"]]


def count(session: Session, model: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_the_first_call_brings_the_pinned_package(in_field: InField, session: Session) -> None:
    officer = in_field()
    row = session.get_one(Visit, officer.visit)
    assert officer.package["visit"] == str(officer.visit)
    assert hashlib.sha256(rfc8785.dumps(officer.package)).hexdigest() == row.package_sha256
    assert officer.package["challenge"] == row.challenge


def test_a_phone_that_has_the_package_gets_it_no_more(in_field: InField) -> None:
    officer = in_field()
    answer = officer.send(have={str(officer.visit): 0})
    assert answer["visits"] == []
    assert answer["released"] == []


def test_a_filled_visit_is_handed_in_and_complete(in_field: InField, session: Session) -> None:
    officer = in_field()
    officer.phone.fills(officer.package)
    sealed = officer.phone.seals(officer.package, officer.officer)
    answer = officer.send(have={str(officer.visit): 0})
    assert states(answer) == [("applied", None)] * 6
    row = session.get_one(Visit, officer.visit)
    assert (row.state, row.revision, row.points_answered, row.missing_count) == (
        "complete",
        1,
        3,
        0,
    )
    assert row.digest == sealed["body"]["digest"]
    assert str(row.sealed_by) == officer.officer
    assert visits.check(session, officer.visit) == []
    assert visits.record(session, officer.visit)["result"]["code"] == "1"


def test_the_same_call_again_gets_the_same_receipts_and_changes_nothing(
    in_field: InField, session: Session
) -> None:
    officer = in_field()
    officer.phone.fills(officer.package)
    first = officer.sync().get_json()
    second = officer.sync().get_json()
    assert second["receipts"] == first["receipts"]
    assert second["receipt_signature"] == first["receipt_signature"]
    assert count(session, VisitEvent) == 5
    assert session.get_one(Visit, officer.visit).revision == 1


def test_receipts_are_signed_and_name_the_hash_of_what_was_sent(in_field: InField) -> None:
    officer = in_field()
    event = officer.phone.answers(officer.visit, officer.team.item.code + ":1", "pass")
    head = officer.phone.prev
    answer = officer.send()
    key = officer.client.get("/api/v1/sync/key").get_json()["key"]
    verifier = Ed25519PublicKey.from_public_bytes(base64.b64decode(key))
    signature = base64.b64decode(answer["receipt_signature"])
    verifier.verify(signature, rfc8785.dumps(answer["receipts"]))
    assert answer["receipts"][0]["event"] == event["id"]
    assert answer["receipts"][0]["hash"] == head


def test_part_of_a_call_that_is_known_already_is_taken_once(
    in_field: InField, session: Session
) -> None:
    officer = in_field()
    code = officer.team.item.code
    officer.phone.answers(officer.visit, f"{code}:1", "pass")
    first = officer.sync().get_json()
    officer.phone.answers(officer.visit, f"{code}:2", "pass")
    second = officer.sync().get_json()
    assert second["receipts"][0] == first["receipts"][0]
    assert [receipt["revision"] for receipt in second["receipts"]] == [1, 2]
    assert count(session, VisitEvent) == 2


def test_two_officers_apart_see_each_others_events_and_the_dispute(
    in_field: InField, session: Session
) -> None:
    one = in_field(0)
    other = in_field(1, one.team, one.visit)
    key = one.team.item.code + ":1"
    first = one.phone.answers(one.visit, key, "pass")
    one.send(have={str(one.visit): 0})
    second = other.phone.answers(one.visit, key, "fail", note="通道堵塞")
    answer = other.send(have={str(one.visit): 0})
    told = answer["visits"][0]["events"]
    assert [(event["id"], event["officer"], event["revision"]) for event in told] == [
        (first["id"], one.officer, 1)
    ]
    assert {name: told[0][name] for name in first} == first
    caught_up = one.send(have={str(one.visit): 1})
    assert [event["id"] for event in caught_up["visits"][0]["events"]] == [second["id"]]
    assert session.get_one(Visit, one.visit).points_disputed == 1
    settle = {"point": key, "value": "fail", "of": [first["id"], second["id"]]}
    one.phone.does(one.visit, "answer.settled", settle)
    one.send(have={str(one.visit): 2})
    assert session.get_one(Visit, one.visit).points_disputed == 0
    assert visits.check(session, one.visit) == []


def test_a_phone_that_missed_nothing_is_not_sent_its_own_events(in_field: InField) -> None:
    officer = in_field()
    officer.phone.answers(officer.visit, officer.team.item.code + ":1", "pass")
    answer = officer.send(have={str(officer.visit): 0})
    assert answer["visits"] == [
        {"visit": str(officer.visit), "revision": 1, "package": None, "events": []}
    ]


def test_a_reinstalled_phone_is_sent_everything(in_field: InField) -> None:
    officer = in_field()
    event = officer.phone.answers(officer.visit, officer.team.item.code + ":1", "pass")
    officer.send()
    again = Field(**{**officer.__dict__, "phone": Phone()})
    enrol(again.phone, officer.account)
    answer = again.send()
    assert answer["visits"][0]["package"] == officer.package
    assert [entry["id"] for entry in answer["visits"][0]["events"]] == [event["id"]]


def test_visits_that_are_confirmed_or_of_others_are_released(
    in_field: InField, session: Session
) -> None:
    officer = in_field()
    stranger = make_visit(make_team())
    session.execute(update(Visit).where(Visit.id == officer.visit).values(state="confirmed"))
    session.commit()
    have = {str(officer.visit): 0, str(stranger): 0}
    answer = officer.send(have=have)
    assert set(answer["released"]) == set(have)
    assert answer["visits"] == []


# What is kept in quarantine


def quarantined_with(officer: Field, reason: str, **changes: Any) -> None:
    assert states(officer.send(**changes)) == [("quarantined", reason)]


def test_work_on_a_visit_of_others_is_kept(in_field: InField, session: Session) -> None:
    officer = in_field()
    stranger = make_visit(make_team())
    officer.phone.does(stranger, "visit.started", {"position": None})
    quarantined_with(officer, "not_assigned")
    assert session.scalars(select(QuarantinedEvent.reason)).all() == ["not_assigned"]
    assert session.get_one(Visit, stranger).revision == 0


def test_work_on_a_visit_that_does_not_exist_is_kept(in_field: InField) -> None:
    officer = in_field()
    officer.phone.does(uuid4(), "visit.started", {"position": None})
    quarantined_with(officer, "unknown_visit")


@pytest.mark.parametrize("state", ["confirmed", "disclosed"])
def test_late_work_on_a_confirmed_visit_is_kept(
    state: str, in_field: InField, session: Session
) -> None:
    officer = in_field()
    session.execute(update(Visit).where(Visit.id == officer.visit).values(state=state))
    session.commit()
    officer.phone.does(officer.visit, "visit.started", {"position": None})
    quarantined_with(officer, "visit_closed")


def test_work_after_the_hand_in_is_kept_apart(in_field: InField, session: Session) -> None:
    officer = in_field()
    officer.phone.fills(officer.package)
    officer.phone.seals(officer.package, officer.officer)
    officer.phone.answers(officer.visit, officer.team.item.code + ":1", "fail")
    assert states(officer.send())[-2:] == [("applied", None), ("quarantined", "visit_handed_in")]
    officer.phone.does(officer.visit, "clock.jumped", {"delta": 5000})
    assert states(officer.send()) == [("applied", None)]
    assert session.get_one(Visit, officer.visit).state == "complete"


def test_events_of_a_revoked_phone_are_kept(in_field: InField, session: Session) -> None:
    officer = in_field()
    session.execute(
        update(Device).where(Device.id == officer.phone.device).values(revoked_at=clock.now())
    )
    session.commit()
    officer.phone.does(officer.visit, "visit.started", {"position": None})
    quarantined_with(officer, "device_revoked")


def test_a_revoked_phone_gets_no_visits(in_field: InField, session: Session) -> None:
    officer = in_field()
    session.execute(
        update(Device).where(Device.id == officer.phone.device).values(revoked_at=clock.now())
    )
    session.commit()
    officer.phone.does(officer.visit, "visit.started", {"position": None})
    assert officer.send(have={})["visits"] == []
    reply = officer.sync(have={})
    assert (reply.status_code, reply.get_json()["code"]) == (403, "sync.device_revoked")


def test_a_wrong_signature_keeps_the_events_and_does_not_move_the_head(
    in_field: InField, session: Session
) -> None:
    officer = in_field()
    officer.phone.does(officer.visit, "visit.started", {"position": None})
    quarantined_with(
        officer, "bad_signature", signature=Phone().signature(officer.phone.outbox[-1])
    )
    assert session.get_one(SyncHead, officer.phone.device).seq == 0


@pytest.mark.parametrize("signature", [None, "", "AAAA", "not base64 at all", "ÿ" * 88])
def test_no_signature_is_a_wrong_one(signature: str | None, in_field: InField) -> None:
    officer = in_field()
    officer.phone.does(officer.visit, "visit.started", {"position": None})
    quarantined_with(officer, "bad_signature", signature=signature)


def test_an_old_signed_event_at_the_end_of_a_call_does_not_sign_new_ones(
    in_field: InField, session: Session
) -> None:
    """Whoever has the session and an old call, but not the phone's key, writes nothing."""
    officer = in_field()
    old = officer.phone.does(officer.visit, "visit.started", {"position": None})
    signed = officer.phone.signature(old)
    officer.send()
    forged = officer.phone.answers(officer.visit, officer.team.item.code + ":1", "fail")
    answer = officer.sync(events=[forged, old], signature=signed).get_json()
    assert states(answer) == [("quarantined", "bad_signature"), ("applied", None)]
    assert session.get_one(Visit, officer.visit).points_answered == 0


def test_a_point_the_checklist_does_not_have_is_kept(in_field: InField) -> None:
    officer = in_field()
    officer.phone.answers(officer.visit, "OTHER:9", "pass")
    quarantined_with(officer, "unknown_point")


def test_a_record_with_points_missing_is_not_handed_in(in_field: InField, session: Session) -> None:
    officer = in_field()
    officer.phone.does(officer.visit, "visit.started", {"position": None})
    officer.phone.seals(officer.package, officer.officer)
    assert states(officer.send())[-1] == ("quarantined", "incomplete")
    assert session.get_one(Visit, officer.visit).state == "under_way"


def test_a_record_whose_digest_differs_is_not_handed_in(
    in_field: InField, session: Session
) -> None:
    officer = in_field()
    officer.phone.fills(officer.package)
    body = {"digest": "0" * 64, "assertion": None}
    officer.phone.does(officer.visit, "record.sealed", body)
    assert states(officer.send())[-1] == ("quarantined", "digest_differs")
    assert session.get_one(Visit, officer.visit).state == "under_way"


def test_the_right_record_can_follow_a_wrong_one(in_field: InField, session: Session) -> None:
    officer = in_field()
    officer.phone.fills(officer.package)
    events = list(officer.phone.outbox)
    officer.phone.does(officer.visit, "record.sealed", {"digest": "0" * 64, "assertion": None})
    officer.send()
    officer.phone.outbox[:] = events
    officer.phone.seals(officer.package, officer.officer)
    officer.phone.outbox[:] = officer.phone.outbox[-1:]
    assert states(officer.send()) == [("applied", None)]
    assert session.get_one(Visit, officer.visit).state == "complete"


def test_a_file_larger_than_allowed_is_announced_in_vain(in_field: InField) -> None:
    officer = in_field()
    event = officer.phone.photographs(officer.visit, b"x")
    officer.phone.seq, officer.phone.prev = 0, "0" * 64
    officer.phone.outbox.clear()
    body = event["body"] | {"size": 1 << 50}
    officer.phone.does(officer.visit, "evidence.added", body)
    quarantined_with(officer, "over_quota")


def test_events_after_a_gap_wait_and_are_applied_when_the_gap_closes(
    in_field: InField, session: Session
) -> None:
    officer = in_field()
    code = officer.team.item.code
    first = officer.phone.answers(officer.visit, f"{code}:1", "pass")
    later = [officer.phone.answers(officer.visit, f"{code}:{n}", "pass") for n in (2, 3)]
    assert states(officer.sync(events=later).get_json()) == [("quarantined", "gap")] * 2
    assert session.get_one(Visit, officer.visit).revision == 0
    answer = officer.sync(events=[first], have={str(officer.visit): 0}).get_json()
    assert states(answer) == [("applied", None)]
    told = answer["visits"][0]["events"]
    assert [event["id"] for event in told] == [event["id"] for event in later]
    assert session.get_one(SyncHead, officer.phone.device).seq == 3
    assert session.get_one(SyncHead, officer.phone.device).held == 0
    assert session.get_one(Visit, officer.visit).points_answered == 3
    assert visits.check(session, officer.visit) == []
    again = officer.sync(events=later).get_json()
    assert states(again) == [("quarantined", "gap")] * 2, "the first receipt stands"


def test_events_out_of_order_in_one_call_are_put_in_order(in_field: InField) -> None:
    officer = in_field()
    code = officer.team.item.code
    events = [officer.phone.answers(officer.visit, f"{code}:{n}", "pass") for n in (1, 2, 3)]
    signed = officer.phone.signature(events[-1])
    answer = officer.sync(events=events[::-1], signature=signed).get_json()
    assert states(answer) == [("applied", None)] * 3
    assert [receipt["event"] for receipt in answer["receipts"]] == [e["id"] for e in events[::-1]]


def test_an_event_that_does_not_continue_the_chain_is_kept(
    in_field: InField, session: Session
) -> None:
    officer = in_field()
    officer.phone.answers(officer.visit, officer.team.item.code + ":1", "pass")
    officer.send()
    officer.phone.prev = "1" * 64
    officer.phone.answers(officer.visit, officer.team.item.code + ":2", "pass")
    quarantined_with(officer, "bad_prev")
    officer.phone.seq = 0
    officer.phone.answers(officer.visit, officer.team.item.code + ":3", "pass")
    quarantined_with(officer, "bad_prev")
    assert count(session, QuarantinedEvent) == 2
