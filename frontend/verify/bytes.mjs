/** Bytes, hex and the few WebCrypto calls that everything else is made of. No DOM. */

const encoder = new TextEncoder();

/** Gives the UTF-8 bytes of a text. */
export const utf8 = (text) => encoder.encode(text);

/** Gives the text of UTF-8 bytes, a byte order mark kept; throws a TypeError for other bytes. */
export const text = (bytes) =>
  new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);

/** Gives bytes as lower-case hex. */
export const hex = (bytes) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Gives the bytes of a hex text. */
export const unhex = (digits) =>
  Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** Joins several arrays (or texts, as UTF-8) into one. */
export function concat(...parts) {
  const all = parts.map((part) => (typeof part === "string" ? utf8(part) : part));
  const out = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of all) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Tells whether two arrays hold the same bytes. */
export const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

/** Gives a whole number as 16 big-endian bytes. */
export function u128(number) {
  const out = new Uint8Array(16);
  new DataView(out.buffer).setBigUint64(8, BigInt(number));
  return out;
}

/** Gives the SHA-256 as bytes. */
export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

/** Gives the SHA-256 as lower-case hex. */
export const sha256Hex = async (bytes) => hex(await sha256(bytes));

/** Gives the HMAC-SHA-256 as bytes. */
export async function hmac(key, message) {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, utf8(message)));
}

/** `count` 16-byte blocks of the AES-256-CTR keystream with IV 0, from block `first` on. */
export async function keystream(key, first, count) {
  const imported = await crypto.subtle.importKey("raw", key, "AES-CTR", false, ["encrypt"]);
  const algorithm = { name: "AES-CTR", counter: u128(first), length: 128 };
  const zeros = new Uint8Array(16 * count);
  return new Uint8Array(await crypto.subtle.encrypt(algorithm, imported, zeros));
}
