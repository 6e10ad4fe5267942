/**
 * draw/1 §4 for one row: was this enterprise drawn? Row in the committed pool (RFC 6962 path),
 * its lot (one AES-256 block under the seed), and below the stratum's largest winning lot.
 * Also that the officers of the package are those of the seats. The hash functions come in.
 */
import type { Package } from "./types.ts";

export type ProofFault = "row" | "pool" | "lot" | "not_drawn" | "officers";
export type Proof = { kind: "proved" } | { kind: "wrong"; fault: ProofFault };

const bytes = (hex: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const hex = (buffer: ArrayBuffer): string =>
  Array.from(new Uint8Array(buffer), (b) => b.toString(16).padStart(2, "0")).join("");

/** Recomputes everything a package claims about its draw. */
export async function proveDraw(pkg: Package, subtle: SubtleCrypto): Promise<Proof> {
  const { draw, enterprise } = pkg;
  const { stratum } = draw;
  if (draw.line !== `${stratum.code}\t${enterprise.code}`) return { kind: "wrong", fault: "row" };
  if (!(draw.row >= stratum.start && draw.row < stratum.end))
    return { kind: "wrong", fault: "row" };
  const root = await rootOf(draw.line, draw.row, draw.pool_rows, draw.path, subtle);
  if (root !== draw.pool_root) return { kind: "wrong", fault: "pool" };
  if ((await lotOf(draw.seed, draw.row, subtle)) !== draw.lot)
    return { kind: "wrong", fault: "lot" };
  if (draw.lot > stratum.largest_lot) return { kind: "wrong", fault: "not_drawn" };
  const seated = new Map(draw.seats.map((seat) => [seat.no, seat.officer]));
  const seatedWell = pkg.officers.every((officer) => seated.get(officer.seat) === officer.id);
  return seatedWell ? { kind: "proved" } : { kind: "wrong", fault: "officers" };
}

/** Block `row` of the AES-256-CTR keystream with IV 0 under K_obj = HMAC(seed, "objects"). */
async function lotOf(seed: string, row: number, subtle: SubtleCrypto): Promise<string> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const mac = await subtle.importKey("raw", bytes(seed), algorithm, false, ["sign"]);
  const raw = await subtle.sign("HMAC", mac, new TextEncoder().encode("objects"));
  const key = await subtle.importKey("raw", raw, "AES-CTR", false, ["encrypt"]);
  const counter = bytes(row.toString(16).padStart(32, "0"));
  return hex(
    await subtle.encrypt({ name: "AES-CTR", counter, length: 128 }, key, new Uint8Array(16)),
  );
}

/** The RFC 6962 root that a leaf at `index` of `size` has with this inclusion path. */
async function rootOf(
  line: string,
  index: number,
  size: number,
  path: string[],
  subtle: SubtleCrypto,
): Promise<string | null> {
  let hash = await digest(subtle, [Uint8Array.of(0), new TextEncoder().encode(line)]);
  let [fn, sn] = [index, size - 1];
  for (const step of path) {
    if (sn === 0) return null;
    const sibling = bytes(step);
    if (fn % 2 === 1 || fn === sn) {
      hash = await digest(subtle, [Uint8Array.of(1), sibling, hash]);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
    } else {
      hash = await digest(subtle, [Uint8Array.of(1), hash, sibling]);
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 ? hex(hash.buffer) : null;
}

async function digest(subtle: SubtleCrypto, parts: Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await subtle.digest("SHA-256", joined));
}
