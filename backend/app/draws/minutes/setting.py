"""The typesetting of the minutes: the same values give the same bytes on every machine.

The font is the program's own, the system's fonts are not looked at, and the only date in the file
is the draw's. Nothing is fetched.
"""

from __future__ import annotations

import io
import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

import segno

from ...platform import storage
from .sheet import Sheet

_SPACES = {"\n": "\n", "\t": " ", "\r": ""}
_ONE_AT_A_TIME = Lock()  # five thousand lots take 700 MB while they are set
_ONE_COPY = Lock()
TEMPLATE = Path(__file__).resolve().parent / "minutes.typ"
FONTS = TEMPLATE.parent / "fonts"


@cache
def covered() -> frozenset[str]:
    """Return the characters that the font has."""
    text = (FONTS / "covered.txt").read_text(encoding="utf-8")
    return frozenset(text.replace("\n", ""))


def printable(text: str) -> str:
    """Return ``text`` with each sign that the font lacks written as its number: 〔U+20BB7〕.

    People may type anything, and a sign that cannot be printed must not keep the minutes from being
    made.
    """
    known = covered()
    return "".join(
        one if one in known else _SPACES.get(one, f"〔U+{ord(one):04X}〕") for one in text
    )


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list | tuple):
        return [_printable(one) for one in value]
    if isinstance(value, dict):
        return {name: _printable(one) for name, one in value.items()}
    return value


def inputs(sheet: Sheet) -> dict[str, str]:
    """Return the values that the typesetter's template is given."""
    values = sheet.values()
    shown = _printable(values) | {"qr": values["qr"], "qr_text": values["qr_text"]}
    return {"data": json.dumps(shown, ensure_ascii=False)}


def pdf(sheet: Sheet) -> bytes:
    """Return the minutes as the bytes of a PDF/A-2b."""
    import typst

    with _ONE_AT_A_TIME:
        return typst.compile(
            str(TEMPLATE),
            root=str(TEMPLATE.parent),
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs=inputs(sheet),
            pdf_standards="a-2b",
            timestamp=int(sheet.made.timestamp()),
        )


def kept_pdf(sheet: Sheet) -> bytes:
    """Return the minutes as ``pdf`` does, but set once for the same values and kept in the store.

    Anyone may ask for a public copy, and a draw of thousands takes seconds. Copies with names must
    not be kept so, since nothing erases them from the store.
    """
    told = sha256(TEMPLATE.read_bytes() + inputs(sheet)["data"].encode()).hexdigest()
    key = f"draws/minutes/{sheet.number}-{told}.pdf"
    if not storage.exists(key):
        with _ONE_COPY:  # who asks meanwhile waits for the first, and does not set it again
            if not storage.exists(key):
                storage.put_bytes(key, pdf(sheet))
    return storage.get_bytes(key)


def qr(text: str) -> str:
    """Return ``text`` as a QR code in SVG."""
    drawing = io.BytesIO()
    segno.make(text, error="m").save(
        drawing, kind="svg", border=2, xmldecl=False, nl=False, omitsize=True
    )
    return drawing.getvalue().decode()
