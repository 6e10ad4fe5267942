/**
 * Which officers: a randomised optimal semi-matching (Harvey, Ladner, Lovász, Tamir 2003).
 * Every seat is given along a shortest alternating path to the least loaded officer it reaches.
 */
import { keystream } from "./bytes.mjs";
import { derive } from "./commitment.mjs";
import { Malformed } from "./encoding.mjs";
import { compareBlocks } from "./selection.mjs";

export const VACANT = -1;
const BYTES_AT_ONCE = 1 << 22;

/** Reads the officers of officers.tsv from its columns. */
export const readOfficers = (rows) =>
  rows.map(([token, department, specialities, cap, offset]) => ({
    token,
    department,
    specialities: new Set(specialities ? specialities.split(",") : []),
    cap: Number(cap),
    offset: Number(offset),
  }));

/** Lists the seats of tasks whose strata are `codes`, by the plan's teams. */
export function seatsOf(codes, teams) {
  return codes.flatMap((code, task) => {
    const team = Object.hasOwn(teams, code) ? teams[code] : teams["*"];
    if (!team) throw new Malformed("team-none", { code });
    return team.flatMap(({ dept, spec, n }) =>
      Array.from({ length: n }, () => ({ task, department: dept, speciality: spec })),
    );
  });
}

/** Tells whether an officer may sit on a seat at all, recusals aside. */
export const fits = (officer, seat) =>
  officer.department === seat.department &&
  (!seat.speciality || officer.specialities.has(seat.speciality));

/** `rows` sorted by their 16-byte blocks: by the first 32 bits, by all where those are equal. */
export function inLotOrder(blocks, rows) {
  const view = new DataView(blocks.buffer, blocks.byteOffset);
  const keys = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) keys[i] = view.getUint32(16 * rows[i]) * 2 ** 20 + i;
  keys.sort();
  const order = new Int32Array(rows.length);
  let tied = false;
  for (let i = 0; i < keys.length; i++) {
    order[i] = rows[keys[i] % 2 ** 20];
    if (i && Math.floor(keys[i] / 2 ** 20) === Math.floor(keys[i - 1] / 2 ** 20)) tied = true;
  }
  return tied ? order.sort((a, b) => compareBlocks(blocks, a, blocks, b)) : order;
}

/**
 * Lists for every seat the rows of its eligible officers, in lot order; `barred(task, officer row)`
 * tells of recusals.
 */
async function candidatesOf(seed, seats, officers, barred, pause) {
  const key = await derive(seed, "officers");
  const fitting = new Map();
  const many = Math.max(1, Math.floor(BYTES_AT_ONCE / (16 * Math.max(1, officers.length))));
  const made = [];
  for (let first = 0; first < seats.length && officers.length; first += many) {
    const count = Math.min(many, seats.length - first);
    const blocks = await keystream(key, first * officers.length, count * officers.length);
    for (let i = 0; i < count; i++) {
      const seat = seats[first + i];
      const rows = fittingRows(fitting, seat, officers).filter((row) => !barred(seat.task, row));
      made.push(inLotOrder(blocks.subarray(16 * i * officers.length), rows));
    }
    await pause();
  }
  return officers.length ? made : seats.map(() => new Int32Array());
}

function fittingRows(memory, seat, officers) {
  const wanted = `${seat.department}\t${seat.speciality}`;
  let rows = memory.get(wanted);
  if (!rows) {
    rows = [...officers.keys()].filter((row) => fits(officers[row], seat));
    memory.set(wanted, rows);
  }
  return rows;
}

/** Who sits where, and each officer's load. */
class Semimatching {
  constructor(seats, officers, candidates) {
    this.seats = seats;
    this.officers = officers;
    this.candidates = candidates;
    this.who = new Array(seats.length).fill(VACANT);
    this.load = officers.map((officer) => officer.offset);
    this.held = officers.map(() => new Map());
    this.kinds = seats.map(({ department, speciality }) => `${department}\t${speciality}`);
    this.fitting = new Map();
    this.teams = new Map();
    this.staff = Map.groupBy(officers.keys(), (row) => officers[row].department);
  }

  /** Gives the least load among all officers of a department. */
  leastLoad(department) {
    let least = Number.POSITIVE_INFINITY;
    for (const row of this.staff.get(department) ?? []) least = Math.min(least, this.load[row]);
    return least;
  }

  /** Gives the seat an officer holds in the team of a task, if any. */
  seatInTeam(officer, task) {
    return this.teams.get(task)?.get(officer);
  }

  fill(seat) {
    const search = new Search(this, seat);
    const found = search.run();
    if (found) this.flip(seat, found, search.cameFrom);
  }

