"""A workbook that asks for more memory than there is ends in a sentence on the page."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.app.platform import ids
from backend.app.registry.models import ImportBatch


def test_a_stray_cell_in_the_last_corner_is_refused_in_words(
    client: Any, sign_in: Any, session: Session
) -> None:
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data)
    sheet = book.add_worksheet()
    sheet.write_string(0, 0, "企业名称")
    sheet.write_string(1_048_575, 16_383, "x")
    book.close()
    sign_in(client, role="department_admin")
    form = {
        "kind": "enterprises",
        "batch": str(ids.new_id()),
        "file": (io.BytesIO(data.getvalue()), "register.xlsx"),
    }
    place = "/office/registry/imports/new"
    reply = client.post(place, data=form, content_type="multipart/form-data")
    assert reply.status_code == 422
    assert 'role="alert"' in reply.get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(ImportBatch)) == 0
