"""A dispatched draw, and the phones of its officers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from tests.factories.replacements import Hand, Sent, hand


@pytest.fixture
def phone_of(app: Flask, client: Any, sign_in: Any) -> Callable[[Sent, UUID], Hand]:
    """``phone_of(sent, officer id)`` → that officer's phone. ``client`` makes browsers ours."""

    def make(sent: Sent, officer: UUID) -> Hand:
        return hand(app, sign_in, sent, officer)

    return make


@pytest.fixture
def desk(app: Flask, client: Any, sign_in: Any) -> Callable[..., Any]:
    """``desk(account)`` → a browser of that account, freshly proven."""

    def open_desk(account: Any, *, stepped_up: bool = True) -> Any:
        browser = app.test_client()
        sign_in(browser, account=account, stepped_up=stepped_up)
        return browser

    return open_desk
