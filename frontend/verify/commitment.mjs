/** Commitments, the seed, sealed rows and hash chains of evenhand-draw/1. */
import { concat, hex, hmac, sha256, sha256Hex, unhex, utf8 } from "./bytes.mjs";
import { canonical } from "./encoding.mjs";

export const VERSION = "evenhand-draw/1";
export const REHEARSAL = "evenhand-rehearsal/1";
const label = (name) => `${VERSION}/${name}\n`;
const ZERO = Uint8Array.of(0);

/** F: SHA-256 of the canonical freeze record. */
export const freezeHash = (freeze) => sha256(canonical(freeze));

/** Gives the hex commitment of the operator's 32 bytes. */
export const operatorCommitment = (draw, secret) =>
  sha256Hex(concat(label("op-commit"), draw, ZERO, secret));

/** Gives r_w, made of a witness's text and 32 bytes. */
export function witnessSecret(words, random) {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, utf8(words).length);
  return sha256(concat(length, words, random));
}

/** Gives the hex commitment c_w of a witness. */
export const witnessCommitment = (frozen, id, secret) =>
  sha256Hex(concat(label("commit"), frozen, id, ZERO, secret));

/** Gives the 32-byte seed of transcript T. */
export const seedOf = (transcript) => sha256(concat(label("seed"), canonical(transcript)));

/** Gives the key for one purpose of the seed. */
export const derive = (seed, purpose) => hmac(seed, purpose);

/**
 * Gives what stands in pool.tsv of a sealed draw instead of the enterprise's code; the salt is
 * bytes.
 */
export const sealedObject = (stratum, id, salt) =>
  sha256Hex(concat(label("row"), `${stratum}\t${id}`, ZERO, salt));

/** Gives the hex of the link that was committed to before this one (hex). */
export const chainStep = async (link) => hex(await sha256(concat(label("chain"), unhex(link))));
