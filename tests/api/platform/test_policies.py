"""Which pages may compile WebAssembly: the public verifier, and nothing else."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.conftest import Browser


@pytest.mark.parametrize("address", ["/", "/fairness", "/sign-in", "/look/tokens.css", "/healthz"])
def test_pages_run_no_script_but_their_own(app: Flask, client: Browser, address: str) -> None:
    policy = client.get(address).headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("name", ["", "verify.mjs", "root-worker.mjs", "verify-offline.html"])
def test_the_verifier_alone_may_compile_what_its_script_writes(
    app: Flask, client: Browser, name: str
) -> None:
    reply = client.get(f"/verify/{name}")
    assert reply.status_code == 200
    policy = reply.headers["Content-Security-Policy"]
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy
    assert "'unsafe-inline'" not in policy and "'unsafe-eval'" not in policy
