import { afterEach, beforeEach, expect, it } from "vitest";
import { AccountDb } from "../src/data/db.ts";
import { addFile, evidenceOf, startAnew } from "../src/data/evidence.ts";
import type { EvidenceRow } from "../src/data/evidence-row.ts";
import { freeBytes, LOW_BYTES, makeRoom, withRoom } from "../src/data/free-space.ts";
import { DamagedPiece, PIECE_BYTES, storeBytes } from "../src/data/pieces.ts";
import { exchange } from "../src/sync/exchange.ts";
import { upload } from "../src/sync/uploads.ts";
import { FakeServer } from "./fake-server.ts";
import { ANNA, noise, type Phone, phone, serverAt, VISIT, withVisit } from "./world.ts";

let fake: FakeServer;
let origin: string;
let one: Phone;

beforeEach(async () => {
  fake = new FakeServer();
  origin = await fake.start();
  one = await withVisit(await phone());
});
afterEach(() => fake.stop());

const send = () => upload({ db: one.db, server: serverAt(origin), changed: () => undefined });
const states = async () => (await evidenceOf(one.db, VISIT)).map((row) => row.upload);

/** A photo on the phone with its event, as the camera leaves it. */
async function photo(n: number, length: number): Promise<EvidenceRow> {
  const id = `0190f000-0000-7000-8000-00000000000${n}`;
  const stored = await storeBytes(one.db, id, new Blob([noise(length)]));
  const row: EvidenceRow = {
    ...stored,
    id,
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
    evidence: id,
    point: "F:8",
    sha256: stored.sha256,
    size: stored.size,
    mime: "image/jpeg",
    source: "camera",
    captured_at: row.capturedAt,
    position: null,
  } as const;
  await addFile(one.db, one.author, row, { kind: "evidence.added", body });
  return row;
}

const push = () =>
  exchange({ db: one.db, server: serverAt(origin), device: one.device, officer: ANNA });

it("sends no bytes before the event that announces them", async () => {
  await photo(1, 1000);
  await send();
  expect(fake.files.size).toBe(0);
  await push();
  expect((await send()).kind).toBe("ok");
  expect(await states()).toEqual([{ kind: "verified" }]);
});

it("goes on where it was after being cut again and again, re-sending at most a tenth", async () => {
  const length = 6 * PIECE_BYTES + 77;
  const row = await photo(1, length);
  await push();
  fake.cutAfter = 100 * 1024;
  for (let tries = 0; tries < 60 && fake.cuts < 20; tries += 1) await send();
  expect(fake.cuts).toBeGreaterThanOrEqual(20);
  fake.cutAfter = null;
  for (let tries = 0; tries < 5 && (await send()).kind !== "ok"; tries += 1);
  expect(await states()).toEqual([{ kind: "verified" }]);
  expect(fake.files.get(row.id)?.bytes.length).toBe(length);
  expect(fake.uploaded).toBeLessThanOrEqual(length * 1.1);
});

it("stops a file whose stored piece is damaged, says so, and sends the others", async () => {
  const broken = await photo(1, 5000);
  await photo(2, 9000);
  await push();
  await one.db.strictly(["pieces"], async (tx) => {
    const piece = await tx.objectStore("pieces").get([broken.id, 0]);
    if (piece === undefined) throw new Error("no piece");
    new Uint8Array(piece.bytes)[7] = 255 - (new Uint8Array(piece.bytes)[7] ?? 0);
    await tx.objectStore("pieces").put(piece);
  });
  await send();
  expect(await states()).toEqual([
    { kind: "needs-you", trouble: "damaged", code: null },
    { kind: "verified" },
  ]);
});

it("sends a file again that arrived damaged, and asks for a person the second time", async () => {
  const row = await photo(1, 4000);
  await push();
  const damage = () =>
    fake.files.set(row.id, { bytes: Buffer.alloc(4000), size: 4000, sha256: row.sha256 });
  damage();
  await send();
  expect(await states()).toEqual([{ kind: "on-phone" }]);
  await send();
  expect(await states()).toEqual([{ kind: "needs-you", trouble: "server_damaged", code: null }]);
  fake.files.clear();
  await startAnew(one.db, row.id);
  await send();
  expect(await states()).toEqual([{ kind: "verified" }]);
});

it("asks for a person when the server refuses the file, and keeps the record whole", async () => {
  await photo(1, 4000);
  await push();
  fake.fault = (request, response) => {
    if (request.url !== "/api/v1/evidence") return false;
    fake.json(response, 415, { code: "evidence.wrong_type", title: "" });
    return true;
  };
  await send();
  expect(await states()).toEqual([
    { kind: "needs-you", trouble: "refused", code: "evidence.wrong_type" },
  ]);
  expect((await one.db.read((c) => c.get("visits", VISIT)))?.state.evidence).not.toEqual({});
});

it("waits without blame when the network ends", async () => {
  await photo(1, 4000);
  await push();
  fake.fault = (request) => {
    request.socket.destroy();
    return true;
  };
  expect((await send()).kind).toBe("offline");
  expect(await states()).toEqual([{ kind: "on-phone" }]);
});

