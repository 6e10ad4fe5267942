/**
 * SHA-256 for many short messages (Merkle leaves and nodes), synchronous, on 32-bit words.
 * WebCrypto is used everywhere else; here a promise for each of two million hashes would cost
 * more than the hashing. Hashes lie in an Int32Array, eight words each.
 */

const K = new Int32Array(64);
const INITIAL = new Int32Array(8);

/** Fills the constants from their definition: fractional parts of roots of the first primes. */
function fillConstants() {
  const fraction = (value) => ((value - Math.floor(value)) * 2 ** 32) | 0;
  let found = 0;
  for (let candidate = 2; found < 64; candidate++) {
    let prime = true;
    for (let factor = 2; factor * factor <= candidate; factor++) {
      if (candidate % factor === 0) prime = false;
    }
    if (!prime) continue;
    if (found < 8) INITIAL[found] = fraction(Math.sqrt(candidate));
    K[found++] = fraction(Math.cbrt(candidate));
  }
}
fillConstants();

const W = new Int32Array(64);

/** One compression of the block in W[0..15] into `state` at `at`. */
export function compress(state, at) {
  for (let i = 16; i < 64; i++) {
    const x = W[i - 15];
    const y = W[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0;
  }
  let a = state[at];
  let b = state[at + 1];
  let c = state[at + 2];
  let d = state[at + 3];
  let e = state[at + 4];
  let f = state[at + 5];
  let g = state[at + 6];
  let h = state[at + 7];
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + (g ^ (e & (f ^ g))) + K[i] + W[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) | (c & (a | b)))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[at] = (state[at] + a) | 0;
  state[at + 1] = (state[at + 1] + b) | 0;
  state[at + 2] = (state[at + 2] + c) | 0;
  state[at + 3] = (state[at + 3] + d) | 0;
  state[at + 4] = (state[at + 4] + e) | 0;
  state[at + 5] = (state[at + 5] + f) | 0;
  state[at + 6] = (state[at + 6] + g) | 0;
  state[at + 7] = (state[at + 7] + h) | 0;
}

function begin(state, at) {
  for (let i = 0; i < 8; i++) state[at + i] = INITIAL[i];
}

let padded = new Uint8Array(192);

/** SHA-256(`first` ‖ data[start, end)) into `out` at word `at`; `first` is one byte. */
export function hashLeaf(data, start, end, first, out, at) {
  const length = end - start + 1;
  const size = ((length + 9 + 63) >> 6) << 6;
  if (padded.length < size) padded = new Uint8Array(size);
  padded[0] = first;
  for (let i = start, j = 1; i < end; i++, j++) padded[j] = data[i];
  padded[length] = 0x80;
  for (let j = length + 1; j < size; j++) padded[j] = 0;
  begin(out, at);
  for (let block = 0; block < size; block += 64) {
    for (let i = 0, j = block; i < 16; i++, j += 4) {
      W[i] = (padded[j] << 24) | (padded[j + 1] << 16) | (padded[j + 2] << 8) | padded[j + 3];
    }
    if (block + 64 === size) W[15] = length * 8;
    compress(out, at);
  }
}

/** SHA-256(01 ‖ left ‖ right), two hashes lying side by side at `from`, into `out` at `at`. */
export function hashNode(hashes, from, out, at) {
  W[0] = 0x01000000 | (hashes[from] >>> 8);
  for (let i = 1; i < 16; i++) W[i] = (hashes[from + i - 1] << 24) | (hashes[from + i] >>> 8);
  const last = hashes[from + 15];
  begin(out, at);
  compress(out, at);
  W[0] = (last << 24) | 0x00800000;
  W.fill(0, 1, 15);
  W[15] = 65 * 8;
  compress(out, at);
}

/** The 32 bytes of the hash at word `at`. */
export function toBytes(words, at = 0) {
  const out = new Uint8Array(32);
  const view = new DataView(out.buffer);
  for (let i = 0; i < 8; i++) view.setInt32(4 * i, words[at + i]);
  return out;
}

/** Writes 32 bytes as eight words at `at`. */
export function fromBytes(bytes, words, at = 0) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 32);
  for (let i = 0; i < 8; i++) words[at + i] = view.getInt32(4 * i);
}
