"""How long an import of 50,000 enterprises takes and how much memory it needs.

Makes a synthetic file with right check digits and some damage, runs the real check and the real
import (jobs in place) on a fresh database, and prints seconds and the peak of resident memory.

    python -m benchmarks.imports [--rows 50000] [--format csv|xlsx] [--database URL]
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import xlsxwriter
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy.orm import Session
from stdnum.cn import uscc

from backend.app import create_app
from backend.app.accounts.models import Account, Department, RoleGrant
from backend.app.platform import ids, work
from backend.app.platform.access import Actor
from backend.app.platform.database import db
from backend.app.platform.settings import read_settings
from backend.app.platform.transactions import read_session
from backend.app.registry.service import importing

HEADER = (
    "企业名称",
    "统一社会信用代码",
    "注册日期",
    "企业类型",
    "经营范围",
    "注册地址",
    "行政区划代码",
    "行业代码",
    "风险等级",
    "监管标签",
)
_WORDS = "安泰恒源鑫盛华隆百信达康宁顺通利民聚丰宏远瑞祥"
_TRADES = ("食品", "机械", "化工", "餐饮", "药房", "物流", "建材", "农资")


def code(number: int) -> str:
    """Return a social credit code with its right check digit, a different one for each number."""
    body = f"91370399{number:09d}"
    return body + str(uscc.calc_check_digit(body))


def rows(count: int) -> Iterator[list[str]]:
    """Yield the rows of a plausible register, one in five hundred of them damaged."""
    seeded = random.Random(20261123)
    for number in range(count):
        name = "".join(seeded.choices(_WORDS, k=4)) + seeded.choice(_TRADES) + "有限公司"
        damaged = number % 500 == 499
        yield [
            f"{name}{number}",
            "9.14690062012665e+17" if damaged else code(number),
            f"20{seeded.randrange(10, 26)}/{seeded.randrange(1, 13)}/{seeded.randrange(1, 29)}",
            seeded.choice(("有限责任公司", "个体工商户", "分公司")),
            "销售预包装食品、农用物资、机电设备；技术服务与咨询。" * 3,
            f"滨河路{seeded.randrange(1, 999)}号",
            "370399",
            f"F{seeded.randrange(5100, 5299)}",
            seeded.choice("ABCD"),
            seeded.choice(("", "重点监管", "信用良好|示范单位")),
        ]


def make_file(count: int, kind: str) -> bytes:
    """Return the register as GB18030 CSV or as a workbook."""
    if kind == "csv":
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(HEADER)
        writer.writerows(rows(count))
        return text.getvalue().encode("gb18030")
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"constant_memory": True})
    sheet = book.add_worksheet()
    for at, cells in enumerate([list(HEADER), *rows(count)]):
        sheet.write_row(at, 0, cells)
    book.close()
    return data.getvalue()


def peak() -> float:
    """Return the most resident memory so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def start_program(folder: Path, database: str | None) -> Flask:
    """Return the program on a fresh, migrated database, with jobs run in place."""
    environ = {
        "EVENHAND_SECRET_KEY": "a secret that only this measurement uses",
        "EVENHAND_DATA_DIR": str(folder),
        "EVENHAND_ORIGIN": "http://localhost",
        "EVENHAND_RUN_JOBS": "inline",
        "EVENHAND_LOG_LEVEL": "ERROR",
    }
    if database:
        environ["EVENHAND_DATABASE_URL"] = database
    app = create_app(read_settings(environ))
    with app.app_context():
        upgrade()
    return app


