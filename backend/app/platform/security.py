"""Headers, cookies, CSRF and rate limits of every reply.

The policy allows no inline script or style; the camera and the position are for ourselves alone.
"""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv6Address, IPv6Network

from flask import Flask, Response
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from .settings import Settings

csrf = CSRFProtect()


def caller() -> str:
    """Return where a request comes from, as limits count it. For IPv6 that is the network of 64
    bits: a caller owns all its addresses and could take another one for each request."""
    given = str(get_remote_address())
    try:
        address = IPv6Address(given)
    except ValueError:
        return given
    return given if address.ipv4_mapped else str(IPv6Network((address, 64), strict=False))


limiter = Limiter(caller, headers_enabled=True)

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "worker-src 'self' blob:",
        "connect-src 'self'",
        "font-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
VERIFIER_POLICY = CONTENT_SECURITY_POLICY.replace(
    "script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'"
)
"""The public verifier hashes with WebAssembly that its own script writes out; nothing else may."""
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(self), "
    "publickey-credentials-get=(self), publickey-credentials-create=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class SessionCookie(SecureCookieSessionInterface):
    """The session's cookie, written after every other header: only here can a reply that carries
    one be kept out of every cache."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie if the session changed."""
        super().save_session(app, session, response)
        if "Set-Cookie" in response.headers:
            response.headers["Cache-Control"] = "no-store"


def configure(app: Flask, settings: Settings) -> None:
    """Set cookie and limit options and whom to believe about a caller's address."""
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
    app.session_interface = SessionCookie()
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-evenhand" if settings.https else "evenhand",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        RATELIMIT_STORAGE_URI=settings.rate_limit_storage,
        RATELIMIT_STRATEGY="moving-window",
    )


def install(app: Flask, settings: Settings) -> None:
    """Add headers to every reply, CSRF to every state change, limits where asked.

    What says nothing about caches is private: it is kept nowhere, not even for the back button.
    """
    csrf.init_app(app)
    limiter.init_app(app)

    transport = "max-age=31536000" + ("; includeSubDomains" if settings.hsts_subdomains else "")

    @app.after_request
    def _headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.https:
            response.headers.setdefault("Strict-Transport-Security", transport)
        response.headers.setdefault("Cache-Control", "no-store")
        return response
