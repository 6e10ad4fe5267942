/** The fields of the records and what each may hold; the same tables as drawkit's shape.py. */
import { REHEARSAL, VERSION } from "./commitment.mjs";
import { isToken, Malformed } from "./encoding.mjs";

const isHex32 = (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
const isPositive = (value) => isCount(value) && value > 0;
const isText = (value) => typeof value === "string";
const isVersion = (value) => value === VERSION || value === REHEARSAL;
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const orNull = (rule) => (value) => value === null || rule(value);
const oneOf =
  (...choices) =>
  (value) =>
    choices.includes(value);
const has = (fields) => (value) =>
  isObject(value) &&
  Object.keys(value).length === Object.keys(fields).length &&
  Object.entries(fields).every(([name, rule]) => Object.hasOwn(value, name) && rule(value[name]));
const listOf =
  (rule, least = 0) =>
  (value) =>
    Array.isArray(value) && value.length >= least && value.every(rule);
const isPair = (value) => Array.isArray(value) && value.length === 2 && value.every(isToken);

const isBeacon = orNull(has({ chain: isHex32, round: isPositive }));
const isTeam = listOf(
  has({ dept: isToken, spec: (value) => value === "" || isToken(value), n: isPositive }),
);
const isTeams = (value) =>
  isObject(value) &&
  Object.entries(value).every(([code, team]) => (code === "*" || isToken(code)) && isTeam(team));

/**
 * Tells whether a value can be that of the last source, whose type decides what its value looks
 * like.
 */
function isPublicSource(value) {
  if (!isObject(value) || !Object.keys(value).every(oneOf("type", "value"))) return false;
  if (value.type === "none") return !("value" in value);
  if (value.type === "beacon") return isHex32(value.value);
  return (
    oneOf("dice10", "balls10")(value.type) &&
    isText(value.value) &&
    /^[0-9]{20,1024}$/.test(value.value)
  );
}

export const PLAN = {
  v: isVersion,
  authority: isToken,
  name: isText,
  seq: isPositive,
  mode: oneOf("open", "sealed"),
  strata: listOf(
    has({
      code: isToken,
      num: isCount,
      den: isPositive,
      min: orNull(isCount),
      max: orNull(isCount),
    }),
    1,
  ),
  teams: isTeams,
};

export const FREEZE = {
  v: isVersion,
  draw: isToken,
  plan_sha256: isHex32,
  pool_sha256: isHex32,
  pool_root: isHex32,
  pool_rows: isCount,
  strata: listOf(has({ code: isToken, start: isCount, end: isCount, k: isCount }), 1),
  officers_sha256: isHex32,
  recusals_sha256: isHex32,
  exclusions_sha256: isHex32,
  op_commit: isHex32,
  op_chain: isHex32,
  sup_chain: isHex32,
  witnesses: listOf(isToken),
  quorum: isCount,
  public: has({ type: oneOf("none", "dice10", "balls10", "beacon"), rule: isText }),
  beacon: isBeacon,
};

const { recusals_sha256: _asOneFile, ...others } = FREEZE;
const FREEZE_BY_ROW = { ...others, recusals_root: isHex32 };

/** Gives the fields of a freeze record, whose recusals are fixed as one file or row by row. */
export const freezeFields = (record) =>
  Object.hasOwn(record, "recusals_root") ? FREEZE_BY_ROW : FREEZE;

const isSalt = (value) => typeof value === "string" && /^[0-9a-f]{32}$/.test(value);
export const RECUSALS = {
  v: isVersion,
  draw: isToken,
  rows: listOf(has({ row: isCount, salt: isSalt, officers: listOf(isToken) })),
  path: listOf(isHex32),
};

export const RECUSALS_KEY = { v: isVersion, draw: isToken, key: isHex32 };

export const TRANSCRIPT = {
  v: isVersion,
  draw: isToken,
  freeze: isHex32,
  operator: isHex32,
  witnesses: listOf(has({ id: isToken, text: isText, rand: isHex32 })),
  public: isPublicSource,
  beacon: isBeacon,
};

const isVacated = has({
  seat: isCount,
  left: orNull(isToken),
  reason: isToken,
  officer: orNull(isToken),
});
export const REPLACEMENTS = {
  v: isVersion,
  draw: isToken,
  batches: listOf(
    has({
      batch: isPositive,
      operator_link: isHex32,
      supervisor_link: isHex32,
      vacated: listOf(isVacated, 1),
      recused: listOf(isPair),
      absent: listOf(isToken),
    }),
  ),
};

export const EXTENSIONS = {
  v: isVersion,
  draw: isToken,
  extensions: listOf(
    has({
      extension: isPositive,
      after: isCount,
      more: listOf(has({ stratum: isToken, n: isPositive }), 1),
      reason: isText,
      rows: listOf(isCount, 1),
      seats: listOf(has({ seat: isCount, officer: orNull(isToken) })),
    }),
    1,
  ),
};

/** Throws Malformed naming the first field that is missing, foreign or out of form. */
export function checkFields(file, value, fields, { more = false } = {}) {
  for (const [field, rule] of Object.entries(fields)) {
    if (!Object.hasOwn(value, field)) throw new Malformed("field-missing", { file, field });
    if (!rule(value[field])) throw new Malformed("field-form", { file, field });
  }
  const foreign = Object.keys(value).find((field) => !Object.hasOwn(fields, field));
  if (foreign !== undefined && !more)
    throw new Malformed("field-foreign", { file, field: foreign });
}

/** commits.json: a 32-byte commitment in lower-case hex for each witness id. */
export function checkCommits(value) {
  for (const [witness, commitment] of Object.entries(value)) {
    if (!isToken(witness)) throw new Malformed("commit-id");
    if (!isHex32(commitment)) throw new Malformed("commit-form", { witness });
  }
}
