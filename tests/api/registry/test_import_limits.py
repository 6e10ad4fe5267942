"""Imports: whose they are, what is lost or empty, running ones, both languages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from backend.app.platform import storage
from backend.app.registry.models import (
    Enterprise,
    ImportBatch,
    ImportProblem,
)
from backend.app.registry.service import import_files
from tests.api.registry.importing import (
    HEAD,
    IMPORTS,
    batch_at,
    check,
    count,
    row,
    upload,
    write,
)
from tests.factories.registry import make_enterprise, sound_code
from tests.pure.registry.files import csv_bytes


def test_imports_of_other_departments_cannot_be_reached(
    client: Any, app: Any, sign_in: Any
) -> None:
    sign_in(client, role="department_admin")
    address = upload(client, "enterprises", csv_bytes((HEAD, row(1))))
    stranger = app.test_client()
    sign_in(stranger, role="department_admin")
    for path in ("", "/progress", "/report.xlsx"):
        assert stranger.get(address + path).status_code == 404
    assert stranger.post(f"{address}/import").status_code == 404
    supervisor = app.test_client()
    sign_in(supervisor, role="supervisor")
    assert supervisor.get(address).status_code == 403


def test_a_register_that_changed_owner_after_the_check_stops_the_import(
    client: Any, sign_in: Any, session: Session
) -> None:
    sign_in(client, role="department_admin")
    made = make_enterprise(code=sound_code(1))
    address = upload(client, "enterprises", csv_bytes((HEAD, row(1, name="改名"), row(2))))
    check(client, address)
    session.get_one(Enterprise, made.id).region_code = "370400"
    session.commit()
    batch = write(client, address)
    assert (batch.state, batch.failure) == ("failed", "changed_since_check")
    assert count(Enterprise) == 1
    assert "请重新核对" in client.get(address).get_data(as_text=True)
    assert check(client, address).state == "checked"


@pytest.mark.parametrize("state", ["checking", "importing"])
def test_a_running_import_shows_how_far_it_is_and_takes_no_orders(
    client: Any, sign_in: Any, session: Session, state: str
) -> None:
    sign_in(client, role="system_admin")
    address = upload(client, "enterprises", csv_bytes((HEAD, row(1))))
    batch = session.get_one(ImportBatch, UUID(address.rsplit("/", 1)[1]))
    batch.state = state
    storage.put_bytes(import_files.progress_key(batch.id), b"4000 50000")
    session.commit()
    page = client.get(address).get_data(as_text=True)
    assert 'hx-trigger="every 1s"' in page
    progress = client.get(f"{address}/progress").get_data(as_text=True)
    assert 'value="4000" max="50000"' in progress
    assert "<html" not in progress
    assert client.post(f"{address}/check", data={}).status_code == 409
    assert client.post(f"{address}/reread", data={}).status_code == 409


def test_a_file_lost_from_the_store_fails_in_words_and_not_for_ever(
    client: Any, sign_in: Any
) -> None:
    sign_in(client, role="system_admin")
    address = upload(client, "enterprises", csv_bytes((HEAD, row(1))))
    batch = check(client, address)
    storage.delete([import_files.rows_key(batch.id, batch.run, 0)])
    batch = write(client, address)
    assert (batch.state, batch.failure) == ("failed", "unexpected")
    assert count(Enterprise) == 0
    assert "未写入任何内容" in client.get(address).get_data(as_text=True)
    check(client, address)
    assert write(client, address).summary["new"] == 1


def test_a_discarded_import_leaves_nothing_behind(client: Any, sign_in: Any) -> None:
    sign_in(client, role="system_admin")
    address = upload(client, "enterprises", csv_bytes((HEAD, row(1, code="1"))))
    check(client, address)
    assert client.post(f"{address}/discard").status_code == 303
    assert count(ImportProblem) == 0
    assert "register.csv" not in client.get(IMPORTS).get_data(as_text=True)
    assert client.post(f"{address}/import").status_code == 409


def test_a_file_with_a_header_and_nothing_else_says_so(client: Any, sign_in: Any) -> None:
    sign_in(client, role="system_admin")
    address = upload(client, "enterprises", csv_bytes((HEAD,)))
    check(client, address)
    assert "列名之下没有数据行" in client.get(address).get_data(as_text=True)
    assert client.post(f"{address}/import").status_code == 409


@pytest.mark.parametrize("kind", ["items", "checklists", "materials", "officers", "enterprises"])
def test_the_empty_file_of_each_kind_is_read_back_without_a_question(
    client: Any, sign_in: Any, kind: str
) -> None:
    sign_in(client, role="system_admin")
    template = client.get(f"{IMPORTS}/template/{kind}.csv")
    address = upload(client, kind, template.data + b"\n" + b"x," * 30)
    batch = batch_at(address)
    assert batch.encoding == "utf-8-sig"
    labels = template.data.decode("utf-8-sig").strip().split(",")
    assert sorted(batch.mapping.values()) == list(range(len(labels)))


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_every_step_speaks_both_languages(client: Any, sign_in: Any, lang: str) -> None:
    sign_in(client, role="system_admin")
    client.set_cookie("lang", lang)
    address = upload(client, "enterprises", csv_bytes((HEAD, row(1, code="123"))))
    columns = client.get(address).get_data(as_text=True)
    check(client, address)
    report = client.get(address).get_data(as_text=True)
    assert ("Which column is what?" in columns) is (lang == "en")
    assert ("3 characters: a social credit code has 18" in report) is (lang == "en")
