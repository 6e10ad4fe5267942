"""Heads of files and the kinds they are: known answers for the server and the phone.

``python -m tests.vectors.make_evidence_kinds`` writes evidence-kinds-v1.json; ``--check`` fails
when it would come out differently.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from backend.app.evidence.kinds import kind_of

TARGET = Path(__file__).with_name("evidence-kinds-v1.json")


def _iso(major: str, *compatible: str) -> bytes:
    """The beginning of an ISO media file of these brands."""
    brands = "".join(compatible).encode("latin-1")
    box = b"ftyp" + major.encode("latin-1") + b"\0\0\0\0" + brands
    return (len(box) + 4).to_bytes(4) + box + b"\0\0\0\x08free"


HEADS = {
    "empty": b"",
    "a JPEG": bytes.fromhex("ffd8ffe000104a464946"),
    "half the mark of a JPEG": bytes.fromhex("ffd8"),
    "a PNG": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "a WebP": b"RIFF\x24\0\0\0WEBPVP8 ",
    "a WAV": b"RIFF\x24\0\0\0WAVEfmt ",
    "a PDF": b"%PDF-1.7\n",
    "a page": b"<!doctype html>",
    "a GIF": b"GIF89a",
    "an MP3": b"ID3\x04\0\0\0\0",
    "an Ogg": b"OggS\0\x02",
    "an AMR voice note": b"#!AMR\n",
    "a WebM": bytes.fromhex("1a45dfa39f4286810142f7810142f2810442f381084282847765626d"),
    "a Matroska film": bytes.fromhex("1a45dfa3a34286810142f7810142f28104428288") + b"matroska",
    "a HEIC": _iso("heic", "mif1", "heic"),
    "a HEIC of ten bits": _iso("heix", "mif1", "heix"),
    "a HEIC of multi-view": _iso("heim", "mif1"),
    "a sequence of HEIC": _iso("hevc", "msf1", "hevc"),
    "a HEIC by its family": _iso("mif1", "mif1", "heic", "hevc"),
    "a sequence by its family": _iso("msf1", "msf1", "hevc"),
    "a family of unknown pictures": _iso("mif1", "mif1", "miaf"),
    "an AVIF": _iso("avif", "avif", "mif1", "miaf"),
    "an AVIF by its family": _iso("mif1", "mif1", "avif"),
    "an MP4": _iso("mp42", "mp42", "isom"),
    "an MP4 by its companions": _iso("XAVC", "XAVC", "mp42"),
    "a film for old phones": _iso("3gp4", "3gp4", "isom"),
    "a film for old phones only": _iso("3gp4", "3gp4"),
    "a film of a shop": _iso("M4V ", "M4V "),
    "a MOV": _iso("qt  ", "qt  "),
    "an M4A": _iso("M4A ", "M4A ", "mp42", "isom"),
    "a box cut short": b"\0\0\0\x20ftyphe",
    "a box of absurd length": b"\xff\xff\xff\xffftypheic",
}


def main() -> None:
    """Write the vectors, or with --check compare them."""
    made = [
        {"name": name, "head": head.hex(), "kind": kind_of(head)} for name, head in HEADS.items()
    ]
    text = json.dumps(made, indent=1) + "\n"
    if "--check" not in sys.argv:
        TARGET.write_text(text)
    elif TARGET.read_text() != text:
        sys.exit("evidence-kinds-v1.json differs from what the code makes")


if __name__ == "__main__":
    main()
