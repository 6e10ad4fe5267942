/* A witness's secret on the witness's own device (evenhand-draw/1 §3): text and 32 random bytes, and
   the commitment to both. Nothing here is sent. */
const encoder = new TextEncoder();
export const LONGEST = 200;

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

async function sha256(...parts) {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined));
}

/** One line in one form, so that the slip, this device and the server mean the same bytes. */
export const plain = (text) =>
  text.normalize("NFC").replace(/[\p{Cc}\p{Cs}]+/gu, " ").trim();

/** Characters as a person and the server count them. */
export const length = (text) => Array.from(text).length;

/** Hex commitment of `text` and `rand` by witness `token` under the freeze record's digest. */
export async function commitment(freeze, token, text, rand) {
  const words = encoder.encode(text);
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, words.length);
  const secret = await sha256(size, words, rand);
  const label = encoder.encode("evenhand-draw/1/commit\n");
  return hex(
    await sha256(label, unhex(freeze), encoder.encode(token), new Uint8Array(1), secret),
  );
}

/** A fresh secret over `text`: what is kept, with its commitment. */
export async function make(freeze, token, text) {
  const rand = crypto.getRandomValues(new Uint8Array(32));
  return { text, rand: hex(rand), commitment: await commitment(freeze, token, text, rand) };
}

/** Put a kept secret (or its absence) on the slip inside `box`. */
export function showSlip(box, secret) {
  const shown = box.querySelector("[data-secret]");
  const lost = box.querySelector("[data-lost]");
  if (!shown || !lost) return;
  shown.hidden = !secret;
  lost.hidden = Boolean(secret);
  if (!secret) return;
  shown.querySelector("[data-show-text]").textContent = secret.text || "—";
  shown.querySelector("[data-show-rand]").textContent = secret.rand.match(/.{4}/g).join(" ");
}
