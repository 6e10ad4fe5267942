"""How fast one file of 200 MB arrives by tus in pieces of 5 MiB, durable and hashed.

Every piece is on the disk (fsync) before its offset moves, and at the end the SHA-256 is computed
over what is stored. Printed: MB/s of the upload, of the plain disk for comparison (write and
fsync of the same pieces by this process), CPU seconds, the server's memory.

    python -m benchmarks.upload [--megabytes 200] [--times 3]
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import os
import random
import tempfile
import time
from pathlib import Path

from benchmarks._serving import Installation, installation
from benchmarks.sync import Work, prepare

PORT = 8153
PIECE = 5 << 20
HEAD = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"


def upload(place: Installation, work: Work, visit: str, data: bytes) -> float:
    """Send ``data`` piece by piece over one connection; return the seconds."""
    from tests.fakes import tus

    line = http.client.HTTPConnection(place.origin.removeprefix("http://"))
    began = time.perf_counter()
    headers = tus.headers_for(visit, data, filename="film.mp4", mime="video/mp4")
    reply = _ask(line, "POST", "/api/v1/evidence", None, {**work.cookies, **headers})
    where = reply["Location"]
    offset = 0
    while offset < len(data):
        piece = data[offset : offset + PIECE]
        headers = {**work.cookies, **tus.patch_headers(offset)}
        offset = int(_ask(line, "PATCH", where, piece, headers)["Upload-Offset"])
    return time.perf_counter() - began


def _ask(
    line: http.client.HTTPConnection,
    method: str,
    path: str,
    body: bytes | None,
    headers: dict[str, str],
) -> http.client.HTTPMessage:
    line.request(method, path, body, headers)
    reply = line.getresponse()
    said = reply.read()
    if reply.status >= 400:
        raise SystemExit(f"{method} {path}: {reply.status} {said[:300]!r}")
    return reply.headers


def plain_disk(data: bytes) -> float:
    """Return the seconds to write the same pieces to files here, each with fsync and nothing
    else."""
    with tempfile.TemporaryDirectory() as name:
        began = time.perf_counter()
        for start in range(0, len(data), PIECE):
            with (Path(name) / str(start)).open("wb") as file:
                file.write(data[start : start + PIECE])
                file.flush()
                os.fsync(file.fileno())
        return time.perf_counter() - began


def main() -> None:
    """Upload several files one after the other, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--times", type=int, default=3)
    given = parser.parse_args()
    size = given.megabytes * 1_000_000
    with installation(PORT, workers=1) as place:
        work = prepare(1, 1, 0)[0][0]
        visit = _visit_of(work)
        for number in range(given.times):
            data = HEAD + random.Random(number).randbytes(size - len(HEAD))
            disk = plain_disk(data)
            hashing = time.perf_counter()
            hashlib.sha256(data).hexdigest()
            hashing = time.perf_counter() - hashing
            before = place.cpu()
            took = upload(place, work, visit, data)
            spent = {key: value - before[key] for key, value in place.cpu().items()}
            print(
                f"{size / 1e6 / took:.0f} MB/s durable and verified ({took:.2f} s);"
                f" this disk alone {size / 1e6 / disk:.0f} MB/s,"
                f" SHA-256 alone {size / 1e6 / hashing:.0f} MB/s;"
                f" CPU server {spent['server']:.2f} s, database {spent['database']:.2f} s;"
                f" memory {place.memory():.0f} MB",
                flush=True,
            )


def _visit_of(work: Work) -> str:
    import json

    visit: str = json.loads(work.visits[0][0])["events"][0]["visit"]
    return visit


if __name__ == "__main__":
    main()
