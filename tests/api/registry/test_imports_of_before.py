"""Imports that an earlier release checked or made are shown, and can be read and checked anew."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from backend.app.platform.database import db
from backend.app.registry.models import ImportBatch
from tests.api.registry.importing import HEAD, batch_at, check, row, upload, write
from tests.pure.registry.files import csv_bytes

LATER_COUNTS = ("words", "pairs", "fates", "effect_rows", "left_out")
LATER_OPTIONS = ("words", "pairs", "left_columns", "take_hidden")


def forget(address: str) -> None:
    """Leave in the batch only what an earlier release wrote."""
    with Session(db.engine) as session, session.begin():
        batch = session.get_one(ImportBatch, UUID(address.rsplit("/", 1)[1]))
        batch.counts = {n: held for n, held in batch.counts.items() if n not in LATER_COUNTS}
        batch.summary = {n: held for n, held in batch.summary.items() if n != "effect_rows"}
        batch.options = {n: held for n, held in batch.options.items() if n not in LATER_OPTIONS}
        batch.survey, batch.delimiter = {}, ""


@pytest.mark.parametrize("made", [False, True])
def test_an_import_of_before_is_shown_and_goes_on(client: Any, sign_in: Any, made: bool) -> None:
    sign_in(client, role="department_admin")
    address = upload(client, "enterprises", csv_bytes((HEAD, row(1), row(2, code="123"))))
    check(client, address)
    if made:
        write(client, address, only_good="1")
    forget(address)
    for page in ("", "?step=columns", "?step=firms", "/report.xlsx"):
        assert client.get(address + page).status_code == 200
    assert "导入核对" not in client.get(address).get_data(as_text=True)
    if made:
        assert batch_at(address).summary["new"] == 1
        return
    assert check(client, address).counts["fates"] == {"header": 1}
    assert write(client, address, only_good="1").summary["new"] == 1
