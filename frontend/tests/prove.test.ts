import { createCipheriv, createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Package } from "../src/core/types.ts";
import { proveDraw } from "../src/sync/prove.ts";
import { ANNA, BERT, PACKAGE } from "./world.ts";

const ROWS = 37;
const DRAWN = 5;
const seed = Buffer.from(Array.from({ length: 32 }, (_, i) => i));
const lines = Array.from(
  { length: ROWS },
  (_, i) => `food\t91370321${String(i).padStart(10, "0")}`,
);
const sha = (...parts: Uint8Array[]) => createHash("sha256").update(Buffer.concat(parts)).digest();

/** RFC 6962 as its text says it, recursively: another way than the code under test goes. */
function tree(from: string[]): Buffer {
  if (from.length === 1) return sha(Buffer.of(0), Buffer.from(from[0] ?? ""));
  const k = largestPower(from.length);
  return sha(Buffer.of(1), tree(from.slice(0, k)), tree(from.slice(k)));
}

function path(index: number, from: string[]): string[] {
  if (from.length === 1) return [];
  const k = largestPower(from.length);
  return index < k
    ? [...path(index, from.slice(0, k)), tree(from.slice(k)).toString("hex")]
    : [...path(index - k, from.slice(k)), tree(from.slice(0, k)).toString("hex")];
}

const largestPower = (n: number): number => {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
};

function lot(row: number): string {
  const key = createHmac("sha256", seed).update("objects").digest();
  const iv = Buffer.from(row.toString(16).padStart(32, "0"), "hex");
  return createCipheriv("aes-256-ctr", key, iv).update(Buffer.alloc(16)).toString("hex");
}

const order = lines.map((_, row) => row).sort((a, b) => (lot(a) < lot(b) ? -1 : 1));

const salt = Buffer.alloc(32, 7);
const sealedLines = lines.map((line) => {
  const head = Buffer.from(`evenhand-draw/1/row\n${line}\0`);
  return `food\t${sha(head, salt).toString("hex")}`;
});

/** The same row in a sealed draw: the table holds a digest, the package the salt. */
function sealedPackageOf(row: number): Package {
  const open = packageOf(row);
  const sealed = {
    pool_root: tree(sealedLines).toString("hex"),
    line: sealedLines[row] ?? "",
    path: path(row, sealedLines),
    salt: salt.toString("hex"),
  };
  return { ...open, draw: { ...open.draw, ...sealed } };
}

/** The package of one row, true in everything. */
function packageOf(row: number): Package {
  const largest = order[DRAWN - 1] ?? 0;
  const line = lines[row] ?? "";
  return {
    ...PACKAGE,
    enterprise: { ...PACKAGE.enterprise, code: line.split("\t")[1] ?? "" },
    draw: {
      ...PACKAGE.draw,
      pool_root: tree(lines).toString("hex"),
      pool_rows: ROWS,
      row,
      line,
      path: path(row, lines),
      seed: seed.toString("hex"),
      lot: lot(row),
      stratum: { code: "food", start: 0, end: ROWS, k: DRAWN, largest_lot: lot(largest) },
      seats: [
        { no: 0, officer: ANNA },
        { no: 1, officer: BERT },
      ],
    },
  };
}

const proved = { kind: "proved" };

describe("the draw, recomputed on the phone", () => {
  it("holds for every row that was drawn and for no other", async () => {
    for (const [place, row] of order.entries()) {
      const result = await proveDraw(packageOf(row));
      expect(result, `row ${row}`).toEqual(
        place < DRAWN ? proved : { kind: "wrong", fault: "draw" },
      );
    }
  });

  it("holds for a sealed row with its salt, and with no other salt or enterprise", async () => {
    const good = sealedPackageOf(order[0] ?? 0);
    const { draw, enterprise } = good;
    expect(await proveDraw(good)).toEqual(proved);
    for (const bad of [
      { ...good, draw: { ...draw, salt: "0".repeat(64) } },
      { ...good, enterprise: { ...enterprise, code: "91370321X" } },
    ])
      expect(await proveDraw(bad)).toEqual({ kind: "wrong", fault: "enterprise" });
  });

  it("notices another enterprise, officer, pool, seed, lot or row", async () => {
    const row = order[0] ?? 0;
    const good = packageOf(row);
    const { draw } = good;
    const changed: [Package, string][] = [
      [{ ...good, enterprise: { ...good.enterprise, code: "91370321X" } }, "enterprise"],
      [{ ...good, officers: good.officers.slice(1) }, "officers"],
      [{ ...good, draw: { ...draw, pool_root: "0".repeat(64) } }, "draw"],
      [{ ...good, draw: { ...draw, seed: "0".repeat(64) } }, "draw"],
      [{ ...good, draw: { ...draw, lot: "0".repeat(32) } }, "draw"],
      [{ ...good, draw: { ...draw, row: (row + 1) % ROWS } }, "draw"],
      [{ ...good, draw: { ...draw, path: draw.path.slice(1) } }, "draw"],
      [{ ...good, draw: {} as Package["draw"] }, "unreadable"],
    ];
    expect(await proveDraw(good)).toEqual(proved);
    for (const [pkg, fault] of changed)
      expect(await proveDraw(pkg)).toEqual({ kind: "wrong", fault });
  });
});
