"""The rooms of draws keep their borders: an order, one door each, and no name that nobody uses."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, dotted, imports, modules, place, tree

ROOMS = ("ground", "planning", "holding", "outcome", "telling", "drawing")
"""A room uses the rooms before it."""
DRAWS = "backend.app.draws"
SERVICE = f"{DRAWS}.service"
FOLDER = ROOT / "backend" / "app" / "draws" / "service"
OPEN_IN_DRAWS = "ground"
"""The room whose modules, too, are for everything in draws."""
FOUNDATIONS = {"models", "rules", "plan_rules", "ceremony_rules", "errors", "labels"}
"""What of draws itself a room may use: the rest are screens, which stand on the rooms."""


BESIDE_THE_LEDGER = {
    "drawing": {"dispatch"},
    "holding": {"free_place", "join", "rehearse"},
}
"""What people do in these rooms that leaves no trace: a visit is sent, a phone takes a place or
loses it before it committed, a plan is copied. Everything else is a step."""


def room_of(name: str) -> str | None:
    """Return the room that a dotted name lies in, or None."""
    parts = name.removeprefix(SERVICE).split(".")
    return parts[1] if name.startswith(f"{SERVICE}.") and parts[1] in ROOMS else None


def door(room: str) -> frozenset[str]:
    """Return the names that a room shows: the ``__all__`` of its package."""
    for node in tree(FOLDER / room / "__init__.py").body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return frozenset(ast.literal_eval(node.value))
    return frozenset()


def through_the_door(name: str, room: str) -> bool:
    """Return True for the room itself and for a name that it shows."""
    inside = name.removeprefix(f"{SERVICE}.{room}").removeprefix(".")
    return inside == "" or inside in door(room)


def steps_between_rooms() -> Iterator[tuple[str, str, str, str]]:
    """Yield (file and line, room that imports or "", room imported from, the name)."""
    for path in modules("backend"):
        here = room_of(dotted(path)) or ""
        for found in imports(path):
            there = room_of(found.name)
            if there is not None and there != here:
                yield place(path, found.line), here, there, found.name


@cache
def used_names(path: Path) -> frozenset[tuple[str, str]]:
    """Return the (room, name) pairs that a module takes from rooms."""
    rooms: dict[str, str] = {}
    used: set[tuple[str, str]] = set()
    for found in imports(path):
        room = room_of(found.name)
        if room is not None and found.name == f"{SERVICE}.{room}":
            rooms[room] = room
        elif room is not None:
            used.add((room, found.name.rsplit(".", 1)[1]))
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            room = rooms.get(node.value.id)
            if room is not None:
                used.add((room, node.attr))
    return frozenset(used)


def test_every_room_has_its_place_in_the_order():
    assert {path.parent.name for path in FOLDER.glob("*/__init__.py")} == set(ROOMS)
    assert [path.name for path in FOLDER.glob("*.py")] == ["__init__.py"]


def test_a_room_uses_only_rooms_before_it():
    wrong = [
        f"{at} {here} uses {there}"
        for at, here, there, _name in steps_between_rooms()
        if here and ROOMS.index(there) > ROOMS.index(here)
    ]
    assert not wrong, "\n".join(wrong)


def test_a_room_is_entered_by_its_door():
    wrong = [
        f"{at} takes {name}"
        for at, _here, there, name in steps_between_rooms()
        if not through_the_door(name, there)
        and not (there == OPEN_IN_DRAWS and at.startswith("backend/app/draws/"))
    ]
    assert not wrong, "\n".join(wrong)


def test_no_room_uses_a_screen():
    wrong = [
        f"{place(path, found.line)} {found.name}"
        for path in modules("backend/app/draws/service")
        for found in imports(path)
        if found.name.startswith(f"{DRAWS}.")
        and not found.name.startswith(SERVICE)
        and found.name.split(".")[3] not in FOUNDATIONS
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_shows_no_name_that_nobody_outside_uses(room: str):
    used: set[str] = set()
    for path in modules("backend"):
        if room_of(dotted(path)) != room:
            used |= {name for there, name in used_names(path) if there == room}
    assert door(room) - used == set()


def test_the_tests_of_borders_see_what_they_shall():
    assert room_of(f"{SERVICE}.telling.publishing.document") == "telling"
    assert room_of(f"{SERVICE}") is None
    assert through_the_door(f"{SERVICE}.telling.document", "telling")
    assert not through_the_door(f"{SERVICE}.telling.publishing", "telling")
    assert not through_the_door(f"{SERVICE}.telling.publishing.document", "telling")


@pytest.mark.parametrize("room", sorted(BESIDE_THE_LEDGER))
def test_whatever_moves_a_draw_is_a_step(room: str):
    """``recording.step`` keeps the protocol with the ledger; nobody else opens a unit of work."""
    writers = {
        node.name
        for path in modules(f"backend/app/draws/service/{room}")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef) and "unit_of_work()" in ast.unparse(node)
    }
    assert writers == BESIDE_THE_LEDGER[room]


def test_only_a_step_asks_the_ledger_to_go_on():
    asking = {
        place(path, node.lineno)
        for path in modules("backend/app/draws", "backend/app/replacements")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr == "sequence_now"
    }
    assert {at.split(":")[0] for at in asking} == {"backend/app/draws/service/ground/recording.py"}


def test_what_replacements_are_given_has_a_type():
    """A row that crosses the border has the protocol or class that its feature exports."""
    untyped = [
        f"{place(path, node.lineno)} {node.arg if isinstance(node, ast.arg) else node.target.id}"
        for path in modules("backend/app/replacements/service")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.arg)
        or (isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name))
        if node.annotation is not None and ast.unparse(node.annotation) == "Any"
    ]
    assert not untyped, "\n".join(untyped)
