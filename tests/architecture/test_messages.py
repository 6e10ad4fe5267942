"""Every sentence a person can read goes through gettext and has its Chinese form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from tests.architecture.source import APP, ROOT, modules, place

KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
BRANDS = re.compile(
    r"\b(?:Evenhand|English|中文|简体中文|SHA-256|JSON|XLSX|CSV|PDF|HTML|Merkle|QR|GB18030|UTF-8)\b|中文|简体中文"
)
PLACEHOLDER = re.compile(r"%\((\w+)\)")
LETTERS = re.compile(r"[A-Za-z\u4e00-\u9fff]{2,}")
NOT_SHOWN = re.compile(r"\{% block body_class %\}.*?\{% endblock %\}")
TEMPLATE_CODE = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
INVISIBLE = re.compile(r"<(script|style|svg|code|pre)\b.*?</\1>|<!--.*?-->", re.DOTALL)
TAG = re.compile(r"<[^>]*>", re.DOTALL)
SHOWN_ATTRIBUTE = re.compile(
    r"""\b(?:aria-label|placeholder|title|alt|data-confirm)=(["'])(.*?)\1""", re.DOTALL
)


def templates() -> list[Path]:
    return sorted(APP.glob("*/templates/**/*.html"))


@cache
def chinese() -> dict[str, object]:
    """All features' Chinese catalogues in one: message id to translation."""
    merged: dict[str, object] = {}
    for path in sorted(APP.glob("*/translations/zh_Hans_CN/LC_MESSAGES/messages.po")):
        with path.open("rb") as text:
            catalogue: Catalog = read_po(text)
        for message in catalogue:
            if message.id and "fuzzy" not in message.flags:
                key = message.id[0] if isinstance(message.id, tuple) else message.id
                merged[key] = message.string
    return merged


def messages() -> Iterator[tuple[Path, int, str]]:
    """Every message of code and templates with its place; of plurals the singular."""
    jobs = [(path, "python", {}) for path in modules("backend/app")]
    jobs += [(path, "jinja2", {"silent": "false"}) for path in templates()]
    for path, method, options in jobs:
        found = extract_from_file(method, str(path), keywords=KEYWORDS, options=options)
        for line, message, _comments, _context in found:
            yield path, line, message[0] if isinstance(message, tuple) else message


def test_every_message_has_a_chinese_translation():
    missing = [
        f"{place(path, line)} {message!r}"
        for path, line, message in messages()
        if not _translated(chinese().get(message))
    ]
    assert not missing, f"{len(missing)} untranslated\n" + "\n".join(missing)


def test_every_translation_belongs_to_a_message():
    unused = set(chinese()) - {message for _path, _line, message in messages()}
    assert unused == set()


def _translated(entry: object) -> bool:
    return all(entry) if isinstance(entry, tuple) else bool(entry)


def test_translations_keep_the_places_of_their_messages():
    wrong = []
    for path, line, message in messages():
        entry = chinese().get(message) or message
        for text in entry if isinstance(entry, tuple) else (entry,):
            if not set(PLACEHOLDER.findall(str(text))) <= set(PLACEHOLDER.findall(message)) | {
                "num"
            }:
                wrong.append(f"{place(path, line)} {text!r}")
    assert not wrong, "\n".join(wrong)


def _blank(match: re.Match[str]) -> str:
    """What is cut out, with its line breaks kept so that places stay right."""
    return "\n" * match.group().count("\n") or " "


def literals(source: str) -> Iterator[tuple[int, str]]:
    """Text of a template that is shown as written, with its line."""
    plain = TEMPLATE_CODE.sub(_blank, NOT_SHOWN.sub(_blank, source))
    for match in SHOWN_ATTRIBUTE.finditer(plain):
        yield plain.count("\n", 0, match.start()) + 1, match.group(2)
    shown = TAG.sub(_blank, INVISIBLE.sub(_blank, plain))
    yield from enumerate(shown.splitlines(), start=1)


def test_templates_hold_no_text_outside_gettext():
    found = []
    for path in templates():
        for line, text in literals(path.read_text(encoding="utf-8")):
            rest = BRANDS.sub("", re.sub(r"&\w+;", "", text))
            if LETTERS.search(rest):
                found.append(f"{place(path, line)} {text.strip()!r}")
    assert not found, "\n".join(found)


def test_a_literal_in_a_template_would_be_found():
    source = '<p>{{ _("Fine") }}</p>\n<p>Not fine</p><input placeholder="Nor this">'
    assert [text.strip() for _line, text in literals(source) if LETTERS.search(text)] == [
        "Nor this",
        "Not fine",
    ]


def test_pages_carry_no_inline_script_or_style():
    pattern = re.compile(r"""<script(?![^>]*\bsrc=)|<style\b|\sstyle=["']|\son[a-z]+=["']""")
    found = []
    for path in templates():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if pattern.search(line) and "application/json" not in line:
                found.append(f"{place(path, number)} {line.strip()[:80]}")
    assert not found, "\n".join(found)


def test_catalogues_are_where_the_program_looks_for_them():
    folders = {path.parents[3].name for path in APP.glob("*/translations/*/LC_MESSAGES/*.po")}
    assert {"accounts", "platform"} <= folders, ROOT
