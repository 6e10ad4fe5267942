"""Logs and metrics: which endpoint ran, how long, with what status; never who or what about.

Log lines are JSON with the request id, endpoint and status. Paths carry ids and codes, so the
endpoint's name stands in for them.
"""

from __future__ import annotations

import logging
from time import perf_counter
from typing import Any

import orjson
import structlog
from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from backend.version import VERSION

from . import workers
from .access import Forbidden, public
from .ids import new_id
from .settings import Settings

_PROXIES_SAY = ("Via", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")
"""Headers by which a proxy on this machine shows that it asks for somebody else."""


def configure_logging(settings: Settings) -> None:
    """JSON lines on standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(orjson.dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping().get(settings.log_level, logging.INFO)
        ),
        logger_factory=structlog.BytesLoggerFactory(file=_stderr()),
        cache_logger_on_first_use=False,
    )


def _stderr() -> Any:
    import sys

    return sys.stderr.buffer


def install(app: Flask) -> None:
    """Give each request an id, a log line and its place in the metrics."""
    registry = CollectorRegistry()
    seconds = Histogram(
        "evenhand_request_seconds", "Time to answer", ["endpoint"], registry=registry
    )
    replies = Counter("evenhand_replies", "Replies", ["endpoint", "status"], registry=registry)
    log = structlog.get_logger("request")

    @app.before_request
    def _start() -> None:
        g.request_id = new_id().hex
        g.started = perf_counter()

    @app.after_request
    def _end(response: Response) -> Response:
        endpoint = request.endpoint or "unknown"
        spent = perf_counter() - g.get("started", perf_counter())
        seconds.labels(endpoint).observe(spent)
        replies.labels(endpoint, str(response.status_code)).inc()
        response.headers["X-Request-Id"] = g.get("request_id", "")
        if endpoint != "static":
            log.info(
                "request",
                id=g.get("request_id"),
                method=request.method,
                endpoint=endpoint,
                status=response.status_code,
                ms=round(spent * 1000, 1),
            )
        return response

    @app.get("/healthz")
    @public
    def healthz() -> dict[str, str]:
        """Answer 200 as long as the program and its database do; the body tells of the worker.

        A missing worker delays work and takes no server out of service, so it is no failure here.
        """
        return {"status": "ok", "version": VERSION, "worker": workers.state()}

    @app.get("/healthz/worker")
    @public
    def worker_health() -> tuple[dict[str, str], int]:
        """Answer 503 when jobs are left to a worker and none runs; for alarms."""
        found = workers.state()
        return {"worker": found}, 503 if found == "missing" else 200

    @app.get("/metrics")
    @public
    def metrics() -> Response:
        """Prometheus figures, for this machine only."""
        passed_on = any(name in request.headers for name in _PROXIES_SAY)
        if request.remote_addr not in {"127.0.0.1", "::1"} or passed_on:
            raise Forbidden
        return Response(generate_latest(registry), mimetype="text/plain; version=0.0.4")
