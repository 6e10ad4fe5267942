"""What pages with many draws cost, as a ratio to the health check in the same run.

Makes DRAWS small draws on SQLite, asks for each page LOOKS times in one
process, and prints the median of its CPU time, divided by that of ``/healthz``. The machine's
speed stands in both.

    python -m benchmarks.draw_pages [--draws 15] [--looks 20]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from backend.app.platform.access import OVERSIGHT
from benchmarks.imports import start_program
from tests.factories import draws as make
from tests.factories.accounts import PASSWORD, make_account
from tests.program import Browser

YARDSTICK = "/healthz"
PUBLIC = ("/draws", "/open/v1/draws", "/fairness")


def cost(client: FlaskClient, address: str, looks: int) -> float:
    """Return the median CPU time of a request, in milliseconds; the first one warms up."""
    spent = []
    for _ in range(looks + 1):
        began = time.process_time()
        reply = client.get(address)
        spent.append(1000 * (time.process_time() - began))
        assert reply.status_code == 200, f"{address}: {reply.status_code}"
    return statistics.median(spent[1:])


def signed_in(app: Flask, county: make.County) -> FlaskClient:
    """Return a client of somebody who oversees the county."""
    client = app.test_client()
    account = make_account(role=OVERSIGHT, department=county.department)
    sent = {"login": account.login, "password": PASSWORD}
    assert client.post("/api/v1/session", json=sent).status_code == 200
    return client


def measure(app: Flask, draws: int, looks: int) -> None:
    """Print each page's CPU time and its ratio to the yardstick."""
    county = make.make_county()
    held = [make.drawn(make.make_county()) for _ in range(draws - 1)]
    plan = make.plan(county)
    office = signed_in(app, county)
    pages = [
        *((app.test_client(), address) for address in PUBLIC),
        (office, "/office/"),
        (office, "/office/draws"),
        (office, f"/office/draws/{plan}"),
        (office, f"/office/draws/{held[0]}"),
        (office, "/office/replacements/rates"),
    ]
    unit = cost(app.test_client(), YARDSTICK, looks)
    print(f"{YARDSTICK}: {unit:.1f} ms")
    for client, address in pages:
        spent = cost(client, address, looks)
        print(f"{address}: {spent:.1f} ms, {spent / unit:.1f} times as much")


def main() -> None:
    """Read the arguments and measure on a fresh installation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=15)
    parser.add_argument("--looks", type=int, default=20)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app = start_program(Path(folder), None)
        app.test_client_class = Browser
        with app.app_context():
            measure(app, wanted.draws, wanted.looks)


if __name__ == "__main__":
    main()
