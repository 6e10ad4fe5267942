"""Which pages may compile WebAssembly: the public verifier, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.app import create_app
from tests.conftest import ROOT, Browser, make_settings

pytestmark = pytest.mark.one_database


def policy_of(client: Browser, address: str) -> str:
    with client.get(address) as reply:
        assert reply.status_code == 200, address
        return str(reply.headers["Content-Security-Policy"])


@pytest.mark.parametrize("address", ["/", "/fairness", "/sign-in", "/look/tokens.css", "/healthz"])
def test_pages_run_no_script_but_their_own(app: Flask, client: Browser, address: str) -> None:
    policy = policy_of(client, address)
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("name", ["", "verify.mjs", "root-worker.mjs", "verify-offline.html"])
def test_the_verifier_alone_may_compile_what_its_script_writes(
    app: Flask, client: Browser, name: str
) -> None:
    policy = policy_of(client, f"/verify/{name}")
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy
    assert "'unsafe-inline'" not in policy and "'unsafe-eval'" not in policy


def client_of(folder: Path, sqlite_url: str, **changes: str) -> FlaskClient:
    settings = make_settings(folder, sqlite_url, origin="https://inspect.example", **changes)
    return create_app(settings).test_client()


def test_browsers_keep_to_tls_here_and_below_only_where_that_is_set(
    tmp_path: Path, sqlite_url: str
) -> None:
    name = "Strict-Transport-Security"
    assert client_of(tmp_path, sqlite_url).get("/healthz").headers[name] == "max-age=31536000"
    told = client_of(tmp_path, sqlite_url, hsts_subdomains="1").get("/healthz").headers[name]
    assert told == "max-age=31536000; includeSubDomains"


def test_the_language_travels_over_tls_only_where_the_site_does(
    tmp_path: Path, sqlite_url: str, client: Browser
) -> None:
    over_tls = client_of(tmp_path, sqlite_url).get("/lang/en").headers["Set-Cookie"]
    assert "lang=en" in over_tls and "Secure" in over_tls
    assert "Secure" not in client.get("/lang/en").headers["Set-Cookie"]


def test_every_language_cookie_is_written_in_one_place() -> None:
    writing = [
        path.name
        for path in (ROOT / "backend").rglob("*.py")
        if "set_cookie(" in path.read_text(encoding="utf-8")
    ]
    assert writing == ["i18n.py"]
