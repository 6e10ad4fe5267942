import { webcrypto } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { headText } from "../src/core/events.ts";
import type { SentEvent } from "../src/core/types.ts";
import { quarantined, unsentCount } from "../src/data/events.ts";
import { fact } from "../src/data/facts.ts";
import { append, visit } from "../src/data/visits.ts";
import { exchange } from "../src/sync/exchange.ts";
import { Outbox, round } from "../src/sync/outbox.ts";
import { FakeServer } from "./fake-server.ts";
import {
  ANNA,
  answer,
  BERT,
  PACKAGE,
  type Phone,
  phone,
  serverAt,
  VISIT,
  withVisit,
} from "./world.ts";

let fake: FakeServer;
let origin: string;
let one: Phone;

beforeEach(async () => {
  fake = new FakeServer();
  origin = await fake.start();
  one = await withVisit(await phone());
  fake.account = one.db.account;
});
afterEach(() => fake.stop());

const call = () => ({ db: one.db, server: serverAt(origin), device: one.device, officer: ANNA });
const write = (...changes: Parameters<typeof append>[3]) =>
  append(one.db, one.author, VISIT, changes);

const theirs = (value: string, revision: number, more: Partial<SentEvent> = {}) =>
  ({
    v: 1,
    id: `0190e000-0000-7000-8000-0000000000${revision + 10}`,
    device: "0190d000-0000-7000-8000-00000000000b",
    seq: revision,
    prev: "0".repeat(64),
    visit: VISIT,
    kind: "answer.set",
    at: "2026-11-23T14:03:00+08:00",
    mono: 1,
    body: { point: "F:1", value, note: null, base: null },
    officer: BERT,
    revision,
    ...more,
  }) as SentEvent & { officer: string; revision: number };

describe("push and pull", () => {
  it("sends the queue in order, signed by the device, and keeps the receipts", async () => {
    await write(answer("F:1", "pass"), answer("F:2", "pass"));
    expect((await exchange(call())).kind).toBe("ok");
    const [sent] = fake.calls;
    expect(sent?.events.map((event) => event.seq)).toEqual([1, 2]);
    const head = await fact(one.db, "head");
    const signed = await webcrypto.subtle.verify(
      { name: "ECDSA", hash: "SHA-256" },
      one.device.keys.publicKey,
      Buffer.from(sent?.signature ?? "", "base64"),
      Buffer.from(headText(one.device.id, head ?? { seq: 0, hash: "" })),
    );
    expect(signed).toBe(true);
    expect(await unsentCount(one.db)).toBe(0);
    expect(await one.db.read((c) => c.count("receipts"))).toBe(1);
  });

  it("takes a new visit and the other officer's answer, and shows the dispute", async () => {
    await write(answer("F:1", "pass"));
    fake.visits = [{ visit: VISIT, revision: 1, package: null, events: [theirs("fail", 1)] }];
    await exchange(call());
    const row = await visit(one.db, VISIT);
    expect(row?.state.answers["F:1"]).toMatchObject({ kind: "disputed" });
    const fresh = { ...PACKAGE, visit: "0190c000-0000-7000-8000-000000000099" };
    fake.visits = [{ visit: fresh.visit, revision: 0, package: fresh, events: [] }];
    await exchange(call());
    expect((await visit(one.db, fresh.visit))?.state.status).toBe("assigned");
  });

  it("ends with one event and the first receipt when the reply is cut after the commit", async () => {
    await write(answer("F:1", "pass"));
    fake.fault = (request, _response, body) => {
      if (request.url !== "/api/v1/sync") return false;
      fake.take(JSON.parse(`${body}`));
      request.socket.destroy();
      return true;
    };
    expect((await exchange(call())).kind).toBe("offline");
    expect(await unsentCount(one.db)).toBe(1);
    fake.fault = () => false;
    const tab = { ...call(), db: (await phone(one.db.account)).db };
    const both = await Promise.all([exchange(call()), exchange(tab)]);
    expect(both.map((result) => result.kind)).toEqual(["ok", "ok"]);
    expect(fake.taken.size).toBe(1);
    const [row] = await one.db.read((c) => c.getAll("events"));
    expect(row?.receipt).toEqual([...fake.taken.values()][0]?.receipt);
  });

  it("counts a captive portal's page as no network and keeps the queue", async () => {
    await write(answer("F:1", "pass"));
    fake.fault = (_request, response) => {
      response.writeHead(200, { "Content-Type": "text/html" });
      response.end("<h1>请登录热点</h1>");
      return true;
    };
    expect((await exchange(call())).kind).toBe("offline");
    expect(await unsentCount(one.db)).toBe(1);
  });

  it("keeps the queue and asks for a sign-in on 401", async () => {
    await write(answer("F:1", "pass"));
    fake.fault = (_request, response) => {
      fake.json(response, 401, { code: "access.signed_out", title: "请登录" });
      return true;
    };
    expect((await exchange(call())).kind).toBe("signed-out");
    expect(await unsentCount(one.db)).toBe(1);
  });

  it("halves a batch that is too large until it fits", async () => {
    await write(...Array.from({ length: 20 }, () => answer("F:1", "pass")));
    fake.fault = (request, response, body) => {
      if (request.url !== "/api/v1/sync") return false;
      if (JSON.parse(`${body}`).events.length <= 6) return false;
      fake.json(response, 413, { code: "sync.too_large", title: "" });
      return true;
    };
    expect((await exchange(call())).kind).toBe("ok");
    expect(fake.taken.size).toBe(20);
    expect(fake.calls.every((one) => one.events.length <= 6)).toBe(true);
  });

  it("sets one event aside that the server cannot take and sends the others", async () => {
    await write(answer("F:1", "pass"), answer("F:2", "pass"), answer("F:8", "na"));
    fake.fault = (request, response, body) => {
      if (request.url !== "/api/v1/sync") return false;
      const { events } = JSON.parse(`${body}`) as { events: { seq: number }[] };
      if (!events.some((event) => event.seq === 2)) return false;
      fake.json(response, 422, { code: "sync.malformed", title: "" });
      return true;
    };
    expect((await exchange(call())).kind).toBe("ok");
    expect([...fake.taken.values()].map((t) => t.event.seq)).toEqual([1, 3]);
    expect((await quarantined(one.db)).map((row) => row.receipt?.reason)).toEqual([
      "sync.malformed",
    ]);
  });

  it("shows what the server held back and folds without it", async () => {
    fake.quarantine = () => "visit_handed_in";
    await write(answer("F:1", "pass"));
    await exchange(call());
    expect((await visit(one.db, VISIT))?.state.answers).toEqual({});
    expect(await quarantined(one.db)).toHaveLength(1);
    const [held] = await quarantined(one.db);
    const back = { ...(held?.event as SentEvent), officer: ANNA, revision: 9 };
    fake.visits = [{ visit: VISIT, revision: 9, package: null, events: [back] }];
    await exchange(call());
    expect(await quarantined(one.db)).toEqual([]);
    expect((await visit(one.db, VISIT))?.state.answers["F:1"]).toMatchObject({ value: "pass" });
  });

  it("offers everything again when the server was restored", async () => {
    await write(answer("F:1", "pass"), answer("F:2", "pass"));
    await exchange(call());
    fake.taken.clear();
    fake.epoch = "epoch-2";
    await exchange(call());
    expect(fake.taken.size).toBe(2);
    expect(await fact(one.db, "epoch")).toBe("epoch-2");
    expect((await visit(one.db, VISIT))?.state.answers).toHaveProperty("F:2");
  });

  it("closes a visit that went to somebody else and keeps what was written", async () => {
    await write(answer("F:1", "pass"));
    fake.released = [VISIT];
    await exchange(call());
    expect((await visit(one.db, VISIT))?.released).toBe(true);
    expect((await visit(one.db, VISIT))?.state.answers).toHaveProperty("F:1");
    await expect(write(answer("F:2", "pass"))).rejects.toThrow();
  });
});

