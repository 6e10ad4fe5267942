"""Where a test stands says what it needs: below ``tests/pure`` neither program nor database."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.architecture.source import ROOT, imports, modules, place

KINDS = {
    "api", "architecture", "deploy", "e2e", "faults", "migrations", "pure", "service",
}  # fmt: skip
RUNNING = (
    "alembic", "flask", "flask_babel", "flask_login", "flask_migrate", "flask_sqlalchemy",
    "granian", "httpx", "playwright", "psycopg", "sqlalchemy", "backend.app.create_app",
    "backend.app.features", "backend.app.platform.database", "backend.app.platform.jobs",
    "backend.app.platform.transactions",
)  # fmt: skip
RUNNING_PARTS = {"api", "models", "pages", "service"}
OTHERS_OF_TESTS = ("tests.pure", "tests.vectors", "tests.places")


def starts_with(name: str, prefixes: tuple[str, ...]) -> bool:
    """Return True if a dotted name is one of the prefixes or lies below one."""
    return any(name == prefix or name.startswith(f"{prefix}.") for prefix in prefixes)


def needs_the_program(name: str) -> bool:
    """Return True if importing ``name`` gives a test the program, a database or a browser."""
    parts = name.split(".")
    if parts[0] == "tests":
        return not starts_with(name, OTHERS_OF_TESTS)
    own_part = parts[:2] == ["backend", "app"] and not RUNNING_PARTS.isdisjoint(parts[3:4])
    return own_part or starts_with(name, RUNNING)


def impure_imports(path: Path) -> list[str]:
    """Return what a file of a pure test imports and must not, each as ``file:line name``."""
    return [
        f"{place(path, found.line)} {found.name}"
        for path in [path]
        for found in imports(path)
        if needs_the_program(found.name)
    ]


def test_pure_tests_import_neither_the_program_nor_a_database():
    files = modules("tests/pure")
    assert len(files) > 40
    wrong = [line for path in files for line in impure_imports(path)]
    assert not wrong, "\n".join(wrong)


def test_what_gives_a_pure_test_the_program_is_known():
    for name in (
        "flask.Flask", "sqlalchemy", "sqlalchemy.orm.Session", "backend.app.create_app",
        "backend.app.draws.service", "backend.app.draws.service.freeze", "tests.factories.draws",
        "backend.app.visits.models.Visit", "tests.conftest.migrate", "playwright.sync_api",
    ):  # fmt: skip
        assert needs_the_program(name), name
    for name in (
        "backend.app.draws.rules", "backend.drawkit", "tests.pure.registry.files", "json",
        "backend.app.portal.schemas.read_asked", "marshmallow.Schema", "tests.vectors",
    ):  # fmt: skip
        assert not needs_the_program(name), name


def test_every_test_stands_below_a_known_kind():
    strange = [
        place(path, 1)
        for path in modules("tests")
        if path.name.startswith("test_") and path.relative_to(ROOT).parts[1] not in KINDS
    ]
    assert not strange, "\n".join(strange)


def test_a_pure_test_that_takes_a_database_fixture_is_refused(tmp_path: Path):
    """The rule of ``tests/pure/conftest.py`` is loaded beside a fixture of the program's."""
    (tmp_path / "tests" / "pure").mkdir(parents=True)
    for folder in (tmp_path / "tests", tmp_path / "tests" / "pure"):
        (folder / "__init__.py").touch()
    rule = (ROOT / "tests" / "pure" / "conftest.py").read_text(encoding="utf-8")
    (tmp_path / "tests" / "pure" / "conftest.py").write_text(rule, encoding="utf-8")
    fixtures = "import pytest\n@pytest.fixture\ndef app(): ...\n@pytest.fixture\ndef near(app): ..."
    (tmp_path / "tests" / "conftest.py").write_text(fixtures, encoding="utf-8")
    test = tmp_path / "tests" / "pure" / "test_one.py"
    for taken, refused in (("tmp_path", False), ("near", True)):
        test.write_text(f"def test_it({taken}): ...\n", encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(test)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode != 0) is refused, done.stdout + done.stderr
        assert ("below tests/pure and takes" in done.stdout + done.stderr) is refused
