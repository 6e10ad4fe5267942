"""deploy/nginx.conf before a real server: what it passes on, what it keeps, what it streams."""

from __future__ import annotations

import hashlib
import random
import re
import socket
import ssl
from collections.abc import Iterator
from time import monotonic
from uuid import UUID

import httpx
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.app.evidence import store
from backend.app.evidence.models import Upload
from backend.app.platform import storage
from backend.app.platform.database import db
from backend.app.platform.security import HEADERS
from tests.fakes import pictures, tus

from .conftest import Officer, Site

PIECE = 4 << 20
PUBLIC = ["/", "/results", "/draws", "/how-it-works", "/fairness", "/open-data", "/verify/"]


@pytest.fixture
def reader(site: Site) -> Iterator[httpx.Client]:
    """Somebody who has never been here."""
    with site.proxy.client() as client:
        yield client


def film(size: int) -> bytes:
    """An MP4 of ``size`` bytes, as far as its first bytes go."""
    return pictures.MP4[:24] + random.Random(size).randbytes(size - 24)


def test_nginx_takes_the_file_without_a_word(site: Site) -> None:
    said = site.proxy.check()
    assert re.sub(r"nginx: .*(syntax is ok|test is successful)\n", "", said) == ""


def test_plain_http_leads_to_the_one_name(site: Site) -> None:
    address = f"http://127.0.0.1:{site.proxy.plain_port}/results?q=1"
    reply = httpx.get(address, headers={"Host": "elsewhere.example"})
    assert reply.status_code == 308
    assert reply.headers["Location"] == f"{site.proxy.origin}/results?q=1"


def test_another_name_gets_no_page(site: Site) -> None:
    context = site.proxy.trusting()
    line = socket.create_connection(("127.0.0.1", site.proxy.port))
    with line, pytest.raises(ssl.SSLError):
        context.wrap_socket(line, server_hostname="elsewhere.example")
    with site.proxy.client() as client:
        assert client.get("/", headers={"Host": "elsewhere.example"}).status_code == 421


def test_figures_are_not_for_the_world(reader: httpx.Client) -> None:
    assert reader.get("/metrics").status_code == 404


@pytest.mark.parametrize(
    "address", [*PUBLIC, "/sign-in", "/app/", "/api/v1/csrf", "/open/v1/results"]
)
def test_each_security_header_is_there_once(reader: httpx.Client, address: str) -> None:
    reply = reader.get(address)
    assert reply.status_code == 200, address
    for name in [*HEADERS, "Strict-Transport-Security", "Cache-Control"]:
        assert len(reply.headers.get_list(name)) == 1, f"{name} at {address}"
    assert "Server" in reply.headers and not re.search(r"\d", reply.headers["Server"])


