"""The minutes of a draw: complete, the same bytes again, and without a name in public."""

from __future__ import annotations

import hashlib
import io
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import typst
import zxingcpp
from flask import Flask
from PIL import Image
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.app.draws.minutes import content, setting
from backend.app.draws.minutes.sheet import Sheet
from backend.app.draws.models import Draw, DrawSeat
from backend.app.draws.service import drawing, holding, outcome
from backend.app.ledger import service as ledger
from backend.app.platform import clock
from backend.app.platform.database import db
from backend.app.platform.settings import current_settings
from backend.app.platform.transactions import read_session
from backend.app.registry.models import Enterprise
from backend.app.replacements import service as replacements
from tests.conftest import ROOT, Browser
from tests.factories import ceremony
from tests.factories import draws as make
from tests.factories import replacements as replacing

SignIn = Any


def sheet_of(draw_id: Any, *, with_names: bool = True) -> Sheet:
    with read_session() as session:
        draw = session.get_one(Draw, draw_id)
        checkpoint = content.checkpoint_of(session, draw)
        drawn = setting.qr(checkpoint) if checkpoint else ""
        return content.sheet(session, draw, drawn, checkpoint, with_names=with_names)


def course_of(sheet: Sheet) -> Any:
    """The rows of the course: time, step, who."""
    return next(
        block.table.rows
        for block in sheet.blocks
        if block.table and block.table.widths == ("auto", "1", "1")
    )


def words(sheet: Sheet) -> str:
    return setting.inputs(sheet)["data"]


@pytest.fixture
def county(app: Flask) -> make.County:
    return make.make_county()


def test_the_offices_copy_tells_the_whole_draw(county: make.County) -> None:
    draw_id = make.drawn(county)
    draw, text = make.stored(draw_id), words(sheet_of(draw_id))
    told = [draw.name, draw.number, draw.seed, draw.freeze_sha256, draw.result_sha256]
    told += [" ".join(make.DICE), make.TEXT, county.operator_account.name]
    told += [county.witness_account.name, county.item.code, county.department.name]
    with read_session() as session:
        told += [row.enterprise_name for row in outcome.rows_of(session, draw)]
        seated = {seat.officer_id for seat in outcome.seats_of(session, draw)}
    told += [one.certificate for one in county.officers if one.id in seated]
    for word in told:
        assert str(word) in text


def test_the_public_copy_names_nobody(county: make.County) -> None:
    with Session(db.engine) as session:
        session.execute(update(Enterprise).values(name="食品店 13812345678"))
        session.commit()
    text = words(sheet_of(make.drawn(county), with_names=False))
    hidden = [one.name for one in county.officers] + [one.certificate for one in county.officers]
    hidden += [county.operator_account.name, county.witness_account.name, "13812345678"]
    for word in hidden:
        assert word not in text
    assert county.department.name in text


def test_the_same_minutes_are_the_same_bytes_here_and_in_another_process(
    app: Flask, client: Browser, sign_in: SignIn, county: make.County
) -> None:
    draw_id = make.drawn(county)
    sign_in(client, account=county.operator_account)
    first = client.get(f"/office/draws/{draw_id}/minutes.pdf")
    ledger.sequence_now()
    again = client.get(f"/office/draws/{draw_id}/minutes.pdf")
    assert first.data.startswith(b"%PDF-")
    assert first.data == again.data
    script = (
        "import pickle, sys, hashlib; from backend.app.draws.minutes import setting;"
        "sheet = pickle.load(sys.stdin.buffer);"
        "print(hashlib.sha256(setting.pdf(sheet)).hexdigest())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=pickle.dumps(sheet_of(draw_id)),
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.decode().strip() == hashlib.sha256(first.data).hexdigest()


def test_the_qr_code_carries_a_checkpoint_that_covers_the_draw(county: make.County) -> None:
    draw_id = make.drawn(county)
    sheet = sheet_of(draw_id)
    pages = typst.compile(
        str(setting.TEMPLATE),
        root=str(setting.TEMPLATE.parent),
        font_paths=[str(setting.FONTS)],
        ignore_system_fonts=True,
        format="png",
        ppi=150,
        sys_inputs=setting.inputs(sheet),
    )
    read = [
        code.text
        for page in (pages if isinstance(pages, list) else [pages])
        for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(page)))
    ]
    assert read == [sheet.qr_text]
    with read_session() as session:
        index = ledger.index_of(session, "draw.result", make.stored(draw_id).number or "")
    assert index is not None
    assert int(read[0].split("\n")[1]) > index


