"""A stray cell in the last corner costs nothing; what cannot be read is refused in words."""

from __future__ import annotations

import io
from typing import Any

import pytest
import xlsxwriter

from backend.app.platform import ids
from backend.app.registry.models import ImportBatch
from tests.api.registry.importing import IMPORTS, batch_at, check, count, upload, write
from tests.factories.registry import sound_code
from tests.pure.registry.files import sheet_bytes


def test_a_stray_cell_in_the_last_corner_is_read_and_named(client: Any, sign_in: Any) -> None:
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["企业名称", "统一社会信用代码", "行政区划代码"])
    sheet.write_row(1, 0, ["桓水店", sound_code(1), "370399"])
    sheet.write_string(1_048_575, 16_383, "x")
    book.close()
    sign_in(client, role="department_admin")
    address = upload(client, "enterprises", data.getvalue())
    assert batch_at(address).survey["far_cells"] == 1
    assert "最右侧" in client.get(address).get_data(as_text=True)
    check(client, address)
    assert write(client, address).summary["new"] == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<?xml version='1.0'?><x>1</x>", "没有 Excel 可识别的表格"),
        (b'[{"a": 1}]', "JSON"),
        (b"<html><body><p>404</p></body></html>", "没有表格"),
        (
            sheet_bytes([["a"]]).replace(b"PK\x05\x06", b"PK\x00\x00"),
            "工作簿已损坏",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(
    client: Any, sign_in: Any, data: bytes, words: str
) -> None:
    sign_in(client, role="department_admin")
    form = {
        "kind": "enterprises",
        "batch": str(ids.new_id()),
        "file": (io.BytesIO(data), "register.xls"),
    }
    reply = client.post(f"{IMPORTS}/new", data=form, content_type="multipart/form-data")
    assert reply.status_code == 422
    assert words in reply.get_data(as_text=True)
    assert count(ImportBatch) == 0
