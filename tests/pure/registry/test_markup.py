"""Tables saved as markup, whatever the file is called: read, or refused by name."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from backend.app.registry.imports.model import UnreadableFile
from backend.app.registry.imports.source import open_source
from tests.pure.registry.files import code, found, read

CELLS = ["统一社会信用代码", "企业名称", "行政区划代码"]


def page(rows: list[list[str]], tag: str = "td") -> str:
    lines = ("".join(f"<{tag}>{cell}</{tag}>" for cell in row) for row in rows)
    return "<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


ROWS = [CELLS, [code(1), "甲&amp;乙<br>店", "370399"], [code(2), "丙 店", "370399"]]
HTML = (
    '<html><head><meta charset="utf-8"><style>td{x}</style></head>'
    f"<body>{page(ROWS)}</body></html>"
)
XML_2003 = (
    '<?xml version="1.0" encoding="{encoding}"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
    ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Styles><Style ss:ID="p">'
    '<NumberFormat ss:Format="00000000"/></Style></Styles><Worksheet ss:Name="名录"><Table>'
    "{rows}</Table></Worksheet></Workbook>"
)


def xml_2003(encoding: str = "UTF-8") -> bytes:
    def row(cells: list[str], more: str = "") -> str:
        inside = "".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in cells)
        return f"<Row{more}>{inside}</Row>"

    rows = (
        row(CELLS)
        + row([code(1), "甲店", "370399"])
        + row([code(2), "乙", "370399"], ' ss:Hidden="1"')
    )
    rows += (
        f'<Row ss:Index="9"><Cell ss:Index="1"><Data ss:Type="String">{code(3)}</Data></Cell>'
        '<Cell><Data ss:Type="String">丙店</Data></Cell>'
        '<Cell ss:StyleID="p"><Data ss:Type="Number">370399</Data></Cell></Row>'
    )
    return XML_2003.format(encoding=encoding, rows=rows).encode(
        "gb18030" if "GB" in encoding else "utf-8"
    )


def ods(rows: str) -> bytes:
    content = (
        '<?xml version="1.0"?><office:document-content xmlns:office="o" xmlns:table="t"'
        ' xmlns:text="x"><table:table table:name="名录">'
        f"{rows}</table:table></office:document-content>"
    )
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return data.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        HTML.encode(),
        HTML.replace("utf-8", "gb2312").encode("gb18030"),
        HTML.replace('<meta charset="utf-8">', "").encode("gb18030"),
        ("\ufeff" + page(ROWS, "th")).encode(),
        HTML.replace("</td>", "").replace("</tr>", "").encode(),
        b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\n"
        b"Content-Type: text/html; charset=utf-8\n\n" + HTML.encode() + b"\n--x--\n",
    ],
)
def test_a_web_page_called_xls_is_read(tmp_path: Path, data: bytes) -> None:
    entries, problems = read(tmp_path, "enterprises", data)
    assert [entry.values["name"] for entry in entries] == ["甲&乙店", "丙 店"]
    assert found(problems, "error") == []


def test_spans_fill_every_cell_they_cover_and_frames_are_no_register(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_text(
        "<table><tr><td>菜单</td></tr></table><table>"
        "<tr><td colspan=2>a</td><td rowspan=3>c</td></tr><tr><td>1</td><td>2</td></tr>"
        '<tr style="display:none"><td>3</td><td>4</td></tr></table>',
        encoding="utf-8",
    )
    source = open_source(path)
    assert [(row.cells, row.hidden) for row in source.rows()] == [
        (["a", "a", "c"], False),
        (["1", "2", "c"], False),
        (["3", "4", "c"], True),
    ]
    assert [sheet.rows for sheet in source.survey().other_sheets] == [1]


@pytest.mark.parametrize("encoding", ["UTF-8", "GB2312", "gbk"])
def test_the_xml_of_excel_2003_is_read(tmp_path: Path, encoding: str) -> None:
    data = xml_2003(encoding.upper())
    entries, problems = read(tmp_path, "enterprises", data)
    assert [(entry.rows, entry.values["name"]) for entry in entries] == [
        ((2,), "甲店"),
        ((9,), "丙店"),
    ]
    assert (3, "", "hidden_row") in found(problems)
    assert (9, "region_code", "shown_text_taken") in found(problems, "warning")


def test_an_ods_shows_what_its_cells_show(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    cell = '<table:table-cell office:value-type="{}" {}><text:p>{}</text:p></table:table-cell>'
    path.write_bytes(
        ods(
            '<table:table-column table:number-columns-repeated="2"/>'
            '<table:table-column table:visibility="collapse"/>'
            "<table:table-row>"
            + cell.format("float", 'office:value="12345"', "00012345")
            + cell.format("float", 'office:value="36.123456"', "36.12")
            + cell.format("percentage", 'office:value="0.055"', "6%")
            + cell.format("date", 'office:date-value="2015-01-05"', "15/1/5")
            + cell.format("string", "", "#N/A")
            + "</table:table-row>"
            '<table:table-row table:visibility="filter" table:number-rows-repeated="2">'
            + cell.format("string", "", "x")
            + "</table:table-row>"
        )
    )
    source = open_source(path)
    first, *rest = source.rows()
    assert first.cells == ["00012345", "36.123456", "5.5%", "2015-01-05", "#N/A"]
    assert first.stored == {0: "12345"}
    assert [(row.number, row.hidden) for row in rest] == [(2, True), (3, True)]
    survey = source.survey()
    assert (survey.hidden_rows, survey.hidden_columns) == (2, (2,))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<?xml version='1.0'?><Data><Row/></Data>", "xml"),
        (b"<svg xmlns='x'></svg>", "xml"),
        (b"<html><body>404</body></html>", "no_table"),
        (b"{\\rtf1 x}", "unknown_kind_of_file"),
        (xml_2003().replace(b"</Table>", b"<Table>"), "broken_xml"),
        (
            xml_2003().replace(b"?><Workbook", b"?><!DOCTYPE x [<!ENTITY a 'b'>]><Workbook"),
            "document_type",
        ),
    ],
)
def test_other_markup_is_refused_by_name(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(data)
    with pytest.raises(UnreadableFile) as refused:
        list(open_source(path).rows())
    assert refused.value.code == reason
