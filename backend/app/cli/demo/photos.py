"""Pictures for the demo county: drawn, plainly fictional, each different, a few kilobytes."""

from __future__ import annotations

import io
from random import Random

from PIL import Image, ImageDraw

SIZE = (1280, 960)
_WALLS = ((214, 205, 190), (196, 206, 210), (205, 198, 205), (188, 198, 186))
_BOXES = ((176, 126, 72), (94, 122, 140), (150, 88, 74), (118, 138, 96), (196, 168, 92))


def photo(random: Random) -> bytes:
    """A JPEG of a drawn store room or counter: shelves with boxes, a floor, a marked spot."""
    image = Image.new("RGB", SIZE, random.choice(_WALLS))
    pen = ImageDraw.Draw(image)
    width, height = SIZE
    floor = int(height * random.uniform(0.68, 0.8))
    pen.rectangle((0, floor, width, height), fill=(142, 136, 128))
    for line in range(0, width, 160):
        pen.line((line, floor, line - 220, height), fill=(126, 120, 112), width=3)
    _shelves(pen, random, floor)
    _marked_spot(pen, random, floor)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def _shelves(pen: ImageDraw.ImageDraw, random: Random, floor: int) -> None:
    left = random.randint(40, 160)
    right = SIZE[0] - random.randint(40, 200)
    levels = random.randint(2, 4)
    for level in range(levels):
        base = floor - 20 - level * (floor - 120) // levels
        pen.rectangle((left, base, right, base + 14), fill=(104, 98, 92))
        place = left + 12
        while place < right - 60:
            wide, tall = random.randint(50, 130), random.randint(50, 120)
            if random.random() < 0.8:
                box = (place, base - tall, min(place + wide, right - 6), base)
                pen.rectangle(box, fill=random.choice(_BOXES), outline=(70, 64, 58), width=3)
                pen.line((place, base - tall // 2, box[2], base - tall // 2), fill=(230, 222, 206))
            place += wide + random.randint(6, 40)
    for post in (left, right):
        pen.rectangle((post - 8, 60, post + 8, floor), fill=(92, 88, 84))


def _marked_spot(pen: ImageDraw.ImageDraw, random: Random, floor: int) -> None:
    x, y = random.randint(200, SIZE[0] - 300), random.randint(200, floor - 60)
    pen.ellipse((x, y, x + 150, y + 110), outline=(184, 50, 42), width=8)
