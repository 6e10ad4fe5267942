"""Tables of web pages (.html, often called .xls) and of web archives (.mht).

Standard library only: `html.parser` reads whatever a reporting system wrote. Cells show what a
browser would; scripts and styles are no text.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from backend.app.registry.imports.markup_tables import TableBuilder
from backend.app.registry.imports.model import UnreadableFile

_PIECE = 1 << 16
_MOST_TABLES = 400
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w\-]+)", re.IGNORECASE)
_NO_DISPLAY = re.compile(r"display\s*:\s*none|mso-hide|visibility\s*:\s*hidden", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n]+")
_SILENT = frozenset({"script", "style", "head", "title"})
_BREAKS = frozenset({"br", "p", "div", "li"})


class WebPage:
    """Reads a web page; the longest of its tables is the register, the others frame it."""

    longest_first = True

    def __call__(self, path: Path, builder: TableBuilder) -> Iterator[None]:
        """Feed the page's tables to the builder."""
        with path.open("rb") as file:
            encoding = _encoding(file.read(4096))
        parser = _TableParser(builder)
        with path.open(encoding=encoding, errors="replace") as text:
            yield from _fed(parser, iter(lambda: text.read(_PIECE), ""))


class WebArchive:
    """Reads a web archive: every page in it that holds a table, in order."""

    longest_first = True

    def __call__(self, path: Path, builder: TableBuilder) -> Iterator[None]:
        """Feed the tables of the archive's pages to the builder."""
        with path.open("rb") as file:
            message = email.message_from_binary_file(file, policy=email.policy.compat32)
        for part in message.walk():
            if part.get_content_type() != "text/html":
                continue
            data = part.get_payload(decode=True)
            if not isinstance(data, bytes):
                continue
            declared = part.get_content_charset()
            text = data.decode(_known(declared) or _encoding(data[:4096]), errors="replace")
            places = range(0, len(text), _PIECE)
            yield from _fed(_TableParser(builder), (text[at : at + _PIECE] for at in places))


web_page = WebPage()
web_archive = WebArchive()


def _encoding(start: bytes) -> str:
    """The encoding a page declares, else UTF-8 if its beginning is that, else GB18030."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    found = _CHARSET.search(start)
    if found and (known := _known(found[1].decode("ascii", "replace"))):
        return known
    try:
        start[:-4].decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def _known(name: str | None) -> str:
    """The codec for a declared name; GB names all mean GB18030, which holds the others."""
    name = (name or "").lower()
    if name.startswith("gb") or name in {"x-gbk", "cp936"}:
        return "gb18030"
    return {"utf-8": "utf-8-sig", "utf8": "utf-8-sig", "big5": "big5", "utf-16": "utf-16"}.get(
        name, ""
    )


def _fed(parser: _TableParser, texts: Iterator[str]) -> Iterator[None]:
    for text in texts:
        parser.feed(text)
        yield
    parser.close()
    parser.end_all()
    yield


class _TableParser(HTMLParser):
    """Turns table, tr, td and th into rows; a table inside a cell becomes a table of its own."""

    def __init__(self, builder: TableBuilder) -> None:
        super().__init__(convert_charrefs=True)
        self._builder = builder
        self._depth = 0
        self._in_row = False
        self._cell: list[str] | None = None
        self._spans = (1, 1)
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a cell."""
        given = {name: value or "" for name, value in attrs}
        if tag in _SILENT:
            self._silent += 1
        elif tag == "table":
            self._silent = 0
            self._start_table()
        elif tag == "tr" and self._depth:
            self._end_row()
            self._builder.start_row(hidden=bool(_NO_DISPLAY.search(given.get("style", ""))))
            self._in_row = True
        elif tag in {"td", "th"} and self._depth:
            self._start_cell(given)
        elif tag in _BREAKS and self._cell:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Finish a table, a row or a cell."""
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in {"td", "th"}:
            self._end_cell()
        elif tag == "tr":
            self._end_row()
        elif tag == "table":
            self.end_all()
            self._depth = max(0, self._depth - 1)

    def handle_data(self, data: str) -> None:
        """Keep the text of a cell."""
        if self._cell is not None and not self._silent:
            self._cell.append(_BLANKS.sub(" ", data))

    def end_all(self) -> None:
        """Finish what is open."""
        self._end_row()

    def _start_table(self) -> None:
        self._end_row()
        self._depth += 1
        number = len(self._builder.tables) + 1
        if number > _MOST_TABLES:
            raise UnreadableFile("too_large")
        self._builder.start_table(str(number))

    def _start_cell(self, given: dict[str, str]) -> None:
        self._end_cell()
        if not self._in_row:
            self._builder.start_row()
            self._in_row = True
        self._spans = _span(given.get("colspan")), _span(given.get("rowspan"))
        self._cell = []

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        lines = (line.strip() for line in "".join(self._cell).replace("\xa0", " ").split("\n"))
        self._builder.go_past_blocks()
        across, down = self._spans
        self._builder.cell("\n".join(filter(None, lines)), across=across, down=down)
        self._cell = None

    def _end_row(self) -> None:
        self._end_cell()
        if self._in_row:
            self._builder.end_row()
            self._in_row = False


def _span(text: str | None) -> int:
    """A span as a page says it, 1 when it says nothing sensible, at most 65,534."""
    number = (text or "").strip()
    return min(int(number), 65_534) if number.isdecimal() and len(number) < 9 and int(number) else 1
