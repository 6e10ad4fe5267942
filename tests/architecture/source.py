"""Reading the program's own source for the tests of its structure."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "backend" / "app"
FEATURES = frozenset(
    path.name
    for path in APP.iterdir()
    if (path / "__init__.py").exists() and path.name not in {"platform", "cli"}
)


@dataclass(frozen=True, slots=True)
class Import:
    """An absolute name that a module imports at ``line``; ``inside`` a function or not."""

    name: str
    line: int
    inside: bool


def modules(*folders: str) -> list[Path]:
    """Python files below folders of the repository, in order."""
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if "node_modules" not in path.parts)


def place(path: Path, line: int) -> str:
    """``file:line`` as an editor opens it."""
    return f"{path.relative_to(ROOT)}:{line}"


def dotted(path: Path) -> str:
    """The dotted name of a module."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree(path: Path) -> ast.Module:
    """The module's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> list[Import]:
    """What a module imports, with ``from a import b`` as ``a.b``; typing-only ones left out."""
    return list(_imports(tree(path), path, inside=False))


def _imports(node: ast.AST, path: Path, *, inside: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, child.lineno, inside) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            base = _base(child, path)
            names = (f"{base}.{alias.name}" for alias in child.names)
            yield from (Import(name, child.lineno, inside) for name in names)
        elif not _for_types_only(child):
            deeper = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from _imports(child, path, inside=inside or deeper)


def _for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


def _base(node: ast.ImportFrom, path: Path) -> str:
    if node.level == 0:
        return node.module or ""
    package = dotted(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    package = package[: len(package) - node.level + 1]
    return ".".join([*package, *([node.module] if node.module else [])])


def feature_of(name: str) -> str | None:
    """The feature a dotted name belongs to, if any."""
    parts = name.split(".")
    if parts[:2] == ["backend", "app"] and len(parts) > 2 and parts[2] in FEATURES:
        return parts[2]
    return None
