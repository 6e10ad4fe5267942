"""A recusal from the phone, the batch that answers it, and what both phones see."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import drawkit
from backend.app.draws.service import telling
from backend.app.platform.database import db
from backend.app.platform.transactions import read_session, unit_of_work
from backend.app.registry import service as registry
from backend.app.replacements import service
from backend.app.replacements.models import Vacancy
from backend.app.visits import service as visits
from tests.factories import draws as drawing
from tests.factories.replacements import Hand, Phones, Sent, dispatched


def take(event: dict[str, Any]) -> None:
    """Take the recusal of a phone's event, as the delivery of its news does."""
    with unit_of_work() as session:
        service.recuse(session, UUID(event["id"]))


def only_vacancy() -> Vacancy:
    with Session(db.engine, expire_on_commit=False) as looking:
        return looking.scalars(select(Vacancy)).one()


def bundle_of(sent: Sent) -> bytes:
    with read_session() as session:
        return telling.bundle(session, number_of(sent))


def number_of(sent: Sent) -> str:
    return drawing.stored(sent.draw_id).number or ""


def test_a_recusal_vacates_the_seat_and_the_batch_gives_the_visit_to_another_phone(
    app: Flask, session: Session, phone_of: Phones
) -> None:
    sent = dispatched()
    visit = sent.visits()[0]
    leaver, stays = sent.team(visit)
    first = phone_of(sent, leaver)
    have = {v["visit"]: v["revision"] for v in first.send()["visits"]}
    assert first.recuses(visit.id, "interest", "我是股东")["state"] == "applied"

    vacancy = only_vacancy()
    assert (vacancy.cause, vacancy.reason, vacancy.words) == ("recusal", "interest", "我是股东")
    assert vacancy.state == "waiting"

    drawn = service.cut_off(sent.draw_id)

    assert drawn is not None
    assert (drawn.batch, drawn.filled, drawn.vacant) == (1, 1, 0)
    came = next(one for one in sent.team(visit) if one != stays)
    assert came not in (leaver, stays)
    told = first.send(have=have)
    assert told["released"] == [str(visit.id)]
    assert told["replaced"][str(visit.id)]["reason"] == "recusal"
    second = phone_of(sent, came)
    package = next(v["package"] for v in second.send()["visits"] if v["visit"] == str(visit.id))
    assert {one["id"] for one in package["officers"]} == {str(came), str(stays)}
    assert [one["id"] for one in package["former"]] == [str(leaver)]
    assert [one["officer"] for one in package["draw"]["seats"]] == [
        one["id"] for one in package["officers"]
    ]


def test_the_officer_who_stays_gets_the_package_with_the_new_colleague(
    app: Flask, phone_of: Phones
) -> None:
    sent = dispatched()
    visit = sent.visits()[0]
    leaver, stays = sent.team(visit)
    staying = phone_of(sent, stays)
    have = {v["visit"]: v["revision"] for v in staying.send()["visits"]}
    phone_of(sent, leaver).recuses(visit.id, words="个人原因")
    service.cut_off(sent.draw_id)

    pulled = next(v for v in staying.send(have=have)["visits"] if v["visit"] == str(visit.id))

    assert str(leaver) not in {one["id"] for one in pulled["package"]["officers"]}
    assert [event["kind"] for event in pulled["events"]] == ["visit.reassigned"]
    have[str(visit.id)] = pulled["revision"]
    assert staying.send(have=have)["visits"] == []


def test_grounds_are_told_to_no_colleague_and_to_no_public_file(
    app: Flask, session: Session, phone_of: Phones
) -> None:
    sent = dispatched()
    visit = sent.visits()[0]
    leaver, stays = sent.team(visit)
    phone_of(sent, leaver).recuses(visit.id, "party_or_relative", "canary-words")
    service.cut_off(sent.draw_id)

    pulled = phone_of(sent, stays).send()

    assert "canary-words" not in str(pulled)
    assert "party_or_relative" not in str(pulled)
    content = drawkit.read_bundle(bundle_of(sent))
    published = b"".join(content.values())
    assert b"canary-words" not in published
    assert b"party_or_relative" not in published
    assert b'"reason":"recusal"' in content["replacements.json"]


def test_the_bundle_with_a_replacement_verifies_with_its_proof(
    app: Flask, session: Session, phone_of: Phones
) -> None:
    sent = dispatched()
    visit = sent.visits()[0]
    leaver, _ = sent.team(visit)
    phone_of(sent, leaver).recuses(visit.id)
    service.cut_off(sent.draw_id)

    bundle = bundle_of(sent)

    report = drawkit.verify_bundle(bundle)
    assert report.status == drawkit.EQUAL, report.verdict
    assert "proofs/replacement-1.tlog-proof" in drawkit.read_bundle(bundle)
    assert bundle_of(sent) == bundle


