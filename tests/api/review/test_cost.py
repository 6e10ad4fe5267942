"""What the record page asks the database: nothing twice, and no more for a longer queue."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.conftest import Browser
from tests.factories.accounts import make_department
from tests.factories.field import handed_in


def asked(client: Browser, address: str) -> Counter[str]:
    """How often each statement was sent for a page."""
    found: Counter[str] = Counter()

    def note(_c: Any, _k: Any, statement: str, *_rest: Any) -> None:
        found[statement] += 1

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert client.get(address).status_code == 200
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return found


def test_a_longer_queue_asks_no_more_and_a_record_is_read_and_folded_once(
    client: Browser, sign_in: Any
) -> None:
    bureau = make_department()
    field, _digest = handed_in("第一家", department=bureau)
    sign_in(client, department=bureau)
    address = f"/office/review/{field.visit}"
    asked(client, address)
    before = asked(client, address)
    for name in ("第二家", "第三家"):
        handed_in(name, department=bureau)
    after = asked(client, address)
    assert after.total() <= before.total()
    package = [number for text, number in after.items() if "FROM visit_package" in text]
    assert sum(package) <= 1
