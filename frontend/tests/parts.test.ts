import { describe, expect, it } from "vitest";
import { isOwn, missingByItem, partOf } from "../src/core/parts.ts";
import type { Package } from "../src/core/types.ts";

function person(id: string, seat: number) {
  return { id, account: `account-${id}`, seat, name: id, certificate: id, department: "" };
}

const pkg = {
  officers: [person("anna", 0), person("bert", 1), person("dora", 2)],
  former: [person("carl", 1)],
  parts: [
    { department: "市监局", items: ["SC01"], seats: [0] },
    { department: "消防", items: ["XF01", "XF02"], seats: [1, 2] },
    { department: "商务局", items: ["SW01"], seats: [] },
  ],
} as unknown as Package;
const alone = { ...pkg, parts: undefined } as unknown as Package;

describe("the departments' parts of a joint visit", () => {
  it("are found by their items", () => {
    expect(partOf(pkg, "XF02")?.department).toBe("消防");
    expect(partOf(pkg, "ZZ99")).toBeNull();
    expect(partOf(alone, "XF02")).toBeNull();
  });

  it("are answered by who sits for the department, known by officer or by account", () => {
    expect(isOwn(pkg, "SC01", "anna")).toBe(true);
    expect(isOwn(pkg, "SC01", "account-anna")).toBe(true);
    expect(isOwn(pkg, "XF01", "anna")).toBe(false);
    expect(isOwn(pkg, "XF01", "account-dora")).toBe(true);
    expect(isOwn(pkg, "XF01", "carl"), "who left the seat answered rightly").toBe(true);
    expect(isOwn(pkg, "SC01", "nobody")).toBe(false);
  });

  it("of a department that sends nobody are everybody's, as is a visit of one department", () => {
    expect(isOwn(pkg, "SW01", "anna")).toBe(true);
    expect(isOwn(alone, "XF01", "nobody")).toBe(true);
  });
});

describe("what is missing", () => {
  const point = (item: string, no: string) => ({ key: `${item}:${no}`, no, text: `${item} ${no}` });
  const item = (code: string) => ({
    code,
    name: `item ${code}`,
    checklist: { points: [point(code, "1"), point(code, "2")] },
  });
  const visit = { items: [item("SC01"), item("XF01"), item("XF02")] } as unknown as Package;

  it("stands under the name of its item, for two items have a first point each", () => {
    const missing = [
      { point: "XF02:1", what: "answer" as const },
      { point: "SC01:1", what: "answer" as const },
      { point: "SC01:1", what: "evidence" as const },
      { point: null, what: "result" as const },
      { point: "gone:1", what: "answer" as const },
    ];
    const found = missingByItem(visit, missing).map(({ item, lines }) => [
      item.name,
      lines.map((line) => `${line.point.no} ${line.what}`),
    ]);
    expect(found).toEqual([
      ["item SC01", ["1 answer", "1 evidence"]],
      ["item XF02", ["1 answer"]],
    ]);
  });

  it("is nothing when only the result is", () => {
    expect(missingByItem(visit, [{ point: null, what: "result" }])).toEqual([]);
  });
});
