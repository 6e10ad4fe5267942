"""How many visits a second the server takes, and what each costs.

Four clients hand in visits of 30 answers, then visits of 30 answers with three photos of 300 KB,
against granian and PostgreSQL on this machine. Printed: visits a second, CPU milliseconds a visit
in server, worker and database (thumbnails included, listed apart), the server's memory, and what a
bare insert takes in the same run. What the clients use of the machine is printed too, since they
share its cores.

    python -m benchmarks.sync [--visits 1600] [--photo-visits 320] [--clients 4]
"""

from __future__ import annotations

import argparse
import base64
import contextvars
import http.client
import io
import json
import os
import platform
import random
import time
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from benchmarks._serving import Installation, beside, cpu_of, installation
from benchmarks._yardstick import make_table

PORT = 8151
ANSWERS = 30


VISITS_OF_AN_OFFICER = 10


@dataclass
class Work:
    """What an officer's phone sends: its cookies, then for each visit a call and its files."""

    cookies: dict[str, str]
    visits: list[tuple[bytes, list[tuple[dict[str, str], bytes]]]]


def prepare(clients: int, visits: int, photos: int) -> list[list[Work]]:
    """Make officers, visits and phones in the database; calls are signed beforehand.

    Each officer has ten visits, and each client is the phones of several officers in turn.
    """
    from backend.app import create_app
    from backend.app.platform.database import db

    officers = max(clients, visits // VISITS_OF_AN_OFFICER)
    os.environ["EVENHAND_LOG_LEVEL"] = "ERROR"
    app = create_app()
    picture = photo() if photos else b""
    with app.app_context():
        made = [_officer(app, number, photos, picture) for number in range(officers)]
        db.engine.dispose()
    return [made[first::clients] for first in range(clients)]


def _officer(app: Any, number: int, photos: int, picture: bytes) -> Work:
    from sqlalchemy.orm import Session

    from backend.app.accounts.models import Device
    from backend.app.platform.database import db
    from backend.app.visits import service as visits
    from tests.factories.visits import make_team, make_visit, passing_points
    from tests.fakes.phone import Phone

    team, phone = make_team(passing_points(ANSWERS)), Phone()
    account, officer = team.accounts[0], str(team.officers[0].id)
    ids = [make_visit(team) for _ in range(VISITS_OF_AN_OFFICER)]
    with Session(db.engine) as session:
        key = phone.public_key
        device = Device(id=phone.device, account_id=account.id, public_key=key, name="bench")
        session.add(device)
        session.commit()
        packages = [json.loads(text) for text in visits.package_bodies(session, ids).values()]
    have = {package["visit"]: 0 for package in packages}
    calls = []
    for package in packages:
        calls.append(_visit(phone, package, officer, photos, picture, have))
        have[package["visit"]] = 1
    cookies = contextvars.Context().run(_sign_in, app, account.login, number)
    return Work(cookies, calls)


def _sign_in(app: Any, login: str, number: int) -> dict[str, str]:
    """Return the cookies and token of a signed-in phone, each phone from an address of its own."""
    browser = app.test_client()
    address = {"REMOTE_ADDR": f"127.1.{number // 250}.{number % 250 + 1}"}
    token = browser.get("/api/v1/csrf").get_json()["csrf_token"]
    reply = browser.post(
        "/api/v1/session",
        json={"login": login, "password": "correct horse battery"},
        headers={"X-CSRF-Token": token},
        environ_base=address,
    )
    cookie = reply.headers["Set-Cookie"].split(";")[0]
    return {"Cookie": cookie, "X-CSRF-Token": reply.get_json()["csrf_token"]}


def _visit(
    phone: Any,
    package: dict[str, Any],
    officer: str,
    photos: int,
    picture: bytes,
    have: dict[str, int],
) -> tuple[bytes, list[tuple[dict[str, str], bytes]]]:
    phone.outbox.clear()
    phone.fills(package)
    files = []
    for _ in range(photos):
        data = picture + random.randbytes(16)
        event = phone.photographs(package["visit"], data)
        files.append((_tus_headers(package["visit"], event["body"]), data))
    phone.seals(package, officer)
    call = phone.call(have=dict(have))
    return json.dumps(call, ensure_ascii=False).encode(), files


def _tus_headers(visit: str, body: dict[str, Any]) -> dict[str, str]:
    told = {
        "evidence": body["evidence"],
        "visit": visit,
        "sha256": body["sha256"],
        "filename": "photo.jpg",
        "mime": "image/jpeg",
    }
    pairs = (f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in told.items())
    return {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(body["size"]),
        "Upload-Metadata": ",".join(pairs),
        "Content-Type": "application/offset+octet-stream",
    }


def photo() -> bytes:
    """Return a JPEG of about 300 KB with the detail of a real one."""
    from PIL import Image, ImageFilter

    noise = Image.effect_noise((1600, 1200), 60).filter(ImageFilter.GaussianBlur(1.2))
    picture = Image.merge("RGB", (noise, noise.rotate(90, expand=False), noise.rotate(180)))
    for quality in range(95, 20, -5):
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality)
        if out.tell() <= 300_000:
            return out.getvalue().ljust(300_000, b"\0")
    return out.getvalue()


