"""How long the server takes for each kind of office and portal page of the demo county.

Every page is asked for several times, one request after another. Counted is the CPU time of the
server, which other programs on the machine do not lengthen. It stands beside that of ``/healthz``
in the same run, so that the ratio says what a page costs on any machine.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import httpx
import psutil

from benchmarks._serving import cpu_of
from tests.e2e.county import PASSWORD, served

STARTS: dict[str | None, tuple[str, ...]] = {
    None: ("/", "/draws", "/fairness", "/results", "/items", "/ledger/"),
    "admin": ("/office/", "/office/draws", "/office/registry/", "/office/replacements"),
    "chen": ("/office/", "/office/review", "/office/disclosures", "/office/quarantine"),
    "oversight": ("/office/", "/office/draws", "/office/ledger", "/office/people"),
}
NO_PAGES = re.compile(
    r"^/(app|look|open|lang|verify)\b|^/ledger/.|\.(zip|xlsx|csv|pdf|html)$|export|download|template"
)
REPEATS, HEALTHZ_REPEATS = 10, 300
LIMIT_MS = 100.0


class Links(HTMLParser):
    """The local addresses that a page leads to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the address of a link."""
        address = dict(attrs).get("href") or ""
        if tag == "a" and address.startswith("/") and not NO_PAGES.search(address):
            self.found.append(address.split("#")[0])


def kind(address: str) -> str:
    """Return an address without its ids, numbers and query."""
    parts = address.split("?", maxsplit=1)[0].split("/")
    return "/".join("*" if any(mark.isdigit() for mark in part) else part for part in parts)


def milliseconds(
    client: httpx.Client, server: psutil.Process, address: str, repeats: int = REPEATS
) -> float:
    """Return the CPU time of the server for one request; a first request is not counted."""
    client.get(address).raise_for_status()
    before = cpu_of(server)
    for _ in range(repeats):
        client.get(address).raise_for_status()
    return 1000 * (cpu_of(server) - before) / repeats


def signed_in(origin: str, who: str | None) -> httpx.Client:
    """Return a client that is signed in as ``who``, or as nobody."""
    client = httpx.Client(base_url=origin, follow_redirects=True, timeout=60)
    if who is not None:
        form = client.get("/sign-in").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', form)
        assert token is not None, "the form of the sign-in has no token"
        told = {"csrf_token": token[1], "login": who, "password": PASSWORD}
        client.post("/sign-in", data=told).raise_for_status()
    return client


def measured(
    client: httpx.Client, server: psutil.Process, starts: tuple[str, ...]
) -> Iterator[tuple[str, float]]:
    """Yield the kind and milliseconds of each page to which links below the first start lead."""
    waiting, seen, kinds = list(starts), set(starts), set()
    while waiting:
        address = waiting.pop(0)
        if kind(address) in kinds:
            continue
        kinds.add(kind(address))
        reply = client.get(address)
        if reply.status_code != 200 or "text/html" not in reply.headers["content-type"]:
            continue
        yield kind(address), milliseconds(client, server, address)
        links = Links()
        links.feed(reply.text)
        for found in links.found:
            if found not in seen and found.startswith(starts[0]) and _is_own(starts, found):
                seen.add(found)
                waiting.append(found)


def _is_own(starts: tuple[str, ...], address: str) -> bool:
    """Return True unless the walk began on the portal and the address is the office's."""
    return starts[0] != "/" or not address.startswith(("/office", "/sign-in"))


def main() -> None:
    """Make the county, measure all pages, print them from the dearest to the cheapest."""
    with (
        tempfile.TemporaryDirectory(prefix="evenhand-pages-") as folder,
        served(Path(folder)) as it,
    ):
        assert it.process is not None
        report(it.origin, psutil.Process(it.process.pid))


def report(origin: str, server: psutil.Process) -> None:
    """Print the table of all pages that ``server`` serves at ``origin``."""
    yardstick = milliseconds(signed_in(origin, None), server, "/healthz", HEALTHZ_REPEATS)
    rows = [
        (took, page, who or "nobody")
        for who, starts in STARTS.items()
        for page, took in measured(signed_in(origin, who), server, starts)
    ]
    print(f"/healthz {yardstick:.1f} ms of CPU; {len(rows)} pages\n")
    print(f"{'ms':>7} {'ratio':>7}  {'as':<10} page")
    for took, page, who in sorted(rows, reverse=True):
        over = "  over the limit" if took > LIMIT_MS else ""
        print(f"{took:7.1f} {took / yardstick:7.1f}  {who:<10} {page}{over}")


if __name__ == "__main__":
    main()