it("makes room only with what was verified, oldest first, and keeps everything else", async () => {
  await photo(1, 4000);
  await photo(2, 5000);
  await push();
  await send();
  await photo(3, 6000);
  expect(await makeRoom(one.db, async () => LOW_BYTES)).toEqual([]);
  expect(await makeRoom(one.db, async () => null)).toEqual([]);
  const gone = await makeRoom(one.db, async () => LOW_BYTES - 1);
  expect(gone.map((id) => id.at(-1))).toEqual(["1"]);
  await makeRoom(one.db, async () => 0);
  const pieces = await one.db.read((c) => c.getAllKeys("pieces"));
  expect(pieces.map(([id]) => id.at(-1))).toEqual(["3"]);
  expect(await states()).toEqual([
    { kind: "verified" },
    { kind: "verified" },
    { kind: "on-phone" },
  ]);
});

it("tries a refused write once more when verified bytes could go, and else says why", async () => {
  await photo(1, 4000);
  const refusals = [new DOMException("full", "QuotaExceededError")];
  const write = async (): Promise<string> => {
    const refusal = refusals.pop();
    if (refusal !== undefined) throw refusal;
    return "written";
  };
  await expect(withRoom(one.db, write)).rejects.toThrow("full");
  expect(await states()).toEqual([{ kind: "on-phone" }]);
  await push();
  await send();
  refusals.push(new DOMException("full", "QuotaExceededError"));
  expect(await withRoom(one.db, write)).toBe("written");
  expect(await one.db.read((c) => c.getAllKeys("pieces"))).toEqual([]);
  expect((await one.db.read((c) => c.getAll("evidence"))).map((row) => row.pieces)).toEqual([[]]);
});

it("gives up no verified bytes for a failure that is not want of room", async () => {
  await photo(1, 4000);
  await push();
  await send();
  const failures = [
    new DamagedPiece("piece 0"),
    new DOMException("gone", "NotReadableError"),
    new Error("outer", { cause: new TypeError("inner") }),
  ];
  for (const failure of failures) {
    const write = () => Promise.reject(failure);
    expect(await withRoom(one.db, write).catch((error: unknown) => error)).toBe(failure);
  }
  expect(await one.db.read((c) => c.getAllKeys("pieces"))).toHaveLength(1);
});

it("knows want of room when another error carries it", async () => {
  await photo(1, 4000);
  await push();
  await send();
  const full = new DOMException("full", "QuotaExceededError");
  const refusals = [new Error("not stored", { cause: full })];
  const write = async () => {
    const refusal = refusals.pop();
    if (refusal !== undefined) throw refusal;
    return "written";
  };
  expect(await withRoom(one.db, write)).toBe("written");
  expect(await one.db.read((c) => c.getAllKeys("pieces"))).toEqual([]);
});

/** A connection of a phone where something else happens after its first change. */
class Interrupted extends AccountDb {
  readonly #pending: (() => Promise<void>)[];

  constructor(account: string, meanwhile: () => Promise<void>) {
    super(account);
    this.#pending = [meanwhile];
  }

  override async change<T>(...work: Parameters<typeof AccountDb.prototype.change<T>>): Promise<T> {
    const result = await super.change<T>(...work);
    await this.#pending.pop()?.();
    return result;
  }
}

it("keeps what changed in a row while its bytes went", async () => {
  const { id } = await photo(1, 4000);
  await push();
  await send();
  const meanwhile = new Interrupted(one.db.account, () => startAnew(one.db, id, true));
  await makeRoom(meanwhile, async () => 0);
  await meanwhile.close();
  const row = await one.db.read((c) => c.get("evidence", id));
  expect(row).toMatchObject({ upload: { kind: "on-phone" }, url: null, resent: true });
  expect(row?.pieces).toHaveLength(1);
});

/** A connection of a phone where something else happens after its first look. */
class LookedBefore extends AccountDb {
  readonly #pending: (() => Promise<void>)[];

  constructor(account: string, meanwhile: () => Promise<void>) {
    super(account);
    this.#pending = [meanwhile];
  }

  override async read<T>(...look: Parameters<typeof AccountDb.prototype.read<T>>) {
    const result = await super.read<T>(...look);
    await this.#pending.pop()?.();
    return result;
  }
}

it("counts no file as gone that is to be sent anew since it was listed", async () => {
  const { id } = await photo(1, 4000);
  await photo(2, 5000);
  await push();
  await send();
  const meanwhile = new LookedBefore(one.db.account, () => startAnew(one.db, id, true));
  const gone = await makeRoom(meanwhile, async () => LOW_BYTES - 4000);
  await meanwhile.close();
  expect(gone.map((name) => name.at(-1))).toEqual(["2"]);
  const pieces = await one.db.read((c) => c.getAllKeys("pieces"));
  expect(pieces.map(([name]) => name.at(-1))).toEqual(["1"]);
});

it("does not write again when nothing went after all", async () => {
  const { id } = await photo(1, 4000);
  await push();
  await send();
  const meanwhile = new LookedBefore(one.db.account, () => startAnew(one.db, id, true));
  let writes = 0;
  const write = async () => {
    writes += 1;
    throw new DOMException("full", "QuotaExceededError");
  };
  await expect(withRoom(meanwhile, write)).rejects.toThrow("full");
  await meanwhile.close();
  expect(writes).toBe(1);
});

it("takes a browser's made-up whole gibibytes for no figure of free space", () => {
  expect(freeBytes({ quota: 10 * 2 ** 30 + 446_620, usage: 446_620 })).toBeNull();
  expect(freeBytes({})).toBeNull();
  expect(freeBytes({ quota: 5_000_000, usage: 4_000_000 })).toBe(1_000_000);
  expect(freeBytes({ quota: 4_000_000, usage: 5_000_000 })).toBe(0);
});
