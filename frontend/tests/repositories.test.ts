import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { expect, it } from "vitest";
import type { Codec } from "../src/data/codec.ts";
import { AccountDb, type Store } from "../src/data/db.ts";
import { quarantined, unsent } from "../src/data/events.ts";
import { addFile, allEvidence, setUpload } from "../src/data/evidence.ts";
import type { EvidenceRow } from "../src/data/evidence-row.ts";
import { fact, setFact } from "../src/data/facts.ts";
import { PIECE_BYTES, storeBytes, wholeFile } from "../src/data/pieces.ts";
import { append, putVisit, setProof, visit, visits } from "../src/data/visits.ts";
import { takeReply } from "../src/sync/take-reply.ts";
import { answer, noise, phone, VISIT, withVisit } from "./world.ts";

const FILE = "0190f000-0000-7000-8000-000000000001";
/** What must stay readable of a row: its key and its indexed members. */
const PLAIN: Record<Store, string[]> = {
  facts: ["name"],
  events: ["id", "visit", "unsent", "seq", "held"],
  visits: ["visit"],
  receipts: [],
  evidence: ["id", "visit"],
  pieces: ["evidence", "n"],
};

/** A codec that takes its time and hides rows, as one that guards a lost phone would. */
async function cipher(): Promise<Codec> {
  const name = "AES-GCM";
  const key = await crypto.subtle.generateKey({ name, length: 256 }, false, ["encrypt", "decrypt"]);
  return {
    async encode(store, row) {
      if (store === "facts") return row; // a key that cannot leave cannot be sealed either
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const plain = new Uint8Array(serialize(row));
      const sealed = await crypto.subtle.encrypt({ name, iv }, key, plain);
      const open = Object.entries(row).filter(([member]) => PLAIN[store].includes(member));
      return { ...Object.fromEntries(open), iv, sealed: new Uint8Array(sealed) };
    },
    async decode(store, kept) {
      if (store === "facts") return kept;
      const { iv, sealed } = kept as { iv: Uint8Array; sealed: Uint8Array };
      const start = { name, iv: Uint8Array.from(iv) };
      const plain = await crypto.subtle.decrypt(start, key, Uint8Array.from(sealed));
      return deserialize(Buffer.from(plain)) as object;
    },
  };
}

it("keeps and finds everything through a codec that takes time, and leaves nothing readable", async () => {
  const one = await phone();
  const db = new AccountDb(one.db.account, await cipher());
  await withVisit({ ...one, db });
  await append(db, one.author, VISIT, [answer("F:1", "pass"), answer("F:2", "fail")]);
  const stored = await storeBytes(db, FILE, new Blob([noise(PIECE_BYTES + 9)]));
  const row: EvidenceRow = {
    ...stored,
    id: FILE,
    visit: VISIT,
    point: "F:8",
    name: "photo.jpg",
    mime: "image/jpeg",
    thumbnail: null,
    capturedAt: "2026-11-23T14:05:00+08:00",
    url: null,
    resent: false,
    upload: { kind: "on-phone" },
  };
  const body = {
    evidence: FILE,
    point: "F:8",
    sha256: stored.sha256,
    size: stored.size,
    mime: "image/jpeg",
    source: "camera",
    captured_at: row.capturedAt,
    position: null,
  } as const;
  await addFile(db, one.author, row, { kind: "evidence.added", body });
  await setUpload(db, FILE, { kind: "received" });
  const sent = await unsent(db);
  expect(sent.map((event) => event.seq)).toEqual([1, 2, 3]);
  await takeReply(db, one.device.id, sent, {
    epoch: "epoch-1",
    server_time: "2026-11-23T06:05:00Z",
    receipts: sent.map(({ id }, n) => ({
      event: id,
      hash: "0".repeat(64),
      at: "2026-11-23T06:05:00Z",
      ...(n === 1
        ? { state: "quarantined" as const, reason: "gap" }
        : { state: "applied" as const, revision: 1 }),
    })),
    receipt_signature: "signature",
    visits: [],
    released: [],
    largest_evidence: 5,
  });
  await setProof(db, VISIT, "proved");

  const kept = await visit(db, VISIT);
  expect(Object.keys(kept?.state.answers ?? {})).toEqual(["F:1"]);
  expect(Object.keys(kept?.state.evidence ?? {})).toEqual([FILE]);
  expect(kept?.proof).toBe("proved");
  expect((await quarantined(db)).map((event) => event.seq)).toEqual([2]);
  expect((await allEvidence(db)).map((file) => file.upload.kind)).toEqual(["received"]);
  expect(await fact(db, "largestEvidence")).toBe(5);
  const bytes = new Uint8Array(await (await wholeFile(db, row)).arrayBuffer());
  expect(Buffer.from(bytes).equals(noise(PIECE_BYTES + 9))).toBe(true);
  for (const store of ["events", "visits", "receipts", "evidence", "pieces"] as const) {
    const raw = await db.read((connection) => connection.getAll(store));
    expect(raw.length).toBeGreaterThan(0);
    for (const one of raw) expect(Object.keys(one)).toEqual(expect.arrayContaining(["sealed"]));
  }
});

it("sees its own writes within a change, and writes none when the change throws", async () => {
  const { db } = await withVisit(await phone());
  const before = await visit(db, VISIT);
  const change = db.change(async (made) => {
    const row = await visit(made, VISIT);
    if (row === undefined) throw new Error("no visit");
    putVisit(made, { ...row, released: true });
    expect((await visits(made)).map((one) => one.released)).toEqual([true]);
    made.remove("visits", VISIT);
    expect(await visit(made, VISIT)).toBeUndefined();
    expect(await visits(made)).toEqual([]);
    throw new Error("half-way");
  });
  await expect(change).rejects.toThrow("half-way");
  expect(await visit(db, VISIT)).toEqual(before);
});

it("lets changes of two tabs never overlap", async () => {
  const one = await phone();
  const tab = new AccountDb(one.db.account);
  await setFact(one.db, "largestEvidence", 0);
  const raise = (db: AccountDb) =>
    db.change(async (change) => {
      const value = (await fact(change, "largestEvidence")) ?? 0;
      change.put("facts", { name: "largestEvidence", value: value + 1 });
    });
  await Promise.all([raise(one.db), raise(tab), raise(one.db), raise(tab)]);
  expect(await fact(one.db, "largestEvidence")).toBe(4);
});

const SOURCE = new URL("../src/", import.meta.url).pathname;
const RAW =
  /objectStore\(|\bindexedDB\b|IDBKeyRange|\.strictly\(|from "idb"|getAllFromIndex|\.read\(\(/;
const ROWS =
  /\.(get|all|where|put|remove|change)\(\s*("(facts|events|visits|receipts|evidence|pieces)"|async)/;

it("asks the database in its repositories and nowhere else", () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|vue)$/.test(name))
    .map((name) => ({ name, text: readFileSync(join(SOURCE, name), "utf8") }));
  const inside = files.filter(({ name }) => name.startsWith("data/"));
  const outside = files.filter(({ name }) => !name.startsWith("data/"));
  expect(outside.filter(({ text }) => RAW.test(text)).map(({ name }) => name)).toEqual([]);
  // a reply of the server is written whole, by the repositories' own functions
  const changing = outside.filter(({ text }) => ROWS.test(text)).map(({ name }) => name);
  expect(changing).toEqual(["sync/take-reply.ts"]);
  const raw = inside.filter(({ text }) => RAW.test(text)).map(({ name }) => name);
  expect(raw.sort()).toEqual(["data/change.ts", "data/db.ts", "data/people.ts"]);
});