def test_a_draw_whose_freeze_is_all_there_is_has_no_minutes(
    app: Flask, client: Browser, sign_in: SignIn, county: make.County
) -> None:
    draw_id = make.frozen(county)
    sign_in(client, account=county.operator_account)
    assert client.get(f"/office/draws/{draw_id}/minutes.pdf").status_code == 404
    number = make.stored(draw_id).number
    assert client.get(f"/draws/{number}/minutes.pdf").status_code == 404
    holding.cancel(draw_id, "停电", county.operator)
    assert client.get(f"/draws/{number}/minutes.pdf").data.startswith(b"%PDF-")
    assert "停电" in words(sheet_of(draw_id))


def test_minutes_are_for_those_who_see_the_draw(
    app: Flask, client: Browser, sign_in: SignIn, county: make.County
) -> None:
    draw_id = make.drawn(county)
    assert client.get(f"/office/draws/{draw_id}/minutes.pdf").status_code in (302, 303, 401)
    sign_in(client, role="department_admin")
    assert client.get(f"/office/draws/{draw_id}/minutes.pdf").status_code == 404


def test_the_public_copy_can_be_kept_and_asked_for_again(
    app: Flask, client: Browser, county: make.County
) -> None:
    number = make.stored(make.drawn(county)).number
    reply = client.get(f"/draws/{number}/minutes.pdf")
    assert "Set-Cookie" not in reply.headers
    tag = {"If-None-Match": reply.headers["ETag"]}
    assert client.get(f"/draws/{number}/minutes.pdf", headers=tag).status_code == 304
    english = client.get(f"/draws/{number}/minutes.pdf", headers={"X-Lang": "en"})
    assert english.data != reply.data


