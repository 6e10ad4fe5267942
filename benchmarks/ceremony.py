"""How soon a ceremony's step is on every screen, with a room full of phones asking each second.

Viewers ask for the public picture as the page's script does: every second, each at its own moment,
with the ETag of what they have. Steps are commitments of witnesses. Printed: time from a step's
commit to each viewer's new picture (median, worst), the server's and the database's CPU share.

    python -m benchmarks.ceremony [--viewers 100] [--steps 20]
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import statistics
import threading
import time
from dataclasses import dataclass, field
from uuid import UUID

from backend.app.draws import ceremony_rules
from benchmarks._serving import Installation, installation

PORT = 8213
EVERY = 1.0
BETWEEN = 1.5


@dataclass
class Viewer:
    """One screen: when it first showed each office."""

    address: str
    path: str
    seen: dict[str, float] = field(default_factory=dict)
    replies: int = 0
    pictures: int = 0

    def watch(self, offices: list[str], stop: threading.Event) -> None:
        """Ask every second until ``stop`` is set."""
        line, etag = http.client.HTTPConnection(self.address), ""
        stop.wait(random.random() * EVERY)
        while not stop.is_set():
            began = time.perf_counter()
            line.request("GET", self.path, headers={"If-None-Match": etag} if etag else {})
            reply = line.getresponse()
            text = reply.read().decode()
            self.replies += 1
            if reply.status == 200:
                self.pictures += 1
                etag = reply.headers["ETag"]
                now = time.perf_counter()
                for office in offices:
                    if office in text:
                        self.seen.setdefault(office, now)
            stop.wait(max(0.0, EVERY - (time.perf_counter() - began)))
        line.close()


def prepare() -> tuple[str, UUID]:
    """Make a ceremony that lets witnesses in; return its number and id."""
    from backend.app.draws.service import holding
    from tests.factories import ceremony as hold
    from tests.factories import draws as make

    county = make.make_county()
    draw_id = hold.frozen(county, ceremony_rules.Shape("ceremony", places=30, quorum=1))
    holding.begin(draw_id, county.operator)
    return make.stored(draw_id).number or "", draw_id


def step(draw_id: UUID, office: str) -> float:
    """Let one witness join and commit; return when that was done."""
    from tests.factories import ceremony as hold

    phone = hold.Phone(hold.code_of(draw_id), office)
    phone.join()
    phone.commit(draw_id)
    return time.perf_counter()


def measure(place: Installation, viewers: int, steps: int) -> None:
    """Take the steps while all viewers watch, and print the times."""
    from backend.app import create_app

    os.environ["EVENHAND_LOG_LEVEL"] = "ERROR"
    app = create_app()
    offices = [f"第{number:02d}号见证人" for number in range(steps)]
    with app.app_context():
        number, draw_id = prepare()
        address = place.origin.removeprefix("http://")
        screens = [Viewer(address, f"/live/{number}/board") for _ in range(viewers)]
        stop = threading.Event()
        threads = [threading.Thread(target=one.watch, args=(offices, stop)) for one in screens]
        for thread in threads:
            thread.start()
        stop.wait(3)
        before, began, done = place.cpu(), time.perf_counter(), {}
        for office in offices:
            done[office] = step(draw_id, office)
            stop.wait(BETWEEN)
        stop.wait(3)
        seconds, after = time.perf_counter() - began, place.cpu()
        stop.set()
        for thread in threads:
            thread.join()
    late = [max(0.0, one.seen[office] - done[office]) for one in screens for office in offices]
    replies, pictures = sum(one.replies for one in screens), sum(one.pictures for one in screens)
    print(f"{viewers} viewers, {steps} steps: {replies} replies, {pictures} with a picture")
    print(f"on every screen: median {statistics.median(late):.2f} s, worst {max(late):.2f} s")
    share = {name: (after[name] - before[name]) / seconds for name in ("server", "database")}
    print(f"CPU: server {share['server']:.2f}, database {share['database']:.2f} of one core")


def main() -> None:
    """Read the arguments and measure on a fresh installation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=100)
    parser.add_argument("--steps", type=int, default=20)
    asked = parser.parse_args()
    os.environ["EVENHAND_LEAD_MINUTES"] = "0"
    with installation(PORT) as place:
        measure(place, asked.viewers, asked.steps)


if __name__ == "__main__":
    main()