@pytest.mark.parametrize("address", ["/", "/look/office.css", "/verify/verify.mjs", "/app/sw.js"])
def test_text_travels_compressed_and_is_asked_for_again_by_its_etag(
    reader: httpx.Client, address: str
) -> None:
    reply = reader.get(address)
    assert reply.status_code == 200
    assert reply.headers["Content-Encoding"] == "gzip"
    again = reader.get(address, headers={"If-None-Match": reply.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def kept(site: Site, client: httpx.Client, address: str, **headers: str) -> str:
    """How nginx came by the reply: MISS, HIT, BYPASS, or - where nothing is kept."""
    before = len(site.proxy.log())
    assert client.get(address, headers=headers).status_code == 200
    give_up = monotonic() + 5
    while len(lines := site.proxy.log()) == before:
        assert monotonic() < give_up
    return lines[-1][6]


@pytest.mark.parametrize(
    "address", ["/draws?once", "/items?once", "/open/v1/fairness", "/verify/zip.mjs"]
)
def test_a_public_page_is_made_once_for_all_readers(site: Site, address: str) -> None:
    with site.proxy.client() as first, site.proxy.client() as second:
        assert kept(site, first, address) == "MISS"
        assert kept(site, second, address) == "HIT"
        assert kept(site, second, address, Cookie="counter=of-another-site") == "HIT"


def test_files_with_a_digest_in_their_name_are_kept(site: Site, reader: httpx.Client) -> None:
    shell = reader.get("/app/").text
    assets = re.findall(r"/app/assets/[\w.-]+", shell)
    assert assets
    assert [kept(site, reader, assets[0]) for _ in range(2)] == ["MISS", "HIT"]
    assert "immutable" in reader.get(assets[0]).headers["Cache-Control"]
    assert kept(site, reader, "/app/") == "-"
    assert kept(site, reader, "/app/sw.js") == "-"


def test_each_language_is_kept_apart(site: Site, reader: httpx.Client) -> None:
    address = "/how-it-works?kept=apart"
    chinese, english = reader.get(address).text, reader.get(address, headers=cookie("en")).text
    assert 'lang="zh-CN"' in chinese and 'lang="en"' in english
    assert kept(site, reader, address) == "HIT"
    assert kept(site, reader, address, **cookie("en")) == "HIT"
    assert kept(site, reader, address, **cookie("anything")) == "HIT"
    assert reader.get(address).text == chinese
    assert reader.get(address, headers=cookie("en")).text == english


def cookie(language: str) -> dict[str, str]:
    return {"Cookie": f"lang={language}"}


@pytest.mark.parametrize(
    "sent",
    [
        {"Cookie": "lang=en; lang=zh-CN"},
        {"Cookie": "lang=zh-CN; lang=en"},
        {"Cookie": "lang=; lang=en", "X-Lang": "en"},
        {"X-Lang": "en"},
        {"Cookie": 'lang="en"'},
        {"Cookie": "lang=xx", "X-Lang": "en"},
    ],
)
def test_no_reader_chooses_another_readers_language(
    reader: httpx.Client, sent: dict[str, str]
) -> None:
    address = f"/open-data?case={hashlib.sha256(repr(sent).encode()).hexdigest()}"
    reader.get(address, headers=sent)
    assert 'lang="zh-CN"' in reader.get(address).text
    assert 'lang="en"' in reader.get(address, headers=cookie("en")).text


def test_who_is_signed_in_gets_own_pages_and_leaves_none_behind(
    site: Site, officer: Officer, reader: httpx.Client
) -> None:
    address = "/items?signed-in"
    assert kept(site, officer.client, address) == "BYPASS"
    assert kept(site, reader, address) == "MISS"
    for own in ("/api/v1/me", "/office/account"):
        assert kept(site, officer.client, own) in {"-", "BYPASS"}
        reply = officer.client.get(own)
        assert reply.headers["Cache-Control"].startswith(("no-store", "private")), own


def test_choosing_a_language_is_never_kept(reader: httpx.Client) -> None:
    for _ in range(2):
        reply = reader.get("/lang/en?next=/draws")
        assert (reply.status_code, reply.headers["Location"]) == (303, "/draws")
        assert "lang=en" in reply.headers["Set-Cookie"]
        assert reply.headers["Cache-Control"] == "no-store"
        reader.cookies.clear()


def test_forty_megabytes_arrive_in_pieces(officer: Officer, behind: Flask) -> None:
    data = film(40 << 20)
    headers = tus.headers_for(officer.visit, data, filename="入户.mp4", mime="video/mp4")
    with_type = officer.client.post("/api/v1/evidence", headers=headers)
    place, offset = with_type.raise_for_status().headers["Location"], 0
    while offset < len(data):
        piece = data[offset : offset + PIECE]
        reply = officer.client.patch(place, content=piece, headers=tus.patch_headers(offset))
        assert reply.status_code == 204, reply.text
        offset = int(reply.headers["Upload-Offset"])
    digest = hashlib.sha256(data).hexdigest()
    assert hashlib.sha256(storage.get_bytes(store.final_key(digest))).hexdigest() == digest


def test_bytes_reach_the_store_while_the_phone_still_sends(
    site: Site, officer: Officer, behind: Flask
) -> None:
    data = film(24 << 20)
    made = officer.client.post("/api/v1/evidence", headers=tus.headers_for(officer.visit, data))
    place = made.headers["Location"]
    sent = 9 << 20
    with half_sent(site, officer, place, data, sent):
        give_up = monotonic() + 30
        while (arrived := offset_of(place)) < store.SEGMENT:
            assert monotonic() < give_up, f"{arrived} of {sent} sent bytes are with the program"
        assert list((site.proxy.folder / "body").rglob("*.*")) == []
    give_up = monotonic() + 30
    while offset_of(place) < sent:
        assert monotonic() < give_up, "what came before the line broke is not counted"


def offset_of(place: str) -> int:
    with Session(db.engine) as session:
        session.connection(execution_options={"read_only": True})
        received = select(Upload.received).where(Upload.id == UUID(place.rsplit("/", 1)[1]))
        return int(session.scalars(received).one())


def half_sent(site: Site, officer: Officer, place: str, data: bytes, count: int) -> ssl.SSLSocket:
    """A request that announces all of ``data``, sends ``count`` bytes of it and then waits."""
    head = tus.patch_headers(0) | {
        "Host": f"localhost:{site.proxy.port}",
        "Cookie": "; ".join(f"{name}={value}" for name, value in officer.client.cookies.items()),
        "X-CSRF-Token": officer.client.headers["X-CSRF-Token"],
        "Content-Length": str(len(data)),
    }
    text = f"PATCH {place} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in head.items())
    plain = socket.create_connection(("127.0.0.1", site.proxy.port))
    line = site.proxy.trusting().wrap_socket(plain, server_hostname="localhost")
    line.sendall(text.encode() + b"\r\n" + data[:count])
    return line


def test_pages_outlive_the_program_and_the_rest_says_when_to_come_back(
    site: Site, reader: httpx.Client
) -> None:
    address = "/how-it-works?outlives"
    page = reader.get(address).text
    site.server.stop()
    try:
        assert reader.get(address).text == page
        away = reader.get("/api/v1/csrf")
        assert (away.status_code, away.headers["Retry-After"]) == (503, "5")
        assert away.headers["Cache-Control"] == "no-store"
    finally:
        site.server.start()
    give_up = monotonic() + 30
    while reader.get("/api/v1/csrf").status_code != 200:
        assert monotonic() < give_up
