"""Publications stay as they are, trace to their draw, and tell their own digest."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any

import pytest
import rfc8785
from flask import Flask
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from backend.app.disclosure import service as disclosure
from backend.app.disclosure.errors import AlreadyPublished, BadCursor
from backend.app.disclosure.models import Publication, PublishedResult
from backend.app.platform import clock, ids
from backend.app.platform.transactions import read_session
from tests.factories.disclosure import make_place, publish, publish_draw


def test_the_digest_is_that_of_the_canonical_document(session: Session) -> None:
    result = publish(make_place(), "索镇惠民大药房")
    row = session.get_one(Publication, result.id)
    assert row.sha256 == hashlib.sha256(row.body.encode()).hexdigest()
    assert rfc8785.dumps(result.document.body).decode() == row.body
    assert "canary" not in row.body


@pytest.mark.parametrize("model", [Publication, PublishedResult])
def test_a_publication_cannot_be_changed_or_deleted_by_anyone(session: Session, model: Any) -> None:
    publish(make_place(), "索镇惠民大药房")
    column = {"sha256": "0" * 64} if model is Publication else {"late": True}
    for statement in (update(model).values(**column), delete(model)):
        with pytest.raises(DBAPIError, match="append-only"):
            session.execute(statement)
        session.rollback()
    if session.get_bind().dialect.name == "postgresql":
        with pytest.raises(DBAPIError, match="append-only"):
            session.execute(text(f"TRUNCATE {model.__tablename__} CASCADE"))
        session.rollback()
    assert session.scalars(select(model)).all()


def test_a_result_without_its_draw_is_refused_by_the_database(session: Session) -> None:
    place = make_place()
    session.add(
        Publication(
            id=ids.new_id(),
            kind="inspection_result",
            subject="visit:x",
            draw_id=None,
            department_id=place.department.id,
            body="{}",
            sha256="0" * 64,
        )
    )
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_correction_must_name_what_it_corrects(session: Session) -> None:
    place = make_place()
    session.add(
        Publication(
            id=ids.new_id(),
            kind="correction",
            subject="visit:x",
            draw_id=place.draw_id,
            department_id=place.department.id,
            body="{}",
            sha256="0" * 64,
        )
    )
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_visit_is_published_once(session: Session) -> None:
    result = publish(make_place(), "索镇惠民大药房")
    row = session.get_one(PublishedResult, result.id)
    facts = disclosure.ResultFacts(
        visit_id=row.visit_id,
        draw_id=row.draw_id,
        draw_name="x",
        lot_number=1,
        department_id=row.department_id,
        department_name="x",
        items=[],
        record={},
        record_sha256="0" * 64,
        end=disclosure.VisitEnd(date(2026, 11, 2), "phone"),
    )
    with pytest.raises(AlreadyPublished):
        disclosure.publish_result(session, facts, by=None)


def test_a_draw_is_published_once_however_often_it_is_asked(session: Session) -> None:
    place = make_place()
    first, second = publish_draw(place), publish_draw(place, name="another name")
    assert first == second
    shown = disclosure.draw(session, place.number)
    assert shown is not None
    assert shown.name == "食品安全与消防联合抽查"


def test_a_result_published_after_its_last_day_is_marked_late_in_the_document(
    app: Flask,
) -> None:
    place = make_place()
    today = clock.today()
    late = publish(place, "迟到的店", ended_on=today - timedelta(days=60))
    timely = publish(place, "及时的店", ended_on=today - timedelta(days=3))
    assert (late.late, late.document.body["late"]) == (True, True)
    assert (timely.late, timely.document.body["late"]) == (False, False)


def test_counts_give_the_median_of_the_time_taken(session: Session) -> None:
    place = make_place()
    for days in (1, 2, 30, 50):
        publish(place, f"店{days}", ended_on=clock.today() - timedelta(days=days))
    counts = disclosure.counts(session)
    assert (counts.results, counts.late) == (4, 2)
    assert counts.median_minutes is not None
    assert 2 <= counts.median_minutes / 1440 < 3


def test_there_is_no_median_before_the_first_result(session: Session) -> None:
    assert disclosure.counts(session).median_days is None


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("药房", ["索镇惠民大药房"]),
        ("惠民大药", ["索镇惠民大药房"]),
        ("房", ["索镇惠民大药房"]),
        ("食品 加工", ["唐山镇鑫源食品加工厂"]),
        ("加工食品", []),
        ("91370399MA3CZ", ["唐山镇鑫源食品加工厂"]),
        ("91370399ma3cz00001", ["唐山镇鑫源食品加工厂"]),
        ("９１３７ 0399-MA3CZ", ["唐山镇鑫源食品加工厂"]),
        ("果里镇【ＯＩＬ】众鑫", ["果里镇（Oil）众鑫物流服务部"]),
        ("果里镇0il\u200b 众鑫", ["果里镇（Oil）众鑫物流服务部"]),
        ("（）", []),
        ("%", []),
    ],
)
def test_results_are_found_by_two_characters_or_the_beginning_of_a_code(
    session: Session, words: str, found: list[str]
) -> None:
    from tests.factories.disclosure import make_enterprise

    place = make_place()
    coded = make_enterprise(session, "唐山镇鑫源食品加工厂", "91370399MA3CZ00001")
    session.commit()
    publish(place, "索镇惠民大药房")
    publish(place, coded.name, enterprise=coded)
    publish(place, "果里镇（Oil）众鑫物流服务部")
    page = disclosure.results(session, disclosure.Filters(words=words))
    assert [result.enterprise_name for result in page.items] == found


def test_filters_narrow_by_department_category_and_day(session: Session) -> None:
    here, there = make_place("市场监督管理局"), make_place("消防救援大队")
    publish(here, "甲店", category="1")
    publish(here, "乙店", category="5")
    publish(there, "丙店", category="5")

    def names(**changes: Any) -> list[str]:
        page = disclosure.results(session, disclosure.Filters(**changes))
        return sorted(result.enterprise_name for result in page.items)

    assert names(category_code="5") == sorted(["乙店", "丙店"])
    assert names(department_id=here.department.id, category_code="5") == ["乙店"]
    today = clock.today()
    assert len(names(first_day=today, last_day=today)) == 3
    assert names(first_day=today + timedelta(days=1)) == []
    assert names(last_day=today - timedelta(days=1)) == []


def test_the_feed_gives_everything_once_in_pages(app: Flask, session: Session) -> None:
    place = make_place()
    for number in range(7):
        publish(place, f"店{number}")
    app.extensions["evenhand.clock"] = lambda: clock._system() + timedelta(minutes=1)
    seen, cursor = [], None
    for _ in range(4):
        part, cursor = disclosure.feed(session, since=None, cursor=cursor, limit=3)
        seen += [result.enterprise_name for result in part]
    assert seen == [f"店{number}" for number in range(7)]
    assert cursor is not None


def test_the_feed_waits_until_earlier_transactions_must_have_ended(
    app: Flask, session: Session
) -> None:
    publish(make_place(), "刚刚公示的店")
    assert disclosure.feed(session, since=None, cursor=None, limit=10) == ([], None)


@pytest.mark.parametrize("cursor", ["", "x", "!!", "MjAyNi0xMS0yMHw", "bm90IGEgZGF0ZXx4"])
def test_a_cursor_of_somebody_elses_is_refused_by_name(session: Session, cursor: str) -> None:
    with pytest.raises(BadCursor):
        disclosure.feed(session, since=None, cursor=cursor, limit=10)


def test_the_override_table_moves_the_deadline(app: Flask) -> None:
    def due() -> date:
        with read_session() as session:
            return disclosure.due_on(session, date(2026, 11, 2)).day

    by = make_place().supervisor.id
    assert due() == date(2026, 11, 30)
    disclosure.add_override(date(2026, 11, 18), works=False, note="x", by=by)
    assert due() == date(2026, 12, 1)
    disclosure.remove_override(date(2026, 11, 18))
    assert due() == date(2026, 11, 30)


def test_the_triggers_are_there_after_a_migration(session: Session) -> None:
    postgresql = session.get_bind().dialect.name == "postgresql"
    query = (
        "SELECT count(DISTINCT tgname) FROM pg_trigger WHERE NOT tgisinternal"
        if postgresql
        else "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'publi%'"
    )
    assert session.scalar(text(query)) >= 4
