import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { en } from "../src/app/messages-en.ts";
import { zh } from "../src/app/messages-zh.ts";
import { batch, MAX_BYTES } from "../src/core/batches.ts";
import { kilometres } from "../src/core/distance.ts";
import { madeAt } from "../src/core/ids.ts";
import type { VisitRow } from "../src/data/rows.ts";
import { listed } from "../src/features/tasks/order.ts";
import { mapLink } from "../src/features/visit/links.ts";
import { isTakeOver, navigations } from "../src/sw/rules.ts";
import { PACKAGE } from "./world.ts";

const source = fileURLToPath(new URL("../src/", import.meta.url));
const read = (name: string): string => readFileSync(source + name, "utf8");

describe("the core", () => {
  it("imports nothing but itself and the canonical encoder, and touches no browser", () => {
    for (const name of readdirSync(`${source}core`)) {
      const code = read(`core/${name}`);
      const imports = [...code.matchAll(/from "([^"]+)"/g)].map((match) => match[1]);
      const foreign = imports.filter((path) => !path?.startsWith("./") && path !== "canonicalize");
      expect(foreign, name).toEqual([]);
      const bare = code.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
      expect(bare, name).not.toMatch(
        /\b(document|window|navigator|fetch|indexedDB|Math\.random)\b/,
      );
    }
  });
});

describe("the words", () => {
  it("have the same names to fill in, in both languages", () => {
    const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();
    for (const [key, text] of Object.entries(zh))
      expect(names(en[key as keyof typeof zh]), key).toEqual(names(text));
  });

  it("are all used", () => {
    const files = readdirSync(source, { recursive: true, encoding: "utf8" });
    const code = files
      .filter((file) => /\.(ts|vue)$/.test(file) && !file.includes("messages-"))
      .map(read)
      .join("\n");
    const made = [...code.matchAll(/`([a-z.]+\.)\$\{/g)]
      .map((match) => match[1] ?? "")
      .sort((one, other) => other.length - one.length);
    const unused = Object.keys(zh).filter((key) => {
      const prefix = made.find((one) => key.startsWith(one));
      const [, last = key] = prefix === undefined ? [] : key.split(prefix);
      const quoted = new RegExp(`["'\`{ ]${last.replaceAll(".", "\\.")}["'\`:]`);
      return (
        !code.includes(`"${key}"`) && !code.includes(`'${key}'`) && !(prefix && quoted.test(code))
      );
    });
    expect(unused.filter((key) => !key.startsWith("reason.") && !key.startsWith("kind."))).toEqual(
      [],
    );
  });

  it("are never written into a screen directly", () => {
    const files = readdirSync(source, { recursive: true, encoding: "utf8" });
    for (const name of files.filter((file) => file.endsWith(".vue"))) {
      const template = read(name).split("<template>").slice(1).join("");
      const bare = template
        .replace(/"[^"]*"/g, "")
        .replace(/<[^>]*>|\{\{[\s\S]*?\}\}/g, "")
        .match(/[\p{L}]{2,}/u);
      expect(bare?.[0] ?? null, name).toBeNull();
    }
  });
});

describe("the service worker", () => {
  it("answers the app's own pages and nothing else of the site", () => {
    const [own] = navigations.allowlist;
    for (const path of ["/app/", "/app/index.html", "/app/?x=1"])
      expect(own?.test(path)).toBe(true);
    for (const path of ["/", "/office/", "/api/v1/me", "/app/assets/a.js", "/application/"])
      expect(own?.test(path), path).toBe(false);
  });

  it("takes over only when a person said so", () => {
    expect(isTakeOver({ kind: "take-over" })).toBe(true);
    for (const other of [null, "take-over", {}, { kind: "skip" }])
      expect(isTakeOver(other)).toBe(false);
  });
});

describe("lists and links", () => {
  const row = (due: string, lot: number, status = "assigned", released = false) =>
    ({ package: { ...PACKAGE, due, lot }, state: { status }, released }) as VisitRow;

  it("put what is overdue first, then by lot, and leave out what went to others", () => {
    const rows = [
      row("2026-12-01", 3),
      row("2026-11-01", 9),
      row("2026-12-01", 1),
      row("2026-10-01", 2, "under_way"),
      row("2026-10-01", 4, "assigned", true),
    ];
    expect(listed(rows, "assigned").map((one) => one.package.lot)).toEqual([9, 1, 3]);
  });

  it("hand over to the phone's own map", () => {
    const place = {
      ...PACKAGE.enterprise,
      address: "果里镇",
      position: { lat: "36.9", lon: "118.1" },
    };
    expect(mapLink(place, "Android")).toMatch(/^geo:36\.9,118\.1\?q=/);
    expect(mapLink(place, "iPhone")).toMatch(/^maps:\/\/\?ll=36\.9,118\.1/);
    expect(mapLink({ ...place, position: null, address: "" }, "Android")).toBeNull();
  });

  it("measure distances over ground", () => {
    const km = kilometres({ lat: "36.95", lon: "118.1" }, { lat: "36.96", lon: "118.12" });
    expect(km).toBeCloseTo(2.1, 1);
  });
});

describe("small rules of the queue", () => {
  it("never put more in a call than fits, and never nothing", () => {
    const sizes = [100, MAX_BYTES, 50];
    expect(batch(sizes, (n) => n, 500)).toEqual([100]);
    expect(batch([MAX_BYTES * 2, 1], (n) => n, 500)).toEqual([MAX_BYTES * 2]);
    expect(batch([1, 1, 1], (n) => n, 2)).toEqual([1, 1]);
    expect(batch([], () => 1, 2)).toEqual([]);
  });

  it("read from an id when it was made", () => {
    expect(madeAt("019e0000-0000-7000-8000-000000000000")).toBe(0x019e00000000);
  });
});
