/** Single facts of an account: device, head of the chain, epoch, state of the outbox, settings. */
import type { Change } from "./change.ts";
import type { AccountDb, Rows } from "./db.ts";
import type { Facts } from "./rows.ts";

/** Gives the fact of this name; undefined when it was never noted. */
export async function fact<K extends keyof Facts>(
  rows: Rows,
  name: K,
): Promise<Facts[K] | undefined> {
  const row = await rows.get("facts", name);
  return row?.value as Facts[K] | undefined;
}

/** Notes a fact as part of a change. */
export function putFact<K extends keyof Facts>(change: Change, name: K, value: Facts[K]): void {
  change.put("facts", { name, value });
}

/** Notes a fact; resolves when it is on disk. */
export function setFact<K extends keyof Facts>(
  db: AccountDb,
  name: K,
  value: Facts[K],
): Promise<void> {
  return db.change(async (change) => putFact(change, name, value));
}
