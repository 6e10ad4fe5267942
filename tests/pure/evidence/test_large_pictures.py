"""Small pictures of large ones are made within bounded memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[3]
CHILD = """
import resource, sys
from backend.app.evidence import media
from PIL import Image
Image.init()
with open("/proc/self/statm") as file:
    used = int(file.read().split()[0]) * resource.getpagesize()
limit = used + int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
with open(sys.argv[1], "rb") as file:
    small = media.small_picture(file, "image/png", "thumb1280")
    print((small.width, small.height))
"""


def test_a_picture_of_eighty_million_pixels_is_unpacked_only_once(tmp_path: Path) -> None:
    """A quarter of a megabyte on the disk, a quarter of a gigabyte unpacked."""
    path = tmp_path / "grey.png"
    Image.new("RGB", (10_000, 8_000), (90, 90, 90)).save(path)
    assert path.stat().st_size < 1 << 20
    ended = subprocess.run(
        [sys.executable, "-c", CHILD, str(path), str(480 << 20)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert ended.stdout.strip() == "(1280, 1024)"
