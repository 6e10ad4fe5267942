"""The verifier page in Chromium: files, numbers, failures, audit, languages, the offline file."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any, ClassVar

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from backend import drawkit as kit
from backend.app.platform.security import CONTENT_SECURITY_POLICY, VERIFIER_POLICY
from backend.app.platform.verifier import offline_page
from tests.pure.drawkit.proofs import VERIFIER_KEY, prove
from tests.pure.drawkit.samples import Sample, sample, with_replacements

ROOT = Path(__file__).resolve().parents[2]
NUMBER = "330106-2026-0001-1"
BUNDLES = json.loads((ROOT / "tests/vectors/draw-v1-bundles.json").read_text("utf-8"))
pytestmark = pytest.mark.e2e


def finished() -> Sample:
    return with_replacements(sample(Random(21), witnesses=3), Random(21))


class Site(SimpleHTTPRequestHandler):
    """A site with the verifier's folder under the policy it is served with (below /strict/ one
    without WebAssembly), one published draw, and a ledger's key."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", self.policy)
        super().end_headers()

    policy = VERIFIER_POLICY
    news: ClassVar[dict[str, str]] = {}

    def do_GET(self) -> None:
        if self.path == "/ledger/key":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(f"{VERIFIER_KEY}\n".encode())
            return None
        if self.path.startswith("/strict/"):
            self.policy, self.path = CONTENT_SECURITY_POLICY, self.path.removeprefix("/strict")
        if self.path.startswith("/open/"):
            return self.tell_draw()
        return super().do_GET()

    def tell_draw(self) -> None:
        """Send the published bundle, and the opened rows of the sealed draw but one."""
        data = {
            f"/open/v1/draws/{NUMBER}.zip": finished().zip(),
            f"/open/v1/draws/{NUMBER}": json.dumps(
                {"drawn": BUNDLES["sealed"]["opened"][1:]} | self.news
            ).encode(),
        }.get(self.path)
        if data is None:
            asked = self.path.rsplit("/", 1)[-1].removesuffix(".zip")
            return self.send_error({"BUSY": 429, "BROKEN": 500}.get(asked, 404))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(data)
        return None

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    handler = partial(Site, directory=str(ROOT / "frontend"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/verify/index.html"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.set_default_timeout(20_000)
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on(
        "console",
        lambda message: (
            troubles.append(message.text)
            if message.type == "error" and "404" not in message.text
            else None
        ),
    )
    yield page
    page.close()
    assert troubles == []


def give(page: Page, data: bytes) -> None:
    payload: Any = {"name": "draw.zip", "mimeType": "application/zip", "buffer": data}
    page.set_input_files("#file", payload)


def test_a_draw_fetched_by_its_number_is_equal_and_every_check_is_timed(
    page: Page, site: str
) -> None:
    page.goto(f"{site}?draw={NUMBER}")
    expect(page.locator("#outcome")).to_have_class("outcome equal")
    expect(page.locator("#stamp")).to_have_text("相符")
    names = [line.name for line in kit.verify_bundle(finished().zip()).lines]
    expect(page.locator("#checks li")).to_have_count(len(names))
    times = page.locator("#checks .time").all_inner_texts()
    assert all(time.endswith("毫秒") for time in times)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_tampered_file_differs_with_one_plain_sentence_in_both_languages(
    page: Page, site: str
) -> None:
    made = finished()
    words = made.files["transcript.json"].replace("骰子 w2".encode(), "骰子 w9".encode())
    page.goto(site)
    give(page, made.zip(transcript__json=words))
    expect(page.locator("#verdict-more")).to_have_text("见证人 w2 公开的不是当初密封提交的随机数。")
    page.locator("#language").click()
    expect(page.locator("#verdict-more")).to_have_text(
        "Witness w2 revealed something else than was committed to."
    )
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#audit-card")).to_be_hidden()


def test_what_is_no_bundle_and_what_is_not_published_are_said_plainly(
    page: Page, site: str
) -> None:
    page.goto(site)
    give(page, b"not a zip")
    expect(page.locator("#outcome")).to_have_class("outcome unreadable")
    page.fill("#number", "330106-2026-0001-9")
    page.locator("#by-number button").click()
    expect(page.locator("#notice")).to_contain_text("尚未公布")
    page.fill("#number", "../secret")
    page.locator("#by-number button").click()
    expect(page.locator("#notice")).to_contain_text("抽取编号只含")


@pytest.mark.parametrize(("draw", "said"), [("BUSY", "请求过多"), ("BROKEN", "代码 500")])
def test_a_site_that_gives_no_bundle_is_said_to_and_not_the_network(
    chromium: Browser, site: str, draw: str, said: str
) -> None:
    page = chromium.new_page()
    page.goto(site)
    page.fill("#number", draw)
    page.locator("#by-number button").click()
    expect(page.locator("#notice")).to_contain_text(said)
    expect(page.locator("#notice")).not_to_contain_text("网络")
    page.close()


def test_the_example_of_a_number_looks_like_the_numbers_that_draws_get(
    page: Page, site: str
) -> None:
    page.goto(site)
    hint = page.locator("#number").get_attribute("placeholder")
    assert re.fullmatch(r"如 \d{6}-\d{4}-H[12]-\d+", hint or ""), hint


def test_one_enterprise_is_audited_by_its_code(page: Page, site: str) -> None:
    made = finished()
    page.goto(site)
    give(page, made.zip())
    page.fill("#code", made.result.objects()[0].lower())
    page.locator("#audit button").click()
    expect(page.locator(".slip.drawn")).to_contain_text("中签，第 1 签")
    drawn = set(made.result.objects())
    spare = next(
        line.split(b"\t")[1].decode()
        for line in made.result.pool_lines
        if line.split(b"\t")[1].decode() not in drawn
    )
    page.fill("#code", spare)
    page.locator("#audit button").click()
    expect(page.locator("#audit-answer")).to_contain_text("未中签")
    page.fill("#code", "E999")
    page.locator("#audit button").click()
    expect(page.locator("#audit-answer")).to_contain_text("不在封存名录里")


def sealed_zip() -> bytes:
    files = BUNDLES["sealed"]["files"]
    return kit.write_bundle({name: text.encode() for name, text in files.items()})


def ask(page: Page, code: str, salt: str = "") -> Locator:
    page.fill("#code", code)
    page.fill("#salt", salt)
    page.locator("#audit button").click()
    return page.locator("#audit-answer")


def test_a_sealed_enterprise_is_audited_by_its_salt_or_by_the_published_one(
    page: Page, site: str
) -> None:
    page.goto(site)
    give(page, sealed_zip())
    shut, *opened = BUNDLES["sealed"]["opened"]
    expect(page.locator("#opened")).to_contain_text(f"{len(opened)} 户的检查结果已公布")
    expect(page.locator("#list")).to_contain_text(opened[0]["code"])
    answer = ask(page, opened[0]["code"])
    expect(answer).to_contain_text(f"名录第 {opened[0]['row'] + 1} 行")
    expect(answer).to_contain_text("抽签值不大于本类别中签的最大抽签值，所以中签")
    answer = ask(page, shut["code"])
    expect(answer).to_contain_text("要连同它的盐值才能查")
    groups = " ".join(shut["salt"][at : at + 8].upper() for at in range(0, 64, 8))
    answer = ask(page, f" {shut['code'].lower()}", groups)
    expect(answer.locator(".slip.drawn")).to_be_visible()
    expect(answer).to_contain_text(f"名录第 {shut['row'] + 1} 行")
    page.locator("#language").click()
    expect(answer).to_contain_text("its lot is not larger than the largest winning lot")
    answer = ask(page, shut["code"], opened[0]["salt"])
    expect(answer).to_contain_text("lead to no row of the roster")
    answer = ask(page, shut["code"], "12345")
    expect(answer).to_contain_text("A salt has 64 digits")
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_recusals_in_part_are_checked_and_a_tampered_part_is_named(page: Page, site: str) -> None:
    known = BUNDLES["by_row"]
    files = {name: text.encode() for name, text in (known["files"] | known["part"]).items()}
    page.goto(site)
    give(page, kit.write_bundle(files))
    expect(page.locator("#outcome")).to_have_class("outcome equal")
    expect(page.locator("#checks")).to_contain_text("一条不少，都与封存的校验值相符")
    forged = {"recusals.json": known["tampered"][0]["recusals.json"].encode()}
    give(page, kit.write_bundle(files | forged))
    expect(page.locator("#outcome")).to_have_class("outcome differs")
    expect(page.locator("#verdict-more")).to_contain_text("推不出封存的校验值")
    page.locator("#language").click()
    expect(page.locator("#verdict-more")).to_contain_text("do not lead to the frozen root")


def test_a_file_can_be_dropped_on_the_page(page: Page, site: str) -> None:
    page.goto(site)
    script = """async (address) => {
      const bytes = await (await fetch(address)).arrayBuffer();
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], "draw.zip"));
      return transfer;
    }"""
    transfer = page.evaluate_handle(script, f"/open/v1/draws/{NUMBER}.zip")
    page.dispatch_event("#drop", "drop", {"dataTransfer": transfer})
    expect(page.locator("#outcome")).to_have_class("outcome equal")


def test_without_vectors_a_large_roster_is_verified_all_the_same(page: Page, site: str) -> None:
    page.goto(site.replace("/verify/", "/strict/verify/"))
    script = "import('./lanes.mjs').then((m) => m.fits([0, 1, 2, 3, 4, 5, 6, 7, 8], 0, 8))"
    assert page.evaluate(script) is False
    give(page, finished().zip())
    expect(page.locator("#outcome")).to_have_class("outcome equal")
    page.goto(site)
    assert page.evaluate(script) is True


def test_the_ledgers_key_is_asked_for_and_its_signature_checked(page: Page, site: str) -> None:
    made = finished()
    proofs = prove(made.files, made.freeze["draw"])
    page.goto(site)
    give(page, made.zip())
    expect(page.locator("#outcome")).to_have_class("outcome equal")
    page.locator("#key-part summary").click()
    page.check("#require-ledger")
    page.locator("#key-apply").click()
    expect(page.locator("#verdict-more")).to_have_text("要求留痕台账证明，但包里没有。")
    give(page, kit.write_bundle(made.files | proofs))
    expect(page.locator("#checks")).to_contain_text("签名未核")
    page.locator("#key-here").click()
    expect(page.locator("#checks")).to_contain_text("签名有效")
    expect(page.locator("#ledger-key")).to_have_value(VERIFIER_KEY)
    page.fill("#ledger-key", VERIFIER_KEY.replace("ledger.example", "ledger.elsewhere"))
    page.locator("#key-apply").click()
    expect(page.locator("#verdict-more")).to_have_text("给出的留痕台账公钥不合格式。")


def test_the_offline_file_verifies_from_a_disk_and_connects_nowhere(
    page: Page, tmp_path: Path
) -> None:
    copy = tmp_path / "saved.html"
    copy.write_text(offline_page(ROOT / "frontend/verify"), "utf-8")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(copy.as_uri())
    give(page, finished().zip())
    expect(page.locator("#outcome")).to_have_class("outcome equal")
    give(page, sealed_zip())
    expect(page.locator("#salt-field")).to_be_visible()
    one = next(one for one in BUNDLES["sealed"]["asked"] if one["answer"]["number"] is None)
    expect(ask(page, one["code"], one["salt"])).to_contain_text("未中签")
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def test_a_folder_opened_from_a_disk_says_what_to_use_instead(chromium: Browser) -> None:
    page = chromium.new_page()
    page.goto((ROOT / "frontend/verify/index.html").as_uri())
    page.wait_for_timeout(1_700)
    box = page.locator(".not-started").bounding_box()
    assert box is not None
    assert box["height"] > 30
    expect(page.locator(".not-started")).to_contain_text("Use the single file verify-offline.html")
    page.close()


def test_a_draw_that_was_declared_void_says_so_above_the_verdict(
    page: Page, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.goto(f"{site}?draw={NUMBER}")
    expect(page.locator("#outcome")).to_have_class("outcome equal")
    expect(page.locator("#voided")).to_be_hidden()
    monkeypatch.setattr(Site, "news", {"state": "voided", "reason": "名录有误"})
    page.reload()
    expect(page.locator("#voided")).to_contain_text("已作废：名录有误")
    page.locator("#language").click()
    expect(page.locator("#voided")).to_contain_text("declared void after its result: 名录有误")


def test_the_portals_language_is_that_of_the_verifier(page: Page, site: str) -> None:
    page.context.add_cookies([{"name": "lang", "value": "en", "url": site}])
    page.goto(site)
    expect(page.locator("h1")).to_contain_text("Do not take our word")
    page.goto(f"{site}?lang=zh")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    assert page.locator(".not-started").count() == 0


def test_both_languages_have_the_same_sentences() -> None:
    found = [
        set(
            line.split(":")[0].strip().strip('"')
            for line in (ROOT / f"frontend/verify/texts-{code}.mjs").read_text("utf-8").splitlines()
            if line.startswith("  ") and not line.startswith("   ")
        )
        for code in ("zh", "en")
    ]
    assert found[0] == found[1]
    assert len(found[0]) > 150