def make_keeper() -> Actor:
    """Return a department administrator of the region that the file is about."""
    with Session(db.engine, expire_on_commit=False) as session:
        department = Department(code="B1", name="Benchmark", region_code="370399")
        session.add(department)
        session.flush()
        account = Account(
            login="keeper",
            name="Keeper",
            employee_number="KEEPER",
            department_id=department.id,
        )
        session.add(account)
        session.flush()
        role = RoleGrant(
            account_id=account.id, department_id=department.id, role="department_admin"
        )
        session.add(role)
        session.commit()
    return Actor(
        account.id,
        "keeper",
        "Keeper",
        department.id,
        department.name,
        frozenset({"department_admin"}),
        lambda: frozenset({department.id}),
        ids.new_id(),
    )


def expect_state(batch_id: UUID, actor: Actor, state: str) -> None:
    """Run what is still due, then end the measurement unless the import came to this state."""
    work.run_due()
    with read_session() as session:
        batch = importing.get_batch(session, actor, batch_id)
        if batch.state != state:
            sys.exit(f"the import is {batch.state}, not {state}: {batch.failure or 'no reason'}")


def least(file: Path, folder: Path) -> float:
    """Return the CPU seconds to read a CSV and put its rows into a table unchecked: the least that
    any import costs on this machine now."""
    began = time.process_time()
    with file.open(encoding="gb18030", newline="") as text:
        lines = csv.reader(text)
        columns = len(next(lines))
        with closing(sqlite3.connect(folder / "least.db")) as database:
            database.execute(f"CREATE TABLE firm ({', '.join(f'c{n}' for n in range(columns))})")
            database.executemany(f"INSERT INTO firm VALUES ({', '.join('?' * columns)})", lines)
            database.commit()
    return time.process_time() - began


def import_once(file: Path, actor: Actor) -> None:
    """Upload, check and import the file; print the seconds of each step and what came of it."""
    began, cpu = time.perf_counter(), time.process_time()
    with file.open("rb") as data:
        pieces = iter(lambda: data.read(1 << 20), b"")
        batch_id = importing.receive(ids.new_id(), "enterprises", file.name, pieces, actor)
    with read_session() as session:
        mapping = dict(importing.get_batch(session, actor, batch_id).mapping)
    received = time.perf_counter()
    importing.order_check(batch_id, mapping, {}, actor)
    expect_state(batch_id, actor, "checked")
    checked = time.perf_counter()
    importing.order_import(batch_id, only_good=True, by=actor)
    expect_state(batch_id, actor, "done")
    ended = time.perf_counter()
    with read_session() as session:
        batch = importing.get_batch(session, actor, batch_id)
        done, errors = dict(batch.summary), batch.counts["errors"]
    print(
        f"{ended - began:5.1f} s, CPU {time.process_time() - cpu:.1f} s"
        f"  (receive {received - began:.1f}, check {checked - received:.1f},"
        f" import {ended - checked:.1f})  {done['new']} new, {done['changed']} changed,"
        f" {done['unchanged']} unchanged, {errors} errors; peak {peak():.0f} MiB"
    )


def measure(file: Path, folder: Path, database: str | None) -> None:
    """Import the file twice: all new, then all unchanged."""
    app = start_program(folder, database)
    with app.app_context():
        actor = make_keeper()
        print(f"before: {peak():.0f} MiB")
        if file.suffix == ".csv":
            print(f"reading and storing alone: CPU {least(file, folder):.2f} s")
        import_once(file, actor)
        import_once(file, actor)


def main() -> None:
    """Make the file in another process, so that its memory does not count, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--format", choices=("csv", "xlsx"), default="csv")
    parser.add_argument("--database")
    parser.add_argument("--make", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.make:
        Path(wanted.make).write_bytes(make_file(wanted.rows, wanted.format))
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"register.{wanted.format}"
        own = [sys.executable, "-m", "benchmarks.imports", "--make", str(file)]
        arguments = ["--rows", str(wanted.rows), "--format", wanted.format]
        subprocess.run([*own, *arguments], check=True)
        print(f"{wanted.rows} rows, {file.stat().st_size / 1e6:.1f} MB {wanted.format}")
        measure(file, Path(folder) / "data", wanted.database)


if __name__ == "__main__":
    main()
