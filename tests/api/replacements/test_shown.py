"""Where a replacement is shown: the record under review, the draw's page, the portal, open data."""

from __future__ import annotations

from typing import Any

from flask import Flask

from backend.app.platform.transactions import read_session
from backend.app.replacements import service
from backend.app.sync import service as sync
from tests.factories import draws as drawing
from tests.factories.replacements import Hand, Phones, Sent, dispatched, recused


def replaced(phone_of: Phones) -> tuple[Sent, Any, Hand, str]:
    """A visit whose first officer asked for recusal with words, was replaced and wrote on."""
    sent = dispatched()
    visit = sent.visits()[0]
    leaver = sent.team(visit)[0]
    hand = phone_of(sent, leaver)
    package = next(v["package"] for v in hand.send()["visits"] if v["visit"] == str(visit.id))
    hand.phone.does(visit.id, "visit.started", {"position": None})
    hand.recuses(visit.id, "interest", "canary-words")
    service.cut_off(sent.draw_id)
    point = package["items"][0]["checklist"]["points"][0]["key"]
    hand.phone.answers(visit.id, point, "fail", note="canary-late-note")
    assert hand.send()["receipts"][-1]["reason"] == "not_assigned"
    name = next(one.name for one in sent.county.officers if one.id == leaver)
    return sent, visit, hand, name


def test_the_record_shows_who_left_and_the_late_work_beside_it(
    app: Flask, sign_in: Any, phone_of: Phones
) -> None:
    sent, visit, _hand, name = replaced(phone_of)
    chen = app.test_client()
    sign_in(chen, account=sent.county.witness_account)

    page = chen.get(f"/office/review/{visit.id}").get_data(as_text=True)

    assert "已被补派更换的人员" in page
    assert name in page
    assert "补派后送达的内容：1 条，未计入检查记录" in page
    assert "此前所写的 1 条保留在记录中" in page
    assert page.count(" = 不合格") == 1 and "另行留存：补派后送达 1 条" in page
    assert "除上列另行留存的内容外" in page and "条异常上报数据" not in page
    assert "补派更换检查人员" in page
    assert "canary-words" not in page


def test_late_work_that_was_set_aside_stays_in_the_side_branch(
    app: Flask, sign_in: Any, phone_of: Phones
) -> None:
    sent, visit, _hand, _name = replaced(phone_of)
    chen = app.test_client()
    sign_in(chen, account=sent.county.witness_account)
    with read_session() as session:
        [late] = sync.kept_of(session, visit.id)
    form = {"events": [str(late.id)], "decision": "set_aside", "note": "已由接替人员重做"}
    assert chen.post("/office/quarantine", data=form).status_code == 303

    page = chen.get(f"/office/review/{visit.id}").get_data(as_text=True)

    assert page.count(" = 不合格") == 1 and page.count("已由接替人员重做") == 1
    assert "另行留存" in page and "另行留存：补派后送达" not in page


def test_the_public_sees_numbers_and_causes_and_nobodys_name(
    app: Flask, client: Any, phone_of: Phones
) -> None:
    sent, _visit, _hand, name = replaced(phone_of)
    number = drawing.stored(sent.draw_id).number
    reader = app.test_client()

    page = reader.get(f"/draws/{number}").get_data(as_text=True)
    document = reader.get(f"/open/v1/draws/{number}").get_json()

    assert "已补派 1 人" in page
    assert "回避 1" in page
    [batch] = document["replacements"]
    assert batch["causes"] == {"recusal": 1}
    assert (batch["batch"], batch["seats"], batch["filled"], batch["vacant"]) == (1, 1, 1, 0)
    for shown in (page, str(document)):
        for secret in (name, "canary-words", "canary-late-note", "interest", "直接利害"):
            assert secret not in shown


def test_the_draws_page_shows_its_batches(app: Flask, sign_in: Any, phone_of: Phones) -> None:
    sent, *_others = replaced(phone_of)
    desk = app.test_client()
    sign_in(desk, account=sent.county.operator_account)

    page = desk.get(f"/office/draws/{sent.draw_id}").get_data(as_text=True)

    assert "补派结果" in page
    assert "回避 1" in page


def test_the_overview_counts_waiting_seats(app: Flask, sign_in: Any, phone_of: Phones) -> None:
    sent, _visit, _leaver = recused(phone_of)
    desk = app.test_client()
    sign_in(desk, account=sent.county.operator_account)

    assert "待补派的检查人员" in desk.get("/office/").get_data(as_text=True)
