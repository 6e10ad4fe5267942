"""Chinese on screens, papers and in documents uses the words of docs/words.md and no others."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

from tests.architecture.source import ROOT

TABLE = ROOT / "docs/words.md"
KINDS = {".po", ".ts", ".vue", ".mjs", ".html", ".py", ".typ", ".md", ".webmanifest", ".txt"}
WORDS_OF_OTHERS = (
    "docs/words.md",
    "backend/app/cli/demo/content/",
    "backend/app/cli/demo/stories.py",
    "backend/app/cli/demo/names.py",
    "backend/app/draws/minutes/fonts/",
    "backend/app/registry/imports/",
    "benchmarks/imports.py",
    "tests/",
)
ROW = re.compile(r"^\| (?P<word>[^|]+) \|[^|]*\|[^|]*\| ?(?P<never>[^|]*)\|$", re.MULTILINE)
COMPANY = '"企业"'
"""The kind of a company: the only place where the word stands alone."""


@cache
def table() -> dict[str, str]:
    """The refused words of docs/words.md, longest first, each with the word to use instead."""
    rows = ROW.finditer(TABLE.read_text(encoding="utf-8"))
    never = {old: row["word"].strip() for row in rows for old in row["never"].split()}
    return {
        old: never[old] for old in sorted(never, key=len, reverse=True) if re.search("[一-鿿]", old)
    }


@cache
def longer_words() -> tuple[str, ...]:
    """Words that hold a refused one and are right, as docs/words.md lists them."""
    text = TABLE.read_text(encoding="utf-8").split("## Where", 1)[1]
    listed = re.search(r"ordinary language: (.*?)\. ", text, re.DOTALL)
    assert listed is not None
    return tuple(listed.group(1).replace("\n", " ").split(", "))


def refused(line: str) -> list[tuple[str, str]]:
    """The refused words of a line, each with the word to use instead."""
    for right in longer_words():
        line = line.replace(right, "·")
    line = line.replace(COMPANY, "·")
    return [(old, new) for old, new in table().items() if old in line]


def written() -> list[Path]:
    """All tracked files that hold Chinese of the project's own."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [
        ROOT / name
        for name in listed
        if Path(name).suffix in KINDS
        and not name.startswith(WORDS_OF_OTHERS)
        and (ROOT / name).is_file()
    ]


def test_the_table_is_read():
    assert table()["市场主体"] == "检查对象" and table()["揭示"] == "公开随机数"
    assert len(table()) > 40 and "缺席" in longer_words()


def test_an_old_word_is_found_and_a_longer_word_is_not():
    assert refused('msgstr "第 3 席"') == [("席", "检查人员名额、人员不足")]
    assert refused("市场主体登记")[0] == ("市场主体", "检查对象")
    assert refused("见证人缺席；抽签值；合伙企业") == []


def test_chinese_uses_the_words_of_officials():
    found = [
        f"{path.relative_to(ROOT)}:{number} {old}: write {new}: {line.strip()[:90]}"
        for path in written()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if not line.isascii()
        for old, new in refused(line)
    ]
    assert not found, "see docs/words.md\n" + "\n".join(found)
