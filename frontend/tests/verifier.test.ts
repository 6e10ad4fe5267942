/** The public verifier's engine on bundles that drawkit made: the same file both languages know. */
import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { sealedObject } from "../verify/commitment.mjs";
import { localEngine } from "../verify/engine.mjs";
import { sentenceOf } from "../verify/texts.mjs";
import { zipOf } from "./zip.ts";

const vectors = JSON.parse(
  readFileSync(new URL("../../tests/vectors/draw-v1-bundles.json", import.meta.url), "utf8"),
);
const { sealed, by_row: byRow } = vectors;
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

  it("opens what rules left out, with the rules, as drawkit sealed it", async () => {
    expect(vectors.left_out).toHaveLength(3);
    for (const { rules, code, stratum, salt, line } of vectors.left_out) {
      expect(stratum).toBe(["left-out", ...rules].join(":"));
      expect(`${await sealedObject(stratum, code, Buffer.from(salt, "hex"))}\tsealed`).toBe(line);
    }
  });
});

describe("recusals fixed row by row", () => {
  const verify = (files: Record<string, string>) =>
    engine.verify({ bytes: zipOf({ ...byRow.files, ...files }) }, () => {});

  it.each(["part", "whole"])("verify in the copy with the %s", async (form) => {
    expect(await verify(byRow[form])).toMatchObject({ status: "equal" });
  });

  it.each(byRow.tampered as { what: string; fails: string }[])("$what is found", async (one) => {
    const { status, failure } = await verify({ "recusals.json": Object(one)["recusals.json"] });
    expect([status, failure?.name]).toEqual(["differs", one.fails]);
    for (const language of ["zh-CN", "en"]) {
      expect(sentenceOf(language, failure as never)).toMatch(/recusals\.json/);
    }
  });

  it.each(byRow.misfrozen as { what: string; fails: string; files: Record<string, string> }[])(
    "are refused where a root was frozen over $what",
    async (one) => {
      const { status, failure } = await engine.verify({ bytes: zipOf(one.files) }, () => {});
      expect([status, failure?.name, failure?.code]).toEqual([
        "differs",
        one.fails,
        "recusals-officers",
      ]);
      const { row } = JSON.parse(Object(one.files)["recusals.json"]).rows[0];
      for (const language of ["zh-CN", "en"]) {
        expect(sentenceOf(language, failure as never)).toContain(String(row));
      }
    },
  );

  it("are found with 200,000 rows that were not drawn", async () => {
    const part = JSON.parse(byRow.part["recusals.json"]);
    const last = part.rows.at(-1);
    for (let row = last.row + 1; part.rows.length < 200_000; row += 1) {
      part.rows.push({ ...last, row });
    }
    const { status, failure } = await verify({ "recusals.json": JSON.stringify(part) });
    expect([status, failure?.code]).toEqual(["differs", "recusals-foreign"]);
  });

  it("has a sentence in both languages for everything that the modules refuse", () => {
    const folder = new URL("../verify/", import.meta.url);
    const refused = readdirSync(folder)
      .filter((name) => name.endsWith(".mjs"))
      .flatMap((name) => [
        ...readFileSync(new URL(name, folder), "utf8").matchAll(
          /new (?:Malformed|Unreadable)\(\s*"([\w-]+)"/g,
        ),
      ])
      .map(([, code]) => code);
    expect(new Set(refused).size).toBeGreaterThan(60);
    for (const code of refused) {
      for (const language of ["zh-CN", "en"]) {
        expect(sentenceOf(language, { holds: false, code, values: {} } as never)).not.toBe("");
      }
    }
  });
});
