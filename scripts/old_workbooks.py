"""Makes the old workbooks of tests/pure/registry/workbooks anew; no test runs it.

LibreOffice 7.4 wrote them as Excel 97 to 2003 (BIFF8). Needed are `soffice` and a Python that has
`uno` (Debian: libreoffice-calc-nogui, python3-uno):

    python -m scripts.old_workbooks
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

HERE = Path(__file__).parents[1] / "tests" / "pure" / "registry" / "workbooks"
HEAD = ("企业名称", "统一社会信用代码", "行政区划代码", "成立日期", "登记状态", "注册号")
CODES = ("91370399000000001L", "91370399000000002P", "91370399000000003T", "91370399000000004X")
PASSWORD = "locked workbook"  # noqa: S105 - of no secret; BIFF8 takes 15 characters
_SAVE_LOCKED = """
import sys, uno
from com.sun.star.beans import PropertyValue
local = uno.getComponentContext()
resolver = local.ServiceManager.createInstanceWithContext(
    "com.sun.star.bridge.UnoUrlResolver", local)
context = resolver.resolve("uno:pipe,name=workbooks;urp;StarOffice.ComponentContext")
desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
def value(name, held): return PropertyValue(Name=name, Value=held)
book = desktop.loadComponentFromURL(sys.argv[1], "_blank", 0, (value("Hidden", True),))
book.storeToURL(sys.argv[2], (value("FilterName", "MS Excel 97"), value("Password", sys.argv[3])))
book.close(True)
desktop.terminate()
"""


def fill(book: Any) -> None:
    """Fill the workbook: a hidden sheet in front, the open one with everything that hides or
    misleads, and a third."""
    old, sheet, more = (book.add_worksheet(name) for name in ("旧", "名录", "附"))
    day = book.add_format({"num_format": "yyyy/m/d"})
    padded = book.add_format({"num_format": "000000000000000"})
    for other in (old, more):
        other.write_row(0, 0, HEAD)
        other.write_row(1, 0, ("旧店", CODES[3], "370399"))
    sheet.write_row(0, 0, HEAD)
    for at, code in enumerate(CODES, start=1):
        sheet.write_row(at, 0, (f"桓水{at}号店", code, 370399))
        sheet.write_datetime(at, 3, date(2015, 1, 5), day)
        sheet.write_string(at, 4, "存续")
    sheet.write_number(1, 5, 37039900000018, padded)
    sheet.write_formula(2, 4, "=NA()", None, "#N/A")
    sheet.write_number(3, 3, 42009 - 1462 * book.epoch)
    sheet.set_row(4, None, None, {"hidden": True})
    sheet.set_column(5, 5, None, None, {"hidden": True})
    sheet.merge_range(5, 0, 5, 5, "填表人：王敏")
    old.hide()
    sheet.activate()
    sheet.set_first_sheet()


def make(folder: Path, name: str, options: dict[str, Any]) -> Path:
    """Return the path of a new workbook in today's format."""
    path = folder / f"{name}.xlsx"
    book = xlsxwriter.Workbook(str(path), options)
    book.epoch = int("date_1904" in options)
    fill(book)
    book.close()
    return path


def main() -> None:
    """Write register.xls, register_1904.xls and locked.xls."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        office = ["soffice", profile, "--headless", "--norestore"]
        made = [
            make(folder, "register", {}),
            make(folder, "register_1904", {"date_1904": True}),
        ]
        convert = ["--convert-to", "xls:MS Excel 97", "--outdir", str(HERE)]
        subprocess.run([*office, *convert, *map(str, made)], check=True)
        serving = subprocess.Popen([*office, "--accept=pipe,name=workbooks;urp;"])
        while not list(folder.glob("profile/user/registrymodifications.xcu")):
            time.sleep(0.5)
        time.sleep(5)
        script = folder / "locked.py"
        script.write_text(_SAVE_LOCKED)
        addresses = [made[0].as_uri(), (HERE / "locked.xls").as_uri()]
        subprocess.run(["/usr/bin/python3", str(script), *addresses, PASSWORD], check=True)
        serving.wait(60)


if __name__ == "__main__":
    main()
