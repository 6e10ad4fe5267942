/* A witness's secret on the witness's own device (evenhand-draw/1 §3): text and 32 random bytes, and
   the commitment to both. Nothing here is sent. */
const encoder = new TextEncoder();
export const LONGEST = 200;

export const hex = (bytes) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
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

/**
 * Brings a witness's text into its one form: NFC, with a single blank between words, since nobody
 * can count blanks on paper. So the slip, this device and the server mean the same bytes.
 */
export const plain = (text) =>
  text
    .normalize("NFC")
    .replace(/\p{Zs}+/gu, " ")
    .trim();

/* The same two lists as in backend/app/draws/ceremony/rules.py; one file of examples holds both. */
const PICTURE =
  "[#*0-9\u00a9\u00ae\u203c\u2049\u2122-\u2bff\u3030\u303d\u3297\u3299\u{1f000}-\u{1faff}]";
const PICTURES = new RegExp(
  `\u{1f3f4}[\u{e0020}-\u{e007e}]+\u{e007f}|${PICTURE}[\ufe0e\ufe0f]?(?:\u200d${PICTURE}\ufe0f?)*`,
  "gu",
);
const HIDDEN =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: each is one code point to be refused
  /[\p{Cc}\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/u;

/** Tells whether something in `text` is not seen: controls, direction marks, marks without width other
    than those that join a picture. No such mark is ever taken out: the commitment is to the exact text. */
export const hidden = (text) => HIDDEN.test(text.replace(PICTURES, "."));

/** Counts the characters of a text as a person and the server count them. */
export const length = (text) => Array.from(text).length;

/**
 * Gives the hex commitment of `text` and `rand` by witness `token` under the freeze record's
 * digest.
 */
export async function commitment(freeze, token, text, rand) {
  const words = encoder.encode(text);
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, words.length);
  const secret = await sha256(size, words, rand);
  const label = encoder.encode("evenhand-draw/1/commit\n");
  return hex(await sha256(label, unhex(freeze), encoder.encode(token), new Uint8Array(1), secret));
}

/** Makes a fresh secret over `text`; gives what this device keeps, with the commitment. */
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
  const words = shown.querySelector("[data-show-text]");
  words.textContent = secret.text || words.dataset.empty;
  shown.querySelector("[data-show-rand]").textContent = secret.rand.match(/.{4}/g).join(" ");
}
