"""Which pages may compile WebAssembly: the public verifier, and nothing else."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.conftest import Browser

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
