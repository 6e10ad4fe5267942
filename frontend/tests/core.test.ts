import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { backoff } from "../src/core/backoff.ts";
import { compareDecimals } from "../src/core/decimal.ts";
import { eventHash, headText, nextEvent, START } from "../src/core/events.ts";
import { lotLabel } from "../src/core/lot.ts";
import { record, recordDigest, shortCode } from "../src/core/record.ts";
import { fold } from "../src/core/reducer.ts";
import { missing, pointsByKey, progress, verdict, visible } from "../src/core/rules.ts";
import { Sha256, sha256 } from "../src/core/sha256.ts";
import type { FoldEvent, Package, SentEvent, Verdict, VisitState } from "../src/core/types.ts";

interface Case {
  name: string;
  events: FoldEvent[];
  state: VisitState;
  visible: string[];
  missing: unknown;
  progress: unknown;
  record?: unknown;
  digest: string;
}

const vectors = JSON.parse(
  readFileSync(new URL("../../tests/vectors/sync-v1.json", import.meta.url), "utf8"),
) as {
  package: Package;
  cases: Case[];
  verdicts: { point: string; value: string | null; verdict: Verdict | null }[];
  sent: { event: SentEvent; hash: string }[];
};

describe("the shared vectors", () => {
  it.each(vectors.cases)("$name", (one) => {
    const pkg = vectors.package;
    const state = fold(pkg, one.events);
    expect(state).toEqual(one.state);
    expect(visible(pkg, state)).toEqual(one.visible);
    expect(missing(pkg, state)).toEqual(one.missing);
    expect(progress(pkg, state)).toEqual(one.progress);
    const body = record(pkg, state);
    if (one.record !== undefined) expect(body).toEqual(one.record);
    expect(recordDigest(body)).toBe(one.digest);
  });

  it("has as many cases as were agreed", () => {
    expect(vectors.cases.length).toBeGreaterThanOrEqual(60);
  });

  it("gives every value of every point the same verdict", () => {
    const points = pointsByKey(vectors.package);
    for (const row of vectors.verdicts) {
      const point = points.get(row.point);
      expect(point && verdict(point, row.value), `${row.point} ${row.value}`).toBe(row.verdict);
    }
  });

  it("hashes sent events in a chain", () => {
    let prev = START.hash;
    for (const { event, hash } of vectors.sent) {
      expect(event.prev).toBe(prev);
      prev = eventHash(event);
      expect(prev).toBe(hash);
    }
  });
});

describe("a device's chain", () => {
  it("counts up and names the hash before", () => {
    const stamp = { id: "i", device: "d", at: "2026-11-23T14:00:00+08:00", mono: 1 };
    const change = { kind: "recusal.requested", body: { ground: "近亲属" } } as const;
    const first = nextEvent(START, "v", change, stamp);
    const second = nextEvent(first.head, "v", change, stamp);
    expect([first.event.seq, second.event.seq]).toEqual([1, 2]);
    expect(second.event.prev).toBe(eventHash(first.event));
    expect(headText("d", second.head)).toBe(`evenhand/head/1\nd\n2\n${second.head.hash}`);
  });
});

describe("sha256", () => {
  it("equals WebCrypto for every length around a block, in any cut", async () => {
    for (let length = 0; length < 200; length += 1) {
      const data = Uint8Array.from({ length }, (_, i) => (i * 31 + length) % 256);
      const wanted = Buffer.from(await crypto.subtle.digest("SHA-256", data)).toString("hex");
      expect(sha256(data)).toBe(wanted);
      const cut = Math.floor(length / 3);
      const streamed = new Sha256().update(data.subarray(0, cut)).update(data.subarray(cut));
      expect(streamed.hex()).toBe(wanted);
    }
  });
});

describe("small things", () => {
  it("reads a lot digit by digit", () => {
    expect([7, 12, 105].map(lotLabel)).toEqual(["第〇七签", "第一二签", "第一〇五签"]);
  });

  it("compares decimals exactly", () => {
    expect(compareDecimals("0.1", "0.10")).toBe(0);
    expect(compareDecimals("-18", "-18.000000001")).toBe(1);
    expect(compareDecimals("9", "10")).toBe(-1);
  });

  it("waits from 2 s to 5 min, and never less than the server asked", () => {
    expect(backoff(1, 0)).toBe(2_000);
    expect(backoff(50, 0.999999)).toBeLessThanOrEqual(300_000);
    expect(backoff(3, 0.5)).toBe(8_000);
    expect(backoff(1, 0, 60_000)).toBe(60_000);
  });

  it("shows a digest as ten digits in two groups", () => {
    expect(shortCode("9f3a71c204be55d1")).toBe("9f3a7 1c204");
  });
});
