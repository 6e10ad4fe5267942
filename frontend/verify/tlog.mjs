/** Ledger proofs inside a bundle (C2SP tlog-proof): where in the log a file was recorded. */
import { concat, hex, same, sha256, sha256Hex, text, unhex, utf8 } from "./bytes.mjs";
import { canonical, Malformed } from "./encoding.mjs";
import { rootFromPath } from "./merkle.mjs";

const HEADER = "c2sp.org/tlog-proof@v1";
const BODY_LABEL = "evenhand-ledger/1/body\n";
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function base64(words) {
  if (!BASE64.test(words)) throw new TypeError("base64");
  return Uint8Array.from(atob(words), (char) => char.charCodeAt(0));
}

/** Reads the proof in `data`: {type, subject, at, digest, index, origin}; throws Malformed. */
export async function readProof(data, file) {
  let parts;
  try {
    parts = takeApart(text(data));
  } catch {
    throw new Malformed("proof-unreadable", { file });
  }
  const { entry, body, salt, index, path, checkpoint } = parts;
  const root = rootFromPath(canonical(entry), index, checkpoint.size, path);
  if (!root || !same(root, checkpoint.root)) throw new Malformed("proof-path", { file });
  const salted = concat(BODY_LABEL, salt, canonical(body));
  if (hex(await sha256(salted)) !== entry.sha256) throw new Malformed("proof-body", { file });
  const { type, subject, at } = entry;
  return { type, subject, at, digest: body.sha256, index, ...checkpoint };
}

function takeApart(content) {
  const [head, note, signatures] = splitTwice(content);
  const [header, extra, place, ...path] = head.split("\n");
  const found = /^index (0|[1-9][0-9]{0,15})$/.exec(place);
  if (header !== HEADER || !extra.startsWith("extra ") || !found) throw new TypeError("head");
  const { entry, body, salt } = JSON.parse(text(base64(extra.slice(6))));
  if (!entry?.sha256 || !/^[0-9a-f]{64}$/.test(body?.sha256)) throw new TypeError("entry");
  const [origin, size, root] = note.split("\n");
  if (!/^(0|[1-9][0-9]{0,15})$/.test(size)) throw new TypeError("size");
  const signed = signatures.replace(/\n$/, "").split("\n").map(signatureOf);
  return {
    entry,
    body,
    salt: unhex(salt),
    index: Number(found[1]),
    path: path.map(base64),
    checkpoint: { origin, size: Number(size), root: base64(root), note: `${note}\n`, signed },
  };
}

function signatureOf(line) {
  const found = /^\u2014 ([^ +]+) (.+)$/.exec(line);
  if (!found) throw new TypeError("signature");
  return { signer: found[1], bytes: base64(found[2]) };
}

function splitTwice(content) {
  const first = content.indexOf("\n\n");
  const second = content.indexOf("\n\n", first + 2);
  if (first < 0 || second < 0) throw new TypeError("parts");
  return [content.slice(0, first), content.slice(first + 2, second), content.slice(second + 2)];
}

/**
 * Tells whether the checkpoint carries a good Ed25519 signature of `verifierKey` (name+id+key).
 * Throws Malformed when that is no key, or when this browser has no Ed25519.
 */
export async function isSigned({ origin, note, signed }, verifierKey) {
  const [name, said, ...rest] = verifierKey.trim().split("+");
  const { raw, id } = await keyOf(name, rest.join("+"));
  if (hex(id) !== said) throw new Malformed("ledger-key");
  if (name !== origin) return false;
  let key;
  try {
    key = await crypto.subtle.importKey("raw", raw.slice(1), "Ed25519", false, ["verify"]);
  } catch {
    throw new Malformed("ledger-no-ed25519");
  }
  for (const { signer, bytes } of signed) {
    if (signer !== name || !same(bytes.slice(0, 4), id)) continue;
    if (await crypto.subtle.verify("Ed25519", key, bytes.slice(4), utf8(note))) return true;
  }
  return false;
}

async function keyOf(name, words) {
  try {
    const raw = base64(words);
    if (raw[0] !== 1 || raw.length !== 33) throw new TypeError("key");
    return { raw, id: (await sha256(concat(name, "\n", raw))).slice(0, 4) };
  } catch {
    throw new Malformed("ledger-key");
  }
}

/**
 * Reads the proof in `file` that the ledger holds `content` as an entry of this draw; throws
 * Malformed.
 */
export async function proofOf(job, file, type, content) {
  const proof = await readProof(job.files.get(file), file);
  if (proof.type !== type || proof.subject !== job.freeze.draw) {
    throw new Malformed("proof-other", { file });
  }
  if (proof.digest !== (await sha256Hex(content))) throw new Malformed("proof-bytes", { file });
  if (job.ledgerKey && !(await isSigned(proof, job.ledgerKey))) {
    throw new Malformed("proof-unsigned", { file });
  }
  return proof;
}
