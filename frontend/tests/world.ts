/** What the tests stand on: a visit's package, a signed-in phone, a server of their own. */
import { readFileSync } from "node:fs";
import { Server } from "../src/api/http.ts";
import { fold } from "../src/core/reducer.ts";
import { progress } from "../src/core/rules.ts";
import type { Package } from "../src/core/types.ts";
import { AccountDb } from "../src/data/db.ts";
import { device } from "../src/data/device.ts";
import type { VisitRow } from "../src/data/rows.ts";
import { type Author, putVisit } from "../src/data/visits.ts";

const vectors = new URL("../../tests/vectors/sync-v1.json", import.meta.url);
export const PACKAGE = (JSON.parse(readFileSync(vectors, "utf8")) as { package: Package }).package;
export const VISIT = PACKAGE.visit;
export const ANNA = PACKAGE.officers[0]?.id ?? "";
export const BERT = PACKAGE.officers[1]?.id ?? "";

let accounts = 0;

export interface Phone {
  db: AccountDb;
  author: Author;
  device: Awaited<ReturnType<typeof device>>;
}

/** A phone of a fresh account; `again` opens the same account as another tab would. */
export async function phone(account = `account-${++accounts}`): Promise<Phone> {
  const db = new AccountDb(account);
  const mine = await device(db);
  return { db, device: mine, author: { device: mine.id, officer: ANNA, mono: () => 12.5 } };
}

/** Puts the package of the vectors on a phone, as a pull would. */
export async function withVisit(one: Phone): Promise<Phone> {
  const state = fold(PACKAGE, []);
  const row: VisitRow = {
    visit: VISIT,
    package: PACKAGE,
    revision: 0,
    state,
    progress: progress(PACKAGE, state),
    released: false,
    savedAt: null,
    proof: "unchecked",
  };
  await one.db.change(async (change) => putVisit(change, row));
  return one;
}

export function serverAt(origin: string): Server {
  return new Server(origin, () => "zh-CN", "token");
}

export const answer = (point: string, value: string | null, base: string | null = null) =>
  ({ kind: "answer.set", body: { point, value, note: null, base } }) as const;

/** Bytes that differ everywhere, without randomness. */
export function noise(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let x = 1;
  for (let i = 0; i < length; i += 1) {
    x = (Math.imul(x, 1103515245) + 12345) >>> 0;
    bytes[i] = x >>> 16;
  }
  return bytes;
}
