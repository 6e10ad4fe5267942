"""Small pictures of every mode a decoder gives: grey stays grey, what was clear becomes white."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image, ImageCms

from backend.app.evidence import media

Pixel = tuple[int, int, int]


def bytes_of(image: Image.Image, form: str, **options: Any) -> io.BytesIO:
    out = io.BytesIO()
    image.save(out, form, **options)
    out.seek(0)
    return out


def thumb(image: Image.Image, form: str, variant: str = "thumb320", **options: Any) -> Image.Image:
    """The derivative of a picture, decoded again."""
    small = media.small_picture(bytes_of(image, form, **options), f"image/{form.lower()}", variant)
    return Image.open(io.BytesIO(small.data)).convert("RGB")


def near(found: Any, wanted: Pixel, within: int = 6) -> bool:
    return all(abs(one - other) <= within for one, other in zip(found, wanted, strict=True))


def halves(mode: str, left: Any, right: Any, size: tuple[int, int] = (64, 32)) -> Image.Image:
    image = Image.new(mode, size, left)
    image.paste(right, (size[0] // 2, 0, *size))
    return image


@pytest.mark.parametrize("edge", [(64, 32), (900, 450)])
def test_grey_of_sixteen_bits_keeps_its_shades(edge: tuple[int, int]) -> None:
    image = thumb(halves("I", 20_000, 60_000, edge).convert("I;16"), "PNG")
    width, height = image.size
    assert near(image.getpixel((4, height // 2)), (78, 78, 78))
    assert near(image.getpixel((width - 4, height // 2)), (233, 233, 233))


@pytest.mark.parametrize("mode", ["I;16", "I;16B", "I", "F"])
def test_every_wide_grey_is_scaled_and_not_cut_off(mode: str) -> None:
    wide = halves("I", 20_000, 60_000)
    image = wide.convert("F") if mode == "F" else wide if mode == "I" else wide.convert("I;16")
    if mode == "I;16B":
        image = Image.frombytes("I;16B", wide.size, wide.convert("I;16").tobytes("raw", "I;16B"))
    small = media._in_colours(image)
    assert near(small.getpixel((1, 1)), (78, 78, 78))
    assert near(small.getpixel((60, 1)), (233, 233, 233))


@pytest.mark.parametrize(
    ("darkest", "brightest", "scaled"),
    [(0, 255, (0, 255)), (3, 65_535, (0, 255)), (-100, 900, (0, 255)), (70_000, 70_000, (0, 0))],
)
def test_any_range_of_grey_ends_within_eight_bits(
    darkest: float, brightest: float, scaled: tuple[int, int]
) -> None:
    factor, offset = media.grey_scale(darkest, brightest)
    assert (int(darkest * factor + offset), int(brightest * factor + offset)) == scaled


def test_a_palette_with_a_clear_colour_stands_on_white() -> None:
    image = halves("P", 0, 1)
    image.putpalette([200, 30, 30, 0, 0, 0])
    small = thumb(image, "PNG", transparency=1)
    assert near(small.getpixel((4, 16)), (200, 30, 30), 12)
    assert near(small.getpixel((60, 16)), (255, 255, 255))


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_what_is_clear_stands_on_white(mode: str) -> None:
    clear, full = ((0, 0), (90, 255)) if mode == "LA" else ((0, 0, 0, 0), (90, 90, 90, 255))
    small = thumb(halves(mode, full, clear), "PNG")
    assert near(small.getpixel((4, 16)), (90, 90, 90))
    assert near(small.getpixel((60, 16)), (255, 255, 255))


def test_fine_lines_of_a_black_and_white_scan_become_grey_and_are_not_left_out() -> None:
    image = Image.new("1", (1280, 640), 1)
    for x in range(0, 1280, 4):
        image.paste(0, (x, 0, x + 1, 640))
    small = thumb(image, "PNG")
    assert near(small.getpixel((160, 80)), (191, 191, 191), 20)


def test_printers_colours_keep_their_hue() -> None:
    small = thumb(halves("CMYK", (0, 255, 255, 0), (255, 0, 255, 0)), "JPEG", quality=95)
    assert near(small.getpixel((4, 16)), (255, 0, 0), 12)
    assert near(small.getpixel((60, 16)), (0, 255, 0), 12)


def test_a_profile_that_does_not_fit_its_picture_is_left_aside() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    small = thumb(halves("L", 40, 200), "PNG", icc_profile=srgb)
    assert near(small.getpixel((4, 16)), (40, 40, 40))


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_picture_taken_upright_is_shown_upright(mode: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    small = thumb(Image.new(mode, (64, 32)), "JPEG", exif=exif)
    assert small.size == (32, 64)


def test_the_first_picture_of_a_moving_one_is_shown() -> None:
    first, second = Image.new("RGB", (64, 32), "red"), Image.new("RGB", (64, 32), "blue")
    for form in ("PNG", "WEBP"):
        small = thumb(first, form, save_all=True, append_images=[second])
        assert near(small.getpixel((8, 8)), (254, 0, 0), 12)


def test_nothing_but_pixels_is_in_a_small_picture() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRETCAM"
    source = bytes_of(Image.new("RGB", (64, 32)), "JPEG", exif=exif)
    for variant in media.VARIANTS:
        source.seek(0)
        assert b"SECRETCAM" not in media.small_picture(source, "image/jpeg", variant).data