def client(origin: str, works: list[Work], ready: Any, go: Any, results: Any) -> None:
    """Wait for the start, hand everything in, and put the seconds of each visit into
    ``results``."""
    line = http.client.HTTPConnection(origin.removeprefix("http://"))

    def post(path: str, body: bytes, headers: dict[str, str]) -> bytes:
        line.request("POST", path, body, headers)
        reply = line.getresponse()
        data = reply.read()
        if reply.status >= 400:
            raise SystemExit(f"{path}: {reply.status} {data[:300]!r}")
        return data

    ready.release()
    go.wait()
    spent = []
    for work in works:
        for call, files in work.visits:
            began = time.perf_counter()
            told = {**work.cookies, "Content-Type": "application/json"}
            answer = post("/api/v1/sync", call, told)
            if b"quarantined" in answer:
                raise SystemExit(f"not applied: {answer!r}")
            for headers, data in files:
                post("/api/v1/evidence", data, {**work.cookies, **headers})
            spent.append(time.perf_counter() - began)
    results.put((spent, time.process_time()))


def run(place: Installation, works: list[list[Work]], name: str) -> None:
    """Let all clients go at once and print what it took."""
    context = get_context("spawn")
    ready, go, results = context.Semaphore(0), context.Event(), context.Queue()
    clients = [
        context.Process(target=client, args=(place.origin, work, ready, go, results))
        for work in works
    ]
    for process in clients:
        process.start()
    for _ in clients:
        ready.acquire()
    before = place.cpu()
    began = time.perf_counter()
    go.set()
    outcomes = [results.get() for _ in clients]
    wall = time.perf_counter() - began
    for process in clients:
        process.join()
    handed_in = place.cpu()
    settle(place)
    after = place.cpu()
    spent = sorted(second for outcome, _ in outcomes for second in outcome)
    count = len(spent)
    cost = {key: 1000 * (handed_in[key] - before[key]) / count for key in before}
    later = 1000 * (sum(after.values()) - sum(handed_in.values())) / count
    print(f"{name}: {count / wall:.0f} visits/s ({count} visits, {len(works)} clients)")
    print(
        f"  CPU a visit: {sum(cost.values()) + later:.2f} ms all in"
        f" (server {cost['server']:.2f}, database {cost['database']:.2f},"
        f" worker meanwhile {cost['worker']:.2f}, background work afterwards {later:.2f})"
    )
    print(
        f"  client's wait: median {1000 * spent[count // 2]:.1f} ms,"
        f" 95 % {1000 * spent[int(count * 0.95)]:.1f} ms; the clients themselves"
        f" {1000 * sum(cpu for _, cpu in outcomes) / count:.2f} ms of CPU a visit"
    )
    print(f"  memory of the server's processes: {place.memory():.0f} MB", flush=True)


def yardstick(place: Installation, clients: int, each: int = 500) -> None:
    """Print what a bare insert takes on this machine now, by as many clients."""
    make_table()
    with beside(place, PORT + 1, "benchmarks._yardstick:create_app") as (origin, server):
        call = json.dumps({"answers": ["pass"] * ANSWERS}).encode()
        before = cpu_of(server) + cpu_of(place.database)
        began = time.perf_counter()
        with get_context("spawn").Pool(clients) as pool:
            pool.starmap(_post_again, [(origin, call, each)] * clients)
        wall = time.perf_counter() - began
        spent = cpu_of(server) + cpu_of(place.database) - before
        print(
            f"a bare insert through Flask: {1000 * spent / (clients * each):.2f} ms of CPU"
            f" ({clients * each / wall:.0f}/s)",
            flush=True,
        )


def _post_again(origin: str, call: bytes, times: int) -> None:
    line = http.client.HTTPConnection(origin.removeprefix("http://"))
    for _ in range(times):
        line.request("POST", "/", call, {"Content-Type": "application/json"})
        if line.getresponse().read() != b'{"kept":true}\n':
            raise SystemExit("the bare application does not answer")


def settle(place: Installation) -> None:
    """Wait until the worker has nothing left to do."""
    import psycopg

    address = place.environ["EVENHAND_DATABASE_URL"].replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:
        for _ in range(1200):
            row = connection.execute(
                "SELECT count(*) FROM job WHERE state IN ('queued', 'running') AND run_at <= now()"
            ).fetchone()
            if row is None or row[0] == 0:
                return
            time.sleep(0.25)


def verify() -> None:
    """Check that the measured work was done: every visit is complete, every projection equals its
    events."""
    from sqlalchemy import select

    from backend.app import create_app
    from backend.app.platform.transactions import read_session
    from backend.app.visits import service as visits
    from backend.app.visits.models import Visit

    with create_app().app_context(), read_session() as session:
        rows = session.execute(select(Visit.id, Visit.state)).all()
        open_visits = [row.id for row in rows if row.state != "complete"]
        wrong = [row.id for row in random.sample(rows, 50) if visits.check(session, row.id)]
    print(f"checked: {len(rows)} visits, {len(open_visits)} not complete, {len(wrong)} differ")
    if open_visits or wrong:
        raise SystemExit(1)


def main() -> None:
    """Measure both runs, one after the other, on one installation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=1600)
    parser.add_argument("--photo-visits", type=int, default=320)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--answers-only", action="store_true")
    given = parser.parse_args()
    print(f"CPython {platform.python_version()}, {platform.python_compiler()}")
    with installation(PORT) as place:
        run(place, prepare(given.clients, 80, 0), "warming up")
        plain = prepare(given.clients, given.visits, 0)
        run(place, plain, f"{ANSWERS} answers")
        yardstick(place, given.clients)
        if not given.answers_only:
            full = prepare(given.clients, given.photo_visits, 3)
            run(place, full, f"{ANSWERS} answers, 3 photos of 300 KB")
            yardstick(place, given.clients)
        verify()


if __name__ == "__main__":
    main()
