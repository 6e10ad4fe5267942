/**
 * Four SHA-256 side by side: the Merkle subtree of many short lines with WebAssembly's vectors.
 *
 * The module is written out below, instruction by instruction, from the same definition as
 * sha256.mjs, so that nothing on this page is a file nobody can read. Where a browser has no
 * vectors or may not compile, `available()` is false and sha256.mjs does the work, at a third of
 * the speed. Lane l of word w of a vector lies at 16·w + 4·l; hashes of a level lie word by word:
 * word w of hash n at LEVEL + STRIDE·w + 4·n.
 */
import { INITIAL, K } from "./sha256.mjs";

const ROWS = 1 << 16;
const [WORDS, STATE, LEVEL] = [0, 256, 1024];
const STRIDE = 4 * ROWS + 64;
const PAGE = 1 << 16;
const PAGES = Math.ceil((LEVEL + 8 * STRIDE) / PAGE);
/** Bytes of a line that still fit one block with their prefix and padding. */
const SHORT = 54;

const unsigned = (value) => {
  const out = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return [...out, rest];
    out.push((rest & 127) | 128);
  }
};

function signed(value) {
  const out = [];
  for (let rest = value | 0; ; rest >>= 7) {
    const low = rest & 127;
    const next = rest >> 7;
    if ((next === 0 && !(low & 64)) || (next === -1 && low & 64)) return [...out, low];
    out.push(low | 128);
  }
}

const vector = (code, ...rest) => [0xfd, ...unsigned(code), ...rest];
const get = (local) => [0x20, ...unsigned(local)];
const set = (local) => [0x21, ...unsigned(local)];
const splat = (value) => [0x41, ...signed(value), ...vector(17)];
const load = (offset) => vector(0, 4, ...unsigned(offset));
const store = (offset) => vector(11, 4, ...unsigned(offset));
const [OR, XOR, SELECT, ADD] = [80, 81, 82, 174].map((code) => vector(code));
const shiftLeft = (bits) => [0x41, bits, ...vector(171)];
const shiftRight = (bits) => [0x41, bits, ...vector(173)];
const right = (value, bits) => [...value, ...shiftRight(bits)];
const left = (value, bits) => [...value, ...shiftLeft(bits)];
const turn = (value, bits) => [...right(value, bits), ...left(value, 32 - bits), ...OR];
const EVEN = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27];
const ODD = EVEN.map((lane) => lane + 4);
const shuffle = (lanes) => vector(13, ...lanes);

/** Locals of the compression: eight variables, sixteen words, one to work with. */
const WORD = (n) => 8 + (n % 16);
const SPARE = 24;

/**
 * Gives the instructions for the next word of the schedule, which takes the place of the one
 * sixteen before.
 */
function schedule(n) {
  const [near, far] = [get(WORD(n + 1)), get(WORD(n + 14))];
  return [
    ...get(WORD(n)),
    ...[...turn(near, 7), ...turn(near, 18), ...XOR, ...right(near, 3), ...XOR, ...ADD],
    ...[...get(WORD(n + 9)), ...ADD],
    ...[...turn(far, 17), ...turn(far, 19), ...XOR, ...right(far, 10), ...XOR, ...ADD],
    ...set(WORD(n)),
  ];
}

/** Gives the instructions for one round; the eight variables change places instead of values. */
function round(n) {
  const [a, b, c, d, e, f, g, h] = Array.from({ length: 8 }, (_, i) => (i + 64 - n) % 8);
  const choice = [...get(f), ...get(g), ...get(e), ...SELECT];
  const majority = [...get(c), ...get(b), ...get(a), ...get(b), ...XOR, ...SELECT];
  const sum1 = [...turn(get(e), 6), ...turn(get(e), 11), ...XOR, ...turn(get(e), 25), ...XOR];
  const sum0 = [...turn(get(a), 2), ...turn(get(a), 13), ...XOR, ...turn(get(a), 22), ...XOR];
  return [
    ...[...get(h), ...sum1, ...ADD, ...choice, ...ADD, ...splat(K[n]), ...ADD],
    ...[...get(WORD(n)), ...ADD, ...set(SPARE)],
    ...[...get(d), ...get(SPARE), ...ADD, ...set(d)],
    ...[...get(SPARE), ...sum0, ...ADD, ...majority, ...ADD, ...set(h)],
  ];
}

const ADDRESS = [0x41, 0];

/** Gives the function compress(): it takes the block in WORDS into STATE. */
function compressCode() {
  const code = [1, 25, 0x7b];
  for (let i = 0; i < 8; i++) code.push(...ADDRESS, ...load(STATE + 16 * i), ...set(i));
  for (let i = 0; i < 16; i++) code.push(...ADDRESS, ...load(WORDS + 16 * i), ...set(WORD(i)));
  for (let n = 0; n < 64; n++) {
    if (n > 15) code.push(...schedule(n));
    code.push(...round(n));
  }
  for (let i = 0; i < 8; i++) {
    const place = STATE + 16 * i;
    code.push(...ADDRESS, ...get(i), ...ADDRESS, ...load(place), ...ADD, ...store(place));
  }
  return [...code, 0x0b];
}

const COMPRESS = [0x10, 0];

const begun = () =>
  Array.from(INITIAL).flatMap((word, i) => [...ADDRESS, ...splat(word), ...store(STATE + 16 * i)]);

