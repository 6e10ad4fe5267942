/**
 * Was this enterprise drawn, and these officers assigned? Recomputed on the phone by the same
 * code as the public verifier, from nothing but the package (draw/1 §4).
 */
import { sha256 } from "../core/sha256.ts";
import type { Package } from "../core/types.ts";

export type Proof =
  | { kind: "proved" }
  | { kind: "wrong"; fault: "unreadable" | "enterprise" | "officers" | "draw" };

/** Recomputes everything a package claims about its draw; never throws. */
export async function proveDraw(pkg: Package): Promise<Proof> {
  try {
    return await prove(pkg);
  } catch {
    return { kind: "wrong", fault: "unreadable" }; // a proof that cannot be read proves nothing
  }
}

async function prove({ draw, enterprise, officers }: Package): Promise<Proof> {
  const { verifyRow, verifySeat } = await import("../../verify/core.mjs");
  const { stratum } = draw;
  if (draw.line !== `${stratum.code}\t${objectOf(stratum.code, enterprise.code, draw.salt)}`)
    return { kind: "wrong", fault: "enterprise" };
  if (!verifySeat(draw.seats, officers)) return { kind: "wrong", fault: "officers" };
  const { row, line, path, lot, pool_rows, pool_root } = draw;
  const proof = { row, line, path, lot, rows: pool_rows, largest_lot: stratum.largest_lot };
  const freeze = { pool_root, pool_rows, strata: [stratum] };
  const fault = await verifyRow(proof, draw.seed, freeze);
  return fault === null ? { kind: "proved" } : { kind: "wrong", fault: "draw" };
}

/**
 * Gives what stands for the enterprise in the frozen table: its code, or in a sealed draw a digest
 * that the salt opens.
 */
function objectOf(stratum: string, code: string, salt: string | undefined): string {
  if (salt === undefined) return code;
  const head = new TextEncoder().encode(`evenhand-draw/1/row\n${stratum}\t${code}\0`);
  const rest = Uint8Array.from(salt.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  return sha256(Uint8Array.from([...head, ...rest]));
}