def test_late_work_of_the_officer_who_left_is_kept_beside_the_record(
    app: Flask, session: Session, phone_of: Phones
) -> None:
    sent = dispatched()
    visit = sent.visits()[0]
    leaver, _ = sent.team(visit)
    first = phone_of(sent, leaver)
    package = next(v["package"] for v in first.send()["visits"] if v["visit"] == str(visit.id))
    point = package["items"][0]["checklist"]["points"][0]["key"]
    first.recuses(visit.id)
    service.cut_off(sent.draw_id)

    first.phone.answers(visit.id, point, "fail")
    receipt = first.send()["receipts"][-1]

    assert (receipt["state"], receipt["reason"]) == ("quarantined", "not_assigned")
    assert visits.state(session, visit.id)["answers"] == {}
    assert visits.check(session, visit.id) == []


def test_a_recusal_after_the_hand_in_is_refused_by_name(app: Flask, phone_of: Phones) -> None:
    sent = dispatched()
    visit = sent.visits()[0]
    leaver, _ = sent.team(visit)
    first = phone_of(sent, leaver)
    package = next(v["package"] for v in first.send()["visits"] if v["visit"] == str(visit.id))
    hand_in(first, package)

    receipt = first.recuses(visit.id)

    assert (receipt["state"], receipt["reason"]) == ("quarantined", "visit_handed_in")


def hand_in(hand: Hand, package: dict[str, Any]) -> None:
    """Answer everything and hand in."""
    hand.phone.fills(package)
    hand.phone.seals(package, str(hand.officer))
    receipts = hand.send()["receipts"]
    assert {one["state"] for one in receipts} == {"applied"}, receipts


def test_a_seat_whose_record_was_handed_in_before_the_batch_lapses(
    app: Flask, session: Session, phone_of: Phones
) -> None:
    sent = dispatched()
    visit = sent.visits()[0]
    leaver, stays = sent.team(visit)
    asking = phone_of(sent, leaver)
    asking.recuses(visit.id)
    staying = phone_of(sent, stays)
    package = next(v["package"] for v in staying.send()["visits"] if v["visit"] == str(visit.id))
    hand_in(staying, package)

    assert service.cut_off(sent.draw_id) is None

    assert only_vacancy().state == "lapsed"
    assert sent.team(visit) == [leaver, stays]
    told = next(v for v in asking.send()["visits"] if v["visit"] == str(visit.id))
    said = [one["body"]["reason"] for one in told["events"] if one["kind"] == "recusal.declined"]
    assert said == ["handed_in"]
    assert "recusal." not in str(staying.send()["visits"])


def test_the_same_recusal_sent_twice_waits_once_and_two_batches_at_once_are_one(
    app: Flask, session: Session, phone_of: Phones
) -> None:
    sent = dispatched()
    visit = sent.visits()[0]
    leaver, _ = sent.team(visit)
    first = phone_of(sent, leaver)
    event = first.phone.does(visit.id, "recusal.requested", {"ground": "interest"})
    call = first.phone.call()
    for _again in range(2):
        assert first.client.post("/api/v1/sync", json=call).status_code == 200
    take(event)
    assert only_vacancy().state == "waiting"

    assert service.cut_off(sent.draw_id) is not None
    assert service.cut_off(sent.draw_id) is None


def test_with_everybody_recused_the_seat_stays_vacant_and_nothing_can_be_sealed(
    app: Flask, session: Session, phone_of: Phones
) -> None:
    sent = dispatched(officers=2)
    visit = sent.visits()[0]
    leaver, stays = sent.team(visit)
    phone_of(sent, leaver).recuses(visit.id)

    drawn = service.cut_off(sent.draw_id)

    assert drawn is not None
    assert (drawn.filled, drawn.vacant) == (0, 1)
    assert only_vacancy().state == "unfilled"
    assert drawing.stored(sent.draw_id).vacant_seats == 1
    staying = phone_of(sent, stays)
    package = next(v["package"] for v in staying.send()["visits"] if v["visit"] == str(visit.id))
    assert sorted(one["officer"] is None for one in package["draw"]["seats"]) == [False, True]
    staying.phone.fills(package)
    staying.phone.seals(package, str(stays))
    assert staying.send()["receipts"][-1]["reason"] == "seat_vacant"


def test_words_of_an_older_phone_count_as_another_relation(
    app: Flask, session: Session, phone_of: Phones
) -> None:
    sent = dispatched()
    visit = sent.visits()[0]
    leaver, _ = sent.team(visit)
    first = phone_of(sent, leaver)
    first.phone.does(visit.id, "recusal.requested", {"ground": "近亲属在该店工作"})
    first.send()

    vacancy = only_vacancy()
    assert (vacancy.reason, vacancy.words) == ("other_relation", "近亲属在该店工作")
    pairs = registry.recusals(session, [leaver], [visit.enterprise_id])
    assert pairs == [(leaver, visit.enterprise_id)]


def test_a_stranger_cannot_recuse_somebody_from_a_visit(
    app: Flask, session: Session, phone_of: Phones
) -> None:
    sent = dispatched()
    visit = sent.visits()[0]
    team = sent.team(visit)
    stranger = next(one for one in sent.accounts if one not in team)

    receipt = phone_of(sent, stranger).recuses(visit.id)

    assert receipt["reason"] == "not_assigned"
    assert sent.team(visit) == team
    assert session.scalars(select(Vacancy)).all() == []
