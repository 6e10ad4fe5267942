"""Routes are adapters: short, without transactions, and what was typed comes through one door."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import APP, ROOT, modules, place, tree

LONGEST_ROUTE = 12
METHODS = {"get", "post", "put", "patch", "delete", "route"}
WRITES = {"add", "add_all", "commit", "delete", "flush", "merge"}
OPENING = {"unit_of_work", "execute_alone"}
FORM = {"form", "files", "values"}
DOOR = {"access.py", "identity.py", "kept.py", "loading.py", "request_text.py", "sent.py"}


def pages() -> list[Path]:
    """Modules in which routes stand."""
    return [path for path in modules("backend/app") if any(True for _route in routes(path))]


def routes(path: Path) -> Iterator[ast.FunctionDef]:
    """Functions of a module that a blueprint or the application calls."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef) and any(map(_is_route, node.decorator_list)):
            yield node


def _is_route(decorator: ast.expr) -> bool:
    call = decorator.func if isinstance(decorator, ast.Call) else decorator
    return (
        isinstance(call, ast.Attribute)
        and call.attr in METHODS
        and isinstance(call.value, ast.Name)
        and call.value.id in {"bp", "app", "api"}
    )


def body_lines(route: ast.FunctionDef) -> int:
    """Lines of a route's body without its docstring."""
    first = route.body[1 if ast.get_docstring(route) and len(route.body) > 1 else 0]
    return (route.end_lineno or first.lineno) - first.lineno + 1


def test_no_route_is_longer_than_an_adapter():
    long = [
        f"{place(path, route.lineno)} {route.name} has {body_lines(route)} lines"
        for path in pages()
        for route in routes(path)
        if body_lines(route) > LONGEST_ROUTE
    ]
    assert len(pages()) > 20
    assert not long, "\n".join(long)


def test_no_page_opens_a_transaction_or_writes_to_a_session():
    wrong = [
        f"{place(path, node.lineno)} {ast.unparse(node.func)}"
        for path in pages()
        if path.parent.name != "platform"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and (_opens(node.func) or _writes(node.func))
    ]
    assert not wrong, "\n".join(wrong)


def _opens(function: ast.expr) -> bool:
    return isinstance(function, ast.Name) and function.id in OPENING


def _writes(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and function.attr in WRITES
        and isinstance(function.value, ast.Name)
        and function.value.id in {"session", "writing"}
    )


def test_what_was_typed_is_read_by_the_helper_alone():
    wrong = [
        f"{place(path, node.lineno)} request.{node.attr}"
        for path in modules("backend/app")
        if path.name not in DOOR
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and node.attr in FORM
        and isinstance(node.value, ast.Name)
        and node.value.id == "request"
    ]
    assert not wrong, "\n".join(wrong)


def test_every_form_of_the_office_carries_its_mark():
    """``ui.csrf`` writes the token and the mark; a form without both could be lost or doubled."""
    bare = []
    for path in sorted(APP.glob("*/templates/**/*.html")):
        text = path.read_text(encoding="utf-8")
        for form in re.finditer(r'<form[^>]*method="post".*?</form>', text, re.DOTALL):
            signed = "ui.csrf()" in form[0] or ("csrf()" in form[0] and path.name == "ui.html")
            if not signed and path.name not in {"kept_form.html", "problem.html"}:
                bare.append(f"{path.relative_to(ROOT)} {form[0][:60]}")
    assert not bare, "\n".join(bare)
