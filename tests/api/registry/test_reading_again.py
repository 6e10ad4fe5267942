"""Reading an uploaded file another way, with values no form of ours sends."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.registry.importing import HEAD, batch_at, row, upload
from tests.pure.registry.files import csv_bytes


@pytest.mark.parametrize(
    "form",
    [
        {"encoding": "punycode"},
        {"encoding": "zip"},
        {"encoding": "no such thing"},
        {"sheet": "x" * 5000},
        {"header_row": "99999999999999999999"},
        {"header_row": "-7"},
    ],
)
def test_a_way_to_read_that_was_not_offered_changes_nothing(
    form: dict[str, str], client: Any, sign_in: Any
) -> None:
    sign_in(client, role="department_admin")
    address = upload(client, "enterprises", csv_bytes([HEAD, row(1)]))
    before = batch_at(address)
    reply = client.post(f"{address}/reread", data=form)
    assert reply.status_code == 303
    after = batch_at(address)
    assert (after.encoding, after.sheet, after.header_row) == (
        before.encoding,
        before.sheet,
        before.header_row,
    )
