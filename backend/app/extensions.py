"""Flask extensions that more than one module needs, made once and bound in ``create_app``."""

from __future__ import annotations

from flask_login import LoginManager
from flask_migrate import Migrate

login_manager = LoginManager()
# A session is a row that can be revoked, and step-up asks anew where it matters. Flask-Login's own
# protection would write the cookie again on every request of a phone whose address has changed.
login_manager.session_protection = None
migrate = Migrate()
