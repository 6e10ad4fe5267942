"""What bytes are, and small pictures of them. Nothing here trusts a name, a header or EXIF.

Types come from the bytes: a signature on the allow-list and, for pictures, a decoder that agrees.
Derivatives carry no metadata. No rows and no requests here.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import IO, Any

import filetype
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from .errors import TooManyPixels, WrongType

HEAD = 8192
MOST_PIXELS = 100_000_000
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/heic"})
ALLOWED = PICTURES | {
    "video/mp4",
    "video/quicktime",
    "video/webm",
    "audio/mp4",
    "audio/webm",
    "application/pdf",
}
VARIANTS = {"thumb320": 320, "thumb1280": 1280}
"""Longest edge in pixels."""
SMALLEST = min(VARIANTS, key=lambda variant: VARIANTS[variant])
SHOWN_AS = {"thumb320": "image/jpeg", "thumb1280": "image/webp"}
"""The one that every picture gets is JPEG: WebP would take a third less room and ten times the
work."""
_FORMATS = {
    "image/jpeg": ("JPEG",),
    "image/png": ("PNG",),
    "image/webp": ("WEBP",),
    "image/heic": ("HEIF",),
}
_SAME = {"video/x-m4v": "video/mp4", "audio/x-m4a": "audio/mp4"}
_QUALITY = 78


class Undecodable(Exception):
    """The decoder gave up on bytes that look like a picture."""


@dataclass(frozen=True, slots=True)
class Small:
    """A derivative: bytes of the variant's type and their size in pixels."""

    variant: str
    data: bytes
    width: int
    height: int


def sniff(head: bytes) -> str:
    """The media type of a file by its first bytes; raises WrongType when it is not allowed."""
    guessed = filetype.guess_mime(head)
    found = _SAME.get(guessed or "", guessed)
    if found not in ALLOWED:
        raise WrongType(found=found)
    return str(found)


def measure(file: IO[bytes], media_type: str) -> tuple[int, int]:
    """(width, height) by the picture's header, as shown; raises WrongType, TooManyPixels."""
    try:
        with _opened(file, media_type) as image:
            turned = image.getexif().get(0x0112, 1) in {5, 6, 7, 8}
            return (image.height, image.width) if turned else (image.width, image.height)
    except Undecodable as error:
        raise WrongType(found=media_type) from error


@contextmanager
def _opened(file: IO[bytes], media_type: str) -> Iterator[Image.Image]:
    """The picture, opened by its own decoder only; raises Undecodable, TooManyPixels."""
    if media_type == "image/heic":
        _register_heif()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(file, formats=_FORMATS[media_type])
        if image.width * image.height > MOST_PIXELS:
            raise TooManyPixels(most=MOST_PIXELS)
        with image:
            yield image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels(most=MOST_PIXELS) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise Undecodable from error


@cache
def _register_heif() -> None:
    from pillow_heif import register_heif_opener

    register_heif_opener()


def small_picture(file: IO[bytes], media_type: str, variant: str) -> Small:
    """One derivative of a picture: upright, sRGB, nothing but pixels.

    Raises Undecodable, TooManyPixels.
    """
    edge = VARIANTS[variant]
    with _opened(file, media_type) as opened:
        image: Image.Image = opened
        longest = max(image.size)
        if longest > edge:  # a decoder of JPEG shrinks on the way, at a third of the cost
            image.draft(None, (image.width * edge // longest, image.height * edge // longest))
        # Shrunk before anything copies it: a small file can hold hundreds of megabytes of pixels.
        image.thumbnail((edge, edge), Image.Resampling.HAMMING)
        return _encoded(variant, _in_srgb(ImageOps.exif_transpose(image)))


def _in_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    plain = image if image.mode in {"RGB", "RGBA"} else image.convert("RGB")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            plain = (
                ImageCms.profileToProfile(plain, source, ImageCms.createProfile("sRGB")) or plain
            )
        except ImageCms.PyCMSError:
            plain = plain.copy()
    plain.info = {}
    return plain


def _encoded(variant: str, image: Image.Image) -> Small:
    out = io.BytesIO()
    bare: dict[str, Any] = {"exif": b"", "icc_profile": b"", "quality": _QUALITY}
    if SHOWN_AS[variant] == "image/webp":
        image.save(out, "WEBP", method=0, xmp=b"", **bare)
    else:
        _on_white(image).save(out, "JPEG", **bare)
    return Small(variant, out.getvalue(), image.width, image.height)


def _on_white(image: Image.Image) -> Image.Image:
    """JPEG knows no transparency."""
    if image.mode != "RGBA":
        return image
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return white
