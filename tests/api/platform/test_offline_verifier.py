"""The verifier as one file: what is served says what the modules say, now."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from flask import Flask

from backend.app import create_app
from tests.conftest import ROOT, Browser, make_settings

VERIFY = ROOT / "frontend" / "verify"
ADDRESS = "/verify/verify-offline.html"


def served(client: Browser) -> str:
    reply = client.get(ADDRESS)
    assert (reply.status_code, reply.mimetype) == (200, "text/html")
    return str(reply.get_data(as_text=True))


def own_lines(module: Path) -> list[str]:
    """A module's lines but those by which modules name each other."""
    text = re.sub(r'^import\s[^;]*from\s+"[^"]+";\n', "", module.read_text("utf-8"), flags=re.M)
    text = re.sub(r"^export \{[^}]*\};\n", "", text, flags=re.M)
    text = re.sub(r"^export (?!default)", "", text, flags=re.M)
    text = text.replace("export default", "const standard =").replace(
        "import.meta.url", "location.href"
    )
    return text.splitlines()


@pytest.mark.one_database
def test_the_file_holds_every_module_word_for_word(app: Flask, client: Browser) -> None:
    page = re.sub(r"^const .* = module_\w+(?:\.default)?;\n", "", served(client), flags=re.M)
    workers = {"root-worker.mjs", "root-workers.mjs", "verify-worker.mjs"}
    found = [path for path in sorted(VERIFY.glob("*.mjs")) if path.name not in workers]
    assert len(found) > 20
    for module in found:
        assert "\n".join(own_lines(module)) in page, module.name
    assert (VERIFY / "verify.css").read_text("utf-8") in page
    assert "<script src" not in page and 'type="module"' not in page


def test_the_file_changes_with_its_modules_and_with_nothing_else(tmp_path: Path) -> None:
    frontend = tmp_path / "frontend"
    shutil.copytree(VERIFY, frontend / "verify")
    (frontend / "look").mkdir()
    app = create_app(make_settings(tmp_path, frontend_dir=str(frontend)))
    app.test_client_class = Browser
    client = app.test_client()
    first = client.get(ADDRESS)
    again = client.get(ADDRESS, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    module = frontend / "verify" / "zip.mjs"
    module.write_text(module.read_text("utf-8") + "\n// A word more.\n", "utf-8")
    changed = client.get(ADDRESS, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert "// A word more." in changed.get_data(as_text=True)
