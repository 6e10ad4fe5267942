"""Enterprises that stood in the register before are named where two are probably one firm."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.registry.importing import check, pair_keys, upload, write
from tests.factories.registry import make_enterprise, sound_code
from tests.pure.registry.files import csv_bytes

PAIRS = "/office/registry/enterprises/pairs"
OLD, SECOND = "370399000000018", "370399000000026"
SAME_PLACE = {"name": "同名", "address": "东街9号"}
FIRMS = ("统一社会信用代码", "注册号", "企业名称", "行政区划代码", "住所")


def page(client: Any, address: str = PAIRS) -> str:
    reply = client.get(address)
    assert reply.status_code == 200
    return str(reply.get_data(as_text=True))


def make_strangers() -> None:
    """Firms that share one thing with each other, which is not enough."""
    make_enterprise(name="连锁店", address="东街1号", registration_number="")
    make_enterprise(name="连锁店", address="东街2号", registration_number="")
    make_enterprise(name="甲店", address="西街1号")
    make_enterprise(name="乙店", address="西街1号")
    make_enterprise(name="丙店", address="")
    make_enterprise(name="丙店", address="")


def test_firms_that_share_less_are_no_pair(client: Any, sign_in: Any) -> None:
    make_strangers()
    sign_in(client, role="supervisor")
    text = page(client)
    assert "未发现疑似重复" in text
    assert "连锁店" not in text


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ({"code": OLD, "name": "甲"}, {"registration_number": OLD, "name": "乙"}, "注册号相同"),
        ({"registration_number": SECOND}, {"registration_number": SECOND}, "注册号相同"),
        (
            {"name": "同名", "address": "东街9号"},
            {"name": "同名", "address": "东街9号"},
            "名称和地址相同",
        ),
    ],
)
def test_two_entries_of_one_firm_are_shown_to_each_other_until_one_is_out_of_business(
    client: Any, sign_in: Any, first: dict[str, str], second: dict[str, str], reason: str
) -> None:
    make_strangers()
    one, other = make_enterprise(**first), make_enterprise(**second)
    sign_in(client, role="department_admin")
    text = page(client)
    assert text.count('class="card pair"') == 1
    assert reason in text
    for found, shown in ((one, other), (other, one)):
        assert f"/office/registry/enterprises/{found.id}" in text
        own = page(client, f"/office/registry/enterprises/{found.id}")
        assert "疑似同一户" in own
        assert f"/office/registry/enterprises/{shown.id}" in own
    ended = make_enterprise(**(second | {"status": "closed", "code": sound_code(900)}))
    assert f"{ended.id}" not in page(client)
    assert "疑似同一户" not in page(client, f"/office/registry/enterprises/{ended.id}")


def test_a_pair_that_an_import_decided_to_be_two_firms_is_left_out(
    client: Any, sign_in: Any
) -> None:
    make_enterprise(code=sound_code(801), name="同名", address="东街9号")
    sign_in(client, role="system_admin")
    rows = (FIRMS, (sound_code(802), "", "同名", "370399", "东街9号"))
    address = upload(client, "enterprises", csv_bytes(rows))
    check(client, address)
    [key] = pair_keys(address)
    assert client.post(f"{address}/firms", data={f"pair-{key}": "apart"}).status_code == 303
    write(client, address)
    assert "未发现疑似重复" in page(client)
    assert PAIRS in page(client, address)


def test_of_many_alike_each_is_shown_with_the_next(client: Any, sign_in: Any) -> None:
    made = [make_enterprise(**SAME_PLACE) for _number in range(4)]
    sign_in(client, role="supervisor")
    text = page(client)
    assert text.count('class="card pair"') == 3
    assert all(f"/office/registry/enterprises/{one.id}" in text for one in made)
