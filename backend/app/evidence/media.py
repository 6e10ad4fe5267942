"""What the bytes of a file are, and small pictures of them; no rows and no requests.

A type comes from the bytes: from the list of kinds and, for pictures, from a decoder that agrees.
No name, no header and no EXIF is trusted. Derivatives carry no metadata.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import IO, Any

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from .errors import TooManyPixels, WrongType
from .kinds import HEAD_BYTES, MOST_PIXELS, PICTURES, kind_of

__all__ = [
    "HEAD_BYTES",
    "MOST_PIXELS",
    "PICTURES",
    "SHOWN_AS",
    "SMALLEST",
    "VARIANTS",
    "Small",
    "Undecodable",
    "measure",
    "small_picture",
    "sniff",
]

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
_QUALITY = 78
_SIXTEEN_TO_EIGHT = 1 / 257
"""65535 becomes 255."""
_BEFORE_COLOURS = 4
"""Pictures of a palette or of one bit shrink to so many times the edge by leaving pixels out; only
then have they colours that can be mixed."""


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
    """Return the media type of a file by its first bytes; raises WrongType when it is not taken."""
    found = kind_of(head[:HEAD_BYTES])
    if found is None:
        raise WrongType
    return found


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
        if image.mode in _WITHOUT_COLOURS:
            image.thumbnail((edge * _BEFORE_COLOURS, edge * _BEFORE_COLOURS))
            image = _in_colours(image)
        image.thumbnail((edge, edge), Image.Resampling.HAMMING)
        return _encoded(variant, _in_srgb(ImageOps.exif_transpose(image)))


_WITHOUT_COLOURS = frozenset({"1", "P", "PA"})
_OF_PROFILES = frozenset({"L", "RGB", "RGBA", "CMYK"})


def _in_srgb(image: Image.Image) -> Image.Image:
    """Return the picture in RGB or RGBA of eight bits, by its colour profile where it has one."""
    profile, plain = image.info.get("icc_profile"), image
    if profile and image.mode in _OF_PROFILES:
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            plain = ImageCms.profileToProfile(image, source, srgb, outputMode=mode) or image
        except ImageCms.PyCMSError:
            plain = image
    plain = _in_colours(plain).copy()
    plain.info = {}
    return plain


def _in_colours(image: Image.Image) -> Image.Image:
    """Return the picture in RGB, or RGBA where parts of it are transparent, with the profile and
    the orientation it came with."""
    if image.mode in {"RGB", "RGBA"}:
        return image
    plain = _eight_bits(image).convert("RGBA" if image.has_transparency_data else "RGB")
    plain.info = {**image.info}
    plain.info.pop("transparency", None)
    return plain


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return a grey picture of more than eight bits scaled to eight; others as they are.

    Pillow's own conversion cuts everything above 255 off and leaves white.
    """
    if image.mode.startswith("I;16"):
        return image.convert("I").point(lambda value: value * _SIXTEEN_TO_EIGHT + 0).convert("L")
    if image.mode in {"I", "F"}:
        extremes: Any = image.getextrema()
        scale, offset = grey_scale(*extremes)
        return image.point(lambda value: value * scale + offset).convert("L")
    return image


def grey_scale(darkest: float, brightest: float) -> tuple[float, float]:
    """Return (factor, offset) that bring grey values into 0 to 255: of eight bits as they are, of
    sixteen by their white, of any other range by its own ends."""
    if darkest >= 0 and brightest <= _WHITE:
        return 1.0, 0.0
    if darkest >= 0 and brightest <= _WHITE_16:
        return _SIXTEEN_TO_EIGHT, 0.0
    factor = _WHITE / max(brightest - darkest, 1.0)
    return factor, -darkest * factor


_WHITE = 255
_WHITE_16 = 65_535


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
