"""RFC 3161: checkpoints are stamped by an authority, and only a reply that verifies is kept."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete

from backend.app.ledger import der, fsck, note, service, stamping
from backend.app.ledger.errors import NoTimestamp
from backend.app.ledger.models import LedgerEntry, SignedCheckpoint
from backend.app.platform import clock, jobs
from backend.app.platform.settings import SettingsRefused, current_settings
from backend.app.platform.transactions import read_session, unit_of_work
from tests.conftest import ROOT, Browser, make_settings
from tests.factories.ledger import fill, finding, public_file
from tests.fakes.authority import Authority, serving


@pytest.fixture(scope="module")
def openssl(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority for all tests here; making its keys takes a moment."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def authority(app: Flask, openssl: Authority) -> Iterator[Authority]:
    """The application asks the authority, which serves on the loopback."""
    openssl.asked, openssl.status, openssl.swap = 0, 200, None
    with serving(openssl) as url:
        app.extensions["evenhand.settings"] = replace(
            current_settings(), timestamp_url=url, timestamp_roots=openssl.roots
        )
        yield openssl


def waiting() -> bool:
    with read_session() as session:
        return jobs.is_planned(session, stamping.STAMP)


def text() -> bytes:
    return note.parse(service.checkpoint() or "").text.encode()


def test_a_grown_log_is_stamped_and_openssl_accepts_the_stamp(
    authority: Authority, client: Browser
) -> None:
    fill(5)
    stamp = stamping.newest()
    assert stamp is not None and stamp.size == 5
    assert abs(stamp.at - clock.now()) < timedelta(minutes=1)
    reply = client.get("/ledger/timestamp/5.tsr")
    assert reply.content_type == "application/timestamp-reply"
    message = client.get("/ledger/timestamp/5.txt")
    assert message.data == text()
    assert authority.accepts(reply.data, message.data)
    assert not authority.accepts(reply.data, message.data.replace(b"\n5\n", b"\n6\n"))
    assert "/ledger/timestamp/5.tsr" in client.get("/ledger/").get_data(as_text=True)


def test_the_authority_is_asked_once_an_hour_and_for_the_newest(
    app: Flask, authority: Authority
) -> None:
    fill(2)
    fill(2, 2)
    fill(2, 4)
    assert authority.asked == 1
    assert waiting()
    later = clock.now() + timedelta(minutes=61)
    app.extensions["evenhand.clock"] = lambda: later
    jobs.run_due()
    assert authority.asked == 2
    newest = stamping.newest()
    assert newest is not None and newest.size == 6
    assert not waiting()


def test_the_same_checkpoint_is_not_stamped_twice(authority: Authority) -> None:
    fill(3)
    assert stamping.stamp_newest() == stamping.newest()
    assert authority.asked == 1


def test_an_authority_that_is_down_holds_up_nothing_and_is_asked_again(
    app: Flask, authority: Authority
) -> None:
    authority.status = 503
    fill(4)
    assert service.published_size() == 4
    assert stamping.newest() is None
    assert waiting()
    authority.status = 200
    later = clock.now() + timedelta(hours=1)
    app.extensions["evenhand.clock"] = lambda: later
    jobs.run_due()
    newest = stamping.newest()
    assert newest is not None and newest.size == 4


def test_a_reply_to_another_question_is_not_kept(authority: Authority) -> None:
    fill(1)
    kept = stamping.file("1.tsr")
    authority.swap = kept
    fill(1, 1)
    with pytest.raises(NoTimestamp, match="no_timestamp"):
        stamping.stamp_newest()
    newest = stamping.newest()
    assert newest is not None and newest.size == 1


@pytest.mark.parametrize("swap", [b"", b"no", b"\x30\x82\xff\xff" + bytes(64)])
def test_a_reply_that_is_none_is_not_kept(authority: Authority, swap: bytes) -> None:
    authority.swap = swap
    fill(1)
    with pytest.raises(NoTimestamp):
        stamping.stamp_newest()
    assert stamping.newest() is None


def test_a_stamp_of_an_authority_nobody_trusts_is_not_kept(
    app: Flask, authority: Authority, tmp_path: Path
) -> None:
    other = Authority(tmp_path / "other")
    app.extensions["evenhand.settings"] = replace(current_settings(), timestamp_roots=other.roots)
    fill(1)
    with pytest.raises(NoTimestamp):
        stamping.stamp_newest()
    assert stamping.newest() is None


def test_certificates_in_any_order_are_read(authority: Authority) -> None:
    fill(2)
    kept = der.with_sorted_certificates(stamping.file("2.tsr") or b"")
    first, second = sorted(authority.certificates())
    assert first + second in kept
    turned = kept.replace(first + second, second + first)
    assert turned != kept
    assert stamping.verify(turned, text(), authority.roots)
    assert authority.accepts(turned, text())


def test_a_changed_bit_of_a_kept_stamp_shows(authority: Authority) -> None:
    fill(2)
    kept = stamping.file("2.tsr") or b""
    assert stamping.verify(kept, text(), authority.roots)
    with pytest.raises(NoTimestamp):
        stamping.verify(kept[:-1] + bytes([kept[-1] ^ 1]), text(), authority.roots)


def test_fsck_holds_the_log_against_the_stamp(authority: Authority) -> None:
    fill(4)
    assert finding() is None
    kept = public_file("timestamp/4.txt")
    said = kept.read_bytes()
    kept.write_bytes(said.replace(b"\n4\n", b"\n3\n"))
    assert finding() == fsck.Finding(0, "stamp.invalid", "timestamp/newest")
    kept.write_bytes(said)
    assert finding() is None


def test_a_log_that_forgot_what_was_stamped_is_found(app: Flask, authority: Authority) -> None:
    """Somebody with secret, database and store publishes another history of the same length."""
    fill(3)
    keep = {
        name: public_file(f"timestamp/{name}").read_bytes() for name in ("3.txt", "3.tsr", "newest")
    }
    with unit_of_work() as session:
        session.execute(delete(LedgerEntry))
        session.execute(delete(SignedCheckpoint))
    shutil.rmtree(public_file(""))
    app.extensions["evenhand.settings"] = replace(current_settings(), timestamp_url="")
    fill(3, 100)
    assert finding() is None
    public_file("timestamp").mkdir()
    for name, data in keep.items():
        public_file(f"timestamp/{name}").write_bytes(data)
    found = finding()
    assert found is not None
    assert (found.code, found.where) == ("checkpoint.differs", "size 3")


def test_the_command_stamps_at_once(app: Flask, authority: Authority) -> None:
    authority.status = 500
    fill(2)
    authority.status = 200
    found = current_settings()
    variables = {
        "EVENHAND_SECRET_KEY": found.secret_key,
        "EVENHAND_DATA_DIR": str(found.data_dir),
        "EVENHAND_DATABASE_URL": found.database_url,
        "EVENHAND_ORIGIN": found.origin,
        "EVENHAND_TIMESTAMP_URL": found.timestamp_url,
        "EVENHAND_TIMESTAMP_ROOTS": str(found.timestamp_roots),
        "EVENHAND_LOG_LEVEL": "ERROR",
    }
    done = subprocess.run(
        [sys.executable, "-m", "backend.app.cli", "ledger", "stamp"],
        env={**os.environ, **variables},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.startswith("2 entries existed at ")


def test_without_the_setting_nobody_is_asked(app: Flask, client: Browser) -> None:
    fill(2)
    assert stamping.stamp_newest() is None
    assert not waiting()
    assert client.get("/ledger/timestamp/2.tsr").status_code == 404
    assert client.get("/ledger/timestamp/newest").status_code == 404
    assert client.get("/ledger/timestamp/..%2fcheckpoint").status_code == 404


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"timestamp_url": "https://tsa.example"}, "TIMESTAMP_ROOTS"),
        ({"timestamp_url": "tsa.example"}, "TIMESTAMP_URL"),
        ({"timestamp_minutes": "0"}, "TIMESTAMP_MINUTES"),
    ],
)
def test_settings_that_cannot_work_are_refused(
    tmp_path: Path, changes: dict[str, str], word: str
) -> None:
    with pytest.raises(SettingsRefused, match=word):
        make_settings(tmp_path, **changes)
