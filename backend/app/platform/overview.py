"""Cards of the office's first page: each feature counts what waits there for a person.

A provider is a function ``(session, actor) -> list[Card]`` named in ``features.OVERVIEW``. It
checks the actor's permissions itself and runs at most a few cheap counts; this module imports
no feature.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module

from flask import Flask, current_app
from flask_babel import LazyString
from sqlalchemy.orm import Session

from .access import Actor


@dataclass(frozen=True, slots=True)
class Card:
    """A number of things that wait, and the address where they are dealt with. ``kind`` is
    ``plain``, ``warn`` or ``late``."""

    number: int
    label: str | LazyString
    address: str
    kind: str = "plain"


Provider = Callable[[Session, Actor], list[Card]]


def install(app: Flask, names: Iterable[str]) -> None:
    """Resolve ``module:function`` names at the start, so that a wrong one fails at once."""
    app.extensions["evenhand.overview"] = [_provider(name) for name in names]


def _provider(name: str) -> Provider:
    module, function = name.split(":")
    provider: Provider = getattr(import_module(f"backend.app.{module}"), function)
    return provider


def cards(session: Session, actor: Actor) -> list[Card]:
    """Return the cards of what waits for ``actor``, in the order of the features."""
    providers: list[Provider] = current_app.extensions["evenhand.overview"]
    return [card for provider in providers for card in provider(session, actor)]
