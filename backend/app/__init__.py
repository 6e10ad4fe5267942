"""The application: ``create_app`` puts the parts together and decides nothing itself."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask

from . import features
from .extensions import login_manager, migrate
from .openapi import ProblemApi
from .platform import (
    access,
    errors,
    i18n,
    installation,
    observability,
    request_text,
    security,
    storage,
    web,
    work,
    workers,
)
from .platform.database import db
from .platform.settings import Settings, read_settings

HERE = Path(__file__).resolve().parent


def create_app(settings: Settings | None = None) -> Flask:
    """An application on ``settings`` (the environment's by default); refuses to start half done."""
    settings = settings or read_settings(os.environ)
    app = Flask(__name__, static_folder=None, template_folder=str(HERE / "platform/templates"))
    app.extensions["evenhand.settings"] = settings
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        MAX_CONTENT_LENGTH=64 << 20,
        MAX_FORM_MEMORY_SIZE=4 << 20,
    )
    security.configure(app, settings)
    observability.configure_logging(settings)
    observability.install(app)
    request_text.install(app)
    security.install(app, settings)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(HERE.parents[1] / "migrations"), render_as_batch=True)
    login_manager.init_app(app)
    i18n.install(app)
    errors.install(app)
    access.install(app)
    installation.install(app)
    work.install(app, settings)
    workers.install(app)
    storage.install(app, settings)
    web.install(app, settings)
    features.register(app, ProblemApi(app))
    _refuse_unmarked(app)
    return app


def _engine_options(settings: Settings) -> dict[str, object]:
    """``hide_parameters``: an error of the database is logged without the values it was about."""
    if settings.is_sqlite:
        return {"hide_parameters": True, "connect_args": {"timeout": 10}}
    return {"hide_parameters": True, "pool_size": 16, "max_overflow": 48}


def _refuse_unmarked(app: Flask) -> None:
    unmarked = access.unmarked_endpoints(app)
    if unmarked:
        raise RuntimeError("endpoints without an access mark: " + ", ".join(unmarked))
