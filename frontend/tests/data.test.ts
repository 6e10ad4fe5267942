import { describe, expect, it } from "vitest";
import { eventHash, FIRST_PREV } from "../src/core/events.ts";
import type { SentEvent } from "../src/core/types.ts";
import { AccountDb } from "../src/data/db.ts";
import { quarantined, unsentCount, withReceipt } from "../src/data/events.ts";
import { fact } from "../src/data/facts.ts";
import {
  DamagedPiece,
  dropOrphans,
  PIECE_BYTES,
  readRange,
  storeBytes,
  verify,
} from "../src/data/pieces.ts";
import { append, localTime, VisitClosed, visit } from "../src/data/visits.ts";
import { answer, noise, type Phone, phone, VISIT, withVisit } from "./world.ts";

const FILE = "0190f000-0000-7000-8000-000000000001";

async function chain({ db }: Phone): Promise<SentEvent[]> {
  const rows = await db.read((connection) => connection.getAll("events"));
  return rows.map((row) => row.event as SentEvent).sort((a, b) => a.seq - b.seq);
}

describe("writing to a visit", () => {
  it("stores the event and the projection it changes together", async () => {
    const one = await withVisit(await phone());
    const row = await append(one.db, one.author, VISIT, [answer("F:1", "pass")]);
    const again = await new AccountDb(one.db.account).read((c) => c.get("visits", VISIT));
    expect(again).toEqual(row);
    expect(row.state.answers["F:1"]).toMatchObject({ kind: "settled", value: "pass" });
    expect(row.progress.answered).toBe(1);
    expect(await unsentCount(one.db)).toBe(1);
  });

  it("keeps one unbroken chain when two tabs write at once", async () => {
    const one = await withVisit(await phone());
    const tab = await phone(one.db.account);
    expect(tab.device.id).toBe(one.device.id);
    const keys = ["F:1", "F:2", "F:8", "X:1"];
    await Promise.all(
      keys.map((key, n) =>
        append(n % 2 ? tab.db : one.db, one.author, VISIT, [
          answer(key, "pass"),
          answer(key, "na"),
        ]),
      ),
    );
    const events = await chain(one);
    expect(events.map((event) => event.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    let prev = FIRST_PREV;
    for (const event of events) {
      expect(event.prev).toBe(prev);
      prev = eventHash(event);
    }
    expect((await fact(one.db, "head"))?.hash).toBe(prev);
  });

  it("writes nothing at all to a visit that was handed in", async () => {
    const one = await withVisit(await phone());
    const sealed = {
      kind: "record.sealed",
      body: { digest: "d".repeat(64), assertion: null },
    } as const;
    await append(one.db, one.author, VISIT, [sealed]);
    const before = await visit(one.db, VISIT);
    const late = append(one.db, one.author, VISIT, [answer("F:1", "pass")]);
    await expect(late).rejects.toThrow(VisitClosed);
    expect(await visit(one.db, VISIT)).toEqual(before);
    expect(await chain(one)).toHaveLength(1);
  });

  it("leaves no trace of a transaction that failed half-way", async () => {
    const one = await withVisit(await phone());
    const broken = [answer("F:1", "pass"), { kind: "answer.set", body: { point: 1n } } as never];
    await expect(append(one.db, one.author, VISIT, broken)).rejects.toThrow();
    expect(await chain(one)).toEqual([]);
    expect(await fact(one.db, "head")).toBeUndefined();
  });

  it("does not fold events that the server holds, and lists them", async () => {
    const one = await withVisit(await phone());
    await append(one.db, one.author, VISIT, [answer("F:1", "pass")]);
    await one.db.strictly(["events"], async (tx) => {
      const [row] = await tx.objectStore("events").getAll();
      if (row === undefined) throw new Error("no event");
      const receipt = { event: row.id, state: "quarantined", reason: "gap" } as const;
      await tx.objectStore("events").put(withReceipt(row, receipt));
    });
    const row = await append(one.db, one.author, VISIT, [answer("F:2", "pass")]);
    expect(Object.keys(row.state.answers)).toEqual(["F:2"]);
    expect(await quarantined(one.db)).toHaveLength(1);
  });

  it("opens the database again when the browser closed it", async () => {
    const one = await withVisit(await phone());
    await one.db.read(async (connection) => connection.close());
    await append(one.db, one.author, VISIT, [answer("F:1", "pass")]);
    expect(await chain(one)).toHaveLength(1);
  });

  it("writes times with the phone's offset", () => {
    const now = new Date("2026-11-23T06:06:31.120Z");
    expect(localTime(now)).toMatch(/^2026-11-2\dT\d\d:\d\d:31\.120[+-]\d\d:\d\d$/);
    expect(Date.parse(localTime(now))).toBe(now.getTime());
  });
});

describe("evidence on the phone", () => {
  it("is stored in pieces and reads back byte for byte across them", async () => {
    const { db } = await phone();
    const bytes = noise(PIECE_BYTES * 2 + 1234);
    const stored = await storeBytes(db, FILE, new Blob([bytes]));
    expect(stored.pieces.map((piece) => piece.size)).toEqual([PIECE_BYTES, PIECE_BYTES, 1234]);
    const digest = await crypto.subtle.digest("SHA-256", bytes);
    expect(stored.sha256).toBe(Buffer.from(digest).toString("hex"));
    const row = { id: FILE, pieces: stored.pieces };
    const middle = await readRange(db, row, PIECE_BYTES - 10, PIECE_BYTES * 2 + 10);
    expect(Buffer.from(middle).equals(bytes.subarray(PIECE_BYTES - 10, PIECE_BYTES * 2 + 10))).toBe(
      true,
    );
  });

  it("notices one changed byte and a lost piece, and never hands them on", async () => {
    const { db } = await phone();
    const stored = await storeBytes(db, FILE, new Blob([noise(PIECE_BYTES + 9)]));
    await db.strictly(["pieces"], async (tx) => {
      const row = await tx.objectStore("pieces").get([FILE, 1]);
      if (row === undefined) throw new Error("no piece");
      new Uint8Array(row.bytes)[3] = 255 - (new Uint8Array(row.bytes)[3] ?? 0);
      await tx.objectStore("pieces").put(row);
    });
    const row = { id: FILE, pieces: stored.pieces };
    await expect(verify(db, FILE, stored)).rejects.toThrow(DamagedPiece);
    await expect(readRange(db, row, PIECE_BYTES, PIECE_BYTES + 2)).rejects.toThrow(DamagedPiece);
    expect(await readRange(db, row, 0, 4)).toHaveLength(4);
    await db.strictly(["pieces"], (tx) => tx.objectStore("pieces").delete([FILE, 0]));
    await expect(readRange(db, row, 0, 4)).rejects.toThrow(DamagedPiece);
  });

  it("removes pieces whose page died before the event, and no others", async () => {
    const { db } = await phone();
    await storeBytes(db, FILE, new Blob([noise(10)]));
    expect(await dropOrphans(db, (id) => id === FILE)).toBe(0);
    expect(await dropOrphans(db, () => false)).toBe(1);
    expect(await db.read((connection) => connection.count("pieces"))).toBe(0);
  });
});
