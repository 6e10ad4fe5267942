/**
 * The phone's database, one an account, and the small one that says who is signed in.
 *
 * Every write that a screen calls saved goes through `strictly`: one transaction with strict
 * durability, committed before the promise resolves. A connection that the browser closed is
 * opened again once; a second failure is thrown, never swallowed.
 */
import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from "idb";
import type { Head } from "../core/events.ts";
import type { Recusal } from "../core/recusal.ts";
import type { SendBack } from "../core/send-back.ts";
import type { Package, Progress, SentEvent, VisitState } from "../core/types.ts";
import type { EvidenceRow } from "./evidence-row.ts";

/** What the server said about an event, kept as said. */
export interface Receipt {
  event: string;
  state: "applied" | "duplicate" | "quarantined";
  reason?: string;
  revision?: number;
}

/** An event on this phone: own ones with their hash and receipt, others' with their revision. */
export interface EventRow {
  id: string;
  visit: string;
  device: string;
  seq: number;
  officer: string;
  revision: number | null;
  own: boolean;
  hash: string | null;
  event: Pick<SentEvent, "kind" | "at" | "body"> & Partial<SentEvent>;
  receipt: Receipt | null;
  /** 1 while the server has not receipted it; absent after, so that the index stays small. */
  unsent?: 1;
  /** 1 while the server keeps it apart (quarantined); absent else */
  held?: 1;
}

/** A visit with its pinned package and the fold of its events, written together with them. */
export interface VisitRow {
  visit: string;
  package: Package;
  revision: number;
  state: VisitState;
  progress: Progress;
  released: boolean;
  savedAt: string | null;
  /** why the record came back last; absent in rows of before it could */
  sentBack?: SendBack | null;
  /** this officer's request for recusal; absent in rows of before it could be made */
  recusal?: Recusal | null;
  /** how this officer left the visit, when somebody was drawn in their place */
  left?: { reason: string; at: string } | null;
  proof: "proved" | "wrong" | "unchecked";
}

export interface ReceiptRow {
  at: string;
  receipts: Receipt[];
  signature: string;
}

/** How the outbox stands, as the last tab that ran it wrote it. */
export interface SyncRow {
  phase: "idle" | "running" | "waiting";
  trouble: null | { kind: "offline" } | { kind: "signed-out" } | { kind: "refused"; code: string };
  nextAttempt: number | null;
  lastOk: number | null;
  failures: number;
  clockSkewMs: number | null;
}

export interface Facts {
  device: string;
  head: Head;
  epoch: string;
  keys: CryptoKeyPair;
  enrolled: boolean;
  sync: SyncRow;
  originals: boolean;
}

interface AccountSchema extends DBSchema {
  facts: { key: string; value: { name: string; value: Facts[keyof Facts] } };
  events: {
    key: string;
    value: EventRow;
    indexes: { visit: string; unsent: [number, number]; held: number };
  };
  visits: { key: string; value: VisitRow };
  receipts: { key: number; value: ReceiptRow };
  evidence: { key: string; value: EvidenceRow; indexes: { visit: string } };
  pieces: { key: [string, number]; value: { evidence: string; n: number; bytes: ArrayBuffer } };
}

export type Store = "facts" | "events" | "visits" | "receipts" | "evidence" | "pieces";
export type Writing = IDBPTransaction<AccountSchema, Store[], "readwrite">;
type Connection = IDBPDatabase<AccountSchema>;

const VERSION = 1;

/** One account's database. Make it with `openAccount`. */
export class AccountDb {
  readonly account: string;
  #connection: Promise<Connection> | null = null;

  constructor(account: string) {
    this.account = account;
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

  async fact<K extends keyof Facts>(name: K): Promise<Facts[K] | undefined> {
    const row = await this.read((db) => db.get("facts", name));
    return row?.value as Facts[K] | undefined;
  }

  async setFact<K extends keyof Facts>(name: K, value: Facts[K]): Promise<void> {
    await this.strictly(["facts"], (tx) => tx.objectStore("facts").put({ name, value }));
  }

  async close(): Promise<void> {
    const connection = await this.#connection;
    this.#connection = null;
    connection?.close();
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
