"""A caller's address is believed from our own proxies and from nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.app import create_app
from backend.app.platform.settings import SettingsRefused
from tests.conftest import make_settings

FORWARDED = {"X-Forwarded-For": "198.51.100.7, 203.0.113.9"}


def metrics_status(folder: Path, proxies: str, peer: str, headers: dict[str, str]) -> int:
    """/metrics is for this machine only, so its status tells which address was believed."""
    client = create_app(make_settings(folder, trusted_proxies=proxies)).test_client()
    environ = {"REMOTE_ADDR": peer}
    return client.get("/metrics", headers=headers, environ_overrides=environ).status_code


def test_the_callers_address_comes_from_the_proxy_before_us(tmp_path: Path) -> None:
    assert metrics_status(tmp_path, "1", "127.0.0.1", FORWARDED) == 403
    assert metrics_status(tmp_path, "1", "127.0.0.1", {}) == 200


def test_without_proxies_nobody_can_claim_to_be_this_machine(tmp_path: Path) -> None:
    claim = {"X-Forwarded-For": "127.0.0.1"}
    assert metrics_status(tmp_path, "0", "203.0.113.9", claim) == 403


def test_only_as_many_hops_are_believed_as_there_are_proxies(tmp_path: Path) -> None:
    forged = {"X-Forwarded-For": "127.0.0.1, 203.0.113.9"}
    assert metrics_status(tmp_path, "1", "127.0.0.1", forged) == 403


def test_a_number_of_proxies_that_cannot_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match="TRUSTED_PROXIES"):
        make_settings(tmp_path, trusted_proxies="many")
