"""Witnesses: asked with a proof, believed only with a valid cosignature."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from flask import Flask

from backend.app.ledger import files, note, service, witnesses
from backend.app.ledger.errors import UnknownWitness, WitnessAhead
from backend.app.platform import clock
from backend.app.platform.transactions import read_session, unit_of_work
from tests.factories.ledger import append, fill, finding
from tests.fakes.witness import NAME, FakeWitness
from tests.pure.ledger import note_reader

URL = "http://127.0.0.1:8179"


@pytest.fixture
def witness(app: Flask) -> FakeWitness:
    """A witness that knows this log's key."""
    return FakeWitness(service.verifier_key(), at=int(clock.now().timestamp()))


def introduce(witness: FakeWitness, url: str = URL) -> None:
    with unit_of_work() as session:
        witnesses.add(session, witness.verifier_key, url)


def grow_quietly(witness: FakeWitness, count: int, start: int = 0) -> None:
    """Grow the log without asking anybody."""
    with unit_of_work() as session:
        witnesses.retire(session, NAME)
    fill(count, start)
    with unit_of_work() as session:
        known = {row.name: row for row in witnesses.all_of(session)}
        if NAME in known:
            known[NAME].active = True


def state() -> service.WitnessView:
    with read_session() as session:
        return service.overview(session).witnesses[0]


def test_a_checkpoint_gets_the_cosignature_and_stays_valid(
    app: Flask, witness: FakeWitness
) -> None:
    fill(3)
    introduce(witness)
    assert witnesses.ask_all(witness.post) == {NAME: "cosigned"}
    published = (service.checkpoint() or "").encode()
    assert note_reader.read(published, witness.verifier_key)[1] == "3"
    assert note_reader.read(published, service.verifier_key())[1] == "3"
    assert state() == service.WitnessView(NAME, cosigned=True, size=3, problem=None)
    assert finding() is None


def test_growth_is_proven_to_a_witness_step_by_step(app: Flask, witness: FakeWitness) -> None:
    introduce(witness)
    for count, start in ((1, 0), (300, 1), (7, 301), (256, 308)):
        grow_quietly(witness, count, start)
        assert witnesses.ask_all(witness.post) == {NAME: "cosigned"}
    assert (witness.size, witness.asked) == (564, 4)


def test_a_witness_that_knows_another_size_is_asked_again_from_there(
    app: Flask, witness: FakeWitness
) -> None:
    fill(5)
    introduce(witness)
    witnesses.ask_all(witness.post)
    introduce(witness)
    grow_quietly(witness, 5, 5)
    assert witnesses.ask_all(witness.post) == {NAME: "cosigned"}
    assert witness.asked == 3


def test_proofs_carry_the_cosignatures(app: Flask, witness: FakeWitness) -> None:
    append("370399-2026-P2-003", entry_type="draw.result")
    introduce(witness)
    witnesses.ask_all(witness.post)
    with read_session() as session:
        proof = service.proof_for(session, "draw.result", "370399-2026-P2-003") or b""
    assert note_reader.read(proof.split(b"\n\n", 1)[1], witness.verifier_key)[1] == "1"


def test_a_witness_that_saw_a_longer_log_stops_this_one(app: Flask, witness: FakeWitness) -> None:
    """Store and database were both restored from an old backup: only the witness remembers."""
    fill(5)
    introduce(witness)
    witness.size = 9
    assert witnesses.ask_all(witness.post) == {NAME: "ahead"}
    append("after-restore")
    with pytest.raises(WitnessAhead):
        service.sequence_now()
    assert service.published_size() == 5
    with unit_of_work() as session:
        assert witnesses.retire(session, NAME)
    assert service.sequence_now() == 1


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        ((500, b""), "status_500"),
        ((404, b""), "status_404"),
        ((200, b""), "malformed"),
        ((200, b"\xff\xfe"), "malformed"),
        ((200, b"- not a line\n"), "malformed"),
        ((409, b"many"), "conflict"),
        ((409, b"0\n"), "conflict"),
    ],
)
def test_an_answer_without_a_cosignature_is_kept_as_a_problem(
    app: Flask, witness: FakeWitness, reply: tuple[int, bytes], problem: str
) -> None:
    fill(2)
    introduce(witness)
    before = service.checkpoint()
    assert witnesses.ask_all(lambda _url, _body: reply) == {NAME: problem}
    assert service.checkpoint() == before
    assert state().problem == problem


def test_a_cosignature_by_another_key_or_from_the_future_is_not_believed(
    app: Flask, witness: FakeWitness
) -> None:
    fill(2)
    introduce(witness)
    stranger = FakeWitness(service.verifier_key(), at=witness.at, seed=3)
    assert witnesses.ask_all(stranger.post) == {NAME: "bad_signature"}
    witness.at += 3600
    assert witnesses.ask_all(witness.post) == {NAME: "clock_ahead"}
    assert (
        note.cosigned_at(
            note.parse(service.checkpoint() or ""), note.parse_key(witness.verifier_key)
        )
        is None
    )


def test_a_witness_that_cannot_be_reached_does_not_hold_up_the_log(
    app: Flask, witness: FakeWitness
) -> None:
    introduce(witness)
    fill(2)
    assert service.published_size() == 2
    assert state().problem == "unreachable"


@pytest.mark.parametrize(
    "url", ["http://witness.example/", "ftp://127.0.0.1/", "https://", "witness", ""]
)
def test_a_witness_needs_an_https_address(app: Flask, witness: FakeWitness, url: str) -> None:
    with pytest.raises(UnknownWitness):
        introduce(witness, url)


def test_a_log_key_is_no_witness_key(app: Flask) -> None:
    with pytest.raises(UnknownWitness), unit_of_work() as session:
        witnesses.add(session, files.verifier_key().text(), URL)


@pytest.fixture
def served(witness: FakeWitness) -> Iterator[str]:
    """The witness behind a real HTTP server on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, reply = witness.post(self.path, body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *args: object) -> None:
            """Tests stay quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/w1"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_new_checkpoint_is_cosigned_over_http_right_after_the_commit(
    app: Flask, witness: FakeWitness, served: str
) -> None:
    introduce(witness, served)
    fill(4)
    published = (service.checkpoint() or "").encode()
    assert note_reader.read(published, witness.verifier_key)[1] == "4"
