"""Budgets of style: files of 400 lines, functions of 60, and 95 of 100 within 40.

Complexity is ruff's (C901 with at most 8, in ``make lint``).
"""

from __future__ import annotations

import ast
import tomllib

from tests.architecture.source import ROOT, modules, place, tree

FOLDERS = ("backend", "tests", "benchmarks", "migrations")
FRONTEND = ("src", "tests", "verify", "look", "build", "scripts")
SCRIPTS = {".ts", ".vue", ".js", ".mjs"}
NOT_OURS = {"htmx.min.js"}
FILE_LINES = 400
FUNCTION_LINES = 60
USUAL_FUNCTION_LINES = 40


def functions():
    """Every function of the program with its file and length without its docstring."""
    for path in modules(*FOLDERS):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path, node, (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_file_is_longer_than_its_budget():
    long = [
        f"{place(path, FILE_LINES + 1)} has {lines} lines"
        for path in modules(*FOLDERS)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > FILE_LINES
    ]
    assert not long, "\n".join(long)


def test_no_script_is_longer_than_its_budget():
    found = (path for part in FRONTEND for path in (ROOT / "frontend" / part).rglob("*.*"))
    ours = [path for path in found if path.suffix in SCRIPTS and path.name not in NOT_OURS]
    assert len(ours) > 100
    long = [
        f"{place(path, FILE_LINES + 1)} has {lines} lines"
        for path in ours
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > FILE_LINES
    ]
    assert not long, "\n".join(long)


def test_no_function_is_longer_than_its_budget():
    long = [
        f"{place(path, node.lineno)} {node.name} has {lines} lines"
        for path, node, lines in functions()
        if lines > FUNCTION_LINES
    ]
    assert not long, "\n".join(long)


def test_nearly_all_functions_fit_a_screen():
    lengths = [(lines, path, node) for path, node, lines in functions()]
    over = [entry for entry in lengths if entry[0] > USUAL_FUNCTION_LINES]
    listed = "\n".join(f"{place(path, node.lineno)} {lines}" for lines, path, node in over)
    assert len(over) <= len(lengths) * 0.05, listed


def test_every_module_says_what_it_is_for():
    silent = [
        place(path, 1)
        for path in modules("backend")
        if tree(path).body and not ast.get_docstring(tree(path))
    ]
    assert not silent, "\n".join(silent)


def test_complexity_is_bounded_by_the_linter():
    options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]
    assert "C90" in options["lint"]["select"]
    assert options["lint"]["mccabe"]["max-complexity"] <= 8
