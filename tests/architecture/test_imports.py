"""Who may import whom: features through services, the platform no feature, the pure nothing."""

from __future__ import annotations

import sys
from functools import cache
from itertools import pairwise
from pathlib import Path

from tests.architecture.source import (
    FEATURES,
    ROOT,
    dotted,
    feature_of,
    imports,
    modules,
    place,
)

PURE_FILES = {"rules.py", "reducer.py", "redaction.py"}
PURE_LIBRARIES = {"cryptography", "holidays", "numpy", "rfc8785", "stdnum"}
IMPURE_STANDARD = {
    "asyncio", "http", "logging", "os", "random", "secrets", "select", "shutil", "signal",
    "socket", "sqlite3", "ssl", "subprocess", "tempfile", "threading", "time", "urllib.request",
    "uuid.uuid1", "uuid.uuid4",
}  # fmt: skip
COMPOSING = ("backend.app.cli", "backend.app.features")


def is_service(name: str, feature: str) -> bool:
    """Whether a dotted name is a feature's service (or a name in it, not a module behind it)."""
    parts = name.split(".")[3:]
    if not parts or parts[0] != "service":
        return False
    folder = ROOT / "backend" / "app" / feature / "service"
    behind = len(parts) > 1 and (folder / f"{parts[1]}.py").exists()
    return not behind or parts[1] in _public_names(folder)


@cache
def _public_names(folder: Path) -> frozenset[str]:
    import ast

    names: set[str] = set()
    for node in ast.walk(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
    return frozenset(names)


def test_features_reach_each_other_only_through_their_services():
    wrong = []
    for path in modules(*(f"backend/app/{feature}" for feature in sorted(FEATURES))):
        own = feature_of(dotted(path))
        for found in imports(path):
            other = feature_of(found.name)
            if other is None or other == own or is_service(found.name, other):
                continue
            wrong.append(f"{place(path, found.line)} {own} imports {found.name}")
    assert not wrong, "\n".join(wrong)


def test_the_platform_imports_no_feature():
    wrong = [
        f"{place(path, found.line)} {found.name}"
        for path in modules("backend/app/platform")
        for found in imports(path)
        if feature_of(found.name) or found.name.startswith(COMPOSING)
    ]
    assert not wrong, "\n".join(wrong)


def pure_modules() -> list[Path]:
    named = [
        path
        for path in modules("backend/app")
        if path.name in PURE_FILES or path.name.endswith("_rules.py")
    ]
    return [*modules("backend/drawkit"), *named]


def is_impure(name: str, path: Path) -> bool:
    top = name.split(".", maxsplit=1)[0]
    if top == "backend":
        target = _module_file(name)
        return target is None or (target not in set(pure_modules()) and not _is_pure_file(target))
    if any(name == bad or name.startswith(bad + ".") for bad in IMPURE_STANDARD):
        return path.name != "__main__.py"
    return top not in sys.stdlib_module_names and top not in PURE_LIBRARIES


def _module_file(name: str) -> Path | None:
    parts = name.split(".")
    for count in (len(parts), len(parts) - 1):
        base = ROOT.joinpath(*parts[:count])
        for candidate in (base.with_suffix(".py"), base / "__init__.py"):
            if candidate.exists():
                return candidate
    return None


@cache
def _is_pure_file(path: Path) -> bool:
    return not any(is_impure(found.name, path) for found in imports(path))


def test_pure_modules_import_nothing_impure():
    wrong = [
        f"{place(path, found.line)} {found.name}"
        for path in pure_modules()
        for found in imports(path)
        if found.name != "__future__.annotations" and is_impure(found.name, path)
    ]
    assert not wrong, "\n".join(wrong)


def graph() -> dict[Path, dict[Path, int]]:
    """Module-level imports between our own files; a package imports its parents first."""
    files = modules("backend")
    known = set(files)
    edges: dict[Path, dict[Path, int]] = {path: {} for path in files}
    for path in files:
        for found in imports(path):
            if found.inside or not found.name.startswith("backend."):
                continue
            target = _module_file(found.name)
            if target in known and target != path:
                edges[path].setdefault(target, found.line)
    return edges


def first_circle(edges: dict[Path, dict[Path, int]]) -> list[Path]:
    """A circle as a list of files, or nothing. A depth-first walk without recursion."""
    done: set[Path] = set()
    for start, first in edges.items():
        trail = [(start, iter(first))]
        on_trail = {start: None}
        while trail and start not in done:
            here, rest = trail[-1]
            step = next((target for target in rest if target not in done), None)
            if step is None:
                trail.pop()
                on_trail.pop(here)
                done.add(here)
            elif step in on_trail:
                names = list(on_trail)
                return [*names[names.index(step) :], step]
            else:
                on_trail[step] = None
                trail.append((step, iter(edges[step])))
    return []


def test_the_import_graph_has_no_circle():
    edges = graph()
    circle = first_circle(edges)
    steps = [
        f"{place(here, edges[here][there])} imports {dotted(there)}"
        for here, there in pairwise(circle)
    ]
    assert not circle, "\n".join(steps)


def test_a_circle_would_be_found():
    a, b, c = Path("a"), Path("b"), Path("c")
    assert first_circle({a: {b: 1}, b: {c: 1}, c: {b: 1}}) == [b, c, b]
    assert first_circle({a: {b: 1, c: 2}, b: {c: 1}, c: {}}) == []
