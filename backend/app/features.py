"""The only wiring list: which features there are, in the order in which they build on each other.

A feature's module named here has ``bp`` (a blueprint) or is imported for its models and jobs.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from flask import Flask
from flask_babel import LazyString
from flask_smorest import Api

from .platform import events, overview
from .platform.events import Subscription
from .platform.i18n import lazy_gettext as _l

MODELS = (
    "accounts.models",
    "registry.models",
    "draws.models",
    "visits.models",
    "sync.models",
    "evidence.models",
    "review.models",
    "disclosure.models",
    "ledger.models",
    "replacements.models",
)
PAGES = (
    "accounts.pages",
    "registry.pages",
    "draws.pages",
    "draws.ceremony.pages",
    "draws.minutes.pages",
    "draws.part_pages",
    "draws.extension_pages",
    "sync.pages",
    "evidence.pages",
    "review.pages",
    "disclosure.pages",
    "portal.pages",
    "fairness.pages",
    "ledger.pages",
    "replacements.pages",
)
APIS = ("accounts.api", "draws.api", "sync.api", "evidence.api", "review.api", "portal.api")
JOBS: tuple[str, ...] = (
    "registry.jobs",
    "evidence.jobs",
    "ledger.jobs",
    "replacements.jobs",
)
SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(
        "visits.follow_account", (events.REGISTER_CHANGED,), "visits.subscribers:follow_account"
    ),
    Subscription(
        "replacements.look_again", (events.REGISTER_CHANGED,), "replacements.subscribers:look_again"
    ),
    Subscription(
        "replacements.take_recusal",
        (events.RECUSAL_REQUESTED,),
        "replacements.subscribers:take_recusal",
    ),
)
OVERVIEW: tuple[str, ...] = (
    "draws.waiting:overview",
    "replacements.waiting:overview",
    "review.waiting:overview",
    "disclosure.waiting:overview",
    "sync.waiting:overview",
    "registry.waiting:overview",
    "accounts.service.waiting:overview",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the office's side bar."""

    address: str
    label: LazyString
    permission: str


NAVIGATION = (
    Entry("/office/", _l("Overview"), "office.read"),
    Entry("/office/draws", _l("Random draws"), "draw.read"),
    Entry("/office/replacements", _l("Replacements"), "replacement.read"),
    Entry("/office/review", _l("To review"), "review.read"),
    Entry("/office/disclosures", _l("Disclosures"), "disclosure.read"),
    Entry("/office/registry", _l("Registers"), "registry.read"),
    Entry("/office/quarantine", _l("Quarantine"), "review.read"),
    Entry("/office/people", _l("People"), "people.read"),
    Entry("/office/departments", _l("Departments"), "people.read"),
    Entry("/office/ledger", _l("Trace"), "ledger.read"),
)


def import_models() -> None:
    """Load every model, so that the schema is complete."""
    for name in MODELS:
        import_module(f"backend.app.{name}")


def register(app: Flask, api: Api) -> None:
    """Load models, jobs, pages and JSON endpoints of all features."""
    import_models()
    for name in JOBS:
        import_module(f"backend.app.{name}")
    for name in PAGES:
        app.register_blueprint(import_module(f"backend.app.{name}").bp)
    for name in APIS:
        api.register_blueprint(import_module(f"backend.app.{name}").bp)
    events.install(app, SUBSCRIPTIONS)
    overview.install(app, OVERVIEW)
    app.jinja_env.globals.update(navigation=NAVIGATION)