def test_many_who_ask_for_a_new_copy_at_once_have_it_set_once(
    app: Flask, county: make.County, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = sheet_of(make.drawn(county), with_names=False)
    settings: list[Any] = []
    real, begin = typst.compile, Barrier(4)

    def compile_(*given: Any, **options: Any) -> Any:
        settings.append(given)
        return real(*given, **options)

    def ask(_number: int) -> bytes:
        with app.app_context():
            begin.wait(timeout=20)
            return setting.kept_pdf(sheet)

    monkeypatch.setattr(typst, "compile", compile_)
    with ThreadPoolExecutor(4) as pool:
        copies = set(pool.map(ask, range(4)))
    assert len(copies) == len(settings) == 1


def test_a_public_copy_is_set_once_and_kept(county: make.County) -> None:
    draw_id = make.drawn(county)
    made = setting.kept_pdf(sheet_of(draw_id, with_names=False))
    assert made == setting.pdf(sheet_of(draw_id, with_names=False))
    folder = Path(current_settings().evidence_url.removeprefix("file://")) / "draws" / "minutes"
    (kept,) = folder.iterdir()
    kept.write_bytes(b"%PDF-kept")
    assert setting.kept_pdf(sheet_of(draw_id, with_names=False)) == b"%PDF-kept"


@pytest.mark.parametrize(
    "typed", ["𠮷 and 🎲", "行一 行二，\u3000三", "\u00a0不断行", "`#raw *typst* $x$"]
)
def test_whatever_a_witness_typed_the_minutes_are_made(county: make.County, typed: str) -> None:
    draw_id = make.frozen(county)
    drawing.run_routine(
        draw_id, county.operator, county.witness, text=typed, rand=make.RAND, dice=make.DICE
    )
    assert setting.pdf(sheet_of(draw_id)).startswith(b"%PDF-")


def test_a_sign_that_cannot_be_printed_is_told_by_its_number() -> None:
    assert setting.printable("𠮷野家🎲") == "〔U+20BB7〕野家〔U+1F3B2〕"
    assert setting.printable("王喆、李堃") == "王喆、李堃"


def test_a_long_draw_fills_pages_and_stays_quick(app: Flask) -> None:
    county = make.make_county(officers=40, risks="A" * 300)
    draw_id = make.drawn(county, strata=[make.stratum(0, ratio="100%", num=100)])
    data = setting.pdf(sheet_of(draw_id))
    assert data.count(b"/Type /Page\n") + data.count(b"/Type/Page") > 3


def test_a_ceremonys_minutes_tell_every_witness_and_every_throw(
    app: Flask, county: make.County
) -> None:
    app.extensions["evenhand.settings"] = replace(current_settings(), lead_minutes=0)
    draw_id, phones = ceremony.revealed(county)
    holding.type_throw(draw_id, 1, "99999", county.operator)
    holding.refuse_throw(draw_id, holding.Seen(1, 1, "99999"), county.witness)
    for number in range(1, 5):
        digits = make.DICE[5 * number - 5 : 5 * number]
        holding.type_throw(draw_id, number, digits, county.operator)
        seen = holding.Seen(number, 2 if number == 1 else 1, digits)
        holding.confirm_by_phone(phones[0].code, phones[number % 3].key, seen)
    drawing.draw_lots(draw_id, county.operator)
    text = words(sheet_of(draw_id))
    for phone in phones:
        assert f"{phone.place} {phone.office} {phone.name}" in text
    assert "9 9 9 9 9" in text
    assert text.count("复核不一致") == 1 and text.count("复核一致") == 4
    assert text.count("见证人到场加入") == 3
    public = words(sheet_of(draw_id, with_names=False))
    assert phones[0].name not in public and phones[0].office in public
    assert setting.pdf(sheet_of(draw_id)).startswith(b"%PDF-")


def test_steps_stand_in_the_order_of_time(county: make.County) -> None:
    draw_id = make.drawn(county)
    rows = course_of(sheet_of(draw_id))
    times = [row[0] for row in rows]
    assert times == sorted(times) and len(times) >= 7


def test_the_minutes_name_who_took_each_step(app: Flask, county: make.County) -> None:
    app.extensions["evenhand.settings"] = replace(current_settings(), lead_minutes=0)
    draw_id, phones = ceremony.opened(county)
    for phone in phones[1:]:
        phone.reveal()
    absent = phones[0]
    holding.type_slip(draw_id, absent.place, absent.text, absent.rand.hex(), county.operator)
    ceremony.throw_all(draw_id, county, phones)
    drawing.draw_lots(draw_id, county.operator)
    who = {row[1]: row[2] for row in course_of(sheet_of(draw_id))}
    operator = f"{county.department.name} {county.operator_account.name}"
    told = ("现场抽取开始，见证人入场", "抽签并选派人员")
    slip = who["按凭条录入见证人随机数"]
    assert slip.startswith(operator) and absent.place in slip and absent.name not in slip
    assert who[told[0]] == who[told[1]] == operator
    assert list(who.values()).count(operator) >= 4
    public = course_of(sheet_of(draw_id, with_names=False))
    assert not any(county.operator_account.name in cell for row in public for cell in row)


def test_what_follows_the_result_changes_no_byte_and_a_void_is_told(
    app: Flask, client: Browser, sign_in: SignIn
) -> None:
    sent = replacing.drawn_with_accounts()
    ledger.sequence_now()
    county, draw_id = sent.county, sent.draw_id
    sign_in(client, account=county.operator_account)
    number = make.stored(draw_id).number
    addresses = (f"/office/draws/{draw_id}/minutes.pdf", f"/draws/{number}/minutes.pdf")
    before = [client.get(one).data for one in addresses]
    drawing.dispatch(draw_id, county.operator)
    assert [client.get(one).data for one in addresses] == before
    with Session(db.engine) as session:
        seat = session.scalars(select(DrawSeat).where(DrawSeat.draw_id == draw_id)).first()
        assert seat is not None
        seat.officer_id = None
        session.commit()
    replacements.ask(draw_id, county.operator)
    ledger.sequence_now()
    assert replacements.cut_off(draw_id) is not None
    with read_session() as session:
        assert outcome.batches_of(session, session.get_one(Draw, draw_id))
    assert [client.get(one).data for one in addresses] == before
    with Session(db.engine) as session:
        told = {"state": "voided", "ended_at": clock.now(), "end_reason": "名录有误"}
        session.execute(update(Draw).where(Draw.id == draw_id).values(**told))
        session.commit()
    assert "名录有误" in words(sheet_of(draw_id))


@pytest.mark.parametrize("typed", ["a  b", " a", "a\u3000b"])
def test_a_witness_text_keeps_its_blanks(county: make.County, typed: str) -> None:
    draw_id = make.frozen(county)
    drawing.run_routine(
        draw_id, county.operator, county.witness, text=typed, rand=make.RAND, dice=make.DICE
    )
    shown = words(sheet_of(draw_id))
    told = {"a  b": "a〔U+0020〕〔U+0020〕b", " a": "〔U+0020〕a", "a\u3000b": "a〔U+3000〕b"}
    assert told[typed] in shown


def test_the_drawing_room_leads_to_the_minutes(
    app: Flask, client: Browser, sign_in: SignIn, county: make.County
) -> None:
    sign_in(client, account=county.operator_account)
    drawn, ended = make.drawn(county), make.frozen(county)
    assert "minutes.pdf" not in client.get(f"/office/draws/{ended}").text
    holding.cancel(ended, "停电", county.operator)
    for draw_id in (drawn, ended):
        text = client.get(f"/office/draws/{draw_id}").text
        assert text.count(f"/office/draws/{draw_id}/minutes.pdf") == 1