describe("the outbox", () => {
  const ports = () => ({
    db: one.db,
    server: serverAt(origin),
    officer: ANNA,
    deviceName: "phone",
    random: () => 0,
    free: async () => null,
    met: async () => undefined,
  });

  it("enrols the device's public key once", async () => {
    await round(ports(), () => undefined);
    await round(ports(), () => undefined);
    expect(fake.enrolled).toEqual([
      { device: one.device.id, public_key: expect.stringMatching(/^MFkw/), name: "phone" },
    ]);
  });

  it("sends nothing under somebody else's cookie", async () => {
    await write(answer("F:1", "pass"));
    fake.account = "somebody-else";
    const result = await round(ports(), () => undefined);
    expect(result).toMatchObject({ kind: "signed-out" });
    expect(fake.calls).toEqual([]);
    expect(await unsentCount(one.db)).toBe(1);
  });

  it("has one holder among two tabs, and the other takes over when it closes", async () => {
    let inside = 0;
    let most = 0;
    fake.fault = (request) => {
      if (request.url === "/api/v1/sync") {
        inside += 1;
        most = Math.max(most, inside);
        queueMicrotask(() => {
          inside -= 1;
        });
      }
      return false;
    };
    const tabs = [new Outbox(ports()), new Outbox(ports())] as const;
    const running = tabs.map((tab) => tab.run());
    const idle = (tab: Outbox) =>
      new Promise<void>((resolve) => {
        const stop = tab.onChange(async () => {
          if ((await fact(one.db, "sync"))?.phase !== "idle") return;
          stop();
          resolve();
        });
      });
    await idle(tabs[0]);
    expect(fake.calls).toHaveLength(1);
    tabs[0].close();
    await idle(tabs[1]);
    tabs[1].close();
    await Promise.all(running);
    expect(fake.calls).toHaveLength(2);
    expect(most).toBe(1);
  });

  it("says when it tries again after a failure", async () => {
    await fake.stop();
    const outbox = new Outbox({ ...ports(), random: () => 0.5 });
    const waiting = new Promise<void>((resolve) => {
      outbox.onChange(async () => {
        if ((await fact(one.db, "sync"))?.phase === "waiting") resolve();
      });
    });
    const running = outbox.run();
    await waiting;
    const sync = await fact(one.db, "sync");
    expect(sync).toMatchObject({ trouble: { kind: "offline" }, failures: 1 });
    expect(sync?.nextAttempt).toBeGreaterThan(Date.now() + 1_000);
    outbox.close();
    await running;
    fake = new FakeServer();
    await fake.start();
  });
});
