/**
 * One change of an account's rows: what it has read, with what it is going to write laid over it.
 * Made by `AccountDb.change`, which holds the lock and commits.
 */
import type { AccountDb, Index, Key, Row, Rows, Store, Writing } from "./db.ts";
import type { EventRow } from "./rows.ts";

type Write = (tx: Writing) => Promise<unknown>;
/** What is to be done with the rows of one store, by key; null removes. */
type Pending = Map<string, { row: object } | null>;

const KEYS: Record<Store, (row: never) => unknown> = {
  facts: (row: Row<"facts">) => row.name,
  events: (row: Row<"events">) => row.id,
  visits: (row: Row<"visits">) => row.visit,
  evidence: (row: Row<"evidence">) => row.id,
  pieces: (row: Row<"pieces">) => [row.evidence, row.n],
  receipts: () => null,
};

/** Reads through to the database, sees its own writes, and writes them all at its end. */
export class Change implements Rows {
  readonly #db: AccountDb;
  readonly #pending = new Map<Store, Pending>();
  readonly #receipts: Row<"receipts">[] = [];

  constructor(db: AccountDb) {
    this.#db = db;
  }

  async get<S extends Store>(store: S, key: Key<S>): Promise<Row<S> | undefined> {
    const own = this.#pending.get(store)?.get(JSON.stringify(key));
    if (own === undefined) return this.#db.get(store, key);
    return own === null ? undefined : (own.row as Row<S>);
  }

  async all<S extends Store>(store: S): Promise<Row<S>[]> {
    return this.#laidOver(store, await this.#db.all(store), () => true);
  }

  async where<S extends "events" | "evidence">(
    store: S,
    index: Index,
    visit?: string,
  ): Promise<Row<S>[]> {
    const rows = await this.#db.where(store, index, visit);
    return this.#laidOver(store, rows, (row) =>
      index === "visit" ? row.visit === visit : (row as EventRow)[index] === 1,
    );
  }

  put<S extends Exclude<Store, "receipts">>(store: S, row: Row<S>): void {
    this.#of(store).set(keyOf(store, row), { row });
  }

  addReceipts(row: Row<"receipts">): void {
    this.#receipts.push(row);
  }

  remove<S extends Store>(store: S, key: Key<S>): void {
    this.#of(store).set(JSON.stringify(key), null);
  }

  /** Encodes, then writes everything in one strict transaction. */
  async commit(): Promise<void> {
    const writes = await this.#writes();
    const stores = [...this.#pending.keys()];
    if (this.#receipts.length > 0) stores.push("receipts");
    if (writes.length === 0) return;
    await this.#db.strictly(stores, async (tx) => {
      await Promise.all(writes.map((write) => write(tx)));
    });
  }

  async #writes(): Promise<Write[]> {
    const writes: Write[] = [];
    for (const [store, rows] of this.#pending)
      for (const [key, change] of rows) writes.push(await this.#write(store, key, change));
    for (const row of this.#receipts) {
      const kept = (await this.#db.codec.encode("receipts", row)) as Row<"receipts">;
      writes.push((tx) => tx.objectStore("receipts").add(kept));
    }
    return writes;
  }

  async #write(store: Store, key: string, change: { row: object } | null): Promise<Write> {
    if (change === null) return (tx) => tx.objectStore(store).delete(JSON.parse(key));
    const kept = (await this.#db.codec.encode(store, change.row)) as never;
    return (tx) => tx.objectStore(store).put(kept);
  }

  #of(store: Store): Pending {
    const known = this.#pending.get(store) ?? new Map();
    this.#pending.set(store, known);
    return known;
  }

  #laidOver<S extends Store>(
    store: S,
    rows: Row<S>[],
    matches: (row: Row<S>) => boolean,
  ): Row<S>[] {
    const own = this.#pending.get(store);
    if (own === undefined) return rows;
    const untouched = rows.filter((row) => !own.has(keyOf(store, row)));
    const written = [...own.values()].flatMap((one) => (one === null ? [] : [one.row as Row<S>]));
    return [...untouched, ...written.filter(matches)];
  }
}

function keyOf<S extends Store>(store: S, row: Row<S>): string {
  return JSON.stringify(KEYS[store](row as never));
}
