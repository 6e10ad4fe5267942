/**
 * Where the verifying is done: in a worker, or on the page where there are no module workers (a
 * saved copy, an old browser). Either way: `verify({bytes, ledgerKey, requireLedger}, onCheck)`
 * gives {status, lines, failure, summary}; `audit({code, salt})` asks about an enterprise of the last
 * verified bundle, `open({rows})` tells it the opened rows of a sealed one.
 */
import { audit, openRows, verifyBundle } from "./core.mjs";

/** Gives what the page shows of a verified draw, as plain data without the roster. */
function summaryOf(job) {
  const { freeze, plan, transcript, frozen, seed, strata, tasks, objects, seats } = job;
  const { who, staff, vacant, anchored, ledgerKey, rehearsal } = job;
  const tokens = staff.map((officer) => officer.token);
  return {
    ...{ freeze, plan, transcript, frozen, seed, strata, tasks, objects, seats },
    ...{ who, tokens, vacant, anchored, rehearsal, signed: Boolean(ledgerKey) },
  };
}

/** Makes an engine in this thread; `options` are those of verifyBundle. */
export function localEngine(options) {
  let last = null;
  let runs = 0;
  return {
    async verify({ bytes, ledgerKey = null, requireLedger = false }, onCheck) {
      const run = ++runs;
      const asked = { ...options, ledgerKey, requireLedger, onCheck };
      const { status, lines, failure, job } = await verifyBundle(bytes, asked);
      const verified = status === "equal" ? job : null;
      if (run === runs) last = verified;
      return { status, lines, failure, summary: verified && summaryOf(verified) };
    },
    async audit({ code, salt }) {
      if (!last) return { why: "absent" };
      const found = await audit(last, code, salt);
      const upper = code.toUpperCase();
      return found.why && upper !== code ? audit(last, upper, salt) : found;
    },
    async open({ rows }) {
      return last ? openRows(last, rows) : null;
    },
  };
}

/** Makes an engine in a worker; it turns to `local` for good when the worker cannot start. */
export function workerEngine(url, local) {
  const waiting = new Map();
  let worker = new Worker(url, { type: "module" });
  let count = 0;
  const settle = (id) => {
    const request = waiting.get(id);
    waiting.delete(id);
    return request;
  };
  worker.onmessage = ({ data: { id, line, done, broken } }) => {
    if (line) waiting.get(id)?.onCheck(line);
    else if (broken) settle(id)?.reject(new Error(broken));
    else settle(id)?.resolve(done);
  };
  worker.onerror = () => {
    worker = null;
    for (const [id, { task, values, onCheck, resolve, reject }] of waiting) {
      waiting.delete(id);
      local[task](values, onCheck).then(resolve, reject);
    }
  };
  const ask = (task) => (values, onCheck) => {
    if (!worker) return local[task](values, onCheck);
    return new Promise((resolve, reject) => {
      const id = ++count;
      waiting.set(id, { task, values, onCheck, resolve, reject });
      worker.postMessage({ id, task, values });
    });
  };
  return { verify: ask("verify"), audit: ask("audit"), open: ask("open") };
}
