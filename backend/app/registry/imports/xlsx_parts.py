"""The parts of an .xlsx workbook other than its rows: sheets, texts, number formats, merges."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO

from backend.app.registry.imports.merged import Block
from backend.app.registry.imports.model import UnreadableFile
from backend.app.registry.imports.number_formats import Render, format_code, renderer
from backend.app.registry.imports.xml_stream import local, locals_of, parse

TEXTS_LIMIT = 256 << 20
"""Bytes that all shared texts together may take in memory."""

_TEXT_COST = 64  # of one text beside its characters
_PIECE = 1 << 20
_TAIL_LIMIT = 32 << 20
_END_OF_ROWS = re.compile(rb"</(?:\w+:)?sheetData\s*>|<(?:\w+:)?sheetData\s*/>")
_MERGE = re.compile(
    rb"<(?:\w+:)?mergeCell\s+ref=[\"']\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})[\"']"
)
_OFFICE_DOCUMENT = "/officeDocument"


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet of the workbook: its name, whether it is hidden, the part that holds it."""

    name: str
    hidden: bool
    part: str


@dataclass(slots=True)
class Workbook:
    """What the workbook's own parts say."""

    sheets: list[SheetPart] = field(default_factory=list)
    active: int = 0
    epoch_1904: bool = False
    texts: list[str] = field(default_factory=list)
    formats: list[Render] = field(default_factory=list)


@contextmanager
def opened(archive: zipfile.ZipFile, part: str) -> Iterator[IO[bytes]]:
    """A part of the archive. Raises UnreadableFile when it is missing or damaged."""
    try:
        with archive.open(part) as file:
            yield file
    except (KeyError, zipfile.BadZipFile, EOFError, NotImplementedError, OSError) as error:
        raise UnreadableFile("not_a_workbook") from error
    except zipfile.zlib.error as error:  # type: ignore[attr-defined]
        raise UnreadableFile("not_a_workbook") from error


def read_workbook(archive: zipfile.ZipFile) -> Workbook:
    """Sheets, epoch, texts and formats of the workbook in an archive."""
    main = _target(archive, "", _OFFICE_DOCUMENT) or "xl/workbook.xml"
    if main.endswith(".bin"):
        raise UnreadableFile("binary_workbook")
    book = Workbook()
    relations = _relations(archive, main)
    with opened(archive, main) as file:
        parse(file, _WorkbookHandler(book, {key: part for key, (_kind, part) in relations.items()}))
    for kind, part in relations.values():
        if part in archive.NameToInfo and kind.endswith("/sharedStrings"):
            with opened(archive, part) as file:
                parse(file, _TextsHandler(book.texts))
        elif part in archive.NameToInfo and kind.endswith("/styles"):
            styles = _StylesHandler()
            with opened(archive, part) as file:
                parse(file, styles)
            book.formats = styles.renderers(book.epoch_1904)
    return book


def _relations(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Relation id -> (its type, the part it points to) of a part."""
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    if path not in archive.NameToInfo:
        return {}
    handler = _RelationsHandler(folder)
    with opened(archive, path) as file:
        parse(file, handler)
    return handler.found


def _target(archive: zipfile.ZipFile, part: str, kind: str) -> str:
    for found, target in _relations(archive, part).values():
        if found.endswith(kind):
            return target
    return ""


def merged_blocks(archive: zipfile.ZipFile, part: str) -> list[Block]:
    """The merged blocks of a sheet, which stand behind its rows."""
    tail = b""
    with opened(archive, part) as file:
        before = b""
        while piece := file.read(_PIECE):
            if tail:
                tail += piece
            elif found := _END_OF_ROWS.search(before + piece):
                tail = (before + piece)[found.end() :] or b" "
            before = piece[-64:]
            if len(tail) > _TAIL_LIMIT:
                raise UnreadableFile("too_large")
    blocks = []
    for found in _MERGE.finditer(tail):
        left, top, right, bottom = (part.decode() for part in found.groups())
        blocks.append((int(top) - 1, column_index(left), int(bottom) - 1, column_index(right)))
    return blocks


def column_index(letters: str) -> int:
    """A column's index from 0: A → 0, AA → 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


class _Silent:
    """Handles the events a document's reader does not need."""

    def end(self, name: str) -> None:
        """Nothing to do."""

    def text(self, data: str) -> None:
        """Nothing to do."""


class _RelationsHandler(_Silent):
    def __init__(self, folder: str) -> None:
        self.found: dict[str, tuple[str, str]] = {}
        self._folder = folder

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if local(name) == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(
                posixpath.join("/", self._folder, attributes.get("Target", ""))
            )
            self.found[attributes.get("Id", "")] = (attributes.get("Type", ""), target.lstrip("/"))


class _WorkbookHandler(_Silent):
    def __init__(self, book: Workbook, parts: dict[str, str]) -> None:
        self._book, self._parts = book, parts

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name, given = local(name), locals_of(attributes)
        if name == "workbookPr":
            self._book.epoch_1904 = given.get("date1904", "0") in {"1", "true", "on"}
        elif name == "workbookView" and given.get("activeTab", "").isdecimal():
            self._book.active = int(given["activeTab"])
        elif name == "sheet":
            hidden = given.get("state", "visible") != "visible"
            part = self._parts.get(given.get("id", ""), "")
            self._book.sheets.append(SheetPart(given.get("name", ""), hidden, part))


class _TextsHandler:
    """Gathers shared texts; pronunciation guides are no part of them."""

    def __init__(self, texts: list[str]) -> None:
        self._texts = texts
        self._parts: list[str] = []
        self._open = self._guide = False
        self._cost = 0

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        name = local(name)
        if name == "si":
            self._parts = []
        elif name == "rPh":
            self._guide = True
        elif name == "t":
            self._open = not self._guide

    def end(self, name: str) -> None:
        name = local(name)
        if name == "t":
            self._open = False
        elif name == "rPh":
            self._guide = False
        elif name == "si":
            text = "".join(self._parts)
            self._cost += _TEXT_COST + 2 * len(text)
            if self._cost > TEXTS_LIMIT:
                raise UnreadableFile("too_large")
            self._texts.append(text)

    def text(self, data: str) -> None:
        if self._open:
            self._parts.append(data)


class _StylesHandler(_Silent):
    """Gathers the number formats of cell styles."""

    def __init__(self) -> None:
        self._custom: dict[int, str] = {}
        self._of_styles: list[int] = []
        self._in_cells = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = local(name)
        if name == "numFmt":
            number = attributes.get("numFmtId", "")
            if number.isdecimal():
                self._custom[int(number)] = attributes.get("formatCode", "")[:255]
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            number = attributes.get("numFmtId", "0")
            self._of_styles.append(int(number) if number.isdecimal() else 0)

    def end(self, name: str) -> None:
        if local(name) == "cellXfs":
            self._in_cells = False

    def renderers(self, epoch_1904: bool) -> list[Render]:
        """How numbers show, by the index of a cell's style."""
        known: dict[int, Render] = {}
        for number in set(self._of_styles):
            known[number] = renderer(format_code(number, self._custom), epoch_1904=epoch_1904)
        return [known[number] for number in self._of_styles]
