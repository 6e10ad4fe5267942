"""Reading XML piece by piece with expat: no document type, no entities, no tree in memory."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol
from xml.parsers import expat

from backend.app.registry.imports.model import UnreadableFile

_PIECE = 1 << 16
_CHINESE = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"'](?:gb\w*|cp936)[\"']", re.IGNORECASE)


class Handler(Protocol):
    """What a reader of one kind of document does with its elements."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins; names carry the prefixes of the document."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, data: str) -> None:
        """Text inside an element."""


def local(name: str) -> str:
    """The name without its prefix: "ss:Row" → "Row"."""
    return name.rpartition(":")[2] if ":" in name else name


def locals_of(attributes: dict[str, str]) -> dict[str, str]:
    """The attributes by their names without prefixes."""
    return {local(name): value for name, value in attributes.items()}


def _refuse_document_type(*_declaration: object) -> None:
    raise UnreadableFile("document_type")


def pieces(file: IO[bytes], handler: Handler, encoding: str | None = None) -> Iterator[None]:
    """Parse the file, yielding after each piece of 64 KiB so that the caller can fetch what the
    handler has gathered. Raises UnreadableFile("document_type" | "broken_xml")."""
    parser = expat.ParserCreate(encoding)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    try:
        while piece := file.read(_PIECE):
            parser.Parse(piece, False)
            yield
        parser.Parse(b"", True)
        yield
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise UnreadableFile("broken_xml") from error


def parse(file: IO[bytes], handler: Handler) -> None:
    """Parse the whole file at once."""
    for _ in pieces(file, handler):
        pass


def pieces_of_path(path: Path, handler: Handler) -> Iterator[None]:
    """Like `pieces` for a file of its own, which may be declared as GBK: expat does not know it."""
    with path.open("rb") as file:
        chinese = _CHINESE.match(file.read(200).lstrip(b"\xef\xbb\xbf \r\n\t"))
        file.seek(0)
        if chinese:
            yield from pieces(codecs.EncodedFile(file, "utf-8", "gb18030"), handler, "utf-8")
        else:
            yield from pieces(file, handler)
