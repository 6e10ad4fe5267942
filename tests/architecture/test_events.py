"""Every declared event is told somewhere, and every subscriber listens to a declared one."""

from __future__ import annotations

import ast
from importlib import import_module

from backend.app import features
from backend.app.platform import events
from tests.architecture.source import modules, tree

DECLARED = {name for name, value in vars(events).items() if isinstance(value, events.Kind)}


def published() -> set[str]:
    """Names of the kinds that the features' code publishes."""
    found = set()
    for path in modules("backend/app"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("events.publish"):
                found.add(ast.unparse(node.args[1]).removeprefix("events."))
    return found


def test_every_declared_kind_is_published() -> None:
    assert len(DECLARED) >= 7
    assert published() == DECLARED


def test_every_kind_is_known_by_its_name() -> None:
    kinds = [getattr(events, name) for name in DECLARED]
    assert sorted(events.KINDS) == sorted(kind.name for kind in kinds)


def test_every_subscriber_is_there_and_listens_to_what_is_declared() -> None:
    declared = set(events.KINDS.values())
    names = [one.name for one in features.SUBSCRIPTIONS]
    assert len(names) == len(set(names)) > 0
    for one in features.SUBSCRIPTIONS:
        module, function = one.function.split(":")
        assert callable(getattr(import_module(f"backend.app.{module}"), function)), one.name
        assert one.kinds and set(one.kinds) <= declared, one.name
        assert one.name.split(".")[0] == module.split(".")[0], "a subscriber is its feature's"
