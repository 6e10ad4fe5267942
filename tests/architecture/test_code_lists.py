"""A shared list of codes stands in one place: no other source lists three of its codes."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from backend.app.platform import code_lists
from backend.app.platform.code_lists import (
    EVIDENCE_DEMANDS,
    ITEM_CATEGORIES,
    LISTS,
    OPTION_VERDICTS,
    POINT_KINDS,
    VERDICTS,
    CodeList,
    EvidenceDemand,
    OptionVerdict,
    PointKind,
    Verdict,
)
from backend.app.registry.imports.kinds import checklists, items
from tests.architecture.source import ROOT

HOMES = {"backend/app/platform/code_lists.py", "frontend/src/core/code-lists.ts"}
ENOUGH = 3
"""So many codes of one list side by side are a copy of it."""
QUOTED = re.compile(r"""["'](\w+)["']""")
RUN = re.compile(r"""(?:["']\w+["']\s*[,|:;)\]}=]*[^"'\n]{0,60}?\s*){3,}""")
KEYED = re.compile(r"^\s*(\w+):", re.MULTILINE)
INNERMOST = re.compile(r"\{[^{}]*\}")
CASE = re.compile(r"""\bcase\s+["']\w+["']\s*:""")
KEY = re.compile(r"""["']?\b(\w+)["']?\s*:""")
COMMON = {"RESULTS", "POINT_KINDS", "EVIDENCE_DEMANDS", "OPTION_VERDICTS", "VERDICTS"}
"""Lists of words that stand in other lists too: only a group of nothing else copies them."""
SPOKEN = {"backend/app/registry/imports/kinds/checklists.py": ["POINT_KINDS", "OPTION_VERDICTS"]}
"""How files of others spell the codes, by code: held to the lists by a test of their own."""


def strings(tree: ast.AST) -> Iterator[list[str]]:
    """The texts of every tuple, list, set, and the keys of every dict, each displayed in code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            parts = node.elts
        elif isinstance(node, ast.Dict):
            parts = [key for key in node.keys if key is not None]
        else:
            continue
        yield [
            part.value
            for part in parts
            if isinstance(part, ast.Constant) and isinstance(part.value, str)
        ]


def copies_in_python(text: str) -> list[str]:
    """The names of lists that a Python source holds a copy of."""
    groups = [set(found) for found in strings(ast.parse(text))]
    return [
        name
        for name, listed in LISTS.items()
        if any(
            len(group & set(listed.codes)) >= ENOUGH and _all_of(group, name) for group in groups
        )
    ]


def copies_in_script(text: str) -> list[str]:
    """The names of lists that a TypeScript or Vue source holds a copy of: quoted codes in a row, or
    keys of an object."""
    groups = [set(QUOTED.findall(found.group(0))) for found in RUN.finditer(text)]
    groups.append(set(KEYED.findall(text)))
    plain = CASE.sub("", text)
    groups += [set(KEY.findall(found.group(0))) for found in INNERMOST.finditer(plain)]
    return [
        name
        for name, listed in LISTS.items()
        if any(
            len(group & set(listed.codes)) >= ENOUGH and _all_of(group, name) for group in groups
        )
    ]


def _all_of(group: set[str], name: str) -> bool:
    """Return True if the group copies the list, though its words may be common ones."""
    return name not in COMMON or group - {""} <= set(LISTS[name].codes)


def sources() -> list[Path]:
    """Every source of the program and of the phone, without the tests."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "backend/app", "frontend/src"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    return [
        ROOT / name
        for name in listed
        if name not in HOMES
        and name.endswith((".py", ".ts", ".vue", ".html"))
        and (ROOT / name).exists()
    ]


def test_no_source_holds_a_copy_of_a_code_list() -> None:
    found = {}
    for path in sources():
        text = path.read_text(encoding="utf-8")
        copies = copies_in_python(text) if path.suffix == ".py" else copies_in_script(text)
        name = str(path.relative_to(ROOT))
        if copies != SPOKEN.get(name, []):
            found[name] = copies
    assert found == {}


def test_a_copy_is_found_in_each_form() -> None:
    assert copies_in_python('A = ("illness", "leave", "duty")') == ["ABSENCES"]
    assert copies_in_python('A = {"none": 1, "ordered": 2, "copied": 3}') == ["FOLLOW_UPS"]
    assert copies_in_python('A = frozenset({"1", "2", "3", "4"})') == ["RESULTS"]
    assert copies_in_script('type A = "interest" | "other_relation" | "party_or_relative";') == [
        "GROUNDS"
    ]
    assert copies_in_script('const a = ["1", "2", "3"] as const;') == ["RESULTS"]
    assert copies_in_script("const a = {\n  none: 1,\n  ordered: 2,\n  copied: 3,\n};") == [
        "FOLLOW_UPS"
    ]
    assert copies_in_python('A = {"pass": 1, "fail": 2, "na": 3, "": 4}') == ["VERDICTS"]
    assert copies_in_script('type A = "none" | "on_fail" | "always";') == ["EVIDENCE_DEMANDS"]
    assert copies_in_script('const a = { pass: "✓ ", fail: "✕ ", na: "" };') == ["VERDICTS"]
    assert copies_in_script('{{ {"pass": _("Yes"), "fail": _("No"), "na": _("-")}[it] }}') == [
        "VERDICTS"
    ]


def test_every_list_is_searched_for() -> None:
    assert {id(one) for one in LISTS.values()} == {
        id(one) for one in vars(code_lists).values() if isinstance(one, CodeList)
    }


@pytest.mark.parametrize(
    ("type_", "listed"),
    [
        (PointKind, POINT_KINDS),
        (EvidenceDemand, EVIDENCE_DEMANDS),
        (OptionVerdict, OPTION_VERDICTS),
        (Verdict, VERDICTS),
    ],
)
def test_a_type_has_the_codes_of_its_list(type_: Any, listed: CodeList) -> None:
    assert get_args(type_) == tuple(listed.codes)


def test_what_files_of_others_spell_comes_to_every_code_and_no_other() -> None:
    assert set(checklists.KINDS.values()) == set(POINT_KINDS.codes)
    assert set(checklists.EVIDENCE.values()) == set(EVIDENCE_DEMANDS.codes)
    assert set(checklists._VERDICTS.values()) == set(OPTION_VERDICTS.codes)
    assert set(items.CATEGORIES.values()) == set(ITEM_CATEGORIES.codes)
