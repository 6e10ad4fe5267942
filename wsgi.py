"""The WSGI entry: ``granian --interface wsgi wsgi:app``."""

from backend.app import create_app

app = create_app()
