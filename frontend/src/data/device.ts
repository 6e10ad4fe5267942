/** This phone's identity in an account: a device id and a key that can sign but never leave. */
import { v4 } from "uuid";
import { type Head, headText } from "../core/events.ts";
import type { AccountDb, Rows } from "./db.ts";
import { fact, putFact } from "./facts.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;

export interface Device {
  id: string;
  keys: CryptoKeyPair;
}

/** Gives the device of this account on this phone, made at first use. */
export async function device(db: AccountDb): Promise<Device> {
  const known = await stored(db);
  if (known !== null) return known;
  const keys = await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
  return db.change(async (change) => {
    const before = await stored(change); // another tab may have been faster
    if (before !== null) return before;
    const id = v4();
    putFact(change, "device", id);
    putFact(change, "keys", keys);
    return { id, keys };
  });
}

async function stored(rows: Rows): Promise<Device | null> {
  const [id, keys] = await Promise.all([fact(rows, "device"), fact(rows, "keys")]);
  return id === undefined || keys === undefined ? null : { id, keys };
}

/** Gives the public key as base64 SPKI, to enrol. */
export async function publicKey(keys: CryptoKeyPair): Promise<string> {
  return base64(await crypto.subtle.exportKey("spki", keys.publicKey));
}

/** Gives the signature over a chain's head, base64 of r‖s. */
export async function signHead({ id, keys }: Device, head: Head): Promise<string> {
  const text = new TextEncoder().encode(headText(id, head));
  const algorithm = { name: "ECDSA", hash: "SHA-256" };
  return base64(await crypto.subtle.sign(algorithm, keys.privateKey, text));
}

function base64(buffer: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(buffer)));
}
