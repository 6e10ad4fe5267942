"""What is chosen for all rows of a file is bound to what the person keeps, like the rows' own."""

from __future__ import annotations

from typing import Any

import pytest

from backend.app.platform import ids
from backend.app.registry.models import Enterprise, InspectionItem, Officer
from tests.api.registry.importing import HEAD, check, count, findings, row, upload, write
from tests.factories.accounts import make_department
from tests.pure.registry.files import csv_bytes

OFFICERS = ("姓名", "执法证号", "执法证有效期至", "执法资格")


@pytest.mark.parametrize("known", [True, False])
def test_officers_are_not_put_into_a_department_one_does_not_keep(
    known: bool, client: Any, sign_in: Any
) -> None:
    other = str(make_department("消防大队").id if known else ids.new_id())
    sign_in(client, role="department_admin")
    file = csv_bytes([OFFICERS, ("王敏", "37039900001", "2030-01-31", "")])
    address = upload(client, "officers", file)
    batch = check(client, address, default_department=other)
    assert findings(address) == [(2, "department_not_kept")]
    assert batch.counts["good_entries"] == 0
    client.post(f"{address}/import", data={"only_good": "1"})
    assert count(Officer) == 0


def test_a_department_that_is_no_id_is_refused_and_not_a_failure(client: Any, sign_in: Any) -> None:
    sign_in(client, role="department_admin")
    file = csv_bytes([OFFICERS, ("王敏", "37039900001", "2030-01-31", "")])
    address = upload(client, "officers", file)
    assert check(client, address, default_department="nowhere").state == "checked"
    assert findings(address) == [(2, "department_not_kept")]


def test_enterprises_are_not_put_into_a_region_one_does_not_keep(client: Any, sign_in: Any) -> None:
    sign_in(client, role="department_admin")
    address = upload(client, "enterprises", csv_bytes([HEAD, row(1, region="")]))
    check(client, address, default_region="110101")
    assert (2, "region_not_kept") in findings(address)
    client.post(f"{address}/import", data={"only_good": "1"})
    assert count(Enterprise) == 0


def test_a_file_checked_by_who_keeps_all_is_not_imported_by_who_keeps_less(
    app: Any, client: Any, sign_in: Any
) -> None:
    home, other = make_department(), make_department("消防大队")
    sign_in(client, role="system_admin", department=home)
    file = csv_bytes([OFFICERS, ("王敏", "37039900001", "2030-01-31", "")])
    address = upload(client, "officers", file)
    assert check(client, address, default_department=str(other.id)).state == "checked"
    keeper = app.test_client()
    sign_in(keeper, role="department_admin", department=home)
    batch = write(keeper, address)
    assert (batch.state, batch.failure) == ("failed", "changed_since_check")
    assert count(Officer) == 0
    items = csv_bytes([("抽查事项", "抽查类别"), ("食品检查", "一般")])
    address = upload(client, "items", items)
    assert check(client, address, default_department=str(other.id), numbering="number")
    assert write(keeper, address).state == "failed"
    assert count(InspectionItem) == 0
