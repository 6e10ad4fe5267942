"""Every task of the Makefile makes what it uses, on a clone that holds nothing yet."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.program import ROOT

# A command that takes what another command made, and the command that makes it.
NEEDS = (
    (re.compile(r"\.venv/bin/(?!pip\b)"), re.compile(r"pip install ")),
    (re.compile(r"\bnpm (run|test)\b"), re.compile(r"\bnpm install\b")),
    (re.compile(r"run --silent size|tests/e2e|benchmarks|scripts\.screenshots|cli demo"),
     re.compile(r"run --silent build")),
    (re.compile(r"tests/e2e|benchmarks$|scripts\.screenshots"), re.compile(r"ensure-chromium")),
)  # fmt: skip


def tasks() -> list[str]:
    """Names of all tasks that the Makefile shows."""
    text = (ROOT / "Makefile").read_text()
    return re.findall(r"^([a-z-]+):.*##", text, re.MULTILINE)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the Makefile's rules look at, and nothing that they make."""
    folder = tmp_path_factory.mktemp("clone")
    for name in ("Makefile", "frontend/package.json", "frontend/package-lock.json",
                 "frontend/index.html", "frontend/sw.js", "frontend/vite.config.ts"):  # fmt: skip
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    for lock in ROOT.glob("requirements*.txt"):
        shutil.copy(lock, folder / lock.name)
    return folder


@pytest.mark.parametrize("task", tasks())
def test_a_task_makes_what_it_uses_first(clone: Path, task: str) -> None:
    planned = subprocess.run(
        ["make", "--dry-run", task], cwd=clone, capture_output=True, text=True, check=True
    ).stdout.replace("\\\n", " ")
    lines = planned.splitlines()
    for uses, makes in NEEDS:
        used = next((at for at, line in enumerate(lines) if uses.search(line)), None)
        if used is not None:
            assert any(makes.search(line) for line in lines[:used]), lines[used]
