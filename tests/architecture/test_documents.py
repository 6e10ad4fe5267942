"""What the documents list is what there is: settings, decisions, files that they link to."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

from backend.app.platform.settings import PREFIX
from tests.architecture.source import ROOT

DOCUMENTS = sorted(chain(ROOT.glob("*.md"), (ROOT / "docs").rglob("*.md")))
DECISIONS = ROOT / "docs" / "adr"
READ = re.compile(r"(?:text|number|environ\.get)\(\s*(?:PREFIX \+ )?\"([A-Z][A-Z0-9_]+)\"")
FILES_OF_SETTINGS = ("compose.yaml", "compose.env.example", "Dockerfile", "systemd/evenhand.env")


def settings_of_the_program() -> set[str]:
    """Names of the variables, without their prefix, that the program reads."""
    source = (ROOT / "backend/app/platform/settings.py").read_text(encoding="utf-8")
    return set(READ.findall(source))


def documented_settings() -> set[str]:
    """Names in the first column of the table of settings."""
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    table = text.split("## 2. Settings")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return set(re.findall(r"`([A-Z0-9_]+)`", " ".join(rows))) - {PREFIX + "…"}


def test_every_setting_is_documented_and_nothing_else_is():
    assert len(settings_of_the_program()) > 20
    assert documented_settings() == settings_of_the_program()


def test_the_files_of_an_installation_set_only_what_is_read():
    named = set()
    for name in FILES_OF_SETTINGS:
        text = (ROOT / "deploy" / name).read_text(encoding="utf-8")
        named |= set(re.findall(PREFIX + r"([A-Z0-9_]+)", text))
    assert named
    assert named <= settings_of_the_program()


def test_the_index_of_decisions_names_each_with_its_title():
    pages = sorted(DECISIONS.glob("[0-9]*.md"))
    rows = ["| {} | [{}]({}) |".format(*_number_and_title(page), page.name) for page in pages]
    index = (DECISIONS / "README.md").read_text(encoding="utf-8")
    assert [line for line in index.splitlines() if re.match(r"\| \d", line)] == rows


def _number_and_title(page: Path) -> tuple[str, str]:
    heading = page.read_text(encoding="utf-8").splitlines()[0]
    found = re.fullmatch(r"# (\d+)\. (.+)", heading)
    assert found is not None, f"{page.name} begins with {heading}"
    assert int(found[1]) == int(page.name[:4])
    return found[1], found[2]


def test_every_file_that_a_document_links_to_exists():
    missing = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in DOCUMENTS
        for target in re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8"))
        if "://" not in target and not (document.parent / target).exists()
    ]
    assert missing == []


def test_every_heading_that_a_document_links_to_exists():
    missing = [
        f"{document.relative_to(ROOT)}: {target}#{anchor}"
        for document in DOCUMENTS
        for target, anchor in re.findall(
            r"\]\(([^)#\s]*)#([^)\s]+)\)", document.read_text(encoding="utf-8")
        )
        if "://" not in target and anchor not in _anchors(document.parent / target, document)
    ]
    assert missing == []


def _anchors(target: Path, document: Path) -> set[str]:
    """The anchors that a page's headings get."""
    page = document if target.is_dir() else target
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}
