/**
 * The phone's database, one an account. Nothing but the repositories of this folder asks it.
 *
 * A change reads rows, computes, encodes what is to be kept, and only then opens one strict
 * transaction that writes it all; a Web Lock keeps the changes of all tabs apart meanwhile. Inside a
 * transaction nothing is awaited but the database, for it commits by itself when it has nothing to
 * do. A connection that the browser closed is opened again once; a second failure is thrown.
 */
import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from "idb";
import { Change } from "./change.ts";
import { type Codec, PLAIN } from "./codec.ts";
import type { EvidenceRow } from "./evidence-row.ts";
import type { EventRow, Facts, PieceRow, ReceiptRow, VisitRow } from "./rows.ts";

export interface AccountSchema extends DBSchema {
  facts: { key: string; value: { name: string; value: Facts[keyof Facts] } };
  events: {
    key: string;
    value: EventRow;
    indexes: { visit: string; unsent: [number, number]; held: number };
  };
  visits: { key: string; value: VisitRow };
  receipts: { key: number; value: ReceiptRow };
  evidence: { key: string; value: EvidenceRow; indexes: { visit: string } };
  pieces: { key: [string, number]; value: PieceRow };
}

export type Store = "facts" | "events" | "visits" | "receipts" | "evidence" | "pieces";
export type Row<S extends Store> = AccountSchema[S]["value"];
export type Key<S extends Store> = AccountSchema[S]["key"];
export type Writing = IDBPTransaction<AccountSchema, Store[], "readwrite">;
type Connection = IDBPDatabase<AccountSchema>;
export type Index = "visit" | "unsent" | "held";

/** What may be asked of the rows, in a change and outside of one. */
export interface Rows {
  get<S extends Store>(store: S, key: Key<S>): Promise<Row<S> | undefined>;
  all<S extends Store>(store: S): Promise<Row<S>[]>;
  /** rows of an index: of one visit, or all that it holds; `limit` at most so many */
  where<S extends "events" | "evidence">(
    store: S,
    index: Index,
    visit?: string,
    limit?: number,
  ): Promise<Row<S>[]>;
}

const VERSION = 1;

/** One account's database. */
export class AccountDb implements Rows {
  readonly account: string;
  readonly codec: Codec;
  #connection: Promise<Connection> | null = null;

  constructor(account: string, codec: Codec = PLAIN) {
    this.account = account;
    this.codec = codec;
  }

  async get<S extends Store>(store: S, key: Key<S>): Promise<Row<S> | undefined> {
    const kept = await this.read((db) => db.get(store, key));
    return kept === undefined ? undefined : this.#decoded(store, kept);
  }

  async all<S extends Store>(store: S): Promise<Row<S>[]> {
    const kept = await this.read((db) => db.getAll(store));
    return Promise.all(kept.map((one) => this.#decoded(store, one)));
  }

  async where<S extends "events" | "evidence">(
    store: S,
    index: Index,
    visit?: string,
    limit?: number,
  ): Promise<Row<S>[]> {
    const kept = await this.read(async (db) => {
      const rows = db.transaction(store).objectStore(store) as unknown as IndexedRows<Row<S>>;
      return rows.index(index).getAll(visit, limit);
    });
    return Promise.all(kept.map((one) => this.#decoded(store, one)));
  }

  /** The keys of a store, without the rows. */
  keys<S extends Store>(store: S): Promise<Key<S>[]> {
    return this.read((db) => db.getAllKeys(store));
  }

  /** Gives how many events an index holds. */
  countEvents(index: Index): Promise<number> {
    return this.read((db) => db.countFromIndex("events", index));
  }

  /**
   * Lets `work` read and say what is to be written, then writes it in one strict transaction;
   * resolves after the commit. When `work` throws, nothing is written. Changes of an account never
   * overlap, in whatever tab; one inside another would wait for itself.
   */
  async change<T>(work: (change: Change) => Promise<T>): Promise<T> {
    return navigator.locks.request(`evenhand-write-${this.account}`, async () => {
      const change = new Change(this);
      const result = await work(change);
      await change.commit();
      return result;
    }) as Promise<T>;
  }

  /** Runs `work` in one strict transaction over `stores`; resolves after the commit. */
  async strictly<T>(stores: Store[], work: (tx: Writing) => Promise<T>): Promise<T> {
    return this.#again(async (db) => {
      const tx = db.transaction(stores, "readwrite", { durability: "strict" });
      try {
        const result = await work(tx);
        await tx.done;
        return result;
      } catch (error) {
        const why = tx.error ?? error; // of a full disk the request only says that it was aborted
        abort(tx);
        throw why;
      }
    });
  }

  /** Runs a read on the connection. */
  async read<T>(work: (db: Connection) => Promise<T>): Promise<T> {
    return this.#again(work);
  }

  async close(): Promise<void> {
    const connection = await this.#connection;
    this.#connection = null;
    connection?.close();
  }

  async #decoded<S extends Store>(store: S, kept: Row<S>): Promise<Row<S>> {
    return (await this.codec.decode(store, kept)) as Row<S>;
  }

  async #again<T>(work: (db: Connection) => Promise<T>): Promise<T> {
    try {
      return await work(await this.#open());
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "InvalidStateError") throw error;
      this.#connection = null;
      return work(await this.#open());
    }
  }

  #open(): Promise<Connection> {
    this.#connection ??= openDB<AccountSchema>(`evenhand-${this.account}`, VERSION, {
      upgrade: createStores,
      terminated: () => {
        this.#connection = null;
      },
      blocking: (_current, _blocked, event) => {
        (event.target as IDBDatabase).close();
        this.#connection = null;
      },
    });
    return this.#connection;
  }
}

/** A store with indexes: either of the two kinds that have some. */
interface IndexedRows<R> {
  index(name: Index): { getAll(visit?: string, limit?: number): Promise<R[]> };
}

function abort(tx: Writing): void {
  tx.done.catch(() => undefined); // the error that caused it is thrown instead
  try {
    tx.abort();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error; // it had ended by itself
  }
}

function createStores(db: Connection): void {
  db.createObjectStore("facts", { keyPath: "name" });
  const events = db.createObjectStore("events", { keyPath: "id" });
  events.createIndex("visit", "visit");
  events.createIndex("unsent", ["unsent", "seq"]);
  events.createIndex("held", "held");
  db.createObjectStore("visits", { keyPath: "visit" });
  db.createObjectStore("receipts", { autoIncrement: true });
  db.createObjectStore("evidence", { keyPath: "id" }).createIndex("visit", "visit");
  db.createObjectStore("pieces", { keyPath: ["evidence", "n"] });
}