  /** Seats the new officer, and moves each holder one seat towards `start`. */
  flip(start, { officer, seat }, cameFrom) {
    let moving = officer;
    let target = seat;
    for (;;) {
      const former = this.who[target];
      if (former !== VACANT) {
        this.held[former].get(this.kinds[target]).delete(target);
        this.teams.get(this.seats[target].task).delete(former);
      }
      this.sit(moving, target);
      if (target === start) break;
      moving = former;
      target = cameFrom.get(target);
    }
    this.load[officer]++;
  }

  sit(officer, seat) {
    const { task } = this.seats[seat];
    this.who[seat] = officer;
    const kind = this.kinds[seat];
    if (!this.held[officer].has(kind)) this.held[officer].set(kind, new Set());
    this.held[officer].get(kind).add(seat);
    if (!this.teams.has(task)) this.teams.set(task, new Map());
    this.teams.get(task).set(officer, seat);
  }

  /** Lists the seats the officer holds, ascending, without those of the kinds in `without`. */
  heldBy(officer, without) {
    const seats = [];
    for (const [kind, own] of this.held[officer]) if (!without.has(kind)) seats.push(...own);
    return seats.sort((a, b) => a - b);
  }

  /** Tells whether everyone who fits this kind of seat was seen. */
  isSpent(seat, seen) {
    return fittingRows(this.fitting, this.seats[seat], this.officers).every((row) => seen.has(row));
  }

  isFree(officer) {
    return this.load[officer] - this.officers[officer].offset < this.officers[officer].cap;
  }
}

/**
 * Searches over alternating paths, breadth first.
 *
 * An officer's seats wait in the queue as the officer and are spelled out when their turn comes:
 * the order is the same, and a search that stops early has less work. Paths that can lead to nobody
 * new are left out, which changes no result.
 */
class Search {
  constructor(state, start) {
    this.state = state;
    this.start = start;
    this.cameFrom = new Map();
    this.queue = [];
    this.seen = new Set();
    this.spent = new Set();
    this.best = null;
    this.least = state.leastLoad(state.seats[start].department);
  }

  run() {
    let stopped = this.lookFrom(this.start);
    for (let next = 0; !stopped && next < this.queue.length; next++) {
      if (!this.canImprove()) break;
      stopped = this.expand(this.queue[next]);
    }
    return this.best;
  }

  /**
   * Tells whether an officer not yet seen could still be better; if not, the rest of the search
   * changes nothing.
   */
  canImprove() {
    const { state } = this;
    const bound = this.best ? state.load[this.best.officer] : Number.POSITIVE_INFINITY;
    const staff = state.staff.get(state.seats[this.start].department) ?? [];
    return staff.some((row) => !this.seen.has(row) && state.load[row] < bound && state.isFree(row));
  }

  expand({ seat, officer, origin }) {
    if (seat !== undefined) return this.lookFrom(seat);
    for (const own of this.state.heldBy(officer, this.spent)) {
      if (this.cameFrom.has(own)) continue;
      this.cameFrom.set(own, origin);
      if (this.lookFrom(own)) return true;
    }
    return false;
  }

  /** Looks at the candidates of one seat, unless all of its kind were seen; true stops. */
  lookFrom(seat) {
    const kind = this.state.kinds[seat];
    if (this.spent.has(kind)) return false;
    const before = this.seen.size;
    if (this.meetCandidates(seat)) return true;
    if (this.seen.size === before && this.state.isSpent(seat, this.seen)) this.spent.add(kind);
    return false;
  }

  meetCandidates(seat) {
    const { task } = this.state.seats[seat];
    for (const officer of this.state.candidates[seat]) {
      if (this.seen.has(officer)) continue;
      const own = this.state.seatInTeam(officer, task);
      if (own !== undefined) {
        this.enqueueSeat(own, seat);
        continue;
      }
      this.seen.add(officer);
      if (this.offer(officer, seat)) return true;
      this.queue.push({ officer, origin: seat });
    }
    return false;
  }

  enqueueSeat(own, origin) {
    if (this.cameFrom.has(own)) return;
    this.cameFrom.set(own, origin);
    this.queue.push({ seat: own, origin });
  }

  /** Keeps the officer if they are the best so far; true when nobody can be better. */
  offer(officer, seat) {
    const { state } = this;
    const load = state.load[officer];
    if (!state.isFree(officer)) return false;
    if (this.best && load >= state.load[this.best.officer]) return false;
    this.best = { officer, seat };
    return load <= this.least;
  }
}

/** Fills all seats in the order of their own lots; gives {who, load}. */
export async function assign(seed, seats, officers, barred, pause = async () => {}) {
  const candidates = await candidatesOf(seed, seats, officers, barred, pause);
  const state = new Semimatching(seats, officers, candidates);
  const blocks = await keystream(await derive(seed, "officers/order"), 0, seats.length);
  const order = inLotOrder(blocks, [...seats.keys()]);
  for (let i = 0; i < order.length; i++) {
    state.fill(order[i]);
    if (i % 200 === 199) await pause();
  }
  return { who: state.who, load: state.load };
}
