"""Every benchmark and script can be started: each module of theirs is found with all it imports."""

from __future__ import annotations

import importlib

import pytest

from tests.program import ROOT

MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for folder in ("benchmarks", "scripts")
    for path in (ROOT / folder).rglob("*.py")
    if not path.name.startswith("__")
)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_finds_what_it_imports(module: str) -> None:
    importlib.import_module(module)
