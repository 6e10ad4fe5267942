"""Evidence in the office: who sees it, with which headers, and what a thumbnail is."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from tests.api.sync.conftest import Field
from tests.factories.accounts import make_account, make_department
from tests.fakes import pictures, tus

InField = Callable[..., Field]


@pytest.fixture
def office(app: Any, client: Any, sign_in: Any) -> Callable[..., Any]:
    """A signed-in supervisor of a department, with a browser of their own."""

    def make(department: Any = None) -> Any:
        browser = app.test_client()
        sign_in(browser, account=make_account(role="supervisor", department=department))
        return browser

    return make


def sent(officer: Field, data: bytes, filename: str = "照片 1.jpg") -> str:
    headers = tus.headers_for(officer.visit, data, filename=filename)
    reply = tus.send_all(officer.client, headers, data)
    assert reply.status_code == 204, reply.get_data(as_text=True)
    status = officer.client.get(f"/api/v1/evidence/status?visit={officer.visit}").get_json()
    return f"/office/evidence/{status[0]['evidence']}"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_thumbnail_is_upright_and_bare_of_metadata(
    orientation: int, in_field: InField, office: Any
) -> None:
    officer = in_field()
    data = pictures.jpeg((640, 480), orientation=orientation)
    reply = office(officer.team.department).get(sent(officer, data) + "/thumb320")
    assert (reply.status_code, reply.mimetype) == (200, "image/jpeg")
    thumb = Image.open(io.BytesIO(reply.data))
    assert thumb.size == ((320, 240) if orientation < 5 else (240, 320))
    assert not thumb.getexif()
    assert b"SECRETCAM" in data
    assert b"SECRETCAM" not in reply.data
    corners = {
        "top left": thumb.getpixel((4, 4)),
        "top right": thumb.getpixel((thumb.width - 5, 4)),
        "bottom left": thumb.getpixel((4, thumb.height - 5)),
        "bottom right": thumb.getpixel((thumb.width - 5, thumb.height - 5)),
    }
    red = [name for name, (r, g, _b) in corners.items() if r > 200 > 100 > g]  # type: ignore[misc]
    where = {
        1: "top left",
        2: "top right",
        3: "bottom right",
        4: "bottom left",
        5: "top left",
        6: "top right",
        7: "bottom right",
        8: "bottom left",
    }
    assert red == [where[orientation]]


def test_heic_is_shown_as_webp(in_field: InField, office: Any) -> None:
    officer = in_field()
    reply = office(officer.team.department).get(sent(officer, pictures.heic()) + "/thumb1280")
    assert (reply.status_code, reply.mimetype) == (200, "image/webp")
    assert Image.open(io.BytesIO(reply.data)).size == (64, 48)


def test_the_original_is_a_download_in_a_sandbox(in_field: InField, office: Any) -> None:
    officer = in_field()
    data = pictures.jpeg()
    name = '照片";\r\n../x.jpg'
    reply = office(officer.team.department).get(sent(officer, data, name) + "/original")
    assert reply.data == data
    assert reply.headers["Content-Length"] == str(len(data))
    assert reply.headers["Content-Type"] == "image/jpeg"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Content-Security-Policy"].startswith("sandbox;")
    disposition = reply.headers["Content-Disposition"]
    assert disposition.startswith("attachment;")
    assert "/" not in disposition
    assert "%E7%85%A7%E7%89%87" in disposition


def test_other_departments_and_inspectors_see_nothing(in_field: InField, office: Any) -> None:
    officer = in_field()
    place = sent(officer, pictures.jpeg())
    assert office(make_department()).get(place + "/thumb320").status_code == 404
    assert officer.client.get(place + "/thumb320").status_code == 403
    assert office(officer.team.department).get(place + "/thumb320").status_code == 200


def test_what_is_no_picture_has_no_thumbnail(in_field: InField, office: Any) -> None:
    officer = in_field()
    place = sent(officer, pictures.PDF)
    browser = office(officer.team.department)
    assert browser.get(place + "/thumb320").status_code == 404
    assert browser.get(place + "/original").status_code == 200
    assert browser.get(place + "/thumb99").status_code == 404


def test_a_truncated_picture_is_evidence_without_a_thumbnail(
    in_field: InField, office: Any
) -> None:
    officer = in_field()
    data = pictures.jpeg()[:2000]
    place = sent(officer, data)
    browser = office(officer.team.department)
    assert browser.get(place + "/thumb320").status_code == 404
    assert browser.get(place + "/original").data == data
