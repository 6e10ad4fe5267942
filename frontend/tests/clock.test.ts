import { describe, expect, it } from "vitest";
import { clockError, instant, presentMoment, putRight, spanOf } from "../src/core/clock.ts";

const DAY = 86_400_000;
const NOON = Date.parse("2026-11-23T12:00:00+08:00");
/** A last contact at noon, by a phone that was so far ahead (negative: behind). */
const met = (aheadMs: number) => ({ aheadMs, serverMs: NOON });

describe("the time on a phone whose clock is wrong", () => {
  it("is the clock's own before any contact, and nothing is called wrong", () => {
    expect(presentMoment(0, null)).toBe(0);
    expect(putRight(5, null)).toBe(5);
    expect(clockError(0, null)).toBeNull();
  });

  for (const [name, ahead] of [
    ["ten years behind", -3919 * DAY],
    ["two thousand years behind", -2024 * 365 * DAY],
    ["two days behind", -2 * DAY],
    ["an hour ahead", 3_600_000],
    ["seven thousand years ahead", 7000 * 365 * DAY],
  ] as const) {
    it(`is put right by the last contact, ${name}`, () => {
      const later = NOON + 5 * 3_600_000;
      expect(presentMoment(later + ahead, met(ahead))).toBe(later);
      expect(putRight(later + ahead, met(ahead))).toBe(later);
      expect(clockError(later + ahead, met(ahead))).toEqual({
        kind: ahead > 0 ? "ahead" : "behind",
        ms: Math.abs(ahead),
      });
    });
  }

  it("lets clocks differ by two minutes", () => {
    expect(clockError(NOON + 120_000, met(120_000))).toBeNull();
    expect(clockError(NOON + 120_001, met(120_001))).toEqual({ kind: "ahead", ms: 120_001 });
  });

  it("never goes back behind the last contact when the clock is set back in mid-visit", () => {
    const setBack = NOON - 3 * DAY;
    expect(presentMoment(setBack, met(0))).toBe(NOON);
    expect(clockError(setBack, met(0))).toEqual({ kind: "set-back", ms: 3 * DAY });
  });

  it("is right at once when the clock is put right and the server met again", () => {
    expect(clockError(NOON + DAY, { aheadMs: 0, serverMs: NOON + DAY })).toBeNull();
  });
});

describe("moments as text", () => {
  it("are the same instant in every zone, and a leap second is the second before", () => {
    const texts = [
      "2026-11-23T04:00:00Z",
      "2026-11-23T12:00:00+08:00",
      "2026-11-22T16:00:00-12:00",
    ];
    expect(new Set(texts.map(instant))).toEqual(new Set([NOON]));
    expect(instant("2016-12-31T23:59:60Z")).toBe(instant("2016-12-31T23:59:59Z"));
    expect(instant("0001-01-01T00:00:00+08:00")).toBeLessThan(instant("9999-12-31T23:59:59Z"));
    expect(instant("no time")).toBeNaN();
  });
});

it("tells a length of time by its two largest parts that say something", () => {
  expect(spanOf(-3919 * DAY - 5 * 3_600_000)).toEqual({ days: 3919, hours: 0, minutes: 0 });
  expect(spanOf(2 * DAY + 3_700_000)).toEqual({ days: 2, hours: 1, minutes: 0 });
  expect(spanOf(5 * 3_600_000 + 600_000)).toEqual({ days: 0, hours: 5, minutes: 10 });
  expect(spanOf(130_000)).toEqual({ days: 0, hours: 0, minutes: 2 });
});
