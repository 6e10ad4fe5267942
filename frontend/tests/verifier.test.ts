/** The public verifier's engine on bundles that drawkit made: the same file both languages know. */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { localEngine } from "../verify/engine.mjs";
import { zipOf } from "./zip.ts";

const vectors = JSON.parse(
  readFileSync(new URL("../../tests/vectors/draw-v1-bundles.json", import.meta.url), "utf8"),
);
const { sealed } = vectors;
const engine = localEngine();

async function answer(code: string, salt: string | null) {
  const found = await engine.audit({ code, salt });
  if (found.why !== undefined) return { why: found.why };
  const { row, stratum, lot, largest, number } = found;
  return { row, stratum: stratum.code, lot, largest, number };
}

describe("a sealed draw", () => {
  beforeAll(async () => {
    const { status } = await engine.verify({ bytes: zipOf(sealed.files) }, () => {});
    expect(status).toBe("equal");
  });

  it("answers about every enterprise by code and salt as drawkit does", async () => {
    expect(sealed.asked.length).toBeGreaterThan(18);
    for (const one of sealed.asked) {
      expect(await answer(one.code, one.salt)).toEqual(one.answer);
    }
  });

  it("takes a code in small letters", async () => {
    const [{ code, salt, answer: expected }] = sealed.asked;
    expect(await answer(code.toLowerCase(), salt)).toEqual(expected);
  });

  it("needs no salt for a row that was opened, and believes no opened row", async () => {
    const [good, other] = sealed.opened;
    const rows = [
      good,
      { ...other, salt: good.salt },
      { ...other, row: good.row },
      { ...other, row: -1 },
      null,
    ];
    expect(await engine.open({ rows })).toEqual({ codes: { [good.row]: good.code }, wrong: 4 });
    expect(await answer(good.code, null)).toMatchObject({ row: good.row });
    expect(await answer(good.code, other.salt)).toEqual({ why: "salt" });
    expect(await answer(other.code, null)).toEqual({ why: "sealed" });
    expect(await engine.open({ rows: sealed.opened })).toMatchObject({ wrong: 0 });
    expect(await answer(other.code, null)).toMatchObject({ row: other.row });
  });
});
