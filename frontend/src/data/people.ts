/** Who is signed in on this phone, and who was: kept so that the app opens with no network. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Me } from "../api/shapes.ts";

interface PeopleSchema extends DBSchema {
  people: { key: string; value: Me };
  current: { key: string; value: { name: "account"; account: string } };
}

let connection: Promise<IDBPDatabase<PeopleSchema>> | null = null;

function people(): Promise<IDBPDatabase<PeopleSchema>> {
  connection ??= openDB<PeopleSchema>("evenhand", 1, {
    upgrade(db) {
      db.createObjectStore("people", { keyPath: "account" });
      db.createObjectStore("current", { keyPath: "name" });
    },
    terminated() {
      connection = null;
    },
  });
  return connection;
}

/**
 * Gives the person whose work this phone shows now; null when nobody signed in or all signed out.
 */
export async function currentPerson(): Promise<Me | null> {
  const db = await people();
  const current = await db.get("current", "account");
  return current === undefined ? null : ((await db.get("people", current.account)) ?? null);
}

/** Remembers a person as the one signed in. */
export async function remember(me: Me): Promise<void> {
  const tx = (await people()).transaction(["people", "current"], "readwrite", {
    durability: "strict",
  });
  await tx.objectStore("people").put(me);
  await tx.objectStore("current").put({ name: "account", account: me.account });
  await tx.done;
}

/** Forgets who is signed in; their database with its queue stays. */
export async function leave(): Promise<void> {
  await (await people()).delete("current", "account");
}
