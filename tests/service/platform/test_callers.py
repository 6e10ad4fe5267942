"""Limits count a caller by the address, of IPv6 by the network that one caller owns."""

from __future__ import annotations

import pytest
from flask import Flask

from backend.app.platform.security import caller

pytestmark = pytest.mark.one_database


def counted_as(app: Flask, address: str) -> str:
    with app.test_request_context(environ_overrides={"REMOTE_ADDR": address}):
        return caller()


def test_one_ipv6_network_is_one_caller(app: Flask) -> None:
    first = counted_as(app, "2001:db8:1:2::1")
    assert first == counted_as(app, "2001:db8:1:2:ffff:ffff:ffff:ffff") == "2001:db8:1:2::/64"
    assert first != counted_as(app, "2001:db8:1:3::1")


@pytest.mark.parametrize("address", ["198.51.100.7", "127.0.0.1", "::ffff:198.51.100.7"])
def test_every_ipv4_address_is_a_caller_of_its_own(app: Flask, address: str) -> None:
    assert counted_as(app, address) == address
