"""Small real files for tests: pictures with EXIF, HEIC, a picture that claims to be huge."""

from __future__ import annotations

import io
import struct
import zlib

import piexif
from PIL import Image


def jpeg(
    size: tuple[int, int] = (640, 480), *, orientation: int = 1, colour: str = "teal"
) -> bytes:
    """A JPEG with an orientation, a position and the name of a camera in its EXIF."""
    exif = piexif.dump(
        {
            "0th": {piexif.ImageIFD.Orientation: orientation, piexif.ImageIFD.Model: b"SECRETCAM"},
            "GPS": {piexif.GPSIFD.GPSLatitude: ((36, 1), (48, 1), (0, 1))},
        }
    )
    picture = Image.new("RGB", size, colour)
    picture.paste("red", (0, 0, size[0] // 4, size[1] // 4))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90, exif=exif)
    return out.getvalue()


def heic(size: tuple[int, int] = (64, 48)) -> bytes:
    """A small HEIC."""
    from pillow_heif import from_pillow

    out = io.BytesIO()
    from_pillow(Image.new("RGB", size, "olive")).save(out, format="HEIF")
    return out.getvalue()


def huge_png(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few bytes whose header claims 3.6 billion pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )


MP4 = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0\0\0\x08free" + b"m" * 4000
PDF = b"%PDF-1.7\n" + b"%" * 500 + b"\n%%EOF\n"
HTML = b"<!doctype html><script>alert(1)</script>" + b" " * 500
