/** Types of the public verifier's pure part (frontend/verify/core.mjs), as far as the phone uses it. */
declare module "*/verify/core.mjs" {
  export function verifyRow(
    proof: {
      row: number;
      rows: number;
      line: string;
      path: string[];
      lot: string;
      largest_lot: string;
    },
    seed: string,
    freeze: {
      pool_root: string;
      pool_rows: number;
      strata: { code: string; start: number; end: number }[];
    },
  ): Promise<"rows" | "stratum" | "root" | "lot" | "not-drawn" | null>;

  export function verifySeat(
    seats: { no: number; officer: string | null }[],
    officers: { id: string; seat: number }[],
  ): boolean;
}
