import { describe, expect, it } from "vitest";
import { lastSendBack } from "../src/core/send-back.ts";
import type { FoldEvent } from "../src/core/types.ts";

function reopened(revision: number, reason: string): FoldEvent {
  const reasons = [{ point: "A:1", evidence: null, reason: `${reason} at the point` }];
  return {
    id: `event-${revision}`,
    device: "server",
    seq: revision,
    officer: "server",
    revision,
    kind: "visit.reopened",
    at: "2026-11-23T10:00:00.000Z",
    body: { reason, reasons },
  };
}

describe("why a record came back", () => {
  it("is nothing when it never came back", () => {
    expect(lastSendBack([])).toBeNull();
  });

  it("is what the supervisor wrote last, in whatever order events arrived", () => {
    const found = lastSendBack([reopened(9, "second"), reopened(4, "first")]);
    expect(found?.reason).toBe("second");
    expect(found?.reasons[0]?.reason).toBe("second at the point");
  });
});
