/** This phone's identity in an account: a device id and a key that can sign but never leave. */
import { v4 } from "uuid";
import { type Head, headText } from "../core/events.ts";
import type { AccountDb } from "./db.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;

export interface Device {
  id: string;
  keys: CryptoKeyPair;
}

/** The device of this account on this phone, made at first use. */
export async function device(db: AccountDb): Promise<Device> {
  const known = await stored(db);
  if (known !== null) return known;
  const keys = await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
  return db.strictly(["facts"], async (tx) => {
    const facts = tx.objectStore("facts");
    const before = await facts.get("device");
    if (before === undefined) {
      const id = v4();
      await facts.put({ name: "device", value: id });
      await facts.put({ name: "keys", value: keys });
      return { id, keys };
    }
    const key = await facts.get("keys"); // another tab was faster
    return { id: before.value as string, keys: (key?.value ?? keys) as CryptoKeyPair };
  });
}

async function stored(db: AccountDb): Promise<Device | null> {
  const [id, keys] = await Promise.all([db.fact("device"), db.fact("keys")]);
  return id === undefined || keys === undefined ? null : { id, keys };
}

/** The public key as base64 SPKI, to enrol. */
export async function publicKey(keys: CryptoKeyPair): Promise<string> {
  return base64(await crypto.subtle.exportKey("spki", keys.publicKey));
}

/** Signature over a chain's head, base64 of r‖s. */
export async function signHead({ id, keys }: Device, head: Head): Promise<string> {
  const text = new TextEncoder().encode(headText(id, head));
  const algorithm = { name: "ECDSA", hash: "SHA-256" };
  return base64(await crypto.subtle.sign(algorithm, keys.privateKey, text));
}

function base64(buffer: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(buffer)));
}
