import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { steady } from "../src/app/live.ts";
import { recusal, recusalOf } from "../src/core/recusal.ts";
import type { FoldEvent } from "../src/core/types.ts";
import { quarantined } from "../src/data/events.ts";
import type { VisitRow } from "../src/data/rows.ts";
import { append, VisitClosed, visit } from "../src/data/visits.ts";
import { exchange } from "../src/sync/exchange.ts";
import { FakeServer } from "./fake-server.ts";
import {
  ANNA,
  answer,
  BERT,
  PACKAGE,
  type Phone,
  phone,
  serverAt,
  VISIT,
  withVisit,
} from "./world.ts";

let fake: FakeServer;
let origin: string;
let one: Phone;

beforeEach(async () => {
  fake = new FakeServer();
  origin = await fake.start();
  one = await withVisit(await phone());
  fake.account = one.db.account;
});
afterEach(() => fake.stop());

const call = () => ({ db: one.db, server: serverAt(origin), device: one.device, officer: ANNA });
const write = (...changes: Parameters<typeof append>[3]) =>
  append(one.db, one.author, VISIT, changes);
const ask = { kind: "recusal.requested", body: recusal("interest", " 我是股东 ") } as const;

const event = (kind: string, revision: number | null, body: object): FoldEvent =>
  ({
    id: `e${revision}`,
    device: "d",
    seq: 1,
    officer: ANNA,
    revision,
    kind,
    at: "t",
    body,
  }) as FoldEvent;

describe("a request for recusal", () => {
  it("is kept on the phone with its words, and leaves the record as it was", async () => {
    const before = (await visit(one.db, VISIT))?.state;
    const row = await write(ask);
    expect(row.recusal).toMatchObject({ kind: "asked", ground: "interest" });
    expect(row.state).toEqual(before);
    await exchange(call());
    expect(fake.calls[0]?.events.map(({ kind, body }) => [kind, body])).toEqual([
      ["recusal.requested", { ground: "interest", words: "我是股东" }],
    ]);
  });

  it("is over when the office takes it back, and can be made again", () => {
    const asked = event("recusal.requested", 3, { ground: "interest" });
    const declined = event("recusal.declined", 4, { officer: ANNA, reason: "误按" });
    const again = event("recusal.requested", null, { ground: "other_relation" });
    expect(recusalOf([declined, asked])).toMatchObject({ kind: "declined", reason: "误按" });
    expect(recusalOf([again, declined, asked])).toMatchObject({ kind: "asked" });
    expect(recusalOf([declined])).toBeNull();
    expect(recusalOf([])).toBeNull();
  });

  it("says nothing where nothing was typed", () => {
    expect(recusal("interest", "  ").words).toBeNull();
    expect(recusal("interest", "字".repeat(2000)).words).toHaveLength(1000);
  });
});

describe("a visit that changes hands", () => {
  it("shows its new team on an open screen, and the same team as the same object", async () => {
    const row = (await visit(one.db, VISIT)) as VisitRow;
    const before = { row, files: [] };
    const same = steady(before, { row: structuredClone(row), files: [] });
    expect(same.row?.package).toBe(row.package);
    const seats = [
      { no: 0, officer: ANNA },
      { no: 1, officer: null },
    ];
    const vacant = { ...row, package: { ...PACKAGE, draw: { ...PACKAGE.draw, seats } } };
    expect(steady(before, { row: vacant, files: [] }).row?.package.draw.seats).toEqual(seats);
  });

  it("leaves with its reason, takes nothing more, and keeps the late work apart", async () => {
    await write(answer("F:1", "pass"));
    fake.quarantine = () => "not_assigned";
    fake.released = [VISIT];
    fake.replaced = { [VISIT]: { reason: "recusal", at: "2026-11-23T09:00:00Z" } };
    await exchange(call());
    const row = await visit(one.db, VISIT);
    expect(row).toMatchObject({ released: true, left: { reason: "recusal" } });
    expect(row?.state.answers).toEqual({});
    expect((await quarantined(one.db)).map((held) => held.event.kind)).toEqual(["answer.set"]);
    await expect(write(answer("F:2", "pass"))).rejects.toThrow(VisitClosed);
  });

  it("gets its new officers for who stays, and is proved again", async () => {
    await write(answer("F:1", "pass"));
    const [anna] = PACKAGE.officers;
    const carl = { id: "0190b000-0000-7000-8000-0000000000cc", name: "卡尔", seat: 1 };
    const again = { ...PACKAGE, officers: [anna, { ...PACKAGE.officers[1], ...carl }] };
    const body = { batch: 1, moves: [{ seat: 1, left: BERT, came: carl.id, reason: "absence" }] };
    const moved = { id: "0190e000-0000-7000-8000-0000000000f1", device: "server", seq: 2 };
    const sent = { ...moved, visit: VISIT, kind: "visit.reassigned", at: "2026-11-23T09:00:00Z" };
    const pulled = { ...sent, body, officer: "server", revision: 2 };
    fake.visits = [{ visit: VISIT, revision: 2, package: again, events: [pulled] }] as never;
    const { visits } = (await exchange(call())) as { visits: string[] };
    const row = await visit(one.db, VISIT);
    expect(visits).toContain(VISIT);
    expect(row?.package.officers.map((officer) => officer.id)).toEqual([ANNA, carl.id]);
    expect(row?.state.answers["F:1"]).toMatchObject({ kind: "settled", value: "pass" });
    expect(row?.proof).toBe("unchecked");
  });
});