/** Puts STATE into the level at the byte offset in local `to`. */
const keep = (to) =>
  Array.from(INITIAL).flatMap((_, i) => [
    ...[...get(to), ...ADDRESS, ...load(STATE + 16 * i)],
    ...store(LEVEL + STRIDE * i),
  ]);

/** Gives the function leaves(to): it makes the hashes of the four one-block messages in WORDS. */
const leavesCode = () => [0, ...begun(), ...COMPRESS, ...keep(0), 0x0b];

/**
 * Gives the function nodes(from, to): it makes SHA-256(01 ‖ left ‖ right) of the four pairs at
 * `from`.
 */
function nodesCode() {
  const code = [1, 2, 0x7b];
  const [from, to, now, before] = [0, 1, 2, 3];
  const word = (i, lanes) => {
    const place = LEVEL + STRIDE * (i % 8);
    return [...get(from), ...load(place), ...get(from), ...load(place + 16), ...shuffle(lanes)];
  };
  code.push(...splat(1), ...set(before));
  for (let i = 0; i < 16; i++) {
    code.push(...word(i, i < 8 ? EVEN : ODD), ...set(now));
    code.push(...ADDRESS, ...left(get(before), 24), ...right(get(now), 8), ...OR);
    code.push(...store(WORDS + 16 * i), ...get(now), ...set(before));
  }
  code.push(...begun(), ...COMPRESS);
  code.push(...ADDRESS, ...left(get(before), 24), ...splat(0x00800000), ...OR, ...store(WORDS));
  for (let i = 1; i < 16; i++) {
    code.push(...ADDRESS, ...splat(i === 15 ? 65 * 8 : 0), ...store(WORDS + 16 * i));
  }
  return [...code, ...COMPRESS, ...keep(to), 0x0b];
}

const section = (id, ...items) => {
  const body = [...unsigned(items.length), ...items.flat()];
  return [id, ...unsigned(body.length), ...body];
};
const named = (name, kind, index) => [
  name.length,
  ...Array.from(name, (char) => char.charCodeAt(0)),
  kind,
  index,
];
const sized = (code) => [...unsigned(code.length), ...code];

/** Gives the module's bytes. */
function moduleBytes() {
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [0x60, 0, 0], [0x60, 1, 0x7f, 0], [0x60, 2, 0x7f, 0x7f, 0]),
    ...section(3, [0], [1], [2]),
    ...section(5, [0, ...unsigned(PAGES)]),
    ...section(7, named("memory", 2, 0), named("leaves", 0, 1), named("nodes", 0, 2)),
    ...section(10, sized(compressCode()), sized(leavesCode()), sized(nodesCode())),
  ]);
}

let lanes;

/**
 * Gives the module's memory and functions, made at the first call; null where they cannot be made.
 */
function started() {
  if (lanes !== undefined) return lanes;
  try {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()));
    const words = new Int32Array(exports.memory.buffer);
    lanes = { words, leaves: exports.leaves, nodes: exports.nodes };
  } catch {
    lanes = null;
  }
  return lanes;
}

/** Tells whether lines [first, last) can be hashed here: short ones, not too many, on a browser that may. */
export function fits(starts, first, last) {
  if (last - first > ROWS || last - first < 8) return false;
  for (let row = first; row < last; row++) {
    if (starts[row + 1] - starts[row] - 1 > SHORT) return false;
  }
  return started() !== null;
}

/**
 * Gives the root words (Int32Array of 8) of the subtree over lines [first, last), for which `fits`
 * must be true.
 */
export function subtree(data, starts, first, last) {
  const { words, leaves, nodes } = started();
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let count = last - first;
  for (let row = 0; row < count; row += 4) {
    for (let lane = 0; lane < 4; lane++) {
      const line = first + Math.min(row + lane, count - 1);
      pack(words, lane, data, view, starts[line], starts[line + 1] - 1);
    }
    leaves(4 * row);
  }
  const odd = new Int32Array(8);
  while (count > 1) {
    const pairs = count >> 1;
    const place = (word, n) => (LEVEL + STRIDE * word) / 4 + n;
    for (let word = 0; word < 8; word++) odd[word] = words[place(word, count - 1)];
    for (let n = 0; n < pairs; n += 4) nodes(8 * n, 4 * n);
    if (count & 1) for (let word = 0; word < 8; word++) words[place(word, pairs)] = odd[word];
    count = pairs + (count & 1);
  }
  return Int32Array.from({ length: 8 }, (_, word) => words[(LEVEL + STRIDE * word) / 4]);
}

/** Writes 00 ‖ data[start, end), padded, as one block into a lane of WORDS. */
function pack(words, lane, data, view, start, end) {
  let at = lane;
  let from = start - 1;
  for (; from + 4 <= end; from += 4, at += 4) words[at] = wordAt(data, view, from);
  const rest = 8 * (end - from);
  const kept = rest ? wordAt(data, view, from) & (-1 << (32 - rest)) : 0;
  words[at] = kept | (0x80000000 >>> rest);
  words[lane] &= 0x00ffffff;
  for (at += 4; at < 60; at += 4) words[at] = 0;
  words[60 + lane] = 8 * (end - start + 1);
}

/** Gives the four bytes from `from` on; beyond the ends of `data` they are 0. */
function wordAt(data, view, from) {
  if (from >= 0 && from + 4 <= data.length) return view.getInt32(from);
  let word = 0;
  for (let at = from; at < from + 4; at++) word = (word << 8) | (data[at] ?? 0);
  return word;
}
